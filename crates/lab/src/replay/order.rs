//! The order in which the runner had the tests.

use std::cmp::Ordering;

use lanescope_analysis::span_us;
use lanescope_model::{Provenance, Run, TestId, WorkerId, order::by};

use super::keys;

/// More neighbours on a worker than this share run against the rebuilt order: it is not that of the run.
const AGAINST: (u32, u32) = (1, 10);

/// The tests in the order of collection, and how that is known.
///
/// A run with one worker has the order of its starts. pytest collects files by path and a file's tests by line; a
/// parallel run's report is in the order in which tests ended. So files are ordered by path, their tests by line where
/// known, and what is left by worker and start, as workers get stretches of the order. So are Playwright's, project by
/// project. Runs of which neither is known, and those whose workers do not keep to that (a plugin shuffles), have the
/// order of their starts, or of the file without any.
pub(crate) fn of(run: &Run, workers: Option<u32>) -> (Vec<TestId>, Provenance) {
    let mut tests: Vec<u32> = run.tests.ids().map(|t| t.0).collect();
    let first = |test: u32| run.tests.attempts(TestId(test)).find_map(|a| span_us(run, a));
    let starts: Vec<i64> = tests.iter().map(|&t| first(t).map_or(i64::MAX, |span| span.0)).collect();
    let start = |test: u32| starts.get(test as usize).copied().unwrap_or(i64::MAX);
    let by_start = |a: u32, b: u32| start(a).cmp(&start(b)).then(a.cmp(&b));
    let known = starts.iter().filter(|&&s| s < i64::MAX).count();
    if workers == Some(1) || known == 0 {
        by(&mut tests, &by_start);
        let provenance = if workers == Some(1) { Provenance::Recorded } else { Provenance::Rebuilt };
        return (ids(tests), provenance);
    }
    let pytest = run.tests.ids().next().is_some_and(|t| keys::file(run, t).ends_with(".py"));
    let by_file = pytest || run.tests.ids().next().is_some_and(|t| run.tests.file(t).is_some());
    if !by_file || run.workers.is_empty() && !pytest {
        by(&mut tests, &by_start);
        return (ids(tests), Provenance::Rebuilt);
    }
    let ranks = file_ranks(run);
    let worker = |test: u32| {
        let on = run.tests.attempts(TestId(test)).find_map(|a| run.attempts.worker(a));
        on.map_or(u32::MAX, |w| w.0)
    };
    let key = |test: u32| {
        let rank = ranks.get(test as usize).copied().unwrap_or(0);
        (rank, run.tests.line(TestId(test)).unwrap_or(0), worker(test))
    };
    let keys: Vec<_> = tests.iter().map(|&t| key(t)).collect();
    let key = |test: u32| keys.get(test as usize).copied().unwrap_or_default();
    by(&mut tests, &|a, b| key(a).cmp(&key(b)).then_with(|| by_start(a, b)));
    // Under `load` a worker runs what it gets in the order of collection.
    let mut last = vec![i64::MIN; run.workers.len()];
    let (mut against, mut pairs) = (0_u32, 0_u32);
    for &test in &tests {
        let WorkerId(on) = WorkerId(worker(test));
        if let (Some(last), true) = (last.get_mut(on as usize), start(test) < i64::MAX) {
            pairs += 1;
            against += u32::from(start(test) < *last);
            *last = start(test);
        }
    }
    let grouped = run.meta.dist_mode.as_deref().is_some_and(|mode| mode != "load" && mode != "worksteal");
    if !grouped && against.saturating_mul(AGAINST.1) > pairs.saturating_mul(AGAINST.0) {
        by(&mut tests, &by_start);
    }
    (ids(tests), Provenance::Rebuilt)
}

fn ids(tests: Vec<u32>) -> Vec<TestId> {
    tests.into_iter().map(TestId).collect()
}

/// The place of each test's file among the files, groups apart.
fn file_ranks(run: &Run) -> Vec<u32> {
    let mut numbers = keys::Numbers::default();
    let mut names = Vec::new();
    let mut file_of = Vec::with_capacity(run.tests.len());
    for test in run.tests.ids() {
        let group = run.tests.group(test).unwrap_or(lanescope_model::GroupId::NONE);
        let name = keys::file(run, test);
        let number = numbers.of(group, name);
        if number as usize == names.len() {
            names.push((group.0, name));
        }
        file_of.push(number);
    }
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    let name = |i: u32| names.get(i as usize).copied().unwrap_or_default();
    by(&mut order, &|a, b| {
        let ((group_a, a), (group_b, b)) = (name(a), name(b));
        group_a.cmp(&group_b).then_with(|| path_cmp(a, b))
    });
    let mut rank = vec![0; order.len()];
    for (place, &file) in (0..).zip(&order) {
        if let Some(slot) = rank.get_mut(file as usize) {
            *slot = place;
        }
    }
    file_of.iter().map(|&file| rank.get(file as usize).copied().unwrap_or(0)).collect()
}

/// pytest sorts the entries of each directory by name, files and directories together (`Dir.collect`, since 8.0).
fn path_cmp(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

//! Whether two sources are of one session, and how sure that is.

use lanescope_model::{Run, TestId};

use super::facts::{Facts, Prefix, overlap, prefix};
use crate::{Format, label};

/// Of the tests of the smaller source, at least this share must be in the other.
const SAME_TESTS: f64 = 0.9;
/// Of the tests that both know a worker of, at least this share must have the same.
const SAME_WORKERS: f64 = 0.95;
/// Clocks of one session are read in one process, but not at the same moment.
const SLACK_US: i64 = 1_000_000;
/// Offsets of time zones are multiples of this.
const ZONE_STEP_US: i64 = 900_000_000;
const LARGEST_ZONE_US: i64 = 14 * 3_600_000_000;

/// Whether there is something to compare: what is said of a run as a whole names no tests.
pub(super) fn names_tests(facts: &Facts<'_>) -> bool {
    facts.source.format != Format::RunMetadata && !super::measures::is_measure(facts.source)
}

/// How well two sources fit: the higher the better. `None` where they cannot be of one session.
pub(super) fn score(a: &Facts<'_>, b: &Facts<'_>) -> Option<f64> {
    if a.source.format == b.source.format
        || ![a, b].iter().all(|f| names_tests(f))
        || !same_shard(a, b)
        // Two empty strings are not compared: the C library is slow at it, and this is asked of millions of pairs.
        || (!a.facets.group.is_empty() && !b.facets.group.is_empty() && a.facets.group != b.facets.group)
        || a.facets.attempt != b.facets.attempt
        || a.run.groups.len() != b.run.groups.len()
    {
        return None;
    }
    let (first, second) = if a.rank() <= b.rank() { (a, b) } else { (b, a) };
    // Times cost little to compare and tell most pairs of a folder with many runs apart.
    let times = times(first, second)?;
    let tests = tests(first, second)?;
    let workers = workers(first, second)?;
    Some(times + tests + workers + names(a, b))
}

/// A path may name the number of a shard and not the total.
fn same_shard(a: &Facts<'_>, b: &Facts<'_>) -> bool {
    match (a.shard, b.shard) {
        (Some(x), Some(y)) => x.current == y.current && (x.total == y.total || x.total == 0 || y.total == 0),
        (x, y) => x == y,
    }
}

/// From 0 (nothing known) to 4 (both clocks agree).
fn times(first: &Facts<'_>, second: &Facts<'_>) -> Option<f64> {
    let naive = first.source.naive_clock || second.source.naive_clock;
    let length = lengths(first, second)?;
    let span = |f: &Facts<'_>| f.session().or(f.window);
    let (Some(x), Some(y)) = (span(first), span(second)) else { return Some(length) };
    // Of the two, the session is around the tests.
    let (inner, outer) = match (first.window, second.session(), second.window, first.session()) {
        (Some(w), Some(s), _, _) | (_, _, Some(w), Some(s)) => (w, s),
        _ => (x, y),
    };
    let fits = |shift: i64| inner.0 + shift >= outer.0 - SLACK_US && inner.1 + shift <= outer.1 + SLACK_US;
    if fits(0) {
        return Some(length + 3.0);
    }
    if naive {
        let shift = outer.0.saturating_sub(inner.0);
        let steps = (shift as f64 / ZONE_STEP_US as f64).round() as i64;
        let whole = (steps - 1..=steps + 1).map(|n| n.saturating_mul(ZONE_STEP_US));
        if shift.abs() <= LARGEST_ZONE_US + ZONE_STEP_US && whole.into_iter().any(fits) {
            return Some(length + 2.0);
        }
    }
    // Two windows of the same tests, from two clocks' points of view.
    let both = (x.1.min(y.1) - x.0.max(y.0)).max(0) as f64;
    let shorter = (x.1 - x.0).min(y.1 - y.0).max(1) as f64;
    (outer == y && both / shorter > 0.9 && second.session().is_none()).then_some(length + 2.0)
}

/// Whether the lengths of the two sessions fit; the closer the better.
fn lengths(first: &Facts<'_>, second: &Facts<'_>) -> Option<f64> {
    match (first.length(), second.length()) {
        (Some(a), Some(b)) => {
            let allowed = (a.max(b) / 50).max(SLACK_US);
            let apart = (a - b).abs();
            (apart <= allowed).then(|| 1.0 - apart as f64 / allowed as f64)
        }
        (length, other) => {
            // The tests of the one must fit into the session of the other.
            let session = length.or(other);
            let window = if length.is_some() { second.window } else { first.window };
            match (session, window) {
                (Some(session), Some((start, stop))) => (stop - start <= session + SLACK_US).then_some(0.2),
                _ => Some(0.0),
            }
        }
    }
}

/// Whether they name the same tests, allowing for paths that are written from different folders.
fn tests(first: &Facts<'_>, second: &Facts<'_>) -> Option<f64> {
    let (n, m) = (first.run.tests.len(), second.run.tests.len());
    let smaller = n.min(m);
    if smaller == 0 {
        // A log without tests fits by its name and length only.
        return (first.length().is_some()
            && second.length().is_some()
            && label::label(&first.source.path) == label::label(&second.source.path))
        .then_some(0.0);
    }
    let share = |common: usize| common as f64 / smaller as f64;
    let common = share(overlap(first.keys(), second.keys()));
    if common >= SAME_TESTS {
        return Some(common + size_match(n, m));
    }
    let prefix = prefix(first.paths(), second.paths())?;
    let (a, b) = (first.without(&prefix.first), second.without(&prefix.second));
    let common = share(overlap(&a.keys, &b.keys));
    (common >= SAME_TESTS).then(|| common + size_match(n, m))
}

fn size_match(n: usize, m: usize) -> f64 {
    n.min(m) as f64 / n.max(m).max(1) as f64
}

/// Whether tests ran on the same workers, where both tell.
fn workers(first: &Facts<'_>, second: &Facts<'_>) -> Option<f64> {
    let (a, b) = (first.run, second.run);
    if a.workers.is_empty() || b.workers.is_empty() {
        return Some(0.0);
    }
    if a.meta.sequential != b.meta.sequential {
        return None;
    }
    if a.meta.sequential {
        return Some(0.5);
    }
    let prefix = prefix_if_needed(first, second);
    let (named, others) = (first.without(&prefix.first), second.without(&prefix.second));
    let (mut same, mut all, mut at) = (0_usize, 0_usize, 0);
    for (key, &t) in others.keys.iter().zip(&others.tests) {
        while named.keys.get(at).is_some_and(|known| known < key) {
            at += 1;
        }
        let Some(&other) = named.tests.get(at).filter(|_| named.keys.get(at) == Some(key)) else { continue };
        let Some(worker) = workers_of(b, t).next_back() else { continue };
        let mut others = workers_of(a, other).peekable();
        // Under `--dist each` a test has an attempt on every worker.
        if others.peek().is_some() {
            all += 1;
            same += usize::from(others.any(|w| w == worker));
        }
    }
    if all == 0 {
        return Some(0.0);
    }
    let share = same as f64 / all as f64;
    (share >= SAME_WORKERS).then_some(3.0 * share)
}

fn prefix_if_needed(first: &Facts<'_>, second: &Facts<'_>) -> Prefix {
    if overlap(first.keys(), second.keys()) > 0 {
        return Prefix::default();
    }
    prefix(first.paths(), second.paths()).unwrap_or_default()
}

/// The workers of a test's attempts, as far as they are known.
fn workers_of(run: &Run, test: TestId) -> impl DoubleEndedIterator<Item = &str> {
    run.tests.attempts(test).filter_map(|a| run.attempts.worker(a)).map(|w| run.worker_name(w))
}

/// What the files' names say: the same folder, the same name, words in common. At most 2.
pub(super) fn names(a: &Facts<'_>, b: &Facts<'_>) -> f64 {
    let folder = if a.folder == b.folder { 0.8 } else { 0.0 };
    let stem = if a.stem == b.stem { 0.4 } else { 0.0 };
    let common = a.words.iter().filter(|w| b.words.contains(w)).count();
    let all = a.words.len() + b.words.len() - common;
    let words = if all == 0 { 0.8 } else { 0.8 * common as f64 / all as f64 };
    folder + stem + words
}

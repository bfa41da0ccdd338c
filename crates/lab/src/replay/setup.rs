//! What tests share: what a session, a file and a class cost a worker that enters them, with the teardown of a file's
//! fixtures when the worker goes on to another.

use lanescope_analysis::{Layout, shared_setup};
use lanescope_model::{AttemptId, Outcome, Run};

use super::tests_table::{TestTable, at};

/// Takes shared setup out of the tests' times and puts its mean into the table's costs of entries. `row_of` tells the
/// row of a test. Gives whether any is known.
pub(crate) fn take_out(run: &Run, layout: &Layout, table: &mut TestTable, row_of: &[u32]) -> bool {
    let entries = shared_setup(run, layout);
    if entries.is_empty() {
        return false;
    }
    table.whole_us.clone_from(&table.us);
    let mut files = vec![(0_i64, 0_i64); table.file_us.len()];
    let mut scopes = vec![(0_i64, 0_i64); table.scope_us.len()];
    let mut session = 0_i64;
    for entry in entries {
        let row = at(row_of, run.attempts.test(entry.attempt).0);
        let Some(us) = table.us.get_mut(row as usize) else { continue };
        let shared = entry.session_us + entry.module_us + entry.class_us;
        if shared > *us {
            continue;
        }
        *us -= shared;
        session = session.saturating_add(entry.session_us);
        if let (Some(file), true) = (files.get_mut(at(&table.file, row) as usize), entry.enters_file) {
            *file = (file.0.saturating_add(entry.module_us), file.1 + 1);
        }
        if let (Some(scope), true) = (scopes.get_mut(at(&table.scope, row) as usize), entry.enters_class) {
            *scope = (scope.0.saturating_add(entry.class_us), scope.1 + 1);
        }
    }
    table.session_us = session / (layout.lanes.len() as i64).max(1);
    for (to, from) in [(&mut table.file_us, files), (&mut table.scope_us, scopes)] {
        for (to, (sum, times)) in to.iter_mut().zip(from) {
            *to = sum.checked_div(times).unwrap_or(0);
        }
    }
    for (file, us) in table.file_us.iter_mut().zip(leave(run, layout, &mut table.us, &table.file, row_of)) {
        *file = file.saturating_add(us);
    }
    true
}

/// Less than this beyond the usual is noise, microseconds; as in `lanescope_analysis::fixtures`.
const NOISE_US: i64 = 1_000;

/// Takes the teardown of file fixtures out of the tests' times. Gives its mean, by file.
///
/// pytest tears a file's fixtures down with the last test before the worker goes on to another file: what teardown
/// takes there beyond the usual (the median) of the file's other tests. With a worker's very last test goes the
/// session's too; there only as much is taken as other times of leaving the file cost.
fn leave(run: &Run, layout: &Layout, us: &mut [i64], file_of: &[u32], row_of: &[u32]) -> Vec<i64> {
    let mut usual: Vec<(u32, i64)> = Vec::new();
    // Row, file, teardown; whether the worker had another test after it.
    let mut leaving: Vec<(u32, u32, i64, bool)> = Vec::new();
    for lane in &layout.lanes {
        let rows: Vec<(u32, u32, i64)> = lane
            .index
            .bars()
            .filter(|bar| bar.outcome != Outcome::Skipped)
            .filter_map(|bar| {
                let attempt = AttemptId(bar.attempt);
                let row = at(row_of, run.attempts.test(attempt).0);
                Some((row, at(file_of, row), run.attempts.teardown_us(attempt)?))
            })
            .collect();
        for (i, &(row, file, teardown)) in rows.iter().enumerate() {
            match rows.get(i + 1) {
                Some(next) if next.1 == file => usual.push((file, teardown)),
                next => leaving.push((row, file, teardown, next.is_some())),
            }
        }
    }
    lanescope_model::order::sort(&mut usual, &|a, b| a.cmp(b));
    let files = file_of.iter().max().map_or(0, |&file| file as usize + 1);
    let mut median = vec![0_i64; files];
    for of_one in usual.chunk_by(|a, b| a.0 == b.0) {
        if let Some(&(file, us)) = of_one.get((of_one.len() - 1) / 2)
            && let Some(slot) = median.get_mut(file as usize)
        {
            *slot = us;
        }
    }
    let beyond = |file: u32, teardown: i64| {
        let beyond = teardown.saturating_sub(at(&median, file));
        if beyond >= NOISE_US { beyond } else { 0 }
    };
    let mut paid = vec![(0_i64, 0_i64); files];
    for &(_, file, teardown, _) in leaving.iter().filter(|l| l.3) {
        if let Some(paid) = paid.get_mut(file as usize) {
            *paid = (paid.0.saturating_add(beyond(file, teardown)), paid.1 + 1);
        }
    }
    let mean: Vec<i64> = paid.iter().map(|(sum, times)| sum.checked_div(*times).unwrap_or(0)).collect();
    for (row, file, teardown, goes_on) in leaving {
        let most = if goes_on { i64::MAX } else { at(&mean, file) };
        if let Some(us) = us.get_mut(row as usize) {
            *us = us.saturating_sub(beyond(file, teardown).min(most)).max(0);
        }
    }
    mean
}

//! Setup that tests share: what a session, a file and a class cost at their entry.

use lanescope_analysis::{Layout, shared_setup};
use lanescope_model::Run;

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
    true
}

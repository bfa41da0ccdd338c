//! What no schedule can beat.

use lanescope_protocol::Mode;

use super::setting::{Setting, piece_key};
use super::tests_table::{TestTable, at};

/// The longest piece that one worker must run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitedBy {
    /// Its first test, a row of the test table.
    pub row: u32,
    /// Its tests.
    pub tests: u32,
    /// Its time, microseconds.
    pub us: i64,
}

/// The longest piece: a test, or under `loadscope`, `loadfile`, `loadgroup` (and Playwright's files) a whole group.
#[must_use]
pub fn longest_piece(tests: &TestTable, setting: &Setting<'_>) -> Option<LimitedBy> {
    let mut pieces: Vec<LimitedBy> = Vec::new();
    let mut longest: Option<LimitedBy> = None;
    let key = piece_key(tests, setting.mode, setting.fully_parallel);
    for row in 0..tests.len() as u32 {
        let us = if setting.mode == Mode::Lpt { tests.whole(row) } else { at(&tests.us, row) }.max(0);
        let piece = match &key {
            None => LimitedBy { row, tests: 1, us },
            Some(key) => {
                let key = key(row) as usize;
                if pieces.len() <= key {
                    pieces.resize(key + 1, LimitedBy { row: u32::MAX, tests: 0, us: 0 });
                }
                let Some(piece) = pieces.get_mut(key) else { continue };
                piece.row = piece.row.min(row);
                piece.us = piece.us.saturating_add(us);
                piece.tests += 1;
                *piece
            }
        };
        if longest.is_none_or(|longest| piece.us > longest.us) {
            longest = Some(piece);
        }
    }
    longest
}

/// LB = max(T1 / m, L) (Graham 1966), microseconds: T1 is the time of all tests with the gaps between them and one
/// setup of each shared fixture, L the longest piece on a worker that has set up its session.
#[must_use]
pub fn lower_bound_us(tests: &TestTable, setting: &Setting<'_>, workers: u32) -> i64 {
    if tests.is_empty() {
        return 0;
    }
    let workers = i64::from(workers.max(1));
    let n = tests.len() as i64;
    // LPT takes times as they were, and sets up nothing beyond.
    let whole = setting.mode == Mode::Lpt;
    let session = if whole { 0 } else { tests.session_us.max(0) };
    let shared = tests.file_us.iter().chain(&tests.scope_us).fold(session, |sum, us| sum.saturating_add((*us).max(0)));
    let gaps = (n - workers).max(0).saturating_mul(setting.gap_us.max(0));
    // Fixtures of files that a plan has emptied are not set up; the bound must hold for them too.
    let shared = if !whole && all_entered(tests) { shared } else { session };
    let busy = if whole {
        (0..n as u32).fold(0_i64, |sum, row| sum.saturating_add(tests.whole(row).max(0)))
    } else {
        tests.busy_us()
    };
    let total = busy.saturating_add(gaps).saturating_add(shared);
    let longest = longest_piece(tests, setting).map_or(0, |piece| piece.us).saturating_add(session);
    let inflated = |us: i64| (us as f64 * setting.inflation.max(0.0)).floor() as i64;
    let rounding = n; // Each inflated time is rounded to the microsecond.
    let total = inflated(total.saturating_sub(gaps)).saturating_add(gaps);
    if setting.inflation == 1.0 {
        return (total / workers).max(longest);
    }
    (total.saturating_sub(rounding) / workers).max(inflated(longest).saturating_sub(rounding)).max(0)
}

fn all_entered(tests: &TestTable) -> bool {
    let mut files = vec![false; tests.file_us.len()];
    let mut scopes = vec![false; tests.scope_us.len()];
    for row in 0..tests.len() as u32 {
        for (seen, key) in [(&mut files, at(&tests.file, row)), (&mut scopes, at(&tests.scope, row))] {
            if let Some(seen) = seen.get_mut(key as usize) {
                *seen = true;
            }
        }
    }
    let needed = |(us, seen): (&i64, &bool)| *us <= 0 || *seen;
    tests.file_us.iter().zip(&files).all(needed) && tests.scope_us.iter().zip(&scopes).all(needed)
}

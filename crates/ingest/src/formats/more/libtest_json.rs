//! Rust's libtest JSON (`cargo test -- -Z unstable-options --format json`) and what nextest writes in its place.
//!
//! | field | becomes |
//! | --- | --- |
//! | `name` | modules and name; nextest: `crate::binary$module::test` as nextest's JUnit names it |
//! | `event` ok, failed, ignored, timeout | outcome |
//! | `exec_time` | length in seconds |
//! | `name#2` of nextest | the second attempt; the one before it failed, which has no line of its own |
//! | `type: bench`, `median` in nanoseconds | a benchmark; `deviation` is the distance of its extremes, and left out |
//! | `suite` | the tests of one binary; equal names in another binary are other tests |

use hashbrown::HashMap;
use lanescope_model::{Outcome, Stats, TestId};

use super::kit::bench::{Mark, Rows, figure};
use super::kit::json::{members, string, us};
use super::kit::lines::Lines;
use super::kit::{Record, S, Sheet};
use crate::time::Point;

#[derive(Default)]
pub(crate) struct LibtestJson {
    suites: u32,
    /// In which suite a test was seen.
    seen: HashMap<TestId, u32, foldhash::fast::FixedState>,
    started: u64,
    ended: u64,
    other_lines: u64,
    nextest: bool,
    broken: bool,
    /// Tests that a started suite announces and that have not ended.
    open_suites: i64,
    lengths: Vec<i64>,
    benches: Rows,
}

/// Suite, name and number of the attempt in a name of nextest's.
fn nextest(name: &str) -> Option<(String, &str, i64)> {
    let (binary, test) = name.split_once('$')?;
    // The binary of a library has the name of its crate twice; nextest elsewhere writes it once.
    let binary = match binary.split_once("::") {
        Some((krate, bin)) if krate == bin || krate.replace('-', "_") == bin => krate,
        _ => binary,
    };
    let (test, attempt) = match test.rsplit_once('#') {
        Some((test, n)) if !n.is_empty() => (test, n.parse().unwrap_or(1)),
        _ => (test, 1),
    };
    let (modules, name) = split(test);
    let suite = if modules.is_empty() { binary.to_owned() } else { format!("{binary}::{modules}") };
    Some((suite, name, attempt))
}

/// Modules and name. A doc test is named by file and line, with blanks.
pub(super) fn split(name: &str) -> (&str, &str) {
    if name.as_bytes().contains(&b'(') && name.contains(" - ") && name.contains("(line ") {
        ("", name)
    } else {
        name.rsplit_once("::").unwrap_or(("", name))
    }
}

impl Lines for LibtestJson {
    fn line(&mut self, line: &str, _at: Option<Point>, whole: bool, sheet: &mut Sheet) {
        let line = line.trim();
        let [kind, event, name, time, stdout, message, reason, median] =
            members(line, ["type", "event", "name", "exec_time", "stdout", "message", "reason", "median"]);
        // The end of a benchmark is no event.
        let (Some(kind), Some(event)) = (kind.filter(|_| line.ends_with('}')), event.or(median)) else {
            self.other_lines += u64::from(whole && !line.is_empty());
            self.broken |= !whole;
            return;
        };
        // Names of doc tests on Windows have single backslashes, which is no JSON.
        if serde_json::from_str::<serde::de::IgnoredAny>(line).is_err() {
            self.other_lines += 1;
            return;
        }
        let (kind, event) = (string(Some(kind)), string(Some(event)));
        self.nextest = self.nextest || memchr::memmem::find(line.as_bytes(), b"\"nextest\":").is_some();
        if kind == "suite" {
            if event == "started" {
                self.suites += 1;
                self.open_suites += 1;
            } else {
                self.open_suites -= 1;
                // nextest writes the whole run's time into each; libtest its own.
                self.lengths.extend(us(time, S));
            }
            return;
        }
        if event == "started" {
            self.started += 1;
            return;
        }
        if kind == "bench" {
            self.ended += 1;
            let stats = Stats { median: figure(median, 1e-9), ..Stats::default() };
            self.benches.add(&Mark { name: &string(name), stats, ..Mark::default() }, sheet);
            return;
        }
        let outcome = match event.as_ref() {
            "ok" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "ignored" => Outcome::Skipped,
            // Said of a test that takes long and goes on.
            "timeout" | "discovered" => return,
            _ => Outcome::Unknown,
        };
        self.ended += 1;
        let name = string(name);
        let (out, message, reason) = (string(stdout), string(message), string(reason));
        let (suite, name, attempt) = match nextest(&name) {
            Some(found) => {
                self.nextest = true;
                found
            }
            None => {
                let (suite, name) = split(&name);
                (suite.to_owned(), name, 1)
            }
        };
        let r = Record {
            suite: &suite,
            name,
            us: us(time, S),
            outcome: if reason.contains("time limit exceeded") { Outcome::Error } else { outcome },
            message: if message.is_empty() && outcome.is_bad() && !reason.is_empty() { &reason } else { &message },
            trace: if outcome.is_bad() { out.trim() } else { "" },
            out: if outcome.is_bad() { "" } else { out.trim() },
            ..Record::default()
        };
        let known = sheet.tests();
        let mut test = sheet.test(&r);
        let seen_in = self.seen.insert(test, self.suites);
        if sheet.tests() == known && !self.nextest && seen_in.is_some_and(|suite| suite != self.suites) {
            let Some(new) = sheet.new_test(&r) else { return };
            test = new;
        }
        // An attempt that was followed by another did not pass; at most as many as anybody would set.
        for _ in 0..sheet.counted(attempt.saturating_sub(1)) {
            sheet.attempt(test, &Record { outcome: Outcome::Failed, ..Record::default() });
        }
        sheet.attempt(test, &r);
    }

    fn end(&mut self, sheet: &mut Sheet) {
        if !self.benches.is_empty() {
            std::mem::take(&mut self.benches).finish("libtest-json", sheet);
        }
        if self.other_lines > 0 {
            sheet.notes.warn(format!("{} lines are no valid JSON; they are left out", self.other_lines));
        }
        if self.broken || self.open_suites > 0 || self.started > self.ended + 1_000_000 {
            sheet.notes.warn("the file ends before its last test binary does");
            sheet.run.meta.interrupted = true;
        }
        sheet.dialect = Some(if self.nextest { "nextest" } else { "libtest" }.to_owned());
        if self.nextest {
            sheet.notes.info(
                "libtest JSON of nextest has neither starts nor the times of attempts that were followed by another; \
                 its JUnit file has them",
            );
        } else if let [length] = self.lengths.as_slice() {
            sheet.session(None, Some(*length));
        } else if !self.lengths.is_empty() {
            // Binaries run one after the other.
            sheet.session(None, Some(self.lengths.iter().fold(0, |a: i64, b| a.saturating_add(*b))));
        }
    }
}

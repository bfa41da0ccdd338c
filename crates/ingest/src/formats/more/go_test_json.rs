//! `go test -json` (test2json): one JSON object a line.
//!
//! | Go | becomes |
//! | --- | --- |
//! | `Package`, `Test` | suite and name; `Parent/Sub` is a test of its own |
//! | `run`, `cont` after `pause` | start: a parallel test starts where it goes on, what it did before its pause is short |
//! | `pass`, `fail`, `skip` | stop, and outcome; `Elapsed` is the length where there is no clock |
//! | `run` again | another attempt of the same test (`-count`, `gotestsum --rerun-fails`) |
//! | `run` without an end | error: the process ended in it (panic, time-out) |
//! | output `BenchmarkA-8  1000  1250 ns/op`, also in pieces | a benchmark of the package |
//! | a package that fails without a failed test | a test `(package)` with outcome error |

use hashbrown::HashMap;
use lanescope_model::{Interner, Outcome, StrId, TestId};

use super::go_bench::{GoBenches, is_benchmark};
use super::kit::json::{members, string, us};
use super::kit::lines::Lines;
use super::kit::{Record, S, Sheet, first_line};
use crate::time::{Point, point};

/// Output of one test that is kept.
const MAX_OUTPUT: usize = 1 << 20;
/// Executions of one test that may go on at once; of more, the oldest has died.
const MAX_OPEN: usize = 256;
/// The line of a benchmark is shorter than this.
const MAX_BENCH_LINE: usize = 4 << 10;

#[derive(Default)]
pub(crate) struct GoTestJson {
    /// By test: its executions that have not ended, oldest first. With `-count` there may be several, all but one paused.
    open: HashMap<TestId, Vec<Open>, foldhash::fast::FixedState>,
    names: Interner,
    /// By id of the name.
    packages: Vec<Package>,
    /// By test that began and may not have ended: the one before it in its package, and 2; 1 where there is none, 0 where it
    /// is none of these. A list for each package took more memory than all else of a file of small packages.
    begun_before: Vec<u32>,
    first_us: Option<i64>,
    last_us: Option<i64>,
    benches: GoBenches,
    other_lines: u64,
    broken: bool,
}

#[derive(Default)]
struct Open {
    start_us: Option<i64>,
    paused: bool,
    out: String,
    package: usize,
}

#[derive(Default)]
struct Package {
    failed_tests: u32,
    /// The test that began last, and 1; 0 for none.
    begun: u32,
    /// Until it ends, if it printed anything. Most of the packages of a large file have ended.
    printed: Option<Box<Printed>>,
}

/// What a package printed so far.
#[derive(Default)]
struct Printed {
    out: String,
    /// What was printed of the line of a benchmark so far.
    bench_line: String,
}

impl GoTestJson {
    fn package(&mut self, name: &str) -> usize {
        let at = self.names.intern(name).index();
        if at >= self.packages.len() {
            self.packages.resize_with(at + 1, Package::default);
        }
        at
    }

    fn begins(&mut self, test: TestId, package: usize) {
        if self.begun_before.len() <= test.index() {
            self.begun_before.resize(test.index() + 1, 0);
        }
        if let Some(before) = self.begun_before.get_mut(test.index()).filter(|before| **before == 0)
            && let Some(package) = self.packages.get_mut(package)
        {
            *before = package.begun + 1;
            package.begun = test.0 + 1;
        }
    }

    /// The tests of a package that began, and may have ended. It has none any more.
    fn take_begun(&mut self, package: usize) -> Vec<TestId> {
        let mut tests = Vec::new();
        let mut last = self.packages.get_mut(package).map_or(0, |p| std::mem::take(&mut p.begun));
        while let Some(test) = last.checked_sub(1) {
            tests.push(TestId(test));
            let before = self.begun_before.get_mut(test as usize).map_or(0, std::mem::take);
            last = before.saturating_sub(1);
        }
        tests
    }

    /// Takes output of benchmarks: a line of theirs is printed in pieces, its name before it is measured.
    fn bench_output(&mut self, package: &str, text: &str) {
        let at = self.package(package);
        let Self { names, packages, benches, .. } = self;
        let Some(printed) = packages.get_mut(at).map(|p| p.printed.get_or_insert_default()) else { return };
        for piece in text.split_inclusive('\n') {
            if printed.bench_line.len() < MAX_BENCH_LINE {
                printed.bench_line.push_str(piece);
            }
            if piece.ends_with('\n') {
                benches.line(names.strings().get(StrId(at as u32)), &printed.bench_line);
                printed.bench_line.clear();
            }
        }
    }

    fn test(
        &mut self,
        what: &str,
        r: &Record<'_>,
        at: Option<i64>,
        elapsed: Option<i64>,
        text: &str,
        sheet: &mut Sheet,
    ) {
        let package = self.package(r.suite);
        match what {
            "run" => {
                let test = sheet.test(r);
                let open = self.open.entry(test).or_default();
                // One that is not paused was left behind by a process that died.
                let dead = open.iter().position(|o| !o.paused).or((open.len() == MAX_OPEN).then_some(0));
                let dead = dead.map(|i| open.remove(i));
                if open.is_empty() {
                    // Mostly there is one.
                    open.reserve_exact(1);
                }
                open.push(Open { start_us: at, package, ..Open::default() });
                self.begins(test, package);
                if let Some(dead) = dead {
                    self.close(test, dead, None, sheet);
                }
            }
            "pause" | "cont" => {
                let test = sheet.test(r);
                let pause = what == "pause";
                let open = self.open.entry(test).or_default();
                if let Some(open) = open.iter_mut().find(|o| o.paused != pause) {
                    open.paused = pause;
                    if !pause {
                        open.start_us = at;
                    }
                }
            }
            "output" => {
                // Output of a test that is over belongs to nothing any more.
                let before = sheet.tests();
                if before > 0
                    && let Some(open) = self.open.get_mut(&sheet.test(r)).and_then(|open| open.last_mut())
                    && open.out.len() < MAX_OUTPUT
                {
                    open.out.push_str(text);
                }
            }
            "pass" | "fail" | "skip" | "bench" => {
                let test = sheet.test(r);
                let open = self.open.get_mut(&test).filter(|open| !open.is_empty()).map(|open| {
                    let running = open.iter().position(|o| !o.paused).unwrap_or(0);
                    open.remove(running)
                });
                if self.open.get(&test).is_some_and(Vec::is_empty) {
                    self.open.remove(&test);
                }
                let open = open.unwrap_or(Open { package, ..Open::default() });
                let outcome = match what {
                    "fail" => Outcome::Failed,
                    "skip" => Outcome::Skipped,
                    _ => Outcome::Passed,
                };
                self.close(test, open, Some((outcome, at, elapsed)), sheet);
            }
            _ => {}
        }
    }

    /// Ends what still runs, in one package or in all; gives how many these were.
    fn close_open(&mut self, package: Option<usize>, sheet: &mut Sheet) -> usize {
        let mut tests: Vec<TestId> = match package {
            Some(at) => self.take_begun(at),
            None => self.open.keys().copied().collect(),
        };
        tests.sort_unstable();
        let of = |open: &Vec<Open>| open.first().is_some_and(|o| package.is_none_or(|p| p == o.package));
        tests.retain(|test| self.open.get(test).is_some_and(of));
        for &test in &tests {
            for open in self.open.remove(&test).unwrap_or_default() {
                self.close(test, open, None, sheet);
            }
        }
        tests.len()
    }

    fn close(&mut self, test: TestId, open: Open, end: Option<(Outcome, Option<i64>, Option<i64>)>, sheet: &mut Sheet) {
        let (outcome, at, elapsed) = end.unwrap_or((Outcome::Error, None, None));
        if outcome.is_bad()
            && let Some(package) = self.packages.get_mut(open.package)
        {
            package.failed_tests += 1;
        }
        let own = own_output(&open.out);
        let message = match outcome {
            Outcome::Error => "the process ended in this test",
            Outcome::Failed | Outcome::Skipped => first_line(&own),
            _ => "",
        };
        sheet.attempt(
            test,
            &Record {
                start_us: open.start_us,
                stop_us: at,
                us: elapsed,
                outcome,
                message,
                trace: if outcome.is_bad() { own.trim_end() } else { "" },
                out: if outcome.is_bad() { "" } else { own.trim_end() },
                ..Record::default()
            },
        );
    }
}

/// Output without the lines that the tool itself prints.
pub(super) fn own_output(out: &str) -> String {
    let mut own = String::new();
    for line in out.lines() {
        let trimmed = line.trim_start();
        let is_tool = ["=== RUN", "=== PAUSE", "=== CONT", "=== NAME", "--- PASS", "--- FAIL", "--- SKIP"]
            .iter()
            .any(|start| trimmed.starts_with(start));
        if !is_tool {
            own.push_str(line);
            own.push('\n');
        }
    }
    own
}

/// Suite and name of a Go test: package and test, with its subtests.
pub(super) fn record<'a>(package: &'a str, test: &'a str) -> Record<'a> {
    Record { suite: package, name: test, ..Record::default() }
}

impl Lines for GoTestJson {
    fn line(&mut self, line: &str, _at: Option<Point>, whole: bool, sheet: &mut Sheet) {
        let line = line.trim();
        let [action, package, import, test, time, elapsed, output] =
            members(line, ["Action", "Package", "ImportPath", "Test", "Time", "Elapsed", "Output"]);
        let Some(action) = action.filter(|_| line.ends_with('}')) else {
            if whole {
                self.other_lines += u64::from(!line.is_empty());
            } else {
                self.broken = true;
            }
            return;
        };
        let (action, package, test, text) = (string(Some(action)), string(package), string(test), string(output));
        let at = point(&string(time)).map(|p| p.us);
        self.first_us = self.first_us.or(at);
        self.last_us = at.or(self.last_us);
        let elapsed = us(elapsed, S);
        let of_bench = is_benchmark(&test);
        if action == "output" && (of_bench || test.is_empty()) {
            self.bench_output(&package, &text);
        }
        // A benchmark has an end only where it did not come to one.
        if of_bench && !matches!(action.as_ref(), "fail" | "skip") {
            return;
        }
        if !test.is_empty() {
            self.test(&action, &record(&package, &test), at, elapsed, &text, sheet);
            return;
        }
        let import = string(import);
        let name = if package.is_empty() { import.split(' ').next().unwrap_or("") } else { &package };
        let package = self.package(name);
        match action.as_ref() {
            "output" | "build-output" => {
                let printed = self.packages.get_mut(package).map(|p| p.printed.get_or_insert_default());
                if let Some(printed) = printed.filter(|printed| printed.out.len() < MAX_OUTPUT) {
                    printed.out.push_str(&text);
                }
            }
            "fail" | "pass" | "skip" => {
                // What still runs when its package ends was ended with it.
                self.close_open(Some(package), sheet);
                let Some(p) = self.packages.get_mut(package) else { return };
                let out = p.printed.take().map(|printed| printed.out).unwrap_or_default();
                if action == "fail" && p.failed_tests == 0 {
                    let out = own_output(&out);
                    let r = Record {
                        outcome: Outcome::Error,
                        trace: out.trim_end(),
                        us: elapsed,
                        ..record(self.names.strings().get(StrId(package as u32)), "(package)")
                    };
                    sheet.add(&r);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let left = self.close_open(None, sheet);
        // The run is made next, and may need the memory.
        (self.open, self.packages) = (HashMap::default(), Vec::new());
        if self.broken || left > 0 {
            sheet.notes.warn("the file ends before its tests do; those that had not ended count as errors");
            sheet.run.meta.interrupted = true;
        }
        if self.other_lines > 0 {
            sheet
                .notes
                .info(format!("{} lines are no JSON (output of tools and tests); they are left out", self.other_lines));
        }
        self.benches.finish("go-test-json", self.last_us, sheet);
        if sheet.tests() > 0 {
            sheet
                .notes
                .info("go test rounds lengths to hundredths of a second; one of a parent holds those of its subtests");
        }
        sheet.session(self.first_us, None);
        sheet.dialect = Some("go".to_owned());
    }
}

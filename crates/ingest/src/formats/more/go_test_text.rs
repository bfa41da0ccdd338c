//! What `go test` prints: with `-v` a line for every test, without it the failed ones only.
//!
//! | line | becomes |
//! | --- | --- |
//! | `=== RUN   TestA/sub` | start, where a CI service's log puts a time before it |
//! | `--- FAIL: TestA/sub (0.01s)` | outcome and length |
//! | `ok  pkg 0.01s`, `FAIL pkg 0.01s` | the package of the tests before it, whose name comes last |
//! | `BenchmarkA-8  1000  1250 ns/op` | a benchmark, of the package that `pkg: ` named before it |
//! | `panic: …` without an end of the running test | error |

use hashbrown::HashMap;
use lanescope_model::Outcome;

use super::go_bench::{GoBenches, is_benchmark};
use super::go_test_json::own_output;
use super::kit::lines::Lines;
use super::kit::{Record, Sheet, first_line};
use crate::number::seconds;
use crate::time::Point;

const MAX_OUTPUT: usize = 1 << 20;
/// Half of the last digit of a printed length.
const ROUNDED_US: i64 = 5_000;

#[derive(Default)]
pub(crate) struct GoTestText {
    /// Tests whose package is not named yet.
    tests: Vec<Test>,
    /// By name: the newest of them.
    newest: HashMap<String, usize, foldhash::fast::FixedState>,
    /// The test that output belongs to.
    current: Option<usize>,
    packages: u32,
    length_us: Option<i64>,
    benches: GoBenches,
    /// The package whose benchmarks run.
    bench_package: String,
    last_us: Option<i64>,
}

#[derive(Default)]
struct Test {
    name: String,
    start_us: Option<i64>,
    stop_us: Option<i64>,
    us: Option<i64>,
    outcome: Option<Outcome>,
    out: String,
}

impl GoTestText {
    /// The newest test of this name that has not ended.
    fn open(&mut self, name: &str) -> usize {
        let known = self.newest.get(name).copied();
        let open = known.filter(|&i| self.tests.get(i).is_some_and(|test| test.outcome.is_none()));
        open.unwrap_or_else(|| {
            self.tests.push(Test { name: name.to_owned(), ..Test::default() });
            self.newest.insert(name.to_owned(), self.tests.len() - 1);
            self.tests.len() - 1
        })
    }

    fn package(&mut self, name: &str, sheet: &mut Sheet) {
        for mut test in std::mem::take(&mut self.tests) {
            // Lines that were printed together share a time, which is then not that of the test.
            let between = test.start_us.zip(test.stop_us).and_then(|(start, stop)| stop.checked_sub(start));
            if between.zip(test.us).is_some_and(|(between, us)| between.saturating_add(ROUNDED_US) < us) {
                (test.start_us, test.stop_us) = (None, None);
            }
            let own = own_output(&test.out);
            let outcome = test.outcome.unwrap_or(Outcome::Error);
            let message = match (test.outcome, outcome) {
                (None, _) => "the process ended in this test",
                (_, Outcome::Failed | Outcome::Skipped) => first_line(&own),
                _ => "",
            };
            sheet.add(&Record {
                suite: name,
                name: &test.name,
                start_us: test.start_us,
                stop_us: test.stop_us,
                us: test.us,
                outcome,
                message,
                trace: if outcome.is_bad() { own.trim_end() } else { "" },
                out: if outcome.is_bad() { "" } else { own.trim_end() },
                ..Record::default()
            });
        }
        self.newest.clear();
        self.current = None;
    }

    fn package_line(&mut self, line: &str, sheet: &mut Sheet) -> bool {
        let mut words = line.split_whitespace();
        let (Some(word), Some(package)) = (words.next(), words.next()) else { return false };
        if !matches!(word, "ok" | "FAIL" | "---" | "?") || !(line.contains('\t') || line.starts_with("ok  ")) {
            return false;
        }
        self.package(package, sheet);
        self.packages += 1;
        let length = words.next().and_then(|time| seconds(time).us());
        self.length_us = if self.packages == 1 { length } else { None };
        true
    }
}

/// `--- PASS: TestA (0.00s)`, at any depth.
fn result(line: &str) -> Option<(Outcome, &str, Option<i64>)> {
    let rest = line.trim_start().strip_prefix("--- ")?;
    let (word, rest) = rest.split_once(": ")?;
    let outcome = match word {
        "PASS" => Outcome::Passed,
        "FAIL" => Outcome::Failed,
        "SKIP" => Outcome::Skipped,
        _ => return None,
    };
    let (name, time) = rest.rsplit_once(" (").unwrap_or((rest, ""));
    Some((outcome, name.trim_end(), seconds(time.trim_end_matches(')')).us()))
}

impl Lines for GoTestText {
    fn line(&mut self, line: &str, at: Option<Point>, whole: bool, sheet: &mut Sheet) {
        let trimmed = line.trim_start();
        self.last_us = at.map(|p| p.us).or(self.last_us);
        // Before its first benchmark a package says where it runs.
        if line.starts_with("goos: ") {
            self.current = None;
        }
        if let Some(package) = line.strip_prefix("pkg: ") {
            package.trim().clone_into(&mut self.bench_package);
            return;
        }
        if whole && self.benches.line(&self.bench_package, line) {
            self.current = None;
            return;
        }
        if let Some(name) = ["=== RUN ", "=== CONT ", "=== NAME "].iter().find_map(|s| trimmed.strip_prefix(s)) {
            let name = name.trim();
            // A name that the end of the file cuts off is that of another test.
            if !whole || name.is_empty() {
                return;
            }
            // A benchmark has no line of its own for its end.
            if is_benchmark(name) {
                self.current = None;
                return;
            }
            let new = trimmed.starts_with("=== RUN");
            let i = self.open(name);
            self.current = Some(i);
            if let (true, Some(test)) = (new, self.tests.get_mut(i)) {
                test.start_us = at.map(|p| p.us);
            }
            return;
        }
        if let Some((outcome, name, us)) = result(line).filter(|_| whole) {
            let i = self.open(name);
            self.current = Some(i);
            if let Some(test) = self.tests.get_mut(i) {
                test.outcome = Some(outcome);
                test.us = us;
                test.stop_us = at.map(|p| p.us);
            }
            return;
        }
        if self.package_line(line, sheet) || matches!(line, "PASS" | "FAIL") {
            return;
        }
        if let Some(test) = self.current.and_then(|i| self.tests.get_mut(i)).filter(|t| t.out.len() < MAX_OUTPUT) {
            test.out.push_str(line);
            test.out.push('\n');
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let left = self.tests.len();
        let open = self.tests.iter().filter(|t| t.outcome.is_none()).count();
        self.package("", sheet);
        if left > 0 {
            sheet.notes.warn("the file ends before the line that names the last package");
            sheet.run.meta.interrupted = open > 0;
        }
        self.benches.finish("go-test-text", self.last_us, sheet);
        if sheet.tests() > 0 {
            sheet
                .notes
                .info("without -v, go test prints failed tests only; times are rounded to hundredths of a second");
        }
        sheet.session(None, self.length_us);
        sheet.dialect = Some("go".to_owned());
    }
}

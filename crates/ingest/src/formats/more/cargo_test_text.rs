//! What `cargo test` and `cargo nextest run` print.
//!
//! | line | becomes |
//! | --- | --- |
//! | `Running tests/a.rs (target/debug/deps/a-…)`, `Doc-tests a` | the suite of the tests after it |
//! | `test a::b ... ok`, `FAILED`, `ignored, reason` | outcome; `<0.012s>` behind it is the length |
//! | `test a::b ... bench: 1,234 ns/iter (+/- 56)` | a benchmark with its median; what follows is the distance of its extremes, and left out |
//! | `---- a::b stdout ----` | trace of a failed test |
//! | `test result: … finished in 0.76s` | its part of the session's length |
//! | nextest: `PASS [   0.012s] crate::binary module::test` | outcome, length |
//! | nextest: `TRY 2 FAIL [   0.012s] …` | an attempt |
//! | nextest: `stdout ───`, `stderr ───` after it | output and trace of that attempt |

use hashbrown::HashMap;
use lanescope_model::{AttemptId, Outcome, Stats, TextKind};

use super::kit::bench::{Mark, Rows, figure};
use super::kit::lines::Lines;
use super::kit::{Record, Sheet, first_line};
use super::libtest_json::split;
use crate::number::seconds;
use crate::time::Point;

const MAX_OUTPUT: usize = 1 << 20;

#[derive(Default)]
pub(crate) struct CargoTestText {
    binary: String,
    /// Failed tests of this binary.
    failed: HashMap<String, AttemptId, foldhash::fast::FixedState>,
    block: Option<(AttemptId, TextKind, String)>,
    length_us: i64,
    results: u32,
    open: bool,
    nextest: bool,
    last_start_us: Option<i64>,
    benches: Rows,
}

impl CargoTestText {
    fn close_block(&mut self, sheet: &mut Sheet) {
        if let Some((attempt, kind, text)) = self.block.take() {
            let text = text.trim_matches('\n');
            if self.nextest {
                let kind = if kind == TextKind::Stderr { TextKind::Stderr } else { TextKind::Stdout };
                sheet.run.add_text(attempt, kind, text);
                if kind == TextKind::Stderr && sheet.run.text(attempt, TextKind::Message).is_empty() {
                    sheet.run.set_text(attempt, TextKind::Message, panic_line(text));
                }
            } else {
                sheet.run.set_text(attempt, TextKind::Message, panic_line(text));
                sheet.run.add_text(attempt, kind, text);
            }
        }
    }

    /// `test a::b     ... bench:       1,234.50 ns/iter (+/- 56)`
    fn bench_line(&mut self, line: &str, at: Option<Point>, sheet: &mut Sheet) -> bool {
        let found = line.strip_prefix("test ").and_then(|l| l.rsplit_once(" ... bench: "));
        let Some((name, ns)) = found.and_then(|(name, rest)| Some((name.trim(), rest.split_once(" ns/iter")?.0)))
        else {
            return false;
        };
        let name = if self.binary.is_empty() { name.to_owned() } else { format!("{}::{name}", self.binary) };
        let stats = Stats { median: figure(Some(&ns.trim().replace(',', "")), 1e-9), ..Stats::default() };
        self.benches.add(&Mark { name: &name, group: &self.binary, stats, ..Mark::default() }, sheet);
        self.benches.at_us = at.map(|p| p.us).or(self.benches.at_us);
        true
    }

    fn test_line(&mut self, line: &str, at: Option<Point>, sheet: &mut Sheet) -> bool {
        let Some((name, rest)) = line.strip_prefix("test ").and_then(|l| l.rsplit_once(" ... ")) else { return false };
        let (word, time) = rest.split_once(" <").map_or((rest, ""), |(word, time)| (word, time.trim_end_matches('>')));
        let (word, reason) = word.split_once(", ").unwrap_or((word, ""));
        let outcome = match word.trim() {
            "ok" => Outcome::Passed,
            "FAILED" => Outcome::Failed,
            "ignored" => Outcome::Skipped,
            _ => return false,
        };
        let name =
            name.strip_suffix(" - should panic").or_else(|| name.strip_suffix(" - compile fail")).unwrap_or(name);
        // Beside benchmarks names are filled up to one length.
        let name = name.trim_end();
        let (modules, short) = split(name);
        let suite = match (self.binary.is_empty(), modules.is_empty()) {
            (true, _) => modules.to_owned(),
            (false, true) => self.binary.clone(),
            (false, false) => format!("{}::{modules}", self.binary),
        };
        let us = seconds(time).us();
        let stop_us = at.map(|p| p.us);
        let start_us = stop_us.zip(us).and_then(|(stop, us)| stop.checked_sub(us));
        let r =
            Record { suite: &suite, name: short, us, start_us, stop_us, outcome, message: reason, ..Record::default() };
        if let Some(id) = sheet.add_new(&r).filter(|_| outcome == Outcome::Failed) {
            self.failed.insert(name.to_owned(), id);
        }
        true
    }

    /// `  TRY 1 FAIL [   0.032s] ( 1/80) flaky-crate tests::exits_7`
    fn nextest_line(&mut self, line: &str, at: Option<Point>, sheet: &mut Sheet) -> bool {
        let Some((head, rest)) = line.split_once(" [") else { return false };
        let Some((time, rest)) = rest.split_once("] ") else { return false };
        let head = head.trim();
        let word = match head.strip_prefix("TRY ") {
            Some(rest) => rest.split_once(' ').map_or("", |(_, word)| word),
            None => head,
        };
        let outcome = match word {
            "PASS" | "LEAK" => Outcome::Passed,
            "FAIL" | "LEAK-FAIL" => Outcome::Failed,
            "TMT" | "TIMEOUT" | "ABRT" | "ABORT" | "SIGABRT" | "SIGSEGV" | "SIGKILL" | "XFAIL" => Outcome::Error,
            "SKIP" => Outcome::Skipped,
            _ if word.starts_with("SIG") => Outcome::Error,
            _ => return false,
        };
        let rest = match rest.trim_start().strip_prefix('(').and_then(|r| r.split_once(')')) {
            Some((_, rest)) => rest.trim_start(),
            None => rest.trim_start(),
        };
        let Some((binary, test)) = rest.split_once(' ') else { return false };
        self.nextest = true;
        self.close_block(sheet);
        let (modules, name) = split(test.trim());
        let suite = if modules.is_empty() { binary.to_owned() } else { format!("{binary}::{modules}") };
        let us = seconds(time.trim_start_matches('>').trim()).us();
        let stop_us = at.map(|p| p.us);
        let start_us = stop_us.zip(us).and_then(|(stop, us)| stop.checked_sub(us));
        let message = if outcome == Outcome::Error { word } else { "" };
        // The summary repeats what failed in the end.
        if self.open && self.results > 0 {
            return true;
        }
        let r = Record { suite: &suite, name, us, start_us, stop_us, outcome, message, ..Record::default() };
        let id = sheet.add(&r);
        self.block = Some((id, TextKind::Log, String::new()));
        true
    }
}

/// What a panic says, of the output of a failed test.
fn panic_line(text: &str) -> &str {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.contains("' panicked at ") || line.contains(") panicked at ") {
            return match line.rsplit_once("' panicked at '") {
                Some((_, old)) => old.trim_end_matches(','),
                None => lines.next().unwrap_or(line).trim(),
            };
        }
    }
    first_line(text)
}

impl Lines for CargoTestText {
    fn line(&mut self, line: &str, at: Option<Point>, whole: bool, sheet: &mut Sheet) {
        let trimmed = line.trim();
        if self.nextest || line.starts_with(' ') {
            if whole && self.nextest_line(line, at, sheet) {
                return;
            }
            if self.nextest {
                if let Some(rest) = trimmed.strip_prefix("Summary [") {
                    self.close_block(sheet);
                    self.length_us = rest.split_once(']').and_then(|(s, _)| seconds(s.trim()).us()).unwrap_or(0);
                    (self.results, self.open) = (1, true);
                } else if let Some(kind) = trimmed.strip_suffix(" ───").filter(|_| line.starts_with("  ")) {
                    let id = self.block.as_ref().map(|b| b.0);
                    self.close_block(sheet);
                    let kind = if kind == "stderr" { TextKind::Stderr } else { TextKind::Stdout };
                    self.block = id.map(|id| (id, kind, String::new()));
                } else if trimmed.starts_with("DELAY ") {
                    self.close_block(sheet);
                } else if let Some((_, kind, text)) =
                    self.block.as_mut().filter(|b| b.1 != TextKind::Log && b.2.len() < MAX_OUTPUT)
                {
                    let _ = kind;
                    text.push_str(line.strip_prefix("    ").unwrap_or(line));
                    text.push('\n');
                }
                return;
            }
        }
        if let Some(rest) = trimmed.strip_prefix("Running ").filter(|r| r.contains('(')) {
            self.close_block(sheet);
            let path = rest.rsplit_once('(').map_or("", |(_, path)| path.trim_end_matches(')'));
            let file = path.rsplit(['/', '\\']).next().unwrap_or("").trim_end_matches(".exe");
            self.binary = file.rsplit_once('-').map_or(file, |(name, _)| name).to_owned();
            return;
        }
        if let Some(name) = trimmed.strip_prefix("Doc-tests ") {
            self.close_block(sheet);
            name.clone_into(&mut self.binary);
            return;
        }
        if line.starts_with("running ") && (trimmed.ends_with(" tests") || trimmed.ends_with(" test")) {
            self.close_block(sheet);
            self.failed.clear();
            self.open = true;
            self.last_start_us = self.last_start_us.or(at.map(|p| p.us));
            return;
        }
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.close_block(sheet);
            self.open = false;
            self.results += 1;
            let time = rest.rsplit_once("finished in ").and_then(|(_, s)| seconds(s.trim()).us());
            self.length_us = self.length_us.saturating_add(time.unwrap_or(0));
            return;
        }
        if whole && (self.test_line(line, at, sheet) || self.bench_line(line, at, sheet)) {
            return;
        }
        if let Some(title) = line.strip_prefix("---- ").and_then(|l| l.trim_end().strip_suffix(" ----")) {
            self.close_block(sheet);
            let name = title.strip_suffix(" stdout").or_else(|| title.strip_suffix(" stderr")).unwrap_or(title);
            let name = name.strip_suffix(" - should panic").unwrap_or(name);
            self.block = self.failed.get(name).map(|&id| (id, TextKind::Trace, String::new()));
        } else if line == "failures:" {
            self.close_block(sheet);
        } else if let Some((_, _, text)) = self.block.as_mut().filter(|b| b.2.len() < MAX_OUTPUT) {
            text.push_str(line);
            text.push('\n');
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        self.close_block(sheet);
        if !self.benches.is_empty() {
            std::mem::take(&mut self.benches).finish("cargo-test-text", sheet);
        }
        if if self.nextest { self.results == 0 } else { self.open || self.results == 0 } {
            sheet.notes.warn("the log ends before its last result");
            sheet.run.meta.interrupted = true;
        }
        if sheet.tests() > 0 {
            sheet.notes.info(if self.nextest {
                "nextest's console has no starts of tests; its JUnit file has them"
            } else {
                "cargo test prints neither starts nor lengths of tests"
            });
        }
        let length = (self.results > 0 && self.length_us > 0).then_some(self.length_us);
        sheet.session(self.last_start_us, length);
        sheet.dialect = Some(if self.nextest { "nextest" } else { "cargo-test" }.to_owned());
    }
}

//! pytest-reportlog: one JSON object a line, three lines (setup, call, teardown) for an execution of a test.
//!
//! | record | becomes |
//! | --- | --- |
//! | `TestReport` setup, call, teardown | one attempt: first start, last stop, sum of durations |
//! | `TestReport` with outcome `rerun` | an attempt that failed and was followed by another |
//! | `TestReport` with `when: "???"` | an attempt that ended with the crash of its worker |
//! | `SubTestReport` | nothing of its own; a failed one makes its test failed |
//! | `CollectReport` failed or skipped | a test with outcome error or skipped |
//! | `SessionFinish` missing | an interrupted run |

mod attempt;
mod longrepr;
mod markers;
mod record;

pub(crate) use longrepr::summary_line;

use std::borrow::Cow;

use lanescope_model::{AttemptId, AttemptRow, ByString, Outcome, RunBuilder, TestId, TextKind, WorkerId};

use self::attempt::{Open, Phase};
use self::record::{Record, text};
use super::{Parsed, Parser, Session};
use crate::input::{Input, Line};
use crate::nodeid::name_at;
use crate::notes::Notes;

/// Starts that lie before the last stop by less than this are the rounding of two clocks.
const OVERLAP_US: i64 = 1_000;

/// One process that runs tests, and the attempt that it is at.
struct Slot {
    name: String,
    /// `None` for records that name no worker.
    worker: Option<WorkerId>,
    open: Option<Open>,
    last_stop_us: i64,
}

pub(crate) struct Reportlog {
    input: Input,
    notes: Notes,
    state: State,
    line: u64,
    bad_lines: u64,
}

/// What the records have told so far.
struct State {
    run: RunBuilder,
    slots: Vec<Slot>,
    slot_of: ByString,
    last_slot: usize,
    /// Attempts without a worker's name.
    nameless: Vec<AttemptId>,
    overlaps: u64,
    cut_off: Vec<(Open, Option<WorkerId>)>,
    reports: u64,
    finished: bool,
    exit_status: Option<i64>,
}

impl Reportlog {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        let state = State {
            run: RunBuilder::new(),
            slots: Vec::new(),
            slot_of: ByString::default(),
            last_slot: 0,
            nameless: Vec::new(),
            overlaps: 0,
            cut_off: Vec::new(),
            reports: 0,
            finished: false,
            exit_status: None,
        };
        Self { input, notes, state, line: 0, bad_lines: 0 }
    }

    fn one(&mut self, line: Line) {
        let text = self.input.text(line);
        let object = text.trim_ascii();
        if object.is_empty() {
            return;
        }
        match Record::read(object) {
            Ok(record) => self.state.record(&record),
            Err(why) => {
                self.bad_lines += 1;
                let what = format!("record and is left out ({why})");
                self.notes.bad_line((self.line, line.whole), self.bad_lines, &what);
            }
        }
    }
}

impl Parser for Reportlog {
    fn step(&mut self, bytes: usize) -> bool {
        let until = self.input.used().saturating_add(bytes as u64);
        while self.input.used() < until {
            let Some(line) = self.input.line() else { return true };
            self.line += 1;
            self.one(line);
        }
        false
    }

    fn tests(&self) -> usize {
        self.state.run.test_count()
    }

    fn finish(self: Box<Self>) -> Parsed {
        if self.bad_lines > 10 {
            self.notes.warn(format!("{} lines are no records and are left out", self.bad_lines));
        }
        let (run, xdist) = self.state.finish(&self.notes);
        let dialect = if xdist { "pytest-xdist" } else { "pytest" };
        let session = Session { run: run.finish(), name: None, naive_clock: false, shard: None };
        Parsed { dialect: Some(dialect.to_owned()), sessions: vec![session], other: None }
    }
}

impl State {
    fn record(&mut self, r: &Record<'_>) {
        // Nearly every record is one of these, and none needs its quotes taken off.
        if r.kind == Some("\"TestReport\"") {
            return self.test_report(r);
        }
        let kind = r.kind.and_then(text).unwrap_or(Cow::Borrowed(""));
        match kind.as_ref() {
            "TestReport" => self.test_report(r),
            "SubTestReport" | "SubtestReport" => self.subtest(r),
            "CollectReport" => self.collect_report(r),
            "SessionFinish" => {
                self.finished = true;
                self.exit_status = r.exitstatus.and_then(|s| s.parse().ok());
            }
            // Reports of the time before the report type was written.
            "" if r.nodeid.is_some() && r.when.is_some() => self.test_report(r),
            // Other kinds are to be passed over, as the format's description says.
            _ => {}
        }
    }

    fn test_report(&mut self, r: &Record<'_>) {
        let Some(nodeid) = r.nodeid.and_then(text) else { return };
        self.reports += 1;
        let slot = self.slot(r);
        let phase = Phase::parse(r.when);
        let rerun = r.rerun.and_then(|n| n.parse::<u32>().ok());
        let goes_on = self
            .slots
            .get(slot)
            .and_then(|s| s.open.as_ref())
            .is_some_and(|open| open.nodeid == nodeid.as_ref() && open.takes(phase, rerun));
        if !goes_on {
            self.close(slot);
            if let Some(s) = self.slots.get_mut(slot) {
                s.open = Some(Open::new(&nodeid, rerun));
            }
        }
        let Some(open) = self.slots.get_mut(slot).and_then(|s| s.open.as_mut()) else { return };
        open.add(phase, r);
        if open.test.is_none() && !open.is_cut_off() {
            let test = self.test(&nodeid, r);
            if let Some(open) = self.slots.get_mut(slot).and_then(|s| s.open.as_mut()) {
                open.test = Some(test);
            }
        }
        if phase == Phase::Crash
            && let Some(worker) = self.slots.get(slot).and_then(|s| s.worker)
        {
            self.run.worker_crashed(worker);
        }
        if matches!(phase, Phase::Teardown | Phase::Crash) {
            self.close(slot);
        }
    }

    fn subtest(&mut self, r: &Record<'_>) {
        let Some(nodeid) = r.nodeid.and_then(text) else { return };
        if r.outcome.and_then(text).as_deref() != Some("failed") {
            return;
        }
        let slot = self.slot(r);
        if let Some(open) = self.slots.get_mut(slot).and_then(|s| s.open.as_mut())
            && open.nodeid == nodeid.as_ref()
        {
            open.subtest_failed(r);
        }
    }

    /// A module that could not be collected or was skipped as a whole: one test that stands for it.
    fn collect_report(&mut self, r: &Record<'_>) {
        let outcome = match r.outcome.and_then(text).as_deref() {
            Some("failed") => Outcome::Error,
            Some("skipped") => Outcome::Skipped,
            _ => return,
        };
        let nodeid = r.nodeid.and_then(text).filter(|id| !id.is_empty()).unwrap_or(Cow::Borrowed("(collection)"));
        let known = self.run.test_count();
        let test = self.run.test(None, &nodeid, name_at(&nodeid));
        if self.run.test_count() == known {
            // Every worker collects; once is enough.
            return;
        }
        if nodeid.ends_with(".py") {
            self.run.test_place(test, &nodeid, None);
        }
        let attempt = self.run.attempt(AttemptRow { outcome, ..AttemptRow::new(test) });
        if let Some(raw) = r.longrepr {
            let why = longrepr::read(raw);
            self.run.set_text(attempt, TextKind::Message, &why.message);
            self.run.set_text(attempt, TextKind::Trace, &why.trace);
        }
    }

    fn test(&mut self, nodeid: &str, r: &Record<'_>) -> TestId {
        let known = self.run.test_count();
        let test = self.run.test(None, nodeid, name_at(nodeid));
        if self.run.test_count() > known {
            if let Some((file, line)) = r.location.and_then(markers::location) {
                self.run.test_place(test, &file, line);
            }
            if let Some(keywords) = r.keywords.filter(|k| *k != "{}") {
                let markers = markers::markers(keywords, nodeid);
                if !markers.is_empty() {
                    self.run.test_markers(test, &markers);
                }
            }
        }
        test
    }

    /// Writes down the attempt that a worker is at.
    fn close(&mut self, slot: usize) {
        let Some(s) = self.slots.get_mut(slot) else { return };
        let Some(open) = s.open.take() else { return };
        let Some(test) = open.test else {
            // Whether it counts depends on how the session ends.
            self.cut_off.push((open, s.worker));
            return;
        };
        let row = open.row(test, s.worker);
        if let (Some(start), Some(stop)) = (row.start_us, row.stop_us) {
            self.overlaps += u64::from(start < s.last_stop_us.saturating_sub(OVERLAP_US));
            s.last_stop_us = s.last_stop_us.max(stop);
        }
        let named = s.worker.is_some();
        let id = self.run.attempt(row);
        if !named {
            self.nameless.push(id);
        }
        open.texts(&mut self.run, id);
    }

    /// Tests whose set-up went well and of which nothing more is known. Of a session that was killed they
    /// are what was running then, and count as errors; a session that ended by itself gave them up.
    fn settle_cut_off(&mut self, notes: &Notes) {
        let cut_off = std::mem::take(&mut self.cut_off);
        let Some((first, _)) = cut_off.first() else { return };
        let (n, first) = (cut_off.len(), first.nodeid.clone());
        if self.finished {
            notes.warn(format!("{n} tests began and have no result; they are not counted (for example {first})"));
            return;
        }
        notes.warn(format!("{n} tests were cut off and have no result; they count as errors (for example {first})"));
        for (open, worker) in cut_off {
            let test = self.run.test(None, &open.nodeid, name_at(&open.nodeid));
            let id = self.run.attempt(open.row(test, worker));
            if worker.is_none() {
                self.nameless.push(id);
            }
            open.texts(&mut self.run, id);
        }
    }

    /// The slot of the worker that a record names.
    fn slot(&mut self, r: &Record<'_>) -> usize {
        let id = r.worker_id.and_then(text);
        let name = match (id, r.node) {
            (Some(id), _) => id,
            // A crashed worker's record is written by the controller and names the worker here only.
            (None, Some(node)) => match node.strip_prefix("\"<WorkerController ").and_then(|n| n.strip_suffix(">\"")) {
                Some(name) => Cow::Owned(name.to_owned()),
                None => Cow::Borrowed(""),
            },
            (None, None) => Cow::Borrowed(""),
        };
        // The records of a test mostly stand one after the other.
        if self.slots.get(self.last_slot).is_some_and(|s| s.name == name) {
            return self.last_slot;
        }
        let slot = self.slot_of.row(self.run.intern(&name), self.slots.len());
        if slot == self.slots.len() {
            let worker = (!name.is_empty()).then(|| self.run.worker(&name));
            self.slots.push(Slot { name: name.into_owned(), worker, open: None, last_stop_us: i64::MIN });
        }
        self.last_slot = slot;
        slot
    }

    /// The run, and whether it had worker processes.
    fn finish(mut self, notes: &Notes) -> (RunBuilder, bool) {
        for slot in 0..self.slots.len() {
            self.close(slot);
        }
        self.settle_cut_off(notes);
        let xdist = self.slots.iter().any(|s| s.worker.is_some());
        if !xdist && !self.nameless.is_empty() {
            let main = self.run.worker("main");
            self.run.meta.sequential = true;
            for &id in &self.nameless {
                let row = self.run.attempt_row(id);
                self.run.set_attempt(id, AttemptRow { worker: Some(main), ..row });
            }
        }
        if self.run.test_count() == 0 {
            notes.warn("no tests in this file");
        }
        if self.overlaps > 0 {
            notes.warn(format!(
                "{} tests start before the one before them on the same worker has stopped, which one process cannot do; \
                 times of this file are doubtful",
                self.overlaps
            ));
        }
        if !self.finished {
            self.run.meta.interrupted = true;
            notes.warn("the session did not finish: the file has no end record (killed, or still running?)");
        } else if self.exit_status == Some(2) {
            self.run.meta.interrupted = true;
            notes.warn("the session was interrupted (exit status 2); tests that had not run by then are missing");
        }
        (self.run, xdist)
    }
}

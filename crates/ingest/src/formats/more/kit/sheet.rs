//! Tests and attempts as they are found.

use hashbrown::HashMap;
use lanescope_model::{AttemptId, AttemptRow, Outcome, RunBuilder, TestId, TextKind, thousands};

use super::first_line;
use crate::Shard;
use crate::formats::{Parsed, Session, has_room_for_numbered};
use crate::inherited::Inherited;
use crate::notes::Notes;
use crate::time::{Point, point};

/// Attempts of a test that a file may tell by their number: more than anybody would set.
const MOST_COUNTED_OF_TEST: usize = 100;
/// Attempts of all tests together: a file can tell of a hundred in thirty bytes.
const MOST_COUNTED: usize = 500_000;

/// One attempt as a file tells it. What it does not tell is empty or `None`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Record<'a> {
    /// Matrix job, project or variant.
    pub(crate) group: &'a str,
    /// What stands before the name in the identity.
    pub(crate) suite: &'a str,
    /// Name with parameters.
    pub(crate) name: &'a str,
    pub(crate) file: &'a str,
    pub(crate) line: Option<u32>,
    /// Markers, joined by one blank.
    pub(crate) markers: &'a str,
    pub(crate) worker: &'a str,
    /// Start and stop, microseconds since the Unix epoch; without a stop, it is start and length.
    pub(crate) start_us: Option<i64>,
    pub(crate) stop_us: Option<i64>,
    /// Length in microseconds.
    pub(crate) us: Option<i64>,
    pub(crate) setup_us: Option<i64>,
    pub(crate) teardown_us: Option<i64>,
    pub(crate) outcome: Outcome,
    pub(crate) message: &'a str,
    pub(crate) trace: &'a str,
    pub(crate) out: &'a str,
    pub(crate) err: &'a str,
    pub(crate) log: &'a str,
}

/// An attempt whose parts come one after the other.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) suite: String,
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: Option<u32>,
    pub(crate) markers: String,
    pub(crate) worker: String,
    pub(crate) start_us: Option<i64>,
    pub(crate) stop_us: Option<i64>,
    pub(crate) us: Option<i64>,
    pub(crate) setup_us: Option<i64>,
    pub(crate) teardown_us: Option<i64>,
    pub(crate) outcome: Outcome,
    pub(crate) message: String,
    pub(crate) trace: String,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) log: String,
}

impl Case {
    pub(crate) fn record(&self) -> Record<'_> {
        Record {
            group: "",
            suite: &self.suite,
            name: &self.name,
            file: &self.file,
            line: self.line,
            markers: &self.markers,
            worker: &self.worker,
            start_us: self.start_us,
            stop_us: self.stop_us,
            us: self.us,
            setup_us: self.setup_us,
            teardown_us: self.teardown_us,
            outcome: self.outcome,
            message: self.message.trim(),
            trace: &self.trace,
            out: self.out.trim_matches('\n'),
            err: self.err.trim_matches('\n'),
            log: self.log.trim_matches('\n'),
        }
    }

    pub(crate) fn marker(&mut self, marker: &str) {
        if !marker.trim().is_empty() {
            if !self.markers.is_empty() {
                self.markers.push(' ');
            }
            self.markers.push_str(&marker.trim().replace(' ', "_"));
        }
    }
}

/// The run that a reader fills.
pub(crate) struct Sheet {
    pub(crate) run: RunBuilder,
    pub(crate) notes: Notes,
    pub(crate) dialect: Option<String>,
    pub(crate) shard: Option<Shard>,
    /// Points in time without a zone were found.
    pub(crate) naive: bool,
    /// The format is one that holds no tests.
    pub(crate) no_tests: bool,
    /// What stands between suite and name.
    pub(crate) separator: &'static str,
    id: String,
    inherited: Inherited,
    /// By test: the number that the next test of the same name gets.
    next: HashMap<u32, u32, foldhash::fast::FixedState>,
    unnamed: u64,
    /// Tests that have no name of their own.
    numbered: u64,
    /// Attempts that the file only counts.
    counted: usize,
}

impl Sheet {
    pub(crate) fn new(notes: Notes) -> Self {
        Self {
            run: RunBuilder::new(),
            notes,
            dialect: None,
            shard: None,
            naive: false,
            no_tests: false,
            separator: "::",
            id: String::new(),
            inherited: Inherited::default(),
            next: HashMap::default(),
            unnamed: 0,
            numbered: 0,
            counted: 0,
        }
    }

    pub(crate) fn tests(&self) -> usize {
        self.run.test_count()
    }

    /// As much as a test keeps of what stands around it.
    pub(crate) fn inherited<'a>(&mut self, text: &'a str) -> &'a str {
        self.inherited.of(text, &self.notes)
    }

    /// A point in time in any spelling, in microseconds.
    pub(crate) fn point_us(&mut self, text: &str) -> Option<i64> {
        let Point { us, zoned } = point(text)?;
        self.naive |= !zoned;
        Some(us)
    }

    fn test_named(&mut self, r: &Record<'_>, number: u32) -> TestId {
        self.id.clear();
        if !r.suite.is_empty() {
            self.id.push_str(self.inherited.of(r.suite, &self.notes));
            self.id.push_str(self.separator);
        }
        let name_at = self.id.len();
        if r.name.is_empty() {
            self.id.push_str("(no name)");
        } else {
            self.id.push_str(r.name);
        }
        if number > 1 {
            self.id.push_str(&format!(" ({number})"));
        }
        let group = (!r.group.is_empty()).then(|| self.run.group(r.group));
        self.run.test(group, &self.id, name_at)
    }

    /// The test of a record, new or known.
    pub(crate) fn test(&mut self, r: &Record<'_>) -> TestId {
        let before = self.run.test_count();
        let test = self.test_named(r, 1);
        if self.run.test_count() > before {
            self.describe(test, r);
        }
        test
    }

    /// Whether there is room for one more test without a name of its own.
    pub(crate) fn has_room_for_numbered(&mut self) -> bool {
        let has_room = has_room_for_numbered(self.numbered, &self.notes);
        self.numbered += 1;
        has_room
    }

    /// A test of its own for a record, whatever others of the same name there are: these get numbers. `None` where
    /// there are too many of these.
    pub(crate) fn new_test(&mut self, r: &Record<'_>) -> Option<TestId> {
        let mut before = self.run.test_count();
        let first = self.test_named(r, 1);
        let mut test = first;
        if self.run.test_count() == before && !self.has_room_for_numbered() {
            return None;
        }
        while self.run.test_count() == before {
            let next = self.next.entry(first.0).or_insert(2);
            let number = *next;
            *next = next.saturating_add(1);
            before = self.run.test_count();
            test = self.test_named(r, number);
        }
        self.describe(test, r);
        Some(test)
    }

    fn describe(&mut self, test: TestId, r: &Record<'_>) {
        self.unnamed += u64::from(r.name.is_empty());
        if !r.file.is_empty() {
            self.run.test_place(test, r.file, r.line);
        }
        if !r.markers.is_empty() {
            self.run.test_markers(test, r.markers);
        }
    }

    /// Adds an attempt of a test.
    pub(crate) fn attempt(&mut self, test: TestId, r: &Record<'_>) -> AttemptId {
        let worker = (!r.worker.is_empty()).then(|| self.run.worker(r.worker));
        let us = r.us.filter(|&us| us >= 0);
        let between = || r.start_us.zip(r.stop_us).and_then(|(start, stop)| stop.checked_sub(start));
        let total_us = us.or_else(between).filter(|&us| us >= 0);
        let ends = || r.start_us.zip(total_us).and_then(|(start, us)| start.checked_add(us));
        let stop_us = r.stop_us.filter(|&stop| r.start_us.is_none_or(|start| stop >= start)).or_else(ends);
        let id = self.run.attempt(AttemptRow {
            test,
            worker,
            start_us: r.start_us,
            stop_us: r.start_us.and(stop_us),
            total_us,
            setup_us: r.setup_us,
            teardown_us: r.teardown_us,
            outcome: r.outcome,
        });
        let message = if r.message.is_empty() { first_line(r.trace) } else { r.message };
        self.run.set_text(id, TextKind::Message, message);
        if r.trace.trim() != message {
            self.run.set_text(id, TextKind::Trace, r.trace.trim_matches('\n'));
        }
        self.run.set_text(id, TextKind::Stdout, r.out);
        self.run.set_text(id, TextKind::Stderr, r.err);
        self.run.set_text(id, TextKind::Log, r.log);
        id
    }

    /// Adds an attempt of the test of this name, new or known.
    pub(crate) fn add(&mut self, r: &Record<'_>) -> AttemptId {
        let test = self.test(r);
        self.attempt(test, r)
    }

    /// Adds a test with one attempt. `None` where there are too many of one name.
    pub(crate) fn add_new(&mut self, r: &Record<'_>) -> Option<AttemptId> {
        let test = self.new_test(r)?;
        Some(self.attempt(test, r))
    }

    /// How many of the attempts before the last one, of which a file tells the number only, are taken down.
    pub(crate) fn counted(&mut self, attempts: i64) -> usize {
        let all = usize::try_from(attempts).unwrap_or(0).min(MOST_COUNTED_OF_TEST);
        let kept = all.min(MOST_COUNTED - self.counted);
        self.counted += kept;
        if kept < all {
            let most = thousands(MOST_COUNTED as u64);
            self.notes
                .warn(format!("more than {most} attempts are only counted in this file: the others are left out"));
        }
        kept
    }

    pub(crate) fn session(&mut self, start_us: Option<i64>, length_us: Option<i64>) {
        self.run.meta.session.start_us = start_us;
        self.run.meta.session.length_us = length_us.filter(|&us| us >= 0);
    }

    /// Takes the workers off again where only some of the tests that ran have one: of the others nobody knows where
    /// they ran, and how many workers there were.
    pub(crate) fn all_workers_or_none(&mut self) {
        let rows = || (0..self.run.attempt_count() as u32).map(|i| self.run.attempt_row(AttemptId(i)));
        let ran = |row: &AttemptRow| row.outcome != Outcome::Skipped && row.total_us.is_some_and(|us| us > 0);
        let with = rows().filter(|row| row.worker.is_some()).count();
        if with > 0 && rows().any(|row| ran(&row) && row.worker.is_none()) {
            let text = format!("only {with} tests name their worker (those with a trace or output); this is not used");
            self.run.forget_workers();
            self.notes.info(text);
        }
    }

    /// The content ends before it is complete.
    pub(crate) fn cut_off(&mut self, byte: u64) {
        let n = self.tests();
        let used = if self.no_tests { "what stands".to_owned() } else { format!("the {n} tests") };
        let is = if self.no_tests { "is" } else { "are" };
        let text = format!("the file is cut off or broken at byte {byte}; {used} before that {is} used");
        self.notes.warn_at(lanescope_model::Place::Byte(byte), text);
        self.run.meta.interrupted = true;
    }

    pub(crate) fn finish(self) -> Parsed {
        if self.tests() == 0 && self.run.benchmarks.is_empty() && !self.no_tests && !self.notes.has_error() {
            self.notes.warn("no tests in this file");
        }
        if self.unnamed > 0 {
            self.notes.warn(format!("{} tests have no name", thousands(self.unnamed)));
        }
        if self.naive {
            self.notes.info("points in time have no zone in this file; they are read as UTC");
        }
        let session = Session { run: self.run.finish(), name: None, naive_clock: self.naive, shard: self.shard };
        Parsed { dialect: self.dialect, sessions: vec![session], other: None }
    }
}

/// The word of an outcome as most tools write it. `None` for a word that says nothing.
pub(crate) fn outcome(word: &str) -> Option<Outcome> {
    Some(match word.to_ascii_lowercase().as_str() {
        "passed" | "pass" | "ok" | "success" | "successful" | "succeeded" => Outcome::Passed,
        "failed" | "fail" | "failure" => Outcome::Failed,
        "error" | "errored" | "broken" | "aborted" | "timeout" | "timedout" => Outcome::Error,
        "skipped" | "skip" | "pending" | "ignored" | "disabled" | "todo" | "notrun" | "not run" => Outcome::Skipped,
        "xfailed" | "xfail" => Outcome::XFailed,
        "xpassed" | "xpass" => Outcome::XPassed,
        _ => return None,
    })
}

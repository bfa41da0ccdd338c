//! One pytest session in a log.

use std::collections::VecDeque;

use lanescope_model::order::sort;
use lanescope_model::{AttemptId, AttemptRow, ByString, Named, Outcome, Run, RunBuilder, TestId, TextKind};

use super::failures::Failures;
use super::line::{Said, Word};
use super::tables::Tables;
use crate::nodeid;
use crate::notes::Notes;
use crate::time::Point;

/// Which part of pytest's output we are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Up to the end of the tests.
    Tests,
    /// FAILURES, ERRORS and the like: blocks of text.
    Blocks,
    /// `short test summary info`
    Short,
    /// Anything else after the tests.
    Rest,
}

/// What a worker did last.
struct Lane {
    last: Option<(AttemptId, TestId)>,
    /// Whether the last attempt has a result of its own, not only those of its subtests.
    own: bool,
    down: bool,
}

pub(crate) struct Session {
    pub(crate) job: Option<String>,
    run: RunBuilder,
    part: Part,
    lanes: Vec<Lane>,
    lane_of: ByString,
    /// Start lines that have no result line yet, first in, first out.
    waiting: Named<VecDeque<Option<Point>>>,
    saw_starts: bool,
    saw_times: bool,
    naive: bool,
    /// Whether this session has worker processes.
    xdist: bool,
    /// Without workers: the test whose line is not finished.
    pending: Option<String>,
    /// The last stamp at which a test of the only process ended, or could begin.
    idle_since: Option<Point>,
    failures: Failures,
    tables: Tables,
    pub(crate) closed: bool,
}

impl Session {
    pub(crate) fn new(job: Option<&str>, at: Option<Point>) -> Self {
        let mut run = RunBuilder::new();
        run.meta.session.start_us = at.map(|p| p.us);
        Self {
            job: job.map(str::to_owned),
            run,
            part: Part::Tests,
            lanes: Vec::new(),
            lane_of: ByString::default(),
            waiting: Named::default(),
            saw_starts: false,
            saw_times: false,
            naive: at.is_some_and(|p| !p.zoned),
            xdist: false,
            pending: None,
            idle_since: at,
            failures: Failures::default(),
            tables: Tables::default(),
            closed: false,
        }
    }

    pub(crate) fn tests(&self) -> usize {
        self.run.test_count()
    }

    /// Takes a line: what it says, its text with colours, and its time.
    pub(crate) fn line(&mut self, said: &Said<'_>, coloured: &str, plain: &str, at: Option<Point>) {
        match said {
            Said::Section(title) => self.section(title),
            Said::Summary { us } => {
                self.flush_block();
                self.run.meta.session.length_us = Some(*us);
                self.closed = true;
            }
            Said::Interrupted(title) => {
                self.flush_block();
                self.part = Part::Rest;
                // xdist also says so when it stops at a number of failures that was asked for.
                self.run.meta.interrupted |= !title.starts_with("stopping after");
            }
            _ if self.part == Part::Tests => self.during_tests(said, at),
            Said::Block(title) if self.part == Part::Blocks => {
                self.flush_block();
                self.failures.open(title);
            }
            _ if self.part == Part::Blocks && ends_blocks(plain) => {
                self.flush_block();
                self.part = Part::Rest;
                self.tables.line(plain);
            }
            _ if self.part == Part::Blocks => self.failures.push(coloured, plain),
            _ if self.part == Part::Rest => self.tables.line(plain),
            _ if self.part == Part::Short => self.short_summary(plain),
            _ => {}
        }
    }

    fn section(&mut self, title: &str) {
        self.flush_block();
        self.part = match title {
            "FAILURES" | "ERRORS" => Part::Blocks,
            "short test summary info" => Part::Short,
            "test session starts" => Part::Tests,
            _ if self.part == Part::Tests && self.run.attempt_count() == 0 && !title.contains("warnings summary") => {
                Part::Tests
            }
            _ => Part::Rest,
        };
    }

    fn during_tests(&mut self, said: &Said<'_>, at: Option<Point>) {
        match *said {
            Said::Workers { workers } => {
                self.xdist = true;
                self.run.meta.declared_workers = Some(workers);
            }
            Said::Mode(mode) => {
                self.xdist = true;
                self.run.meta.dist_mode = Some(mode.to_owned());
            }
            // A test may print such a line too; the session's own stands before all tests.
            Said::Limit { us } if self.run.attempt_count() == 0 => self.run.meta.timeout_us = Some(us),
            Said::Collected => self.idle_since = at,
            Said::NodeDown { worker } => {
                self.xdist = true;
                let lane = self.lane(worker);
                if let Some(lane) = self.lanes.get_mut(lane) {
                    lane.down = true;
                }
                let worker = self.run.worker(worker);
                self.run.worker_crashed(worker);
            }
            Said::Finish { worker, word, id, us } => {
                self.xdist = true;
                let id = self.started_id(id);
                self.finish(worker, word, id, us, at);
            }
            Said::Plain { id, word, reason, us } => {
                self.pending = None;
                self.finish("main", word, id, us, at);
                if let (Some(reason), Some(Lane { last: Some((attempt, _)), .. })) = (reason, self.lanes.first()) {
                    self.run.set_text(*attempt, TextKind::Message, reason);
                }
            }
            Said::Start { id, alone }
                if self.xdist
                // Output of a test may begin like a start line; a real one holds nothing else.
                && alone =>
            {
                self.saw_starts = true;
                self.waiting.change(id, |waiting| waiting.push_back(at));
            }
            Said::Start { id, .. } => self.pending = Some(id.to_owned()),
            Said::Bare { word } => {
                if let Some(id) = self.pending.take() {
                    self.finish("main", word, &id, None, at);
                }
            }
            _ => {}
        }
    }

    fn lane(&mut self, worker: &str) -> usize {
        let lane = self.lane_of.row(self.run.intern(worker), self.lanes.len());
        if lane == self.lanes.len() {
            self.lanes.push(Lane { last: None, own: false, down: false });
        }
        lane
    }

    /// A result line: the result of a new attempt, or one more of the attempt that the worker was at.
    fn finish(&mut self, worker: &str, word: Word, id: &str, us: Option<i64>, at: Option<Point>) {
        let lane = self.lane(worker);
        let test = self.run.test(None, id, nodeid::name_at(id));
        self.naive |= at.is_some_and(|p| !p.zoned);
        let begun = self.waiting.get(id).is_some_and(|w| !w.is_empty());
        let last = self.lanes.get(lane).and_then(|l| l.last).filter(|(_, t)| *t == test).map(|(a, _)| a);
        // A second result without a new start line is the teardown's. Where no start lines were printed,
        // a result after a failing one is the next attempt's.
        let same = last.filter(|&a| {
            let known = self.run.attempt_row(a).outcome;
            let own = self.lanes.get(lane).is_some_and(|l| l.own);
            let repeats = own && known.is_bad() && !matches!(word, Word::Result(Outcome::Error)) && !self.saw_starts;
            !begun && !repeats
        });
        let own = !matches!(word, Word::Subtest | Word::SubtestFailed);
        if let Some(attempt) = same {
            if let Some(lane) = self.lanes.get_mut(lane) {
                lane.own |= own;
            }
            self.more(attempt, word, us, at);
            return;
        }
        let down = self.lanes.get(lane).is_some_and(|l| l.down);
        let outcome = match word {
            Word::Result(Outcome::Failed) | Word::Rerun if down => Outcome::Error,
            Word::Result(outcome) => outcome,
            Word::Rerun => Outcome::Failed,
            // The first line of a test may be a subtest's; its own result follows.
            Word::SubtestFailed => Outcome::Failed,
            Word::Subtest => Outcome::Unknown,
        };
        let start = if self.xdist { self.waiting_start(id) } else { self.idle_since };
        let worker = self.run.worker(worker);
        let mut row = AttemptRow { worker: Some(worker), outcome, total_us: us, ..AttemptRow::new(test) };
        if let (Some(start), Some(stop)) = (start, at)
            && stop.us >= start.us
        {
            self.saw_times = true;
            row = AttemptRow {
                start_us: Some(start.us),
                stop_us: Some(stop.us),
                total_us: us.or(Some(stop.us - start.us)),
                ..row
            };
        }
        self.idle_since = at.or(self.idle_since);
        let attempt = self.run.attempt(row);
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.last = Some((attempt, test));
            lane.own = own;
        }
        let path = nodeid::path(id).to_owned();
        self.run.test_place(test, &path, None);
    }

    /// The id without what another process printed into the same line: the one that began, if one did.
    fn started_id<'i>(&self, id: &'i str) -> &'i str {
        if !self.saw_starts || self.waiting.get(id).is_some() {
            return id;
        }
        let blanks = id.match_indices(' ').map(|(i, _)| i);
        blanks.filter_map(|i| id.get(..i)).find(|head| self.waiting.get(head).is_some()).unwrap_or(id)
    }

    fn waiting_start(&mut self, id: &str) -> Option<Point> {
        self.waiting.get_mut(id)?.pop_front().flatten()
    }

    /// A further result of an attempt: its teardown's, or its own after its subtests'.
    fn more(&mut self, attempt: AttemptId, word: Word, us: Option<i64>, at: Option<Point>) {
        let mut row = self.run.attempt_row(attempt);
        let teardown =
            matches!(word, Word::Result(Outcome::Error)) || (word == Word::Rerun && row.outcome != Outcome::Unknown);
        if let (false, Some(start), Some(at)) = (teardown, row.start_us, at) {
            row.stop_us = row.stop_us.max(Some(at.us));
            row.total_us = Some(at.us - start);
        }
        let outcome = match (row.outcome, word) {
            (Outcome::Unknown, Word::Result(outcome)) => outcome,
            (Outcome::Unknown, Word::Rerun) => Outcome::Failed,
            (Outcome::Failed, _) | (Outcome::Error, _) | (_, Word::Subtest) => row.outcome,
            (_, Word::SubtestFailed) => Outcome::Failed,
            (_, Word::Rerun | Word::Result(Outcome::Error | Outcome::Failed)) => Outcome::Error,
            (known, Word::Result(_)) => known,
        };
        let total_us = match (row.total_us, us) {
            // Times styles print the time of each phase.
            (Some(a), Some(b)) if row.start_us.is_none() => a.checked_add(b),
            (a, b) => a.or(b),
        };
        self.run.set_attempt(attempt, AttemptRow { outcome, total_us, ..row });
    }

    // Failures.

    fn flush_block(&mut self) {
        self.failures.close();
    }

    /// `FAILED tests/test_a.py::test_x - AssertionError: …`
    fn short_summary(&mut self, line: &str) {
        let Some((word, rest)) = line.split_once(' ') else { return };
        if !matches!(word, "FAILED" | "ERROR") {
            return;
        }
        // The message begins after the last separator that leaves a known id before it.
        let mut end = rest.len();
        while let Some(id) = rest.get(..end) {
            if self.failures.is_known(&self.run, id) {
                let message = rest.get(end..).and_then(|m| m.strip_prefix(" - ")).unwrap_or("");
                self.failures.short(id, message);
                return;
            }
            match id.rfind(" - ") {
                Some(i) => end = i,
                None => return,
            }
        }
    }

    /// The run, with what is said of it.
    pub(crate) fn close(mut self, notes: &Notes) -> (Run, bool) {
        self.flush_block();
        let unfinished: Vec<String> = self.unfinished();
        if !unfinished.is_empty() {
            let shown = unfinished.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if unfinished.len() > 3 { ", \u{2026}" } else { "" };
            notes.warn(format!(
                "{} tests began and have no result in the log; they are not counted: {shown}{more}",
                unfinished.len()
            ));
        }
        if !self.closed {
            self.run.meta.interrupted = true;
            notes.warn("the session has no last line in the log: it was cut off or killed");
        }
        if self.run.meta.interrupted && self.closed {
            notes.warn("the session was interrupted; tests that had not run by then are missing");
        }
        if self.run.test_count() == 0 {
            notes.warn("the log has no line per test (pytest prints them with -v), so no tests are known from it");
        } else if self.saw_times {
            notes.info(
                "starts and ends are the times of log lines, exact to some tens of milliseconds; teardowns are not included",
            );
        } else {
            notes.info("the log has no clock: it tells which worker ran which test and in what order, not when");
        }
        self.run.meta.sequential = !self.xdist && self.run.test_count() > 0;
        self.failures.give_to(&mut self.run);
        self.tables.close(&mut self.run);
        (self.run.finish(), self.naive)
    }

    /// Tests that began and did not end: under an interruption, they never passed.
    fn unfinished(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .waiting
            .iter()
            .filter(|(_, w)| !w.is_empty())
            .map(|(id, _)| id.to_owned())
            .chain(self.pending.clone())
            .collect();
        sort(&mut ids, &String::cmp);
        // A line of output may look like a start; real tests of an ended session have their result.
        if self.closed && !self.run.meta.interrupted {
            ids.clear();
        }
        ids
    }
}

/// A line between dashes that is no title of captured output: a plugin's report begins.
fn ends_blocks(line: &str) -> bool {
    let line = line.trim_end();
    let inner = line.trim_matches('-');
    let title = inner.trim();
    inner.starts_with(' ')
        && inner.ends_with(' ')
        && line.starts_with('-')
        && line.ends_with('-')
        && line.len() >= 40
        && !title.starts_with("Captured ")
        && !title.starts_with("live log")
}

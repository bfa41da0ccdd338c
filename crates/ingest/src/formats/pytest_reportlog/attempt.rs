//! One execution of a test while its phases come in.

use lanescope_model::{AttemptId, AttemptRow, Outcome, RunBuilder, TestId, TextKind, WorkerId};

use super::longrepr;
use super::record::{Record, seconds_us, text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Setup,
    Call,
    Teardown,
    /// The controller's report of a worker that died.
    Crash,
}

impl Phase {
    /// The phase of a record's `when`, as it stands.
    pub(crate) fn parse(when: Option<&str>) -> Self {
        match when {
            Some("\"setup\"") => Self::Setup,
            Some("\"call\"") | None => Self::Call,
            Some("\"teardown\"") => Self::Teardown,
            Some(_) => Self::Crash,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// An attempt that is not over.
pub(crate) struct Open {
    pub(crate) nodeid: String,
    /// Known from the first report on that says how it went.
    pub(crate) test: Option<TestId>,
    rerun: Option<u32>,
    seen: u8,
    start_us: Option<i64>,
    stop_us: Option<i64>,
    total_us: Option<i64>,
    setup_us: Option<i64>,
    teardown_us: Option<i64>,
    /// What setup and call, then teardown, came to.
    body: Option<Outcome>,
    teardown_failed: bool,
    subtest_failed: bool,
    message: String,
    trace: String,
    /// Captured output as it stands in the last report that has any: reports repeat what came before.
    sections: String,
}

impl Open {
    pub(crate) fn new(nodeid: &str, rerun: Option<u32>) -> Self {
        Self {
            nodeid: nodeid.to_owned(),
            test: None,
            rerun,
            seen: 0,
            start_us: None,
            stop_us: None,
            total_us: None,
            setup_us: None,
            teardown_us: None,
            body: None,
            teardown_failed: false,
            subtest_failed: false,
            message: String::new(),
            trace: String::new(),
            sections: String::new(),
        }
    }

    /// Whether a report of this phase belongs to this attempt and not to a next one of the same test.
    pub(crate) fn takes(&self, phase: Phase, rerun: Option<u32>) -> bool {
        if phase == Phase::Crash {
            return true;
        }
        let later = self.seen >> (phase as u8) != 0;
        !later && (rerun == self.rerun || rerun.is_none() || self.rerun.is_none())
    }

    /// Adds the report of a phase.
    pub(crate) fn add(&mut self, phase: Phase, r: &Record<'_>) {
        self.seen |= phase.bit();
        let start = seconds_us(r.start).filter(|&us| us > 0);
        let stop = seconds_us(r.stop).filter(|&us| us > 0);
        let between = start.zip(stop).map(|(a, b)| b - a);
        let length = seconds_us(r.duration).or(between).filter(|&us| us >= 0);
        if phase != Phase::Crash {
            self.start_us = self.start_us.or(start);
            let end = stop.or_else(|| start.zip(length).and_then(|(a, b)| a.checked_add(b)));
            self.stop_us = end.max(self.stop_us);
            if let Some(us) = length {
                self.total_us = Some(self.total_us.unwrap_or(0).saturating_add(us));
            }
        }
        match phase {
            Phase::Setup => self.setup_us = length,
            Phase::Teardown => self.teardown_us = length,
            Phase::Call | Phase::Crash => {}
        }
        if let Some(sections) = r.sections.filter(|s| *s != "[]") {
            self.sections.clear();
            self.sections.push_str(sections);
        }
        self.outcome(phase, r);
    }

    fn outcome(&mut self, phase: Phase, r: &Record<'_>) {
        let word = r.outcome.unwrap_or("").trim_matches('"');
        let expected_failure = r.wasxfail.is_some();
        match (phase, word) {
            (Phase::Setup, "passed") => {}
            (Phase::Call, "passed") => {
                let outcome = if expected_failure { Outcome::XPassed } else { Outcome::Passed };
                self.body = Some(outcome);
                if expected_failure {
                    self.reason(r);
                }
            }
            (Phase::Teardown, "passed" | "skipped") => {}
            (Phase::Crash, _) => {
                self.body = Some(Outcome::Error);
                self.why(r);
            }
            (_, "skipped") => {
                self.body = Some(if expected_failure { Outcome::XFailed } else { Outcome::Skipped });
                if expected_failure {
                    self.reason(r);
                } else {
                    self.why(r);
                }
            }
            (Phase::Setup, "failed" | "rerun") => {
                self.body = Some(Outcome::Error);
                self.why(r);
            }
            (Phase::Call, "failed" | "rerun") => {
                self.body = Some(Outcome::Failed);
                self.why(r);
            }
            (Phase::Teardown, "failed" | "rerun") => {
                self.teardown_failed = true;
                self.why(r);
            }
            // A word of a plugin: it ran, and what became of it is not known.
            (Phase::Call, _) => self.body = Some(Outcome::Unknown),
            _ => {}
        }
    }

    pub(crate) fn subtest_failed(&mut self, r: &Record<'_>) {
        self.subtest_failed = true;
        self.why(r);
    }

    /// Message and trace: the first failure's message, the traces one after the other.
    fn why(&mut self, r: &Record<'_>) {
        let Some(raw) = r.longrepr else { return };
        let why = longrepr::read(raw);
        if self.message.is_empty() {
            self.message = why.message;
        }
        if !self.trace.is_empty() && !why.trace.is_empty() {
            self.trace.push_str("\n\n");
        }
        self.trace.push_str(&why.trace);
    }

    fn reason(&mut self, r: &Record<'_>) {
        let reason = r.wasxfail.and_then(text).unwrap_or_default();
        let reason = reason.strip_prefix("reason: ").unwrap_or(&reason);
        reason.clone_into(&mut self.message);
        if let Some(raw) = r.longrepr {
            self.trace = longrepr::read(raw).trace;
        }
    }

    /// Whether it began and nothing says how it ended.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.body.is_none() && !self.teardown_failed && !self.subtest_failed
    }

    fn result(&self) -> Outcome {
        match self.body {
            // Never passed: its set-up went well, and nothing is known of its body.
            None => Outcome::Error,
            Some(Outcome::Failed) => Outcome::Failed,
            Some(Outcome::Passed | Outcome::XPassed) if self.subtest_failed => Outcome::Failed,
            Some(_) if self.teardown_failed => Outcome::Error,
            Some(outcome) => outcome,
        }
    }

    pub(crate) fn row(&self, test: TestId, worker: Option<WorkerId>) -> AttemptRow {
        AttemptRow {
            worker,
            start_us: self.start_us,
            stop_us: self.stop_us.filter(|&stop| self.start_us.is_none_or(|start| stop >= start)),
            total_us: self.total_us,
            setup_us: self.setup_us,
            teardown_us: self.teardown_us,
            outcome: self.result(),
            ..AttemptRow::new(test)
        }
    }

    pub(crate) fn texts(&self, run: &mut RunBuilder, id: AttemptId) {
        if self.is_cut_off() {
            run.set_text(id, TextKind::Message, "cut off after its set-up: the file has no result for it");
        }
        run.add_text(id, TextKind::Message, &self.message);
        if self.trace != self.message {
            run.add_text(id, TextKind::Trace, &self.trace);
        }
        if self.sections.is_empty() {
            return;
        }
        for (title, content) in longrepr::sections(&self.sections) {
            let kind = if title.contains("stdout") {
                TextKind::Stdout
            } else if title.contains("stderr") {
                TextKind::Stderr
            } else {
                TextKind::Log
            };
            run.add_text(id, kind, &content);
        }
    }
}

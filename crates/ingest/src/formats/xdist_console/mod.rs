//! Console output of pytest with `-v`: with worker processes (pytest-xdist) or without, with or without
//! the time stamps of a CI service.
//!
//! | line | becomes |
//! | --- | --- |
//! | `nodeid ` | the start of an attempt (no worker is named) |
//! | `[gw0] [ 12%] PASSED nodeid ` | its end, its worker and result |
//! | a second result of the same attempt | its teardown: error |
//! | `RERUN` | an attempt that failed and was followed by another |
//! | `[gw0] node down: …` | the crash of a worker; the result after it is an error |
//! | FAILURES, ERRORS | message and trace of the test they name |
//! | tables of coverage and of benchmarks, and the gate on coverage | what they tell, rounded as they are |
//! | `= 5 failed in 8.46s =` | the length of the session |
//!
//! A file may hold several sessions; each is a run of its own.

mod failures;
mod line;
pub(super) mod prefix;
mod session;
mod tables;

use self::line::Said;
use self::session::Session;
use super::{Other, Parsed, Parser, Session as Found, has_room_for_run};
use crate::Named;
use crate::ansi;
use crate::input::Input;
use crate::notes::Notes;

pub(crate) struct Console {
    input: Input,
    notes: Notes,
    ended: Vec<Session>,
    open: Option<Session>,
    stamped: bool,
}

impl Console {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        Self { input, notes, ended: Vec::new(), open: None, stamped: false }
    }
}

/// Begins a session. Gives whether there was room for it.
#[inline(never)]
fn begin(session: Session, ended: &mut Vec<Session>, open: &mut Option<Session>, notes: &Notes) -> bool {
    ended.extend(open.take());
    let has_room = has_room_for_run(ended.len(), notes);
    *open = Some(session).filter(|_| has_room);
    has_room
}

impl Parser for Console {
    fn step(&mut self, bytes: usize) -> bool {
        let until = self.input.used().saturating_add(bytes as u64);
        while self.input.used() < until {
            let Some(line) = self.input.line() else { return true };
            let text = self.input.text(line);
            let body = prefix::split(&text);
            self.stamped |= body.at.is_some();
            // Progress that was printed over itself: the last state of the line counts.
            let coloured = body.text.rsplit('\r').find(|part| !part.is_empty()).unwrap_or("");
            let plain = ansi::strip(coloured);
            let mut said = line::read(&plain);
            if !line.whole && matches!(said, Said::Finish { .. } | Said::Plain { .. } | Said::Start { .. }) {
                // The name of a test may be cut off with the line.
                said = Said::Other;
            }
            if said == Said::Section("test session starts") {
                if !begin(Session::new(body.job, body.at), &mut self.ended, &mut self.open, &self.notes) {
                    return true;
                }
                continue;
            }
            if self.open.as_ref().is_some_and(|s| s.closed) {
                self.ended.extend(self.open.take());
            }
            if self.open.is_none() {
                // A log that begins in the middle of a session, or one of a quiet pytest.
                let begins =
                    matches!(said, Said::Finish { .. } | Said::Plain { .. } | Said::Section("short test summary info"));
                if !begins {
                    continue;
                }
                if !begin(Session::new(body.job, body.at), &mut self.ended, &mut self.open, &self.notes) {
                    return true;
                }
            }
            if let Some(session) = &mut self.open {
                session.line(&said, coloured, &plain, body.at);
            }
        }
        false
    }

    fn tests(&self) -> usize {
        self.ended.iter().chain(&self.open).map(Session::tests).sum()
    }

    fn finish(mut self: Box<Self>) -> Parsed {
        self.ended.extend(self.open.take());
        if self.ended.is_empty() {
            let other = if self.stamped {
                self.notes.warn("a log with time stamps, but without a pytest session in it");
                Other::Named(Named::CiLog)
            } else {
                Other::Nothing
            };
            return Parsed { dialect: None, sessions: Vec::new(), other: Some(other) };
        }
        let count = self.ended.len();
        let mut sessions = Vec::new();
        let mut workers = false;
        for session in self.ended {
            let job = session.job.clone();
            let (run, naive_clock) = session.close(&self.notes);
            workers |= !run.meta.sequential && !run.workers.is_empty();
            sessions.push(Found { run, name: job, naive_clock, shard: None });
        }
        if count > 1 {
            self.notes.info(format!("{count} pytest sessions in one file; each is a run of its own"));
        }
        let dialect = if workers { "pytest-xdist" } else { "pytest" };
        Parsed { dialect: Some(dialect.to_owned()), sessions, other: None }
    }
}

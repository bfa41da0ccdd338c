//! The blob report (`report.jsonl` in its zip): a line for every event, as the reporters of Playwright hear them.
//!
//! `onProject` lists the tests, `onTestBegin` and `onTestEnd` tell of their results; versions 1 and 2.

use std::borrow::Cow;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::TestId;

use super::emit::{Emit, Outcoming, TestInfo};
use super::errors::{Failure, Failures, place, push_base64, result_member, start_us, tags};
use super::settings;
use crate::formats::{Parsed, Parser};
use crate::input::{Input, Line};
use crate::json::{Cursor, number_us};
use crate::notes::Notes;

/// Suites deeper than this are no report: nobody nests so many.
const MAX_DEPTH: usize = 64;

pub(crate) struct Blob {
    input: Input,
    notes: Notes,
    state: State,
    line: u64,
    bad_lines: u64,
}

struct State {
    emit: Emit,
    /// Tests by Playwright's id, which holds the project.
    tests: HashMap<String, (TestId, bool), FixedState>,
    /// Results that have begun, by their id, in the order in which they began.
    open: HashMap<String, (TestId, u64, Outcoming), FixedState>,
    begun: u64,
    ended: bool,
}

/// What the parameters of an event may hold.
#[derive(Default)]
struct Event<'a> {
    method: Cow<'a, str>,
    params: &'a str,
}

impl Blob {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        let state = State {
            emit: Emit::new(notes.clone()),
            tests: HashMap::default(),
            open: HashMap::default(),
            begun: 0,
            ended: false,
        };
        Self { input, notes, state, line: 0, bad_lines: 0 }
    }

    fn one(&mut self, line: Line) {
        let text = self.input.text(line);
        if text.trim_ascii().is_empty() {
            return;
        }
        let mut event = Event { params: "{}", ..Event::default() };
        let read = Cursor::new(&text).members(&mut |c, key| {
            match key {
                "method" => event.method = c.string()?,
                "params" => event.params = c.raw()?,
                _ => return c.skip(),
            }
            Some(())
        });
        if read.and_then(|()| self.state.event(&event)).is_some() {
            return;
        }
        self.bad_lines += 1;
        self.notes.bad_line((self.line, line.whole), self.bad_lines, "event and is left out");
    }
}

impl Parser for Blob {
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
        self.state.emit.run.test_count()
    }

    fn finish(self: Box<Self>) -> Parsed {
        if self.bad_lines > 10 {
            self.notes.warn(format!("{} lines are no events and are left out", self.bad_lines));
        }
        Parsed { dialect: Some("playwright".to_owned()), sessions: vec![self.state.finish()], other: None }
    }
}

impl State {
    fn event(&mut self, event: &Event<'_>) -> Option<()> {
        let mut c = Cursor::new(event.params);
        match event.method.as_ref() {
            "onBlobReportMetadata" => c.members(&mut |c, key| {
                if key == "shard" {
                    self.emit.settings.shard = settings::shard(c)?;
                    return Some(());
                }
                c.skip()
            }),
            "onConfigure" => c.members(&mut |c, key| match key {
                "config" => settings::read(c, &mut self.emit.settings),
                _ => c.skip(),
            }),
            "onProject" => c.members(&mut |c, key| match key {
                "project" => self.project(c),
                _ => c.skip(),
            }),
            "onTestBegin" => self.begin(&mut c),
            "onTestEnd" => self.end(&mut c),
            "onStdIO" => self.output(&mut c),
            "onError" => c.members(&mut |c, key| {
                if key != "error" {
                    return c.skip();
                }
                let error = Failure::read(c)?;
                self.emit.error_outside(&error.file, error.line, error.text(), &error.trace());
                Some(())
            }),
            "onEnd" => {
                self.ended = true;
                let session = &mut self.emit.run.meta.session;
                c.members(&mut |c, key| match key {
                    "result" => c.members(&mut |c, key| {
                        match key {
                            "startTime" => session.start_us = start_us(c.raw()?),
                            "duration" => session.length_us = number_us(c.raw()?, 1_000).filter(|&us| us >= 0),
                            _ => return c.skip(),
                        }
                        Some(())
                    }),
                    _ => c.skip(),
                })
            }
            // Steps, attachments and what later versions add.
            _ => Some(()),
        }
    }

    /// A project with its tests. Its name may stand behind them.
    fn project(&mut self, c: &mut Cursor<'_>) -> Option<()> {
        let (mut name, mut suites) = (Cow::Borrowed(""), "[]");
        c.members(&mut |c, key| {
            match key {
                "name" => name = c.string()?,
                "suites" => suites = c.raw()?,
                _ => return c.skip(),
            }
            Some(())
        })?;
        Cursor::new(suites).elements(&mut |c| self.suite(&name, c.raw()?))
    }

    fn suite(&mut self, project: &str, raw: &str) -> Option<()> {
        if self.emit.titles.len() >= MAX_DEPTH {
            self.emit.notes.warn("suites that are nested too deeply are left out");
            return Some(());
        }
        let mut title = Cow::Borrowed("");
        let mut parts: Vec<&str> = Vec::new();
        Cursor::new(raw).members(&mut |c, key| {
            match key {
                "title" => title = c.string()?,
                // Version 2 mixes suites and tests in `entries`.
                "entries" | "suites" | "tests" => parts.push(c.raw()?),
                _ => return c.skip(),
            }
            Some(())
        })?;
        self.emit.titles.push(title.into_owned());
        let read = parts.into_iter().try_for_each(|part| {
            Cursor::new(part).elements(&mut |c| {
                let raw = c.raw()?;
                self.test(project, raw).or_else(|| self.suite(project, raw))
            })
        });
        self.emit.titles.pop();
        read
    }

    /// A test that is listed; `None` for what has no id, as suites.
    fn test(&mut self, project: &str, raw: &str) -> Option<()> {
        let mut info = TestInfo { project: project.into(), ..TestInfo::default() };
        let mut id = None;
        Cursor::new(raw).members(&mut |c, key| {
            match key {
                "testId" => id = Some(c.string()?),
                "title" => info.title = c.string()?,
                "location" => return place(c, &mut info.file, &mut info.line),
                "tags" => return tags(c, &mut info),
                _ => return c.skip(),
            }
            Some(())
        })?;
        let id = id?;
        if !self.tests.contains_key(id.as_ref()) {
            let test = self.emit.test(&info);
            self.tests.insert(id.into_owned(), (test, false));
        }
        Some(())
    }

    fn begin(&mut self, c: &mut Cursor<'_>) -> Option<()> {
        let (mut test, mut id) = (Cow::Borrowed(""), Cow::Borrowed(""));
        let mut result = Outcoming::default();
        c.members(&mut |c, key| match key {
            "testId" => {
                test = c.string()?;
                Some(())
            }
            "result" => c.members(&mut |c, key| match key {
                "id" => {
                    id = c.string()?;
                    Some(())
                }
                _ => result_member(c, key, &mut result, &mut Failures::default()),
            }),
            _ => c.skip(),
        })?;
        let &(test, _) = self.tests.get(test.as_ref())?;
        self.begun += 1;
        self.open.insert(id.into_owned(), (test, self.begun, result));
        Some(())
    }

    fn end(&mut self, c: &mut Cursor<'_>) -> Option<()> {
        let (mut test, mut result) = ("{}", "{}");
        c.members(&mut |c, key| {
            match key {
                "test" => test = c.raw()?,
                "result" => result = c.raw()?,
                _ => return c.skip(),
            }
            Some(())
        })?;
        let (mut test_id, mut expected, mut timeout) = (Cow::Borrowed(""), Cow::Borrowed("passed"), None);
        Cursor::new(test).members(&mut |c, key| {
            match key {
                "testId" => test_id = c.string()?,
                "expectedStatus" => expected = c.string()?,
                "timeout" => timeout = c.int()?,
                _ => return c.skip(),
            }
            Some(())
        })?;
        let mut id = Cow::Borrowed("");
        Cursor::new(result).members(&mut |c, key| {
            if key == "id" {
                id = c.string()?;
                return Some(());
            }
            c.skip()
        })?;
        let (test, _, mut begun) = match self.open.remove(id.as_ref()) {
            Some(open) => open,
            None => (self.tests.get(test_id.as_ref())?.0, 0, Outcoming::default()),
        };
        let mut failures = Failures::default();
        Cursor::new(result).members(&mut |c, key| result_member(c, key, &mut begun, &mut failures))?;
        failures.texts(&mut begun);
        if let Some(ms) = timeout {
            self.emit.timeout(ms);
        }
        self.emit.attempt(test, &expected, &begun);
        if let Some((_, ran)) = self.tests.get_mut(test_id.as_ref()) {
            *ran = true;
        }
        Some(())
    }

    fn output(&mut self, c: &mut Cursor<'_>) -> Option<()> {
        let (mut id, mut kind, mut data) = (Cow::Borrowed(""), Cow::Borrowed(""), Cow::Borrowed(""));
        let mut packed = false;
        c.members(&mut |c, key| {
            match key {
                "resultId" => id = c.string()?,
                "type" => kind = c.string()?,
                "data" => data = c.string()?,
                "isBase64" => packed = c.raw()? == "true",
                _ => return c.skip(),
            }
            Some(())
        })?;
        // Output of no test, as of a set-up of the whole run, has no result.
        if let Some((_, _, result)) = self.open.get_mut(id.as_ref()) {
            let into = if kind == "stderr" { &mut result.stderr } else { &mut result.stdout };
            if packed {
                push_base64(&data, into);
            } else {
                into.push_str(&data);
            }
        }
        Some(())
    }

    fn finish(mut self) -> crate::formats::Session {
        let mut open: Vec<_> = self.open.drain().map(|(_, open)| open).collect();
        lanescope_model::order::sort(&mut open, &|a, b| a.1.cmp(&b.1));
        if let Some((first, ..)) = open.first() {
            let (n, first) = (open.len(), self.emit.run.test_id(*first).to_owned());
            self.emit
                .notes
                .warn(format!("{n} tests began and have no result; they count as errors (for example {first})"));
        }
        let mut cut_off: Vec<TestId> = open.iter().map(|(test, ..)| *test).collect();
        lanescope_model::order::sort(&mut cut_off, &|a, b| a.cmp(b));
        for (test, _, mut result) in open {
            result.status = "interrupted".to_owned();
            result.message = "cut off while it ran: the file has no result for it".to_owned();
            self.emit.attempt(test, "passed", &result);
        }
        let mut waiting: Vec<TestId> =
            self.tests.drain().filter(|(_, (_, ran))| !ran).map(|(_, (test, _))| test).collect();
        waiting.retain(|test| cut_off.binary_search(test).is_err());
        lanescope_model::order::sort(&mut waiting, &|a, b| a.cmp(b));
        if self.ended {
            for test in waiting {
                self.emit.did_not_run(test);
            }
        } else {
            self.emit.notes.warn("the report has no end (killed, or still running?)");
            if !waiting.is_empty() {
                let n = waiting.len();
                self.emit.notes.warn(format!(
                    "{n} tests are listed and had not run when the report ends; their outcome is unknown"
                ));
            }
        }
        self.emit.finish(self.ended)
    }
}

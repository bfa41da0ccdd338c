//! The JSON report: `config`, then `suites` inside `suites` down to `specs`, then `errors` and `stats`.
//!
//! The outer objects are walked through as they come in, and a spec (a title with its tests, one for each project) is
//! read when all of it is there: a report is never held as a whole, and one that is cut off gives what came before.

use std::borrow::Cow;

use lanescope_model::Place;

use super::emit::{Emit, Outcoming, TestInfo};
use super::errors::{Failure, Failures, output, result_member, start_us, tags};
use super::settings;
use crate::formats::{Parsed, Parser};
use crate::input::Input;
use crate::json::{Cursor, number_us, skip_blanks, string_end, text, value_end};
use crate::notes::Notes;

/// Suites deeper than this are no report: nobody nests so many.
const MAX_DEPTH: usize = 64;
/// A spec larger than this is given up, with what follows it: memory has an end.
const MAX_VALUE: usize = 64 << 20;
/// How much is read on at once when a value is not there as a whole.
const MORE: usize = 64 << 10;

/// Where the walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Document,
    Suites,
    Suite,
    Specs,
}

pub(crate) struct Json {
    input: Input,
    emit: Emit,
    stack: Vec<Inside>,
    begun: bool,
    /// The document ended, or what follows cannot be read.
    done: bool,
    complete: bool,
    unreadable: u64,
}

impl Json {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        Self {
            input,
            emit: Emit::new(notes),
            stack: Vec::new(),
            begun: false,
            done: false,
            complete: false,
            unreadable: 0,
        }
    }

    /// Goes on to the next byte that is neither blank nor comma.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let unused = self.input.unused();
            let skip = unused.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',')).count();
            let byte = unused.get(skip).copied();
            self.input.skip(skip);
            if byte.is_some() || self.input.at_end() {
                return byte;
            }
            self.input.look_ahead(1);
        }
    }

    /// Length of what `end` finds from a byte on, reading on until it is there as a whole.
    fn whole(&mut self, from: usize, end: fn(&[u8], usize) -> Option<usize>) -> Option<usize> {
        loop {
            let at_end = self.input.at_end();
            let unused = self.input.unused();
            match end(unused, from) {
                // A number may go on in what is not read yet.
                Some(to) if to < unused.len() || at_end => return Some(to),
                _ if at_end || unused.len() > MAX_VALUE => return None,
                _ => {
                    let wanted = unused.len() * 2 + MORE;
                    self.input.look_ahead(wanted);
                }
            }
        }
    }

    /// The next value, whole, given to `read`.
    fn value(&mut self, read: &mut dyn FnMut(&mut Emit, &str) -> Option<()>) -> Option<()> {
        self.peek()?;
        let length = self.whole(0, value_end)?;
        let bytes = self.input.unused().get(..length)?;
        let content = String::from_utf8_lossy(bytes);
        if let Cow::Owned(_) = content {
            let place = Place::Byte(self.input.used());
            self.emit.notes.warn_at(place, "not UTF-8 here; what cannot be read is shown as \u{fffd}");
        }
        if read(&mut self.emit, &content).is_none() {
            self.unreadable += 1;
            if self.unreadable <= 10 {
                let place = Place::Byte(self.input.used());
                self.emit
                    .notes
                    .warn_at(place, "this part of the report is not as Playwright writes it and is left out");
            }
        }
        self.input.skip(length);
        Some(())
    }

    /// The key of the next member; the walk then stands at its value.
    fn key(&mut self) -> Option<String> {
        let end = self.whole(1, string_end)?;
        let key = text(std::str::from_utf8(self.input.unused().get(..end)?).ok()?)?.into_owned();
        self.input.skip(end);
        if self.peek()? != b':' {
            return None;
        }
        self.input.skip(1);
        Some(key)
    }

    /// One member or element. `None` where the content ends too early or is no JSON.
    fn next(&mut self) -> Option<()> {
        let inside = self.stack.last().copied();
        let byte = self.peek()?;
        match (inside, byte) {
            (None, b'{') if !self.begun => {
                self.begun = true;
                self.enter(Inside::Document);
            }
            (None, _) => self.done = true,
            (Some(Inside::Document | Inside::Suite), b'}') | (Some(Inside::Suites | Inside::Specs), b']') => {
                self.input.skip(1);
                self.stack.pop();
                if inside == Some(Inside::Suite) {
                    self.emit.titles.pop();
                }
                if self.stack.is_empty() {
                    (self.done, self.complete) = (true, true);
                }
            }
            (Some(Inside::Document), b'"') => return self.document_member(),
            (Some(Inside::Suite), b'"') => return self.suite_member(),
            (Some(Inside::Suites), b'{') if self.emit.titles.len() < MAX_DEPTH => {
                self.emit.titles.push(String::new());
                self.enter(Inside::Suite);
            }
            (Some(Inside::Suites), _) => {
                self.emit.notes.warn("suites that are nested too deeply, or are none, are left out");
                return self.value(&mut |_, _| Some(()));
            }
            (Some(Inside::Specs), _) => return self.value(&mut spec),
            _ => return None,
        }
        Some(())
    }

    fn enter(&mut self, inside: Inside) {
        self.input.skip(1);
        self.stack.push(inside);
    }

    fn document_member(&mut self) -> Option<()> {
        match self.key()?.as_str() {
            "suites" if self.peek()? == b'[' => {
                self.enter(Inside::Suites);
                Some(())
            }
            "config" => self.value(&mut |emit, raw| settings::read(&mut Cursor::new(raw), &mut emit.settings)),
            "stats" => self.value(&mut stats),
            "errors" => self.value(&mut errors),
            _ => self.value(&mut |_, _| Some(())),
        }
    }

    fn suite_member(&mut self) -> Option<()> {
        let key = self.key()?;
        match (key.as_str(), self.peek()?) {
            ("title", _) => self.value(&mut |emit, raw| {
                *emit.titles.last_mut()? = text(raw)?.into_owned();
                Some(())
            }),
            ("suites", b'[') => {
                self.title_ahead()?;
                self.enter(Inside::Suites);
                Some(())
            }
            ("specs", b'[') => {
                self.title_ahead()?;
                self.enter(Inside::Specs);
                Some(())
            }
            _ => self.value(&mut |_, _| Some(())),
        }
    }

    /// Playwright writes the title of a suite first. Where the members were sorted since, it is looked for ahead.
    fn title_ahead(&mut self) -> Option<()> {
        if self.emit.titles.last().is_some_and(|t| !t.is_empty()) {
            return Some(());
        }
        let mut at = 0;
        loop {
            at = self.whole(at, |bytes, at| value_end(bytes, skip_blanks(bytes, at)))?;
            at = self.whole(at, |bytes, at| {
                let at = skip_blanks(bytes, at);
                bytes.get(at).map(|_| at)
            })?;
            if self.input.unused().get(at) != Some(&b',') {
                // The end of the suite: it has no title, as a `describe` without one.
                return Some(());
            }
            let key = self.whole(at + 1, |bytes, at| {
                let at = skip_blanks(bytes, at);
                value_end(bytes, at).filter(|_| bytes.get(at) == Some(&b'"'))
            })?;
            let is_title = self.input.unused().get(at + 1..key)?.trim_ascii_start() == b"\"title\"";
            let colon = self.whole(key, |bytes, at| {
                let at = skip_blanks(bytes, at);
                (bytes.get(at) == Some(&b':')).then_some(at + 1)
            })?;
            at = colon;
            if is_title {
                let end = self.whole(at, |bytes, at| value_end(bytes, skip_blanks(bytes, at)))?;
                let raw = std::str::from_utf8(self.input.unused().get(at..end)?).ok()?;
                let title = text(raw.trim()).unwrap_or_default().into_owned();
                if let Some(slot) = self.emit.titles.last_mut() {
                    *slot = title;
                }
                return Some(());
            }
        }
    }
}

impl Parser for Json {
    fn step(&mut self, bytes: usize) -> bool {
        let until = self.input.used().saturating_add(bytes as u64);
        while !self.done && self.input.used() < until {
            if self.next().is_none() {
                self.done = true;
                let place = Place::Byte(self.input.used());
                let n = self.emit.run.test_count();
                let text = if self.input.at_end() {
                    format!("the report ends too early (a download that was cut off?); its first {n} tests are used")
                } else {
                    format!("the report is no valid JSON here, or too large; its first {n} tests are used")
                };
                self.emit.notes.warn_at(place, text);
            }
        }
        self.done
    }

    fn tests(&self) -> usize {
        self.emit.run.test_count()
    }

    fn finish(self: Box<Self>) -> Parsed {
        if self.unreadable > 10 {
            self.emit.notes.warn(format!("{} parts of the report are left out", self.unreadable));
        }
        let session = self.emit.finish(self.complete);
        Parsed { dialect: Some("playwright".to_owned()), sessions: vec![session], other: None }
    }
}

/// The session's start and length.
fn stats(emit: &mut Emit, raw: &str) -> Option<()> {
    let session = &mut emit.run.meta.session;
    Cursor::new(raw).members(&mut |c, key| {
        match key {
            "startTime" => session.start_us = start_us(c.raw()?),
            "duration" => session.length_us = number_us(c.raw()?, 1_000).filter(|&us| us >= 0),
            _ => return c.skip(),
        }
        Some(())
    })
}

/// Errors that belong to no test.
fn errors(emit: &mut Emit, raw: &str) -> Option<()> {
    Cursor::new(raw).elements(&mut |c| {
        let error = Failure::read(c)?;
        emit.error_outside(&error.file, error.line, error.text(), &error.trace());
        Some(())
    })
}

/// A spec: a title, and a test for each project (and repetition) that it runs in.
fn spec(emit: &mut Emit, raw: &str) -> Option<()> {
    let mut info = TestInfo::default();
    let mut tests = None;
    Cursor::new(raw).members(&mut |c, key| {
        match key {
            "title" => info.title = c.string()?,
            "file" => info.file = c.string()?,
            "line" => info.line = c.int()?.and_then(|n| n.try_into().ok()),
            "tags" => return tags(c, &mut info),
            "tests" => tests = Some(c.raw()?),
            _ => return c.skip(),
        }
        Some(())
    })?;
    Cursor::new(tests?).elements(&mut |c| test(emit, &mut info, c))
}

fn test<'a>(emit: &mut Emit, info: &mut TestInfo<'a>, c: &mut Cursor<'a>) -> Option<()> {
    let (mut id, mut name) = (Cow::Borrowed(""), Cow::Borrowed(""));
    let mut expected = Cow::Borrowed("passed");
    let (mut results, mut timeout) = (None, None);
    c.members(&mut |c, key| {
        match key {
            "projectName" => name = c.string()?,
            "projectId" => id = c.string()?,
            "expectedStatus" => expected = c.string()?,
            "timeout" => timeout = c.int()?,
            "results" => results = Some(c.raw()?),
            _ => return c.skip(),
        }
        Some(())
    })?;
    info.project = if name.is_empty() { id } else { name };
    let test = emit.test(info);
    if let Some(ms) = timeout {
        emit.timeout(ms);
    }
    let mut any = false;
    Cursor::new(results.unwrap_or("[]")).elements(&mut |c| {
        any = true;
        let mut result = Outcoming::default();
        let mut failures = Failures::default();
        c.members(&mut |c, key| match key {
            "stdout" => output(c, &mut result.stdout),
            "stderr" => output(c, &mut result.stderr),
            _ => result_member(c, key, &mut result, &mut failures),
        })?;
        failures.texts(&mut result);
        emit.attempt(test, &expected, &result);
        Some(())
    })?;
    if !any {
        emit.did_not_run(test);
    }
    Some(())
}

//! What one `testcase` element says.

use quick_xml::events::BytesStart;

use super::suite::{Suites, Value, attributes, worker_of_property};
use super::text::push_clipped;
use crate::notes::Notes;
use crate::number::seconds;
use crate::time::{Point, point};

/// Results of one testcase that are kept: each takes some hundred bytes until its end, and a file says it in ten.
const MOST_RESULTS: usize = 1_000;

/// What an element inside a testcase says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Failure,
    Error,
    Skipped,
    /// An earlier attempt that failed; the test passed in the end.
    FlakyFailure,
    FlakyError,
    /// A later attempt that failed as well.
    RerunFailure,
    RerunError,
}

impl Kind {
    pub(crate) fn of(element: &str) -> Option<Self> {
        Some(match element {
            "failure" => Self::Failure,
            "error" => Self::Error,
            "skipped" | "skip" | "ignored" => Self::Skipped,
            "flakyFailure" => Self::FlakyFailure,
            "flakyError" => Self::FlakyError,
            "rerunFailure" => Self::RerunFailure,
            "rerunError" => Self::RerunError,
            _ => return None,
        })
    }
}

/// Where the text of the innermost element goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sink {
    #[default]
    Nowhere,
    Result,
    Stack,
    Out,
    Err,
    Property,
    Suite,
}

/// A failure, skip or other result inside a testcase.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) kind_word: String,
    pub(crate) text: String,
    pub(crate) us: Option<i64>,
    pub(crate) start: Option<Point>,
}

/// One testcase; its buffers are used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) class: String,
    /// How many classes there were so far; those that follow each other are mostly the same.
    pub(crate) classes: u64,
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: Option<u32>,
    pub(crate) us: Option<i64>,
    pub(crate) start: Option<Point>,
    pub(crate) status: String,
    pub(crate) worker: Option<String>,
    /// What Lanescope wrote of it, and its markers.
    pub(crate) own: Option<String>,
    pub(crate) markers: String,
    pub(crate) out: String,
    pub(crate) err: String,
    /// Of this testcase the first [`Self::results`]; the others are kept for their buffers.
    found: Vec<Found>,
    results: usize,
}

impl Case {
    /// The results that stand in it.
    pub(crate) fn found(&self) -> &[Found] {
        self.found.get(..self.results).unwrap_or_default()
    }

    pub(crate) fn begin(&mut self, e: &BytesStart<'_>, suites: &Suites, notes: &Notes) {
        let (names, outs) = ([&mut self.name, &mut self.file], [&mut self.out, &mut self.err]);
        for text in names.into_iter().chain(outs).chain([&mut self.status, &mut self.markers]) {
            text.clear();
        }
        (self.line, self.us, self.start, self.worker, self.own) = (None, None, None, None, None);
        self.results = 0;
        let (mut class_name, mut class) = (None, None);
        for (key, value) in attributes(e) {
            match key {
                "name" => push(&mut self.name, value),
                "classname" => class_name = Some(value),
                "class" => class = Some(value),
                "file" => push(&mut self.file, value),
                "line" => self.line = value.raw.trim().parse().ok(),
                "time" => {
                    self.us = match seconds(value.raw) {
                        crate::number::Seconds::Us(us) => Some(us),
                        _ => suites.length(value.raw, &format!("testcase[{}]/@time", suites.case_index()), notes),
                    }
                }
                "timestamp" => self.start = point(value.raw),
                "status" | "result"
                    // gtest writes both; what names a result says more than `run` and `completed`.
                    if (self.status.is_empty() || matches!(self.status.as_str(), "run" | "completed")) => {
                        self.status.clear();
                        push(&mut self.status, value);
                    }
                _ => {}
            }
        }
        let class = class_name.filter(|name| !name.raw.is_empty()).or(class);
        if class.is_none_or(|class| class.plain() != Some(&self.class)) {
            self.class.clear();
            self.classes += 1;
            class.into_iter().for_each(|class| push(&mut self.class, class));
        }
    }

    /// Takes down a result; whether there was room for it.
    pub(crate) fn result(&mut self, kind: Kind, e: &BytesStart<'_>, notes: &Notes) -> bool {
        if self.results == MOST_RESULTS {
            notes.warn(format!("a testcase has more than {MOST_RESULTS} results: its others are left out"));
            return false;
        }
        if self.found.len() == self.results {
            self.found.push(Found::default());
        }
        let Some(found) = self.found.get_mut(self.results) else { return false };
        self.results += 1;
        for text in [&mut found.message, &mut found.kind_word, &mut found.text] {
            text.clear();
        }
        (found.kind, found.us, found.start) = (kind, None, None);
        for (key, value) in attributes(e) {
            match key {
                "message" => push_clipped(&mut found.message, &value.text()),
                "type" => push(&mut found.kind_word, value),
                "time" => found.us = seconds(value.raw).us(),
                "timestamp" => found.start = point(value.raw),
                _ => {}
            }
        }
        true
    }

    pub(crate) fn push_text(&mut self, sink: Sink, content: &str) {
        let into = match sink {
            Sink::Result | Sink::Stack => {
                self.results.checked_sub(1).and_then(|last| self.found.get_mut(last)).map(|f| &mut f.text)
            }
            Sink::Out => Some(&mut self.out),
            Sink::Err => Some(&mut self.err),
            Sink::Nowhere | Sink::Property | Sink::Suite => None,
        };
        if let Some(into) = into {
            push_clipped(into, content);
        }
    }

    pub(crate) fn property(&mut self, name: &str, value: &str) {
        match name {
            "lanescope.test" => self.own = Some(value.to_owned()),
            "lanescope.markers" => value.clone_into(&mut self.markers),
            _ => {}
        }
        if let Some(worker) = worker_of_property(name, value) {
            self.worker = Some(worker);
        }
    }
}

fn push(into: &mut String, value: Value<'_>) {
    into.push_str(&value.text());
}

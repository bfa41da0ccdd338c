//! The suites around a testcase.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use lanescope_model::Place;
use quick_xml::events::BytesStart;

use super::dialect::Dialect;
use super::text::unescape;
use crate::inherited::path;
use crate::notes::Notes;
use crate::number::{Seconds, seconds};
use crate::time::{Point, point};

/// One open `testsuite`.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) host: String,
    /// Its number among its siblings.
    index: u32,
    suites: u32,
    cases: u32,
    /// A worker that its properties name.
    pub(crate) worker: Option<String>,
    /// Stands for its name and those around it, and its host.
    pub(crate) key: u64,
}

/// Where in the document we are, and what its suites say of the session.
#[derive(Debug, Default)]
pub(crate) struct Suites {
    open: Vec<Suite>,
    has_root: bool,
    roots: u32,
    bare_cases: u32,
    pub(crate) dialect: Dialect,
    /// Of the `testsuites` element.
    root_start: Option<Point>,
    root_us: Option<i64>,
    pub(crate) root_name: Option<String>,
    /// Of the top-level suites: the earliest start, and the time of the only one.
    suite_start: Option<Point>,
    suite_us: Option<i64>,
    top_suites: u32,
    /// Tests that the file's head announces.
    pub(crate) announced: Option<u64>,
    pub(crate) naive: bool,
}

/// What stands behind the prefix of a name. Names are a few bytes long: walking them is quicker than any search.
pub(super) fn local_name(name: &str) -> &str {
    let prefix = name.bytes().position(|b| b == b':').map_or(0, |at| at + 1);
    name.get(prefix..).unwrap_or(name)
}

/// An attribute of an element, by its local name.
pub(crate) fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    attributes(e).find(|(key, _)| *key == name).map(|(_, value)| value.text().into_owned())
}

/// Attributes by local name. What is broken in between is passed over.
pub(crate) fn attributes<'a>(e: &'a BytesStart<'_>) -> impl Iterator<Item = (&'a str, Value<'a>)> {
    Attributes { rest: e.attributes_raw() }
}

/// The value of an attribute.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    /// As it stands.
    pub(crate) raw: &'a str,
    /// Whether references may stand in it.
    refers: bool,
}

impl<'a> Value<'a> {
    /// With its references replaced.
    pub(crate) fn text(self) -> Cow<'a, str> {
        if self.refers { unescape(self.raw) } else { Cow::Borrowed(self.raw) }
    }

    /// What is text as it stands.
    pub(crate) fn plain(self) -> Option<&'a str> {
        (!self.refers).then_some(self.raw)
    }
}

/// Splits `name="value"` pairs. The XML library's own iterator checks more and costs a third of the whole
/// reading time; here a broken attribute ends the list.
struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_ascii_start();
        // Names are a few bytes long: walking them is quicker than any search.
        let (mut local, mut equals) = (0, 0);
        loop {
            match rest.as_bytes().get(equals)? {
                b'=' => break,
                b':' => local = equals + 1,
                _ => {}
            }
            equals += 1;
        }
        let key = rest.get(local..equals)?.trim_ascii_end();
        let after = rest.get(equals + 1..)?.trim_ascii_start();
        let quote = *after.as_bytes().first().filter(|q| matches!(q, b'"' | b'\''))?;
        let value = after.get(1..)?;
        // One search finds the end of most values, and that nothing is to be replaced in them.
        let first = memchr::memchr2(quote, b'&', value.as_bytes())?;
        let refers = value.as_bytes().get(first) == Some(&b'&');
        let end = if refers { first + memchr::memchr(quote, value.as_bytes().get(first..)?)? } else { first };
        self.rest = value.get(end + 1..)?;
        Some((key, Value { raw: value.get(..end)?, refers }))
    }
}

impl Suites {
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn innermost(&self) -> Option<&Suite> {
        self.open.last()
    }

    /// The worker that the nearest suite's properties name.
    pub(crate) fn worker(&self) -> Option<&str> {
        self.open.iter().rev().find_map(|s| s.worker.as_deref())
    }

    pub(crate) fn key(&self) -> u64 {
        self.open.last().map_or(0, |s| s.key)
    }

    pub(crate) fn root(&mut self, e: &BytesStart<'_>, notes: &Notes) {
        self.has_root = true;
        let (mut has_uuid, mut has_id) = (false, false);
        for (key, value) in attributes(e) {
            match key {
                "name" => self.root_name = Some(value.text().into_owned()),
                "uuid" => has_uuid = true,
                "id" => has_id = true,
                "tests" => self.announced = value.raw.trim().parse().ok(),
                "time" => self.root_us = self.length(value.raw, "@time", notes),
                "timestamp" => self.root_start = self.stamp(value, notes),
                _ => {}
            }
        }
        self.dialect = Dialect::of_root(self.root_name.as_deref(), has_uuid, has_id);
    }

    pub(crate) fn enter(&mut self, e: &BytesStart<'_>, notes: &Notes) {
        let index = match self.open.last_mut() {
            Some(parent) => &mut parent.suites,
            None => &mut self.roots,
        };
        *index += 1;
        let mut suite = Suite { index: *index - 1, ..Suite::default() };
        let top = self.open.is_empty();
        let (mut time, mut timestamp, mut tests) = (None, None, None);
        let mut keys = String::new();
        for (key, value) in attributes(e) {
            match key {
                "name" => suite.name = value.text().into_owned(),
                "hostname" => suite.host = value.text().into_owned(),
                "time" => time = Some(value),
                "timestamp" => timestamp = Some(value),
                "tests" => tests = value.raw.trim().parse::<u64>().ok(),
                _ => {}
            }
            if top && self.roots == 1 {
                keys.push_str(key);
                keys.push(' ');
            }
        }
        if top && self.roots == 1 && self.dialect == Dialect::General {
            self.dialect = Dialect::of_suite(&suite.name, &keys);
        }
        let mut h = FixedState::with_seed(self.key()).build_hasher();
        h.write(suite.name.as_bytes());
        h.write(suite.host.as_bytes());
        suite.key = h.finish() | 1;
        self.open.push(suite);
        if top {
            self.top_suites += 1;
            if !self.has_root {
                self.announced = Some(self.announced.unwrap_or(0).saturating_add(tests.unwrap_or(0)));
            }
            self.suite_us = time.and_then(|t| self.length(t.raw, "@time", notes));
        }
        if let Some(p) = timestamp.and_then(|t| self.stamp(t, notes))
            && self.suite_start.is_none_or(|known| p.us < known.us)
        {
            self.suite_start = Some(p);
        }
    }

    pub(crate) fn leave(&mut self) {
        self.open.pop();
    }

    pub(crate) fn count_case(&mut self) {
        match self.open.last_mut() {
            Some(suite) => suite.cases += 1,
            None => self.bare_cases += 1,
        }
    }

    /// The number of the current testcase in its suite.
    pub(crate) fn case_index(&self) -> u32 {
        self.open.last().map_or(self.bare_cases, |s| s.cases).saturating_sub(1)
    }

    /// The path of the innermost suite, or of something in it.
    pub(crate) fn path(&self, inner: &str) -> String {
        let mut path = String::new();
        if self.has_root {
            path.push_str("testsuites/");
        }
        for suite in &self.open {
            path.push_str(&format!("testsuite[{}]/", suite.index));
        }
        path.push_str(inner);
        path
    }

    /// The names of the open suites, outermost first.
    pub(crate) fn names(&self) -> String {
        path(&mut self.open.iter().map(|s| s.name.as_str()).filter(|n| !n.is_empty()), " > ")
    }

    /// A length in microseconds; `inner` says where in the innermost suite it stands.
    pub(crate) fn length(&self, value: &str, inner: &str, notes: &Notes) -> Option<i64> {
        let length = seconds(value);
        if length == Seconds::Unusable {
            let text = format!("\u{201c}{value}\u{201d} is no time in seconds; the time is unknown");
            notes.warn_at(Place::Path(self.path(inner)), text);
        }
        length.us()
    }

    /// The `timestamp` of the innermost suite, or of the document.
    fn stamp(&mut self, value: Value<'_>, notes: &Notes) -> Option<Point> {
        if value.raw.trim().is_empty() {
            return None;
        }
        let found = point(&value.text());
        match found {
            None => notes.warn_at(
                Place::Path(self.path("@timestamp")),
                format!("\u{201c}{}\u{201d} is no usable point in time; it is unknown", value.raw),
            ),
            Some(p) if !p.zoned => self.naive = true,
            Some(_) => {}
        }
        found
    }

    pub(crate) fn property(&mut self, name: &str, value: &str) {
        let worker = worker_of_property(name, value);
        if let (Some(worker), Some(suite)) = (worker, self.open.last_mut()) {
            suite.worker = Some(worker);
        }
    }

    /// When the session began.
    pub(crate) fn start(&self) -> Option<Point> {
        self.root_start.or(self.suite_start)
    }

    /// How long the session took: as the whole document says, or its only suite.
    pub(crate) fn length_us(&self) -> Option<i64> {
        self.root_us.or(if self.top_suites == 1 { self.suite_us } else { None })
    }

    pub(crate) fn top_suites(&self) -> u32 {
        self.top_suites
    }

    pub(crate) fn naive_clock(&self) -> bool {
        self.start().is_some_and(|p| !p.zoned)
    }
}

/// The worker that a property names: one that a project added, or the fork of a Surefire process.
pub(crate) fn worker_of_property(name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    match name.to_ascii_lowercase().as_str() {
        "worker" | "worker_id" | "worker-id" | "workerid" | "xdist_worker" | "thread" | "thread_name"
        | "threadname" => (!value.is_empty() && value.len() < 200).then(|| value.to_owned()),
        "sun.java.command" => {
            let (_, after) = value.split_once("-jvmRun")?;
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            (!digits.is_empty()).then(|| format!("jvmRun{digits}"))
        }
        _ => None,
    }
}

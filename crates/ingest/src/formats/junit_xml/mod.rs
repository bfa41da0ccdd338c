//! JUnit XML: the family of dialects that share `testsuite` and `testcase`.
//!
//! The document is read event by event. [`suite::Suites`] keeps where we are, [`case::Case`] what one
//! `testcase` element says, and [`emit::Emit`] makes tests and attempts of it.

mod case;
mod dialect;
mod emit;
pub(super) mod suite;
pub(super) mod text;

use lanescope_model::{Issue, Place, Severity};
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};

use self::case::{Case, Kind, Sink};
use self::emit::Emit;
use self::suite::Suites;
use super::{Parsed, Parser, Session};
use crate::formats::run_metadata;
use crate::input::Input;
use crate::notes::Notes;
use crate::xml::{Broken, Turn, Xml};

/// Suites in suites deeper than this are no test report.
const MAX_SUITES: usize = 256;

pub(crate) struct Junit {
    xml: Xml,
    doc: Document,
    notes: Notes,
}

/// What an open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// `testsuites`
    Root,
    Suite,
    Case,
    /// Something inside a testcase whose text goes to a sink.
    Text(Sink),
    Properties,
    Property,
    /// A failure or error of a suite.
    SuiteTrouble,
    Other,
}

struct Document {
    open: Vec<Open>,
    suites: Suites,
    case: Case,
    emit: Emit,
    notes: Notes,
    /// Where text goes now.
    sink: Sink,
    seen_root: bool,
    /// A suite level message being read.
    trouble: String,
    property: (String, String),
    /// What a reference in a text stands for; kept, as there may be many.
    reference: String,
}

impl Junit {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        let doc = Document {
            open: Vec::new(),
            suites: Suites::default(),
            case: Case::default(),
            emit: Emit::new(notes.clone()),
            notes: notes.clone(),
            sink: Sink::Nowhere,
            seen_root: false,
            trouble: String::new(),
            property: Default::default(),
            reference: String::new(),
        };
        Self { xml: Xml::new(input), doc, notes }
    }

    fn fail(&mut self, Broken { error, place, cut_off }: Broken) {
        match error {
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                let text = format!("the end tag </{found}> stands where </{expected}> is expected ({place})");
                self.notes.push(Issue::new(Severity::Error, text).at(place));
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                let text = format!("the end tag </{found}> has no start tag ({place})");
                self.notes.push(Issue::new(Severity::Error, text).at(place));
            }
            _ if cut_off => self.truncated(),
            _ => {
                let text = format!("the XML is broken here ({error}); what was complete before is used");
                self.notes.warn_at(place, text);
            }
        }
    }

    fn truncated(&mut self) {
        let byte = self.xml.used();
        self.doc.save_open_case();
        let tests = self.doc.emit.tests();
        self.notes.warn_at(
            Place::Byte(byte),
            format!("the file is cut off at byte {byte}; the {tests} tests that are complete are used"),
        );
        self.doc.emit.run.meta.interrupted = true;
    }
}

impl Parser for Junit {
    fn step(&mut self, bytes: usize) -> bool {
        let Self { xml, doc, .. } = self;
        match xml.turn(bytes, &mut |event| doc.event(event)) {
            Turn::More => return false,
            Turn::End if self.doc.open.is_empty() => {}
            Turn::End => self.truncated(),
            Turn::Stopped => {}
            Turn::Broken(broken) => self.fail(broken),
        }
        true
    }

    fn tests(&self) -> usize {
        self.doc.emit.tests()
    }

    fn finish(mut self: Box<Self>) -> Parsed {
        self.doc.emit.close(&self.doc.suites);
        let dialect = self.doc.suites.dialect.as_str().map(str::to_owned);
        let naive_clock = self.doc.suites.naive_clock();
        let session = Session { run: self.doc.emit.run.finish(), name: None, naive_clock, shard: None };
        Parsed { dialect, sessions: vec![session], other: None }
    }
}

impl Document {
    /// Takes one event; false when nothing more is to be read.
    fn event(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(e) => return self.start(e),
            Event::Empty(e) => return self.start(e) && self.end(),
            Event::End(_) => return self.end(),
            Event::Text(t) => {
                if self.sink != Sink::Nowhere {
                    let content = t.xml10_content();
                    self.text(&content);
                } else if self.open.is_empty() && self.seen_root && !t.trim_ascii().is_empty() {
                    self.notes.warn("something that is not XML follows the end of the document; it is left out");
                    return false;
                }
            }
            Event::CData(t) if self.sink != Sink::Nowhere => {
                let content = t.xml10_content();
                self.text(&content);
            }
            Event::GeneralRef(r) if self.sink != Sink::Nowhere => {
                let mut out = std::mem::take(&mut self.reference);
                out.clear();
                text::push_reference(r, &mut out);
                self.text(&out);
                self.reference = out;
            }
            Event::DocType(d) if memchr::memmem::find(d.as_bytes(), b"<!ENTITY").is_some() => {
                self.notes.error("the document type declares entities, which are not expanded: the file is refused");
                return false;
            }
            _ => {}
        }
        true
    }

    /// A testcase that the end of the file cuts off counts if its result was complete: only output is lost.
    fn save_open_case(&mut self) {
        let in_case = self.open.contains(&Open::Case);
        let in_result = self.open.iter().any(|o| matches!(o, Open::Text(Sink::Result | Sink::Stack)));
        if in_case && !in_result && !self.case.found().is_empty() {
            self.emit.case(&mut self.case, &mut self.suites);
        }
    }

    fn text(&mut self, content: &str) {
        match self.sink {
            Sink::Property => self.property.1.push_str(content),
            Sink::Suite => text::push_clipped(&mut self.trouble, content),
            sink => self.case.push_text(sink, content),
        }
    }

    fn start(&mut self, e: &BytesStart<'_>) -> bool {
        let parent = self.open.last().copied();
        let name = suite::local_name(e.name().into_inner());
        let open = match (parent, name) {
            (None | Some(Open::Other), "testsuites") => {
                self.suites.root(e, &self.notes);
                Open::Root
            }
            (None | Some(Open::Root | Open::Suite | Open::Other), "testsuite") => {
                if self.suites.depth() >= MAX_SUITES {
                    self.notes.error(format!("suites are nested deeper than {MAX_SUITES}"));
                    return false;
                }
                self.suites.enter(e, &self.notes);
                Open::Suite
            }
            (None | Some(Open::Root | Open::Suite), "testcase") => {
                self.suites.count_case();
                self.case.begin(e, &self.suites, &self.notes);
                Open::Case
            }
            // With all output on, every test has these two.
            (Some(Open::Case), "system-out") => Open::Text(Sink::Out),
            (Some(Open::Case), "system-err") => Open::Text(Sink::Err),
            (Some(Open::Case), "properties") => Open::Properties,
            (Some(Open::Case), inner) => match Kind::of(inner) {
                Some(kind) => {
                    let kept = self.case.result(kind, e, &self.notes);
                    Open::Text(if kept { Sink::Result } else { Sink::Nowhere })
                }
                None => Open::Other,
            },
            (Some(Open::Text(Sink::Result)), "stackTrace") => Open::Text(Sink::Stack),
            (Some(Open::Text(Sink::Result)), "system-out" | "system-err") => Open::Text(Sink::Nowhere),
            (Some(Open::Suite | Open::Root), "properties") => Open::Properties,
            (Some(Open::Suite), "failure" | "error") => {
                self.trouble.clear();
                if let Some(message) = suite::attribute(e, "message") {
                    self.trouble.push_str(&message);
                }
                Open::SuiteTrouble
            }
            (Some(Open::Properties), "property") => {
                self.property.0 = suite::attribute(e, "name").unwrap_or_default();
                self.property.1 = suite::attribute(e, "value").unwrap_or_default();
                Open::Property
            }
            _ => Open::Other,
        };
        self.seen_root = true;
        self.open.push(open);
        self.set_sink();
        true
    }

    fn set_sink(&mut self) {
        self.sink = match self.open.last() {
            Some(Open::Text(sink)) => *sink,
            Some(Open::Property) => Sink::Property,
            Some(Open::SuiteTrouble) => Sink::Suite,
            _ => Sink::Nowhere,
        };
    }

    fn end(&mut self) -> bool {
        match self.open.pop() {
            Some(Open::Case) => self.emit.case(&mut self.case, &mut self.suites),
            Some(Open::Suite) => self.suites.leave(),
            Some(Open::Property) => {
                let (name, value) = std::mem::take(&mut self.property);
                if let Some(fact) = name.strip_prefix("lanescope.").filter(|_| !self.open.contains(&Open::Case)) {
                    self.emit.own_fact(fact, &value);
                } else if self.open.contains(&Open::Case) {
                    self.case.property(&name, &value);
                } else {
                    self.suites.property(&name, &value);
                    run_metadata::take_property(&mut self.emit.run.meta, &name, &value);
                }
            }
            Some(Open::SuiteTrouble) => {
                let message = std::mem::take(&mut self.trouble);
                self.emit.suite_trouble(&message, &mut self.suites);
            }
            _ => {}
        }
        self.set_sink();
        true
    }
}

//! XML, element by element: what formats have in common beside their names.

use quick_xml::events::{BytesStart, Event};

use super::Sheet;
use crate::formats::junit_xml::suite::attribute;
use crate::formats::junit_xml::text::{push_clipped, push_reference};
use crate::formats::{Parsed, Parser};
use crate::input::Input;
use crate::number::seconds;
use crate::xml::{Broken, Turn, Xml};

/// Elements in elements deeper than this are no report.
const MAX_DEPTH: usize = 1_000;

/// The start of an element.
pub(crate) struct Element<'a> {
    start: &'a BytesStart<'a>,
}

impl Element<'_> {
    /// An attribute by its local name; empty if it has none.
    pub(crate) fn get(&self, name: &str) -> String {
        attribute(self.start, name).unwrap_or_default()
    }

    /// An attribute if it has one.
    pub(crate) fn has(&self, name: &str) -> Option<String> {
        attribute(self.start, name)
    }

    /// A length in seconds, in microseconds.
    pub(crate) fn seconds_us(&self, name: &str) -> Option<i64> {
        attribute(self.start, name).and_then(|text| seconds(&text).us())
    }

    /// A whole number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        attribute(self.start, name).and_then(|text| text.trim().parse().ok())
    }
}

/// What a format makes of its elements. `parents` is the path of local names around one, as `a/b/c/`.
pub(crate) trait Elements {
    fn start(&mut self, parents: &str, name: &str, element: &Element<'_>, sheet: &mut Sheet);

    /// `text` is the element's own, without that of the elements in it.
    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet);

    /// The document is at its end.
    fn close(&mut self, _sheet: &mut Sheet) {}
}

pub(crate) struct XmlParser {
    xml: Xml,
    document: Document,
}

struct Document {
    sheet: Sheet,
    elements: Box<dyn Elements>,
    /// Names of the open elements, each followed by a slash.
    path: String,
    /// By open element: where its name begins in the path, and its text in the texts.
    open: Vec<(usize, usize)>,
    text: String,
}

impl XmlParser {
    pub(crate) fn new(input: Input, sheet: Sheet, elements: Box<dyn Elements>) -> Self {
        let document = Document { sheet, elements, path: String::new(), open: Vec::new(), text: String::new() };
        Self { xml: Xml::new(input), document }
    }
}

impl Document {
    fn end_of(&mut self) {
        let Some((path_at, text_at)) = self.open.pop() else { return };
        let (parents, name) = self.path.split_at_checked(path_at).unwrap_or(("", ""));
        let text = self.text.get(text_at..).unwrap_or("");
        self.elements.end(parents, name.trim_end_matches('/'), text, &mut self.sheet);
        self.path.truncate(path_at);
        self.text.truncate(text_at);
    }

    fn fail(&mut self, Broken { error, place, .. }: Broken) {
        let n = self.sheet.tests();
        let used = if self.sheet.no_tests {
            "what stands before that is".to_owned()
        } else {
            format!("the {n} tests before that are")
        };
        let text = format!("the XML is broken or cut off here ({error}); {used} used");
        self.sheet.notes.warn_at(place, text);
        self.sheet.run.meta.interrupted = true;
    }

    /// Takes one event; false when nothing more is to be read.
    fn event(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(_) if self.open.len() >= MAX_DEPTH => {
                self.sheet
                    .notes
                    .warn(format!("elements are nested deeper than {MAX_DEPTH}; what was read before is used"));
                return false;
            }
            Event::Start(e) | Event::Empty(e) => {
                self.open.push((self.path.len(), self.text.len()));
                let name = e.local_name();
                let parents = self.path.len();
                self.path.push_str(name.as_ref());
                self.path.push('/');
                let (parents, name) = self.path.split_at_checked(parents).unwrap_or(("", ""));
                let name = name.trim_end_matches('/');
                self.elements.start(parents, name, &Element { start: e }, &mut self.sheet);
                if matches!(event, Event::Empty(_)) {
                    self.end_of();
                }
            }
            Event::End(_) => self.end_of(),
            Event::Text(t) => push_clipped(&mut self.text, &t.xml10_content()),
            Event::CData(t) => push_clipped(&mut self.text, &t.xml10_content()),
            Event::GeneralRef(r) => push_reference(r, &mut self.text),
            Event::DocType(d) if memchr::memmem::find(d.as_bytes(), b"<!ENTITY").is_some() => {
                self.sheet
                    .notes
                    .warn("the document type declares entities, which are not expanded but shown as written");
            }
            _ => {}
        }
        true
    }
}

impl Parser for XmlParser {
    fn step(&mut self, bytes: usize) -> bool {
        let Self { xml, document } = self;
        match xml.turn(bytes, &mut |event| document.event(event)) {
            Turn::More => return false,
            Turn::End if !document.open.is_empty() => document.sheet.cut_off(xml.used()),
            Turn::End | Turn::Stopped => {}
            Turn::Broken(broken) => document.fail(broken),
        }
        true
    }

    fn tests(&self) -> usize {
        self.document.sheet.tests()
    }

    fn finish(mut self: Box<Self>) -> Parsed {
        self.document.elements.close(&mut self.document.sheet);
        self.document.sheet.finish()
    }
}

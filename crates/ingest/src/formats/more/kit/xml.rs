//! XML, element by element: what formats have in common beside their names.

use lanescope_model::Place;
use quick_xml::errors::Error;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::Sheet;
use crate::formats::junit_xml::suite::attribute;
use crate::formats::junit_xml::text::{push_clipped, push_reference};
use crate::formats::{Parsed, Parser};
use crate::input::Input;
use crate::number::seconds;

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
    reader: Reader<Input>,
    buf: Vec<u8>,
    base: u64,
    sheet: Sheet,
    elements: Box<dyn Elements>,
    /// Names of the open elements, each followed by a slash.
    path: String,
    /// By open element: where its name begins in the path, and its text in the texts.
    open: Vec<(usize, usize)>,
    text: String,
    done: bool,
}

impl XmlParser {
    pub(crate) fn new(mut input: Input, sheet: Sheet, elements: Box<dyn Elements>) -> Self {
        input.check_utf8();
        let base = input.used();
        let mut reader = Reader::from_reader(input);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.trim_markup_names_in_closing_tags = true;
        Self {
            reader,
            buf: Vec::new(),
            base,
            sheet,
            elements,
            path: String::new(),
            open: Vec::new(),
            text: String::new(),
            done: false,
        }
    }

    fn end_of(&mut self) {
        let Some((path_at, text_at)) = self.open.pop() else { return };
        let (parents, name) = self.path.split_at_checked(path_at).unwrap_or(("", ""));
        let text = self.text.get(text_at..).unwrap_or("");
        self.elements.end(parents, name.trim_end_matches('/'), text, &mut self.sheet);
        self.path.truncate(path_at);
        self.text.truncate(text_at);
    }

    fn fail(&mut self, error: &Error) {
        let byte = self.base + self.reader.error_position();
        let place = self.reader.get_ref().line_of(byte).map_or(Place::Byte(byte), Place::Line);
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
    fn event(&mut self, buf: &mut Vec<u8>) -> bool {
        let event = match self.reader.read_event_into(buf) {
            Ok(event) => event,
            Err(error) => {
                self.fail(&error);
                return false;
            }
        };
        match &event {
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
            Event::Eof => {
                if !self.open.is_empty() {
                    self.sheet.cut_off(self.base + self.reader.buffer_position());
                }
                return false;
            }
            _ => {}
        }
        true
    }
}

impl Parser for XmlParser {
    fn step(&mut self, bytes: usize) -> bool {
        let until = self.reader.buffer_position().saturating_add(bytes as u64);
        let mut buf = std::mem::take(&mut self.buf);
        while !self.done && self.reader.buffer_position() < until {
            buf.clear();
            self.done = !self.event(&mut buf);
        }
        self.buf = buf;
        self.done
    }

    fn tests(&self) -> usize {
        self.sheet.tests()
    }

    fn finish(mut self: Box<Self>) -> Parsed {
        self.elements.close(&mut self.sheet);
        self.sheet.finish()
    }
}

//! XML as events that borrow from what was read, however the content was cut into chunks.
//!
//! The library's reader over a stream copies each event before it gives it; its reader over a slice does not. So each
//! chunk gets a reader of its own, and what such a reader can't know is kept here: the elements that are open, and an
//! event that the end of a chunk cuts in two, which is read again once there is more.

use std::ops::Range;

use lanescope_model::Place;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesText, Event};
use quick_xml::reader::Reader;

use crate::input::Input;

/// The content of an XML file, event by event.
pub(crate) struct Xml {
    input: Input,
    open: OpenNames,
    started: bool,
}

/// The byte order mark.
const MARK: &str = "\u{feff}";

/// How a turn of reading ended.
pub(crate) enum Turn {
    /// There is more.
    More,
    /// The content is at its end.
    End,
    /// Who takes the events wants no more of them.
    Stopped,
    Broken(Broken),
}

/// What is wrong with the XML, and where.
pub(crate) struct Broken {
    pub(crate) error: Error,
    pub(crate) place: Place,
    /// The content ends in the middle of something.
    pub(crate) cut_off: bool,
}

impl Xml {
    pub(crate) fn new(mut input: Input) -> Self {
        input.check_utf8();
        Self { input, open: OpenNames::default(), started: false }
    }

    /// Bytes of the content (decoded) that were read.
    pub(crate) fn used(&self) -> u64 {
        self.input.used()
    }

    /// Reads events from about `bytes` of the content; `take` says whether it wants more. A text may come in pieces.
    pub(crate) fn turn(&mut self, bytes: usize, take: &mut dyn FnMut(&Event<'_>) -> bool) -> Turn {
        let mut left = bytes.max(1);
        while left > 0 {
            let (chunk, at_end) = (self.input.unused(), self.input.at_end());
            if chunk.is_empty() && at_end {
                return Turn::End;
            }
            // The library takes a mark off at the beginning of what it reads, which is not that of the content.
            if std::mem::replace(&mut self.started, true) && chunk.starts_with(MARK.as_bytes()) {
                self.input.skip(MARK.len());
                left = left.saturating_sub(MARK.len());
                if !take(&Event::Text(BytesText::from_escaped(MARK))) {
                    return Turn::Stopped;
                }
                continue;
            }
            let (used, why) = pass(chunk, at_end, left, &mut self.open, take);
            let at = self.input.used();
            left = left.saturating_sub(used);
            match why {
                Pass::Enough => self.input.skip(used),
                Pass::Starved => {
                    self.input.skip(used);
                    // Twice as much each time: what is long is not looked at more often than twice in all.
                    let waiting = self.input.unused().len();
                    self.input.look_ahead((2 * waiting).max(1));
                }
                Pass::Stopped => {
                    self.input.skip(used);
                    return Turn::Stopped;
                }
                Pass::Broken(error, from) => {
                    let byte = at + from as u64;
                    let place = self.input.line_of(byte).map_or(Place::Byte(byte), Place::Line);
                    let cut_off = matches!(error, Error::Syntax(_)) && at_end && is_cut(chunk.len(), used);
                    let used = if cut_off { chunk.len() } else { used };
                    self.input.skip(used);
                    return Turn::Broken(Broken { error, place, cut_off });
                }
            }
        }
        Turn::More
    }
}

/// Why a pass over a chunk ended.
enum Pass {
    /// As much was read as was asked for.
    Enough,
    /// The rest can't be read before there is more of it.
    Starved,
    Stopped,
    /// With the byte of the chunk at which it begins.
    Broken(Error, usize),
}

/// Whether an error after `used` bytes of `len` may be due to the end: `<` and `<!` can't be told without what follows.
fn is_cut(len: usize, used: usize) -> bool {
    len.saturating_sub(used) < 3
}

/// Gives the events of a chunk, and says how many bytes of it were used. With `at_end` nothing follows it.
fn pass(
    chunk: &[u8],
    at_end: bool,
    enough: usize,
    open: &mut OpenNames,
    take: &mut dyn FnMut(&Event<'_>) -> bool,
) -> (usize, Pass) {
    let mut reader = Reader::from_reader(chunk);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.trim_markup_names_in_closing_tags = true;
    // It checks the names of what begins in this chunk, and knows nothing of what is open from before.
    config.allow_unmatched_ends = true;
    let mut begun = Vec::new();
    let end = events(&mut reader, chunk.len(), at_end, enough, take, &mut begun, open);
    for name in begun {
        open.push(chunk.get(name).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or(""));
    }
    end
}

/// `begun` gets where the names stand of the elements that stay open.
fn events(
    reader: &mut Reader<&[u8]>,
    len: usize,
    at_end: bool,
    enough: usize,
    take: &mut dyn FnMut(&Event<'_>) -> bool,
    begun: &mut Vec<Range<usize>>,
    open: &mut OpenNames,
) -> (usize, Pass) {
    let mut before = 0;
    while before < enough {
        // Looked at where it stands: to move it out of the result costs as much as to look at it.
        let event = reader.read_event();
        let after = usize::try_from(reader.buffer_position()).unwrap_or(len);
        let goes_on = match &event {
            Ok(Event::Eof) => return (after, Pass::Starved),
            Ok(Event::Text(text)) if after == len && !at_end => {
                // It may go on. A reference must be whole, and a line break of two characters, too.
                let whole = text.strip_suffix('\r').unwrap_or(text);
                if whole.is_empty() || whole.starts_with('&') {
                    return (before, Pass::Starved);
                }
                let used = before + whole.len();
                let goes_on = take(&Event::Text(BytesText::from_escaped(whole)));
                return (used, if goes_on { Pass::Starved } else { Pass::Stopped });
            }
            Ok(event) => {
                match event {
                    Event::Start(e) => begun.push(before + 1..before + 1 + e.name().as_ref().len()),
                    Event::End(e) if begun.pop().is_none() => {
                        if let Err(error) = open.pop(e.name().as_ref()) {
                            return (after, Pass::Broken(error.into(), before));
                        }
                    }
                    _ => {}
                }
                take(event)
            }
            Err(Error::Syntax(_)) if !at_end && is_cut(len, after) => return (before, Pass::Starved),
            Err(_) => false,
        };
        if !goes_on {
            let from = usize::try_from(reader.error_position()).unwrap_or(after);
            return (after, event.err().map_or(Pass::Stopped, |error| Pass::Broken(error, from)));
        }
        before = after;
        // Nothing of it is owned, as the reader borrows from the chunk; to look for that costs a fiftieth of all.
        std::mem::forget(event);
    }
    (before, Pass::Enough)
}

/// The names of elements that are open since chunks before.
#[derive(Default)]
struct OpenNames {
    names: String,
    starts: Vec<usize>,
}

impl OpenNames {
    fn push(&mut self, name: &str) {
        self.starts.push(self.names.len());
        self.names.push_str(name);
    }

    /// Closes the innermost element, which must have this name.
    fn pop(&mut self, name: &str) -> Result<(), IllFormedError> {
        let Some(start) = self.starts.pop() else { return Err(IllFormedError::UnmatchedEndTag(name.to_owned())) };
        let expected = self.names.get(start..).unwrap_or("");
        if expected != name {
            let (expected, found) = (expected.to_owned(), name.to_owned());
            return Err(IllFormedError::MismatchedEndTag { expected, found });
        }
        self.names.truncate(start);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::Notes;
    use std::io::Cursor;

    /// What is read of a document, pieces of a text put together, with how it ended.
    fn events(document: &str, turn: usize) -> Vec<String> {
        // With a size this small the first chunk ends after 1,024 bytes.
        let reader = Box::new(Cursor::new(document.as_bytes().to_vec()));
        let mut xml = Xml::new(Input::open(reader, Some(0), Notes::default()).expect("memory can be read"));
        let (mut events, mut text) = (Vec::new(), String::new());
        loop {
            let end = xml.turn(turn, &mut |event| {
                match event {
                    Event::Text(piece) => text.push_str(&piece.xml10_content()),
                    Event::GeneralRef(name) => text.push_str(&format!("[{}]", &**name)),
                    other => {
                        if !text.is_empty() {
                            events.push(format!("{:?}", std::mem::take(&mut text)));
                        }
                        events.push(format!("{other:?}"));
                    }
                }
                true
            });
            let end = match end {
                Turn::More => continue,
                Turn::End => "end".to_owned(),
                Turn::Stopped => "stopped".to_owned(),
                Turn::Broken(Broken { error, place, cut_off }) => format!("{error} ({place}, cut off: {cut_off})"),
            };
            events.extend([format!("{text:?}"), end, xml.used().to_string()]);
            return events;
        }
    }

    #[test]
    fn events_are_the_same_wherever_a_chunk_ends() {
        let whole = "<?xml version=\"1.0\"?>\r\n<!DOCTYPE a [<!ELEMENT a ANY>]>\n<a b='1>2' c=\"d'e\">\r\n\u{feff}é日🎉&amp;x&y z\r\r\n\
                     <![CDATA[<&]] ]>\r\n]]><!-- - -- --><b  /><?p i?><c ></c >&#13;&lt\n;</a>\n";
        let broken = [
            "<a><b></c></a>",
            "<a></a></b>",
            "<a><b x='1' y",
            "<a>&am",
            "<a><",
            "<a><!",
            "<a><![CDATA[x",
            "<a><!x></a>",
        ];
        for snippet in [whole].into_iter().chain(broken) {
            // The comment before it moves the end of the first chunk over it.
            let at = |cut: usize| format!("<!--{}-->\n{snippet}", "x".repeat(1024 - 8 - cut));
            let parts = |cut: usize, turn| {
                let mut parts = events(&at(cut), turn);
                parts.remove(0);
                // The place in bytes moves with what stands before.
                parts.pop();
                parts
            };
            let expected = parts(0, usize::MAX);
            for cut in 0..=snippet.len() {
                assert_eq!(parts(cut, usize::MAX), expected, "{snippet:?} cut at {cut}");
                assert_eq!(parts(cut, 1), expected, "{snippet:?} cut at {cut}, an event a turn");
            }
        }
    }
}

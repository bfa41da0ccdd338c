//! The long texts of attempts: message, trace, output. Kept apart from the interned strings, since they
//! hardly ever repeat and only few attempts have any.

use crate::TextId;
use crate::bytes::{Foreign, Sink, Source};

/// Which text of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TextKind {
    /// One line: why it failed, or why it was skipped.
    Message = 0,
    /// The traceback.
    Trace = 1,
    /// Captured standard output.
    Stdout = 2,
    /// Captured standard error.
    Stderr = 3,
    /// Captured log.
    Log = 4,
}

impl TextKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; KINDS] = [Self::Message, Self::Trace, Self::Stdout, Self::Stderr, Self::Log];
}

/// How many kinds of text there are.
const KINDS: usize = 5;
/// In place of a start: the text is the one of this number among those that grew.
const GROWN: u32 = u32::MAX;

/// All texts of a run: one buffer and, for each attempt that has any, five spans.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    bytes: String,
    /// Start and length in `bytes`, by kind.
    rows: Vec<[(u32, u32); KINDS]>,
}

/// The texts of a run that is being built.
#[derive(Debug, Default)]
pub(crate) struct GrowingTexts {
    texts: Texts,
    /// Texts that were added to when others stood behind them.
    grown: Vec<String>,
}

impl GrowingTexts {
    /// A new row without text.
    pub(crate) fn row(&mut self) -> TextId {
        let id = TextId(self.texts.rows.len() as u32);
        self.texts.rows.push([(0, 0); KINDS]);
        id
    }

    /// Sets a text, or appends to the one that is there (with a line break between).
    /// What does not fit into four gigabytes in all is left out.
    pub(crate) fn add(&mut self, id: TextId, kind: TextKind, text: &str) {
        if text.is_empty() {
            return;
        }
        let Some(span) = self.texts.rows.get_mut(id.index()).and_then(|row| row.get_mut(kind as usize)) else { return };
        let (start, len) = (span.0 as usize, span.1 as usize);
        if span.0 == GROWN {
            if let Some(own) = self.grown.get_mut(len) {
                own.push('\n');
                own.push_str(text);
            }
            return;
        }
        let (end, at_end) = (start + len, self.texts.bytes.len());
        if u32::try_from(at_end + 1 + text.len()).is_err() {
            return;
        }
        if len == 0 {
            *span = (at_end as u32, text.len() as u32);
        } else if end == at_end {
            self.texts.bytes.push('\n');
            span.1 += 1 + text.len() as u32;
        } else {
            // It gets a buffer of its own: moved to the end each time, it would take as much as the square of its length.
            let mut own = self.texts.bytes.get(start..end).unwrap_or("").to_owned();
            own.push('\n');
            own.push_str(text);
            *span = (GROWN, self.grown.len() as u32);
            self.grown.push(own);
            return;
        }
        self.texts.bytes.push_str(text);
    }

    /// Sets a text in place of the one that is there.
    pub(crate) fn set(&mut self, id: TextId, kind: TextKind, text: &str) {
        if let Some(span) = self.texts.rows.get_mut(id.index()).and_then(|row| row.get_mut(kind as usize)) {
            let (start, number) = std::mem::take(span);
            if let Some(own) = self.grown.get_mut(number as usize).filter(|_| start == GROWN) {
                *own = String::new();
            }
        }
        self.add(id, kind, text);
    }

    /// The text, empty if there is none.
    pub(crate) fn get(&self, id: TextId, kind: TextKind) -> &str {
        let span = self.texts.rows.get(id.index()).and_then(|row| row.get(kind as usize)).copied();
        self.at(span.unwrap_or_default())
    }

    fn at(&self, (start, len): (u32, u32)) -> &str {
        if start == GROWN {
            return self.grown.get(len as usize).map_or("", String::as_str);
        }
        self.texts.at((start, len))
    }

    /// The texts, without the room they grew in, and what no text uses any more.
    pub(crate) fn end(mut self) -> Texts {
        let mut used = 0;
        for &(start, len) in self.texts.rows.iter().flatten() {
            used += if start == GROWN { self.at((start, len)).len() } else { len as usize };
        }
        let mut rows = std::mem::take(&mut self.texts.rows);
        if !self.grown.is_empty() || self.texts.bytes.len() > used + used / 4 {
            let mut bytes = String::with_capacity(used);
            for span in rows.iter_mut().flatten() {
                let text = self.at(*span);
                // What does not fit into four gigabytes in all is left out.
                let text = if u32::try_from(bytes.len() + text.len()).is_ok() { text } else { "" };
                *span = (bytes.len() as u32, text.len() as u32);
                bytes.push_str(text);
            }
            self.texts.bytes = bytes;
        }
        let mut texts = Texts { bytes: self.texts.bytes, rows };
        texts.bytes.shrink_to_fit();
        texts.rows.shrink_to_fit();
        texts
    }
}

impl Texts {
    /// The text, empty if there is none.
    #[must_use]
    pub fn get(&self, id: TextId, kind: TextKind) -> &str {
        let span = self.rows.get(id.index()).and_then(|row| row.get(kind as usize)).copied();
        self.at(span.unwrap_or_default())
    }

    fn at(&self, (start, len): (u32, u32)) -> &str {
        self.bytes.get(start as usize..start as usize + len as usize).unwrap_or("")
    }

    /// How many attempts have a row here.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn encode(&self, to: &mut Sink<'_>) {
        to.text(&self.bytes);
        to.u32s(&self.rows.iter().flatten().flat_map(|&(start, len)| [start, len]).collect::<Vec<_>>());
    }

    pub(crate) fn decode(from: &mut Source<'_>) -> Result<Self, Foreign> {
        let bytes = from.text()?;
        let numbers = from.u32s()?;
        let (rows, rest) = numbers.as_chunks::<{ 2 * KINDS }>();
        let row = |row: &[u32; 2 * KINDS]| {
            let mut spans = [(0, 0); KINDS];
            for (span, &[start, len]) in spans.iter_mut().zip(row.as_chunks().0) {
                *span = (start, len);
            }
            spans
        };
        let rows: Vec<_> = rows.iter().map(row).collect();
        let whole = |&(start, len): &(u32, u32)| {
            let end = start.checked_add(len);
            bytes.is_char_boundary(start as usize) && end.is_some_and(|end| bytes.is_char_boundary(end as usize))
        };
        let sound = rest.is_empty() && rows.iter().flatten().all(whole);
        if sound { Ok(Self { bytes, rows }) } else { Err(Foreign) }
    }

    /// Memory in use, in bytes: the text, and the spans beside it.
    #[must_use]
    pub fn heap_bytes(&self) -> (usize, usize) {
        (self.bytes.capacity(), self.rows.capacity() * size_of::<[(u32, u32); KINDS]>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_set_appended_and_kept_apart_by_kind() {
        let mut texts = GrowingTexts::default();
        let a = texts.row();
        let b = texts.row();
        texts.add(a, TextKind::Message, "boom");
        texts.add(b, TextKind::Trace, "line 1");
        texts.add(b, TextKind::Trace, "line 2");
        texts.set(a, TextKind::Message, "bang");
        assert_eq!(texts.get(a, TextKind::Message), "bang");
        assert_eq!(texts.get(b, TextKind::Trace), "line 1\nline 2");
        assert_eq!(texts.get(a, TextKind::Stdout), "");
        assert_eq!(texts.get(TextId::NONE, TextKind::Stdout), "");
    }

    #[test]
    fn texts_that_grow_by_turns_take_little_more_than_they_say() {
        let mut texts = GrowingTexts::default();
        let (a, b) = (texts.row(), texts.row());
        let kinds = [(a, TextKind::Stdout), (a, TextKind::Log), (b, TextKind::Stdout)];
        let (mut expected, mut said) = ([const { String::new() }; 3], 0);
        for i in 0..4000 {
            for (at, &(id, kind)) in kinds.iter().enumerate() {
                let piece = format!("é{i}");
                said += piece.len() + 1;
                // Now and then one begins again.
                if i % 1500 == 700 + at {
                    texts.set(id, kind, &piece);
                    expected[at].clone_from(&piece);
                } else {
                    texts.add(id, kind, &piece);
                    let between = if expected[at].is_empty() { "" } else { "\n" };
                    expected[at] += &format!("{between}{piece}");
                }
            }
            if i % 97 == 0 {
                let got = kinds.map(|(id, kind)| texts.get(id, kind).to_owned());
                assert_eq!(got, expected);
            }
        }
        let used: usize = expected.iter().map(String::len).sum();
        let in_use = texts.texts.bytes.len() + texts.grown.iter().map(String::capacity).sum::<usize>();
        assert!(in_use < 3 * said, "{in_use} bytes for {said} that were said");
        let texts = texts.end();
        assert_eq!(kinds.map(|(id, kind)| texts.get(id, kind).to_owned()), expected);
        assert!(texts.bytes.len() <= used + used / 4);
    }
}

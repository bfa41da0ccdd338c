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

/// All texts of a run: one buffer and, for each attempt that has any, five spans.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    bytes: String,
    /// Start and length in `bytes`, by kind.
    rows: Vec<[(u32, u32); KINDS]>,
}

impl Texts {
    /// A new row without text.
    pub fn row(&mut self) -> TextId {
        let id = TextId(self.rows.len() as u32);
        self.rows.push([(0, 0); KINDS]);
        id
    }

    /// Sets a text, or appends to the one that is there (with a line break between).
    /// What does not fit into four gigabytes in all is left out.
    pub fn add(&mut self, id: TextId, kind: TextKind, text: &str) {
        if text.is_empty() {
            return;
        }
        let old = self.get(id, kind).len();
        let Some(span) = self.rows.get_mut(id.index()).and_then(|row| row.get_mut(kind as usize)) else { return };
        let room = old + 1 + text.len();
        if u32::try_from(self.bytes.len() + room).is_err() {
            return;
        }
        let (old_start, old_len) = (span.0 as usize, span.1 as usize);
        let start = self.bytes.len();
        if old_len > 0 {
            self.bytes.extend_from_within(old_start..old_start + old_len);
            self.bytes.push('\n');
        }
        self.bytes.push_str(text);
        *span = (start as u32, (self.bytes.len() - start) as u32);
    }

    /// Sets a text in place of the one that is there.
    pub fn set(&mut self, id: TextId, kind: TextKind, text: &str) {
        if let Some(span) = self.rows.get_mut(id.index()).and_then(|row| row.get_mut(kind as usize)) {
            *span = (0, 0);
        }
        self.add(id, kind, text);
    }

    /// The text, empty if there is none.
    #[must_use]
    pub fn get(&self, id: TextId, kind: TextKind) -> &str {
        let span = self.rows.get(id.index()).and_then(|row| row.get(kind as usize)).copied();
        let (start, len) = span.unwrap_or((0, 0));
        self.bytes.get(start as usize..(start + len) as usize).unwrap_or("")
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

    /// Gives back the room the table grew in.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.rows.shrink_to_fit();
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
        let mut texts = Texts::default();
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
}

//! Interned strings: one buffer, one offset a string, a hash table only while building.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use crate::StrId;
use crate::bytes::{Foreign, Sink, Source};

/// Strings of a run, stored once each.
#[derive(Clone, Debug)]
pub struct Strings {
    bytes: String,
    /// End of string i in `bytes`; its start is the end of the one before.
    ends: Vec<u32>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { bytes: String::new(), ends: vec![0] }
    }
}

impl Strings {
    /// The empty string, present in every table.
    pub const EMPTY: StrId = StrId(0);

    /// The string of an id; the empty string for an id that is not of this table.
    #[must_use]
    pub fn get(&self, id: StrId) -> &str {
        let i = id.index();
        let Some(&end) = self.ends.get(i) else { return "" };
        let start = if i == 0 { 0 } else { self.ends.get(i - 1).copied().unwrap_or(end) };
        self.bytes.get(start as usize..end as usize).unwrap_or("")
    }

    /// How many strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is nothing but the empty string.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// Adds a text, whether it is there or not.
    fn push(&mut self, text: &str) -> StrId {
        let Some(end) = u32::try_from(self.bytes.len() + text.len()).ok().filter(|_| !text.is_empty()) else {
            return Self::EMPTY;
        };
        let id = StrId(self.ends.len() as u32);
        self.bytes.push_str(text);
        self.ends.push(end);
        id
    }

    pub(crate) fn encode(&self, to: &mut Sink<'_>) {
        to.text(&self.bytes);
        to.u32s(&self.ends);
    }

    pub(crate) fn decode(from: &mut Source<'_>) -> Result<Self, Foreign> {
        let (bytes, ends) = (from.text()?, from.u32s()?);
        // Ends cut whole characters apart nowhere, and begin with that of the empty string.
        let whole = ends.first() == Some(&0)
            && ends.is_sorted()
            && ends.iter().all(|&end| bytes.is_char_boundary(end as usize));
        if whole { Ok(Self { bytes, ends }) } else { Err(Foreign) }
    }

    /// Memory in use, in bytes: the text, and the offsets beside it.
    #[must_use]
    pub fn heap_bytes(&self) -> (usize, usize) {
        (self.bytes.capacity(), self.ends.capacity() * size_of::<u32>())
    }
}

/// A row in a table. Its hash stands beside it, so that the table grows without reading what it tells of again.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    row: u32,
}

/// The hash that a table uses, from the part that is kept.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The hash of a text. Always the same one: the order of nothing shown depends on it, and pure crates read no randomness.
#[inline(never)]
pub(crate) fn hash(text: &str) -> u32 {
    (FixedState::default().hash_one(text) >> 32) as u32
}

/// Rows by hashes.
#[derive(Debug, Default)]
pub(crate) struct Table(HashTable<Entry>);

impl Table {
    /// The row of this hash that is the one.
    #[inline(never)]
    pub(crate) fn find(&self, hash: u32, is: &dyn Fn(u32) -> bool) -> Option<u32> {
        self.0.find(spread(hash), |e| e.hash == hash && is(e.row)).map(|e| e.row)
    }

    /// Adds a row that is not there yet.
    #[inline(never)]
    pub(crate) fn insert(&mut self, hash: u32, row: u32) {
        self.0.insert_unique(spread(hash), Entry { hash, row }, |e| spread(e.hash));
    }
}

/// Builds a [`Strings`], giving the same id to the same text.
#[derive(Debug, Default)]
pub struct Interner {
    strings: Strings,
    table: Table,
}

impl From<Strings> for Interner {
    /// Goes on with a finished table.
    fn from(strings: Strings) -> Self {
        let mut table = Table(HashTable::with_capacity(strings.ends.len()));
        for id in 1..strings.ends.len() as u32 {
            table.insert(hash(strings.get(StrId(id))), id);
        }
        Self { strings, table }
    }
}

impl Interner {
    /// The id of a text, new or known. Once four gigabytes are full, the empty string.
    pub fn intern(&mut self, text: &str) -> StrId {
        if text.is_empty() {
            return Strings::EMPTY;
        }
        let Self { strings, table } = self;
        let hash = hash(text);
        if let Some(known) = table.find(hash, &|id| strings.get(StrId(id)) == text) {
            return StrId(known);
        }
        let id = strings.push(text);
        if id != Strings::EMPTY {
            table.insert(hash, id.0);
        }
        id
    }

    /// The id of a text that is new, and that nothing else will ask for by its text. Once four gigabytes are full, the
    /// empty string.
    pub(crate) fn push(&mut self, text: &str) -> StrId {
        self.strings.push(text)
    }

    /// The id of a text that is already known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<StrId> {
        if text.is_empty() {
            return Some(Strings::EMPTY);
        }
        self.table.find(hash(text), &|id| self.strings.get(StrId(id)) == text).map(StrId)
    }

    /// The strings so far.
    #[must_use]
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The finished table, without the room it grew in.
    #[must_use]
    pub fn finish(mut self) -> Strings {
        self.strings.bytes.shrink_to_fit();
        self.strings.ends.shrink_to_fit();
        self.strings
    }
}

/// Row numbers by the id of a string. Whatever names a file brings, finding one must not become slower with their number.
#[derive(Debug, Default)]
pub struct ByString(Vec<u32>);

impl ByString {
    /// The row of a string; `new` if it has none yet, which it then gets.
    #[inline(never)]
    pub fn row(&mut self, id: StrId, new: usize) -> usize {
        const NONE: u32 = u32::MAX;
        if self.0.len() <= id.index() {
            self.0.resize(id.index() + 1, NONE);
        }
        match self.0.get_mut(id.index()) {
            Some(row) if *row == NONE => {
                *row = new as u32;
                new
            }
            Some(row) => *row as usize,
            None => new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_one_id_and_comes_back() {
        let mut interner = Interner::default();
        let a = interner.intern("tests/a.py::test_x");
        let b = interner.intern("tests/a.py::test_y");
        assert_eq!(interner.intern("tests/a.py::test_x"), a);
        assert_ne!(a, b);
        assert_eq!(interner.intern(""), Strings::EMPTY);
        assert_eq!(interner.find("tests/a.py::test_y"), Some(b));
        assert_eq!(interner.find("nowhere"), None);
        let strings = interner.finish();
        assert_eq!(strings.get(a), "tests/a.py::test_x");
        assert_eq!(strings.get(StrId::NONE), "");
    }
}

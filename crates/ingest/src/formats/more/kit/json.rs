//! Documents of JSON that are read when all of them is there.

use std::borrow::Cow;

use super::Sheet;
use crate::formats::{Parsed, Parser};
use crate::input::Input;
use crate::json::{Cursor, number_us, text};
pub(crate) use crate::json::{member, members};

/// A document larger than this is not read to its end.
const MAX_BYTES: usize = 512 << 20;

/// Reads a document; `None` where it ends too early or is no JSON.
pub(crate) type Read = fn(&str, &mut Sheet) -> Option<()>;

pub(crate) struct Document {
    input: Input,
    sheet: Sheet,
    read: Read,
}

impl Document {
    pub(crate) fn new(input: Input, sheet: Sheet, read: Read) -> Self {
        Self { input, sheet, read }
    }
}

impl Parser for Document {
    fn step(&mut self, bytes: usize) -> bool {
        let wanted = self.input.unused().len().saturating_add(bytes);
        self.input.look_ahead(wanted.min(MAX_BYTES));
        self.input.at_end() || self.input.unused().len() >= MAX_BYTES
    }

    fn tests(&self) -> usize {
        self.sheet.tests()
    }

    fn finish(mut self: Box<Self>) -> Parsed {
        let content = String::from_utf8_lossy(self.input.unused());
        if let Cow::Owned(_) = content {
            self.sheet.notes.warn("not all of the file is UTF-8; what cannot be read is shown as \u{fffd}");
        }
        if (self.read)(&content, &mut self.sheet).is_none() {
            self.sheet.cut_off(self.input.used() + content.len() as u64);
        }
        self.sheet.finish()
    }
}

/// Gives each element of an array that is a member of an object. `None` where the text ends too early.
pub(crate) fn each<'a>(raw: &'a str, key: &str, element: &mut dyn FnMut(&'a str) -> Option<()>) -> Option<()> {
    Cursor::new(raw).members(&mut |c, k| if k == key { elements_at(c, element) } else { c.skip() })
}

/// Refuses a document in which a member is something else than the array that it has to be.
pub(crate) fn must_be_list(raw: &str, key: &str, sheet: &Sheet) {
    if member(raw, key).is_some_and(|value| !value.starts_with('[')) {
        sheet.notes.error(format!("\u{201c}{key}\u{201d} is no list of tests, as it is in this format"));
    }
}

/// Gives each element of an array.
pub(crate) fn elements<'a>(raw: &'a str, element: &mut dyn FnMut(&'a str) -> Option<()>) -> Option<()> {
    elements_at(&mut Cursor::new(raw), element)
}

fn elements_at<'a>(c: &mut Cursor<'a>, element: &mut dyn FnMut(&'a str) -> Option<()>) -> Option<()> {
    c.elements(&mut |c| element(c.raw()?))
}

/// The elements of an array; none for what is no array.
pub(crate) fn list(raw: Option<&str>) -> Vec<&str> {
    let mut all = Vec::new();
    let _ = elements(raw.unwrap_or(""), &mut |e| {
        all.push(e);
        Some(())
    });
    all
}

/// A string; empty for what is none.
pub(crate) fn string(raw: Option<&str>) -> Cow<'_, str> {
    raw.and_then(text).unwrap_or_default()
}

/// A string, or a number as it stands; empty for what is neither.
pub(crate) fn word(raw: Option<&str>) -> Cow<'_, str> {
    match raw {
        Some(raw) if raw.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Cow::Borrowed(raw),
        raw => string(raw),
    }
}

/// A whole number.
pub(crate) fn int(raw: Option<&str>) -> Option<i64> {
    let raw = raw?;
    raw.parse().ok().or_else(|| number_us(raw, 1))
}

pub(crate) fn is_true(raw: Option<&str>) -> bool {
    raw == Some("true")
}

/// A number in units of so many microseconds, bare or in quotes; negative ones and absurd ones are none.
pub(crate) fn us(raw: Option<&str>, unit_us: i64) -> Option<i64> {
    const LONGEST_US: i64 = 10_000_000_000_000;
    let raw = raw?;
    number_us(raw.trim_matches('"').trim(), unit_us).filter(|us| (0..LONGEST_US).contains(us))
}

/// A point in time in units of so many microseconds since 1970; what cannot be meant is none.
pub(crate) fn point_us(raw: Option<&str>, unit_us: i64) -> Option<i64> {
    number_us(raw?.trim_matches('"').trim(), unit_us)
        .filter(|us| (315_532_800_000_000..7_258_118_400_000_000).contains(us))
}

/// The texts of an array of strings, with a separator.
pub(crate) fn joined(raw: Option<&str>, separator: &str) -> String {
    let mut out = String::new();
    for part in list(raw) {
        let part = string(Some(part));
        if !out.is_empty() && !part.is_empty() {
            out.push_str(separator);
        }
        out.push_str(&part);
    }
    out
}

//! Walks through a JSON value in one pass; what nobody asks for is passed over unread.

use std::borrow::Cow;

use super::{skip_blanks, string_end, text, value_end};
use crate::number::plain_us;

/// A place in a text of JSON. Every step gives `None` where the text ends too early or is no JSON; a value of another
/// kind than the one asked for is passed over.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no blank.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.at = skip_blanks(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next value as it stands.
    pub(crate) fn raw(&mut self) -> Option<&'a str> {
        self.peek()?;
        let end = value_end(self.text.as_bytes(), self.at)?;
        let raw = self.text.get(self.at..end)?;
        self.at = end;
        Some(raw)
    }

    /// Passes over a value.
    pub(crate) fn skip(&mut self) -> Option<()> {
        self.raw().map(|_| ())
    }

    /// A string; empty for a value of another kind.
    pub(crate) fn string(&mut self) -> Option<Cow<'a, str>> {
        self.raw().map(|raw| text(raw).unwrap_or_default())
    }

    /// A whole number, if the value is one.
    pub(crate) fn int(&mut self) -> Option<Option<i64>> {
        self.raw().map(|raw| raw.parse().ok())
    }

    /// Gives every member of an object to `member`, which has to take the value.
    pub(crate) fn members(&mut self, member: &mut dyn FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        if self.peek()? != b'{' {
            return self.skip();
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                b'"' => {
                    let start = self.at + 1;
                    let end = string_end(self.text.as_bytes(), start)?;
                    self.at = end;
                    let key = self.text.get(start..end - 1)?;
                    if self.peek()? != b':' {
                        return None;
                    }
                    self.at += 1;
                    member(self, key)?;
                }
                _ => return None,
            }
        }
    }

    /// Calls `element` at every element of an array, which has to take it.
    pub(crate) fn elements(&mut self, element: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.peek()? != b'[' {
            return self.skip();
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                _ => element(self)?,
            }
        }
    }
}

/// The values of some members of an object, as they stand. What stands before the end of a text that is cut off is found.
pub(crate) fn members<'a, const N: usize>(raw: &'a str, keys: [&str; N]) -> [Option<&'a str>; N] {
    let mut found = [None; N];
    fill(raw, &keys, &mut found);
    found
}

fn fill<'a>(raw: &'a str, keys: &[&str], found: &mut [Option<&'a str>]) {
    let _ = Cursor::new(raw).members(&mut |c, key| {
        let value = c.raw()?;
        if let Some(slot) = keys.iter().position(|k| *k == key).and_then(|i| found.get_mut(i)) {
            *slot = Some(value);
        }
        Some(())
    });
}

/// One member of an object.
pub(crate) fn member<'a>(raw: &'a str, key: &str) -> Option<&'a str> {
    members(raw, [key])[0]
}

/// A number in microseconds, where a unit is so many of them; `None` for what is no number.
pub(crate) fn number_us(raw: &str, unit_us: i64) -> Option<i64> {
    if let Ok(whole) = raw.parse::<i64>() {
        return whole.checked_mul(unit_us);
    }
    // Plain decimals are read exactly: as seconds they are in microseconds.
    match plain_us(raw) {
        Some(millionths) => i64::try_from(i128::from(millionths) * i128::from(unit_us) / 1_000_000).ok(),
        None => lanescope_model::decimal(raw).and_then(|n| lanescope_model::s_to_us(n * unit_us as f64 / 1e6)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    fn sum(text: &str) -> Option<i64> {
        let mut sum = 0;
        Cursor::new(text).members(&mut |c, key| match key {
            "list" => c.elements(&mut |c| {
                sum += c.int()?.unwrap_or(100);
                Some(())
            }),
            _ => c.skip(),
        })?;
        Some(sum)
    }

    #[test]
    fn what_is_asked_for_is_read_and_the_rest_passed_over() {
        assert_eq!(sum(r#"{"a": {"list": [9]}, "list" : [1, 2 ,3], "z": "]}"}"#), Some(6));
        assert_eq!(sum(r#"{"list": {"not": "a list"}}"#), Some(0));
        assert_eq!(sum(r#"{"list": [1, "no number"]}"#), Some(101));
    }

    #[test]
    fn what_is_cut_off_or_no_json_ends_it() {
        for text in ["", "{", r#"{"list": [1, 2"#, r#"{"list" [1]}"#, "{nope}", r#"{"list": [,}"#] {
            assert_eq!(sum(text), None, "{text}");
        }
    }

    #[test]
    fn milliseconds_are_microseconds() {
        assert_eq!(number_us("85376.159", 1_000), Some(85_376_159));
        assert_eq!(number_us("1795397634178", 1_000), Some(1_795_397_634_178_000));
        assert_eq!(number_us("1795397634.178123", 1_000_000), Some(1_795_397_634_178_123));
        assert_eq!(number_us("1.5e3", 1_000), Some(1_500_000));
        assert_eq!(number_us("\"7\"", 1_000), None);
    }
}

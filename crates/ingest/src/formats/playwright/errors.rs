//! Errors and output of a result.

use std::borrow::Cow;

use super::emit::{Outcoming, TestInfo};
use crate::json::{Cursor, number_us};

/// One error: its message, and the rest of what is known of it.
#[derive(Debug, Default)]
pub(super) struct Failure<'a> {
    pub(super) message: Cow<'a, str>,
    pub(super) stack: Cow<'a, str>,
    snippet: Cow<'a, str>,
    /// A thrown value that is no error.
    value: Cow<'a, str>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: Option<u32>,
}

impl<'a> Failure<'a> {
    pub(super) fn read(c: &mut Cursor<'a>) -> Option<Self> {
        let mut failure = Self::default();
        c.members(&mut |c, key| {
            match key {
                "message" => failure.message = c.string()?,
                "stack" => failure.stack = c.string()?,
                "snippet" => failure.snippet = c.string()?,
                "value" => failure.value = c.string()?,
                "location" => return place(c, &mut failure.file, &mut failure.line),
                _ => return c.skip(),
            }
            Some(())
        })?;
        Some(failure)
    }

    pub(super) fn text(&self) -> &str {
        if self.message.is_empty() { &self.value } else { &self.message }
    }

    /// Message, the lines of the source around it, and the stack below.
    pub(super) fn trace(&self) -> String {
        let stack = self.stack.strip_prefix(self.message.as_ref()).unwrap_or(&self.stack).trim_matches('\n');
        let parts = [self.text(), &self.snippet, stack];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        parts.join("\n\n")
    }
}

/// A location: file and line.
pub(super) fn place<'a>(c: &mut Cursor<'a>, file: &mut Cow<'a, str>, line: &mut Option<u32>) -> Option<()> {
    c.members(&mut |c, key| {
        match key {
            "file" => *file = c.string()?,
            "line" => *line = c.int()?.and_then(|n| n.try_into().ok()),
            _ => return c.skip(),
        }
        Some(())
    })
}

/// What the JSON report says of the first error (`error`) and of all (`errors`); the blob has all only.
#[derive(Debug, Default)]
pub(super) struct Failures<'a> {
    pub(super) first: Option<Failure<'a>>,
    pub(super) all: Vec<Failure<'a>>,
}

impl Failures<'_> {
    /// Message and trace of an attempt. The JSON report formats an error in `errors`, with colours taken out, and
    /// has it as it was thrown in `error`.
    pub(super) fn texts(&self, into: &mut Outcoming) {
        let Some(first) = self.first.as_ref().or(self.all.first()) else { return };
        into.message = first.text().to_owned();
        let thrown = self.first.iter().map(Failure::trace);
        let skip = usize::from(self.first.is_some());
        let traces: Vec<String> = thrown.chain(self.all.iter().skip(skip).map(Failure::trace)).collect();
        into.trace = traces.join("\n\n");
    }
}

/// Members that the results of both reports share; `None` for others, which are still to be taken.
pub(super) fn result_member<'a>(
    c: &mut Cursor<'a>,
    key: &str,
    result: &mut Outcoming,
    failures: &mut Failures<'a>,
) -> Option<()> {
    match key {
        "parallelIndex" => result.parallel_index = c.int()?,
        "shardIndex" => result.shard = c.int()?.and_then(|n| n.try_into().ok()),
        "status" => result.status = c.string()?.into_owned(),
        "duration" => result.total_us = number_us(c.raw()?, 1_000),
        "startTime" => result.start_us = start_us(c.raw()?),
        "error" => {
            let error = Failure::read(c)?;
            failures.first = (!error.text().is_empty()).then_some(error);
        }
        "errors" => {
            return c.elements(&mut |c| {
                failures.all.push(Failure::read(c)?);
                Some(())
            });
        }
        _ => return c.skip(),
    }
    Some(())
}

/// A point in time: text in the JSON report, milliseconds in the blob.
pub(super) fn start_us(raw: &str) -> Option<i64> {
    match crate::json::text(raw) {
        Some(text) => crate::time::point(&text).map(|p| p.us),
        None => number_us(raw, 1_000).filter(|&us| us > 0),
    }
}

/// Tags, as texts.
pub(super) fn tags<'a>(c: &mut Cursor<'a>, info: &mut TestInfo<'a>) -> Option<()> {
    c.elements(&mut |c| {
        let tag = c.string()?;
        if !tag.is_empty() {
            info.tags.push(tag);
        }
        Some(())
    })
}

/// Output of a test: texts, and bytes that are no text.
pub(super) fn output(c: &mut Cursor<'_>, into: &mut String) -> Option<()> {
    c.elements(&mut |c| {
        c.members(&mut |c, key| {
            match key {
                "text" => into.push_str(&c.string()?),
                "buffer" => push_base64(&c.string()?, into),
                _ => return c.skip(),
            }
            Some(())
        })
    })
}

/// Appends what base64 stands for; what is no UTF-8 in it is replaced.
pub(super) fn push_base64(text: &str, into: &mut String) {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => Some(u32::from(b - b'A')),
        b'a'..=b'z' => Some(u32::from(b - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(b - b'0') + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for six in text.bytes().filter_map(digit) {
        bits = (bits << 6) | six;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    into.push_str(&String::from_utf8_lossy(&bytes));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn output_is_text_and_bytes() {
        let mut out = String::new();
        output(&mut Cursor::new(r#"[{"text":"a\n"},{"buffer":"Ynl0Zf8K"},{"other":1},7]"#), &mut out).unwrap();
        assert_eq!(out, "a\nbyte\u{fffd}\n");
    }

    #[test]
    fn an_error_reads_as_the_terminal_shows_it() {
        let json = r#"{"message":"Error: no","stack":"Error: no\n    at a.js:1:2","snippet":"> 1 | no","location":{"file":"a.js","line":1}}"#;
        let failure = Failure::read(&mut Cursor::new(json)).unwrap();
        assert_eq!(failure.trace(), "Error: no\n\n> 1 | no\n\n    at a.js:1:2");
        assert_eq!((failure.file.as_ref(), failure.line), ("a.js", Some(1)));
        let thrown = Failure::read(&mut Cursor::new(r#"{"value":"'text'"}"#)).unwrap();
        assert_eq!(thrown.text(), "'text'");
    }
}

//! Text of XML: references, clipping, and what pytest does to its own output.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A text of one attempt longer than this is clipped: nobody reads it, and it must not fill the memory.
const MAX_TEXT: usize = 4 << 20;

/// Appends up to the limit.
pub(crate) fn push_clipped(out: &mut String, content: &str) {
    let room = MAX_TEXT.saturating_sub(out.len());
    if content.len() <= room {
        out.push_str(content);
        return;
    }
    let mut end = room;
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    if room > 0 {
        out.push_str(content.get(..end).unwrap_or(""));
        out.push_str("\n… (clipped)");
    }
}

/// Appends what a reference (`amp`, `#x1b`) stands for. What stands for nothing is shown as written.
pub(crate) fn push_reference(name: &str, out: &mut String) {
    let named = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => None,
    };
    if let Some(c) = named {
        out.push(c);
        return;
    }
    let code = match name.strip_prefix('#') {
        Some(n) => match n.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => n.parse().ok(),
        },
        None => {
            out.push('&');
            out.push_str(name);
            out.push(';');
            return;
        }
    };
    out.push(code.filter(|&c| c != 0).and_then(char::from_u32).unwrap_or('\u{fffd}'));
}

/// An attribute's value with its references replaced.
pub(crate) fn unescape(value: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = split(rest, b'&') {
        out.push_str(before);
        // A reference is short; a lone ampersand has its semicolon far away or not at all.
        let near = after.as_bytes().iter().take(13).position(|&b| matches!(b, b';' | b' ' | b'&')).unwrap_or(0);
        if near > 0 && after.as_bytes().get(near) == Some(&b';') {
            push_reference(after.get(..near).unwrap_or(""), &mut out);
            rest = after.get(near + 1..).unwrap_or("");
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What stands before the first such byte, which is ASCII, and what after it.
fn split(text: &str, at: u8) -> Option<(&str, &str)> {
    let found = memchr::memchr(at, text.as_bytes())?;
    text.get(..found).zip(text.get(found + 1..))
}

/// pytest writes characters that XML 1.0 does not allow as `#x1B`; escape sequences become colours again.
pub(crate) fn pytest_escapes(text: &str) -> Cow<'_, str> {
    // Most texts have no number sign at all, which is seen sooner than what follows one.
    let sign = memchr::memchr(b'#', text.as_bytes());
    if sign.is_none_or(|at| memchr::memmem::find(text.as_bytes().get(at..).unwrap_or_default(), b"#x1B").is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("#x1B", "\u{1b}").replace("#x07", "\u{7}"))
}

/// What a title of pytest's output has in its middle.
static TITLE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"Captured "));
const DASHES: [u8; 128] = [b'-'; 128];
/// A title has at least so many dashes around it.
const FEWEST_DASHES: usize = 10;

/// The parts of what pytest writes into `system-out` and `system-err`: kind of output and text.
///
/// Each part has a title line (`---- Captured Log ----`), and the part may be empty: those are left out.
pub(crate) fn captured<'a>(text: &'a str, each: &mut dyn FnMut(Option<Captured>, &'a str)) {
    let mut put = |kind, from: usize, to: usize| {
        let part = trim_lines(text.get(from..to).unwrap_or(""));
        if !part.trim_start().is_empty() {
            each(kind, part);
        }
    };
    let bytes = text.as_bytes();
    // Where the part begins, and where the line ends that was looked at last.
    let (mut kind, mut start) = (None, 0);
    while let Some(plain) = plain_title(bytes.get(start..).unwrap_or_default()) {
        kind = Some(plain);
        start += PLAIN_TITLE;
        match bytes.get(start..) {
            // With nothing under it.
            Some(b"\n") => return,
            Some([b'\n', b'-', ..]) => start += 1,
            _ => break,
        }
    }
    let mut seen = start;
    for word in TITLE.find_iter(bytes) {
        if word < seen {
            continue;
        }
        let from = memchr::memrchr(b'\n', bytes.get(seen..word).unwrap_or_default()).map_or(seen, |at| seen + at + 1);
        seen = memchr::memchr(b'\n', bytes.get(word..).unwrap_or_default()).map_or(text.len(), |at| word + at + 1);
        let title = title(bytes.get(from..word), bytes.get(word..seen));
        if title.is_some() {
            put(kind, start, from);
            (kind, start) = (title, seen);
        }
    }
    put(kind, start, text.len());
}

/// What a captured part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Captured {
    Out,
    Err,
    Log,
}

/// Bytes of a title as pytest itself writes it, 80 wide with its dashes, and the end of its line.
const PLAIN_TITLE: usize = 81;
const PLAIN_OUT: &[u8; PLAIN_TITLE] =
    b"--------------------------------- Captured Out ---------------------------------\n";
const PLAIN_ERR: &[u8; PLAIN_TITLE] =
    b"--------------------------------- Captured Err ---------------------------------\n";
const PLAIN_LOG: &[u8; PLAIN_TITLE] =
    b"--------------------------------- Captured Log ---------------------------------\n";

/// What the title is of with which a text begins, if it is as pytest writes it. With all output on, most texts are
/// nothing but such titles: for these no line needs to be searched.
fn plain_title(text: &[u8]) -> Option<Captured> {
    let line: &[u8; PLAIN_TITLE] = text.first_chunk()?;
    // The first letter that tells them apart says which line it may be; that is compared as a whole.
    let (title, kind) = match line.get(43)? {
        b'O' => (PLAIN_OUT, Captured::Out),
        b'E' => (PLAIN_ERR, Captured::Err),
        b'L' => (PLAIN_LOG, Captured::Log),
        _ => return None,
    };
    (line == title).then_some(kind)
}

/// What a line is the title of: what stands in it before [`TITLE`], and from there on.
fn title(before: Option<&[u8]>, after: Option<&[u8]>) -> Option<Captured> {
    let (before, after) = (before?.trim_ascii_end(), after?.get(TITLE.needle().len()..)?.trim_ascii());
    let (word, after) = after.split_at_checked(3)?;
    let title = match word {
        b"Out" => Captured::Out,
        b"Err" => Captured::Err,
        b"Log" => Captured::Log,
        _ => return None,
    };
    let after = after.trim_ascii_start();
    // A whole line of them is compared at once.
    let dashes = |some: &[u8]| DASHES.get(..some.len()).map_or_else(|| some.iter().all(|&b| b == b'-'), |d| d == some);
    (before.len() + after.len() >= FEWEST_DASHES && dashes(before) && dashes(after)).then_some(title)
}

/// Without the line breaks around it.
pub(crate) fn trim_lines(text: &str) -> &str {
    let is_break = |b: &u8| matches!(b, b'\n' | b'\r');
    let bytes = text.as_bytes();
    let from = bytes.iter().take_while(|b| is_break(b)).count();
    let to = bytes.len() - bytes.iter().rev().take_while(|b| is_break(b)).count();
    text.get(from..to).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_and_lone_ampersands_stay() {
        assert_eq!(
            unescape("a &lt;b&gt; &#233;&#x1b;[0m & c &unknown; &#0;"),
            "a <b> é\u{1b}[0m & c &unknown; \u{fffd}"
        );
        assert_eq!(unescape("plain"), "plain");
    }

    #[test]
    fn captured_output_is_told_apart_and_empty_parts_are_left_out() {
        let text = "-------- Captured Log --------\nWARNING x\n-------- Captured Out --------\n\n";
        let parts = |text| {
            let mut parts = Vec::new();
            captured(text, &mut |kind, part| parts.push((kind, part)));
            parts
        };
        assert_eq!(parts(text), vec![(Some(Captured::Log), "WARNING x")]);
        assert_eq!(parts("just text"), vec![(None, "just text")]);
        let wide = "-".repeat(300);
        let text = format!("a\n{wide} Captured Err {wide}\r\nb\n--- Captured Out ---\n----- Captured Out x -----\nc\n");
        let rest = "b\n--- Captured Out ---\n----- Captured Out x -----\nc";
        assert_eq!(parts(&text), vec![(None, "a"), (Some(Captured::Err), rest)], "too few dashes, and another word");
        assert_eq!(
            parts("----- Captured Out -----\nCaptured Log\n \n"),
            vec![(Some(Captured::Out), "Captured Log\n ")]
        );
        assert_eq!(parts("----- Captured Log -----"), vec![]);
        let [log, out, err] = ["Log", "Out", "Err"].map(|of| {
            let dashes = "-".repeat(33);
            format!("{dashes} Captured {of} {dashes}\n")
        });
        let empty = format!("{log}\n{out}\n");
        assert_eq!(parts(&empty), vec![]);
        let two = format!("{log}\n{out}--x\n\n{err}e\n");
        assert_eq!(parts(&two), vec![(Some(Captured::Out), "--x"), (Some(Captured::Err), "e")]);
        let dashes = format!("{log}\n--- a\n{out}");
        assert_eq!(parts(&dashes), vec![(Some(Captured::Log), "--- a")]);
        let close = format!("{log}{out}b");
        assert_eq!(parts(&close), vec![(Some(Captured::Out), "b")]);
    }

    #[test]
    fn long_texts_are_clipped_at_a_character() {
        let mut out = String::new();
        push_clipped(&mut out, &"é".repeat(MAX_TEXT));
        assert!(out.ends_with("(clipped)") && out.len() < MAX_TEXT + 20);
        let len = out.len();
        push_clipped(&mut out, "more");
        assert_eq!(out.len(), len);
    }
}

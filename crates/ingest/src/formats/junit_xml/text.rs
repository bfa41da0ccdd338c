//! Text of XML: references, clipping, and what pytest does to its own output.

use std::borrow::Cow;

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

/// The parts of what pytest writes into `system-out` and `system-err`: kind of output and text.
///
/// Each part has a title line (`---- Captured Log ----`), and the part may be empty.
pub(crate) fn captured(text: &str) -> Vec<(Option<Captured>, &str)> {
    let mut parts = Vec::new();
    let mut kind = None;
    // Where the part begins, and where the line ends that was looked at last.
    let (mut start, mut seen) = (0, 0);
    let bytes = text.as_bytes();
    for word in memchr::memmem::find_iter(bytes, "Captured ") {
        if word < seen {
            continue;
        }
        let from = memchr::memrchr(b'\n', bytes.get(seen..word).unwrap_or_default()).map_or(seen, |at| seen + at + 1);
        seen = memchr::memchr(b'\n', bytes.get(word..).unwrap_or_default()).map_or(text.len(), |at| word + at + 1);
        if let Some(next) = text.get(from..seen).and_then(title) {
            parts.push((kind, text.get(start..from).unwrap_or("")));
            kind = Some(next);
            start = seen;
        }
    }
    parts.push((kind, text.get(start..).unwrap_or("")));
    parts.retain(|(_, part)| !part.trim().is_empty());
    for (_, part) in &mut parts {
        *part = part.trim_matches('\n');
    }
    parts
}

/// What a captured part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Captured {
    Out,
    Err,
    Log,
}

fn title(line: &str) -> Option<Captured> {
    let line = line.trim_end();
    // Byte by byte: a line has many dashes, and every one would be looked at as a character.
    let other = |b: u8| b != b'-';
    let (from, to) = (line.bytes().position(other)?, line.bytes().rposition(other)? + 1);
    let inner = line.get(from..to)?;
    if line.len() < inner.len() + 10 {
        return None;
    }
    match inner.trim() {
        "Captured Out" => Some(Captured::Out),
        "Captured Err" => Some(Captured::Err),
        "Captured Log" => Some(Captured::Log),
        _ => None,
    }
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
        assert_eq!(captured(text), vec![(Some(Captured::Log), "WARNING x")]);
        assert_eq!(captured("just text"), vec![(None, "just text")]);
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

//! Terminal escape sequences.

use std::borrow::Cow;

use memchr::memchr;

const ESC: u8 = 0x1b;

/// The text without escape sequences (colours, hyperlinks, titles).
pub(crate) fn strip(text: &str) -> Cow<'_, str> {
    if memchr(ESC, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\x1b') {
        out.push_str(before);
        rest = after.get(sequence_len(after)..).unwrap_or("");
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Bytes that the sequence takes after its escape character.
fn sequence_len(after: &str) -> usize {
    let bytes = after.as_bytes();
    match bytes.first() {
        // CSI: parameters, then one final letter.
        Some(b'[') => {
            1 + bytes.iter().skip(1).take_while(|b| (0x20..0x40).contains(*b)).count()
                + usize::from(
                    bytes.iter().skip(1).find(|b| !(0x20..0x40).contains(*b)).is_some_and(|b| (0x40..0x7f).contains(b)),
                )
        }
        // OSC: until the bell or `ESC \`.
        Some(b']') => {
            let bell = bytes.iter().position(|&b| b == 0x07).map(|i| i + 1);
            let string_end = memchr::memmem::find(bytes, b"\x1b\\").map(|i| i + 2);
            match (bell, string_end) {
                (Some(a), Some(b)) => a.min(b),
                (Some(a), None) | (None, Some(a)) => a,
                (None, None) => bytes.len(),
            }
        }
        Some(b'(' | b')') => 2.min(bytes.len()),
        Some(b) if b.is_ascii() => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_text_stays() {
        let coloured = "[gw0]\x1b[36m [  6%] \x1b[0m\x1b[32mPASSED\x1b[0m tests/a.py::x ";
        assert_eq!(strip(coloured), "[gw0] [  6%] PASSED tests/a.py::x ");
        assert_eq!(strip("\x1b]8;;https://example.org/\x07a link\x1b]8;;\x07!"), "a link!");
        assert_eq!(strip("plain"), "plain");
        for cut in ["a\x1b", "a\x1b[", "a\x1b[3", "a\x1b]8;;http"] {
            assert_eq!(strip(cut), "a");
        }
        assert_eq!(strip("\x1bé"), "é");
    }
}

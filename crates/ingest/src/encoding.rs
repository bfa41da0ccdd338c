//! From the encodings that reports come in to UTF-8.

/// An encoding that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Also stands for Latin-1, of which it is a superset in every character that text uses.
    Windows1252,
}

/// What the first bytes say: the encoding, how many bytes its mark takes, and what is wrong about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Detected {
    pub(crate) encoding: Encoding,
    pub(crate) mark: usize,
    pub(crate) warning: Option<String>,
    /// The encoding is named and cannot be read.
    pub(crate) unreadable: Option<String>,
}

impl Detected {
    fn new(encoding: Encoding, mark: usize) -> Self {
        Self { encoding, mark, warning: None, unreadable: None }
    }
}

/// Finds the encoding by byte order mark, by the zero bytes of UTF-16, or by an XML declaration.
pub(crate) fn detect(head: &[u8]) -> Detected {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Detected::new(Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => return Detected::new(Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => return Detected::new(Encoding::Utf16Be, 2),
        [b'<' | b'{' | b'[', 0, _, 0, ..] => return Detected::new(Encoding::Utf16Le, 0),
        [0, b'<' | b'{' | b'[', 0, _, ..] => return Detected::new(Encoding::Utf16Be, 0),
        _ => {}
    }
    let Some(name) = declared(head) else { return Detected::new(Encoding::Utf8, 0) };
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Detected::new(Encoding::Utf8, 0),
        "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" | "cp-1252" => {
            Detected::new(Encoding::Windows1252, 0)
        }
        _ if is_utf8_so_far(head) => Detected {
            warning: Some(format!("the file says that it is {name}, but its bytes are UTF-8; it is read as UTF-8")),
            ..Detected::new(Encoding::Utf8, 0)
        },
        _ => Detected { unreadable: Some(name.to_owned()), ..Detected::new(Encoding::Utf8, 0) },
    }
}

/// Whether this is UTF-8, apart from a character that the end cuts in two.
fn is_utf8_so_far(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none(),
    }
}

/// The encoding that an XML declaration names.
fn declared(head: &[u8]) -> Option<&str> {
    let head = head.get(..head.len().min(1024))?;
    let start = memchr::memmem::find(head, b"<?xml")?;
    let rest = head.get(start..)?;
    let end = memchr::memmem::find(rest, b"?>")?;
    let declaration = std::str::from_utf8(rest.get(..end)?).ok()?;
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.get(1..)?.split(quote).next()
}

/// Characters of windows-1252 between 0x80 and 0x9f; the five that are not assigned stay control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn push_char(out: &mut Vec<u8>, c: char) {
    let mut bytes = [0; 4];
    out.extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
}

/// Turns `raw` into UTF-8 at the end of `out` and removes from `raw` what was used. What is no character
/// becomes U+FFFD; the place of the first such byte in `raw` is returned.
pub(crate) fn transcode(encoding: Encoding, raw: &mut Vec<u8>, at_end: bool, out: &mut Vec<u8>) -> Option<usize> {
    match encoding {
        Encoding::Utf8 => utf8(raw, at_end, out),
        Encoding::Windows1252 => {
            for &byte in raw.iter() {
                match byte {
                    0..=0x7f => out.push(byte),
                    0x80..=0x9f => {
                        push_char(out, WINDOWS_1252.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'));
                    }
                    _ => push_char(out, char::from(byte)),
                }
            }
            raw.clear();
            None
        }
        Encoding::Utf16Le => utf16(raw, at_end, out, u16::from_le_bytes),
        Encoding::Utf16Be => utf16(raw, at_end, out, u16::from_be_bytes),
    }
}

fn utf8(raw: &mut Vec<u8>, at_end: bool, out: &mut Vec<u8>) -> Option<usize> {
    let mut first_bad = None;
    let mut used = 0;
    loop {
        let rest = raw.get(used..).unwrap_or(&[]);
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.extend_from_slice(text.as_bytes());
                used = raw.len();
                break;
            }
            Err(e) => {
                let good = e.valid_up_to();
                out.extend_from_slice(rest.get(..good).unwrap_or(&[]));
                used += good;
                let bad = match e.error_len() {
                    Some(n) => n,
                    None if at_end => raw.len() - used,
                    None => break,
                };
                first_bad.get_or_insert(used);
                push_char(out, '\u{fffd}');
                used += bad;
            }
        }
    }
    raw.drain(..used);
    first_bad
}

fn utf16(raw: &mut Vec<u8>, at_end: bool, out: &mut Vec<u8>, unit: fn([u8; 2]) -> u16) -> Option<usize> {
    let mut whole = raw.len() / 2;
    let unit_at = |i: usize| match raw.get(2 * i..2 * i + 2) {
        Some(&[a, b]) => unit([a, b]),
        _ => 0,
    };
    // A pair of surrogates may lie across two chunks.
    if !at_end && whole > 0 && (0xd800..0xdc00).contains(&unit_at(whole - 1)) {
        whole -= 1;
    }
    let mut first_bad = None;
    let mut i = 0;
    for c in char::decode_utf16((0..whole).map(unit_at)) {
        let c = c.unwrap_or_else(|_| {
            first_bad.get_or_insert(2 * i);
            '\u{fffd}'
        });
        // A second mark in the middle comes from files that were put together.
        if c != '\u{feff}' {
            push_char(out, c);
        }
        i += c.len_utf16();
    }
    if at_end && raw.len() % 2 == 1 {
        first_bad.get_or_insert(raw.len() - 1);
        push_char(out, '\u{fffd}');
        raw.clear();
    } else {
        raw.drain(..2 * whole);
    }
    first_bad
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoded text, however the bytes are cut into two chunks.
    fn decode(encoding: Encoding, bytes: &[u8]) -> (String, Option<usize>) {
        let mut results = Vec::new();
        for cut in 0..=bytes.len() {
            let (mut raw, mut out) = (bytes[..cut].to_vec(), Vec::new());
            let a = transcode(encoding, &mut raw, false, &mut out);
            let used = cut - raw.len();
            raw.extend_from_slice(&bytes[cut..]);
            let b = transcode(encoding, &mut raw, true, &mut out);
            results.push((String::from_utf8_lossy(&out).into_owned(), a.or(b.map(|n| n + used))));
        }
        results.dedup();
        assert_eq!(results.len(), 1, "{results:?}");
        results.remove(0)
    }

    #[test]
    fn text_is_the_same_however_it_is_cut() {
        let text = "aé日🎉z";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(Encoding::Utf8, text.as_bytes()), (text.to_owned(), None));
        assert_eq!(decode(Encoding::Utf16Le, &le), (text.to_owned(), None));
        assert_eq!(decode(Encoding::Utf16Be, &be), (text.to_owned(), None));
        assert_eq!(decode(Encoding::Windows1252, b"\x93\x80\x94 \xe9"), ("“€” é".to_owned(), None));
    }

    #[test]
    fn what_is_no_character_is_replaced_and_its_place_named() {
        assert_eq!(decode(Encoding::Utf8, b"ab\xffc"), ("ab\u{fffd}c".to_owned(), Some(2)));
        assert_eq!(decode(Encoding::Utf8, b"ab\xe6\x97"), ("ab\u{fffd}".to_owned(), Some(2)));
        assert_eq!(decode(Encoding::Utf16Le, b"a\0\0\xd8b\0"), ("a\u{fffd}b".to_owned(), Some(2)));
    }

    #[test]
    fn a_declaration_that_lies_is_said() {
        let lie = detect(b"<?xml version='1.0' encoding='UTF-16'?><testsuites/>");
        assert_eq!(lie.encoding, Encoding::Utf8);
        assert!(lie.warning.is_some());
        let sjis = detect(b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x93\xfa</a>");
        assert_eq!(sjis.unreadable.as_deref(), Some("Shift_JIS"));
        assert_eq!(detect(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>").encoding, Encoding::Windows1252);
    }
}

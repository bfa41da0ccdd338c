//! Texts of JSON strings.

use std::borrow::Cow;

/// The text of a JSON string; `None` for any other value.
pub(crate) fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    Some(Cow::Owned(unescape(inner)))
}

/// Takes the escapes out of a JSON string. Python writes lone surrogates for bytes that are no UTF-8,
/// which the JSON library refuses; here they become U+FFFD.
fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (before, after) = (rest.get(..at).unwrap_or(""), rest.get(at + 1..).unwrap_or(""));
        out.push_str(before);
        let mut chars = after.chars();
        let escape = chars.next();
        rest = chars.as_str();
        match escape {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let (c, used) = unicode(rest);
                out.push(c);
                rest = rest.get(used..).unwrap_or("");
            }
            Some(c) => out.push(c),
            None => {}
        }
    }
    out.push_str(rest);
    out
}

/// The character of a `\u` escape whose digits `rest` starts with, and how many bytes it takes.
fn unicode(rest: &str) -> (char, usize) {
    let unit = |at: usize| rest.get(at..at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let Some(high) = unit(0) else { return ('\u{fffd}', 0) };
    if let (0xd800..=0xdbff, Some("\\u"), Some(low @ 0xdc00..=0xdfff)) = (high, rest.get(4..6), unit(6)) {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or('\u{fffd}'), 10);
    }
    (char::from_u32(high).unwrap_or('\u{fffd}'), 4)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn strings_are_unescaped_as_the_library_does_and_lone_surrogates_are_replaced() {
        for raw in [r#""a\n\t\"\\\/\u00e9""#, r#""\ud83c\udf89 x""#, r#""plain""#] {
            assert_eq!(text(raw).unwrap(), serde_json::from_str::<String>(raw).unwrap(), "{raw}");
        }
        assert_eq!(text(r#""a\ud800b""#).unwrap(), "a\u{fffd}b");
        assert_eq!(text("12"), None);
    }
}

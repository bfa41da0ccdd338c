//! What changes from run to run in names and messages, masked.

use std::borrow::Cow;

/// A test's identity without what differs in every run: ids of 32 hexadecimal digits or in UUID's form, addresses of
/// objects, paths of temporary folders. Visible in the name: `<uuid>`, `<address>`, `<path>`.
#[must_use]
pub fn name(id: &str) -> Cow<'_, str> {
    // Nearly all names hold nothing of the kind.
    let bytes = id.as_bytes();
    let suspicious = bytes.windows(2).any(|w| w == b"0x")
        || id.contains("/tmp/")
        || id.contains("/var/folders/")
        || id.contains("\\Temp\\")
        || longest_hex(bytes) >= 8;
    if suspicious { Cow::Owned(masked(id, false)) } else { Cow::Borrowed(id) }
}

/// A failure's message as a fingerprint: its first line, with ids, addresses, paths and numbers masked.
#[must_use]
pub fn message(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let end = line.char_indices().nth(300).map_or(line.len(), |(at, _)| at);
    masked(line.get(..end).unwrap_or(line), true)
}

fn longest_hex(bytes: &[u8]) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in bytes {
        run = if byte.is_ascii_hexdigit() { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn masked(text: &str, numbers: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let after_word = is_word(before) || before == '_';
        let found = path(rest, before, numbers)
            .or_else(|| if after_word { None } else { id(rest) })
            .or_else(|| if numbers && !after_word { worker(rest) } else { None })
            .or_else(|| if numbers && !is_word(before) { number(rest) } else { None });
        let length = match found {
            Some((word, length)) => {
                out.push_str(word);
                length
            }
            None => {
                out.push(c);
                c.len_utf8()
            }
        };
        let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        before = taken.chars().next_back().unwrap_or(' ');
        rest = left;
    }
    out
}

/// Letters and digits; what is beyond ASCII counts as a letter, which saves the tables of Unicode.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii()
}

fn hex_run(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_hexdigit).count()
}

fn ends_there(text: &str, at: usize) -> bool {
    !text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(|c| is_word(c) || c == '_')
}

/// A UUID, a long hexadecimal id, or an address of an object.
fn id(text: &str) -> Option<(&'static str, usize)> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let length = 2 + hex_run(digits);
        return (length >= 8 && ends_there(text, length)).then_some(("<address>", length));
    }
    let mut at = 0;
    for (i, wanted) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if i > 0 {
            if text.as_bytes().get(at) != Some(&b'-') {
                at = 0;
                break;
            }
            at += 1;
        }
        if hex_run(text.get(at..)?) != wanted {
            at = 0;
            break;
        }
        at += wanted;
    }
    if at == 36 && ends_there(text, at) {
        return Some(("<uuid>", at));
    }
    let length = hex_run(text);
    let mixed = text.as_bytes().iter().take(length).any(u8::is_ascii_digit);
    ((length == 32 || length == 40 || length == 64) && mixed && ends_there(text, length)).then_some(("<uuid>", length))
}

/// A path of a temporary folder; in messages, any absolute path.
fn path(text: &str, before: char, any: bool) -> Option<(&'static str, usize)> {
    const TEMPORARY: [&str; 4] = ["/tmp/", "/var/folders/", "/private/var/", "/private/tmp/"];
    if is_word(before) || before == '/' || before == '.' {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || "\"'`,;)]}>|".contains(c)).unwrap_or(text.len());
    let whole = text.get(..end)?;
    let drive = whole.as_bytes().get(1..3) == Some(b":\\") && whole.as_bytes().first()?.is_ascii_alphabetic();
    let temporary = TEMPORARY.iter().any(|t| whole.starts_with(t)) || drive && whole.contains("\\Temp\\");
    let absolute = any && (drive || whole.starts_with('/') && whole.matches('/').count() >= 2);
    (temporary || absolute).then_some(("<path>", end))
}

/// The name of a worker of pytest-xdist, which messages have in names of data bases and folders.
fn worker(text: &str) -> Option<(&'static str, usize)> {
    let digits = text.strip_prefix("gw")?.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && ends_there(text, 2 + digits)).then_some(("gw<n>", 2 + digits))
}

/// A number, with decimals and exponent.
fn number(text: &str) -> Option<(&'static str, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(text);
    if length == 0 {
        return None;
    }
    while let Some(rest) = text.get(length..).and_then(|r| r.strip_prefix(['.', ',', ':'])) {
        match digits(rest) {
            0 => break,
            more => length += 1 + more,
        }
    }
    Some(("<n>", length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_only_what_changes_from_run_to_run() {
        for (id, shown) in [
            ("a.py::test_x[3-1.5]", "a.py::test_x[3-1.5]"),
            ("a.py::test_x[6f9619ff-8b86-d011-b42d-00cf4fc964ff]", "a.py::test_x[<uuid>]"),
            ("a.py::test_x[d41d8cd98f00b204e9800998ecf8427e-1]", "a.py::test_x[<uuid>-1]"),
            ("a.py::test_x[<T object at 0x7f3a5c2b1d90>]", "a.py::test_x[<T object at <address>>]"),
            ("a.py::test_x[/tmp/pytest-of-me/pytest-3/f.txt]", "a.py::test_x[<path>]"),
            ("tests/tmp/test_a.py::test_deadbeef", "tests/tmp/test_a.py::test_deadbeef"),
            ("a.py::test_x[0x10]", "a.py::test_x[0x10]"),
        ] {
            assert_eq!(name(id), shown);
        }
    }

    #[test]
    fn messages_with_the_same_cause_look_alike() {
        for (text, print) in [
            ("\n  assert 41 == 42\nmore", "assert <n> == <n>"),
            ("Timeout >0.6s", "Timeout ><n>s"),
            ("OSError: [Errno 98] bind 127.0.0.1:18765", "OSError: [Errno <n>] bind <n>"),
            ("no such file: '/home/ci/w/12/a.txt'", "no such file: '<path>'"),
            ("utf8 db-gw3 at 0x7f3a5c2b1d90", "utf8 db-gw<n> at <address>"),
        ] {
            assert_eq!(message(text), print);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_masked(text in "[ -~é\u{202e}]{0,80}|(/tmp/|0x[0-9a-f]{1,12}|[0-9.,:]{1,9}|[a-z\\[\\]]){0,12}") {
            let masked = message(&text);
            prop_assert!(masked.chars().count() <= 4 * text.chars().count());
            prop_assert!(!masked.contains("0x7f3a5c2b"));
            let _ = name(&text);
        }
    }
}

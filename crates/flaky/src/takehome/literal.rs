//! Texts of strangers as literals of other languages.

use std::fmt::Write;

fn push_escaped(out: &mut String, c: char, python: bool) {
    let mut utf16 = [0; 2];
    let code = u32::from(c);
    if python && code > 0xffff {
        let _ = write!(out, "\\U{code:08x}");
        return;
    }
    for unit in c.encode_utf16(&mut utf16) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

fn literal(text: &str, python: bool) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            // Also signs that turn the direction of a text, so that nothing looks like something else.
            ' '..='~' => out.push(c),
            _ => push_escaped(&mut out, c, python),
        }
    }
    out.push('"');
    out
}

/// A string of Python.
pub(crate) fn python(text: &str) -> String {
    literal(text, true)
}

/// A string of JSON.
pub(crate) fn json(text: &str) -> String {
    literal(text, false)
}

/// Text of a regular expression of JavaScript that matches just this.
pub(crate) fn regex(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '.' | '*' | '+' | '?' | '^' | '$' | '{' | '}' | '(' | ')' | '|' | '[' | ']' | '\\' | '/' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text of an equality matcher of nextest's filtersets.
pub(crate) fn nextest(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ')' | ',' | '/' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text inside a line of Markdown as code: with more backticks around it than it holds.
pub(crate) fn code(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (mut longest, mut run) = (0, 0);
    for c in line.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') || line.is_empty() { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// The same in a cell of a table, where a bar would end the cell even in code.
pub(crate) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(python("a\"\\\n\u{202e}😀"), "\"a\\\"\\\\\\u000a\\u202e\\U0001f600\"");
        assert_eq!(json("😀"), "\"\\ud83d\\ude00\"");
        assert_eq!(regex("a (b) [1.5]|/"), "a \\(b\\) \\[1\\.5\\]\\|\\/");
        assert_eq!(nextest("a(b), c\n"), "a(b\\)\\, c\\u{a}");
        assert_eq!(code("a`b\n``"), "``` a`b `` ```");
        assert_eq!(cell("a|b"), "`a\\|b`");
    }

    proptest! {
        #[test]
        fn json_reads_back(text in any::<String>()) {
            let back: String = serde_json::from_str(&json(&text)).unwrap();
            prop_assert_eq!(back, text);
        }

        #[test]
        fn code_is_one_line(text in any::<String>()) {
            prop_assert!(!code(&text).contains('\n'));
            prop_assert!(!python(&text).contains('\n'));
        }
    }
}

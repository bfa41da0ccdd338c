//! Text as strings of other languages.

/// A text as a string in double quotes that Python, JSON and TOML all read as that text: controls, and what turns the
/// direction of writing, as `\uXXXX`.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_hidden(c) => {
                quoted.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    quoted.push(char::from_digit((c as u32 >> shift) & 15, 16).unwrap_or('0'));
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Controls, line separators, marks of direction and the byte order mark; all have four hexadecimal digits.
fn is_hidden(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A text as one word of a POSIX shell.
#[must_use]
pub fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '=' | ',' | '+' | '%');
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text for a comment: one line, nothing hidden, not long.
pub(crate) fn comment(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let name = "a\"b\\c\n\u{202e}d'\u{1f980}\0\u{7f}";
        assert_eq!(quoted(name), "\"a\\\"b\\\\c\\n\\u202ed'\u{1f980}\\u0000\\u007f\"");
        assert_eq!(shell_quoted("a b; rm -rf $HOME 'x'"), "'a b; rm -rf $HOME '\\''x'\\'''");
        assert_eq!(shell_quoted("tests/a.py::b"), "tests/a.py::b");
        assert_eq!(shell_quoted("-n"), "'-n'");
        assert_eq!(shell_quoted(""), "''");
        assert_eq!(comment("a\nimport os"), "a import os");
    }
}

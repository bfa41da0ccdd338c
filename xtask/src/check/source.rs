//! Rust source without what is not code: comments, texts, and the tests at the end of a file.

/// The source with comments and texts blanked (line breaks stay), up to its tests.
pub fn code(source: &str) -> String {
    let blank = blanked(source);
    // Tests stand at the end of a file; they may do what the code may not.
    let end = blank.find("#[cfg(test)]").filter(|start| blank[*start..].contains("mod "));
    blank[..end.unwrap_or(blank.len())].to_owned()
}

/// Number of the line of a byte, from 1.
pub fn line(source: &str, at: usize) -> usize {
    source.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Places where a path or name stands as a whole word.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
    })
}

fn blanked(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, out.chars().next_back());
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (gone, after) = rest.split_at(length);
            // One blank per character and every line break, so that places stay where they were.
            out.extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    out
}

/// Length of the comment or text that starts here; 0 where code goes on.
fn skipped(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment(rest)
    } else if rest.starts_with('"') {
        text(rest)
    } else if !in_word && let Some(length) = raw_text(rest) {
        length
    } else if rest.starts_with("'\"'") {
        3
    } else if rest.starts_with("'\\\"'") {
        4
    } else {
        0
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_text(rest: &str) -> Option<usize> {
    let after_prefix = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after_prefix.bytes().take_while(|byte| *byte == b'#').count();
    let body = after_prefix[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - body.len();
    Some(body.find(&end).map_or(rest.len(), |at| start + at + end.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_no_code() {
        let source = "use a; // std::fs\n/* std::fs /* deep */ still */ let s = \"std::fs \\\" std::fs\"; let c = '\"'; std::fs::read(r#\"std::fs \"# );";
        let code = code(source);
        assert_eq!(words(&code, "std::fs").count(), 1, "{code}");
        assert_eq!(code.len(), source.len());
    }

    #[test]
    fn tests_at_the_end_are_left_out() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n use std::fs;\n}\n";
        assert_eq!(words(&code(source), "std::fs").count(), 0);
    }

    #[test]
    fn a_word_is_a_whole_word() {
        assert_eq!(words("my_std::fsx std::fs; std::fs::read", "std::fs").collect::<Vec<_>>(), [12, 21]);
    }

    #[test]
    fn the_line_is_counted_from_one() {
        assert_eq!(line("a\nb\nc", 0), 1);
        assert_eq!(line("a\nb\nc", 4), 3);
    }
}

//! The failure representation of a record as text.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

use crate::json::{Cursor, member, members, text};

/// Message and trace of a failing, skipped or expectedly failing phase.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) message: String,
    pub(crate) trace: String,
}

/// Reads a `longrepr` as it stands in the record.
pub(crate) fn read(raw: &str) -> Why {
    if let Some(text) = text(raw) {
        return Why { message: summary_line(&text).to_owned(), trace: text.into_owned() };
    }
    if raw.starts_with('{') {
        return from_parts(raw);
    }
    // [path, line, "Skipped: reason"]
    if let Ok(skip) = serde_json::from_str::<(Value, Value, String)>(raw) {
        let reason = skip.2.strip_prefix("Skipped: ").unwrap_or(&skip.2);
        return Why { message: reason.to_owned(), trace: String::new() };
    }
    Why { message: String::new(), trace: raw.to_owned() }
}

/// The line of a plain text that says what is wrong: the first one marked `E`, else the first.
pub(crate) fn summary_line(text: &str) -> &str {
    let marked = text.lines().find_map(|line| line.strip_prefix("E ").map(str::trim)).filter(|line| !line.is_empty());
    marked.or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty())).unwrap_or("")
}

/// No tree is made of it: it is the largest part of a record, and nearly all of it is the lines that are wanted.
fn from_parts(raw: &str) -> Why {
    let [crash, traceback, chain, sections] = members(raw, ["reprcrash", "reprtraceback", "chain", "sections"]);
    let mut trace = String::new();
    let mut linked = false;
    each(chain, &mut |link| {
        linked = true;
        let mut at = 0;
        each(Some(link), &mut |part| {
            match at {
                0 => push_traceback(part, &mut trace),
                2 => {
                    if let Some(between) = text(part) {
                        push_all(&mut trace, ["\n", &between, "\n\n"]);
                    }
                }
                _ => {}
            }
            at += 1;
        });
    });
    if let (false, Some(traceback)) = (linked, traceback) {
        push_traceback(traceback, &mut trace);
    }
    each(sections, &mut |section| {
        let [title, content] = pair(section).map(Option::unwrap_or_default);
        let _ = writeln!(trace, "{:-^80}\n{content}", format!(" {title} "));
    });
    let message = crash.and_then(|crash| member(crash, "message")).and_then(text);
    let message = message.map_or_else(|| summary_line(&trace).to_owned(), Cow::into_owned);
    trace.truncate(trace.trim_end().len());
    Why { message, trace }
}

/// Gives each element of an array as it stands.
fn each<'a>(raw: Option<&'a str>, element: &mut dyn FnMut(&'a str)) {
    let Some(raw) = raw.filter(|raw| raw.starts_with('[')) else { return };
    let _ = Cursor::new(raw).elements(&mut |c| {
        element(c.raw()?);
        Some(())
    });
}

/// The first two elements of an array, where they are texts.
fn pair(raw: &str) -> [Option<Cow<'_, str>>; 2] {
    let mut found = [None, None];
    let mut at = 0;
    each(Some(raw), &mut |part| {
        if let Some(slot) = found.get_mut(at) {
            *slot = text(part);
        }
        at += 1;
    });
    found
}

fn push_all<const N: usize>(out: &mut String, parts: [&str; N]) {
    parts.into_iter().for_each(|part| out.push_str(part));
}

fn push_traceback(raw: &str, out: &mut String) {
    let [entries, extra] = members(raw, ["reprentries", "extraline"]);
    let mut long_before = false;
    each(entries, &mut |entry| {
        if long_before {
            out.push_str("\n_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _\n\n");
        }
        // Old versions write the entry itself, newer ones put it into `data`.
        long_before = push_entry(member(entry, "data").unwrap_or(entry), out);
    });
    if let Some(extra) = extra.and_then(text) {
        push_all(out, [&extra, "\n"]);
    }
}

/// Says whether the entry is of the long style.
fn push_entry(data: &str, out: &mut String) -> bool {
    let [style, args, at, lines, locals] =
        members(data, ["style", "reprfuncargs", "reprfileloc", "lines", "reprlocals"]);
    let mut any = false;
    each(args.and_then(|args| member(args, "args")), &mut |arg| {
        any = true;
        if let [Some(name), Some(value)] = pair(arg) {
            push_all(out, [&name, " = ", &value, "\n"]);
        }
    });
    if any {
        out.push('\n');
    }
    let short = style == Some("\"short\"");
    if let (true, Some(at)) = (short, at) {
        push_place(at, "", out);
    }
    push_lines(lines, out);
    push_lines(locals.and_then(|locals| member(locals, "lines")), out);
    if let (false, Some(at)) = (short, at) {
        push_place(at, "\n", out);
    }
    style == Some("\"long\"")
}

fn push_lines(lines: Option<&str>, out: &mut String) {
    each(lines, &mut |line| {
        if let Some(line) = text(line) {
            push_all(out, [&line, "\n"]);
        }
    });
}

fn push_place(location: &str, before: &str, out: &mut String) {
    let [path, line, message] = members(location, ["path", "lineno", "message"]);
    if let Some(path) = path.and_then(text) {
        let line = line.filter(|line| line.bytes().all(|b| b.is_ascii_digit())).unwrap_or("0");
        let message = message.and_then(text).unwrap_or_default();
        push_all(out, [before, &path, ":", line, ": ", &message, "\n"]);
    }
}

/// Captured output of a record: title and text of each section that is not empty, each once.
pub(crate) fn sections(raw: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let mut out: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    let Ok(list) = serde_json::from_str::<Vec<Vec<&serde_json::value::RawValue>>>(raw) else { return out };
    for section in list {
        let part = |i: usize| section.get(i).and_then(|value| text(value.get()));
        if let (Some(title), Some(text)) = (part(0), part(1)) {
            // Plugins that run a test again leave the same section there twice.
            if !text.is_empty() && !out.iter().any(|(t, x)| *t == title && *x == text) {
                out.push((title, text));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceback_reads_as_pytest_prints_it() {
        let why = read(
            r#"{"reprcrash":{"path":"a.py","lineno":9,"message":"AssertionError: nope\nassert 1 == 2"},
            "reprtraceback":{"reprentries":[{"type":"ReprEntry","data":{"lines":[">   assert 1 == 2","E   AssertionError: nope"],
            "reprfuncargs":{"args":[["self","<T>"]]},"reprlocals":null,
            "reprfileloc":{"path":"tests/a.py","lineno":9,"message":"AssertionError"},"style":"long"}}],"extraline":null,"style":"long"},
            "sections":[],"chain":[]}"#,
        );
        assert_eq!(why.message, "AssertionError: nope\nassert 1 == 2");
        assert_eq!(
            why.trace,
            "self = <T>\n\n>   assert 1 == 2\nE   AssertionError: nope\n\ntests/a.py:9: AssertionError"
        );
    }

    #[test]
    fn strings_and_skips_have_a_message() {
        assert_eq!(read(r#"["/x.py", 10, "Skipped: no module"]"#).message, "no module");
        assert_eq!(read(r#""file x, line 3\nE       fixture 'a' not found\n""#).message, "fixture 'a' not found");
        assert_eq!(read(r#""worker 'gw1' crashed""#).message, "worker 'gw1' crashed");
    }

    #[test]
    fn sections_are_not_repeated() {
        let raw = r#"[["Captured stdout call","a\n"],["Captured stdout call","a\n"],["Captured log call",""]]"#;
        assert_eq!(sections(raw), vec![("Captured stdout call".into(), "a\n".into())]);
    }
}

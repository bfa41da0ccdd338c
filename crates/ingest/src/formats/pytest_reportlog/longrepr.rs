//! The failure representation of a record as text.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::Value;

/// Message and trace of a failing, skipped or expectedly failing phase.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) message: String,
    pub(crate) trace: String,
}

#[derive(Deserialize)]
struct Long {
    reprcrash: Option<Crash>,
    reprtraceback: Option<Value>,
    #[serde(default)]
    chain: Vec<Value>,
    #[serde(default)]
    sections: Vec<Value>,
}

#[derive(Deserialize)]
struct Crash {
    message: Option<String>,
}

/// Reads a `longrepr` as it stands in the record.
pub(crate) fn read(raw: &str) -> Why {
    if let Some(text) = super::record::text(raw) {
        return Why { message: summary_line(&text).to_owned(), trace: text.into_owned() };
    }
    if let Ok(long) = serde_json::from_str::<Long>(raw) {
        return from_parts(&long);
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

fn from_parts(long: &Long) -> Why {
    let mut trace = String::new();
    if long.chain.is_empty()
        && let Some(traceback) = &long.reprtraceback
    {
        push_traceback(traceback, &mut trace);
    }
    for link in &long.chain {
        if let Some(traceback) = link.get(0) {
            push_traceback(traceback, &mut trace);
        }
        if let Some(between) = link.get(2).and_then(Value::as_str) {
            let _ = writeln!(trace, "\n{between}\n");
        }
    }
    for section in &long.sections {
        let part = |i: usize| section.get(i).and_then(Value::as_str).unwrap_or("");
        let _ = writeln!(trace, "{:-^80}\n{}", format!(" {} ", part(0)), part(1));
    }
    let message = long.reprcrash.as_ref().and_then(|c| c.message.clone());
    let message = message.unwrap_or_else(|| summary_line(&trace).to_owned());
    trace.truncate(trace.trim_end().len());
    Why { message, trace }
}

fn push_traceback(traceback: &Value, out: &mut String) {
    let entries = traceback.get("reprentries").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (i, entry) in entries.iter().enumerate() {
        // Old versions write the entry itself, newer ones put it into `data`.
        let data = entry.get("data").unwrap_or(entry);
        let long_style = data.get("style").and_then(Value::as_str) == Some("long");
        push_entry(data, out);
        if long_style && i + 1 < entries.len() {
            out.push_str("\n_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _\n\n");
        }
    }
    if let Some(extra) = traceback.get("extraline").and_then(Value::as_str) {
        let _ = writeln!(out, "{extra}");
    }
}

fn push_entry(data: &Value, out: &mut String) {
    if let Some(args) = data.pointer("/reprfuncargs/args").and_then(Value::as_array) {
        for arg in args {
            if let (Some(name), Some(value)) = (arg.get(0).and_then(Value::as_str), arg.get(1).and_then(Value::as_str))
            {
                let _ = writeln!(out, "{name} = {value}");
            }
        }
        if !args.is_empty() {
            out.push('\n');
        }
    }
    let short = data.get("style").and_then(Value::as_str) == Some("short");
    let place = data.get("reprfileloc").and_then(place);
    if let (true, Some(place)) = (short, &place) {
        let _ = writeln!(out, "{place}");
    }
    push_lines(data.get("lines"), out);
    push_lines(data.pointer("/reprlocals/lines"), out);
    if let (false, Some(place)) = (short, &place) {
        let _ = writeln!(out, "\n{place}");
    }
}

fn push_lines(lines: Option<&Value>, out: &mut String) {
    for line in lines.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        out.push_str(line);
        out.push('\n');
    }
}

fn place(location: &Value) -> Option<String> {
    let path = location.get("path")?.as_str()?;
    let line = location.get("lineno").and_then(Value::as_u64).unwrap_or(0);
    let message = location.get("message").and_then(Value::as_str).unwrap_or("");
    Some(format!("{path}:{line}: {message}"))
}

/// Captured output of a record: title and text of each section that is not empty, each once.
pub(crate) fn sections(raw: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let mut out: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    let Ok(list) = serde_json::from_str::<Vec<Vec<&serde_json::value::RawValue>>>(raw) else { return out };
    for section in list {
        let part = |i: usize| section.get(i).and_then(|value| super::record::text(value.get()));
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

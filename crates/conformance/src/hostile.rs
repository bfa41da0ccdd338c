//! Broken, odd and malicious files: a message or the right counts.

use std::path::Path;

use anyhow::{Context, Result};
use lanescope_ingest::{Format, Loaded};
use lanescope_model::TextKind::{Log, Message, Stderr, Stdout, Trace};
use lanescope_model::{Outcome, Severity};
use serde_json::Value;

use crate::figures::{count, tests};
use crate::{Case, Verdict, differs, issues, json, read, worst};

/// Reads all files of a folder that has an `expected.json`.
///
/// # Errors
/// When a file or the expectations cannot be read from the disk.
pub fn hostile(dir: &Path) -> Result<Vec<Case>> {
    let expected = json(&dir.join("expected.json"))?;
    let files = expected.as_object().context("the expectations are no object")?;
    let mut cases = Vec::new();
    for (path, expected) in files {
        let (loaded, changed) = read(&dir.join(path))?;
        let kind = path.split('/').next().unwrap_or("");
        let verdict = match changed {
            Some(why) => Verdict::Differs(why),
            None => verdict(path, &loaded, expected),
        };
        cases.push(Case { path: path.clone(), format: format!("hostile {kind}"), verdict });
    }
    Ok(cases)
}

fn verdict(path: &str, loaded: &[Loaded], expected: &Value) -> Verdict {
    let severity = worst(loaded);
    let loads = loaded.iter().any(|l| !l.sources.is_empty());
    let action = expected.get("action").and_then(Value::as_str).unwrap_or("");
    let other = loaded.iter().map(|l| l.report.format).find(|f| matches!(f, Format::Other(_) | Format::Attachment(_)));
    if let (false, Some(format)) = (loads, other)
        && action != "reject"
        && severity >= Some(Severity::Warning)
    {
        return Verdict::NotRead(format.as_str().to_owned());
    }
    let mut out = Vec::new();
    match action {
        "load" if !loads => out.push(format!("is not read: {}", issues(loaded))),
        "load" if severity > Some(Severity::Info) => out.push(format!("does not load cleanly: {}", issues(loaded))),
        "warn" if !loads || severity < Some(Severity::Warning) => out.push("no warning".to_owned()),
        // A format that is named and not read is not taken for results.
        "reject" if loads || severity < Some(Severity::Warning) => out.push("is not refused".to_owned()),
        "any" if !loads && severity < Some(Severity::Warning) => out.push("neither read nor refused".to_owned()),
        _ => {}
    }
    if loads {
        out.extend(wrong_counts(loaded, expected));
    }
    let line = expected.get("line").and_then(Value::as_u64);
    if let Some(line) = line.filter(|line| !loads && !issues(loaded).contains(&format!("line {line}"))) {
        out.push(format!("does not name line {line}"));
    }
    let text = |name: &str| expected.get(name).and_then(Value::as_str);
    if text("must_contain").is_some_and(|text| !holds(loaded, text)) {
        out.push("a text is missing".to_owned());
    }
    if text("must_not_contain").is_some_and(|text| holds(loaded, text)) {
        out.push("a text is there that must not be".to_owned());
    }
    if out.is_empty() { Verdict::Agrees } else { differs(path, format!("{action}: {}", out.join("; "))) }
}

fn wrong_counts(loaded: &[Loaded], expected: &Value) -> Vec<String> {
    let tests = tests(loaded);
    let mut out = Vec::new();
    if let Some(any) = expected.get("tests_any_of").and_then(Value::as_array)
        && any.iter().all(|n| n.as_i64() != Some(tests))
    {
        out.push(format!("tests {tests}, expected one of {any:?}"));
    }
    let found = [
        ("tests", tests),
        ("complete_testcases", tests),
        ("passed", count(loaded, Outcome::Passed)),
        ("failed", count(loaded, Outcome::Failed) + count(loaded, Outcome::Error)),
        ("skipped", count(loaded, Outcome::Skipped)),
    ];
    for (name, found) in found {
        let wanted = expected.get(name).and_then(Value::as_i64);
        if let Some(wanted) = wanted.filter(|&wanted| wanted != found) {
            out.push(format!("{name} {found}, expected {wanted}"));
        }
    }
    out
}

/// Whether a text stands in the messages or outputs of a test.
fn holds(loaded: &[Loaded], text: &str) -> bool {
    loaded.iter().flat_map(|l| &l.sources).any(|source| {
        let run = &source.run;
        run.attempts.ids().any(|a| [Message, Trace, Stdout, Stderr, Log].iter().any(|&k| run.text(a, k).contains(text)))
    })
}

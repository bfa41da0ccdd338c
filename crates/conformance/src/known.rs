//! Files whose figures are known.

use std::path::Path;

use anyhow::{Context, Result};
use lanescope_ingest::{Format, Loaded};
use lanescope_model::Severity;
use serde_json::Value;

use crate::figures::{differences, measures};
use crate::{Case, Verdict, differs, issues, json, read, worst};

/// Reads all files of a folder that has an `oracle.json`.
///
/// # Errors
/// When a file or the expectations cannot be read from the disk.
pub fn known(dir: &Path) -> Result<Vec<Case>> {
    let oracle = json(&dir.join("oracle.json"))?;
    let files = oracle.as_object().context("the expectations are no object")?;
    let mut cases = Vec::new();
    for (path, expected) in files {
        let format = expected.get("format").and_then(Value::as_str).unwrap_or("").to_owned();
        let (loaded, changed) = read(&dir.join(path))?;
        let verdict = match changed {
            Some(why) => Verdict::Differs(why),
            None => verdict(path, &loaded, expected),
        };
        cases.push(Case { path: path.clone(), format, verdict });
    }
    Ok(cases)
}

fn verdict(path: &str, loaded: &[Loaded], expected: &Value) -> Verdict {
    let expect = expected.get("expect").and_then(Value::as_str).unwrap_or("");
    let also = |what: &str| {
        let accepted = expected.get("expect_accept").and_then(Value::as_array);
        expect == what || accepted.is_some_and(|all| all.iter().any(|e| e == what))
    };
    let reads = loaded.iter().any(|l| !l.sources.is_empty());
    if reads
        && loaded
            .iter()
            .flat_map(|l| &l.sources)
            .all(|s| matches!(s.format, Format::More(format) if format.holds_no_tests()))
        && also("recognise-only")
    {
        // Coverage and benchmarks are no tests. What is known of them stands beside the counts of tests.
        let out = measures(loaded, expected);
        return if out.is_empty() { Verdict::Agrees } else { differs(path, out.join("; ")) };
    }
    if reads {
        if !also("load") && !also("load-with-warning") {
            return differs(path, format!("it is read, and should be: {expect}"));
        }
        let mut out = differences(loaded, expected);
        if expect == "load-with-warning" && !also("load") && worst(loaded) < Some(Severity::Warning) {
            out.push("no warning".to_owned());
        }
        return if out.is_empty() { Verdict::Agrees } else { differs(path, out.join("; ")) };
    }
    // The format of the file, or of what is in the archive.
    let inner =
        loaded.iter().rev().map(|l| l.report.format).find(|f| matches!(f, Format::Other(_) | Format::Attachment(_)));
    match inner {
        Some(_) if also("recognise-only") => Verdict::Agrees,
        _ if also("reject") && worst(loaded) == Some(Severity::Error) => Verdict::Agrees,
        Some(format) => Verdict::NotRead(format.as_str().to_owned()),
        None if also("recognise-only") && worst(loaded) == Some(Severity::Error) => {
            Verdict::NotRead("not recognised".to_owned())
        }
        None => differs(path, format!("it is not read: {}", issues(loaded))),
    }
}

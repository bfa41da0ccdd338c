//! JSON by the keys of its outermost object, JSON Lines by the keys of its first lines.

use super::Looks;
use crate::json::Cursor;
use crate::{More, Named};

/// What JSON it is; `None` if it is none at all but a line that begins with a bracket.
pub(super) fn sniff(text: &str, whole: bool) -> Option<Looks> {
    if text.starts_with('[') && !looks_like_array(text) {
        return None;
    }
    let lines = || text.lines().take(60).filter(|l| l.starts_with('{'));
    let reportlog = lines().filter(|l| l.contains("\"$report_type\"")).count();
    if reportlog > 0 && reportlog * 2 >= lines().count() {
        return Some(Looks::Reportlog);
    }
    let first_line = text.lines().next().unwrap_or("");
    let is_lines = first_line.trim_end().ends_with('}') && lines().count() > 1;
    if is_lines && let Some(name) = json_lines(text) {
        return Some(looks(name));
    }
    let keys = keys(text);
    let known = if text.starts_with('[') { array(&keys, text) } else { object(&keys, text) };
    if let Some(name) = known {
        return Some(looks(name));
    }
    Some(describe(text, &keys, whole))
}

/// What is read, by the name of its format; everything else is known by name only.
fn looks(name: &'static str) -> Looks {
    match name {
        "playwright-json" => Looks::PlaywrightJson,
        "playwright-blob" => Looks::PlaywrightBlob,
        "github-jobs" => Looks::GithubJobs,
        "run-metadata" => Looks::RunMetadata,
        name => match (More::of(name), Named::of(name)) {
            (Some(format), _) => Looks::More { format, skip: 0 },
            (None, Some(name)) => Looks::Other(name),
            (None, None) => Looks::Nothing(format!("this is {name}, which is not read")),
        },
    }
}

fn describe(text: &str, keys: &[&str], whole: bool) -> Looks {
    if whole && let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Looks::Nothing(format!("this looks like JSON, but is not valid ({e})"));
    }
    if keys.is_empty() {
        return Looks::Nothing("this is JSON, but not test results: it has no keys".to_owned());
    }
    let shown: Vec<String> = keys.iter().take(8).map(|k| k.chars().take(40).collect()).collect();
    let shown = shown.join(", ");
    Looks::Foreign(format!("this is JSON, but not test results that are known: its keys are {shown}"))
}

fn looks_like_array(text: &str) -> bool {
    let inner = text.get(1..).unwrap_or("").trim_start();
    inner.starts_with(['{', '[', ']', '"', '-'])
        || inner.starts_with(|c: char| c.is_ascii_digit() && !text.contains("::"))
}

/// Keys of the outermost object, or of the first object in the outermost array.
fn keys(text: &str) -> Vec<&str> {
    let wanted = if text.starts_with('[') { 2 } else { 1 };
    let mut keys = Vec::new();
    let mut depth = 0_usize;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth < wanted {
                    break;
                }
            }
            b'"' => {
                let start = at + 1;
                at = start;
                while let Some(&b) = bytes.get(at) {
                    match b {
                        b'"' => break,
                        b'\\' => at += 2,
                        _ => at += 1,
                    }
                }
                let is_key = text.get(at + 1..).is_some_and(|r| r.trim_start().starts_with(':'));
                if let (true, true, Some(key)) = (depth == wanted, is_key, text.get(start..at)) {
                    keys.push(key);
                }
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

/// Names of formats and the rules by which they are known, first hit first.
type Rules<'a> = [(bool, &'static str)];

/// Asked a hundred times in this file, and written out each time if it could be.
#[inline(never)]
fn contains(keys: &[&str], key: &str) -> bool {
    keys.contains(&key)
}

/// The same of a text.
#[inline(never)]
fn holds(text: &str, part: &str) -> bool {
    text.contains(part)
}

fn first(rules: &Rules<'_>) -> Option<&'static str> {
    rules.iter().find(|(holds, _)| *holds).map(|(_, name)| *name)
}

fn object(keys: &[&str], text: &str) -> Option<&'static str> {
    let has = |k: &str| contains(keys, k);
    let in_text = |k: &str| holds(text, k);
    let is_jest =
        in_text("\"testFilePath\"") || has("numRuntimeErrorTestSuites") || has("wasInterrupted") || has("openHandles");
    first(&[
        (has("lanescope") && in_text("index/1"), "lanescope-index"),
        (has("reportFormat") && in_text("CTRF"), "ctrf-json"),
        (has("results") && !has("stats") && in_text("\"tool\"") && in_text("\"summary\""), "ctrf-json"),
        (has("config") && has("suites"), "playwright-json"),
        (has("traceEvents"), "chrome-trace"),
        (has("testResults") && has("numTotalTests") && is_jest, "jest-json"),
        (has("testResults") && has("numTotalTests"), "vitest-json"),
        (has("stats") && has("results"), "mochawesome-json"),
        // What stands at the end of a large document is not seen.
        (has("stats") && has("tests") && (has("passes") || in_text("\"currentRetry\"")), "mocha-json"),
        (has("exitcode") && has("root") && has("summary"), "pytest-json-report"),
        (has("examples") && (has("summary") || in_text("\"full_description\"")), "rspec-json"),
        (has("testsuites") && has("tests") && has("failures"), "gtest-json"),
        (has("benchmarks") && (has("machine_info") || in_text("\"stats\"")), "pytest-benchmark"),
        (has("benchmarks") && has("context"), "google-benchmark-json"),
        (has("results") && in_text("\"command\"") && in_text("\"stddev\""), "hyperfine-json"),
        (has("generator") && has("suite"), "robot-json"),
        (has("jobs") && has("total_count"), "github-jobs"),
        (has("run_attempt") && has("workflow_id"), "github-actions-run"),
        (has("uuid") && has("suites"), "mochawesome-json"),
        (has("uuid") && has("children") && in_text("\"time\""), "allure-timeline"),
        (has("uuid") && has("children"), "allure-container"),
        (has("uid") && has("children"), "allure-timeline"),
        (has("uuid") && (has("name") || has("status")), "allure-results"),
        (has("status") && (has("historyId") || has("labels") || has("statusDetails")), "allure-results"),
        (has("buildName") && (has("buildOrder") || has("reportUrl") || has("buildUrl")), "allure-executor"),
        (has("id") && (has("started") || has("children")) && is_bep(text), "bazel-bep-json"),
        (has("meta") && has("files") && (has("totals") || in_text("\"executed_lines\"")), "coverage-py-json"),
        (has("meta") && has("coverage"), "simplecov-json"),
        (crate::formats::run_metadata::is_metadata(keys), "run-metadata"),
        (!keys.is_empty() && in_text("\"statistic\"") && in_text("\"items\""), "allure-history"),
        (has("mean") && has("median") && in_text("\"point_estimate\""), "criterion-json"),
        (has("group_id") && has("full_id"), "criterion-json"),
        (in_text("\"statementMap\"") && in_text("\"fnMap\""), "istanbul-json"),
        (has("total") && in_text("\"lines\"") && in_text("\"pct\""), "istanbul-json"),
        (has("iters") && has("times"), "criterion-json"),
    ])
    .or_else(|| is_durations(text).then_some("duration-map"))
}

/// A stream of Bazel's build events: their ids are objects with one member that names the kind.
fn is_bep(text: &str) -> bool {
    ["\"started\"", "\"testResult\"", "\"targetCompleted\"", "\"buildFinished\"", "\"progress\"", "\"testSummary\""]
        .iter()
        .any(|kind| text.contains(kind))
}

/// An object whose values are all numbers: seconds by file or test.
fn is_durations(text: &str) -> bool {
    let mut members = 0_usize;
    let mut all = true;
    let _ = Cursor::new(text).members(&mut |c, _| {
        let value = c.raw()?;
        members += 1;
        all &= value.starts_with(|c: char| c.is_ascii_digit());
        all.then_some(())
    });
    all && members > 0
}

fn array(keys: &[&str], text: &str) -> Option<&'static str> {
    let has = |k: &str| contains(keys, k);
    first(&[
        (has("elements") || (has("keyword") && has("uri")), "cucumber-json"),
        (has("run_id") && has("steps"), "github-jobs"),
        (has("scope") && (has("history") || has("result")), "buildkite-json"),
        (has("buildOrder") && has("reportUrl"), "allure-trend"),
        (has("ph") && has("ts"), "chrome-trace"),
        (keys.is_empty() && is_sample(text), "criterion-json"),
        (keys.is_empty() && (text.starts_with("[\"Linear\"") || text.starts_with("[\"Flat\"")), "criterion-json"),
        (keys.is_empty() && text.starts_with("[[") && text.contains("\"\u{2f}"), "vitest-blob"),
    ])
}

/// Criterion before version 0.3.4: two arrays of numbers and nothing else; or the four fences of Tukey.
fn is_sample(text: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit() || "-+.eE, \n[]".contains(c);
    let plain = text.trim_end().chars().all(digits);
    let arrays = text.starts_with("[[") && text.matches('[').count() <= 3;
    plain && (arrays || (text.starts_with('[') && text.matches(',').count() == 3 && text.matches('[').count() == 1))
}

fn json_lines(text: &str) -> Option<&'static str> {
    for line in text.lines().take(60).filter(|l| l.starts_with('{')) {
        let keys = keys(line);
        let has = |k: &str| contains(&keys, k);
        let one_of = |names: &[&str]| keys.len() == 1 && names.iter().any(|n| has(n));
        if has("Action") && (has("Package") || has("ImportPath")) {
            return Some("go-test-json");
        }
        if has("reason") && (has("report_directory") || line.contains("\"benchmark-complete\"")) {
            return Some("cargo-criterion-json");
        }
        if has("type") && has("event") {
            return Some("libtest-json");
        }
        if has("protocolVersion") || (has("type") && has("time") && !has("level")) {
            return Some("dart-json");
        }
        if one_of(&["meta", "source", "gherkinDocument", "pickle", "testCase", "testRunStarted", "testCaseStarted"]) {
            return Some("cucumber-messages");
        }
        if has("method") && line.contains("\"on") {
            return Some("playwright-blob");
        }
        if has("id") && (has("started") || has("children")) && is_bep(line) {
            return Some("bazel-bep-json");
        }
    }
    None
}

//! JSON by the keys of its outermost object, JSON Lines by the keys of its first lines.

use super::Looks;

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
    let known = if text.starts_with('[') { array(&keys) } else { object(&keys, text) };
    if let Some(name) = known {
        return Some(looks(name));
    }
    Some(Looks::Nothing(describe(text, &keys, whole)))
}

/// What is read, by the name of its format; everything else is known by name only.
fn looks(name: &'static str) -> Looks {
    match name {
        "playwright-json" => Looks::PlaywrightJson,
        "playwright-blob" => Looks::PlaywrightBlob,
        "github-jobs" => Looks::GithubJobs,
        "run-metadata" => Looks::RunMetadata,
        name => Looks::Other(name),
    }
}

fn describe(text: &str, keys: &[&str], whole: bool) -> String {
    if whole && let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return format!("this looks like JSON, but is not valid ({e})");
    }
    if keys.is_empty() {
        return "this is JSON, but not test results: it has no keys".to_owned();
    }
    let shown: Vec<String> = keys.iter().take(8).map(|k| k.chars().take(40).collect()).collect();
    format!("this is JSON, but not test results that are known: its keys are {}", shown.join(", "))
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

fn object(keys: &[&str], text: &str) -> Option<&'static str> {
    let has = |k: &str| keys.contains(&k);
    let in_text = |k: &str| text.contains(k);
    let rules: [(bool, &'static str); 24] = [
        (has("reportFormat") && in_text("CTRF"), "ctrf-json"),
        (has("results") && !has("stats") && in_text("\"tool\"") && in_text("\"summary\""), "ctrf-json"),
        (has("config") && has("suites"), "playwright-json"),
        (has("traceEvents"), "chrome-trace"),
        (
            has("testResults")
                && has("numTotalTests")
                && (in_text("\"testFilePath\"")
                    || has("numRuntimeErrorTestSuites")
                    || has("wasInterrupted")
                    || has("openHandles")),
            "jest-json",
        ),
        (has("testResults") && has("numTotalTests"), "vitest-json"),
        (has("stats") && has("results"), "mochawesome-json"),
        (has("stats") && has("tests") && has("passes"), "mocha-json"),
        (has("exitcode") && has("root") && has("summary"), "pytest-json-report"),
        (has("examples") && has("summary"), "rspec-json"),
        (has("testsuites") && has("tests") && has("failures"), "gtest-json"),
        (has("benchmarks") && has("machine_info"), "pytest-benchmark"),
        (has("generator") && has("suite"), "robot-json"),
        (has("jobs") && has("total_count"), "github-jobs"),
        (has("run_attempt") && has("workflow_id"), "github-actions-api"),
        (has("uuid") && has("suites"), "mochawesome-json"),
        (has("uuid") && has("children"), "allure-results"),
        (has("uuid") && (has("name") || has("status")), "allure-results"),
        (has("status") && (has("historyId") || has("labels") || has("statusDetails")), "allure-results"),
        (has("buildName") && (has("buildOrder") || has("reportUrl")), "allure-executor"),
        (has("id") && (has("started") || has("children")), "bazel-bep-json"),
        (has("meta") && has("files") && has("totals"), "coverage-py-json"),
        (has("meta") && has("coverage"), "simplecov-json"),
        (crate::formats::run_metadata::is_metadata(keys), "run-metadata"),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, name)| name)
}

fn array(keys: &[&str]) -> Option<&'static str> {
    let has = |k: &str| keys.contains(&k);
    let rules: [(bool, &'static str); 5] = [
        (has("elements") || (has("keyword") && has("uri")), "cucumber-json"),
        (has("run_id") && has("steps"), "github-jobs"),
        (has("scope") && (has("history") || has("result")), "buildkite-json"),
        (has("buildOrder") && has("reportUrl"), "allure-trend"),
        (has("ph") && has("ts"), "chrome-trace"),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, name)| name)
}

fn json_lines(text: &str) -> Option<&'static str> {
    for line in text.lines().take(60).filter(|l| l.starts_with('{')) {
        let keys = keys(line);
        let has = |k: &str| keys.contains(&k);
        let one_of = |names: &[&str]| keys.len() == 1 && names.iter().any(|n| has(n));
        if has("Action") && (has("Package") || has("ImportPath")) {
            return Some("go-test-json");
        }
        if has("type") && has("event") {
            return Some("libtest-json");
        }
        if has("protocolVersion") || (has("type") && has("time")) {
            return Some("dart-json");
        }
        if one_of(&["meta", "source", "gherkinDocument", "pickle", "testCase", "testRunStarted", "testCaseStarted"]) {
            return Some("cucumber-messages");
        }
        if has("method") && line.contains("\"on") {
            return Some("playwright-blob");
        }
        if has("id") && (has("started") || has("children")) {
            return Some("bazel-bep-json");
        }
    }
    None
}

//! Lists of tests in the forms that tools take.

use super::Named;
use super::literal::{json as json_text, nextest as nextest_text, python, regex};

fn lines(all: impl Iterator<Item = String>) -> String {
    all.fold(String::new(), |mut out, line| {
        out.push_str(&line);
        out.push('\n');
        out
    })
}

/// Whether a text can stand in a line of its own.
fn is_line(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| matches!(c, '\n' | '\r'))
}

/// Arguments for `pytest @FILE` (pytest 8.2), one a line. `--deselect` takes beginnings of node ids, so that a
/// changing parameter needs only what stands before it.
pub(super) fn deselect(tests: &[Named<'_>]) -> String {
    let id = |t: &Named<'_>| t.changes_after.unwrap_or(t.id).to_owned();
    lines(tests.iter().map(id).filter(|id| is_line(id)).map(|id| format!("--deselect={id}")))
}

/// A `conftest.py` that lets the tests fail without failing the run. It knows tests by node id, and by the names of
/// JUnit files, which have dots for slashes.
pub(super) fn conftest(tests: &[Named<'_>]) -> String {
    let exact = tests.iter().filter(|t| t.changes_after.is_none());
    let exact = lines(exact.map(|t| format!("    {},", python(t.id))));
    let begins = lines(tests.iter().filter_map(|t| t.changes_after).map(|id| format!("    {},", python(id))));
    format!(
        "\"\"\"Tests in quarantine: they run, and their failures do not fail the run.\"\"\"\n\
         import pytest\n\n\
         QUARANTINE = {{\n{exact}}}\n\
         # Beginnings of ids that change from run to run.\n\
         BEGINNINGS = (\n{begins})\n\n\n\
         def _names(nodeid):\n    \
             path, _, rest = nodeid.partition(\"::\")\n    \
             *classes, name = rest.partition(\"[\")[0].split(\"::\")\n    \
             name += rest[len(rest.partition(\"[\")[0]):]\n    \
             module = path[:-3] if path.endswith(\".py\") else path\n    \
             return nodeid, \".\".join([module.replace(\"/\", \".\"), *classes]) + \"::\" + name\n\n\n\
         def pytest_collection_modifyitems(items):\n    \
             for item in items:\n        \
                 if any(name in QUARANTINE or (BEGINNINGS and name.startswith(BEGINNINGS)) for name in _names(item.nodeid)):\n            \
                     item.add_marker(pytest.mark.xfail(strict=False, reason=\"quarantine: flaky\"))\n"
    )
}

/// A file for `-Dsurefire.excludesFile`: a class and a method a line. Surefire knows methods, not their parameters.
pub(super) fn surefire(tests: &[Named<'_>]) -> String {
    let word = |text: &str| {
        let identifier =
            |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_control() || c == '_' || c == '$';
        !text.is_empty() && text.chars().all(|c| identifier(c) || c == '.')
    };
    let mut out = Vec::new();
    for test in tests {
        let method = test.name.split(['[', '(', '{', ' ']).next().unwrap_or("");
        let line = if word(method) && word(test.suite) {
            format!("{}#{method}", test.suite.replace('.', "/"))
        } else {
            format!("# no class and method: {}", python(test.id))
        };
        if !out.contains(&line) {
            out.push(line);
        }
    }
    lines(out.into_iter())
}

/// A filterset for `cargo nextest run -E`.
pub(super) fn nextest(tests: &[Named<'_>]) -> String {
    if tests.is_empty() {
        return "all()\n".to_owned();
    }
    let one = |t: &Named<'_>| {
        let name = format!("test(={})", nextest_text(t.name));
        if t.suite.is_empty() { name } else { format!("(binary_id(={}) & {name})", nextest_text(t.suite)) }
    };
    let all: Vec<String> = tests.iter().map(one).collect();
    format!("not ({})\n", all.join(" | "))
}

/// A regular expression for Playwright's `--grep-invert`. It is matched against project, file, titles and tags, with
/// blanks between.
pub(super) fn playwright(tests: &[Named<'_>]) -> String {
    let one = |t: &Named<'_>| {
        let titles: Vec<String> = t.id.split(" › ").map(regex).collect();
        let titles = titles.join(" ");
        let end = "(?= @|$)";
        if t.group.is_empty() { format!("{titles}{end}") } else { format!("^{} {titles}{end}", regex(t.group)) }
    };
    // Nothing matches what can never be.
    if tests.is_empty() { "(?!)\n".to_owned() } else { tests.iter().map(one).collect::<Vec<_>>().join("|") + "\n" }
}

/// JSON for anything else.
pub(super) fn json(tests: &[Named<'_>]) -> String {
    let one = |t: &Named<'_>| {
        let row = &t.verdict.row;
        let rate = row.failure_rate.map_or("null".to_owned(), |r| lanescope_analysis::fixed(r.value, 3));
        let last = row.last_failed.map_or("null".to_owned(), |n| n.to_string());
        format!(
            "  {{\"test\": {}, \"id\": {}, \"group\": {}, \"runs\": {}, \"failed_runs\": {}, \"failure_rate\": {rate}, \
             \"last_failed_run\": {last}}}",
            json_text(&row.test),
            json_text(t.id),
            if t.group.is_empty() { "null".to_owned() } else { json_text(t.group) },
            row.runs,
            row.failed_runs,
        )
    };
    let all: Vec<String> = tests.iter().map(one).collect();
    if all.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", all.join(",\n")) }
}

//! A run as one JUnit XML document, whatever files it came from.
//!
//! A suite for each group. Earlier attempts are `flakyFailure` and `rerunFailure`, as Surefire writes them. What the format
//! has no field for stands in properties `lanescope.…`, and is read back.

use lanescope_model::{AttemptId, GroupId, Outcome, Run, TestId, TextKind};

use crate::write::{Out, attempts, facts, last, rfc3339, start_us};

/// The run as a document.
#[must_use]
pub fn junit(run: &Run) -> String {
    let mut out = Out::default();
    out.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lanescope\"");
    let all: Vec<TestId> = run.tests.ids().collect();
    counts(run, &all, &mut out);
    if let Some(us) = run.meta.session.length_us.filter(|&us| us >= 0) {
        out.raw(" time=\"").seconds(us).raw("\"");
    }
    if let Some(us) = start_us(run) {
        out.raw(" timestamp=\"").raw(&rfc3339(us)).raw("\"");
    }
    out.raw(">\n");
    let of_group = |group: Option<GroupId>| {
        all.iter().copied().filter(|&test| run.tests.group(test) == group).collect::<Vec<TestId>>()
    };
    // A test keeps its place among the tests of the run: suites follow one another as tests name them, and a group
    // whose tests stand apart has several.
    let mut rest = all.as_slice();
    let mut first = true;
    while let Some(&test) = rest.first() {
        let group = run.tests.group(test);
        let n = rest.iter().take_while(|&&test| run.tests.group(test) == group).count();
        let (now, later) = rest.split_at_checked(n).unwrap_or((rest, &[]));
        suite(run, group.map_or(run.meta.label.as_str(), |group| run.group_name(group)), now, first, &mut out);
        (rest, first) = (later, false);
    }
    if first {
        suite(run, &run.meta.label, &of_group(None), true, &mut out);
    }
    out.raw("</testsuites>\n");
    out.0
}

fn counts(run: &Run, tests: &[TestId], out: &mut Out) {
    let of = |is: fn(Outcome) -> bool| tests.iter().filter(|&&test| is(run.tests.outcome(test))).count() as i64;
    out.raw(" tests=\"").int(tests.len() as i64);
    out.raw("\" failures=\"").int(of(|o| o == Outcome::Failed));
    out.raw("\" errors=\"").int(of(|o| o == Outcome::Error));
    out.raw("\" skipped=\"").int(of(|o| matches!(o, Outcome::Skipped | Outcome::XFailed | Outcome::Unknown)));
    out.raw("\"");
}

fn suite(run: &Run, name: &str, tests: &[TestId], first: bool, out: &mut Out) {
    out.raw("<testsuite name=\"").xml(name).raw("\"");
    counts(run, tests, out);
    out.raw(">\n");
    if first {
        out.raw("<properties>\n");
        for (name, value) in facts(run) {
            property(&format!("lanescope.{name}"), &value, out);
        }
        out.raw("</properties>\n");
    }
    for &test in tests {
        case(run, test, out);
    }
    out.raw("</testsuite>\n");
}

fn property(name: &str, value: &str, out: &mut Out) {
    out.raw("<property name=\"").xml(name).raw("\" value=\"").xml(value).raw("\"/>\n");
}

fn case(run: &Run, test: TestId, out: &mut Out) {
    let (last, earlier) = last(run, test);
    out.raw("<testcase classname=\"").xml(run.suite(test)).raw("\" name=\"").xml(run.test_name(test)).raw("\"");
    if let Some(file) = run.tests.file(test) {
        out.raw(" file=\"").xml(run.strings.get(file)).raw("\"");
    }
    if let Some(line) = run.tests.line(test) {
        out.raw(" line=\"").int(i64::from(line)).raw("\"");
    }
    times(run, last, out);
    out.raw(">\n<properties>\n");
    let mut own = Out::default();
    attempts(run, test, &mut own);
    property("lanescope.test", &own.0, out);
    if let Some(worker) = last.and_then(|attempt| run.attempts.worker(attempt)) {
        property("worker", run.worker_name(worker), out);
    }
    let markers = run.strings.get(run.tests.markers(test));
    if !markers.is_empty() {
        property("lanescope.markers", markers, out);
    }
    out.raw("</properties>\n");
    let outcome = run.tests.outcome(test);
    if let Some(last) = last {
        let element = match outcome {
            Outcome::Failed => "failure",
            Outcome::Error => "error",
            Outcome::Skipped | Outcome::XFailed | Outcome::Unknown => "skipped",
            Outcome::Passed | Outcome::XPassed => "",
        };
        if !element.is_empty() {
            result(run, last, element, outcome, out);
        }
    }
    for &attempt in &earlier {
        let element = match (outcome.is_bad(), run.attempts.outcome(attempt)) {
            (true, Outcome::Error) => "rerunError",
            (true, _) => "rerunFailure",
            (false, Outcome::Error) => "flakyError",
            (false, _) => "flakyFailure",
        };
        result(run, attempt, element, run.attempts.outcome(attempt), out);
    }
    if let Some(last) = last {
        let text = |kind| run.text(last, kind);
        let printed = [text(TextKind::Stdout), text(TextKind::Log)];
        let printed: Vec<&str> = printed.into_iter().filter(|text| !text.is_empty()).collect();
        for (element, text) in [("system-out", printed.join("\n").as_str()), ("system-err", text(TextKind::Stderr))] {
            if !text.is_empty() {
                out.raw("<").raw(element).raw(">").cdata(text).raw("</").raw(element).raw(">\n");
            }
        }
    }
    out.raw("</testcase>\n");
}

fn times(run: &Run, attempt: Option<AttemptId>, out: &mut Out) {
    let Some(attempt) = attempt else { return };
    if let Some(us) = run.attempts.total_us(attempt).filter(|&us| us >= 0) {
        out.raw(" time=\"").seconds(us).raw("\"");
    }
    if let Some(us) = run.attempts.start_us(attempt) {
        out.raw(" timestamp=\"").raw(&rfc3339(us)).raw("\"");
    }
}

fn result(run: &Run, attempt: AttemptId, element: &str, outcome: Outcome, out: &mut Out) {
    out.raw("<").raw(element).raw(" message=\"").xml(run.text(attempt, TextKind::Message)).raw("\" type=\"");
    out.raw(outcome.as_str()).raw("\"");
    if element != "failure" && element != "error" && element != "skipped" {
        times(run, Some(attempt), out);
    }
    out.raw(">").cdata(run.text(attempt, TextKind::Trace)).raw("</").raw(element).raw(">\n");
}

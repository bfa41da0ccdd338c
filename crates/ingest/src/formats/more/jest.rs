//! Jest's `--json`, Jest's internal result that reporters dump, and Vitest's JSON, which has Jest's shape.
//!
//! | field | becomes |
//! | --- | --- |
//! | file, `ancestorTitles`, `title` | identity, joined by ` › `; the folder that all files share is left out |
//! | `displayName` | group |
//! | `status` passed, failed, pending, skipped, todo, disabled | outcome; `failing` tests are expected to fail |
//! | `duration` | length in milliseconds |
//! | `startAt` (Jest 30 and later) | start of the last attempt |
//! | `invocations`, `retryReasons` | attempts before the last one: failed, without times |
//! | `failureMessages` of a test that passed (Vitest) | attempts before it, whose time is in its length |
//! | a file that failed and holds no tests | a test with outcome error |
//! | `startTime`, the last end of a file | session |

use lanescope_model::Outcome;

use super::kit::json::{each, int, is_true, joined, list, member, members, must_be_list, point_us, string, us};
use super::kit::{MS, Record, Sheet, outcome, shared_folder};
use crate::inherited::bounded;

pub(crate) fn read_jest(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("jest".to_owned());
    read(doc, sheet)
}

pub(crate) fn read_vitest(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("vitest".to_owned());
    read(doc, sheet)
}

fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    must_be_list(doc, "testResults", sheet);
    let start_us = point_us(member(doc, "startTime"), MS);
    let mut files = Vec::new();
    let whole = each(doc, "testResults", &mut |raw| {
        files.push(raw);
        Some(())
    });
    let path = |raw: &str| {
        let [name, path] = members(raw, ["name", "testFilePath"]);
        string(name.or(path)).into_owned()
    };
    let paths: Vec<String> = files.iter().map(|raw| path(raw)).collect();
    let folder = shared_folder(&paths.iter().map(String::as_str).collect::<Vec<_>>()).len();
    let mut last_us: Option<i64> = None;
    let mut starts = false;
    for (raw, path) in files.iter().zip(&paths) {
        let end = file(raw, bounded(path.get(folder..).unwrap_or(path)), sheet, &mut starts);
        last_us = last_us.max(end);
    }
    sheet.session(start_us, start_us.zip(last_us).and_then(|(start, end)| end.checked_sub(start)));
    sheet.run.meta.interrupted |= is_true(member(doc, "wasInterrupted"));
    if !starts && sheet.tests() > 0 {
        sheet.notes.info("this report has no starts of tests and names no workers, only the window of each file");
    }
    whole
}

/// One file; gives its end.
fn file(raw: &str, path: &str, sheet: &mut Sheet, starts: &mut bool) -> Option<i64> {
    let [assertions, results, end, perf, message, failure, status, display] = members(
        raw,
        [
            "assertionResults",
            "testResults",
            "endTime",
            "perfStats",
            "message",
            "failureMessage",
            "status",
            "displayName",
        ],
    );
    let display = match display {
        Some(raw) if raw.starts_with('{') => string(member(raw, "name")),
        raw => string(raw),
    };
    let tests = list(assertions.or(results));
    let troubled =
        if assertions.is_some() { string(status) == "failed" } else { string(failure).contains("failed to run") };
    if tests.is_empty() && troubled {
        let message = string(message.or(failure));
        let message = crate::ansi::strip(message.trim());
        let r = Record {
            group: &display,
            suite: path,
            name: "(test file)",
            file: path,
            outcome: Outcome::Error,
            trace: &message,
            ..Record::default()
        };
        sheet.add_new(&r);
    }
    for raw in tests {
        test(raw, path, &display, sheet, starts);
    }
    point_us(end.or_else(|| member(perf?, "end")), MS)
}

fn test(raw: &str, path: &str, group: &str, sheet: &mut Sheet, starts: &mut bool) {
    let [ancestors, title, status, duration, messages, invocations, reasons, start, failing, location] = members(
        raw,
        [
            "ancestorTitles",
            "title",
            "status",
            "duration",
            "failureMessages",
            "invocations",
            "retryReasons",
            "startAt",
            "failing",
            "location",
        ],
    );
    let titles = joined(ancestors, " › ");
    let suite = if titles.is_empty() { path.to_owned() } else { format!("{path} › {titles}") };
    let title = string(title);
    let status = string(status);
    let found = match outcome(&status) {
        Some(Outcome::Passed) if is_true(failing) => Outcome::XFailed,
        Some(found) => found,
        None => {
            sheet.notes.warn(format!("\u{201c}{status}\u{201d} is no known status; the outcome is unknown"));
            Outcome::Unknown
        }
    };
    let trace = if found == Outcome::Passed { String::new() } else { joined(messages, "\n\n") };
    let start_us = point_us(start, MS);
    *starts |= start_us.is_some();
    let line = location.and_then(|raw| int(member(raw, "line"))).and_then(|line| u32::try_from(line).ok());
    let r = Record {
        group,
        suite: &suite,
        name: &title,
        file: path,
        line,
        start_us,
        us: us(duration, MS),
        outcome: found,
        trace: &trace,
        ..Record::default()
    };
    let Some(test) = sheet.new_test(&r) else { return };
    // Vitest keeps the errors of attempts before the one that passed.
    if found == Outcome::Passed {
        for raw in list(messages).into_iter().take(100) {
            let trace = string(Some(raw));
            sheet.attempt(test, &Record { outcome: Outcome::Failed, trace: &trace, ..Record::default() });
        }
    }
    let before = sheet.counted(int(invocations).unwrap_or(1).saturating_sub(1));
    let reasons = list(reasons);
    for n in 0..before {
        let reason = string(reasons.get(n).copied());
        sheet.attempt(test, &Record { outcome: Outcome::Failed, trace: &reason, ..Record::default() });
    }
    sheet.attempt(test, &r);
}

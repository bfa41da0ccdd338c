//! pytest-html's page: the JSON that stands in its `data-jsonblob`.
//!
//! | field | becomes |
//! | --- | --- |
//! | `testId` | node id; `::setup` and `::teardown` behind it are parts of the test |
//! | `result` Passed, Failed, Error, Skipped, XFailed, XPassed, Rerun | outcome, of an attempt each; a further row without a rerun is a tear-down or subtest of the same attempt |
//! | `duration` | length, in whole milliseconds or seconds |
//! | `log` | trace and output; `[gw1] linux` in it names the worker |

use lanescope_model::{AttemptId, AttemptRow, Outcome, TextKind};

use super::kit::json::{elements, member, members, string};
use super::kit::{MS, Record, Sheet, clock_us, first_line, outcome};
use crate::formats::junit_xml::text::{Captured, captured, unescape};
use crate::json::{Cursor, number_us};
use crate::nodeid;

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("pytest-html".to_owned());
    let (_, rest) = doc.split_once("data-jsonblob=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let raw = rest.get(1..)?;
    let end = raw.find(quote);
    let blob = unescape(raw.get(..end.unwrap_or(raw.len()))?);
    let mut whole = Some(());
    let tests = member(&blob, "tests").or_else(|| {
        whole = None;
        blob.split_once("\"tests\"").and_then(|(_, rest)| rest.get(rest.find('{')?..))
    })?;
    Cursor::new(tests).members(&mut |c, key| {
        let list = c.raw()?;
        let mut last = None;
        elements(list, &mut |raw| {
            row(raw, key, &mut last, sheet);
            Some(())
        })
    })?;
    sheet.all_workers_or_none();
    sheet.notes.info("pytest-html tells no starts, and workers of those tests only whose log names one");
    whole.and(end.map(|_| ()))
}

fn length_us(text: &str) -> Option<i64> {
    match text.trim().strip_suffix("ms") {
        Some(ms) => number_us(ms.trim(), MS),
        None => clock_us(text.trim()),
    }
}

/// The worker that a line names, if it is pytest-xdist's: `[gw1] linux -- Python 3.11.7 /usr/bin/python`.
pub(super) fn banner(line: &str) -> Option<&str> {
    let (worker, rest) = line.strip_prefix('[')?.split_once("] ")?;
    rest.contains(" -- Python ").then_some(worker)
}

fn row(raw: &str, key: &str, last: &mut Option<AttemptId>, sheet: &mut Sheet) {
    let [id, result, duration, log] = members(raw, ["testId", "result", "duration", "log"]);
    let id = match string(id) {
        id if id.is_empty() => key.to_owned().into(),
        id => id,
    };
    let (id, part) = match id.rsplit_once("::") {
        Some((id, part @ ("setup" | "teardown"))) => (id, part),
        _ => (id.as_ref(), ""),
    };
    let log = string(log);
    let log = unescape(&log);
    let word = string(result);
    let found = match word.as_ref() {
        "Rerun" => Outcome::Failed,
        word => outcome(word).unwrap_or_default(),
    };
    // The worker stands at the head of what failed.
    let worker = log.lines().find_map(banner);
    let (suite, name) = id.split_at_checked(nodeid::name_at(id)).unwrap_or(("", id));
    // Rows of one attempt: its tear-down, and its subtests. Only an attempt that was run again is followed by another.
    if let Some(attempt) = *last {
        let row = sheet.run.attempt_row(attempt);
        if found.is_bad() && !row.outcome.is_bad() {
            let outcome = if part == "teardown" { Outcome::Error } else { found };
            sheet.run.set_attempt(attempt, AttemptRow { outcome, ..row });
        }
        if found.is_bad() {
            sheet.run.add_text(attempt, TextKind::Trace, &log);
        }
        return;
    }
    let mut parts = Vec::new();
    captured(&log, &mut |kind, part| parts.push((kind, part)));
    let text = |kind: Option<Captured>| parts.iter().find(|(k, _)| *k == kind).map_or("", |(_, text)| *text);
    let trace = if found == Outcome::Passed { "" } else { text(None) };
    let trace = match trace.split_once('\n') {
        Some((first, rest)) if banner(first).is_some() => rest.trim_start_matches('\n'),
        _ if banner(trace).is_some() => "",
        _ => trace,
    };
    let message = trace.lines().find_map(|line| line.strip_prefix("E ")).map_or(first_line(trace), str::trim);
    let attempt = sheet.add(&Record {
        suite: suite.trim_end_matches("::"),
        name,
        file: nodeid::path(id),
        worker: worker.unwrap_or(""),
        us: length_us(&string(duration)),
        outcome: found,
        message: if found == Outcome::Passed { "" } else { message },
        trace,
        out: text(Some(Captured::Out)),
        err: text(Some(Captured::Err)),
        log: text(Some(Captured::Log)),
        ..Record::default()
    });
    if word != "Rerun" {
        *last = Some(attempt);
    }
}

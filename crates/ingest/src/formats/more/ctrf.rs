//! CTRF (Common Test Report Format), as the schema has it and as reporters write it.
//!
//! | field | becomes |
//! | --- | --- |
//! | `suite` (list, or text with ` > `), `name`, `filePath` | identity and place |
//! | `status` passed, failed, skipped, pending, other | outcome |
//! | `duration`, `start`, `stop` | milliseconds; starts in seconds (Playwright's reporter) are seen and said |
//! | `retryAttempts`, `retries` | attempts before the last one |
//! | `flaky` | passed after an attempt that failed |
//! | `threadId` | worker |
//! | `environment.commit`, `branchName`, `buildUrl` | of the run |
//! | `summary.start`, `stop`, `duration` | session |
//! | `extra.lanescope` | all of it, where Lanescope wrote the file |

use lanescope_model::{Outcome, TextKind};

use super::kit::json::{each, int, is_true, joined, list, member, members, must_be_list, point_us, string, us, word};
use super::kit::{MS, Record, S, Sheet, outcome};
use crate::formats::own::Own;

struct Clock {
    /// Starts are in seconds.
    seconds: bool,
}

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    let mut whole = Some(());
    // A document that is cut off in its results has them all the same.
    let results = match member(doc, "results") {
        Some(raw) => raw,
        None => {
            whole = None;
            doc.split_once("\"results\"")
                .and_then(|(_, rest)| rest.find('{').and_then(|at| rest.get(at..)))
                .unwrap_or("")
        }
    };
    let [tool, summary, environment] = members(results, ["tool", "summary", "environment"]);
    sheet.dialect = tool.and_then(|raw| member(raw, "name")).map(|raw| string(Some(raw)).into_owned());
    let [start, stop, duration] = members(summary.unwrap_or(""), ["start", "stop", "duration"]);
    let (start_us, stop_us) = (point_us(start, MS), point_us(stop, MS));
    let length_us = start_us.zip(stop_us).and_then(|(a, b)| b.checked_sub(a)).filter(|&us| us > 0);
    sheet.session(start_us, length_us.or_else(|| us(duration, MS)));
    if let Some(raw) = environment {
        let [commit, branch, url] = members(raw, ["commit", "branchName", "buildUrl"]);
        let known = |raw| Some(string(raw).into_owned()).filter(|text| !text.is_empty());
        let meta = &mut sheet.run.meta;
        (meta.commit, meta.branch, meta.url) = (known(commit), known(branch), known(url));
    }
    let mut own = None;
    if let Some(raw) = member(results, "extra").and_then(|extra| member(extra, "lanescope")) {
        // Written by Lanescope: what it says is exact, and the fields of the format are what of it fits into them.
        sheet.session(None, None);
        let mut facts = Own::default();
        for pair in list(Some(raw)) {
            if let [name, value] = list(Some(pair)).as_slice() {
                facts.fact(&mut sheet.run, &string(Some(name)), &string(Some(value)));
            }
        }
        own = Some(facts);
    }
    must_be_list(results, "tests", sheet);
    let mut clock = Clock { seconds: false };
    each(results, "tests", &mut |raw| {
        let known = own.as_ref().and_then(|own| own_test(raw, sheet, own));
        if known.is_none() {
            test(raw, sheet, &mut clock);
        }
        Some(())
    })?;
    if clock.seconds {
        sheet.notes.warn("starts and stops of tests are in seconds, although CTRF says milliseconds; they are read so");
    }
    whole
}

/// A point in time in milliseconds, or in the seconds that some write.
fn point(raw: Option<&str>, clock: &mut Clock) -> Option<i64> {
    let raw = raw.filter(|raw| *raw != "0")?;
    if let Some(us) = point_us(Some(raw), MS) {
        return Some(us);
    }
    let us = point_us(Some(raw), S)?;
    clock.seconds = true;
    Some(us)
}

/// A test that Lanescope wrote.
fn own_test(raw: &str, sheet: &mut Sheet, own: &Own) -> Option<()> {
    let [name, suite, message, trace, file, line, tags, out, err, attempts, extra] = members(
        raw,
        ["name", "suite", "message", "trace", "filePath", "line", "tags", "stdout", "stderr", "retryAttempts", "extra"],
    );
    let text = string(member(extra?, "lanescope"));
    let (test, rows) = own.test(&mut sheet.run, &joined(suite, " › "), &string(name), &text)?;
    let line = int(line).and_then(|line| u32::try_from(line).ok());
    sheet.run.test_place(test, &string(file), line);
    sheet.run.test_markers(test, &joined(tags, " "));
    let Some((&last, earlier)) = rows.split_last() else { return Some(()) };
    for (&row, raw) in earlier.iter().zip(list(attempts)) {
        let [message, trace] = members(raw, ["message", "trace"]);
        sheet.run.set_text(row, TextKind::Message, &string(message));
        sheet.run.set_text(row, TextKind::Trace, &string(trace));
    }
    sheet.run.set_text(last, TextKind::Message, &string(message));
    sheet.run.set_text(last, TextKind::Trace, &string(trace));
    sheet.run.set_text(last, TextKind::Stdout, &joined(out, "\n"));
    sheet.run.set_text(last, TextKind::Stderr, &joined(err, "\n"));
    Some(())
}

fn test(raw: &str, sheet: &mut Sheet, clock: &mut Clock) {
    let [name, status, duration, start, stop, suite, message, trace, file, line, tags] = members(
        raw,
        ["name", "status", "duration", "start", "stop", "suite", "message", "trace", "filePath", "line", "tags"],
    );
    let [retries, flaky, attempts, out, err, thread, browser, raw_status] =
        members(raw, ["retries", "flaky", "retryAttempts", "stdout", "stderr", "threadId", "browser", "rawStatus"]);
    let suite = match suite {
        Some(raw) if raw.starts_with('[') => joined(Some(raw), " › "),
        raw => string(raw).split(" > ").collect::<Vec<_>>().join(" › "),
    };
    let (name, message, trace, file) = (string(name), string(message), string(trace), string(file));
    let lines = |raw: Option<&str>| match raw {
        Some(raw) if raw.starts_with('[') => joined(Some(raw), "\n"),
        raw => string(raw).into_owned(),
    };
    let (out, err, thread, browser) = (lines(out), lines(err), word(thread), string(browser));
    let start_us = point(start, clock);
    // Seconds are too coarse for an end.
    let stop_us = point(stop, clock).filter(|_| !clock.seconds);
    let status = string(status);
    let found = match (status.as_ref(), string(raw_status).as_ref()) {
        ("other", "todo" | "skipped" | "pending" | "disabled" | "notRunnable") => Outcome::Skipped,
        ("other", "timedOut" | "interrupted" | "broken" | "error") => Outcome::Error,
        ("other", "") => Outcome::Skipped,
        (status, _) => outcome(status).unwrap_or_default(),
    };
    let tags = joined(tags, " ");
    let r = Record {
        group: &browser,
        suite: &suite,
        name: &name,
        file: &file,
        line: int(line).and_then(|line| u32::try_from(line).ok()),
        markers: &tags,
        worker: &thread,
        start_us,
        stop_us,
        us: us(duration, MS),
        outcome: found,
        message: &message,
        trace: &trace,
        out: &out,
        err: &err,
        ..Record::default()
    };
    let Some(test) = sheet.new_test(&r) else { return };
    let attempts = list(attempts);
    let retries = int(retries).unwrap_or(0).clamp(0, 100) as usize;
    // What the list lacks of the retries is known by its number only.
    let unnamed = retries.saturating_sub(attempts.len()).max(usize::from(is_true(flaky) && attempts.is_empty()));
    for _ in 0..sheet.counted(unnamed as i64) {
        let earlier = if r.outcome.is_bad() || is_true(flaky) { Outcome::Failed } else { Outcome::Unknown };
        sheet.attempt(test, &Record { outcome: earlier, ..Record::default() });
    }
    // The last attempt stands in the list as well in files whose list is as long as the attempts.
    let last_too = attempts.len() == retries + 1;
    let last = attempts.last().copied();
    let earlier = if last_too { attempts.len().saturating_sub(1) } else { attempts.len() };
    for raw in attempts.into_iter().take(earlier) {
        let [status, duration, start, stop, message, trace] =
            members(raw, ["status", "duration", "start", "stop", "message", "trace"]);
        let (message, trace) = (string(message), string(trace));
        let r = Record {
            worker: &thread,
            start_us: point(start, clock),
            stop_us: point(stop, clock).filter(|_| !clock.seconds),
            us: us(duration, MS),
            outcome: outcome(&string(status)).unwrap_or_default(),
            message: &message,
            trace: &trace,
            ..Record::default()
        };
        sheet.attempt(test, &r);
    }
    // The test's own start may be that of its first attempt.
    let [start, stop] = members(last.filter(|_| last_too).unwrap_or(""), ["start", "stop"]);
    let last_start_us = point(start, clock);
    let stop_us = if last_start_us.is_some() { point(stop, clock).filter(|_| !clock.seconds) } else { r.stop_us };
    sheet.attempt(test, &Record { start_us: last_start_us.or(r.start_us), stop_us, ..r });
}

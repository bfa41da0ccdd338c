//! Bazel's build event protocol as JSON: a stream of objects, one a line or printed for people.
//!
//! | event | becomes |
//! | --- | --- |
//! | `testResult` with its label, run, shard and attempt | an attempt of a test target; a shard is a test of its own |
//! | `status` PASSED, FAILED, FLAKY; TIMEOUT, INCOMPLETE, REMOTE_FAILURE and others | passed, failed; error |
//! | `testAttemptStartMillisEpoch`, `testAttemptDurationMillis` | start, length |
//! | `started`, `buildFinished` | session |
//!
//! The tests inside a target stand in its `test.xml`, which is a JUnit file.

use lanescope_model::Outcome;

use super::kit::json::{int, member, members, point_us, string, us};
use super::kit::{MS, Record, Sheet};
use crate::json::Cursor;

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("bazel".to_owned());
    let mut c = Cursor::new(doc);
    let (mut start_us, mut end_us) = (None, None);
    while c.peek().is_some() {
        let raw = c.raw()?;
        let [id, result, started, finished] = members(raw, ["id", "testResult", "started", "finished"]);
        if let Some(started) = started {
            start_us = point_us(member(started, "startTimeMillis"), MS);
        }
        if let Some(finished) = finished {
            end_us = point_us(member(finished, "finishTimeMillis"), MS);
        }
        if let (Some(id), Some(result)) = (id.and_then(|id| member(id, "testResult")), result) {
            test(id, result, sheet);
        }
    }
    if end_us.is_none() {
        sheet.notes.info("the stream ends before the build does");
    }
    sheet.session(start_us, start_us.zip(end_us).and_then(|(a, b)| i64::checked_sub(b, a)));
    Some(())
}

fn test(id: &str, result: &str, sheet: &mut Sheet) {
    let [label, run, shard] = members(id, ["label", "run", "shard"]);
    let [status, start, duration, details] =
        members(result, ["status", "testAttemptStartMillisEpoch", "testAttemptDurationMillis", "statusDetails"]);
    let label = string(label);
    let (package, target) = label.rsplit_once(':').unwrap_or(("", &label));
    let mut name = target.to_owned();
    for (what, number) in [("shard", int(shard)), ("run", int(run))] {
        if let Some(n) = number.filter(|&n| n > 1) {
            name.push_str(&format!(" [{what} {n}]"));
        }
    }
    let details = string(details);
    sheet.add(&Record {
        suite: package,
        name: &name,
        start_us: point_us(start, MS),
        us: us(duration, MS),
        outcome: match string(status).as_ref() {
            "PASSED" | "FLAKY" => Outcome::Passed,
            "FAILED" => Outcome::Failed,
            "NO_STATUS" | "" => Outcome::Unknown,
            _ => Outcome::Error,
        },
        message: &details,
        ..Record::default()
    });
}

//! GoogleTest's JSON report.
//!
//! | field | becomes |
//! | --- | --- |
//! | `classname` or suite, `name`, `value_param`, `file`, `line` | identity and place |
//! | `result` COMPLETED with and without `failures`, SKIPPED; `status` NOTRUN | outcome |
//! | `time` | length in seconds |
//! | `timestamp` | start: local time to the second, although it is written with a `Z`. Tests of one process run one after the other, so that one that begins in the second of another begins where that one ended |
//! | the outermost `timestamp`, `time` | session |

use lanescope_model::Outcome;

use super::kit::json::{each, elements, int, member, members, must_be_list, string};
use super::kit::{Record, Sheet};
use crate::number::seconds;

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("gtest".to_owned());
    must_be_list(doc, "testsuites", sheet);
    let [start, time] = members(doc, ["timestamp", "time"]);
    let start_us = local(start, sheet);
    sheet.session(start_us, length(time));
    let mut last_us: Option<i64> = None;
    each(doc, "testsuites", &mut |suite| {
        let name = string(member(suite, "name"));
        elements(member(suite, "testsuite").unwrap_or("[]"), &mut |raw| {
            test(raw, &name, sheet, &mut last_us);
            Some(())
        })
    })
}

fn length(raw: Option<&str>) -> Option<i64> {
    seconds(&string(raw)).us()
}

/// A point in time whose zone is not the one that it names.
fn local(raw: Option<&str>, sheet: &mut Sheet) -> Option<i64> {
    let text = string(raw);
    sheet.point_us(text.trim_end_matches('Z'))
}

fn test(raw: &str, suite: &str, sheet: &mut Sheet, last_us: &mut Option<i64>) {
    let [name, class, value, kind, file, line, status, result, start, time, failures] = members(
        raw,
        [
            "name",
            "classname",
            "value_param",
            "type_param",
            "file",
            "line",
            "status",
            "result",
            "timestamp",
            "time",
            "failures",
        ],
    );
    let (class, file, value, kind) = (string(class), string(file), string(value), string(kind));
    let mut own = string(name).into_owned();
    for param in [value, kind].iter().filter(|p| !p.is_empty()) {
        own.push_str(&format!(" ({param})"));
    }
    let mut trace = String::new();
    let mut message = String::new();
    let _ = elements(failures.unwrap_or("[]"), &mut |raw| {
        let text = string(member(raw, "failure"));
        if message.is_empty() {
            message = text.lines().nth(1).or(text.lines().next()).unwrap_or("").to_owned();
        }
        trace.push_str(&text);
        trace.push('\n');
        Some(())
    });
    let outcome = match (string(status).as_ref(), string(result).as_ref()) {
        ("NOTRUN", _) | (_, "SUPPRESSED" | "SKIPPED") => Outcome::Skipped,
        _ if !trace.is_empty() => Outcome::Failed,
        (_, "COMPLETED") | ("RUN", _) => Outcome::Passed,
        _ => Outcome::Unknown,
    };
    let us = length(time);
    let recorded = if string(status) == "NOTRUN" { None } else { local(start, sheet) };
    let start_us = recorded.map(|start| last_us.map_or(start, |last| last.max(start)));
    *last_us = start_us.zip(us).and_then(|(start, us)| start.checked_add(us)).or(*last_us);
    sheet.add_new(&Record {
        suite: if class.is_empty() { suite } else { &class },
        name: &own,
        file: &file,
        line: int(line).and_then(|line| u32::try_from(line).ok()),
        start_us,
        us,
        outcome,
        message: &message,
        trace: trace.trim_end(),
        ..Record::default()
    });
}

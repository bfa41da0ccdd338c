//! The JSON of Buildkite's Test Engine collectors: a list of tests.
//!
//! | field | becomes |
//! | --- | --- |
//! | `scope`, `name`, `file_name`, `location` | identity and place |
//! | `result` passed, failed, skipped, unknown | outcome |
//! | `history.start_at`, `end_at`, `duration` | start, stop, length in seconds; the clock may be one that counts from the start of the machine or the run |
//! | `failure_reason`, `failure_expanded` | message, trace |

use super::kit::json::{elements, joined, list, member, members, string, us};
use super::kit::{Record, S, Sheet, outcome};

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    sheet.dialect = Some("buildkite".to_owned());
    elements(doc, &mut |raw| {
        test(raw, sheet);
        Some(())
    })
}

fn test(raw: &str, sheet: &mut Sheet) {
    let [scope, name, location, file, result, reason, expanded, history] = members(
        raw,
        ["scope", "name", "location", "file_name", "result", "failure_reason", "failure_expanded", "history"],
    );
    let (scope, name, location, file, reason) =
        (string(scope), string(name), string(location), string(file), string(reason));
    let [start, end, duration] = members(history.unwrap_or(""), ["start_at", "end_at", "duration"]);
    // These may be seconds since 1970, which are more than a length may be.
    let point = |raw: Option<&str>| crate::json::number_us(raw?, S).filter(|&us| us >= 0);
    let mut trace = String::new();
    for raw in list(expanded) {
        for key in ["expanded", "backtrace"] {
            trace.push_str(&joined(member(raw, key), "\n"));
            trace.push('\n');
        }
    }
    let line = location.rsplit_once(':').and_then(|(_, line)| line.parse().ok());
    let reason_first = super::kit::first_line(&reason);
    let trace = if trace.trim().is_empty() && reason != reason_first { reason.to_string() } else { trace };
    sheet.add_new(&Record {
        suite: &scope,
        name: &name,
        file: file.trim_start_matches("./"),
        line,
        start_us: point(start),
        stop_us: point(end),
        us: us(duration, S),
        outcome: outcome(&string(result)).unwrap_or_default(),
        message: reason_first,
        trace: trace.trim_end(),
        ..Record::default()
    });
}

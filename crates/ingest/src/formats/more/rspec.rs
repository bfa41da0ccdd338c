//! RSpec's JSON formatter.
//!
//! | field | becomes |
//! | --- | --- |
//! | `full_description`, `description`, `file_path`, `line_number` | identity and place |
//! | `status` passed, failed, pending | outcome; pending is skipped |
//! | `run_time` | length in seconds |
//! | `exception`, `pending_message` | texts |
//! | `summary.duration` | session |

use lanescope_model::Outcome;

use super::kit::json::{each, int, joined, member, members, must_be_list, string, us};
use super::kit::{Record, S, Sheet, outcome};

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    must_be_list(doc, "examples", sheet);
    sheet.dialect = Some("rspec".to_owned());
    let [duration, outside] =
        members(member(doc, "summary").unwrap_or(""), ["duration", "errors_outside_of_examples_count"]);
    sheet.session(None, us(duration, S));
    if let Some(n) = int(outside).filter(|&n| n > 0) {
        sheet.notes.warn(format!("{n} errors happened outside of the examples; they are no tests"));
    }
    each(doc, "examples", &mut |raw| {
        example(raw, sheet);
        Some(())
    })
}

fn example(raw: &str, sheet: &mut Sheet) {
    let [full, own, status, file, line, time, pending, exception] = members(
        raw,
        [
            "full_description",
            "description",
            "status",
            "file_path",
            "line_number",
            "run_time",
            "pending_message",
            "exception",
        ],
    );
    let (full, own, file, pending) = (string(full), string(own), string(file), string(pending));
    let [class, message, backtrace] = members(exception.unwrap_or(""), ["class", "message", "backtrace"]);
    let (class, message) = (string(class), string(message));
    let backtrace = joined(backtrace, "\n");
    let trace = [class.as_ref(), message.as_ref(), backtrace.as_str()].into_iter().filter(|t| !t.is_empty());
    let trace: Vec<&str> = trace.collect();
    let name = if own.is_empty() { full.as_ref() } else { own.as_ref() };
    let group = full.strip_suffix(name).unwrap_or("").trim_end();
    let file = file.trim_start_matches("./");
    let suite = if group.is_empty() { file.to_owned() } else { format!("{file} › {group}") };
    sheet.add_new(&Record {
        suite: &suite,
        name,
        file,
        line: int(line).and_then(|line| u32::try_from(line).ok()),
        us: us(time, S),
        outcome: outcome(&string(status)).unwrap_or(Outcome::Unknown),
        message: if pending.is_empty() { message.trim() } else { &pending },
        trace: &trace.join("\n"),
        ..Record::default()
    });
}

//! Chrome trace events with tests in them: those that nextest exports, and those of this program.
//!
//! | event | becomes |
//! | --- | --- |
//! | nextest: `E` of category `test` with the `B` of the same thread before it | an attempt, with start and stop in microseconds |
//! | nextest: `binary_id`, `test_name` | identity, as in nextest's JUnit |
//! | `result.status`, `error`, `is_slow` | outcome and message; what did not end by an exit code is an error |
//! | `X` with `args.test` and `args.outcome` (lanescope) | an attempt |
//! | `thread_name` | worker |
//! | nextest: `test run` | session |

use hashbrown::HashMap;
use lanescope_model::Outcome;

use super::kit::json::{elements, int, member, members, string, us, word};
use super::kit::{MS, Record, Sheet, outcome};
use super::libtest_json::split;
use crate::json::number_us;

type Thread = (String, String);

#[derive(Default)]
struct Trace {
    names: HashMap<Thread, String, foldhash::fast::FixedState>,
    begun: HashMap<Thread, i64, foldhash::fast::FixedState>,
    others: u64,
}

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    let events = if doc.trim_start().starts_with('[') { Some(doc) } else { member(doc, "traceEvents") };
    // A trace that is cut off has its events all the same.
    let whole = events.is_some();
    let events = events.or_else(|| doc.split_once("\"traceEvents\"").and_then(|(_, rest)| rest.get(rest.find('[')?..)));
    let mut trace = Trace::default();
    let end = elements(events.unwrap_or(""), &mut |raw| {
        event(raw, &mut trace, sheet);
        Some(())
    });
    if sheet.tests() == 0 && trace.others > 0 {
        sheet.notes.warn(format!("a trace with {} events, of which none is known to be a test", trace.others));
    }
    // Chrome accepts a list without its end.
    if whole { end.or(doc.trim_start().starts_with('[').then_some(()).filter(|()| sheet.tests() == 0)) } else { None }
}

fn event(raw: &str, trace: &mut Trace, sheet: &mut Sheet) {
    let [phase, category, name, ts, length, pid, tid, args] =
        members(raw, ["ph", "cat", "name", "ts", "dur", "pid", "tid", "args"]);
    let thread = (word(pid).into_owned(), word(tid).into_owned());
    let at = ts.and_then(|raw| number_us(raw, 1));
    let args = args.unwrap_or("");
    match (string(phase).as_ref(), string(category).as_ref()) {
        ("M", _) if string(name) == "thread_name" => {
            trace.names.insert(thread, string(member(args, "name")).into_owned());
        }
        ("B", "test") => {
            if let Some(at) = at {
                trace.begun.insert(thread, at);
            }
        }
        ("E", "test") => nextest(args, &thread, at, trace, sheet),
        ("B", "run") if string(name) == "test run" => sheet.session(at, None),
        ("E", "run") if string(name) == "test run" => {
            let start = sheet.run.meta.session.start_us;
            sheet.session(start, us(member(args, "time_taken_ms"), MS));
        }
        ("X", category) => {
            let [test, found] = members(args, ["test", "outcome"]);
            let (Some(test), Some(found)) = (test, found) else {
                trace.others += u64::from(category != "phase");
                return;
            };
            let worker = trace.names.get(&thread).cloned().unwrap_or_default();
            let id = string(Some(test));
            let own = string(name);
            let suite = id.strip_suffix(own.as_ref()).unwrap_or("");
            if suite.ends_with(" › ") {
                sheet.separator = " › ";
            }
            let suite = suite.trim_end_matches("::").trim_end_matches(" › ");
            sheet.add(&Record {
                suite,
                name: &own,
                worker: &worker,
                start_us: at,
                us: length.and_then(|raw| number_us(raw, 1)),
                outcome: outcome(&string(Some(found))).unwrap_or(Outcome::Unknown),
                ..Record::default()
            });
            sheet.dialect = Some("lanescope".to_owned());
        }
        _ => trace.others += 1,
    }
}

fn nextest(args: &str, thread: &Thread, stop_us: Option<i64>, trace: &mut Trace, sheet: &mut Sheet) {
    let [binary, test, taken, result, error] =
        members(args, ["binary_id", "test_name", "time_taken_ms", "result", "error"]);
    let Some(test) = test else { return };
    let (binary, test) = (string(binary), string(Some(test)));
    let (modules, name) = split(&test);
    let suite = if modules.is_empty() { binary.to_string() } else { format!("{binary}::{modules}") };
    let [status, failure] = members(result.unwrap_or(""), ["status", "failure"]);
    let kind = string(failure.and_then(|raw| member(raw, "kind")));
    let found = match string(status).as_ref() {
        "pass" | "leak" => Outcome::Passed,
        "fail" if matches!(kind.as_ref(), "exit-code" | "") => Outcome::Failed,
        "" => Outcome::Unknown,
        _ => Outcome::Error,
    };
    let [short, description] = members(error.unwrap_or(""), ["short_message", "description"]);
    let (short, description) = (string(short), string(description));
    let worker = trace.names.get(thread).cloned().unwrap_or_default();
    sheet.add(&Record {
        suite: &suite,
        name,
        worker: &worker,
        start_us: trace.begun.remove(thread),
        stop_us,
        us: us(taken, MS),
        outcome: found,
        message: if short.is_empty() { &kind } else { &short },
        trace: &description,
        ..Record::default()
    });
    let attempts = int(member(args, "attempt"));
    sheet.dialect = attempts.map(|_| "nextest".to_owned()).or(sheet.dialect.take());
}

//! pytest-json-report: a tree of phases for each test, without starts.
//!
//! | field | becomes |
//! | --- | --- |
//! | `nodeid`, `lineno` (from 0), `keywords` | identity, place, markers |
//! | `outcome` passed, failed, error, skipped, xfailed, xpassed | outcome; a failing set-up or tear-down is an error |
//! | `outcome` rerun | passed after an attempt that failed and was overwritten |
//! | `setup`, `call`, `teardown` | lengths in seconds, crash message, long text, output, log |
//! | `[gw1] linux -- Python …` before a long text | worker, if all tests have it |
//! | `created` − `duration`, `duration` | session: the file is made at its end |
//! | `environment`, `exitcode` 2 | an interrupted session |

use lanescope_model::Outcome;

use super::kit::json::{each, int, joined, list, member, members, must_be_list, point_us, string, us};
use super::kit::{Record, S, Sheet, outcome};
use super::pytest_html::banner;
use crate::nodeid;

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("pytest".to_owned());
    must_be_list(doc, "tests", sheet);
    let [created, duration, exit, root] = members(doc, ["created", "duration", "exitcode", "root"]);
    let root = string(root);
    let root = root.rsplit(['/', '\\']).next().unwrap_or("");
    let length_us = us(duration, S);
    let start_us = point_us(created, S).zip(length_us).and_then(|(end, us)| end.checked_sub(us));
    sheet.session(start_us, length_us);
    sheet.run.meta.interrupted = exit == Some("2");
    let mut reruns = 0_u64;
    let whole = each(doc, "tests", &mut |raw| {
        test(raw, root, sheet, &mut reruns);
        Some(())
    });
    each(doc, "collectors", &mut |raw| {
        collector(raw, sheet);
        Some(())
    })?;
    sheet.all_workers_or_none();
    if reruns > 0 {
        let text = format!("{reruns} tests passed after attempts that failed; how many there were is not written");
        sheet.notes.info(text);
    }
    if sheet.tests() > 0 {
        sheet
            .notes
            .info("pytest-json-report tells no starts; a report log of the same session (--report-log) has them");
    }
    whole
}

/// A module that could not be collected, or was skipped as a whole.
fn collector(raw: &str, sheet: &mut Sheet) {
    let [id, result, long] = members(raw, ["nodeid", "outcome", "longrepr"]);
    let (id, long) = (string(id), string(long));
    let found = match string(result).as_ref() {
        "failed" => Outcome::Error,
        "skipped" => Outcome::Skipped,
        _ => return,
    };
    sheet.add(&Record { name: &id, file: &id, outcome: found, trace: &long, ..Record::default() });
}

fn test(raw: &str, root: &str, sheet: &mut Sheet, reruns: &mut u64) {
    let [id, line, keywords, result, setup, call, teardown] =
        members(raw, ["nodeid", "lineno", "keywords", "outcome", "setup", "call", "teardown"]);
    let id = string(id);
    let (suite, name) = match id.split_at_checked(nodeid::name_at(&id)) {
        Some((suite, name)) => (suite.strip_suffix("::").unwrap_or(suite), name),
        None => ("", id.as_ref()),
    };
    fn phase(raw: Option<&str>) -> [Option<&str>; 2] {
        members(raw.unwrap_or(""), ["duration", "outcome"])
    }
    let [setup_s, setup_outcome] = phase(setup);
    let [call_s, _] = phase(call);
    let [teardown_s, teardown_outcome] = phase(teardown);
    let (setup_us, call_us, teardown_us) = (us(setup_s, S), us(call_s, S), us(teardown_s, S));
    let parts = [setup_us, call_us, teardown_us];
    let total = parts.iter().any(Option::is_some).then(|| parts.iter().flatten().sum());
    let word = string(result);
    let failed_around = string(setup_outcome) == "failed" || string(teardown_outcome) == "failed";
    let found = match word.as_ref() {
        "rerun" => Outcome::Passed,
        "failed" | "error" if failed_around => Outcome::Error,
        word => outcome(word).unwrap_or_default(),
    };
    let mut worker = String::new();
    let (mut message, mut trace, mut out, mut err, mut log) =
        (String::new(), String::new(), String::new(), String::new(), String::new());
    for raw in [setup, call, teardown].into_iter().flatten() {
        let [crash, long, stdout, stderr, records] = members(raw, ["crash", "longrepr", "stdout", "stderr", "log"]);
        if message.is_empty() {
            message = string(crash.and_then(|raw| member(raw, "message"))).into_owned();
        }
        // Under pytest-xdist each phase has a line before it that names the worker.
        for line in string(long).lines() {
            match banner(line) {
                Some(name) => worker = name.to_owned(),
                None => {
                    trace.push_str(line);
                    trace.push('\n');
                }
            }
        }
        push(&mut out, &string(stdout));
        push(&mut err, &string(stderr));
        for record in list(records) {
            let [level, text] = members(record, ["levelname", "msg"]);
            push(&mut log, &format!("{} {}", string(level), string(text)));
        }
    }
    let trace = trace.trim_matches('\n');
    if found == Outcome::Skipped {
        // The long text of a skip is a place and a reason.
        message = trace.trim_end_matches(['\'', ')']).rsplit("Skipped: ").next().unwrap_or("").to_owned();
    }
    let trace = if found == Outcome::Skipped { "" } else { trace };
    let markers = joined(keywords, "\n");
    let markers: Vec<&str> = markers.lines().filter(|&k| k != root && is_marker(k, &id)).collect();
    let r = Record {
        suite,
        name,
        file: nodeid::path(&id),
        line: int(line).and_then(|line| u32::try_from(line.checked_add(1)?).ok()),
        markers: &markers.join(" "),
        worker: &worker,
        us: total,
        setup_us: setup_us.filter(|_| teardown_us.is_some()),
        teardown_us: teardown_us.filter(|_| setup_us.is_some()),
        outcome: found,
        message: &message,
        trace,
        out: &out,
        err: &err,
        log: &log,
        ..Record::default()
    };
    let test = sheet.test(&r);
    if word == "rerun" {
        *reruns += 1;
        sheet.attempt(test, &Record { outcome: Outcome::Failed, ..Record::default() });
    }
    sheet.attempt(test, &r);
}

fn push(into: &mut String, text: &str) {
    if !text.is_empty() {
        if !into.is_empty() {
            into.push('\n');
        }
        into.push_str(text);
    }
}

/// Whether a keyword of a test is a marker: no part of its id, and none of pytest's own.
fn is_marker(keyword: &str, id: &str) -> bool {
    const OWN: [&str; 4] = ["()", "pytestmark", "parametrize", "usefixtures"];
    !keyword.is_empty()
        && !OWN.contains(&keyword)
        && !keyword.contains(['/', ':', '[', ' '])
        && !keyword.ends_with(".py")
        && !id.split("::").any(|part| part.split('[').next() == Some(keyword))
        && keyword.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !id.split('/').any(|folder| folder == keyword)
        && keyword.starts_with(char::is_lowercase)
}

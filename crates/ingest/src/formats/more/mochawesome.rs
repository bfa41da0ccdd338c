//! Mochawesome: a report, or one suite of it.
//!
//! | field | becomes |
//! | --- | --- |
//! | `file`, titles of suites, `title` | identity |
//! | `state` passed, failed, pending; `skipped` | outcome |
//! | `duration` | length in milliseconds |
//! | a hook that failed | a test with outcome error |
//! | `err.message`, `estack`, `diff` | texts |
//! | `stats` | session |

use lanescope_model::Outcome;

use super::kit::json::{each, is_true, list, member, members, must_be_list, string, us};
use super::kit::{MS, Record, Sheet};
use crate::inherited::{self, bounded};

/// Suites deeper than this are none.
const MAX_DEPTH: usize = 64;

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    must_be_list(doc, "results", sheet);
    sheet.dialect = Some("mochawesome".to_owned());
    let [stats, results] = members(doc, ["stats", "results"]);
    let [start, duration] = members(stats.unwrap_or(""), ["start", "duration"]);
    let start_us = sheet.point_us(&string(start));
    sheet.session(start_us, us(duration, MS));
    if results.is_none() && stats.is_none() {
        suite(doc, "", "", 0, sheet);
        return doc.trim_end().ends_with('}').then_some(());
    }
    each(doc, "results", &mut |raw| {
        suite(raw, "", "", 0, sheet);
        Some(())
    })
}

fn suite(raw: &str, path: &str, file: &str, depth: usize, sheet: &mut Sheet) {
    if depth > MAX_DEPTH || !raw.starts_with('{') && !raw.trim_start().starts_with('{') {
        return;
    }
    let [title, own_file, tests, suites, before, after, before_each, after_each] = members(
        raw,
        ["title", "file", "tests", "suites", "beforeHooks", "afterHooks", "beforeEachHooks", "afterEachHooks"],
    );
    let (title, own_file) = (string(title), string(own_file));
    let file = if own_file.is_empty() { file } else { own_file.trim_start_matches(['/', '\\']) };
    let (file, titles) = (bounded(file), [path, title.as_ref()]);
    let path = inherited::path(&mut titles.into_iter().filter(|title| !title.is_empty()), " › ");
    for raw in list(before).into_iter().chain(list(before_each)) {
        hook(raw, &path, file, sheet);
    }
    for raw in list(tests) {
        test(raw, &path, file, sheet);
    }
    for raw in list(after_each).into_iter().chain(list(after)) {
        hook(raw, &path, file, sheet);
    }
    for raw in list(suites) {
        suite(raw, &path, file, depth + 1, sheet);
    }
}

fn hook(raw: &str, path: &str, file: &str, sheet: &mut Sheet) {
    let [state, fail] = members(raw, ["state", "fail"]);
    if string(state) == "failed" || is_true(fail) {
        add(raw, path, file, Outcome::Error, sheet);
    }
}

fn test(raw: &str, path: &str, file: &str, sheet: &mut Sheet) {
    let [state, pass, fail, pending, skipped] = members(raw, ["state", "pass", "fail", "pending", "skipped"]);
    let outcome = match string(state).as_ref() {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed,
        "pending" | "skipped" => Outcome::Skipped,
        _ if is_true(pass) => Outcome::Passed,
        _ if is_true(fail) => Outcome::Failed,
        _ if is_true(pending) || is_true(skipped) => Outcome::Skipped,
        _ => Outcome::Unknown,
    };
    add(raw, path, file, outcome, sheet);
}

fn add(raw: &str, path: &str, file: &str, outcome: Outcome, sheet: &mut Sheet) {
    let [title, duration, err] = members(raw, ["title", "duration", "err"]);
    let title = string(title);
    let [message, stack, diff] = members(err.unwrap_or(""), ["message", "estack", "diff"]);
    let (message, stack, diff) = (string(message), string(stack), string(diff));
    let suite = match (file.is_empty(), path.is_empty()) {
        (true, _) => path.to_owned(),
        (false, true) => file.to_owned(),
        (false, false) => format!("{file} › {path}"),
    };
    let trace = if diff.is_empty() { stack.to_string() } else { format!("{stack}\n\n{diff}") };
    let added = sheet.add_new(&Record {
        suite: &suite,
        name: &title,
        file,
        // What did not run took no time.
        us: us(duration, MS).filter(|_| outcome != Outcome::Skipped),
        outcome,
        message: &message,
        trace: trace.trim(),
        ..Record::default()
    });
    // Notes that a test adds to its report.
    let context = string(member(raw, "context"));
    if let Some(id) = added {
        sheet.run.set_text(id, lanescope_model::TextKind::Log, &context);
    }
}

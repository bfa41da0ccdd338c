//! Mocha's JSON reporter.
//!
//! | field | becomes |
//! | --- | --- |
//! | `file`, `fullTitle`, `title` | identity |
//! | `passes`, `pending`, `err` | outcome |
//! | `duration` | length in milliseconds |
//! | `currentRetry` | so many attempts before this one, which failed and have no times |
//! | a failure that is no test (a hook) | a test with outcome error |
//! | `stats` | session |

use hashbrown::HashSet;
use lanescope_model::Outcome;

use super::kit::json::{each, int, list, member, members, must_be_list, string, us};
use super::kit::{MS, Record, Sheet, shared_folder};

type Titles = HashSet<String, foldhash::fast::FixedState>;

fn titles(doc: &str, key: &str) -> Titles {
    list(member(doc, key)).into_iter().map(|raw| string(member(raw, "fullTitle")).into_owned()).collect()
}

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    must_be_list(doc, "tests", sheet);
    sheet.dialect = Some("mocha".to_owned());
    let [start, duration] = members(member(doc, "stats").unwrap_or(""), ["start", "duration"]);
    let start_us = sheet.point_us(&string(start));
    sheet.session(start_us, us(duration, MS));
    let (pending, passes) = (titles(doc, "pending"), titles(doc, "passes"));
    let mut tests = Vec::new();
    let whole = each(doc, "tests", &mut |raw| {
        tests.push(raw);
        Some(())
    });
    let files: Vec<String> = tests.iter().map(|raw| string(member(raw, "file")).into_owned()).collect();
    let folder = shared_folder(&files.iter().map(String::as_str).filter(|f| !f.is_empty()).collect::<Vec<_>>()).len();
    let mut known = Titles::default();
    for (raw, file) in tests.iter().zip(&files) {
        test(raw, file.get(folder..).unwrap_or(""), sheet, &pending, &passes, &mut known);
    }
    // Hooks that failed stand among the failures only.
    each(doc, "failures", &mut |raw| {
        let full = string(member(raw, "fullTitle")).into_owned();
        if known.insert(full) {
            let file = string(member(raw, "file")).into_owned();
            test(raw, file.get(folder..).unwrap_or(""), sheet, &pending, &passes, &mut Titles::default());
        }
        Some(())
    })?;
    whole
}

fn test(raw: &str, file: &str, sheet: &mut Sheet, pending: &Titles, passes: &Titles, known: &mut Titles) {
    let [title, full, duration, retry, err] = members(raw, ["title", "fullTitle", "duration", "currentRetry", "err"]);
    let (title, full) = (string(title), string(full));
    let [message, stack] = members(err.unwrap_or(""), ["message", "stack"]);
    let failed = message.is_some() || stack.is_some();
    let (message, stack) = (string(message), string(stack));
    let is_hook = title.starts_with("\"before ") || title.starts_with("\"after ");
    let outcome = match (failed, pending.contains(full.as_ref())) {
        (true, _) if is_hook => Outcome::Error,
        (true, _) => Outcome::Failed,
        (false, true) if duration.is_none() || !passes.contains(full.as_ref()) => Outcome::Skipped,
        (false, _) if passes.contains(full.as_ref()) || duration.is_some() => Outcome::Passed,
        _ => Outcome::Unknown,
    };
    known.insert(full.to_string());
    let group = full.strip_suffix(title.as_ref()).unwrap_or("").trim_end();
    let suite = match (file.is_empty(), group.is_empty()) {
        (true, _) => group.to_owned(),
        (false, true) => file.to_owned(),
        (false, false) => format!("{file} › {group}"),
    };
    let r = Record {
        suite: &suite,
        name: &title,
        file,
        us: us(duration, MS),
        outcome,
        message: &message,
        trace: &stack,
        ..Record::default()
    };
    let Some(test) = sheet.new_test(&r) else { return };
    for _ in 0..sheet.counted(int(retry).unwrap_or(0)) {
        sheet.attempt(test, &Record { outcome: Outcome::Failed, ..Record::default() });
    }
    sheet.attempt(test, &r);
}

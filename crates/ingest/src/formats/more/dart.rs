//! The JSON of Dart's and Flutter's test runner: one event a line, with milliseconds since the runner's start.
//!
//! | event | becomes |
//! | --- | --- |
//! | `suite` path, `group` names, `test` name | identity |
//! | `testStart`, `testDone` | start, stop; the clock has no date |
//! | `result` success, failure, error; `skipped` | outcome |
//! | `hidden` | no test: loading, set-up and tear-down of a suite that went well |
//! | `error`, `print` | message, trace, output |
//! | a test without an end | error |

use hashbrown::HashMap;
use lanescope_model::Outcome;

use super::kit::json::{int, is_true, list, member, members, string};
use super::kit::lines::Lines;
use super::kit::{Case, MS, Sheet, first_line};
use crate::inherited::{self, bounded};
use crate::time::Point;

type Map<T> = HashMap<i64, T, foldhash::fast::FixedState>;

#[derive(Default)]
pub(crate) struct Dart {
    suites: Map<String>,
    groups: Map<String>,
    open: Map<Case>,
    done: bool,
    broken: u64,
    last_us: Option<i64>,
}

impl Dart {
    fn start(&mut self, raw: &str, at: Option<i64>) {
        let [id, name, suite, groups, line, url] = members(raw, ["id", "name", "suiteID", "groupIDs", "line", "url"]);
        let path = int(suite).and_then(|id| self.suites.get(&id)).map_or("", String::as_str);
        // The innermost group's name holds those around it.
        let group = list(groups).into_iter().filter_map(|raw| self.groups.get(&int(Some(raw))?)).next_back();
        let group = group.map_or("", String::as_str);
        let name = string(name);
        let own = name.strip_prefix(group).map_or(name.as_ref(), str::trim_start);
        let suite = inherited::path(&mut [path, group].into_iter().filter(|name| !name.is_empty()), " › ");
        let _ = url;
        let case = Case {
            suite,
            name: own.to_owned(),
            file: path.to_owned(),
            line: int(line).and_then(|line| u32::try_from(line).ok()),
            start_us: at,
            ..Case::default()
        };
        if let Some(id) = int(id) {
            self.open.insert(id, case);
        }
    }

    fn end_of(&mut self, line: &str, at: Option<i64>, sheet: &mut Sheet) {
        let [id, result, skipped, hidden] = members(line, ["testID", "result", "skipped", "hidden"]);
        let Some(mut case) = int(id).and_then(|id| self.open.remove(&id)) else { return };
        if is_true(hidden) {
            return;
        }
        case.stop_us = at;
        case.outcome = match string(result).as_ref() {
            _ if is_true(skipped) => Outcome::Skipped,
            "success" => Outcome::Passed,
            "failure" => Outcome::Failed,
            "error" => Outcome::Error,
            _ => Outcome::Unknown,
        };
        sheet.add_new(&case.record());
    }
}

impl Lines for Dart {
    fn line(&mut self, line: &str, _at: Option<Point>, _whole: bool, sheet: &mut Sheet) {
        sheet.separator = " › ";
        let line = line.trim();
        if !line.starts_with('{') || !line.ends_with('}') {
            // Flutter prints lists of its own between the events.
            self.broken += u64::from(!line.is_empty() && !line.starts_with('['));
            return;
        }
        let [kind, time, suite, group, test, id] = members(line, ["type", "time", "suite", "group", "test", "testID"]);
        let at = int(time).and_then(|ms| ms.checked_mul(MS));
        self.last_us = at.or(self.last_us);
        match string(kind).as_ref() {
            "suite" => {
                let [id, path] = members(suite.unwrap_or(""), ["id", "path"]);
                if let Some(id) = int(id) {
                    self.suites.insert(id, bounded(&string(path)).to_owned());
                }
            }
            "group" => {
                let [id, name] = members(group.unwrap_or(""), ["id", "name"]);
                if let Some(id) = int(id) {
                    self.groups.insert(id, bounded(&string(name)).to_owned());
                }
            }
            "testStart" => self.start(test.unwrap_or(""), at),
            "testDone" => self.end_of(line, at, sheet),
            "error" => {
                if let Some(case) = int(id).and_then(|id| self.open.get_mut(&id)) {
                    let [error, stack] = members(line, ["error", "stackTrace"]);
                    let error = string(error);
                    if case.message.is_empty() {
                        case.message = first_line(&error).to_owned();
                    }
                    case.trace.push_str(&format!("{error}\n{}", string(stack)));
                }
            }
            "print" => {
                if let Some(case) = int(id).and_then(|id| self.open.get_mut(&id)) {
                    case.out.push_str(&string(member(line, "message")));
                    case.out.push('\n');
                }
            }
            "done" => self.done = true,
            _ => {}
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let mut open: Vec<i64> = self.open.keys().copied().collect();
        open.sort_unstable();
        for id in open {
            if let Some(mut case) = self.open.remove(&id).filter(|case| !case.name.starts_with("loading ")) {
                case.outcome = Outcome::Error;
                case.message = "it has no end in this file".to_owned();
                sheet.add_new(&case.record());
            }
        }
        if !self.done || self.broken > 0 {
            sheet.notes.warn("the file ends before its run does, or has lines that are no events");
            sheet.run.meta.interrupted = !self.done;
        }
        sheet.session(None, self.last_us.filter(|_| self.done));
        sheet.dialect = Some("dart".to_owned());
    }
}

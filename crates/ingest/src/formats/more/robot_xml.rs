//! Robot Framework's `output.xml`.
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | names of `suite`s, joined by dots; `test@name`, `@line` | identity, place |
//! | `test/status@start`, `@elapsed`; before Robot 7 `@starttime`, `@endtime` | start, stop, length |
//! | `status` PASS, FAIL, SKIP, NOT RUN | outcome; a FAIL whose message says set-up or tear-down is an error |
//! | text of `status` | message |
//! | `kw` of type setup, teardown in a test | time in set-up and tear-down |
//! | `msg` | log |
//! | `tag` | markers |
//! | `status` of the outermost suite | session |

use lanescope_model::Outcome;

use super::kit::xml::{Element, Elements};
use super::kit::{Case, Sheet};
use crate::inherited::{bounded, path};

const MAX_LOG: usize = 1 << 20;

#[derive(Default)]
pub(crate) struct RobotXml {
    suites: Vec<(String, String)>,
    case: Option<Case>,
    /// What the keyword right below the test is: set-up, tear-down or body.
    keyword: String,
    level: String,
}

/// Start and length of a status, in both spellings.
fn times(e: &Element<'_>, sheet: &mut Sheet) -> (Option<i64>, Option<i64>) {
    if let Some(start) = e.has("start") {
        return (sheet.point_us(&start), e.seconds_us("elapsed"));
    }
    let mut old = |name: &str| {
        // 20220201 17:17:12.718
        let text = e.get(name);
        let (date, time) = text.split_once(' ')?;
        let (year, rest) = date.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        sheet.point_us(&format!("{year}-{month}-{day} {time}"))
    };
    let (start, end) = (old("starttime"), old("endtime"));
    (start, start.zip(end).and_then(|(a, b)| b.checked_sub(a)))
}

/// What a status comes to.
pub(super) fn outcome(status: &str, message: &str) -> Outcome {
    let message = message.trim_start();
    let around = message.starts_with("Setup failed:")
        || message.starts_with("Parent suite setup failed:")
        || message.starts_with("Teardown failed:")
        || message.starts_with("Parent suite teardown failed:")
        || message.contains("\nAlso teardown failed:");
    match status {
        "PASS" => Outcome::Passed,
        "FAIL" if around => Outcome::Error,
        "FAIL" => Outcome::Failed,
        "SKIP" | "NOT RUN" | "NOT_RUN" => Outcome::Skipped,
        _ => Outcome::Unknown,
    }
}

impl Elements for RobotXml {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        match name {
            "suite" if parents.starts_with("robot/") && !parents.contains("statistics/") => {
                self.suites.push((e.get("name"), bounded(&e.get("source")).to_owned()));
            }
            "test" if parents.ends_with("suite/") => {
                self.case = Some(Case {
                    suite: path(&mut self.suites.iter().map(|(name, _)| name.as_str()), "."),
                    name: e.get("name"),
                    file: self.suites.last().map(|(_, source)| source.clone()).unwrap_or_default(),
                    line: e.int("line").and_then(|line| u32::try_from(line).ok()),
                    ..Case::default()
                });
            }
            "kw" if parents.ends_with("test/") => self.keyword = e.get("type").to_ascii_lowercase(),
            "msg" => self.level = e.get("level"),
            "status" if parents.ends_with("test/") => {
                let (start_us, us) = times(e, sheet);
                if let Some(case) = self.case.as_mut() {
                    (case.start_us, case.us) = (start_us, us);
                    case.outcome = outcome(&e.get("status"), "");
                }
            }
            "status" if parents.ends_with("test/kw/") => {
                let (_, us) = times(e, sheet);
                if let Some(case) = self.case.as_mut() {
                    match self.keyword.as_str() {
                        "setup" => case.setup_us = us,
                        "teardown" => case.teardown_us = us,
                        _ => {}
                    }
                }
            }
            "status" if parents == "robot/suite/" => {
                let (start_us, us) = times(e, sheet);
                sheet.session(start_us, us);
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet) {
        if name == "suite" && parents.starts_with("robot/") && !parents.contains("statistics/") {
            self.suites.pop();
            return;
        }
        let Some(case) = self.case.as_mut() else { return };
        match name {
            "msg" if case.log.len() < MAX_LOG && !matches!(self.level.as_str(), "TRACE" | "DEBUG") => {
                case.log.push_str(&self.level);
                case.log.push(' ');
                case.log.push_str(text);
                case.log.push('\n');
            }
            "tag" if parents.ends_with("test/") || parents.ends_with("test/tags/") => case.marker(text),
            "status" if parents.ends_with("test/") => {
                text.trim().clone_into(&mut case.message);
                if case.outcome == Outcome::Failed {
                    case.outcome = outcome("FAIL", text);
                }
            }
            "test" => {
                sheet.add_new(&case.record());
                self.case = None;
            }
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        sheet.dialect = Some("robot".to_owned());
    }
}

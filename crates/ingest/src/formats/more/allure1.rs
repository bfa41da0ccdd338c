//! Allure 1: one XML file for each suite.
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | `test-suite/name`, `test-case/name`, `parameter`s | identity |
//! | `test-case@start`, `@stop` | start and stop in milliseconds |
//! | `@status` passed, failed, broken, canceled, pending, skipped | outcome; broken is an error |
//! | `label` thread with `label` host | worker |
//! | `failure/message`, `stack-trace` | texts |
//! | `test-suite@start`, `@stop` | session |

use lanescope_model::Outcome;

use super::kit::json::point_us;
use super::kit::xml::{Element, Elements};
use super::kit::{Case, MS, Sheet};

#[derive(Default)]
pub(crate) struct Allure1 {
    suite: String,
    case: Option<Case>,
    host: String,
    thread: String,
    params: Vec<String>,
}

/// A status of Allure, 1 to 3.
pub(super) fn outcome(status: &str) -> Outcome {
    match status.to_ascii_lowercase().as_str() {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed,
        "broken" => Outcome::Error,
        "skipped" | "canceled" | "cancelled" | "pending" => Outcome::Skipped,
        _ => Outcome::Unknown,
    }
}

/// Host and thread as one name of a worker; empty without a thread.
pub(super) fn worker(host: &str, thread: &str) -> String {
    match (host, thread) {
        (_, "") => String::new(),
        ("", thread) => thread.to_owned(),
        (host, thread) => format!("{host}/{thread}"),
    }
}

impl Elements for Allure1 {
    fn start(&mut self, _parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        let us = |name: &str| point_us(e.has(name).as_deref(), MS);
        match name {
            "test-suite" => {
                let (start, stop) = (us("start"), us("stop"));
                sheet.session(start, start.zip(stop).and_then(|(a, b)| b.checked_sub(a)));
            }
            "test-case" => {
                self.host.clear();
                self.thread.clear();
                self.params.clear();
                self.case = Some(Case {
                    start_us: us("start"),
                    stop_us: us("stop"),
                    outcome: outcome(&e.get("status")),
                    ..Case::default()
                });
            }
            "label" if self.case.is_some() => match e.get("name").as_str() {
                "host" => self.host = e.get("value"),
                "thread" => self.thread = e.get("value"),
                "tag" => {
                    if let Some(case) = self.case.as_mut() {
                        case.marker(&e.get("value"));
                    }
                }
                _ => {}
            },
            "parameter" if self.case.is_some() && e.get("kind") != "environment-variable" => {
                self.params.push(e.get("value"));
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet) {
        if name == "name" && parents == "test-suite/" {
            text.trim().clone_into(&mut self.suite);
            return;
        }
        let Some(case) = self.case.as_mut() else { return };
        match name {
            "name" if parents.ends_with("test-case/") => text.trim().clone_into(&mut case.name),
            "message" if parents.ends_with("test-case/failure/") => text.trim().clone_into(&mut case.message),
            "stack-trace" if parents.ends_with("test-case/failure/") => text.clone_into(&mut case.trace),
            "test-case" => {
                case.suite.clone_from(&self.suite);
                case.worker = worker(&self.host, &self.thread);
                if !self.params.is_empty() {
                    case.name = format!("{}[{}]", case.name, self.params.join(", "));
                }
                sheet.add_new(&case.record());
                self.case = None;
            }
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        sheet.dialect = Some("allure1".to_owned());
    }
}

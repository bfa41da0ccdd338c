//! NUnit 3 (`test-run`) and NUnit 2 (`test-results`).
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | `test-case@classname`, `@name`; or `@fullname`; NUnit 2: `@name` | identity |
//! | `@duration`, `@time` | length in seconds |
//! | `@start-time`, `@end-time` (NUnit 3) | start and stop; old consoles write whole seconds |
//! | `@result` Failed with `@label` Error, Invalid, Cancelled, or a failed set-up or tear-down | error |
//! | `@result` Skipped, Inconclusive, Ignored, NotRunnable; not executed | skipped |
//! | `failure/message`, `stack-trace`, `reason/message`, `output` | texts |
//! | `property` Category, `category` | markers |
//! | `setting` NumberOfTestWorkers | number of workers; no worker is named |

use lanescope_model::Outcome;

use super::kit::xml::{Element, Elements};
use super::kit::{Case, Sheet, split_dotted};

#[derive(Default)]
pub(crate) struct Nunit {
    case: Option<Case>,
    /// When an NUnit 2 file was written, which is at the end of its run.
    written_us: Option<i64>,
}

/// What an NUnit result comes to.
fn outcome(e: &Element<'_>) -> Outcome {
    let (result, label, site) = (e.get("result"), e.get("label"), e.get("site"));
    match result.as_str() {
        "Passed" | "Success" | "Warning" => Outcome::Passed,
        "Failed" | "Failure"
            if matches!(label.as_str(), "Error" | "Invalid" | "Cancelled")
                || matches!(site.as_str(), "SetUp" | "TearDown" | "Parent") =>
        {
            Outcome::Error
        }
        "Failed" | "Failure" => Outcome::Failed,
        "Error" | "Cancelled" | "Invalid" => Outcome::Error,
        "Skipped" | "Inconclusive" | "Ignored" | "NotRunnable" | "Explicit" => Outcome::Skipped,
        _ => match (e.get("executed").as_str(), e.get("success").as_str()) {
            ("False" | "false", _) => Outcome::Skipped,
            (_, "True" | "true") => Outcome::Passed,
            (_, "False" | "false") => Outcome::Failed,
            _ => Outcome::Unknown,
        },
    }
}

impl Elements for Nunit {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        match name {
            // A suite may stand alone, without the run around it.
            "test-run" | "test-suite" if parents.is_empty() => {
                let us = e.seconds_us("duration").or(e.seconds_us("time"));
                let start = e.get("start-time");
                let date = e.get("run-date");
                let start = if date.is_empty() { start } else { format!("{date} {start}") };
                let start_us = sheet.point_us(&start);
                sheet.session(start_us, us);
            }
            "test-results" => {
                let written = format!("{} {}", e.get("date"), e.get("time"));
                self.written_us = sheet.point_us(&written);
            }
            // The outermost suite of NUnit 2 stands for the whole run.
            "test-suite" if parents == "test-results/" => {
                let us = e.seconds_us("time");
                let start_us = self.written_us.zip(us).and_then(|(end, us)| end.checked_sub(us));
                sheet.session(start_us, us);
            }
            "test-case" => {
                let (class, own) = (e.get("classname"), e.get("name"));
                let full = e.has("fullname").unwrap_or_else(|| own.clone());
                let (suite, name) = match full.strip_suffix(own.as_str()).filter(|head| !head.is_empty()) {
                    _ if !class.is_empty() => (class, own),
                    Some(head) => (head.trim_end_matches('.').to_owned(), own),
                    None => {
                        let (suite, name) = split_dotted(&full);
                        (suite.to_owned(), name.to_owned())
                    }
                };
                self.case = Some(Case {
                    suite,
                    name,
                    start_us: sheet.point_us(&e.get("start-time")),
                    stop_us: sheet.point_us(&e.get("end-time")),
                    us: e.seconds_us("duration").or(e.seconds_us("time")),
                    outcome: outcome(e),
                    ..Case::default()
                });
            }
            "property" if e.get("name") == "Category" => {
                if let Some(case) = self.case.as_mut() {
                    case.marker(&e.get("value"));
                }
            }
            "category" => {
                if let Some(case) = self.case.as_mut() {
                    case.marker(&e.get("name"));
                }
            }
            "setting" if e.get("name") == "NumberOfTestWorkers" => {
                let n = e.int("value").and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0);
                sheet.run.meta.declared_workers = sheet.run.meta.declared_workers.max(n);
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet) {
        if name == "test-case" {
            if let Some(case) = self.case.take() {
                sheet.add_new(&case.record());
            }
            return;
        }
        let Some(case) = self.case.as_mut() else { return };
        match name {
            "message" if case.message.is_empty() && !parents.ends_with("assertion/") => {
                text.trim().clone_into(&mut case.message);
            }
            "stack-trace" if case.trace.is_empty() => text.clone_into(&mut case.trace),
            "output" => text.clone_into(&mut case.out),
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        sheet.dialect = Some("nunit".to_owned());
    }
}

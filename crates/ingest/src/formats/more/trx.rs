//! TRX, the results of Visual Studio's test platform (`dotnet test --logger trx`).
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | `UnitTest/TestMethod@className`, `UnitTestResult@testName` | identity |
//! | `@duration` | length |
//! | `@startTime`, `@endTime` | start and stop; where they lie closer than the length, the start is taken back by it |
//! | `@outcome` | outcome; `Inconclusive` and `NotExecuted` are skips, `Error`, `Aborted`, `Timeout` errors |
//! | `InnerResults` | results of their own, in place of the one around them |
//! | `Output/ErrorInfo/Message`, `StackTrace`, `StdOut`, `StdErr` | texts |
//! | `Times@start`, `@finish` | session |

use hashbrown::HashMap;
use lanescope_model::Outcome;

use super::kit::xml::{Element, Elements};
use super::kit::{Case, Sheet, clock_us};

#[derive(Default)]
pub(crate) struct Trx {
    /// Results that are open, outermost first: id of the test, and whether others stand in it.
    open: Vec<(String, Case, bool)>,
    done: Vec<(String, Case)>,
    /// By id of a test: its class.
    classes: HashMap<String, String, foldhash::fast::FixedState>,
    definition: String,
    derived: u64,
}

fn outcome(word: &str) -> Outcome {
    match word {
        "Passed" | "Completed" | "Warning" => Outcome::Passed,
        "NotExecuted" | "Inconclusive" | "NotRunnable" | "Pending" => Outcome::Skipped,
        "Error" | "Aborted" | "Timeout" | "Disconnected" | "PassedButRunAborted" => Outcome::Error,
        "InProgress" => Outcome::Unknown,
        // The word is left out where it is the first of the enumeration.
        _ => Outcome::Failed,
    }
}

impl Elements for Trx {
    fn start(&mut self, _parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        match name {
            "Times" => {
                let (start, finish) = (sheet.point_us(&e.get("start")), sheet.point_us(&e.get("finish")));
                sheet.session(start, start.zip(finish).and_then(|(a, b)| b.checked_sub(a)));
            }
            "UnitTestResult" | "TestResultAggregation" | "ManualTestResult" | "GenericTestResult" => {
                if let Some((_, _, has_inner)) = self.open.last_mut() {
                    *has_inner = true;
                }
                let (mut start_us, stop_us) = (sheet.point_us(&e.get("startTime")), sheet.point_us(&e.get("endTime")));
                let us = e.has("duration").and_then(|text| clock_us(&text));
                if let (Some(start), Some(stop), Some(us)) = (start_us, stop_us, us)
                    && stop.saturating_sub(start) < us / 2
                {
                    start_us = stop.checked_sub(us);
                    self.derived += 1;
                }
                let case = Case {
                    name: e.get("testName"),
                    start_us,
                    stop_us,
                    us,
                    outcome: outcome(&e.get("outcome")),
                    ..Case::default()
                };
                self.open.push((e.get("testId"), case, false));
            }
            "UnitTest" => self.definition = e.get("id"),
            "TestMethod" => {
                let class = e.get("className");
                let class = class.split(',').next().unwrap_or("").trim().to_owned();
                self.classes.insert(std::mem::take(&mut self.definition), class);
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, _sheet: &mut Sheet) {
        if matches!(name, "UnitTestResult" | "TestResultAggregation" | "ManualTestResult" | "GenericTestResult") {
            if let Some((id, case, false)) = self.open.pop() {
                self.done.push((id, case));
            }
            return;
        }
        let Some((_, case, _)) = self.open.last_mut().filter(|_| parents.contains("/Output/")) else { return };
        match name {
            "Message" => text.trim().clone_into(&mut case.message),
            "StackTrace" => text.clone_into(&mut case.trace),
            "StdOut" => text.clone_into(&mut case.out),
            "StdErr" => text.clone_into(&mut case.err),
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        for (id, mut case) in std::mem::take(&mut self.done) {
            if let Some(class) = self.classes.get(&id).filter(|class| !class.is_empty()) {
                if let Some(rest) = case.name.strip_prefix(class.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                    case.name = rest.to_owned();
                }
                case.suite.clone_from(class);
            }
            sheet.add_new(&case.record());
        }
        if self.derived > 0 {
            sheet.notes.info(format!(
                "{} tests have less time between start and stop than they took; their starts are taken back by their lengths",
                self.derived
            ));
        }
        sheet.dialect = Some("vstest".to_owned());
    }
}

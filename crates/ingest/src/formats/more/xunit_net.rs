//! xUnit.net, version 2 and 3 (`assemblies`).
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | `test@type`, `@name` | identity |
//! | `@time` | length in seconds; `@time-rtf` (version 3) is finer |
//! | `@start-rtf`, `@finish-rtf` (version 3) | start and stop |
//! | `@result` Pass, Fail, Skip, NotRun | outcome |
//! | `failure/message`, `stack-trace`, `reason`, `output` | texts |
//! | `traits/trait` | markers |
//! | `errors/error` of an assembly | a test with outcome error |
//! | `assembly@run-date`, `@run-time`, `@time` | session, where there is one assembly |

use lanescope_model::Outcome;

use super::kit::xml::{Element, Elements};
use super::kit::{Case, Sheet, clock_us};

#[derive(Default)]
pub(crate) struct XunitNet {
    case: Option<Case>,
    assemblies: u32,
}

impl Elements for XunitNet {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        match name {
            "assembly" => {
                self.assemblies += 1;
                let start =
                    e.has("start-rtf").unwrap_or_else(|| format!("{} {}", e.get("run-date"), e.get("run-time")));
                let start_us = sheet.point_us(&start);
                let us = e.has("time-rtf").and_then(|text| clock_us(&text)).or(e.seconds_us("time"));
                if self.assemblies == 1 {
                    sheet.session(start_us, us);
                } else {
                    let first = [sheet.run.meta.session.start_us, start_us].into_iter().flatten().min();
                    sheet.session(first, None);
                }
                // 64-bit .NET 8.0 [collection-per-class, parallel (4 threads)]
                let environment = e.get("environment");
                let threads = environment.split_once(" (").and_then(|(_, rest)| rest.split_once(" thread"));
                sheet.run.meta.declared_workers = threads.and_then(|(n, _)| n.parse().ok());
            }
            "test" | "error" if name == "test" || parents.ends_with("errors/") => {
                let class = e.get("type");
                let full = e.get("name");
                // An error of a whole assembly has a kind in the place of a class.
                let is_test = name == "test";
                let own = full.strip_prefix(class.as_str()).and_then(|rest| rest.strip_prefix('.'));
                let own = own.unwrap_or(&full).to_owned();
                self.case = Some(Case {
                    suite: class,
                    name: own,
                    start_us: sheet.point_us(&e.get("start-rtf")),
                    stop_us: sheet.point_us(&e.get("finish-rtf")),
                    us: e.has("time-rtf").and_then(|text| clock_us(&text)).or(e.seconds_us("time")),
                    file: e.get("source-file"),
                    line: e.int("source-line").and_then(|line| u32::try_from(line).ok()),
                    outcome: match e.get("result").as_str() {
                        _ if !is_test => Outcome::Error,
                        "Pass" => Outcome::Passed,
                        "Fail" => Outcome::Failed,
                        "Skip" | "NotRun" => Outcome::Skipped,
                        _ => Outcome::Unknown,
                    },
                    ..Case::default()
                });
            }
            "trait" => {
                if let Some(case) = self.case.as_mut() {
                    let (name, value) = (e.get("name"), e.get("value"));
                    case.marker(&if name == "Category" { value } else { format!("{name}={value}") });
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet) {
        let Some(case) = self.case.as_mut() else { return };
        match name {
            "message" if parents.ends_with("failure/") => text.trim().clone_into(&mut case.message),
            "stack-trace" => text.clone_into(&mut case.trace),
            "reason" => text.trim().clone_into(&mut case.message),
            "output" => text.clone_into(&mut case.out),
            "test" | "error" => {
                sheet.add_new(&case.record());
                self.case = None;
            }
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        sheet.dialect = Some("xunit.net".to_owned());
    }
}

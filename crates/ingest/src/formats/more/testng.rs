//! TestNG's `testng-results.xml`.
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | `class@name`, `test-method@name`, `@test-instance-name`, `params` | identity |
//! | `@duration-ms` | length |
//! | `@started-at`, `@finished-at` | start, to the second |
//! | `@status` PASS, FAIL, SKIP | outcome |
//! | `@retried` | an attempt that failed and was followed by another |
//! | the same identity in the same `test` again | another attempt |
//! | `@is-config` | no test; a failed one is said |
//! | `exception/message`, `full-stacktrace`, `reporter-output` | texts |
//! | `suite@started-at`, `@duration-ms` | session, where there is one suite |

use hashbrown::HashMap;
use lanescope_model::{Outcome, TestId};

use super::kit::xml::{Element, Elements};
use super::kit::{Case, MS, Sheet};
use crate::inherited::bounded;

#[derive(Default)]
pub(crate) struct TestNg {
    class: String,
    test: u32,
    suites: u32,
    case: Option<Case>,
    instance: String,
    params: Vec<String>,
    seen: HashMap<TestId, u32, foldhash::fast::FixedState>,
    failed_configurations: u64,
}

/// Times have the letters of a zone behind them in old versions, of which only those of UTC are sure.
fn point_us(sheet: &mut Sheet, text: &str) -> Option<i64> {
    match text.rsplit_once(' ') {
        Some((time, zone)) if zone.bytes().all(|b| b.is_ascii_uppercase()) && zone != "UTC" && zone != "GMT" => {
            sheet.point_us(time)
        }
        _ => sheet.point_us(text),
    }
}

impl Elements for TestNg {
    fn start(&mut self, _parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        match name {
            "suite" => {
                self.suites += 1;
                let start_us = point_us(sheet, &e.get("started-at"));
                let us = e.int("duration-ms").and_then(|ms| ms.checked_mul(MS));
                if self.suites == 1 {
                    sheet.session(start_us, us);
                } else {
                    let first = [sheet.run.meta.session.start_us, start_us].into_iter().flatten().min();
                    sheet.session(first, None);
                }
            }
            "test" => self.test += 1,
            "class" => bounded(&e.get("name")).clone_into(&mut self.class),
            "test-method" => {
                let status = e.get("status");
                if e.get("is-config") == "true" {
                    self.failed_configurations += u64::from(status == "FAIL");
                    return;
                }
                self.instance = e.get("test-instance-name");
                self.params.clear();
                let start_us = point_us(sheet, &e.get("started-at"));
                let retried = e.get("retried") == "true";
                // An instance's name may stand in the place of the method's, which its signature has as well.
                let (signature, mut name) = (e.get("signature"), e.get("name"));
                if name == self.instance
                    && let Some(method) = signature.split('(').next().and_then(|s| s.rsplit('.').next())
                    && !method.is_empty()
                {
                    name = method.to_owned();
                }
                let mut case = Case {
                    suite: self.class.clone(),
                    name,
                    start_us,
                    us: e.int("duration-ms").and_then(|ms| ms.checked_mul(MS)).filter(|&us| us >= 0),
                    outcome: match status.as_str() {
                        "PASS" => Outcome::Passed,
                        "FAIL" => Outcome::Failed,
                        "SKIP" if retried => Outcome::Failed,
                        "SKIP" => Outcome::Skipped,
                        _ => Outcome::Unknown,
                    },
                    ..Case::default()
                };
                for group in e.get("groups").trim_matches(['[', ']']).split(',') {
                    case.marker(group);
                }
                self.case = Some(case);
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet) {
        let Some(case) = self.case.as_mut() else { return };
        match name {
            "value" if parents.ends_with("param/") => self.params.push(text.trim().to_owned()),
            "message" if case.message.is_empty() => text.trim().clone_into(&mut case.message),
            "full-stacktrace" | "short-stacktrace" if case.trace.len() < text.len() => {
                text.trim_matches(['\n', ' ']).clone_into(&mut case.trace);
            }
            "line" if parents.ends_with("reporter-output/") => {
                case.out.push_str(text.trim());
                case.out.push('\n');
            }
            "test-method" => {
                if !self.params.is_empty() {
                    case.name = format!("{}({})", case.name, self.params.join(", "));
                }
                if !self.instance.is_empty() {
                    case.name = format!("{} [{}]", case.name, self.instance);
                }
                // Without parameters or a name of the instance, a factory's tests cannot be told from attempts.
                let known = sheet.tests();
                let test = sheet.test(&case.record());
                let mut own = Some(test);
                let in_test = self.seen.insert(test, self.test);
                if sheet.tests() == known && in_test.is_some_and(|test| test != self.test) {
                    own = sheet.new_test(&case.record());
                }
                if let Some(test) = own {
                    sheet.attempt(test, &case.record());
                }
                self.case = None;
            }
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        if self.failed_configurations > 0 {
            sheet.notes.warn(format!("{} configuration methods failed; they are no tests", self.failed_configurations));
        }
        if sheet.tests() > 0 {
            sheet
                .notes
                .info("starts are whole seconds in this file: tests that began in the same one may seem to overlap");
        }
        sheet.dialect = Some("testng".to_owned());
    }
}

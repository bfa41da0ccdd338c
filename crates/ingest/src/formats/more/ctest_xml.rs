//! CTest's `Test.xml`, as it is sent to CDash.
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | `Test/Path`, `Name` | identity |
//! | `Test@Status` passed, failed | outcome; a crash or a time-out is an error |
//! | notrun | skipped where it was disabled or skipped itself, error where it could not be started |
//! | `NamedMeasurement` Execution Time | length in seconds |
//! | `Test/StartTestTime` (CMake 4.4 and later) | start |
//! | `Measurement/Value` | output, packed or not |
//! | `Labels/Label` | markers |
//! | `StartTestTime`, `EndTestTime` | session, to the second |

use std::io::Read as _;

use base64::Engine as _;
use lanescope_model::Outcome;

use super::kit::xml::{Element, Elements};
use super::kit::{Case, Sheet};
use crate::number::seconds;

/// Packed output is not unpacked beyond this.
const MAX_OUTPUT: u64 = 4 << 20;

#[derive(Default)]
pub(crate) struct CtestXml {
    case: Option<Case>,
    status: String,
    completion: String,
    code: String,
    measurement: String,
    packed: (bool, bool),
    start_us: Option<i64>,
}

impl CtestXml {
    fn outcome(&self) -> Outcome {
        let not_run = self.completion == "Disabled" || self.completion.starts_with("SKIP_");
        match self.status.as_str() {
            "passed" => Outcome::Passed,
            // What did not come to an end of its own is no failure of the test's body.
            "failed" if !matches!(self.code.as_str(), "" | "Failed" | "Completed") => Outcome::Error,
            "failed" => Outcome::Failed,
            "notrun" if not_run => Outcome::Skipped,
            "notrun" => Outcome::Error,
            _ => Outcome::Unknown,
        }
    }

    fn output(&self, text: &str) -> String {
        if !self.packed.0 {
            return text.trim_matches('\n').to_owned();
        }
        let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(clean) else { return String::new() };
        if !self.packed.1 {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        let mut out = Vec::new();
        // It says gzip and is zlib.
        let _ = flate2::read::ZlibDecoder::new(bytes.as_slice()).take(MAX_OUTPUT).read_to_end(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl Elements for CtestXml {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, _sheet: &mut Sheet) {
        match name {
            "Test" if parents.ends_with("Testing/") => {
                self.case = Some(Case::default());
                self.status = e.get("Status");
                self.completion.clear();
                self.code.clear();
            }
            "NamedMeasurement" => self.measurement = e.get("name"),
            "Measurement" => self.measurement = "output".to_owned(),
            "Value" => self.packed = (e.get("encoding") == "base64", e.get("compression") == "gzip"),
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, sheet: &mut Sheet) {
        let trimmed = text.trim();
        if parents.ends_with("Testing/") {
            match name {
                "StartTestTime" => self.start_us = sheet.point_us(trimmed),
                "EndTestTime" => {
                    let end_us = sheet.point_us(trimmed);
                    let us = self.start_us.zip(end_us).and_then(|(a, b)| b.checked_sub(a));
                    // These are whole seconds: less than one is not known.
                    sheet.session(self.start_us, us.filter(|&us| us > 0));
                }
                "Test" => {
                    let outcome = self.outcome();
                    if let Some(mut case) = self.case.take() {
                        case.outcome = outcome;
                        if outcome != Outcome::Passed && !matches!(self.completion.as_str(), "" | "Completed") {
                            case.message = self.completion.clone();
                        } else if outcome == Outcome::Error {
                            case.message = self.code.clone();
                        }
                        if outcome.is_bad() {
                            case.trace = std::mem::take(&mut case.out);
                        }
                        sheet.add_new(&case.record());
                    }
                }
                _ => {}
            }
            return;
        }
        let output = (name == "Value" && self.measurement == "output").then(|| self.output(text));
        let Some(case) = self.case.as_mut() else { return };
        match name {
            "Name" => trimmed.clone_into(&mut case.name),
            "Path" if trimmed != "." => trimmed.trim_start_matches("./").clone_into(&mut case.suite),
            "StartTestTime" => case.start_us = sheet.point_us(trimmed),
            "Label" => case.marker(trimmed),
            "Value" => match self.measurement.as_str() {
                "Execution Time" => case.us = seconds(trimmed).us(),
                "Completion Status" => trimmed.clone_into(&mut self.completion),
                "Exit Code" => trimmed.clone_into(&mut self.code),
                "output" => case.out = output.unwrap_or_default(),
                _ => {}
            },
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        sheet.dialect = Some("ctest".to_owned());
    }
}

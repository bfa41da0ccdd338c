//! Cobertura XML, as coverage.py, coverlet, gcovr, PHPUnit and Istanbul write it too.
//!
//! | element | becomes |
//! | --- | --- |
//! | `coverage@lines-covered`, `@lines-valid`, `@branches-…` | sums that the report states |
//! | `coverage@timestamp` | when it was written: seconds or milliseconds since 1970 |
//! | `source`, `class@filename` | path; classes of one file are one file |
//! | `package@name` | package |
//! | `class/lines/line@number`, `@hits` | lines |
//! | `@condition-coverage="50% (1/2)"` | branches of a line |

use super::kit::cover::{Cover, covered, in_folder};
use super::kit::xml::{Element, Elements};
use super::kit::{Sheet, epoch_us};

#[derive(Default)]
pub(crate) struct Cobertura {
    cover: Cover,
    /// The folders that paths are from.
    sources: Vec<String>,
    package: String,
}

impl Elements for Cobertura {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, _sheet: &mut Sheet) {
        match name {
            "coverage" => {
                self.cover.lines = covered(e.int("lines-covered"), e.int("lines-valid"));
                self.cover.branches = covered(e.int("branches-covered"), e.int("branches-valid"));
                self.cover.at_us = epoch_us(&e.get("timestamp"));
            }
            "package" => self.package = e.get("name"),
            "class" => {
                let path = e.get("filename");
                // Of several folders nobody says which one a file is in.
                let folder = if let [only] = self.sources.as_slice() { only.as_str() } else { "" };
                self.cover.file(&in_folder(folder, &path), &self.package);
            }
            // The lines of methods are those of their classes once more.
            "line" if parents.ends_with("class/lines/") => {
                let number = e.int("number");
                self.cover.line(number, e.int("hits").is_some_and(|hits| hits > 0));
                if let Some((covered, total)) = e.has("condition-coverage").as_deref().and_then(conditions) {
                    self.cover.ways(number, covered, total);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, _parents: &str, name: &str, text: &str, _sheet: &mut Sheet) {
        match name {
            "source" if !text.trim().is_empty() => self.sources.push(text.trim().to_owned()),
            "class" => self.cover.no_file(),
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        std::mem::take(&mut self.cover).finish("cobertura", sheet);
    }
}

/// `50% (1/2)`.
fn conditions(text: &str) -> Option<(u32, u32)> {
    let (covered, total) = text.split_once('(')?.1.split_once(')')?.0.split_once('/')?;
    let (covered, total): (u32, u32) = (covered.trim().parse().ok()?, total.trim().parse().ok()?);
    (covered <= total).then_some((covered, total))
}

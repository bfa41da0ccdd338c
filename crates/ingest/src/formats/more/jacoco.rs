//! JaCoCo XML.
//!
//! | element | becomes |
//! | --- | --- |
//! | `package@name`, `sourcefile@name` | package and path |
//! | `line@nr`, `@ci`, `@mb`, `@cb` | a line, reached if any of its instructions was; its branches |
//! | `counter` of a file, `LINE` and `BRANCH` | its sums, where it has no lines |
//! | `counter` of the report | sums that the report states |
//! | `sessioninfo@dump` | when it was written |

use super::kit::Sheet;
use super::kit::cover::{Cover, covered};
use super::kit::xml::{Element, Elements};

#[derive(Default)]
pub(crate) struct Jacoco {
    cover: Cover,
    package: String,
}

impl Elements for Jacoco {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, _sheet: &mut Sheet) {
        match name {
            "sessioninfo" => {
                self.cover.at_us = e.int("dump").and_then(|ms| ms.checked_mul(1_000)).max(self.cover.at_us);
            }
            "package" => self.package = e.get("name"),
            "sourcefile" => {
                let name = e.get("name");
                let path = if self.package.is_empty() { name } else { format!("{}/{name}", self.package) };
                self.cover.file(&path, &self.package);
            }
            "line" if parents.ends_with("/sourcefile/") => {
                let number = e.int("nr");
                self.cover.line(number, e.int("ci").is_some_and(|hit| hit > 0));
                let ways = |name: &str| e.int(name).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
                let (missed, taken) = (ways("mb"), ways("cb"));
                self.cover.ways(number, taken, missed.saturating_add(taken));
            }
            "counter" => {
                let (missed, hit) = (e.int("missed"), e.int("covered"));
                let sum = covered(hit, missed.zip(hit).and_then(|(a, b)| a.checked_add(b)));
                match (parents, e.get("type").as_str()) {
                    ("report/", "LINE") => self.cover.lines = sum,
                    ("report/", "BRANCH") => self.cover.branches = sum,
                    (_, "LINE") if parents.ends_with("/sourcefile/") => self.cover.counted(sum, None),
                    (_, "BRANCH") if parents.ends_with("/sourcefile/") => self.cover.counted(None, sum),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, _parents: &str, name: &str, _text: &str, _sheet: &mut Sheet) {
        if name == "sourcefile" {
            self.cover.no_file();
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        std::mem::take(&mut self.cover).finish("jacoco", sheet);
    }
}

//! Clover XML, as OpenClover, PHPUnit and Istanbul write it.
//!
//! | element | becomes |
//! | --- | --- |
//! | `coverage@generated` | when it was written: seconds or milliseconds since 1970 |
//! | `project/metrics@statements`, `@conditionals` | sums that the report states; statements where it tells no lines |
//! | `testproject` | left out: it is the code of the tests |
//! | `package@name`, `file@path` or `@name` | package and path |
//! | `line@num`, `@type`, `@count` | lines, of statements and conditions |
//! | `file/metrics@conditionals` | branches; what `line@truecount` and `@falsecount` mean differs from tool to tool |

use super::kit::cover::{Cover, covered};
use super::kit::xml::{Element, Elements};
use super::kit::{Sheet, epoch_us};

#[derive(Default)]
pub(crate) struct Clover {
    cover: Cover,
    package: String,
    /// Whether it tells lines one by one. Its sums are of statements, of which a line may have several.
    tells_lines: bool,
}

impl Elements for Clover {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, _sheet: &mut Sheet) {
        // Beside the program OpenClover tells how much of the tests' own code ran.
        if parents.contains("/testproject/") {
            return;
        }
        match name {
            "coverage" => self.cover.at_us = epoch_us(&e.get("generated")),
            "metrics" => {
                let lines = covered(e.int("coveredstatements"), e.int("statements"));
                let branches = covered(e.int("coveredconditionals"), e.int("conditionals"));
                if parents.ends_with("coverage/project/") {
                    (self.cover.lines, self.cover.branches) = (lines, branches);
                } else if parents.ends_with("/file/") {
                    self.cover.counted(lines, branches);
                }
            }
            "package" => self.package = e.get("name"),
            "file" => {
                let path = e.has("path").filter(|path| !path.is_empty()).unwrap_or_else(|| e.get("name"));
                self.cover.file(&path, &self.package);
            }
            "line" => {
                let number = e.int("num");
                self.tells_lines |= number.is_some();
                let some = |name: &str| e.int(name).is_some_and(|n| n > 0);
                match e.get("type").as_str() {
                    "stmt" => self.cover.line(number, some("count")),
                    "cond" => {
                        let hit = e.has("count").map(|_| some("count"));
                        self.cover.line(number, hit.unwrap_or(some("truecount") || some("falsecount")));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, _parents: &str, name: &str, _text: &str, _sheet: &mut Sheet) {
        match name {
            "file" => self.cover.no_file(),
            "package" => self.package.clear(),
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        if self.tells_lines {
            self.cover.lines = None;
        }
        std::mem::take(&mut self.cover).finish("clover", sheet);
    }
}

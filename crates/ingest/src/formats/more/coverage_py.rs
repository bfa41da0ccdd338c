//! coverage.py's JSON report.
//!
//! | member | becomes |
//! | --- | --- |
//! | `meta.timestamp` | when it was written, by the clock of the machine |
//! | `totals` | sums that the report states |
//! | `files.PATH.executed_lines`, `missing_lines` | lines |
//! | `files.PATH.summary.covered_branches`, `num_branches` | branches, where they were measured |

use super::kit::Sheet;
use super::kit::cover::{Cover, covered};
use super::kit::json::{int, list, member, members, string};
use crate::json::{Cursor, text};

pub(crate) fn read(content: &str, sheet: &mut Sheet) -> Option<()> {
    let mut cover = Cover::default();
    let done = Cursor::new(content).members(&mut |c, key| match key {
        "meta" => {
            let meta = c.raw()?;
            cover.at_us = sheet.point_us(&string(member(meta, "timestamp")));
            Some(())
        }
        "files" => c.members(&mut |c, path| {
            let file = c.raw()?;
            let path = text(&format!("\"{path}\"")).unwrap_or_default().into_owned();
            cover.file(&path, folder(&path));
            let [executed, missing, summary] = members(file, ["executed_lines", "missing_lines", "summary"]);
            for (lines, hit) in [(executed, true), (missing, false)] {
                list(lines).into_iter().for_each(|line| cover.line(int(Some(line)), hit));
            }
            let (lines, branches) = sums(summary.unwrap_or(""));
            cover.counted(lines, branches);
            Some(())
        }),
        "totals" => {
            (cover.lines, cover.branches) = sums(c.raw()?);
            Some(())
        }
        _ => c.skip(),
    });
    cover.finish("coverage-py-json", sheet);
    done
}

type Sums = (Option<lanescope_model::Covered>, Option<lanescope_model::Covered>);

fn sums(raw: &str) -> Sums {
    let [lines, statements, taken, ways] =
        members(raw, ["covered_lines", "num_statements", "covered_branches", "num_branches"]);
    (covered(int(lines), int(statements)), covered(int(taken), int(ways)))
}

fn folder(path: &str) -> &str {
    path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

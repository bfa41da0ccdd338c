//! Istanbul's (and nyc's, c8's, Jest's, Vitest's) `coverage-final.json` and `coverage-summary.json`.
//!
//! | member | becomes |
//! | --- | --- |
//! | `PATH.statementMap`, `s` | lines: those on which a statement begins |
//! | `PATH.branchMap`, `b` | branches |
//! | `PATH.lines`, `branches` of a summary | sums of a file, without its lines |
//! | `total` of a summary | sums that the report states |

use hashbrown::HashMap;
use lanescope_model::Covered;

use super::kit::Sheet;
use super::kit::cover::{Cover, covered};
use super::kit::json::{int, list, member, members};
use crate::json::{Cursor, text};

pub(crate) fn read(content: &str, sheet: &mut Sheet) -> Option<()> {
    let mut cover = Cover::default();
    let done = Cursor::new(content).members(&mut |c, path| {
        let file = c.raw()?;
        let [statements, hits, ways, lines, branches] = members(file, ["statementMap", "s", "b", "lines", "branches"]);
        let counted = (sum(lines), sum(branches));
        if path == "total" && statements.is_none() {
            (cover.lines, cover.branches) = counted;
            return Some(());
        }
        let path = text(&format!("\"{path}\"")).unwrap_or_default().into_owned();
        cover.file(&path, path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder));
        cover.counted(counted.0, counted.1);
        lines_of(&mut cover, statements.unwrap_or(""), hits.unwrap_or(""))?;
        // By the number of the branch in the file: it is taken once, wherever it begins.
        let mut number = 0;
        Cursor::new(ways.unwrap_or("{}")).members(&mut |c, _| {
            for taken in list(Some(c.raw()?)) {
                cover.way(Some(0), number, int(Some(taken)).is_some_and(|n| n > 0));
                number += 1;
            }
            Some(())
        })
    });
    cover.finish("istanbul-json", sheet);
    done
}

fn sum(raw: Option<&str>) -> Option<Covered> {
    let [hit, all] = members(raw?, ["covered", "total"]);
    covered(int(hit), int(all))
}

fn lines_of(cover: &mut Cover, statements: &str, hits: &str) -> Option<()> {
    if statements.is_empty() {
        return Some(());
    }
    let mut counts: HashMap<&str, bool, foldhash::fast::FixedState> = HashMap::default();
    Cursor::new(hits).members(&mut |c, id| {
        counts.insert(id, int(Some(c.raw()?)).is_some_and(|n| n > 0));
        Some(())
    })?;
    Cursor::new(statements).members(&mut |c, id| {
        let start = member(c.raw()?, "start").unwrap_or("");
        cover.line(int(member(start, "line")), counts.get(id).copied().unwrap_or(false));
        Some(())
    })
}

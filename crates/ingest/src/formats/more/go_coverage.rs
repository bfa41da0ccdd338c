//! Go's cover profiles (`go test -coverprofile`).
//!
//! | line | becomes |
//! | --- | --- |
//! | `mode: set`, `count`, `atomic` | nothing: a block was reached or it was not |
//! | `path:12.20,14.3 2 1` | lines 12 to 14 of the file, reached if the last number is not 0 |
//!
//! A block has a start, an end and a number of statements, but its statements have no lines of their own. So every line of
//! a block counts, as the converters to other formats have it; a line of several blocks is reached if one of them was. A
//! block without a statement is none. The share of statements that Go prints is said beside that.

use hashbrown::HashMap;
use lanescope_model::order::sort;

use super::kit::Sheet;
use super::kit::cover::Cover;
use super::kit::lines::Lines;
use crate::time::Point;

/// Lines of all blocks together: more than any program has, and as much as fits into memory.
const MAX_LINES: u64 = 20_000_000;

/// Number of the file, then line and column of the start and of the end.
type Block = [u32; 5];

#[derive(Default)]
pub(crate) struct GoCoverage {
    files: Vec<String>,
    by_path: HashMap<String, u32, foldhash::fast::FixedState>,
    /// Statements of each block, and whether it was reached: where profiles of several packages were put together, a
    /// block stands there once for each.
    blocks: HashMap<Block, (u32, bool), foldhash::fast::FixedState>,
    last: u32,
    other_lines: u64,
    broken: bool,
}

/// `12.20,14.3 2 1`: the block in file 0, its statements, and whether it was reached.
fn block(text: &str) -> Option<(Block, u32, bool)> {
    let mut parts = text.split(' ');
    let (from, to) = parts.next()?.split_once(',')?;
    let place = |at: &str| {
        let (line, column) = at.split_once('.')?;
        Some((line.parse::<u32>().ok()?, column.parse::<u32>().ok()?))
    };
    let (from, to) = (place(from)?, place(to)?);
    let (statements, count) = (parts.next()?.parse().ok()?, parts.next()?.parse::<u64>().ok()?);
    (from.0 > 0 && from <= to && parts.next().is_none()).then_some((
        [0, from.0, from.1, to.0, to.1],
        statements,
        count > 0,
    ))
}

impl GoCoverage {
    fn file(&mut self, path: &str) -> u32 {
        if self.files.get(self.last as usize).is_none_or(|last| last != path) {
            self.last = self.by_path.get(path).copied().unwrap_or(self.files.len() as u32);
            if self.last as usize == self.files.len() {
                self.by_path.insert(path.to_owned(), self.last);
                self.files.push(path.to_owned());
            }
        }
        self.last
    }
}

impl Lines for GoCoverage {
    fn line(&mut self, line: &str, _at: Option<Point>, whole: bool, _sheet: &mut Sheet) {
        let line = line.trim();
        // Profiles that were put one behind the other have the first line again.
        if line.is_empty() || line.starts_with("mode: ") {
            return;
        }
        let Some((path, (mut block, statements, reached))) =
            line.rsplit_once(':').and_then(|(path, rest)| Some((path, block(rest)?)))
        else {
            self.broken |= !whole;
            self.other_lines += u64::from(whole);
            return;
        };
        block[0] = self.file(path);
        let known = self.blocks.entry(block).or_insert((statements, false));
        known.1 |= reached;
    }

    fn end(&mut self, sheet: &mut Sheet) {
        if self.broken {
            sheet.notes.warn("the file is cut off: its last line is left out");
        }
        if self.other_lines > 0 {
            sheet.notes.warn(format!("{} lines are no blocks of a cover profile; they are left out", self.other_lines));
        }
        let mut blocks: Vec<(Block, (u32, bool))> = std::mem::take(&mut self.blocks).into_iter().collect();
        sort(&mut blocks, &|a, b| a.0.cmp(&b.0));
        let mut cover = Cover::default();
        let (mut covered, mut total, mut lines) = (0_u64, 0_u64, 0_u64);
        for ([file, from, _, to, _], (statements, reached)) in blocks {
            lines = lines.saturating_add(u64::from(to - from) + 1);
            if lines > MAX_LINES {
                sheet.notes.error(format!("the blocks of this cover profile have more than {MAX_LINES} lines"));
                return;
            }
            let path = self.files.get(file as usize).map_or("", String::as_str);
            cover.file(path, path.rsplit_once('/').map_or("", |(package, _)| package));
            total = total.saturating_add(statements.into());
            covered = covered.saturating_add(if reached { statements.into() } else { 0 });
            if statements > 0 {
                (from..=to).for_each(|line| cover.line(Some(line.into()), reached));
            }
        }
        cover.finish("go-coverage", sheet);
        if total > 0 {
            sheet.notes.info(format!(
                "Go itself counts statements: {covered} of {total}; a profile has no lines of theirs, so that here all lines of \
                 its blocks count"
            ));
        }
    }
}

//! The table of coverage: files or folders, with what they were in another run.

use lanescope_model::order::sort;
use lanescope_model::{Covered, Run};
use lanescope_protocol::{
    CoverageBy, CoverageComparison, CoverageRequest, CoverageRow, CoverageSort, CoverageView, Reached,
};

use super::paths::{Paths, shared_folder};
use super::union::{RunCoverage, coverage};
use super::{of, reached};

/// What a view shows of a run, beside another.
#[must_use]
pub fn view(run: &Run, other: Option<&Run>, asked: &CoverageRequest) -> CoverageView {
    let Some(found) = coverage(run) else { return CoverageView::default() };
    let before = other.and_then(|other| Some((other, coverage(other)?)));
    let folder = shared_folder(&mut found.files.iter().map(|file| file.path.as_str()));
    let mut rows = files(&found, before.as_ref().map(|(_, before)| before));
    let lost = rows.iter().filter(|row| loss(row) > 0.0).count() as u32;
    for row in &mut rows {
        row.path = row.path.get(folder.len()..).unwrap_or(&row.path).to_owned();
    }
    if asked.by == CoverageBy::Folder {
        rows = folders(rows);
    }
    let total = rows.len() as u32;
    rows.retain(|row| holds(&row.path, &asked.query));
    let found_rows = rows.len() as u32;
    order(&mut rows, asked.sort);
    rows.truncate(asked.limit as usize);
    CoverageView {
        figures: Some(of(run, &found)),
        before: before.map(|(other, before)| of(other, &before)),
        folder,
        found: found_rows,
        total,
        rows,
        lost,
    }
}

/// Whether a path holds a text, in any case of ASCII letters.
fn holds(path: &str, part: &str) -> bool {
    let (path, part) = (path.as_bytes(), part.as_bytes());
    part.is_empty() || path.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// What changed from one run to another; `None` where neither has coverage.
#[must_use]
pub fn compare(base: &Run, head: &Run) -> Option<CoverageComparison> {
    let (before, after) = (coverage(base), coverage(head));
    if before.is_none() && after.is_none() {
        return None;
    }
    let mut lost = match (&before, &after) {
        (Some(before), Some(after)) => files(after, Some(before)),
        _ => Vec::new(),
    };
    lost.retain(|row| loss(row) > 0.0);
    order(&mut lost, CoverageSort::Lost);
    Some(CoverageComparison {
        before: before.map(|found| of(base, &found)),
        after: after.map(|found| of(head, &found)),
        lost,
    })
}

fn files(found: &RunCoverage, before: Option<&RunCoverage>) -> Vec<CoverageRow> {
    let mut paths = Paths::default();
    let known = before.map_or(&[][..], |before| before.files.as_slice());
    known.iter().for_each(|file| paths.add(&file.path));
    let names: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    let places = paths.pair(&names, &|_, _| false);
    let row = |(file, at): (&super::FileCoverage, Option<usize>)| CoverageRow {
        lines: file.lines.map(reached),
        branches: file.branches.map(reached),
        missed: file.missed(),
        before: at.and_then(|at| known.get(at)?.lines).map(reached),
        path: file.path.clone(),
        files: 1,
    };
    found.files.iter().zip(places).map(row).collect()
}

/// Rows of folders: each with the files that lie in it itself.
fn folders(files: Vec<CoverageRow>) -> Vec<CoverageRow> {
    let mut all: Vec<CoverageRow> = Vec::new();
    let plus = |a: Option<Reached>, b: Option<Reached>| match (a, b) {
        (Some(a), Some(b)) => {
            let whole = |r: Reached| Covered { covered: r.covered, total: r.total };
            Some(reached(whole(a).plus(whole(b))))
        }
        (a, b) => a.or(b),
    };
    let mut sorted = files;
    order(&mut sorted, CoverageSort::Path);
    for file in sorted {
        let folder = file.path.rfind('/').and_then(|at| file.path.get(..=at)).unwrap_or("./").to_owned();
        match all.iter_mut().rev().find(|row| row.path == folder) {
            Some(row) => {
                row.lines = plus(row.lines, file.lines);
                row.branches = plus(row.branches, file.branches);
                row.before = plus(row.before, file.before);
                row.files += 1;
            }
            None => all.push(CoverageRow { path: folder, missed: Vec::new(), ..file }),
        }
    }
    all
}

fn rate(reached: Option<Reached>) -> f64 {
    reached.and_then(Reached::rate).unwrap_or(1.0)
}

/// Lines that would be reached if the share were that of the other run; negative for a gain.
fn loss(row: &CoverageRow) -> f64 {
    let (Some(lines), Some(before)) = (row.lines, row.before) else { return 0.0 };
    (rate(Some(before)) - rate(Some(lines))) * f64::from(lines.total)
}

fn order(rows: &mut Vec<CoverageRow>, by: CoverageSort) {
    let missed = |row: &CoverageRow| row.lines.map_or(0, Reached::missed);
    sort(rows, &|a, b| {
        let first = match by {
            CoverageSort::Missed => missed(b).cmp(&missed(a)),
            CoverageSort::Rate => rate(a.lines).total_cmp(&rate(b.lines)),
            CoverageSort::Path => std::cmp::Ordering::Equal,
            CoverageSort::Lost => loss(b).total_cmp(&loss(a)),
        };
        first.then_with(|| a.path.cmp(&b.path))
    });
}

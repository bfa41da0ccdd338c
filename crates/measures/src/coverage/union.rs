//! Several reports of one run.
//!
//! They may be the same data in several formats, or those of shards and jobs. Added up they would count lines twice, so
//! they are put together line by line: a line is reached if any report reached it. Where a report tells only sums, that
//! cannot be done, unless its sums are those of the others. Branches have no names that reports share: of a union they are
//! known only where all reports count the same.

use lanescope_model::{Coverage, Covered, Run};
use lanescope_protocol::CoverageBasis;

use super::paths::Paths;

/// Coverage of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunCoverage {
    /// What it rests on.
    pub basis: CoverageBasis,
    /// Lines of all files; `None` where reports cannot be put together.
    pub lines: Option<Covered>,
    /// Branches of all files; `None` where they were not measured, or of a union are not known.
    pub branches: Option<Covered>,
    /// The files; of the first report where reports cannot be put together.
    pub files: Vec<FileCoverage>,
}

/// Coverage of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileCoverage {
    /// Its path, as the first report has it.
    pub path: String,
    /// Lines.
    pub lines: Option<Covered>,
    /// Branches.
    pub branches: Option<Covered>,
    /// Its lines, as in [`Coverage::marks`].
    pub marks: Vec<u32>,
}

impl FileCoverage {
    /// Stretches of lines that were not reached. Between two lines of a stretch there are only lines that cannot be
    /// executed, as coverage.py writes them.
    #[must_use]
    pub fn missed(&self) -> Vec<(u32, u32)> {
        let mut stretches: Vec<(u32, u32)> = Vec::new();
        let mut open = false;
        for mark in &self.marks {
            let (line, hit) = (mark >> 1, mark & 1 == 1);
            match stretches.last_mut() {
                Some(last) if open && !hit => last.1 = line,
                _ if !hit => stretches.push((line, line)),
                _ => {}
            }
            open = !hit;
        }
        stretches
    }
}

/// Lines and branches of a report: as it states them, else as its files sum up.
pub(super) fn sums(report: &Coverage) -> (Option<Covered>, Option<Covered>) {
    let (lines, branches) = own_sums(report);
    (report.lines.or(lines), report.branches.or(branches))
}

/// Whether there is a line in it.
fn counts_any(report: &Coverage) -> bool {
    let some = |lines: Option<Covered>| lines.is_some_and(|lines| lines.total > 0);
    some(report.lines) || !report.marks.is_empty() || report.files.iter().any(|file| some(file.lines))
}

fn own_sums(report: &Coverage) -> (Option<Covered>, Option<Covered>) {
    let files = || report.files.iter();
    (sum(files().map(|f| f.lines)), sum(files().map(|f| f.branches)))
}

fn sum(all: impl Iterator<Item = Option<Covered>>) -> Option<Covered> {
    all.flatten().reduce(Covered::plus)
}

/// The reports that tell lines; a log may tell the gate only.
pub(super) fn reports(run: &Run) -> impl Iterator<Item = &Coverage> {
    run.coverage.iter().filter(|report| report.tells_lines())
}

/// Coverage of a run; `None` where no file tells of it.
#[must_use]
pub fn coverage(run: &Run) -> Option<RunCoverage> {
    let all: Vec<&Coverage> = reports(run).collect();
    // A shard that ran nothing reports no line, and takes nothing from the others.
    let (with, without): (Vec<&Coverage>, Vec<&Coverage>) =
        all.iter().filter(|report| counts_any(report)).partition(|report| report.has_lines());
    let first = *all.first()?;
    if all.len() == 1 {
        let (lines, branches) = sums(first);
        return Some(RunCoverage { basis: CoverageBasis::One, lines, branches, files: files(run, first) });
    }
    let files_of_all = unite(run, &with);
    let united = sum(files_of_all.iter().map(|f| f.lines));
    // What only counts is of use where it counts what the others tell line by line.
    let counts = |report: &&Coverage| own_sums(report).0 == united || report.lines == united;
    if with.is_empty() || !without.iter().all(counts) {
        return Some(RunCoverage {
            basis: CoverageBasis::Apart,
            lines: None,
            branches: None,
            files: files(run, first),
        });
    }
    let same = all.iter().all(counts);
    let mut branches = all.iter().filter_map(|report| sums(report).1);
    let one = branches.next().filter(|first| same && branches.all(|other| other == *first));
    let stated = with.iter().filter(|_| same).find_map(|report| report.lines);
    Some(RunCoverage {
        basis: if same { CoverageBasis::Same } else { CoverageBasis::Union },
        lines: stated.or(united),
        branches: one,
        files: files_of_all,
    })
}

fn files(run: &Run, report: &Coverage) -> Vec<FileCoverage> {
    let file = |(at, file): (usize, &lanescope_model::CoveredFile)| FileCoverage {
        path: run.strings.get(file.path).to_owned(),
        lines: file.lines,
        branches: file.branches,
        marks: report.marks_of(at).to_vec(),
    };
    report.files.iter().enumerate().map(file).collect()
}

/// The files of all reports, each once. A line is reached if any report says so.
fn unite(run: &Run, reports: &[&Coverage]) -> Vec<FileCoverage> {
    let mut paths = Paths::default();
    let mut all: Vec<FileCoverage> = Vec::new();
    // Files of which two reports count other branches.
    let mut apart: Vec<usize> = Vec::new();
    for report in reports {
        let here = files(run, report);
        let lines = |file: &FileCoverage| file.marks.iter().map(|mark| mark >> 1).collect::<Vec<_>>();
        let alike = |file: usize, at: usize| match (here.get(file), all.get(at)) {
            (Some(file), Some(known)) => lines(file) == lines(known),
            _ => false,
        };
        let names: Vec<&str> = here.iter().map(|file| file.path.as_str()).collect();
        let known = paths.pair(&names, &alike);
        for (file, at) in here.into_iter().zip(known) {
            match at.and_then(|at| Some((at, all.get_mut(at)?))) {
                Some((at, known)) => {
                    if known.branches.zip(file.branches).is_some_and(|(a, b)| a != b) {
                        apart.push(at);
                    }
                    known.branches = known.branches.or(file.branches);
                    known.marks = either(&known.marks, &file.marks);
                    known.lines = Some(count(&known.marks));
                }
                None => {
                    paths.add(&file.path);
                    all.push(file);
                }
            }
        }
    }
    for at in apart {
        if let Some(file) = all.get_mut(at) {
            file.branches = None;
        }
    }
    all
}

/// Marks of lines that are in one of two lists; reached if they are in either.
fn either(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut out = Vec::with_capacity(a.len().max(b.len()));
    let (mut i, mut j) = (0, 0);
    loop {
        match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) if x >> 1 == y >> 1 => {
                out.push(x | y);
                i += 1;
                j += 1;
            }
            (Some(x), y) if y.is_none_or(|y| x < y) => {
                out.push(*x);
                i += 1;
            }
            (_, Some(y)) => {
                out.push(*y);
                j += 1;
            }
            _ => return out,
        }
    }
}

fn count(marks: &[u32]) -> Covered {
    Covered { covered: marks.iter().filter(|mark| **mark & 1 == 1).count() as u32, total: marks.len() as u32 }
}

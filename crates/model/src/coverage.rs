//! How much of a program the tests of a run reached.

use crate::bytes::{Foreign, Sink, Source};
use crate::{Interner, Run, StrId, Tables};

/// So many of so many lines, or branches, were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Reached.
    pub covered: u32,
    /// All that could be.
    pub total: u32,
}

impl Covered {
    /// Share that was reached, 0 to 1; `None` of nothing.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.total > 0).then(|| f64::from(self.covered) / f64::from(self.total))
    }

    /// How many were not reached.
    #[must_use]
    pub fn missed(self) -> u32 {
        self.total.saturating_sub(self.covered)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { covered: self.covered.saturating_add(other.covered), total: self.total.saturating_add(other.total) }
    }
}

/// A gate that the tool itself held the run to, in its own count of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// What had to be reached, in hundredths of a percent.
    pub least: u32,
    /// What was reached, in hundredths of a percent.
    pub found: Option<u32>,
}

/// A file of the program. Names are strings of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoveredFile {
    /// Its path, as the report has it; with `/` between folders.
    pub path: StrId,
    /// Package, module or namespace, where the report names one.
    pub package: StrId,
    /// Lines that can be executed.
    pub lines: Option<Covered>,
    /// Branches: ways on from a line that has several.
    pub branches: Option<Covered>,
    /// Where its lines begin in [`Coverage::marks`]; they end where those of the next file begin.
    pub first_mark: u32,
}

/// One report of coverage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Path of the file that says it.
    pub source: String,
    /// Format of that file.
    pub format: String,
    /// When it was written: microseconds since the Unix epoch.
    pub at_us: Option<i64>,
    /// Lines of all files, as the report itself sums them.
    pub lines: Option<Covered>,
    /// Branches of all files, as the report itself sums them.
    pub branches: Option<Covered>,
    /// A gate that the report tells of.
    pub gate: Option<Gate>,
    /// The files, in the order of the report; empty where it tells sums, or the gate, only.
    pub files: Vec<CoveredFile>,
    /// Lines of the files: number × 2, and one more where it was reached; ascending inside a file. Empty where the
    /// report only counts.
    pub marks: Vec<u32>,
}

impl Coverage {
    /// The lines of the file at this place: each with its number, and whether it was reached.
    pub fn lines_of(&self, at: usize) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.marks_of(at).iter().map(|&mark| (mark >> 1, mark & 1 == 1))
    }

    /// The marks of the file at this place, as in [`Self::marks`].
    #[must_use]
    pub fn marks_of(&self, at: usize) -> &[u32] {
        let first = |at: usize| self.files.get(at).map_or(self.marks.len(), |file| file.first_mark as usize);
        self.marks.get(first(at)..first(at.saturating_add(1))).unwrap_or(&[])
    }

    /// Whether it tells any lines; a log may tell the gate only.
    #[must_use]
    pub fn tells_lines(&self) -> bool {
        !self.files.is_empty() || self.lines.is_some()
    }

    /// Whether every file that has lines says which of them were reached.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        let known = |(at, file): (usize, &CoveredFile)| {
            !self.marks_of(at).is_empty() || file.lines.is_none_or(|lines| lines.total == 0)
        };
        self.files.iter().enumerate().all(known) && !self.marks.is_empty()
    }

    pub(crate) fn encode(&self, to: &mut Sink<'_>) {
        to.text(&self.source);
        to.text(&self.format);
        to.maybe_us(self.at_us);
        for covered in [self.lines, self.branches] {
            to.u32s(&column(covered));
        }
        to.maybe_us(self.gate.map(|gate| i64::from(gate.least)));
        to.maybe_us(self.gate.and_then(|gate| gate.found).map(i64::from));
        let of = |pick: &dyn Fn(&CoveredFile) -> u32| self.files.iter().map(pick).collect::<Vec<_>>();
        to.u32s(&of(&|file| file.path.0));
        to.u32s(&of(&|file| file.package.0));
        to.u32s(&of(&|file| file.first_mark));
        to.u32s(&self.files.iter().flat_map(|file| column(file.lines)).collect::<Vec<_>>());
        to.u32s(&self.files.iter().flat_map(|file| column(file.branches)).collect::<Vec<_>>());
        to.u32s(&self.marks);
    }

    pub(crate) fn decode(from: &mut Source<'_>) -> Result<Self, Foreign> {
        let (source, format, at_us) = (from.text()?, from.text()?, from.maybe_us()?);
        let lines = one(&from.u32s()?)?;
        let branches = one(&from.u32s()?)?;
        let hundredths = |us: Option<i64>| us.map(u32::try_from).transpose().map_err(|_| Foreign);
        let (least, found) = (hundredths(from.maybe_us()?)?, hundredths(from.maybe_us()?)?);
        let gate = least.map(|least| Gate { least, found });
        let (paths, packages, firsts) = (from.u32s()?, from.u32s()?, from.u32s()?);
        let (of_lines, of_branches, marks) = (from.u32s()?, from.u32s()?, from.u32s()?);
        let n = paths.len();
        let fits = packages.len() == n
            && firsts.len() == n
            && of_lines.len() == n.saturating_mul(2)
            && of_branches.len() == n.saturating_mul(2)
            && firsts.is_sorted()
            && firsts.last().is_none_or(|&last| last as usize <= marks.len());
        if !fits {
            return Err(Foreign);
        }
        let mut files = Vec::with_capacity(n);
        let counts = of_lines.as_chunks::<2>().0.iter().zip(of_branches.as_chunks::<2>().0);
        for (((path, package), first_mark), (lines, branches)) in
            paths.into_iter().zip(packages).zip(firsts).zip(counts)
        {
            files.push(CoveredFile {
                path: StrId(path),
                package: StrId(package),
                lines: one(lines)?,
                branches: one(branches)?,
                first_mark,
            });
        }
        Ok(Self { source, format, at_us, lines, branches, gate, files, marks })
    }

    pub(crate) fn is_sound(&self, string: &dyn Fn(&StrId) -> bool) -> bool {
        self.files.iter().all(|file| string(&file.path) && string(&file.package))
    }

    /// The same with the names of another run's strings.
    pub(crate) fn renamed(&self, again: &mut dyn FnMut(StrId) -> StrId) -> Self {
        let mut copy = self.clone();
        for file in &mut copy.files {
            file.path = again(file.path);
            file.package = again(file.package);
        }
        copy
    }
}

/// Unknown is what cannot be: more reached than there are.
fn column(covered: Option<Covered>) -> [u32; 2] {
    covered.map_or([1, 0], |c| [c.covered.min(c.total), c.total])
}

fn one(column: &[u32]) -> Result<Option<Covered>, Foreign> {
    match *column {
        [1, 0] => Ok(None),
        [covered, total] if covered <= total => Ok(Some(Covered { covered, total })),
        _ => Err(Foreign),
    }
}

impl Run {
    /// Takes over the coverage and the benchmarks of other runs.
    pub fn take_measures(&mut self, others: &[&Self]) {
        if others.iter().all(|from| from.coverage.is_empty() && from.benchmarks.is_empty()) {
            return;
        }
        let Tables { strings, coverage, benchmarks, .. } = self.tables_mut();
        let mut interner = Interner::from(std::mem::take(strings));
        for from in others {
            let mut again = |name: StrId| interner.intern(from.strings.get(name));
            coverage.extend(from.coverage.iter().map(|report| report.renamed(&mut again)));
            benchmarks.extend(from.benchmarks.iter().map(|report| report.renamed(&mut again)));
        }
        *strings = interner.finish();
    }
}

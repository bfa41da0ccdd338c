//! Reports of coverage: files with their lines and branches, as they are found.

use hashbrown::HashMap;
use lanescope_model::order::numbers;
use lanescope_model::{Coverage, Covered, CoveredFile};

use super::Sheet;

/// A line further down than this is none.
const LAST_LINE: u32 = 1 << 30;
/// A line with more branches than this says something else. Ten bits hold it.
const MOST_WAYS: u32 = 1_000;

/// A report of coverage that is being read.
#[derive(Default)]
pub(crate) struct Cover {
    files: Vec<File>,
    by_path: HashMap<String, usize, foldhash::fast::FixedState>,
    /// The file that lines go to.
    open: Option<usize>,
    /// Sums over all files, as the report states them.
    pub(crate) lines: Option<Covered>,
    pub(crate) branches: Option<Covered>,
    pub(crate) at_us: Option<i64>,
}

#[derive(Default)]
struct File {
    path: String,
    package: String,
    /// Line × 2, and one more where it was reached.
    marks: Vec<i64>,
    /// Line, number of the branch × 2, and one more where it was taken.
    ways: Vec<i64>,
    /// Where the report does not say which branches: line × 2^20, how many × 2^10, and how many of them were taken.
    way_counts: Vec<i64>,
    lines: Option<Covered>,
    branches: Option<Covered>,
}

impl Cover {
    /// The file that follows, new or known: some reports name a file once for each class in it, or for each test.
    pub(crate) fn file(&mut self, path: &str, package: &str) {
        let path = path.trim().replace('\\', "/");
        let known = self.by_path.get(&path).copied();
        self.open = known.or_else(|| {
            self.by_path.insert(path.clone(), self.files.len());
            self.files.push(File { path, package: package.to_owned(), ..File::default() });
            Some(self.files.len() - 1)
        });
    }

    /// How many files there are so far.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// What follows is of no file.
    pub(crate) fn no_file(&mut self) {
        self.open = None;
    }

    fn open(&mut self) -> Option<&mut File> {
        self.files.get_mut(self.open?)
    }

    /// A line of the file that can be executed.
    pub(crate) fn line(&mut self, number: Option<i64>, hit: bool) {
        let number = number.filter(|&n| (0..i64::from(LAST_LINE)).contains(&n));
        if let (Some(file), Some(number)) = (self.open(), number) {
            file.marks.push(number << 1 | i64::from(hit));
        }
    }

    /// A branch on a line, by its number on that line.
    pub(crate) fn way(&mut self, line: Option<i64>, number: u32, taken: bool) {
        let line = line.filter(|&n| (0..i64::from(LAST_LINE)).contains(&n));
        if let (Some(file), Some(line)) = (self.open(), line) {
            file.ways.push(line << 32 | i64::from(number & (LAST_LINE - 1)) << 1 | i64::from(taken));
        }
    }

    /// So many of so many branches on a line, where the report does not say which.
    pub(crate) fn ways(&mut self, line: Option<i64>, covered: u32, total: u32) {
        let line = line.filter(|&n| (0..i64::from(LAST_LINE)).contains(&n) && (1..=MOST_WAYS).contains(&total));
        if let (Some(file), Some(line)) = (self.open(), line) {
            file.way_counts.push(line << 20 | i64::from(total) << 10 | i64::from(covered.min(total)));
        }
    }

    /// What the report counts of the file. It is used where it does not tell lines, or branches, one by one.
    pub(crate) fn counted(&mut self, lines: Option<Covered>, branches: Option<Covered>) {
        if let Some(file) = self.open() {
            file.lines = lines.or(file.lines);
            file.branches = branches.or(file.branches);
        }
    }

    /// Puts the report on the sheet.
    pub(crate) fn finish(self, format: &str, sheet: &mut Sheet) {
        let mut report = Coverage {
            format: format.to_owned(),
            at_us: self.at_us,
            lines: self.lines,
            branches: self.branches.filter(|b| b.total > 0),
            ..Coverage::default()
        };
        for file in self.files {
            let first_mark = report.marks.len() as u32;
            let lines = once(file.marks, &mut |mark| report.marks.push(mark as u32)).or(file.lines);
            let branches = once(file.ways, &mut |_| {}).or(most(file.way_counts)).or(file.branches);
            let (path, package) = (sheet.run.intern(&file.path), sheet.run.intern(&file.package));
            report.files.push(CoveredFile { path, package, lines, branches, first_mark });
        }
        let sum = |pick: &dyn Fn(&CoveredFile) -> Option<Covered>| {
            report.files.iter().filter_map(pick).fold(Covered::default(), Covered::plus)
        };
        let (lines, branches) = (sum(&|f| f.lines), sum(&|f| f.branches));
        // Without a single branch, branches were not measured. With one, a file without any has none.
        let measured = branches.total > 0;
        for file in &mut report.files {
            file.branches = measured.then(|| file.branches.unwrap_or_default());
        }
        if report.files.is_empty() && report.lines.is_none() {
            sheet.notes.warn("this report of coverage names no file and no sum");
            return;
        }
        let of = |word: &str, c: Covered| format!("{} of {} {word}", c.covered, c.total);
        let mut text = format!("coverage of {} files: {}", report.files.len(), of("lines", lines));
        if measured {
            text.push_str(&format!(", {}", of("branches", branches)));
        }
        sheet.notes.info(text);
        if let Some(stated) = report.lines.filter(|&stated| stated != lines && !report.files.is_empty()) {
            sheet.notes.info(format!("the report itself counts {}", of("lines", stated)));
        }
        sheet.run.coverage.push(report);
    }
}

/// Gives each line, or branch, once, as reached if it was reached by any; how many there are, if any.
fn once(mut marks: Vec<i64>, each: &mut dyn FnMut(i64)) -> Option<Covered> {
    numbers(&mut marks);
    let mut count = Covered::default();
    for (at, &mark) in marks.iter().enumerate() {
        // Of one line the mark that says that it was reached comes last.
        if marks.get(at + 1).is_none_or(|next| next >> 1 != mark >> 1) {
            each(mark);
            count = count.plus(Covered { covered: (mark & 1) as u32, total: 1 });
        }
    }
    (count.total > 0).then_some(count)
}

/// Branches of each line once: as many as it was said to have at most, as many taken as at most.
fn most(mut counts: Vec<i64>) -> Option<Covered> {
    numbers(&mut counts);
    let (mut sum, mut taken) = (Covered::default(), 0);
    for (at, &count) in counts.iter().enumerate() {
        taken = taken.max(count & 1023);
        if counts.get(at + 1).is_none_or(|next| next >> 20 != count >> 20) {
            sum = sum.plus(Covered { covered: taken as u32, total: (count >> 10 & 1023) as u32 });
            taken = 0;
        }
    }
    (sum.total > 0).then_some(sum)
}

/// So many of so many, if that can be.
pub(crate) fn covered(covered: Option<i64>, total: Option<i64>) -> Option<Covered> {
    let (covered, total) = (u32::try_from(covered?).ok()?, u32::try_from(total?).ok()?);
    (covered <= total).then_some(Covered { covered, total })
}

/// A path in the folder that a report names for its files.
pub(crate) fn in_folder(folder: &str, path: &str) -> String {
    let (folder, path) = (folder.trim().replace('\\', "/"), path.trim().replace('\\', "/"));
    let absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
    let folder = folder.trim_end_matches('/');
    if absolute || folder.is_empty() || folder == "." { path } else { format!("{folder}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_many_branches_is_one_entry_and_counts_once() {
        let mut cover = Cover::default();
        cover.file("a.py", "");
        for line in 0..1_000 {
            cover.ways(Some(line), 2, 1_000);
            cover.ways(Some(line), 5, 900);
        }
        cover.ways(Some(1), 9, 8);
        cover.ways(Some(1), 1, MOST_WAYS + 1);
        cover.ways(None, 1, 2);
        cover.ways(Some(2_000), 0, 0);
        let file = &cover.files[0];
        assert_eq!((file.ways.len(), file.way_counts.len()), (0, 2_001));
        assert_eq!(most(cover.files.remove(0).way_counts), Some(Covered { covered: 5 * 999 + 8, total: 1_000_000 }));
        assert_eq!(most(Vec::new()), None);
    }
}

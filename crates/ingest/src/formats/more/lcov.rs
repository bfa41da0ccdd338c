//! lcov's tracefiles, as geninfo, coverage.py, Istanbul, cargo-llvm-cov and Dart write them.
//!
//! | line | becomes |
//! | --- | --- |
//! | `SF:path` | a file; records of one path are one file |
//! | `DA:line,count` | lines |
//! | `BRDA:line,block,branch,taken` | branches; `-` is one whose line was never reached |
//! | `LF`, `LH`, `BRF`, `BRH` | sums that the report states; those of a file where its lines are not told |

use lanescope_model::Covered;

use super::kit::Sheet;
use super::kit::cover::{Cover, covered};
use super::kit::lines::Lines;
use crate::time::Point;

#[derive(Default)]
pub(crate) struct Lcov {
    cover: Cover,
    /// A record has begun and not ended.
    inside: bool,
    line_counts: [Option<i64>; 2],
    branch_counts: [Option<i64>; 2],
    /// Whether the record tells lines, and branches.
    told: [bool; 2],
    /// Whether a record tells lines, or branches, and does not sum them up: the sums are not of all.
    uncounted: [bool; 2],
    /// Sums of the records so far, as they state them.
    sums: Option<[Option<Covered>; 2]>,
    records: usize,
}

impl Lines for Lcov {
    fn line(&mut self, line: &str, _at: Option<Point>, whole: bool, _sheet: &mut Sheet) {
        let line = line.trim();
        if line == "end_of_record" {
            self.end_of_record();
            return;
        }
        // Half a number is another number.
        let Some((key, value)) = line.split_once(':').filter(|_| whole) else { return };
        let mut parts = value.split(',');
        let mut int = || parts.next().and_then(|part| part.trim().parse::<i64>().ok());
        match key {
            "SF" => {
                self.end_of_record();
                self.cover.file(value, "");
                self.inside = true;
            }
            "DA" => {
                let number = int();
                let hit = int();
                self.cover.line(number, hit.is_some_and(|hit| hit > 0));
                self.told[0] = true;
            }
            "BRDA" => {
                self.branch(value);
                self.told[1] = true;
            }
            "LH" => self.line_counts[0] = int(),
            "LF" => self.line_counts[1] = int(),
            "BRH" => self.branch_counts[0] = int(),
            "BRF" => self.branch_counts[1] = int(),
            _ => {}
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        if self.inside {
            sheet.notes.warn("the file is cut off: its last record has no end");
            self.end_of_record();
        }
        // Records of one file, as of several tests, count its lines again.
        if self.records == self.cover.len()
            && let Some([lines, branches]) = self.sums
        {
            let [no_lines, no_branches] = self.uncounted;
            self.cover.lines = lines.filter(|_| !no_lines);
            self.cover.branches = branches.filter(|_| !no_branches);
        }
        std::mem::take(&mut self.cover).finish("lcov", sheet);
    }
}

impl Lcov {
    fn end_of_record(&mut self) {
        let [hit, all] = std::mem::take(&mut self.line_counts);
        let [taken, ways] = std::mem::take(&mut self.branch_counts);
        let (lines, branches) = (covered(hit, all), covered(taken, ways));
        let [tells_lines, tells_branches] = std::mem::take(&mut self.told);
        self.uncounted[0] |= tells_lines && lines.is_none();
        self.uncounted[1] |= tells_branches && branches.is_none();
        if self.inside {
            let [all_lines, all_branches] = self.sums.unwrap_or_default();
            let plus = |a: Option<Covered>, b: Option<Covered>| match (a, b) {
                (Some(a), Some(b)) => Some(a.plus(b)),
                (a, b) => a.or(b),
            };
            self.sums = Some([plus(all_lines, lines), plus(all_branches, branches)]);
            self.records += 1;
        }
        self.cover.counted(lines, branches);
        self.cover.no_file();
        self.inside = false;
    }

    /// `line,block,branch,taken`; a branch may have a name with commas in it.
    fn branch(&mut self, value: &str) {
        let Some((rest, taken)) = value.rsplit_once(',') else { return };
        let mut parts = rest.splitn(2, ',');
        let line = parts.next().and_then(|part| part.trim().parse::<i64>().ok());
        // By its name; two of one name on one line would be one.
        let name = parts.next().unwrap_or("");
        let number = name.bytes().fold(0x811c_9dc5_u32, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193));
        self.cover.way(line, number, taken.trim().parse::<i64>().is_ok_and(|n| n > 0));
    }
}

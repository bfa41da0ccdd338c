//! A table of what became of the files.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{Case, Verdict};

#[derive(Default)]
struct Row {
    files: usize,
    agree: usize,
    argued: usize,
    differ: usize,
    not_read: usize,
}

/// A line per format: files, how many agree, differ with and without an argument, and are not read yet; then why.
#[must_use]
pub fn table(cases: &[Case]) -> String {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut all = Row::default();
    let mut why = String::new();
    for case in cases {
        let row = rows.entry(case.format.as_str()).or_default();
        for row in [row, &mut all] {
            row.files += 1;
            match &case.verdict {
                Verdict::Agrees => row.agree += 1,
                Verdict::Argued(_) => row.argued += 1,
                Verdict::Differs(_) => row.differ += 1,
                Verdict::NotRead(_) => row.not_read += 1,
            }
        }
        let (word, text) = match &case.verdict {
            Verdict::Argued(text) => ("argued", text),
            Verdict::Differs(text) => ("DIFFERS", text),
            Verdict::Agrees | Verdict::NotRead(_) => continue,
        };
        let _ = writeln!(why, "{word:8} {}: {text}", case.path);
    }
    let mut out =
        format!("{:32} {:>6} {:>6} {:>7} {:>7} {:>9}\n", "format", "files", "agree", "argued", "differ", "not read");
    let mut line = |name: &str, row: &Row| {
        let Row { files, agree, argued, differ, not_read } = row;
        let _ = writeln!(out, "{name:32} {files:>6} {agree:>6} {argued:>7} {differ:>7} {not_read:>9}");
    };
    for (name, row) in &rows {
        line(if name.is_empty() { "(no format)" } else { name }, row);
    }
    line("all", &all);
    format!("{out}\n{why}")
}

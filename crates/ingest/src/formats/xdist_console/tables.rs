//! The tables that plugins print after the tests: coverage by file (pytest-cov), benchmarks (pytest-benchmark), and the
//! line about the gate on coverage.
//!
//! The table of coverage counts lines and does not tell which; of branches it tells how many there are and not how many
//! were taken. Figures of benchmarks are rounded, and their names are those of tests without the path.

use lanescope_model::{
    Benchmark, Benchmarks, Coverage, Covered, CoveredFile, Gate, RunBuilder, Stats, TestId, decimal,
};

/// What the lines are rows of.
enum Open {
    Nothing,
    /// Whether there are columns of branches.
    Coverage(bool),
    /// Columns in order, the factor to seconds, and the group.
    Benchmarks(Vec<Column>, f64, String),
}

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Min,
    Max,
    Mean,
    StdDev,
    Median,
    Rounds,
    Iterations,
    Other,
}

/// A row of benchmarks.
struct Row {
    name: String,
    group: String,
    stats: Stats,
    rounds: Option<u64>,
    iterations: Option<u64>,
}

pub(super) struct Tables {
    open: Open,
    /// Group that the last title named.
    group: String,
    files: Vec<(String, Covered)>,
    total: Option<Covered>,
    gate: Option<Gate>,
    rows: Vec<Row>,
}

impl Default for Tables {
    fn default() -> Self {
        Self { open: Open::Nothing, group: String::new(), files: Vec::new(), total: None, gate: None, rows: Vec::new() }
    }
}

impl Tables {
    /// Takes a line after the tests, without colours.
    pub(super) fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        if let Some(at) = trimmed.find("Required test coverage of ") {
            self.gate = self.gate.or_else(|| gate(trimmed.get(at..)?));
        } else if trimmed.starts_with('-') && trimmed.ends_with('-') {
            self.title(trimmed.trim_matches('-').trim());
        } else if trimmed.starts_with("Name ") && trimmed.contains(" Stmts ") && trimmed.contains(" Cover") {
            self.open = Open::Coverage(trimmed.contains(" Branch "));
        } else if let Some(rest) = trimmed.strip_prefix("Name (time in ") {
            self.open = self.header(rest).unwrap_or(Open::Nothing);
        } else if trimmed.is_empty() || trimmed.starts_with('=') {
            self.open = Open::Nothing;
        } else {
            self.row(trimmed);
        }
    }

    /// `benchmark 'cart': 2 tests`; a line of dashes alone says nothing.
    fn title(&mut self, title: &str) {
        if let Some(rest) = title.strip_prefix("benchmark") {
            self.group = rest.split('\'').nth(1).unwrap_or("").to_owned();
        }
    }

    /// `us)   Min   Max   OPS (Kops/s)   Rounds`
    fn header(&self, rest: &str) -> Option<Open> {
        let (unit, names) = rest.split_once(')')?;
        let factor = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "min" => 60.0,
            _ => return None,
        };
        let column = |name: &str| match name {
            "Min" => Column::Min,
            "Max" => Column::Max,
            "Mean" => Column::Mean,
            "StdDev" => Column::StdDev,
            "Median" => Column::Median,
            // Where the quartiles lie is not told; their distance alone has no place.
            "Rounds" => Column::Rounds,
            "Iterations" => Column::Iterations,
            _ => Column::Other,
        };
        let names = names.split_whitespace().filter(|name| !name.starts_with('('));
        Some(Open::Benchmarks(names.map(column).collect(), factor, self.group.clone()))
    }

    fn row(&mut self, line: &str) {
        match &self.open {
            Open::Nothing => {}
            Open::Coverage(branches) => {
                let Some((name, covered)) = covered(line, *branches) else { return };
                if name == "TOTAL" {
                    self.total = Some(covered);
                    self.open = Open::Nothing;
                } else {
                    self.files.push((name, covered));
                }
            }
            Open::Benchmarks(columns, factor, group) => {
                self.rows.extend(benchmark(line, columns, *factor, group));
            }
        }
    }

    /// Puts what was found on the run, whose tests are all there.
    pub(super) fn close(self, run: &mut RunBuilder) {
        if !self.files.is_empty() || self.total.is_some() || self.gate.is_some() {
            let mut report = Coverage { lines: self.total, gate: self.gate, ..Coverage::default() };
            "xdist-console-log".clone_into(&mut report.format);
            for (name, lines) in &self.files {
                let package = name.rfind(['/', '\\']).and_then(|at| name.get(..at)).unwrap_or("");
                let (path, package) = (run.intern(name), run.intern(package));
                report.files.push(CoveredFile { path, package, lines: Some(*lines), branches: None, first_mark: 0 });
            }
            run.coverage.push(report);
        }
        if self.rows.is_empty() {
            return;
        }
        let mut report = Benchmarks { format: "xdist-console-log".to_owned(), ..Benchmarks::default() };
        for row in self.rows {
            let full = full_name(run, &row.name).unwrap_or(row.name);
            let (name, group, none, unit) =
                (run.intern(&full), run.intern(&row.group), run.intern(""), run.intern("s"));
            let Row { stats, rounds, iterations, .. } = row;
            report.rows.push(Benchmark { name, group, params: none, unit, stats, rounds, iterations });
        }
        run.benchmarks.push(report);
    }
}

/// The identity of the only test of this name.
fn full_name(run: &RunBuilder, name: &str) -> Option<String> {
    let mut found = None;
    for test in 0..run.test_count() as u32 {
        let id = run.test_id(TestId(test));
        if id.strip_suffix(name).is_some_and(|before| before.ends_with("::")) {
            if found.is_some() {
                return None;
            }
            found = Some(id.to_owned());
        }
    }
    found
}

/// `src/api.py   170   0   26   0   100%`, with `   14, 84-86` behind it where missed lines are shown.
fn covered(line: &str, branches: bool) -> Option<(String, Covered)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let counts = if branches { 4 } else { 2 };
    let number = |at: usize| words.get(at)?.parse::<u32>().ok();
    let is_row = |at: &usize| {
        (0..counts).all(|i| number(at + i).is_some()) && words.get(at + counts).is_some_and(|word| word.ends_with('%'))
    };
    let at = (1..words.len()).find(is_row)?;
    let (total, missed) = (number(at)?, number(at + 1)?);
    let covered = Covered { covered: total.checked_sub(missed)?, total };
    Some((words.get(..at)?.join(" ").replace('\\', "/"), covered))
}

/// `test_a   1.1200 (1.0)   39,252.8 (8.73)   1521`
fn benchmark(line: &str, columns: &[Column], factor: f64, group: &str) -> Option<Row> {
    let ratio = |word: &&str| !(word.starts_with('(') && word.ends_with(')'));
    let words: Vec<&str> = line.split_whitespace().filter(ratio).collect();
    let at = words.len().checked_sub(columns.len()).filter(|&at| at > 0)?;
    let (name, values) = words.split_at_checked(at)?;
    let mut row =
        Row { name: name.join(" "), group: group.to_owned(), stats: Stats::default(), rounds: None, iterations: None };
    for (column, value) in columns.iter().zip(values) {
        if *column == Column::Other {
            continue;
        }
        let number = decimal(&value.replace(',', ""))?;
        let figure = Some(number * factor);
        match column {
            Column::Min => row.stats.min = figure,
            Column::Max => row.stats.max = figure,
            Column::Mean => row.stats.mean = figure,
            Column::StdDev => row.stats.stddev = figure,
            Column::Median => row.stats.median = figure,
            Column::Rounds => row.rounds = Some(number as u64),
            Column::Iterations => row.iterations = Some(number as u64),
            Column::Other => {}
        }
    }
    Some(row)
}

/// `Required test coverage of 80% reached. Total coverage: 95.08%`
fn gate(line: &str) -> Option<Gate> {
    let percent = |text: &str| {
        let digits = text.split('%').next()?.trim();
        let hundredths = (decimal(digits)? * 100.0).round();
        (0.0..=10_000.0).contains(&hundredths).then_some(hundredths as u32)
    };
    let least = percent(line.strip_prefix("Required test coverage of ")?)?;
    let found = line.split_once("Total coverage: ").and_then(|(_, rest)| percent(rest));
    Some(Gate { least, found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_both_tables_are_read() {
        let reached = |covered, total| Covered { covered, total };
        assert_eq!(covered("src/a b.py  38  1  8  1  96%", true), Some(("src/a b.py".to_owned(), reached(37, 38))));
        assert_eq!(covered("a.py  105  61  41%  14, 34, 84-86", false), Some(("a.py".to_owned(), reached(44, 105))));
        assert_eq!(covered("3 files skipped due to complete coverage.", false), None);
        let columns = [Column::Min, Column::Mean, Column::Other, Column::Rounds];
        let row = benchmark("test_a[x y]  1.5 (1.0)  1,200.25 (8.7)  619.79 (1.0)  4108", &columns, 1e-6, "g");
        let told = row.map(|row| (row.name, row.rounds, row.stats.min.map(|s| (s * 1e9).round())));
        assert_eq!(told, Some(("test_a[x y]".to_owned(), Some(4108), Some(1500.0))));
    }

    #[test]
    fn the_gate_is_told_with_what_it_counted() {
        assert_eq!(
            gate("Required test coverage of 80% reached. Total coverage: 95.08%"),
            Some(Gate { least: 8000, found: Some(9508) })
        );
        assert_eq!(
            gate("Required test coverage of 92.5% not reached. Total coverage: 75.00%"),
            Some(Gate { least: 9250, found: Some(7500) })
        );
        assert_eq!(gate("Required test coverage of all"), None);
    }
}

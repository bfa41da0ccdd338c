//! Gates about coverage and benchmarks.

use std::io::{self, Write};

use clap::Args;
use lanescope_engine::Engine;
use lanescope_measures::{benchmarks, coverage};
use lanescope_model::Run;
use lanescope_protocol::{BenchmarkChange, BenchmarkVerdict, RunSummary};

use super::Verdict;
use crate::input::{Rule, Sources};
use crate::measures::{change, percent, run};

/// The gates, and their arguments.
#[derive(Debug, Args)]
// Arguments of one name would be two groups of one name.
#[group(skip)]
pub(crate) struct Gates {
    /// The tests reach at least this share of the lines, in percent
    #[arg(long, value_name = "P", value_parser = per_cent)]
    min_coverage: Option<f64>,
    /// The tests take at least this share of the branches, in percent
    #[arg(long, value_name = "P", value_parser = per_cent)]
    min_branch_coverage: Option<f64>,
    /// No benchmark is slower than in --benchmark-base by more than this and beyond noise, in percent
    #[arg(long, value_name = "P", value_parser = growth, requires = "benchmark_base")]
    max_benchmark_regression: Option<f64>,
    /// The runs before: a file or a directory; four or more in it tell how much the same code differs
    #[arg(long, value_name = "BASE", requires = "max_benchmark_regression")]
    benchmark_base: Option<String>,
}

impl Gates {
    /// Whether any is asked for.
    pub(crate) fn any(&self) -> bool {
        self.min_coverage.is_some() || self.min_branch_coverage.is_some() || self.max_benchmark_regression.is_some()
    }

    /// What the gates say. The outer error is an exit status: the runs before cannot be read.
    pub(crate) fn check(
        &self,
        engine: &Engine,
        runs: &[RunSummary],
        rule: &Rule,
        err: &mut dyn Write,
    ) -> io::Result<Result<Vec<Verdict>, u8>> {
        let mut said = Vec::new();
        said.extend(self.min_coverage.map(|least| covered(engine, runs, "line", least)));
        said.extend(self.min_branch_coverage.map(|least| covered(engine, runs, "branch", least)));
        let mut said: Vec<Verdict> = said.into_iter().flatten().collect();
        if let (Some(most), Some(base)) = (self.max_benchmark_regression, &self.benchmark_base) {
            match Sources::of(base, rule).all_runs(err)? {
                Ok(base) => said.push(regressions(engine, &base.engine, most)),
                Err(status) => return Ok(Err(status)),
            }
        }
        Ok(Ok(said))
    }
}

/// Every run of which coverage is told keeps to the gate; where none tells it, it does not hold.
fn covered(engine: &Engine, runs: &[RunSummary], what: &str, least: f64) -> Vec<Verdict> {
    let mut said = Vec::new();
    for line in runs {
        let Some(figures) = run(engine, &line.id).and_then(|run| coverage::figures(run)) else { continue };
        let name = if line.label.is_empty() { &line.id } else { &line.label };
        let rate = if what == "line" { figures.lines } else { figures.branches };
        let basis = coverage::basis(&figures);
        said.push(match rate {
            // What is shown as 80.0 % holds a gate of 80 %.
            Some(rate) if rate * 100.0 >= least - 1e-9 => {
                Verdict::Holds(format!("{name}: {what} coverage {}, at least {least} % ({basis})", percent(rate)))
            }
            Some(rate) => {
                Verdict::Fails(format!("{name}: {what} coverage {}, at least {least} % ({basis})", percent(rate)))
            }
            None => Verdict::Fails(format!("{name}: {what} coverage is not known, at least {least} % ({basis})")),
        });
    }
    if said.is_empty() {
        said.push(Verdict::Fails(format!("no file tells the {what} coverage, at least {least} %")));
    }
    said
}

/// The newest run with benchmarks of the input beside those of the base.
fn regressions(engine: &Engine, base: &Engine, most: f64) -> Verdict {
    fn measured(engine: &Engine) -> Vec<&Run> {
        engine.runs().map(|(_, run)| run.as_ref()).filter(|run| !run.benchmarks.is_empty()).collect()
    }
    let (head, base) = (measured(engine), measured(base));
    let Some(compared) = head.last().and_then(|head| benchmarks::compare(&base, head)) else {
        return Verdict::Fails("there are no benchmarks in the input, or none in the base".to_owned());
    };
    // What is in one of them only, or has no figure of the same kind in both, cannot be slower.
    let in_both = |name: &str| compared.changes.iter().any(|c| c.name == name);
    let rows = head.last().map(|head| benchmarks::rows(head)).unwrap_or_default();
    let apart = rows.iter().map(|row| &row.name).filter(|name| !in_both(name) && !compared.added.contains(name));
    let mut rest = String::new();
    for (names, what) in [
        (compared.removed.iter().collect::<Vec<_>>(), "of the base not in the input"),
        (apart.collect(), "without figures that can be compared"),
    ] {
        if !names.is_empty() {
            let shown: Vec<&str> = names.iter().take(5).map(|name| name.as_str()).collect();
            let more = if names.len() > shown.len() { ", …" } else { "" };
            rest.push_str(&format!("; {} {what}: {}{more}", names.len(), shown.join(", ")));
        }
    }
    if compared.changes.is_empty() {
        return Verdict::Fails(format!("no benchmark can be compared with the base{rest}"));
    }
    let over = |c: &&BenchmarkChange| c.ratio > 1.0 + most / 100.0;
    let over: Vec<&BenchmarkChange> = compared.changes.iter().filter(over).collect();
    let (beyond, within): (Vec<_>, Vec<_>) = over.into_iter().partition(|c| c.verdict == BenchmarkVerdict::Slower);
    let mut text =
        format!("{} benchmarks compared, none slower by more than {most} % beyond noise", compared.changes.len());
    if !within.is_empty() {
        text.push_str(&format!("; {} by more than that, within noise", within.len()));
    }
    text.push_str(&rest);
    if beyond.is_empty() {
        return Verdict::Holds(text);
    }
    let named: Vec<String> = beyond.iter().take(5).map(|c| change(c)).collect();
    let more = beyond.len().saturating_sub(named.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Verdict::Fails(format!(
        "{} benchmarks slower by more than {most} % beyond noise: {}{more}{rest}",
        beyond.len(),
        named.join(", ")
    ))
}

/// `80`, `80 %` or `80%`.
fn per_cent(text: &str) -> Result<f64, String> {
    growth(text).ok().filter(|&p| p <= 100.0).ok_or_else(|| "must be a number from 0 to 100".to_owned())
}

fn growth(text: &str) -> Result<f64, String> {
    super::amount(text.trim_end_matches('%').trim_end())
}

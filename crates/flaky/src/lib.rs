//! Which failures are real: flaky, broken and slower tests over a history of runs.
//!
//! [`Flaky`] takes whole runs and answers what a view asks. Nothing here reads a clock, a file or a random number.

mod answer;
mod chain;
mod clusters;
mod compare;
mod cost;
mod history;
mod mask;
mod rules;
mod runs;
mod stats;
pub mod steps;
mod suspects;
mod takehome;
mod trend;
mod verdicts;
mod words;

use std::sync::Arc;

use lanescope_model::Run;
use lanescope_protocol::{
    Cluster, DurationStep, FLAKY_SCHEMA, FlakyClass, FlakyCost, FlakyReport, FlakyTest, HistoryRun,
};

pub use compare::compare;
pub use history::{Cell, History};
pub use mask::{message as masked_message, name as masked_name};
pub use stats::{Factorials, median, rate};
pub use words::rfc3339;

use crate::runs::Runs;
use crate::stats::Factorials as Table;
use crate::verdicts::Verdict;

/// The analysis of a history.
#[derive(Clone, Debug, Default)]
pub struct Flaky {
    history: History,
    runs: Runs,
    trend: Vec<HistoryRun>,
    verdicts: Vec<Verdict>,
    /// Places of the verdicts, best evidence of flakiness first.
    ranking: Vec<u32>,
    slower: Vec<DurationStep>,
    faster: Vec<DurationStep>,
    clusters: Vec<Cluster>,
    cost: FlakyCost,
}

impl Flaky {
    /// Analyses the runs of a history. Runs without tests are left out; the order in which they are given says nothing.
    #[must_use]
    pub fn new(runs: Vec<Arc<Run>>) -> Self {
        let history = History::new(runs);
        let runs = Runs::new(&history);
        let mut verdicts = verdicts::verdicts(&history, &runs);
        let factorials = Table::up_to(history.runs().len() as u32);
        let lanes = suspects::Lanes::new(&history);
        for at in 0..verdicts.len() {
            let Some(verdict) = verdicts.get(at).filter(|v| v.row.class == FlakyClass::Flaky) else { continue };
            let found = suspects::suspects(&history, &lanes, &factorials, verdict);
            if let Some(verdict) = verdicts.get_mut(at) {
                verdict.row.suspects = found;
            }
        }
        let trend = trend_of(&history, &runs, &verdicts);
        let (slower, faster) = steps::steps(&history, &runs);
        let clusters = clusters::clusters(&history, &verdicts, &factorials);
        let cost = cost::cost(&history, &verdicts, &trend);
        let ranking = verdicts::ranking(&verdicts);
        Self { history, runs, trend, verdicts, ranking, slower, faster, clusters, cost }
    }

    /// The runs, and what became of every test in them.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The runs in a line each, ordered by start.
    #[must_use]
    pub fn trend(&self) -> &[HistoryRun] {
        &self.trend
    }

    /// All tests, best evidence of flakiness first; those that never failed come last.
    pub fn tests(&self) -> impl Iterator<Item = &FlakyTest> {
        self.ranked().map(|v| &v.row)
    }

    fn ranked(&self) -> impl Iterator<Item = &Verdict> {
        self.ranking.iter().filter_map(|&at| self.verdicts.get(at as usize))
    }

    /// Tests that became slower, most changed first.
    #[must_use]
    pub fn slower(&self) -> &[DurationStep] {
        &self.slower
    }

    /// Tests that became faster, most changed first.
    #[must_use]
    pub fn faster(&self) -> &[DurationStep] {
        &self.faster
    }

    /// Tests that fail together, and failures that say the same.
    #[must_use]
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// What flakiness costs.
    #[must_use]
    pub fn cost(&self) -> &FlakyCost {
        &self.cost
    }

    /// Everything, as `lanescope flaky --json` prints it.
    #[must_use]
    pub fn report(&self) -> FlakyReport {
        FlakyReport {
            schema: FLAKY_SCHEMA.to_owned(),
            runs: self.history.runs().len() as u32,
            tests: self.tests().filter(|t| t.last_failed.is_some()).cloned().collect(),
            slower: self.slower.clone(),
            faster: self.faster.clone(),
            clusters: self.clusters.clone(),
            cost: self.cost.clone(),
            history: self.trend.clone(),
            rules: rules::rules(),
        }
    }
}

fn trend_of(history: &History, runs: &Runs, verdicts: &[Verdict]) -> Vec<HistoryRun> {
    let mut trend: Vec<HistoryRun> = Vec::new();
    for (at, run) in history.runs().iter().enumerate() {
        let mut line = trend::line(run, at as u32 + 1);
        line.set_aside = runs.facts.get(at).and_then(|f| f.set_aside.clone());
        trend.push(line);
    }
    for verdict in verdicts.iter().filter(|v| v.row.class == FlakyClass::Flaky) {
        for (line, cell) in trend.iter_mut().zip(history.cells(verdict.test)) {
            line.failed_flaky += u32::from(cell.failed());
        }
    }
    trend
}

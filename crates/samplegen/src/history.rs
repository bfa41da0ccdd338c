//! A synthetic history of runs, with its truth: which tests are flaky and how often they fail, which were broken from
//! when to when, which became slower, and which runs were bad days.

use crate::prng::Prng;

/// What to make.
#[derive(Clone, Debug, PartialEq)]
pub struct HistorySpec {
    /// Runs.
    pub runs: u32,
    /// Tests.
    pub tests: u32,
    /// Rates of failure of flaky tests.
    pub rates: Vec<f64>,
    /// Flaky tests of each rate.
    pub of_each_rate: u32,
    /// Tests that are broken for some runs, and repaired.
    pub broken: u32,
    /// Tests that always fail.
    pub always_failing: u32,
    /// Tests that become slower, by two or five times.
    pub slower: u32,
    /// Runs in which the machine fails a third of the tests.
    pub bad_days: u32,
    /// Whether every second run tries failed tests twice more.
    pub retries: bool,
    /// Seed of everything that is drawn by lot.
    pub seed: u64,
}

impl Default for HistorySpec {
    fn default() -> Self {
        Self {
            runs: 200,
            tests: 2000,
            rates: vec![0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5],
            of_each_rate: 20,
            broken: 40,
            always_failing: 5,
            slower: 20,
            bad_days: 4,
            retries: true,
            seed: 1,
        }
    }
}

/// What a test of the sample is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Truth {
    /// It fails on bad days only.
    Sound,
    /// An attempt of it fails with this probability.
    Flaky(f64),
    /// It fails in the runs from the first to before the second.
    Broken(u32, u32),
    /// It fails in every run.
    AlwaysFailing,
    /// It takes so many times as long from this run on.
    Slower(u32, u32),
}

/// What a run shows of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// For each attempt, whether it failed.
    pub failed: Vec<bool>,
    /// Time of an attempt, microseconds.
    pub us: i64,
}

/// One run of the sample.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSample {
    /// Its commit; about three of four runs have a new one.
    pub commit: String,
    /// Start: microseconds since the Unix epoch.
    pub start_us: i64,
    /// Whether it was a bad day.
    pub bad: bool,
    /// By test.
    pub seen: Vec<Seen>,
}

/// A history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistorySample {
    /// By test.
    pub truth: Vec<Truth>,
    /// The runs, in order.
    pub runs: Vec<RunSample>,
}

impl HistorySample {
    /// Makes a history.
    #[must_use]
    pub fn new(spec: &HistorySpec) -> Self {
        let mut lot = Prng::new(spec.seed);
        let truth = truths(spec, &mut lot);
        // Usual times from some milliseconds to some seconds.
        let usual: Vec<f64> = truth.iter().map(|_| 20_000.0 * (1.5 * normal(&mut lot)).exp() + 5_000.0).collect();
        let mut bad: Vec<bool> = vec![false; spec.runs as usize];
        for _ in 0..spec.bad_days {
            let at = lot.below(u64::from(spec.runs.max(1))) as usize;
            bad.iter_mut().skip(at).take(1).for_each(|b| *b = true);
        }
        let mut commit = 0_u64;
        let mut runs = Vec::new();
        for (run, &bad) in (0..spec.runs).zip(&bad) {
            if run == 0 || changes(&truth, run) || lot.chance(0.75) {
                commit = commit.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(run) + 1);
            }
            let machine = (0.15 * normal(&mut lot)).exp();
            let attempts = if spec.retries && run % 2 == 1 { 3 } else { 1 };
            let mut see = |(truth, usual): (&Truth, &f64)| {
                let here = bad && lot.chance(0.33);
                let mut failed = Vec::new();
                while failed.len() < attempts && failed.last() != Some(&false) {
                    let fails = here
                        || match *truth {
                            Truth::Flaky(rate) => lot.chance(rate),
                            Truth::Broken(from, to) => (from..to).contains(&run),
                            Truth::AlwaysFailing => true,
                            Truth::Sound | Truth::Slower(..) => false,
                        };
                    failed.push(fails);
                }
                let factor = match *truth {
                    Truth::Slower(from, factor) if run >= from => f64::from(factor),
                    _ => 1.0,
                };
                let us = usual * machine * factor * (0.25 * normal(&mut lot)).exp();
                Seen { failed, us: us.max(1.0) as i64 }
            };
            let seen = truth.iter().zip(&usual).map(&mut see).collect();
            runs.push(RunSample {
                commit: format!("{commit:016x}{run:024x}").chars().take(16).collect(),
                start_us: crate::Sample::START_US + i64::from(run) * 4 * 3_600_000_000,
                bad,
                seen,
            });
        }
        Self { truth, runs }
    }
}

/// Whether a test breaks or is repaired in this run: that takes a new commit.
fn changes(truth: &[Truth], run: u32) -> bool {
    truth.iter().any(|t| matches!(*t, Truth::Broken(from, to) if from == run || to == run))
}

fn truths(spec: &HistorySpec, lot: &mut Prng) -> Vec<Truth> {
    let mut truth = Vec::new();
    for &rate in &spec.rates {
        truth.extend((0..spec.of_each_rate).map(|_| Truth::Flaky(rate)));
    }
    let runs = u64::from(spec.runs.max(20));
    for _ in 0..spec.broken {
        let from = 5 + lot.below(runs - 15) as u32;
        // From two runs on, mostly short.
        let length = 2 + (lot.exponential() * 12.0) as u32;
        truth.push(Truth::Broken(from, from + length));
    }
    truth.extend((0..spec.always_failing).map(|_| Truth::AlwaysFailing));
    for at in 0..spec.slower {
        let from = 10 + lot.below(runs - 19) as u32;
        truth.push(Truth::Slower(from, if at % 2 == 0 { 2 } else { 5 }));
    }
    truth.truncate(spec.tests as usize);
    truth.resize(spec.tests as usize, Truth::Sound);
    truth
}

/// Normally distributed, by the sum of twelve.
fn normal(lot: &mut Prng) -> f64 {
    (0..12).map(|_| lot.unit()).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_shows_its_truth() {
        let spec = HistorySpec { runs: 60, tests: 300, of_each_rate: 5, ..HistorySpec::default() };
        let sample = HistorySample::new(&spec);
        assert_eq!(sample, HistorySample::new(&spec));
        assert_eq!(sample.truth.len(), 300);
        for (test, truth) in sample.truth.iter().enumerate() {
            for (at, run) in sample.runs.iter().enumerate().filter(|(_, run)| !run.bad) {
                let failed = run.seen.get(test).is_some_and(|s| s.failed.first() == Some(&true));
                match *truth {
                    Truth::Sound | Truth::Slower(..) => assert!(!failed),
                    Truth::AlwaysFailing => assert!(failed),
                    Truth::Broken(from, to) => assert_eq!(failed, (from as usize..to as usize).contains(&at)),
                    Truth::Flaky(_) => {}
                }
            }
        }
    }
}

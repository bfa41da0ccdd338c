//! Synthetic reports for tests and benches: pure, and the same for the same [`Spec`].
//!
//! A [`Sample`] is one run of an imaginary suite on some workers; it is written as pytest-reportlog JSON Lines,
//! as pytest's JUnit XML, and as the console log of pytest-xdist, each with what that format tells.

mod history;
mod prng;
mod write;

pub use history::{HistorySample, HistorySpec, RunSample, Seen, Truth};
use prng::Prng;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    /// Tests.
    pub tests: u32,
    /// Workers; 0 makes a run without worker processes.
    pub workers: u32,
    /// Share of tests that fail for good.
    pub failing: f64,
    /// Share of tests that fail once and pass when they are run again.
    pub flaky: f64,
    /// Seed of everything that is drawn by lot.
    pub seed: u64,
}

impl Default for Spec {
    fn default() -> Self {
        Self { tests: 100, workers: 4, failing: 0.02, flaky: 0.02, seed: 1 }
    }
}

/// How an attempt of the sample ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It passed.
    Passed,
    /// Its body failed.
    Failed,
    /// Its body failed, and it is run again.
    Rerun,
    /// It was skipped.
    Skipped,
}

/// One attempt. Times are microseconds; points in time count from [`Sample::START_US`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number of its test.
    pub test: u32,
    /// Number of its worker.
    pub worker: u32,
    /// Start.
    pub start_us: i64,
    /// Time in setup.
    pub setup_us: i64,
    /// Time in the body.
    pub call_us: i64,
    /// Time in teardown.
    pub teardown_us: i64,
    /// How it ended.
    pub end: End,
}

impl Attempt {
    /// Time in all phases.
    #[must_use]
    pub fn total_us(&self) -> i64 {
        self.setup_us + self.call_us + self.teardown_us
    }

    /// Stop, after teardown.
    #[must_use]
    pub fn stop_us(&self) -> i64 {
        self.start_us + self.total_us()
    }
}

/// A run of an imaginary suite.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What was asked for.
    pub spec: Spec,
    /// Its attempts, in the order in which they ended.
    pub attempts: Vec<Attempt>,
    /// How long the session took, microseconds.
    pub session_us: i64,
}

impl Sample {
    /// When the first test starts: microseconds since the Unix epoch (2026-03-02T08:12:41Z).
    pub const START_US: i64 = 1_772_439_161_000_000;
    /// The session starts so many microseconds before the first test.
    pub const START_UP_US: i64 = 1_500_000;

    /// Makes a run: each worker takes the next test as soon as it is free.
    #[must_use]
    pub fn new(spec: Spec) -> Self {
        let mut lot = Prng::new(spec.seed);
        let workers = spec.workers.max(1);
        // Workers come up one after another.
        let mut free: Vec<i64> = (0..workers).map(|w| i64::from(w) * 20_000).collect();
        let mut attempts = Vec::new();
        for test in 0..spec.tests {
            // A few long tests among many short ones, as suites have them.
            let call_us = (lot.exponential() * 40_000.0) as i64 * if lot.chance(0.02) { 20 } else { 1 } + 500;
            let (setup_us, teardown_us) = (lot.below(3000) as i64, lot.below(1000) as i64);
            let fate = lot.unit();
            let ends: &[End] = if fate < spec.failing {
                &[End::Failed]
            } else if fate < spec.failing + spec.flaky {
                &[End::Rerun, End::Passed]
            } else if lot.chance(0.01) {
                &[End::Skipped]
            } else {
                &[End::Passed]
            };
            let next = free.iter_mut().enumerate().min_by_key(|(_, at)| **at);
            let Some((worker, at)) = next else { break };
            for &end in ends {
                let call_us = if end == End::Skipped { 0 } else { call_us };
                let worker = worker as u32;
                let attempt = Attempt { test, worker, start_us: *at, setup_us, call_us, teardown_us, end };
                *at = attempt.stop_us() + 200 + lot.below(2000) as i64;
                attempts.push(attempt);
            }
        }
        attempts.sort_by_key(Attempt::stop_us);
        let first = attempts.iter().map(|a| a.start_us).min().unwrap_or(0);
        for attempt in &mut attempts {
            attempt.start_us -= first;
        }
        let last = attempts.iter().map(Attempt::stop_us).max().unwrap_or(0);
        Self { spec, attempts, session_us: Self::START_UP_US + last + 300_000 }
    }

    /// Node id of a test.
    #[must_use]
    pub fn id(test: u32) -> String {
        let (file, class, name) = (test / 40, test / 10 % 4, test % 10);
        format!("tests/pkg_{}/test_mod_{file}.py::TestCase{class}::test_does_{name}[case-{test}]", file % 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_spec_makes_the_same_run() {
        let spec = Spec { tests: 500, workers: 8, failing: 0.1, flaky: 0.1, seed: 7 };
        assert_eq!(Sample::new(spec), Sample::new(spec));
        assert_ne!(Sample::new(spec).attempts, Sample::new(Spec { seed: 8, ..spec }).attempts);
    }

    #[test]
    fn a_worker_does_one_thing_at_a_time() {
        let sample = Sample::new(Spec { tests: 500, workers: 8, ..Spec::default() });
        for worker in 0..8 {
            let mut own: Vec<_> = sample.attempts.iter().filter(|a| a.worker == worker).collect();
            own.sort_by_key(|a| a.start_us);
            assert!(!own.is_empty());
            assert!(own.iter().zip(own.iter().skip(1)).all(|(a, b)| a.stop_us() <= b.start_us));
        }
    }
}

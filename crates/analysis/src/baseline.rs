//! A run beside a sequential run of the same tests: only that makes a speedup.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use lanescope_model::order::{Keyed, by_keys};
use lanescope_model::{Run, TestId};

use crate::{Figures, time_us};

/// Share of the tests of the larger run that both runs must have: a shard is not compared with the whole suite.
const ENOUGH_SHARED: f64 = 0.9;

/// The tests of a run as sorted hashes of their identity (group and id), each with its row.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint {
    tests: Vec<(i64, TestId)>,
}

impl Fingerprint {
    /// The fingerprint of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let hasher = FixedState::default();
        let hash = |test: TestId| {
            let group = run.tests.group(test).map_or("", |g| run.group_name(g));
            (hasher.hash_one((group, run.test_id(test))).cast_signed(), 0, test.0, 0)
        };
        let mut tests: Vec<Keyed> = run.tests.ids().map(hash).collect();
        by_keys(&mut tests);
        Self { tests: tests.into_iter().map(|(hash, _, row, _)| (hash, TestId(row))).collect() }
    }

    /// Tests of both, as rows in the one and in the other.
    pub fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (TestId, TestId)> + 'a {
        let mut theirs = other.tests.iter().peekable();
        self.tests.iter().filter_map(move |&(hash, test)| {
            while theirs.next_if(|t| t.0 < hash).is_some() {}
            theirs.peek().filter(|t| t.0 == hash).map(|t| (test, t.1))
        })
    }

    /// Share of these tests that the other has too.
    #[must_use]
    pub fn share_in(&self, other: &Self) -> f64 {
        self.shared(other).count() as f64 / self.tests.len().max(1) as f64
    }

    /// Share of the tests of the larger of the two that both have.
    fn likeness(&self, other: &Self) -> f64 {
        self.shared(other).count() as f64 / self.tests.len().max(other.tests.len()).max(1) as f64
    }
}

/// A run beside its sequential run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The sequential wall over this one.
    pub speedup: Option<f64>,
    /// The sequential session over this one.
    pub session_speedup: Option<f64>,
    /// Speedup over workers.
    pub efficiency: Option<f64>,
    /// This busy time over the sequential one, on the tests that both ran.
    pub contention: Option<f64>,
    /// Share of this run's tests that the sequential run has too.
    pub shared_tests: f64,
}

/// Whether a run had one worker only, as far as is recorded.
fn is_sequential(run: &Run, figures: &Figures) -> bool {
    run.meta.sequential || figures.workers.value == Some(1)
}

/// Of more sequential runs than these the nearest in time are looked at.
const NEAREST: usize = 256;

/// A run, what is known of it, and its tests.
pub type Candidate<'a> = (&'a Run, &'a Figures, &'a Fingerprint);

/// Chooses the sequential run to compare a run with: of those that share enough tests the one that shares the
/// most, and of these the nearest in time. Sequential runs themselves are compared with none.
#[must_use]
pub fn find_baseline(of: usize, runs: &[Candidate<'_>]) -> Option<usize> {
    nearest_baseline(of, runs, &sequential_runs(runs))
}

/// [`find_baseline`] of each run.
#[must_use]
pub fn find_baselines(runs: &[Candidate<'_>]) -> Vec<Option<usize>> {
    let sequential = sequential_runs(runs);
    (0..runs.len()).map(|of| nearest_baseline(of, runs, &sequential)).collect()
}

fn start(&(run, figures, _): &Candidate<'_>) -> Option<i64> {
    run.meta.session.start_us.or(figures.window_us.map(|w| w.0))
}

/// The sequential runs by their start, those without one at the end, each with its place. What was predicted is not
/// measured, and no baseline.
fn sequential_runs(runs: &[Candidate<'_>]) -> Vec<Keyed> {
    let is_one = |(_, (run, figures, _)): &(usize, &Candidate<'_>)| is_sequential(run, figures) && !run.meta.simulated;
    let all = runs.iter().enumerate().filter(is_one);
    let mut all: Vec<Keyed> = all.map(|(at, run)| (start(run).unwrap_or(i64::MAX), 0, at as u32, 0)).collect();
    by_keys(&mut all);
    all
}

fn nearest_baseline(of: usize, runs: &[Candidate<'_>], sequential: &[Keyed]) -> Option<usize> {
    let own = runs.get(of)?;
    let &(run, figures, fingerprint) = own;
    if is_sequential(run, figures) || run.meta.simulated {
        return None;
    }
    let mine = start(own);
    let later = sequential.partition_point(|other| other.0 < mine.unwrap_or(i64::MAX));
    let from = later.saturating_sub(NEAREST / 2).min(sequential.len().saturating_sub(NEAREST));
    let candidates = sequential.iter().skip(from).take(NEAREST).filter_map(|other| {
        let at = other.2 as usize;
        runs.get(at).map(|run| (at, run))
    });
    let near = candidates.filter_map(|(at, other)| {
        let shared = fingerprint.likeness(other.2);
        let apart = mine.zip(start(other)).map_or(u64::MAX, |(a, b)| a.abs_diff(b));
        (shared >= ENOUGH_SHARED).then_some((at, shared, apart))
    });
    near.min_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2)).then(a.0.cmp(&b.0))).map(|best| best.0)
}

/// A run beside its sequential run, `base`.
#[must_use]
pub fn compare(run: Candidate<'_>, base: Candidate<'_>) -> Comparison {
    let ratio = |a: Option<i64>, b: Option<i64>| match (a, b) {
        (Some(a), Some(b)) if b > 0 && a > 0 => Some(a as f64 / b as f64),
        _ => None,
    };
    // A session holds more than its tests: the one is never compared with the other.
    let alike = run.1.window_us.is_some() == base.1.window_us.is_some();
    let speedup = ratio(base.1.wall_us.value, run.1.wall_us.value).filter(|_| alike);
    let session_speedup = ratio(base.1.session_us.value, run.1.session_us.value);
    let efficiency = speedup.zip(run.1.workers.value).map(|(s, n)| s / f64::from(n));
    let time = |run: &Run, test| run.tests.attempts(test).filter_map(|a| time_us(run, a)).reduce(i64::saturating_add);
    let (mut mine, mut theirs) = (0_i64, 0_i64);
    for (here, there) in run.2.shared(base.2) {
        if let (Some(a), Some(b)) = (time(run.0, here), time(base.0, there)) {
            mine = mine.saturating_add(a);
            theirs = theirs.saturating_add(b);
        }
    }
    Comparison {
        speedup,
        session_speedup,
        efficiency,
        contention: ratio(Some(mine), Some(theirs)),
        shared_tests: run.2.share_in(base.2),
    }
}

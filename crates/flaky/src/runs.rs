//! What is known of the runs of a history before its tests are judged: their branches, and which were bad days.

use lanescope_model::Run;
use lanescope_model::order::sort;

use crate::History;
use crate::chain::NOISE;
use crate::stats::median;

/// A test that fails in at most this share of its runs usually passes.
const USUALLY_PASSES: f64 = 0.2;
/// A run is set aside when this share of the tests that usually pass fails in it, ...
const BAD_SHARE: f64 = 0.1;
/// ... and that is so many times the share of the usual run, ...
const BAD_FACTOR: f64 = 5.0;
/// ... and it is so many tests.
const BAD_TESTS: u32 = 5;
/// Unless so many of them fail in the run before or after it too, at another commit: then a change broke them.
const STAYS: f64 = 0.8;

/// Facts of the environment that tell one machine from another. Runs of different machines are no runs of the same
/// thing, even at the same commit.
const MACHINE: [&str; 11] = [
    "os",
    "os.name",
    "os.arch",
    "platform",
    "java.version",
    "python",
    "python_version",
    "node",
    "browser",
    "image",
    "region",
];

/// A run beside the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunFacts {
    /// Why it is set aside.
    pub set_aside: Option<String>,
    /// Probability that a test that is sound fails in it.
    pub noise: f64,
    /// Number of its branch and machine.
    pub chain: usize,
    /// Number of its commit, if that is known.
    pub commit: Option<usize>,
}

/// The runs, and the chains that they form.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// By place in the history.
    pub facts: Vec<RunFacts>,
    /// Places of the runs of one branch and machine, in order; the longest chain first.
    pub chains: Vec<Vec<usize>>,
}

impl Runs {
    /// Looks at the runs of a history.
    #[must_use]
    pub fn new(history: &History) -> Self {
        let mut facts = bad_days(history);
        let mut chains: Vec<(String, Vec<usize>)> = Vec::new();
        for (at, run) in history.runs().iter().enumerate() {
            let key = place_of(run);
            match chains.iter_mut().find(|(known, _)| *known == key) {
                Some((_, places)) => places.push(at),
                None => chains.push((key, vec![at])),
            }
        }
        let mut commits: Vec<&str> = Vec::new();
        for (run, facts) in history.runs().iter().zip(&mut facts) {
            let Some(commit) = run.meta.commit.as_deref() else { continue };
            facts.commit = Some(commits.iter().rposition(|known| *known == commit).unwrap_or(commits.len()));
            if facts.commit == Some(commits.len()) {
                commits.push(commit);
            }
        }
        sort(&mut chains, &|a, b| b.1.len().cmp(&a.1.len()));
        let chains: Vec<Vec<usize>> = chains.into_iter().map(|c| c.1).collect();
        for (number, places) in chains.iter().enumerate() {
            for &at in places {
                if let Some(facts) = facts.get_mut(at) {
                    facts.chain = number;
                }
            }
        }
        Self { facts, chains }
    }

    /// Whether two runs are of the same commit, as far as is known.
    #[must_use]
    pub fn same_commit(&self, a: usize, b: usize) -> bool {
        let commit = |at: usize| self.facts.get(at).and_then(|f| f.commit);
        commit(a).is_some() && commit(a) == commit(b)
    }

    /// Whether the run counts.
    #[must_use]
    pub fn counts(&self, at: usize) -> bool {
        self.facts.get(at).is_some_and(|f| f.set_aside.is_none())
    }
}

fn place_of(run: &Run) -> String {
    let mut key = run.meta.branch.clone().unwrap_or_default();
    for name in MACHINE {
        let value = run.meta.environment.iter().find(|(known, _)| known == name);
        key.push('\n');
        key.push_str(value.map_or("", |(_, value)| value));
    }
    key
}

fn same_commit(a: &Run, b: &Run) -> bool {
    a.meta.commit.is_some() && a.meta.commit == b.meta.commit
}

fn bad_days(history: &History) -> Vec<RunFacts> {
    let n = history.runs().len();
    let (mut ran, mut failed) = (vec![0_u32; n], vec![0_u32; n]);
    // For each run, the tests of it that fail although they usually pass.
    let mut unusual: Vec<Vec<u32>> = vec![Vec::new(); n];
    for test in 0..history.tests() {
        let cells = history.cells(test);
        let all = cells.iter().filter(|c| c.ran()).count();
        let bad = cells.iter().filter(|c| c.failed()).count();
        // Its only failure may be that of the run in question.
        if bad.saturating_sub(1) as f64 > USUALLY_PASSES * all as f64 || all < 3 {
            continue;
        }
        for (at, cell) in cells.iter().enumerate() {
            if let (true, Some(ran)) = (cell.ran(), ran.get_mut(at)) {
                *ran += 1;
            }
            if let (true, Some(failed), Some(tests)) = (cell.failed(), failed.get_mut(at), unusual.get_mut(at)) {
                *failed += 1;
                tests.push(test as u32);
            }
        }
    }
    let share = |at: usize| {
        let (ran, failed) = (ran.get(at).copied().unwrap_or(0), failed.get(at).copied().unwrap_or(0));
        f64::from(failed) / f64::from(ran.max(1))
    };
    let mut shares: Vec<f32> = (0..n).map(|at| share(at) as f32).collect();
    let usual = f64::from(median(&mut shares).unwrap_or(0.0));
    // Of its tests, how many more than usual fail; three of any run are no sign of a bad day.
    let noise = |at: usize| {
        let (ran, failed) = (ran.get(at).copied().unwrap_or(0), failed.get(at).copied().unwrap_or(0));
        let expected = 3.0 + 3.0 * usual * f64::from(ran);
        ((f64::from(failed) - expected) / f64::from(ran.max(1))).max(NOISE)
    };
    let stays = |at: usize, other: Option<usize>| {
        let (Some(mine), Some(run)) = (unusual.get(at), history.run(at)) else { return false };
        let Some((other, beside)) = other.and_then(|o| Some((o, history.run(o)?))) else { return false };
        let too = mine.iter().filter(|&&test| history.cell(test as usize, other).failed()).count();
        !same_commit(run, beside) && too as f64 >= STAYS * mine.len() as f64
    };
    let facts = |at: usize| {
        let count = failed.get(at).copied().unwrap_or(0);
        let bad = n >= 3
            && count >= BAD_TESTS
            && share(at) >= BAD_SHARE
            && share(at) >= BAD_FACTOR * usual
            && !stays(at, at.checked_sub(1))
            && !stays(at, Some(at + 1));
        let set_aside = bad.then(|| {
            let percent = lanescope_analysis::fixed(share(at) * 100.0, 0);
            format!("{count} tests that usually pass failed in it ({percent} %): that says more about the machine")
        });
        RunFacts { set_aside, noise: noise(at), chain: 0, commit: None }
    };
    (0..n).map(facts).collect()
}

//! Every test's class, with the evidence and the figures behind it.

use lanescope_model::order::{Keyed, by_keys};
use lanescope_protocol::{EvidenceKind, FlakyClass, FlakyTest};

use crate::chain::{Judged, Link, Seen, judge};
use crate::history::{Cell, History};
use crate::runs::Runs;
use crate::stats::{CLEAN_RUNS, median, rate};
use crate::words::rfc3339;

/// With fewer runs nothing is said of a test, unless it was seen both ways at one commit.
const ENOUGH_RUNS: u32 = 5;
/// From this probability on a test is called flaky.
const CALLED: f64 = 0.5;
/// Both ways at one commit say nothing in a run in which more than this share of sound tests failed.
const QUIET: f64 = 0.01;
/// A test that failed in one run only and passes since was not broken and fixed, as far as anybody can tell.
const STRETCH: usize = 2;

/// A judged test.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Its place in the history.
    pub test: usize,
    /// What is told of it. Suspects are found later.
    pub row: FlakyTest,
    /// Runs behind its failure rate, and whether it failed in them.
    pub counted: Vec<(usize, bool)>,
    /// Runs in which it failed and then passed.
    pub retries: Vec<usize>,
    /// Runs of commits on which it both passed and failed.
    pub mixed: Vec<Vec<usize>>,
    /// Pairs of runs between which it flipped.
    pub flips: Vec<(usize, usize)>,
}

/// Judges all tests, in the order of the history.
#[must_use]
pub fn verdicts(history: &History, runs: &Runs) -> Vec<Verdict> {
    (0..history.tests()).map(|test| verdict(history, runs, test)).collect()
}

/// The order of the ranking: by class, then what fails most for certain, then what is most probably flaky.
#[must_use]
pub fn ranking(verdicts: &[Verdict]) -> Vec<u32> {
    let key = |(at, v): (usize, &Verdict)| {
        let class = match v.row.class {
            FlakyClass::Flaky => 0,
            FlakyClass::Broken => 1,
            FlakyClass::Fixed => 2,
            FlakyClass::TooFewRuns if v.row.failed_runs > 0 => 3,
            FlakyClass::Healthy => 4,
            FlakyClass::TooFewRuns => 5,
        };
        let millionth = |x: f64| (x * 1e6) as i64;
        let low = v.row.failure_rate.filter(|_| class == 0).map_or(0, |r| millionth(r.low));
        (class << 32 | (1_000_000 - low), -millionth(v.row.score) - i64::from(v.row.failed_runs), at as u32, 0)
    };
    let mut keys: Vec<Keyed> = verdicts.iter().enumerate().map(key).collect();
    by_keys(&mut keys);
    keys.into_iter().map(|k| k.2).collect()
}

/// Whether a cell says something about its test.
fn tells(cell: Cell) -> bool {
    cell.ran() && !cell.crashed()
}

fn links(runs: &Runs, cells: &[Cell]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (number, chain) in runs.chains.iter().enumerate() {
        let mut before: Option<usize> = None;
        for &at in chain {
            let Some(&cell) = cells.get(at).filter(|&&c| tells(c) && runs.counts(at)) else { continue };
            let seen = if cell.failed() {
                Seen::Failed
            } else if cell.retried() {
                Seen::Both
            } else {
                Seen::Passed
            };
            let same = before.map(|b| runs.same_commit(b, at));
            let failed_before = number > 0 && before.is_none() && {
                let main = runs.chains.first().map_or(&[][..], Vec::as_slice);
                let earlier = main.iter().rev().filter(|&&m| m < at).filter_map(|&m| cells.get(m));
                earlier.copied().find(|&c| tells(c)).is_some_and(Cell::failed)
            };
            links.push(Link {
                run: at,
                seen,
                changed: same != Some(true),
                first: before.is_none(),
                failed_before,
                noise: runs.facts.get(at).map_or(0.0, |f| f.noise),
            });
            before = Some(at);
        }
    }
    links
}

fn verdict(history: &History, runs: &Runs, test: usize) -> Verdict {
    let cells = history.cells(test);
    let links = links(runs, &cells);
    let ever_failed = links.iter().any(|l| l.seen != Seen::Passed);
    let judged = if ever_failed { judge(&links) } else { Judged { flaky: 0.0, broken: vec![false; links.len()] } };
    let pairs: Vec<(Link, bool)> = links.iter().copied().zip(judged.broken.iter().copied()).collect();
    let retries: Vec<usize> = links.iter().filter(|l| l.seen == Seen::Both).map(|l| l.run).collect();
    let mixed = mixed_commits(&pairs, runs);
    let (flips, places) = flips(&pairs);
    let quiet = |at: usize| runs.facts.get(at).is_some_and(|f| f.noise < QUIET);
    let direct = retries.iter().any(|&at| quiet(at)) || mixed.iter().any(|m| m.iter().all(|&at| quiet(at)));
    let score = if direct { judged.flaky.max(CALLED) } else { judged.flaky };
    let mut row = FlakyTest {
        test: history.name(test).to_owned(),
        runs: cells.iter().filter(|c| c.ran()).count() as u32,
        failed_runs: cells.iter().filter(|c| c.failed()).count() as u32,
        retry_runs: retries.len() as u32,
        mixed_commits: mixed.len() as u32,
        crashed_runs: cells.iter().filter(|c| c.crashed()).count() as u32,
        flips: flips.len() as u32,
        flip_rate: (places > 0).then(|| flips.len() as f64 / f64::from(places)),
        score,
        ..FlakyTest::default()
    };
    let enough = links.len() as u32 >= ENOUGH_RUNS;
    let stretch = stretch(&pairs);
    // Between different commits a single failure may be one change and the next.
    let often = pairs.iter().filter(|(l, broken)| l.seen != Seen::Passed && !broken).count() >= 2;
    row.class = if score >= CALLED && (enough && often || direct) {
        FlakyClass::Flaky
    } else if !enough {
        FlakyClass::TooFewRuns
    } else {
        match &stretch {
            Some(s) if s.fixed_at.is_none() => FlakyClass::Broken,
            Some(s) if s.runs >= STRETCH => FlakyClass::Fixed,
            _ => FlakyClass::Healthy,
        }
    };
    if let (FlakyClass::Broken | FlakyClass::Fixed, Some(s)) = (row.class, &stretch) {
        tell_stretch(history, &mut row, s);
    }
    let outside = |broken: bool| row.class != FlakyClass::Flaky || !broken;
    let counted: Vec<(usize, bool)> =
        pairs.iter().filter(|(_, b)| outside(*b)).map(|(l, _)| (l.run, l.seen != Seen::Passed)).collect();
    row.counted_runs = counted.len() as u32;
    row.counted_failed = counted.iter().filter(|c| c.1).count() as u32;
    row.failure_rate = rate(row.counted_failed, row.counted_runs);
    row.last_failed = cells.iter().rposition(|c| c.failed_once()).map(|at| at as u32 + 1);
    let clean = links.iter().filter(|l| l.seen == Seen::Passed && row.last_failed.is_none_or(|f| l.run as u32 >= f));
    row.clean_runs = clean.count() as u32;
    row.clean_needed = CLEAN_RUNS.saturating_sub(row.clean_runs);
    let mut known: Vec<f32> = history.seconds(test).iter().copied().filter(|s| s.is_finite()).collect();
    row.median_s = median(&mut known).map(f64::from);
    row.evidence = [
        (EvidenceKind::Retry, !retries.is_empty()),
        (EvidenceKind::SameCommit, !mixed.is_empty()),
        (EvidenceKind::Flips, row.class == FlakyClass::Flaky && flips.len() >= 2),
    ]
    .into_iter()
    .filter(|e| e.1)
    .map(|e| e.0)
    .collect();
    Verdict { test, row, counted, retries, mixed, flips }
}

/// Runs of one commit, on machines of one kind, of which some passed and some failed.
fn mixed_commits(pairs: &[(Link, bool)], runs: &Runs) -> Vec<Vec<usize>> {
    if pairs.iter().all(|(l, _)| l.seen == Seen::Passed) {
        return Vec::new();
    }
    let mut mixed = Vec::new();
    let mut done = vec![false; pairs.len()];
    let chain = |at: usize| runs.facts.get(at).map_or(0, |f| f.chain);
    for (i, (link, _)) in pairs.iter().enumerate() {
        if link.seen == Seen::Passed || done.get(i) == Some(&true) {
            continue;
        }
        let mut of_commit = Vec::new();
        for ((j, (other, broken)), done) in pairs.iter().enumerate().zip(&mut done) {
            let same = chain(other.run) == chain(link.run) && (i == j || runs.same_commit(link.run, other.run));
            if same {
                *done = true;
                of_commit.push((other.run, other.seen, *broken));
            }
        }
        // A retry that passes is evidence of its own.
        let failed = of_commit.iter().any(|(_, seen, _)| *seen == Seen::Failed);
        // A breakage that begins or ends here, and holds for other commits too, was not the commit's, but it was one.
        let explained = of_commit.iter().all(|&(_, seen, broken)| (seen == Seen::Failed) == broken)
            && broken_beyond(pairs, &of_commit);
        if failed && !explained && of_commit.iter().any(|(_, seen, _)| *seen != Seen::Failed) {
            mixed.push(of_commit.into_iter().map(|(at, _, _)| at).collect());
        }
    }
    mixed
}

/// Whether a breakage of some of these runs goes on before or after them.
fn broken_beyond(pairs: &[(Link, bool)], of_commit: &[(usize, Seen, bool)]) -> bool {
    let inside = |link: &Link| of_commit.iter().any(|(run, _, _)| *run == link.run);
    let ends = pairs.iter().zip(pairs.iter().skip(1));
    ends.filter(|(a, b)| a.1 && b.1 && !b.0.first).any(|(a, b)| inside(&a.0) != inside(&b.0))
}

/// Changes between passing and failing, of final outcomes, and the number of places where there could be one.
fn flips(pairs: &[(Link, bool)]) -> (Vec<(usize, usize)>, u32) {
    let mut found = Vec::new();
    let mut places = 0;
    for (before, after) in pairs.iter().zip(pairs.iter().skip(1)) {
        if after.0.first || before.1 || after.1 {
            continue;
        }
        places += 1;
        if (before.0.seen == Seen::Failed) != (after.0.seen == Seen::Failed) {
            found.push((before.0.run, after.0.run));
        }
    }
    (found, places)
}

/// A stretch of runs in which a test was broken.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: usize,
    to: usize,
    runs: usize,
    fixed_at: Option<usize>,
    last_good: Option<usize>,
}

/// The stretch that matters most: one that lasts, or else the last of several runs, or else the last one.
fn stretch(pairs: &[(Link, bool)]) -> Option<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    let mut open: Option<Stretch> = None;
    let (mut last_good, mut chain) = (None, 0);
    // A branch that ends broken was fixed if any later run passes; the main branch was not.
    let end = |open: Option<Stretch>, chain: u32| {
        open.map(|s| Stretch { fixed_at: if chain > 1 { passed_after(pairs, s.to) } else { None }, ..s })
    };
    for (link, broken) in pairs {
        if link.first {
            all.extend(end(open.take(), chain));
            last_good = None;
            chain += 1;
        }
        match (broken, &mut open) {
            (true, Some(stretch)) => {
                stretch.runs += 1;
                stretch.to = link.run;
            }
            (true, None) => open = Some(Stretch { from: link.run, to: link.run, runs: 1, fixed_at: None, last_good }),
            (false, _) => {
                all.extend(open.take().map(|s| Stretch { fixed_at: Some(link.run), ..s }));
                last_good = Some(link.run);
            }
        }
    }
    all.extend(end(open, chain));
    let worth = |s: &Stretch| {
        let from = s.from as i64;
        (s.fixed_at.is_none(), s.runs >= STRETCH, if s.fixed_at.is_none() { -from } else { from })
    };
    all.into_iter().max_by_key(worth)
}

/// The first run after a place in which the test passed, of any branch.
fn passed_after(pairs: &[(Link, bool)], at: usize) -> Option<usize> {
    pairs.iter().filter(|(l, _)| l.run > at && l.seen == Seen::Passed).map(|(l, _)| l.run).min()
}

fn tell_stretch(history: &History, row: &mut FlakyTest, s: &Stretch) {
    let commit = |at: usize| history.run(at).and_then(|r| r.meta.commit.clone());
    row.broken_since = history.run(s.from).and_then(crate::history::started_us).and_then(rfc3339);
    row.broken_from = Some(s.from as u32 + 1);
    row.fixed_at = s.fixed_at.map(|at| at as u32 + 1);
    row.last_good_commit = s.last_good.and_then(commit);
    row.first_bad_commit = commit(s.from);
}

//! Runs of one suite beside each other: wall against wall, never busy time over wall time.

mod case;
mod fit;
mod laws;
mod lot;
mod noise;
pub(crate) mod quantile;
pub(crate) mod slowdown;
mod words;

use lanescope_analysis::{Comparison, Figures, Fingerprint, compare, find_baseline};
use lanescope_model::{Provenance, Run, us_to_s};
use lanescope_protocol::{SPEEDUP_SCHEMA, Speedup, SpeedupFit, SpeedupRun, SpeedupSuite};

pub use case::{Case, ONE_SUITE, known, suites};

use self::laws::Law;
use self::noise::Points;
use crate::verdict::{Around, verdict};

/// Which runs belong together.
const RULE: &str = "Runs belong to one suite if they have at least 90\u{a0}% of the tests of the larger of them in \
                    common. Each parallel run is compared with the sequential run of its suite that shares most \
                    tests with it, and of equal ones with the nearest in time.";

/// Everything that runs say beside each other, suite by suite. Each run comes with an id that is unique among them.
#[must_use]
pub fn speedup(runs: &[(&str, &Run)]) -> Speedup {
    let cases: Vec<Case<'_>> = runs.iter().map(|&(id, run)| Case::of(id, run)).collect();
    let of = |places: Vec<usize>| suite(&places.into_iter().filter_map(|at| cases.get(at)).collect::<Vec<_>>());
    Speedup {
        schema: SPEEDUP_SCHEMA.to_owned(),
        rule: RULE.to_owned(),
        suites: suites(&cases).into_iter().map(of).collect(),
    }
}

/// The serial share that a speedup on `workers` speaks of, by Karp and Flatt (1990): (1/S − 1/p) / (1 − 1/p).
/// `None` for one worker.
#[must_use]
pub fn karp_flatt(speedup: f64, workers: u32) -> Option<f64> {
    let part = 1.0 / f64::from(workers);
    (workers > 1 && speedup > 0.0).then(|| (1.0 / speedup - part) / (1.0 - part))
}

fn suite(cases: &[&Case<'_>]) -> SpeedupSuite {
    let all: Vec<(&Run, &Figures, &Fingerprint)> = cases.iter().map(|c| (c.run, &c.figures, &c.tests)).collect();
    let base_of = |at: usize| {
        let base = find_baseline(at, &all)?;
        Some((*cases.get(base)?, compare(*all.get(at)?, *all.get(base)?)))
    };
    let bases: Vec<Option<(&Case<'_>, Comparison)>> = (0..cases.len()).map(base_of).collect();
    let points = Points::of(cases);
    let mode = most_tried(&points).map(str::to_owned);
    let mode = mode.as_deref();
    let walls = times(cases, mode, &|c| c.wall_s());
    let mut suite = SpeedupSuite { differences: points.differences(), ..SpeedupSuite::default() };
    for (case, base) in cases.iter().zip(&bases) {
        suite.runs.push(line(case, base.as_ref(), cases.first()));
        if let Some((base, _)) = base {
            suite.slowdowns.extend(slowdown::slowdowns(case, base));
        }
        suite.verdicts.push(verdict(case, &Around { base: base.as_ref(), suite: cases, walls: &walls }));
    }
    suite.points = points.points;
    suite.fits = fits(cases, mode, &walls);
    suite.notes = words::notes(cases, &suite);
    suite.verdict = words::suite(cases, &suite);
    suite
}

fn line(case: &Case<'_>, base: Option<&(&Case<'_>, Comparison)>, first: Option<&&Case<'_>>) -> SpeedupRun {
    let f = &case.figures;
    let seconds = |us: Option<i64>| us.map(us_to_s);
    let (_, compared) = base.copied().unzip();
    let speedup = compared.and_then(|c| c.speedup);
    let weaker = |a: Provenance, b: Provenance| a.weaker(b);
    let provenance = match base.filter(|_| speedup.is_some()) {
        Some((b, _)) => weaker(weaker(f.wall_us.provenance, b.figures.wall_us.provenance), f.workers.provenance),
        None => Provenance::Unknown,
    };
    SpeedupRun {
        run: case.id.to_owned(),
        label: case.run.meta.label.clone(),
        workers: case.workers(),
        mode: case.mode().map(str::to_owned),
        baseline: base.map(|(b, _)| b.id.to_owned()),
        common: first.map_or(1.0, |first| first.likeness(case)),
        wall_s: seconds(f.wall_us.value),
        wall_provenance: known(f.wall_us.provenance),
        session_s: seconds(f.session_us.value),
        busy_s: seconds(f.busy_us.value),
        speedup,
        session_speedup: compared.and_then(|c| c.session_speedup),
        efficiency: compared.and_then(|c| c.efficiency),
        karp_flatt: speedup.zip(case.workers()).and_then(|(s, n)| karp_flatt(s, n)),
        contention: compared.and_then(|c| c.contention),
        provenance: known(provenance),
    }
}

/// The mode that was tried at most worker counts: runs of different modes do not lie on one curve.
fn most_tried(points: &Points) -> Option<&str> {
    let parallel = || points.points.iter().filter(|p| p.workers > 1);
    let counts = |mode: Option<&str>| {
        let of = parallel().filter(|p| p.mode.as_deref() == mode);
        of.fold((0, 0), |(counts, runs), p| (counts + 1, runs + p.runs))
    };
    // The first of equals.
    let modes = parallel().map(|p| p.mode.as_deref());
    modes.reduce(|best, next| if counts(next) > counts(best) { next } else { best }).flatten()
}

/// Workers and seconds of the sequential runs and of those of one mode.
fn times(cases: &[&Case<'_>], mode: Option<&str>, seconds: &dyn Fn(&Case<'_>) -> Option<f64>) -> Vec<(u32, f64)> {
    let of_mode = cases.iter().filter(|c| c.is_sequential() || c.mode() == mode);
    of_mode.filter_map(|c| c.workers().zip(seconds(c))).collect()
}

fn fits(cases: &[&Case<'_>], mode: Option<&str>, walls: &[(u32, f64)]) -> Vec<SpeedupFit> {
    if cases.len() < 2 {
        return Vec::new();
    }
    let sessions = times(cases, mode, &|c| c.session_s());
    let mut fits = Vec::new();
    for (of, times) in [("wall", walls), ("session", sessions.as_slice())] {
        fits.extend(Law::ALL.map(|law| fit::fit(law, of, mode, times)));
    }
    fits
}

/// The part of its time that a run would take on other workers by Amdahl's law over these times; `None` where the
/// law is not fitted.
pub(crate) fn forecast(walls: &[(u32, f64)], from: u32, to: u32) -> Option<f64> {
    fit::predicted(walls, from, to)
}

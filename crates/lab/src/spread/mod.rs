//! Where the time of one run lies: durations, slow tests, files, groups and markers, phases, workers, limits.

mod histogram;
mod portions;
mod words;

use lanescope_analysis::{Placement, time_us, timeouts};
use lanescope_model::{AttemptId, Provenance, us_to_s};
use lanescope_protocol::{Portion, Spread};

pub use histogram::{Histogram, histogram};

use self::portions::{Sums, in_order};
use crate::speedup::quantile::{mean_and_spread, quantile};
use crate::speedup::{Case, known, slowdown};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Tests, files, groups and markers named at most.
    pub top: usize,
    /// From this share of the time limit on a test is near it.
    pub near_share: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { top: 50, near_share: 0.8 }
    }
}

/// Where the time of a run lies.
#[must_use]
pub fn spread(case: &Case<'_>, options: Options) -> Spread {
    let run = case.run;
    let timed: Vec<(AttemptId, i64)> =
        run.attempts.ids().filter_map(|a| time_us(run, a).map(|us| (a, us.max(0)))).collect();
    let mut sorted: Vec<i64> = timed.iter().map(|t| t.1).collect();
    lanescope_model::order::numbers(&mut sorted);
    let whole_us = sorted.iter().copied().fold(0, i64::saturating_add);
    let lengths: Vec<f64> = sorted.iter().map(|&us| us_to_s(us)).collect();
    let h = histogram(&sorted);
    let mut all = Spread {
        run: case.id.to_owned(),
        attempts: timed.len() as u32,
        seconds: us_to_s(whole_us),
        edges_s: h.edges_s,
        counts: h.counts,
        bucket_s: h.bucket_s,
        quantiles_s: [0.5, 0.9, 0.95, 0.99].iter().filter_map(|&q| quantile(&lengths, q)).collect(),
        near_share: options.near_share,
        ..Spread::default()
    };
    named(case, &timed, whole_us, options.top, &mut all);
    phases(case, whole_us, &mut all);
    workers(case, &mut all);
    limits(case, &timed, options, &mut all);
    all.texts = words::words(&all);
    all
}

fn named(case: &Case<'_>, timed: &[(AttemptId, i64)], whole_us: i64, top: usize, all: &mut Spread) {
    let run = case.run;
    let mut tests = vec![(0_i64, 0_u32); run.tests.len()];
    let (mut files, mut groups, mut markers) = (Sums::default(), Sums::default(), Sums::default());
    for &(attempt, us) in timed {
        let test = run.attempts.test(attempt);
        if let Some(sum) = tests.get_mut(test.index()) {
            *sum = (sum.0.saturating_add(us), sum.1 + 1);
        }
        files.add(slowdown::file(run, test), us);
        if let Some(group) = run.tests.group(test) {
            groups.add(run.group_name(group), us);
        }
        let of_test = run.strings.get(run.tests.markers(test));
        of_test.split(' ').filter(|m| !m.is_empty()).for_each(|marker| markers.add(marker, us));
    }
    // Only the longest get their names written out.
    let mut rows: Vec<u32> =
        (0..tests.len() as u32).filter(|&t| tests.get(t as usize).is_some_and(|t| t.1 > 0)).collect();
    let us_of = |row: u32| tests.get(row as usize).map_or(0, |t| t.0);
    lanescope_model::order::by(&mut rows, &|a, b| us_of(b).cmp(&us_of(a)));
    let name = |&row: &u32| {
        let (us, attempts) = tests.get(row as usize).copied().unwrap_or_default();
        (case.test_name(lanescope_model::TestId(row)), us, attempts)
    };
    all.tests = in_order(rows.iter().take(top).map(name).collect(), whole_us);
    all.files = files.portions(whole_us, top);
    all.groups = groups.portions(whole_us, top);
    all.markers = markers.portions(whole_us, top);
    all.markers.iter_mut().for_each(|m| m.cumulative = None);
}

/// Set-up, call and teardown, of the attempts whose file tells them apart; the rest counts as call.
fn phases(case: &Case<'_>, whole_us: i64, all: &mut Spread) {
    let run = case.run;
    let sum = |phase: &dyn Fn(AttemptId) -> Option<i64>| {
        let told = run.attempts.ids().filter(|&a| time_us(run, a).is_some()).filter_map(phase);
        told.fold((0_i64, 0_u32), |(sum, n), us| (sum.saturating_add(us.max(0)), n + 1))
    };
    let (setup, teardown) = (sum(&|a| run.attempts.setup_us(a)), sum(&|a| run.attempts.teardown_us(a)));
    if setup.1 == 0 && teardown.1 == 0 {
        return;
    }
    // A file may round each phase up: together they are no more than all.
    let setup_us = setup.0.min(whole_us);
    let teardown_us = teardown.0.min(whole_us - setup_us);
    let call_us = whole_us - setup_us - teardown_us;
    let lines = [("setup", setup_us, setup.1), ("call", call_us, all.attempts), ("teardown", teardown_us, teardown.1)];
    all.phases = in_order(lines.into_iter().map(|(name, us, n)| (name.to_owned(), us, n)).collect(), whole_us);
}

/// Load per worker, and how even the loads are. A worker that is known of and ran nothing has no load.
fn workers(case: &Case<'_>, all: &mut Spread) {
    if !matches!(case.layout.placement, Placement::Recorded | Placement::BackToBack) {
        all.provenance = known(Provenance::Unknown);
        return;
    }
    let lanes = &case.layout.lanes;
    let whole_us = lanes.iter().map(|l| l.busy_us).fold(0, i64::saturating_add);
    let loads = lanes.iter().map(|l| (l.name.clone(), l.busy_us, l.index.bars().count() as u32)).collect();
    all.workers = in_order(loads, whole_us);
    let mut loads: Vec<f64> = lanes.iter().map(|l| us_to_s(l.busy_us)).collect();
    let known_of = case.figures.workers.value.map_or(0, |n| n as usize).min(lanes.len() + 4096);
    loads.resize(known_of.max(loads.len()), 0.0);
    let n = loads.len() as f64;
    if let Some((mean, deviation)) = mean_and_spread(&loads).filter(|m| m.0 > 0.0) {
        let population = deviation.unwrap_or(0.0) * ((n - 1.0) / n).sqrt();
        all.balance_cv = Some(population / mean);
        all.balance_peak = loads.iter().copied().reduce(f64::max).map(|most| most / mean);
    }
    all.provenance = known(Provenance::Recorded);
}

fn limits(case: &Case<'_>, timed: &[(AttemptId, i64)], options: Options, all: &mut Spread) {
    let run = case.run;
    let found = timeouts(run);
    all.limit_s = found.limit_us.map(us_to_s);
    let portion = |a: AttemptId, us: i64, limit_us: i64| Portion {
        name: case.test_name(run.attempts.test(a)),
        attempts: 1,
        seconds: us_to_s(us),
        share: us as f64 / limit_us.max(1) as f64,
        cumulative: None,
    };
    let stopped = found.timed_out.iter().filter_map(|&(a, limit)| Some(portion(a, time_us(run, a)?, limit)));
    all.timed_out = stopped.collect();
    let Some(limit_us) = found.limit_us else { return };
    let stopped = |a: AttemptId| found.timed_out.iter().any(|t| t.0 == a);
    let near = timed.iter().filter(|&&(a, us)| us as f64 >= options.near_share * limit_us as f64 && !stopped(a));
    let mut near: Vec<Portion> = near.map(|&(a, us)| portion(a, us, limit_us)).collect();
    lanescope_model::order::sort(&mut near, &|a, b| b.seconds.total_cmp(&a.seconds));
    near.truncate(options.top);
    all.near_limit = near;
}

#[cfg(test)]
mod tests {
    use super::portions::portions;

    #[test]
    fn equal_times_are_ordered_by_name() {
        let all = portions(vec![("b".into(), 5, 1), ("a".into(), 5, 1), ("c".into(), 10, 2)], 20, 9);
        let names: Vec<_> = all.iter().map(|p| (p.name.as_str(), p.share, p.cumulative)).collect();
        assert_eq!(names, [("c", 0.5, Some(0.5)), ("a", 0.25, Some(0.75)), ("b", 0.25, Some(1.0))]);
    }
}

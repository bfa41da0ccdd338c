//! Tests that take longer, or less long, from some run on.
//!
//! Times are compared as logarithms, after what all tests of a run have in common is taken off (a slow machine). A step
//! is found by rank sums, which single outliers cannot move (Mann and Whitney 1947, over all places as Pettitt 1979),
//! and laid where the times lie closest to the middle of either side.

use lanescope_protocol::DurationStep;

use crate::History;
use crate::history::started_us;
use crate::runs::Runs;
use crate::stats::median;
use crate::words::rfc3339;

/// Runs that there must be on either side of a step.
const SIDE: usize = 4;
/// A step changes the usual time by at least this factor, ...
const FACTOR: f32 = 1.5;
/// ... and by at least so many seconds.
const LEAST_S: f32 = 0.005;
/// So many times the spread of its sides, a step is seen by the eye; then fewer runs are enough.
const CLEAR: f32 = 4.0;
/// Standard errors of the rank sum for a clear step.
const CLEAR_Z: f64 = 2.8;
/// Steps inside the sides of steps, to this depth.
const DEPTH: u32 = 3;

/// Steps towards slower and towards faster, by how much they change.
#[must_use]
pub fn steps(history: &History, runs: &Runs) -> (Vec<DurationStep>, Vec<DurationStep>) {
    let n = history.runs().len();
    let common = common_factors(history, runs);
    let unclear_z = unclear_z(history.tests() * n);
    let mut found: Vec<(f32, DurationStep)> = Vec::new();
    for test in 0..history.tests() {
        let mut times: Vec<(usize, f32)> = Vec::new();
        let by_run = history.seconds(test);
        for (at, (&seconds, cell)) in by_run.iter().zip(history.cells(test)).enumerate() {
            let usual = cell.passed() && !cell.retried() && runs.counts(at);
            if usual && seconds.is_finite() && seconds > 0.0 {
                times.push((at, seconds.max(1e-4).ln() - common.get(at).copied().unwrap_or(0.0)));
            }
        }
        let usual = |times: &[(usize, f32)]| {
            let raw = times.iter().filter_map(|t| by_run.get(t.0).copied());
            median(&mut raw.filter(|s| s.is_finite()).collect::<Vec<f32>>())
        };
        let large = |before: &[(usize, f32)], after: &[(usize, f32)], low: f32, high: f32| {
            let seconds = usual(before).zip(usual(after)).map_or(0.0, |(before, after)| (after - before).abs());
            (high - low).abs() >= FACTOR.ln() && seconds >= LEAST_S
        };
        find(&times, &Limits { unclear_z, large: &large }, &mut |before, after, step| {
            let (Some(before_s), Some(after_s)) = (usual(before), usual(after)) else { return };
            let first = after.first().map_or(0, |t| t.0);
            let run = history.run(first);
            let told = DurationStep {
                test: history.name(test).to_owned(),
                from_run: first as u32 + 1,
                from_started_at: run.and_then(started_us).and_then(rfc3339),
                from_commit: run.and_then(|r| r.meta.commit.clone()),
                before_s: f64::from(before_s),
                after_s: f64::from(after_s),
                gradual: step.gradual,
            };
            found.push(((step.high - step.low).abs(), told));
        });
    }
    lanescope_model::order::sort(&mut found, &|a, b| b.0.total_cmp(&a.0));
    let (slower, faster): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, s)| s.after_s > s.before_s);
    let only = |steps: Vec<(f32, DurationStep)>| steps.into_iter().map(|s| s.1).collect();
    (only(slower), only(faster))
}

/// How much longer than usual the tests of each run took as a whole, as a logarithm.
fn common_factors(history: &History, runs: &Runs) -> Vec<f32> {
    let n = history.runs().len();
    let mut off: Vec<Vec<f32>> = vec![Vec::new(); n];
    let mut known: Vec<f32> = Vec::new();
    for test in 0..history.tests() {
        let logs = |at: usize, seconds: f32| {
            let passed = history.cell(test, at).passed() && runs.counts(at);
            (passed && seconds > 0.0).then(|| seconds.max(1e-4).ln())
        };
        known.clear();
        let by_run = history.seconds(test);
        known.extend(by_run.iter().enumerate().filter_map(|(at, &s)| logs(at, s)));
        let Some(middle) = median(&mut known).filter(|_| known.len() >= 2) else { continue };
        for (at, &seconds) in by_run.iter().enumerate() {
            if let (Some(log), Some(off)) = (logs(at, seconds), off.get_mut(at)) {
                off.push(log - middle);
            }
        }
    }
    // Few tests have nothing in common.
    off.iter_mut().map(|off| if off.len() >= 10 { median(off).unwrap_or(0.0) } else { 0.0 }).collect()
}

/// A side of a step: values with their places.
pub type Side<'s> = &'s [(usize, f32)];

/// When a difference is a step.
pub struct Limits<'a> {
    /// From so many standard errors of the rank sum on, a step is one however unclear it looks: see [`unclear_z`].
    pub unclear_z: f64,
    /// Whether the middles of two sides are far enough apart. Sides, then the middle of each.
    pub large: &'a dyn Fn(Side<'_>, Side<'_>, f32, f32) -> bool,
}

/// A step in a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Middle of the values before it, back to the step before that.
    pub low: f32,
    /// Middle of the values after it, up to the next step.
    pub high: f32,
    /// Whether the values grow little by little rather than at once.
    pub gradual: bool,
}

/// Standard errors at which about one in twenty searches of so many series and places finds a step in mere noise.
#[must_use]
pub fn unclear_z(tries: usize) -> f64 {
    (2.0 * (tries.max(1) as f64 / 0.05).ln()).sqrt()
}

/// Finds the steps of a series of places and logarithms, and gives each with the values on either side of it.
pub fn find(times: &[(usize, f32)], limits: &Limits<'_>, found: &mut dyn FnMut(Side<'_>, Side<'_>, Step)) {
    search(times, limits, DEPTH, found);
}

fn search(times: &[(usize, f32)], limits: &Limits<'_>, depth: u32, found: &mut dyn FnMut(Side<'_>, Side<'_>, Step)) {
    if times.len() < 2 * SIDE || depth == 0 {
        return;
    }
    let Some((rough, z)) = by_ranks(times) else { return };
    if z < CLEAR_Z {
        return;
    }
    let at = refined(times, rough);
    let (Some(before), Some(after)) = (times.get(..at), times.get(at..)) else { return };
    let (Some(low), Some(high)) = (middle(before), middle(after)) else { return };
    let clear = (high - low).abs() >= CLEAR * spread(before, low).max(spread(after, high)).max(0.02);
    let large = (limits.large)(before, after, low, high);
    if large && (clear || z >= limits.unclear_z) {
        let gradual = is_gradual(times, at, low, high);
        found(before, after, Step { low, high, gradual });
        if gradual {
            return;
        }
    } else if large || z < limits.unclear_z {
        return;
    }
    search(before, limits, depth - 1, found);
    search(after, limits, depth - 1, found);
}

/// The place that divides the ranks best, and by how many standard errors.
fn by_ranks(times: &[(usize, f32)]) -> Option<(usize, f64)> {
    let n = times.len();
    let order = lanescope_model::order::places(n, &|a, b| match (times.get(a), times.get(b)) {
        (Some(a), Some(b)) => a.1.total_cmp(&b.1),
        _ => std::cmp::Ordering::Equal,
    });
    let mut ranks = vec![0.0_f64; n];
    let mut i = 0;
    // Equal times share the middle of their ranks: short times are written with few digits.
    while let Some(&first) = order.get(i) {
        let value = |place: u32| times.get(place as usize).map_or(0.0, |t| t.1);
        let same = order.iter().skip(i).take_while(|&&p| value(p).total_cmp(&value(first)).is_eq()).count();
        for &place in order.iter().skip(i).take(same) {
            if let Some(rank) = ranks.get_mut(place as usize) {
                *rank = i as f64 + (same as f64 + 1.0) / 2.0;
            }
        }
        i += same;
    }
    let total = n as f64 + 1.0;
    let mut sum = 0.0;
    let mut best: Option<(usize, f64)> = None;
    for (i, rank) in ranks.iter().enumerate().take(n - SIDE) {
        sum += rank;
        let (left, right) = ((i + 1) as f64, (n - i - 1) as f64);
        if i + 1 < SIDE {
            continue;
        }
        let z = (sum - left * total / 2.0).abs() / (left * right * total / 12.0).sqrt();
        if best.is_none_or(|b| z > b.1) {
            best = Some((i + 1, z));
        }
    }
    best
}

/// The place near the rough one from which the times lie closest to the middle of their sides.
fn refined(times: &[(usize, f32)], rough: usize) -> usize {
    let cost = |at: usize| {
        let side = |times: &[(usize, f32)]| {
            let middle = middle(times).unwrap_or(0.0);
            times.iter().map(|t| (t.1 - middle).abs()).sum::<f32>()
        };
        times.get(..at).map_or(f32::MAX, side) + times.get(at..).map_or(f32::MAX, side)
    };
    let from = rough.saturating_sub(6).max(SIDE);
    let to = (rough + 6).min(times.len() - SIDE);
    (from..=to).map(|at| (cost(at), at)).min_by(|a, b| a.0.total_cmp(&b.0)).map_or(rough, |best| best.1)
}

fn middle(times: &[(usize, f32)]) -> Option<f32> {
    median(&mut times.iter().map(|t| t.1).collect::<Vec<_>>())
}

/// Standard deviation from the middle distance to the middle, as of normally distributed times.
fn spread(times: &[(usize, f32)], middle: f32) -> f32 {
    1.4826 * median(&mut times.iter().map(|t| (t.1 - middle).abs()).collect::<Vec<_>>()).unwrap_or(0.0)
}

/// Whether a straight line lies closer to the times than the step does.
fn is_gradual(times: &[(usize, f32)], at: usize, low: f32, high: f32) -> bool {
    let n = times.len() as f64;
    let xs = |i: usize| i as f64 - (n - 1.0) / 2.0;
    let ys = |i: usize| times.get(i).map_or(0.0, |t| f64::from(t.1));
    let mean = (0..times.len()).map(ys).sum::<f64>() / n;
    let (mut xy, mut xx) = (0.0, 0.0);
    for i in 0..times.len() {
        xy += xs(i) * (ys(i) - mean);
        xx += xs(i) * xs(i);
    }
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    let line: f64 = (0..times.len()).map(|i| (ys(i) - mean - slope * xs(i)).abs()).sum();
    let step: f64 = (0..times.len()).map(|i| (ys(i) - f64::from(if i < at { low } else { high })).abs()).sum();
    line < step
}

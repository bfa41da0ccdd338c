//! Runs of the same workers and mode together, and whether two such points differ by more than noise.
//!
//! The test: Student's t of the mean logarithms of the wall times, with the spread pooled over all points that have
//! repeated runs (times scatter in proportion to their size, so their logarithms scatter alike). Pooling lets a
//! single run be compared too, as long as some other point was repeated. Two-sided; p < 0.05 is more than noise.

use lanescope_analysis::{duration, factor, fixed};
use lanescope_protocol::{SpeedupDifference, SpeedupPoint};
use statrs::function::beta::checked_beta_reg;

use super::Case;
use super::quantile::mean_and_spread;

/// A difference of this or a lower probability is more than noise.
const SIGNIFICANT: f64 = 0.05;

/// Points of one suite, and the runs of each, as places in `suite`.
pub(super) struct Points {
    pub(super) points: Vec<SpeedupPoint>,
    walls: Vec<Vec<f64>>,
}

impl Points {
    /// Takes runs of the same workers and mode together. `suite` is ordered by workers and mode. Runs without a
    /// recorded first start and last stop, or without known workers, stand in no point.
    pub(super) fn of(suite: &[&Case<'_>]) -> Self {
        let mut all = Self { points: Vec::new(), walls: Vec::new() };
        let mut sessions: Vec<Vec<f64>> = Vec::new();
        for case in suite {
            let (Some(workers), Some(wall)) = (case.workers(), case.wall_s().filter(|&w| w > 0.0)) else { continue };
            let same = |p: &SpeedupPoint| p.workers == workers && p.mode.as_deref() == case.mode();
            if !all.points.last().is_some_and(same) {
                let mode = case.mode().map(str::to_owned);
                all.points.push(SpeedupPoint { workers, mode, ..SpeedupPoint::default() });
                all.walls.push(Vec::new());
                sessions.push(Vec::new());
            }
            if let Some(walls) = all.walls.last_mut() {
                walls.push(wall);
            }
            if let (Some(sessions), Some(session)) = (sessions.last_mut(), case.session_s()) {
                sessions.push(session);
            }
        }
        for (point, walls) in all.points.iter_mut().zip(&all.walls) {
            point.runs = walls.len() as u32;
            (point.wall_s, point.spread_s) = mean_and_spread(walls).unwrap_or_default();
        }
        let sequential = all.points.iter().position(|p| p.workers == 1);
        let wall = sequential.and_then(|at| all.points.get(at)).map(|p| p.wall_s);
        let mean = |of: &Vec<f64>| mean_and_spread(of).map(|m| m.0).filter(|&s| s > 0.0);
        let session = sequential.and_then(|at| sessions.get(at)).and_then(mean);
        for (point, sessions) in all.points.iter_mut().zip(&sessions).filter(|(p, _)| p.workers > 1) {
            point.speedup = wall.map(|wall| wall / point.wall_s);
            point.session_speedup = session.zip(mean(sessions)).map(|(base, this)| base / this);
        }
        all
    }

    /// Each point beside the next one.
    pub(super) fn differences(&self) -> Vec<SpeedupDifference> {
        let spread = pooled(&self.walls);
        let there = || self.points.iter().zip(&self.walls);
        let mut all = Vec::new();
        for (at, (a, b)) in there().zip(there().skip(1)).enumerate() {
            let ratio = a.0.wall_s / b.0.wall_s;
            let p_value = spread.and_then(|spread| p_value(a.1, b.1, spread));
            let within_noise = p_value.map(|p| p >= SIGNIFICANT);
            let text = words(a.0, b.0, ratio, p_value);
            all.push(SpeedupDifference { from: at as u32, to: at as u32 + 1, ratio, p_value, within_noise, text });
        }
        all
    }
}

/// Variance of the logarithms within points, and its degrees of freedom; `None` where no run was repeated.
fn pooled(walls: &[Vec<f64>]) -> Option<(f64, f64)> {
    let (mut squares, mut free) = (0.0, 0_usize);
    for point in walls {
        let logs: Vec<f64> = point.iter().map(|w| w.ln()).collect();
        if let Some((_, Some(spread))) = mean_and_spread(&logs) {
            squares += spread * spread * (logs.len() - 1) as f64;
            free += logs.len() - 1;
        }
    }
    (free > 0).then(|| (squares / free as f64, free as f64))
}

/// Two-sided probability of a difference at least as large as this one, were there none.
fn p_value(a: &[f64], b: &[f64], (variance, free): (f64, f64)) -> Option<f64> {
    let mean_log = |walls: &[f64]| {
        let logs: Vec<f64> = walls.iter().map(|w| w.ln()).collect();
        mean_and_spread(&logs).map(|m| m.0)
    };
    let off = mean_log(a)? - mean_log(b)?;
    let error = variance * (1.0 / a.len() as f64 + 1.0 / b.len() as f64);
    if error <= 0.0 {
        return Some(f64::from(off == 0.0));
    }
    let t_squared = off * off / error;
    checked_beta_reg(free / 2.0, 0.5, free / (free + t_squared)).ok()
}

fn name(point: &SpeedupPoint) -> String {
    let mode = point.mode.as_deref().map(|mode| format!(" ({mode})")).unwrap_or_default();
    match point.workers {
        1 => "one worker".to_owned(),
        n => format!("{n} workers{mode}"),
    }
}

fn words(a: &SpeedupPoint, b: &SpeedupPoint, ratio: f64, p_value: Option<f64>) -> String {
    let (sooner, later) = if ratio >= 1.0 { (b, a) } else { (a, b) };
    let times = factor(if ratio >= 1.0 { ratio } else { 1.0 / ratio });
    let walls = format!("{} against {}", duration(sooner.wall_s), duration(later.wall_s));
    let all = format!("With {} the tests end {times} times sooner than with {} ({walls})", name(sooner), name(later));
    let test = "t-test of the logarithms, spread pooled over the repeated runs";
    match p_value {
        Some(p) if p >= SIGNIFICANT => {
            let (a, b) = (name(a), name(b));
            format!("Between {a} and {b} there is no difference beyond noise: {walls}, p = {} ({test}).", fixed(p, 2))
        }
        Some(p) if p < 0.001 => format!("{all}; that is more than noise: p < 0.001 ({test})."),
        Some(p) => format!("{all}; that is more than noise: p = {} ({test}).", fixed(p, 3)),
        None => format!("{all}; how much of that is noise is unknown."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    /// scipy 1.17.1: with two points this is `scipy.stats.ttest_ind(np.log(a), np.log(b)).pvalue`; the second is
    /// `2 * scipy.stats.t.sf(t, 5)` with the pooled spread of the first two.
    #[test]
    fn the_test_is_that_of_scipy() {
        let (a, b) = (vec![10.0, 10.4, 9.9], vec![9.1, 9.6, 9.4, 9.0]);
        let p = p_value(&a, &b, pooled(&[a.clone(), b.clone()]).unwrap()).unwrap();
        assert!((p - 0.010_800_482_647_264_617).abs() < 1e-9, "{p}");
        // Single runs, beside repeated ones of another worker count: t with the pooled spread of those.
        let p = p_value(&[5.0], &[5.1], pooled(&[a, b, vec![5.0], vec![5.1]]).unwrap()).unwrap();
        assert!((p - 0.641_102_782_069_848_7).abs() < 1e-6, "{p}");
    }

    #[test]
    fn without_repeated_runs_noise_is_unknown() {
        assert_eq!(pooled(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(p_value(&[1.0, 1.0], &[1.0], (0.0, 1.0)), Some(1.0));
        assert_eq!(p_value(&[1.0, 1.0], &[2.0], (0.0, 1.0)), Some(0.0));
    }
}

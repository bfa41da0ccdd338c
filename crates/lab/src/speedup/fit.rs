//! Fits of the laws of scaling, with intervals, or the reason why a law is not fitted.
//!
//! Intervals are those of the studentised residual bootstrap (bootstrap-t, Efron and Tibshirani 1993, ch. 12) in its
//! parametric form: residuals are drawn anew around the fitted line, normally distributed with the spread of the real
//! ones; each figure's distance from the estimate is taken in its own standard errors, and the quantiles of these make
//! the interval. With few runs this stays honest where plain percentiles are far too narrow; drawing from the handful
//! of real residuals instead covers only nine times in ten with five runs and the three parameters of the Universal
//! Scalability Law. Draws are seeded: the same runs give the same interval.

use lanescope_analysis::{factor, fixed};
use lanescope_protocol::{Estimate, SpeedupFit};

use super::laws::{Law, Line, Samples, Theta};
use super::lot::Lot;

/// Draws of the bootstrap.
const DRAWS: usize = 999;
/// A law is drawn up to this many times the most workers of a run.
const BEYOND: u32 = 2;
/// A curve that a run is further from than this share of it describes nothing.
const FAR: f64 = 0.5;
/// A run of more workers than this is none.
const MOST: u32 = 1 << 20;
/// Points of a curve at most.
const CURVE: u32 = 48;

/// Runs for a fit: workers and seconds.
pub(super) type Times = [(u32, f64)];

fn distinct(times: &Times) -> usize {
    let mut counts: Vec<i64> = times.iter().map(|t| i64::from(t.0)).collect();
    lanescope_model::order::numbers(&mut counts);
    counts.dedup();
    counts.len()
}

/// Fits a law to times of one suite on different numbers of workers. `of` is `wall` or `session`.
pub(super) fn fit(law: Law, of: &str, mode: Option<&str>, times: &Times) -> SpeedupFit {
    fit_up_to(law, of, mode, times, BEYOND)
}

/// [`fit`], with a curve up to so many times the most workers of a run.
fn fit_up_to(law: Law, of: &str, mode: Option<&str>, times: &Times, beyond: u32) -> SpeedupFit {
    let times: Vec<(u32, f64)> =
        times.iter().copied().filter(|&(n, s)| (1..=MOST).contains(&n) && s.is_finite() && s > 0.0).collect();
    let mut fit = SpeedupFit {
        law: law.name().to_owned(),
        of: of.to_owned(),
        mode: mode.map(str::to_owned),
        ..SpeedupFit::default()
    };
    let needed = law.parameters() + 1;
    let there = distinct(&times);
    if there < needed {
        let words = if there == 1 { "count" } else { "counts" };
        let reason = format!(
            "{} is not fitted: it needs runs at {needed} different worker counts, and there are {there} {words}.",
            law.title()
        );
        return refuse(fit, reason);
    }
    let samples = Samples::new(law, &times);
    let (Some(free), Some(line)) = (samples.line(), samples.sensible()) else {
        return refuse(fit, format!("{} is not fitted: no curve of its kind comes near these times.", law.title()));
    };
    if line.worst() > FAR {
        let worst = percent(line.worst());
        let reason =
            format!("{} is not fitted: the runs lie up to {worst} from the nearest curve of its kind.", law.title());
        return refuse(fit, reason);
    }
    let most = times.iter().map(|t| t.0).max().unwrap_or(1).saturating_mul(beyond);
    let step = most.div_ceil(CURVE).max(1);
    fit.curve_workers = (0..).map(|i| 1 + i * step).take_while(|&n| n < most).chain([most]).collect();
    fit.curve = fit.curve_workers.iter().map(|&n| law.speedup(&line.theta, f64::from(n))).collect();
    fit.worst_miss = Some(line.worst());
    let intervals = Intervals::new(&samples, &free, times.len(), law);
    parameters(law, &line, intervals.as_ref(), &mut fit);
    if let Some(intervals) = &intervals {
        for (&n, &value) in fit.curve_workers.iter().zip(&fit.curve) {
            let (low, high) = intervals.of(&|theta| law.speedup(theta, f64::from(n)));
            // A line that was held at a border may lie outside of what the free one says.
            fit.curve_low.push(low.max(0.0).min(value));
            fit.curve_high.push(high.max(value));
        }
    }
    fit.text = words(law, &line, &fit, times.len());
    fit
}

fn refuse(mut fit: SpeedupFit, reason: String) -> SpeedupFit {
    fit.text.clone_from(&reason);
    fit.refused = Some(reason);
    fit
}

/// The time on so many workers by Amdahl's law over the same on so many others, where it is fitted.
pub(super) fn predicted(times: &Times, from: u32, to: u32) -> Option<f64> {
    if distinct(times) < Law::Amdahl.parameters() + 1 {
        return None;
    }
    let line = Samples::new(Law::Amdahl, times).sensible()?;
    let at = |n: u32| Law::Amdahl.seconds(&line.theta, f64::from(n));
    Some(at(to) / at(from)).filter(|r| r.is_finite())
}

fn estimate(name: &str, value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Estimate {
    let finite = |x: &f64| x.is_finite();
    Estimate { name: name.to_owned(), value: value.filter(finite), low: low.filter(finite), high: high.filter(finite) }
}

fn parameters(law: Law, line: &Line, intervals: Option<&Intervals<'_>>, fit: &mut SpeedupFit) {
    // `clamp` may panic with the text of a float, which is 15 KB of wasm.
    let interval = |figure: &dyn Fn(&Theta) -> f64, most: f64| {
        let ends = intervals.map(|i| i.of(figure));
        ends.map_or((None, None), |(low, high)| (Some(low.max(0.0).min(most)), Some(high.max(0.0).min(most))))
    };
    let most = if law == Law::Usl { f64::INFINITY } else { 1.0 };
    let serial = law.serial(&line.theta);
    let (low, high) = interval(&|theta| law.serial(theta), most);
    let all = &mut fit.parameters;
    match law {
        Law::Gustafson => all.push(estimate("serial", Some(serial), low, high)),
        Law::Amdahl => {
            all.push(estimate("serial", Some(serial), low, high));
            let limit = |share: f64| Some(1.0 / share).filter(|_| share > 0.0);
            all.push(estimate("limit", limit(serial), high.and_then(limit), low.and_then(limit)));
        }
        Law::Usl => {
            all.push(estimate("contention", Some(serial), low, high));
            let (low, high) = interval(&coherency, f64::INFINITY);
            all.push(estimate("coherency", Some(coherency(&line.theta)), low, high));
            // Where the peak lies follows from β / (1 − α), which is well behaved where β is near 0.
            let bend = |theta: &Theta| coherency(theta) / (1.0 - law.serial(theta));
            let peak = |bend: f64| Some((1.0 / bend).sqrt()).filter(|_| bend > 0.0).map(|n| n.max(1.0));
            let (low, high) = interval(&bend, f64::INFINITY);
            let value = peak(bend(&line.theta));
            all.push(estimate("peak_workers", value, high.and_then(peak), low.and_then(peak)));
            all.push(estimate("peak_speedup", value.map(|n| law.speedup(&line.theta, n)), None, None));
        }
    }
}

fn coherency(theta: &Theta) -> f64 {
    let [one, _, curve] = *theta;
    curve / one
}

/// What the draws say.
struct Intervals<'a> {
    line: &'a Line,
    draws: Vec<Line>,
}

impl<'a> Intervals<'a> {
    /// `None` where fewer than two runs are left beyond the parameters: their scatter is unknown.
    fn new(samples: &Samples, line: &'a Line, runs: usize, law: Law) -> Option<Self> {
        if runs < law.parameters() + 2 {
            return None;
        }
        let spread = line.variance.sqrt();
        let mut lot = Lot::new(0x1a9e_5c0e ^ runs as u64);
        let mut pick = || spread * lot.normal();
        let draws: Vec<Line> = (0..DRAWS).filter_map(|_| samples.again(line, &mut pick)).collect();
        (draws.len() * 10 >= DRAWS * 9).then_some(Self { line, draws })
    }

    /// The 95 % interval of a figure that follows from the parameters.
    fn of(&self, figure: &dyn Fn(&Theta) -> f64) -> (f64, f64) {
        let (value, error) = (figure(&self.line.theta), self.line.error_of(figure));
        if error <= value.abs() * 1e-9 {
            return (value, value);
        }
        let distance = |line: &Line| {
            let (off, error) = (figure(&line.theta) - value, line.error_of(figure));
            // A draw without scatter is as far off as can be.
            if error > 0.0 { off / error } else { off.signum() * f64::MAX }
        };
        let mut distances: Vec<f64> = self.draws.iter().map(distance).filter(|t| !t.is_nan()).collect();
        super::quantile::sort(&mut distances);
        let (low, high) = (at(&distances, 0.025), at(&distances, 0.975));
        (value - high * error, value - low * error)
    }
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((share * last as f64).round() as usize).copied().unwrap_or(0.0)
}

fn percent(share: f64) -> String {
    let share = share * 100.0;
    let digits = if share < 0.095 { 2 } else { u32::from(share < 9.95) };
    format!("{}\u{a0}%", fixed(share, digits))
}

/// "(95 % interval 3.1 % to 5.2 %)"
fn range(estimate: Option<&Estimate>, show: &dyn Fn(f64) -> String) -> String {
    match estimate.map(|e| (e.low, e.high)) {
        Some((Some(low), Some(high))) => format!(" (95\u{a0}% interval {} to {})", show(low), show(high)),
        Some((Some(low), None)) => format!(" (95\u{a0}% interval from {})", show(low)),
        _ => String::new(),
    }
}

fn words(law: Law, line: &Line, fit: &SpeedupFit, runs: usize) -> String {
    let named = |name: &str| fit.parameters.iter().find(|p| p.name == name);
    let value = |name: &str| named(name).and_then(|p| p.value);
    let of = if fit.of == "session" { "session" } else { "tests" };
    let times = |x: f64| format!("{}×", factor(x));
    let mut text = format!("{} for the {of}: ", law.title());
    match law {
        Law::Amdahl => {
            let share = value("serial").unwrap_or(0.0);
            text.push_str(&format!("a serial share of {}{}", percent(share), range(named("serial"), &percent)));
            match value("limit") {
                Some(limit) => {
                    text.push_str(&format!(", so at most {} at any number of workers.", times(limit)));
                }
                None => text.push_str(", so no limit shows in these runs."),
            }
        }
        Law::Gustafson => {
            let share = value("serial").unwrap_or(0.0);
            text.push_str(&format!(
                "a serial share of {}{}, if the work grew with the workers.",
                percent(share),
                range(named("serial"), &percent)
            ));
        }
        Law::Usl => {
            let show = |x: f64| percent(x);
            text.push_str(&format!(
                "contention {}{}, coherency {}{}",
                show(value("contention").unwrap_or(0.0)),
                range(named("contention"), &show),
                show(value("coherency").unwrap_or(0.0)),
                range(named("coherency"), &show)
            ));
            match value("peak_workers").zip(value("peak_speedup")) {
                Some((n, s)) => {
                    let whole = |n: f64| fixed(n, 0);
                    text.push_str(&format!(
                        "; the peak is {} at {} workers{}.",
                        times(s),
                        whole(n),
                        range(named("peak_workers"), &whole)
                    ));
                }
                None => text.push_str("; no peak shows in these runs."),
            }
        }
    }
    text.push_str(&format!(" The runs lie within {} of it", percent(line.worst())));
    if line.worst() > 0.1 {
        text.push_str(", which is far: read it as a direction, not as a forecast");
    }
    text.push('.');
    text.push_str(&if runs < law.parameters() + 2 {
        format!(" No interval: {runs} runs leave too few beyond its {} parameters.", law.parameters())
    } else if fit.curve_low.is_empty() {
        " No interval: the runs scatter too much.".to_owned()
    } else {
        format!(" Intervals by parametric studentised bootstrap, {DRAWS} seeded draws over {runs} runs.")
    });
    text
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;

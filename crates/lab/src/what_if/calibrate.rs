//! How far the replay can be trusted: runs of the same tests that were really made.

use lanescope_analysis::fixed;
use lanescope_model::{Run, us_to_s, within};
use lanescope_protocol::{MeasuredPoint, Mode, ModelError, Plan};

use super::{Planned, Prediction};
use crate::replay::{Measurement, Work, bare};

/// What is known of the model's error, for one work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// The replayed run first, then the others of the same tests, as they were measured.
    pub measured: Vec<MeasuredPoint>,
    /// Their times against those of the replayed run.
    pub measurements: Vec<Measurement>,
    /// The error, for the page.
    pub error: ModelError,
    /// What bands are widened by, a share of the makespan.
    pub spread: f64,
    /// The mode that the run is replayed in: its own, or of those that pytest-xdist has the one that comes nearest.
    pub runs_as: Option<Mode>,
    /// Whether it is the nearest.
    guessed: bool,
}

/// Two runs are of the same tests when so much of both is common, in tests.
const COMMON: f64 = 0.9;
/// Bands are never narrower: the error of 150 real runs of sleeping tests (`bench/replay`).
const LEAST_SPREAD: f64 = 0.02;
/// What two runs of the same setting differ by, where tests do not slow each other down (iosuite: 1 to 3 %).
const QUIET: f64 = 0.03;
/// The same where they do, or where that is not known (networkx, four workers on two processors: 13 %, and a fifth
/// between numbers of workers).
const LOUD: f64 = 0.2;
/// Times that grow by less over the measured numbers of workers are no sign of contention.
const CONTENDED: f64 = 1.15;

impl Calibration {
    /// Calibrates a work by its own run and others; those that are not of the same tests are passed over.
    #[must_use]
    pub fn of(run: &Run, work: &Work, others: &[(&Run, &Work)]) -> Self {
        let mut calibration = Self { spread: LEAST_SPREAD, ..Self::default() };
        if let Some(workers) = work.recorded.workers {
            calibration.measurements.push(Measurement { workers, ratio: 1.0 });
        }
        let mut same = Vec::new();
        for &(other_run, other) in others {
            let Some(ratio) = ratio((run, work), (other_run, other)) else { continue };
            if let Some(workers) = other.recorded.workers {
                calibration.measurements.push(Measurement { workers, ratio });
            }
            same.push(other);
        }
        let planned = Planned::new(run, work, &Plan::default());
        let nearest = if work.runs_as().is_none() { calibration.nearest(&planned, work) } else { None };
        (calibration.runs_as, calibration.guessed) = (work.runs_as().or(nearest), nearest.is_some());
        let own = calibration.measure(&planned, work, calibration.runs_as);
        calibration.error.own = own.as_ref().and_then(|own| own.error);
        calibration.measured.extend(own);
        for other in same {
            let point = calibration.measure(&planned, other, other.runs_as());
            calibration.measured.extend(point);
        }
        let errors = calibration.measured.iter().filter_map(|m| m.error).map(f64::abs);
        calibration.error.largest = errors.reduce(f64::max);
        calibration.error.runs = calibration.measurements.len() as u32;
        let own = calibration.error.own.map_or(0.0, f64::abs);
        calibration.spread = within(own, LEAST_SPREAD, 0.5);
        calibration.error.explanation = calibration.explain();
        calibration
    }

    /// Of pytest-xdist's modes the one whose replay comes nearest to what was recorded; the first of equals.
    fn nearest(&self, planned: &Planned, work: &Work) -> Option<Mode> {
        let (workers, makespan_us) = (work.recorded.workers.filter(|&n| n > 1)?, work.recorded.makespan_us?);
        let modes = [Mode::Load, Mode::Worksteal, Mode::Loadfile, Mode::Loadscope, Mode::Loadgroup];
        let off = |mode: &Mode| planned.predict(*mode, workers, self).makespan_us.abs_diff(makespan_us);
        modes.into_iter().min_by_key(off)
    }

    /// A recorded run beside its replay. Without a known mode pytest's is not replayed, but for one worker any is right.
    fn measure(&self, planned: &Planned, of: &Work, mode: Option<Mode>) -> Option<MeasuredPoint> {
        let recorded = &of.recorded;
        let (workers, makespan_us) = (recorded.workers?, recorded.makespan_us?);
        let predicted =
            mode.or((workers == 1).then_some(Mode::Load)).map(|mode| planned.predict(mode, workers, self).makespan_us);
        let makespan_s = us_to_s(makespan_us);
        let predicted_s = predicted.map(us_to_s);
        Some(MeasuredPoint {
            run: of.run.clone(),
            label: of.label.clone(),
            mode: recorded.mode,
            workers,
            makespan_s,
            session_s: recorded.session_us.map(us_to_s),
            predicted_s,
            error: predicted_s.filter(|_| makespan_s > 0.0).map(|p| p / makespan_s - 1.0),
        })
    }

    /// Between which makespans the truth is taken to lie, seconds.
    #[must_use]
    pub fn band(&self, p: &Prediction) -> (f64, f64) {
        let makespan = us_to_s(p.makespan_us);
        let i = p.inflation;
        let (low, high) = if i.factor > 0.0 { (i.low / i.factor, i.high / i.factor) } else { (1.0, 1.0) };
        let spread = self.spread + if self.is_quiet() { QUIET } else { LOUD };
        (makespan * low * (1.0 - spread).max(0.0), makespan * high * (1.0 + spread))
    }

    /// Whether several numbers of workers were measured, and tests took about as long with all of them.
    fn is_quiet(&self) -> bool {
        let ratios = |pick: fn(f64, f64) -> f64| self.measurements.iter().map(|m| m.ratio).reduce(pick);
        let several = self.measurements.iter().any(|m| self.measurements.iter().any(|n| n.workers != m.workers));
        let (least, most) = (ratios(f64::min), ratios(f64::max));
        several && least.zip(most).is_some_and(|(least, most)| most < least * CONTENDED)
    }

    fn explain(&self) -> String {
        let percent = |share: f64| format!("{} %", fixed(share.abs() * 100.0, 1));
        let guessed = self.runs_as.filter(|_| self.guessed);
        let guessed = guessed.map(|mode| {
            format!("The run's mode is not recorded; that of {} comes nearest, and is taken. ", mode.as_str())
        });
        let mut text = match self.error.own {
            Some(own) => {
                let side = if own < 0.0 { "below" } else { "above" };
                format!("The replay of the recorded setting is {} {side} what was recorded. ", percent(own))
            }
            None => "Workers or starts are not recorded, so the replay cannot be held against them. ".to_owned(),
        };
        text.insert_str(0, &guessed.unwrap_or_default());
        let mut counts: Vec<u32> = self.measurements.iter().map(|m| m.workers).collect();
        lanescope_model::order::sort(&mut counts, &|a, b| a.cmp(b));
        counts.dedup();
        text.push_str(match counts.len() {
            0 => "How many workers the times rest on is not known: contention is left out.",
            1 => {
                "One run does not tell how much tests slow each other down: the band reaches from times that do not change with the workers to a machine that is full, where they grow in proportion."
            }
            _ => {
                "How much tests slow each other down is taken from the measured numbers of workers; between them and beyond, the band reaches from the capacity model to growth in proportion."
            }
        });
        text.push_str(" Bands are made to hold nine of ten runs.");
        text
    }
}

/// Time in the tests that both have, of the other over this one's; `None` where they are not the same tests.
fn ratio(this: (&Run, &Work), other: (&Run, &Work)) -> Option<f64> {
    let rows = |(run, work): (&Run, &Work)| {
        let name = |(row, &test): (u32, &lanescope_model::TestId)| {
            let us = work.tests.us.get(row as usize).copied().unwrap_or(0);
            let group = run.tests.group(test).map_or("", |g| run.group_name(g));
            (group.to_owned(), bare(run.test_id(test)).to_owned(), us)
        };
        let mut rows: Vec<(String, String, i64)> = (0..).zip(&work.test_ids).map(name).collect();
        lanescope_model::order::sort(&mut rows, &|a, b| a.cmp(b));
        rows
    };
    let (mine, theirs) = (rows(this), rows(other));
    let (mut common, mut my_us, mut their_us) = (0_usize, 0_i64, 0_i64);
    let mut rest = theirs.iter().peekable();
    for row in &mine {
        while rest.next_if(|r| (&r.0, &r.1) < (&row.0, &row.1)).is_some() {}
        if let Some(same) = rest.next_if(|r| (&r.0, &r.1) == (&row.0, &row.1)) {
            common += 1;
            my_us = my_us.saturating_add(row.2);
            their_us = their_us.saturating_add(same.2);
        }
    }
    let most = mine.len().max(theirs.len()) as f64;
    (common as f64 >= most * COMMON && my_us > 0 && their_us > 0).then(|| their_us as f64 / my_us as f64)
}

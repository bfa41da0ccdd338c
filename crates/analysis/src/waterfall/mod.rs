//! Where the workers' time went, with retries apart, and the bars and holes that each part is made of.
//!
//! The sums are those of [`Breakdown`], which is the stable interface: call, setup, teardown and retries
//! here are call, setup and teardown there. The parts that are known sum to the whole, in whole microseconds.

mod pieces;

use lanescope_model::{AttemptId, Provenance, Run};

pub use pieces::{PieceList, TimePiece, pieces};

use crate::{Breakdown, Figures, Layout, span_us, time_us};

/// A part of the workers' time, in the order of a worker's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    /// From the start of the session to each worker's first test. The ramp counts here, on purpose or not:
    /// a worker that has not begun is no idle worker.
    StartUp,
    /// In setup, last attempts only.
    Setup,
    /// In the tests' bodies, last attempts only; all of their time where no file tells phases apart.
    Call,
    /// In teardown, last attempts only.
    Teardown,
    /// In attempts after which another attempt of the same test followed.
    Retries,
    /// Between tests, and between the phases of a test, on one worker.
    Gap,
    /// From each worker's last stop to the last stop of all.
    Tail,
    /// From the last stop to the end of the session.
    After,
}

impl Part {
    /// All parts, in order.
    pub const ALL: [Self; 8] =
        [Self::StartUp, Self::Setup, Self::Call, Self::Teardown, Self::Retries, Self::Gap, Self::Tail, Self::After];

    /// Whether it is time in tests, as opposed to idle time around them.
    #[must_use]
    pub fn is_in_tests(self) -> bool {
        matches!(self, Self::Setup | Self::Call | Self::Teardown | Self::Retries)
    }
}

/// One part: how much, and of how many pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartTime {
    /// Microseconds over all workers; `None` where no file tells.
    pub us: Option<i64>,
    /// Bars, phases or holes of at least a microsecond that it is made of.
    pub pieces: u32,
    /// How it is known.
    pub provenance: Provenance,
}

/// Where the workers' time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waterfall {
    /// The parts, in the order of [`Part::ALL`].
    pub parts: [PartTime; 8],
    /// Workers times session (or wall), microseconds; the known parts sum to it. `None` where lanes are not recorded.
    pub total_us: Option<i64>,
}

impl Waterfall {
    /// One part.
    #[must_use]
    pub fn part(&self, part: Part) -> PartTime {
        self.parts.get(part as usize).copied().unwrap_or_default()
    }

    fn set(&mut self, part: Part, us: Option<i64>, provenance: Provenance) {
        if let Some(slot) = self.parts.get_mut(part as usize) {
            slot.us = us;
            slot.provenance = if us.is_some() { provenance } else { Provenance::Unknown };
        }
    }
}

/// Whether another attempt of the same test followed. Under `--dist each` every worker runs every test: the
/// attempts of one test are then no retries.
#[must_use]
pub fn was_retried(run: &Run, attempt: AttemptId) -> bool {
    // Attempts of one test stand together, in order.
    let next = attempt.index() + 1;
    next < run.attempts.len()
        && run.attempts.test(AttemptId(next as u32)) == run.attempts.test(attempt)
        && run.meta.dist_mode.as_deref() != Some("each")
}

/// Time of attempts in the phases, microseconds.
#[derive(Clone, Copy, Default)]
struct Phases {
    total: i64,
    setup: Option<i64>,
    teardown: Option<i64>,
}

impl Phases {
    fn add(&mut self, run: &Run, attempt: AttemptId) {
        let plus = |sum: &mut Option<i64>, us: Option<i64>| {
            if let Some(us) = us {
                *sum = Some(sum.unwrap_or(0).saturating_add(us.max(0)));
            }
        };
        self.total = self.total.saturating_add(time_us(run, attempt).unwrap_or(0));
        plus(&mut self.setup, run.attempts.setup_us(attempt));
        plus(&mut self.teardown, run.attempts.teardown_us(attempt));
    }
}

/// Attempts that were retried and stand on a lane, or all of them where lanes are not recorded.
fn retried(run: &Run, placed_only: bool) -> Phases {
    let mut sum = Phases::default();
    for a in run.attempts.ids().filter(|&a| was_retried(run, a)) {
        let placed = run.attempts.worker(a).is_some() && span_us(run, a).is_some();
        if placed || !placed_only {
            sum.add(run, a);
        }
    }
    sum
}

/// Where the workers' time went; `breakdown` is that of the same run and layout.
#[must_use]
pub fn waterfall(run: &Run, layout: &Layout, figures: &Figures, breakdown: Option<&Breakdown>) -> Waterfall {
    let mut all = Waterfall::default();
    match breakdown {
        Some(b) => {
            let again = retried(run, true);
            // No part gives more than it has: what a file tells twice counts once in the breakdown.
            let setup = again.setup.unwrap_or(0).clamp(0, b.setup_us.unwrap_or(0).max(0));
            let teardown = again.teardown.unwrap_or(0).clamp(0, b.teardown_us.unwrap_or(0).max(0));
            let call = again.total.saturating_sub(setup).saturating_sub(teardown).clamp(0, b.call_us.max(0));
            let known = b.provenance();
            all.set(Part::StartUp, Some(b.start_up_us), known);
            all.set(Part::Setup, b.setup_us.map(|us| us - setup), known);
            all.set(Part::Call, Some(b.call_us - call), known);
            all.set(Part::Teardown, b.teardown_us.map(|us| us - teardown), known);
            all.set(Part::Retries, Some(setup + teardown + call), known);
            all.set(Part::Gap, Some(b.gap_us), known);
            all.set(Part::Tail, Some(b.tail_us), known);
            all.set(Part::After, b.after_us, known);
            all.total_us = Some(b.total_us);
        }
        // Without lanes there is no whole to divide; what was spent in tests is known all the same.
        None if figures.busy_us.value.is_some() => {
            let again = retried(run, false);
            let mut last = Phases::default();
            run.attempts.ids().filter(|&a| !was_retried(run, a)).for_each(|a| last.add(run, a));
            let phases = last.setup.unwrap_or(0).saturating_add(last.teardown.unwrap_or(0));
            let known = if run.meta.simulated { Provenance::Simulated } else { Provenance::Recorded };
            all.set(Part::Setup, last.setup, known);
            all.set(Part::Call, Some(last.total.saturating_sub(phases).max(0)), known);
            all.set(Part::Teardown, last.teardown, known);
            all.set(Part::Retries, Some(again.total), known);
        }
        None => {}
    }
    let mut counts = [0_u32; 8];
    pieces::walk(run, layout, pieces::Edges::of(figures, breakdown), &mut |part, _| {
        if let Some(n) = counts.get_mut(part as usize) {
            *n = n.saturating_add(1);
        }
    });
    for (part, n) in all.parts.iter_mut().zip(counts) {
        part.pieces = if part.us.is_some() { n } else { 0 };
    }
    all
}

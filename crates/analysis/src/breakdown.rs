//! Where the workers' time went, without rest.

use lanescope_model::{Provenance, Run};

use crate::{Figures, Lane, Layout, Placement};

/// Where the workers' time went, in microseconds over all workers. A part that no file tells is `None` and
/// stands inside the part that its comment names. The parts that are known sum to `total_us`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// In the tests' bodies; all time in tests where no file tells phases apart.
    pub call_us: i64,
    /// In setup.
    pub setup_us: Option<i64>,
    /// In teardown.
    pub teardown_us: Option<i64>,
    /// From the start of the session to each worker's first test. Without a session it is the ramp from the
    /// first test of all; where only the session's length is known, it holds `after` as well.
    pub start_up_us: i64,
    /// Between tests, and between the phases of a test, on one worker.
    pub gap_us: i64,
    /// From each worker's last stop to the last stop of all.
    pub tail_us: i64,
    /// From the last stop to the end of the session.
    pub after_us: Option<i64>,
    /// Workers times session, or workers times wall where no session is known.
    pub total_us: i64,
    /// How it is known: recorded, or simulated where the run is a prediction.
    pub known: Provenance,
}

impl Breakdown {
    /// The sum of the known parts, microseconds.
    #[must_use]
    pub fn sum_us(&self) -> i64 {
        let parts = [
            Some(self.call_us),
            self.setup_us,
            self.teardown_us,
            Some(self.start_up_us),
            Some(self.gap_us),
            Some(self.tail_us),
            self.after_us,
        ];
        parts.into_iter().flatten().fold(0, i64::saturating_add)
    }

    /// How it is known.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.known
    }
}

/// Where the workers' time went; `None` unless workers and starts are recorded.
#[must_use]
pub fn breakdown(run: &Run, layout: &Layout, figures: &Figures) -> Option<Breakdown> {
    if layout.placement != Placement::Recorded {
        return None;
    }
    let workers = i64::from(figures.workers.value?);
    let (first, last) = figures.window_us?;
    let (wall, session) = (last - first, figures.session_us.value);
    let total = workers.checked_mul(session.unwrap_or(wall))?;

    let sum = |part: &dyn Fn(&Lane) -> i64| layout.lanes.iter().map(part).fold(0, i64::saturating_add);
    let phase = |part: &dyn Fn(&Lane) -> Option<i64>| layout.lanes.iter().filter_map(part).reduce(i64::saturating_add);
    let busy = sum(&|l| l.busy_us);
    let (mut setup_us, mut teardown_us) = (phase(&|l| l.setup_us), phase(&|l| l.teardown_us));
    let mut call_us = busy - setup_us.unwrap_or(0) - teardown_us.unwrap_or(0);
    let mut gap_us = sum(&|l| (l.last_us - l.first_us) - l.busy_us);
    let mut tail_us = sum(&|l| wall - l.last_us);
    // Workers whose every attempt is without a start never began, as far as the file tells.
    let idle = (workers - layout.lanes.len() as i64).max(0);
    let mut start_up_us = sum(&|l| l.first_us).saturating_add(idle.saturating_mul(wall));
    let mut after_us = None;
    if let Some(session) = session {
        let end = run.meta.session.start_us.and_then(|start| start.checked_add(session));
        if let Some(end) = end {
            // Clocks of two files may differ: an end before the last stop is no time at all.
            let most = (session.saturating_sub(wall)).max(0);
            after_us = Some(end.saturating_sub(last).clamp(0, most).saturating_mul(workers));
        }
        let rest = session.saturating_sub(wall).saturating_mul(workers);
        start_up_us = start_up_us.saturating_add(rest).saturating_sub(after_us.unwrap_or(0));
    }
    // A session that is recorded shorter than its tests takes the difference from what is least certain.
    let mut missing = (-start_up_us).max(0);
    start_up_us = start_up_us.max(0);
    let parts = [Some(&mut tail_us), Some(&mut gap_us), Some(&mut call_us), setup_us.as_mut(), teardown_us.as_mut()];
    for part in parts.into_iter().flatten() {
        let taken = missing.clamp(0, (*part).max(0));
        *part -= taken;
        missing -= taken;
    }
    Some(Breakdown {
        call_us,
        setup_us,
        teardown_us,
        start_up_us,
        gap_us,
        tail_us,
        after_us,
        total_us: total,
        known: layout.provenance(),
    })
}

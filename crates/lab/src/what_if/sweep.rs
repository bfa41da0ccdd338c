//! Curves over workers, one point a step.

use lanescope_model::Run;
use lanescope_protocol::{Mode, Plan, Point};

use super::{Calibration, Planned};
use crate::replay::{MAX_WORKERS, Work};

/// Numbers of workers that a first look at a curve needs.
pub const USUAL_WORKERS: [u32; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/// Points of curves that are still to come. It owns what it needs, so that a worker may keep it between messages.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    planned: Planned,
    calibration: Calibration,
    left: Vec<(Mode, u32)>,
    total: u32,
}

impl Sweep {
    /// A sweep of a plan over modes and numbers of workers. The plan's own mode comes first; inside a mode the usual
    /// numbers of workers, ascending, then the rest.
    #[must_use]
    pub fn new(
        run: &Run,
        work: &Work,
        plan: &Plan,
        calibration: &Calibration,
        modes: &[Mode],
        workers: &[u32],
    ) -> Self {
        let mut counts: Vec<u32> = workers.iter().copied().filter(|n| (1..=MAX_WORKERS).contains(n)).collect();
        counts.sort_unstable();
        counts.dedup();
        let (usual, rest): (Vec<u32>, Vec<u32>) = counts.into_iter().partition(|n| USUAL_WORKERS.contains(n));
        let mut ordered: Vec<Mode> = Vec::new();
        for &mode in modes.iter().filter(|&&m| m == plan.mode).chain(modes) {
            if !ordered.contains(&mode) {
                ordered.push(mode);
            }
        }
        let mut left: Vec<(Mode, u32)> = Vec::new();
        for counts in [&usual, &rest] {
            for &mode in &ordered {
                left.extend(counts.iter().map(|&n| (mode, n)));
            }
        }
        left.reverse();
        let total = left.len() as u32;
        Self { planned: Planned::new(run, work, plan), calibration: calibration.clone(), left, total }
    }

    /// The next point; `None` when all are there.
    pub fn step(&mut self, run: &Run, work: &Work) -> Option<Point> {
        let (mode, workers) = self.left.pop()?;
        Some(self.planned.point(run, work, mode, workers, &self.calibration))
    }

    /// Points that are still to come, and all.
    #[must_use]
    pub fn progress(&self) -> (u32, u32) {
        (self.left.len() as u32, self.total)
    }
}

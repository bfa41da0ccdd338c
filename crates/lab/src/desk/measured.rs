//! Questions about what was measured.

use lanescope_protocol::LabAnswer;

use super::{Desk, no_run};
use crate::speedup::{Case, speedup};
use crate::spread::{Options, spread};

impl Desk {
    /// All runs beside each other. A run that was predicted is no measurement.
    pub(super) fn speedup(&self) -> LabAnswer {
        let mut runs = self.all();
        runs.retain(|(_, run)| !run.meta.simulated);
        LabAnswer::Speedup(Box::new(speedup(&runs)))
    }

    /// Where the time of a run lies.
    pub(super) fn spread(&self, id: &str, near_share: f64) -> LabAnswer {
        let Some(run) = self.run(id) else { return no_run(id) };
        LabAnswer::Spread(Box::new(spread(&Case::of(id, run), Options { near_share, ..Options::default() })))
    }
}

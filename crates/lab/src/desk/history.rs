//! The runs on the desk as a history. Its analysis takes a second for some hundred runs, and so is kept until the runs
//! change.

use std::sync::Arc;

use lanescope_flaky::Flaky;
use lanescope_model::Run;
use lanescope_protocol::{HistoryRequest, LabAnswer};

/// What is known of the runs that are on the desk now, once it was asked for.
#[derive(Default)]
pub(super) struct Kept(Option<Flaky>);

impl Kept {
    /// The runs have changed.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    /// Answers a question; the first one after a change has the runs analysed.
    pub(super) fn answer(&mut self, runs: &dyn Fn() -> Vec<Arc<Run>>, asked: &HistoryRequest) -> LabAnswer {
        let flaky = self.0.get_or_insert_with(|| Flaky::new(runs()));
        LabAnswer::History(Box::new(flaky.answer(asked)))
    }
}

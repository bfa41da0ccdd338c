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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use lanescope_protocol::HistoryAnswer;

    use super::*;

    #[test]
    fn runs_are_analysed_once_until_they_change() {
        let given = Cell::new(0);
        let runs = || {
            given.set(given.get() + 1);
            vec![Arc::new(Run::default())]
        };
        let mut kept = Kept::default();
        for _ in 0..3 {
            let LabAnswer::History(answer) = kept.answer(&runs, &HistoryRequest::Overview) else { unreachable!() };
            assert!(matches!(*answer, HistoryAnswer::Overview(_)));
        }
        assert_eq!(given.get(), 1);
        kept.forget();
        let _ = kept.answer(&runs, &HistoryRequest::Overview);
        assert_eq!(given.get(), 2);
    }
}

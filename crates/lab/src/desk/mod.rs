//! The runs on the desk, and the questions about them: what the laboratory's worker wraps.
//!
//! A question is answered in steps, so that the worker hears the next one in between: [`Desk::ask`] takes it in, and
//! [`Desk::step`] gives one answer after the other until there is none left.

mod history;

use std::sync::Arc;

use lanescope_model::Run;
use lanescope_model::bytes::Source;
use lanescope_protocol::{LabAnswer, LabRequest};

/// A run on the desk.
struct Kept {
    /// Its id in the engine.
    id: String,
    run: Arc<Run>,
}

/// What the laboratory works on.
#[derive(Default)]
pub struct Desk {
    runs: Vec<Kept>,
    history: history::Kept,
    /// The question in hand, until its first step.
    asked: Option<LabRequest>,
}

/// One answer, and whether more follow.
pub struct Step {
    /// The answer.
    pub answer: LabAnswer,
    /// A file or columns, to travel beside it.
    pub beside: Option<Vec<u8>>,
    /// Whether there is more to come of the same question.
    pub more: bool,
}

impl Desk {
    /// An empty desk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a run in: `bytes` bytes of [`Run::encode`], of which `from` gives the next. Runs keep the order in which they
    /// came first.
    pub fn take(&mut self, id: &str, bytes: usize, from: &mut dyn FnMut(&mut [u8])) -> LabAnswer {
        let Ok(mut run) = Run::decode(&mut Source::new(bytes, from)) else {
            return failed("What came from the engine cannot be understood: reload the page.");
        };
        // Answers name a run as the engine does, also where two files gave the same id.
        id.clone_into(&mut run.meta.id);
        let run = Arc::new(run);
        self.history.forget();
        match self.runs.iter_mut().find(|kept| kept.id == id) {
            Some(kept) => kept.run = run,
            None => self.runs.push(Kept { id: id.to_owned(), run }),
        }
        LabAnswer::Done
    }

    /// Takes a question in hand; what was in hand before is put away.
    pub fn ask(&mut self, request: LabRequest) {
        self.asked = Some(request);
    }

    /// Does a bounded piece of work. `None` when nothing is in hand.
    pub fn step(&mut self) -> Option<Step> {
        let answer = match self.asked.take()? {
            LabRequest::Take { .. } => failed("A run comes with its columns."),
            LabRequest::Keep { runs } => {
                let before = self.runs.len();
                self.runs.retain(|kept| runs.contains(&kept.id));
                if self.runs.len() != before {
                    self.history.forget();
                }
                LabAnswer::Done
            }
            LabRequest::Stop => LabAnswer::Done,
            LabRequest::History(asked) => {
                let runs = || self.runs.iter().map(|kept| Arc::clone(&kept.run)).collect();
                self.history.answer(&runs, &asked)
            }
            _ => failed("Not known here."),
        };
        Some(Step { answer, beside: None, more: false })
    }

    #[expect(dead_code, reason = "the questions about runs come with their modules")]
    /// The runs, with their ids, in order.
    fn all(&self) -> Vec<(&str, &Run)> {
        self.runs.iter().map(|kept| (kept.id.as_str(), kept.run.as_ref())).collect()
    }
}

fn failed(text: &str) -> LabAnswer {
    LabAnswer::Failed { text: text.to_owned() }
}

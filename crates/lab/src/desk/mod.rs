//! The runs on the desk, and the questions about them: what the laboratory's worker wraps.
//!
//! A question is answered in steps, so that the worker hears the next one in between: [`Desk::ask`] takes it in, and
//! [`Desk::step`] gives one answer after the other until there is none left. A sweep goes on while other questions are
//! answered in between, until another sweep takes its place.

mod history;
mod measured;
mod predicted;

use std::collections::VecDeque;
use std::sync::Arc;

use lanescope_model::Run;
use lanescope_model::bytes::Source;
use lanescope_protocol::{LabAnswer, LabRequest};

use self::predicted::{Prepared, Sweeping};

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
    /// Questions with their numbers, until their first step.
    asked: VecDeque<(u32, LabRequest)>,
    /// What the replay of a run rests on: made once for many questions.
    prepared: Option<Prepared>,
    /// The sweep under way.
    sweep: Option<Sweeping>,
}

/// One answer, and whether more follow.
pub struct Step {
    /// The number of its question.
    pub id: u32,
    /// The answer.
    pub answer: LabAnswer,
    /// A file or columns, to travel beside it.
    pub beside: Option<Vec<u8>>,
    /// Whether there is more to come of the same question.
    pub more: bool,
}

impl Step {
    /// The last answer to a question.
    fn last(id: u32, answer: LabAnswer) -> Self {
        Self { id, answer, beside: None, more: false }
    }
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
        self.prepared = None;
        LabAnswer::Done
    }

    /// Takes a question in; its answers carry its number.
    pub fn ask(&mut self, id: u32, request: LabRequest) {
        self.asked.push_back((id, request));
    }

    /// Does a bounded piece of work. `None` when nothing is in hand.
    pub fn step(&mut self) -> Option<Step> {
        let Some((id, request)) = self.asked.pop_front() else { return self.sweep_on() };
        let answer = match request {
            LabRequest::Take { .. } => failed("A run comes with its columns."),
            LabRequest::Keep { runs } => {
                let before = self.runs.len();
                self.runs.retain(|kept| runs.contains(&kept.id));
                if self.runs.len() != before {
                    self.prepared = None;
                    self.history.forget();
                }
                LabAnswer::Done
            }
            LabRequest::Stop => return Some(self.stop(id)),
            LabRequest::Sweep { run, plan, modes, workers } => {
                return Some(self.sweep(id, &run, &plan, &modes, &workers));
            }
            LabRequest::Predict { run, plan } => return Some(self.predict(id, &run, &plan)),
            LabRequest::Speedup => self.speedup(),
            LabRequest::Spread { run, near_share } => self.spread(&run, near_share),
            LabRequest::Work { run } => self.work(&run),
            LabRequest::WhatIf { run, plan } => self.what_if(&run, &plan),
            LabRequest::TakeHome { run, plan, kinds } => self.take_home(&run, &plan, &kinds),
            LabRequest::History(asked) => {
                let runs = || self.runs.iter().map(|kept| Arc::clone(&kept.run)).collect();
                self.history.answer(&runs, &asked)
            }
        };
        Some(Step::last(id, answer))
    }

    /// The runs, with their ids, in order.
    fn all(&self) -> Vec<(&str, &Run)> {
        self.runs.iter().map(|kept| (kept.id.as_str(), kept.run.as_ref())).collect()
    }

    fn run(&self, id: &str) -> Option<&Run> {
        self.runs.iter().find(|kept| kept.id == id).map(|kept| kept.run.as_ref())
    }
}

fn failed(text: &str) -> LabAnswer {
    LabAnswer::Failed { text: text.to_owned() }
}

fn no_run(id: &str) -> LabAnswer {
    LabAnswer::Failed { text: format!("There is no run “{id}” on the desk.") }
}

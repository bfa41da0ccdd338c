//! The runs on the shelf, and the questions about them: what the shelf's worker wraps.
//!
//! A question is answered in steps, so that the worker hears the next one in between: [`Desk::ask`] takes it in, and
//! [`Desk::step`] gives one answer after the other until there is none left.

mod measures;
mod share;

use std::collections::VecDeque;

use lanescope_model::Run;
use lanescope_model::bytes::Source;
use lanescope_protocol::{ShelfAnswer, ShelfRequest};

/// A run on the shelf.
struct Kept {
    /// Its id in the engine.
    id: String,
    run: Run,
}

/// What the shelf works on.
#[derive(Default)]
pub struct Desk {
    runs: Vec<Kept>,
    /// Questions with their numbers.
    asked: VecDeque<(u32, ShelfRequest)>,
}

/// One answer.
pub struct Step {
    /// The number of its question.
    pub id: u32,
    /// The answer.
    pub answer: ShelfAnswer,
    /// A file or columns, to travel beside it.
    pub beside: Option<Vec<u8>>,
}

impl Desk {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a run in: `bytes` bytes of [`Run::encode`], of which `from` gives the next. Runs keep the order in which they
    /// came first.
    pub fn take(&mut self, id: &str, bytes: usize, from: &mut dyn FnMut(&mut [u8])) -> ShelfAnswer {
        let Ok(mut run) = Run::decode(&mut Source::new(bytes, from)) else {
            return failed("What came from the engine cannot be understood: reload the page.".to_owned());
        };
        // Answers name a run as the engine does, also where two files gave the same id.
        id.clone_into(&mut run.meta.id);
        match self.runs.iter_mut().find(|kept| kept.id == id) {
            Some(kept) => kept.run = run,
            None => self.runs.push(Kept { id: id.to_owned(), run }),
        }
        ShelfAnswer::Done
    }

    /// Takes a question in; its answers carry its number.
    pub fn ask(&mut self, id: u32, request: ShelfRequest) {
        self.asked.push_back((id, request));
    }

    /// Does a bounded piece of work. `None` when nothing is in hand.
    pub fn step(&mut self) -> Option<Step> {
        let (id, request) = self.asked.pop_front()?;
        let mut beside = None;
        let answer = match request {
            ShelfRequest::Take { .. } => failed("A run comes with its columns.".to_owned()),
            ShelfRequest::Keep { runs } => {
                self.runs.retain(|kept| runs.contains(&kept.id));
                ShelfAnswer::Done
            }
            ShelfRequest::Coverage(asked) => measures::coverage(self, &asked),
            ShelfRequest::Benchmarks(asked) => measures::benchmarks(self, &asked),
            ShelfRequest::Share { sharing, form } => match self.named(&sharing.runs) {
                Some(runs) => {
                    let (shared, bytes) = share::share(&runs, &sharing, form);
                    beside = bytes;
                    ShelfAnswer::Shared(shared)
                }
                None => failed("Not all of these runs are here.".to_owned()),
            },
            ShelfRequest::Secrets { sharing } => match self.named(&sharing.runs) {
                Some(runs) => ShelfAnswer::Secrets(share::secrets(&runs, &sharing)),
                None => failed("Not all of these runs are here.".to_owned()),
            },
        };
        Some(Step { id, answer, beside })
    }

    /// The runs of these ids, if all of them are here.
    fn named(&self, ids: &[String]) -> Option<Vec<&Run>> {
        ids.iter().map(|id| self.run(id)).collect::<Option<Vec<_>>>().filter(|runs| !runs.is_empty())
    }

    /// All runs, in the order in which they came.
    fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|kept| &kept.run)
    }

    /// A run by its id in the engine.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<&Run> {
        self.runs.iter().find(|kept| kept.id == id).map(|kept| &kept.run)
    }
}

fn failed(text: String) -> ShelfAnswer {
    ShelfAnswer::Failed { text }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use lanescope_model::bytes::Sink;
    use lanescope_protocol::{ShareForm, Sharing};

    use super::*;

    fn taken(desk: &mut Desk, id: &str) -> ShelfAnswer {
        let mut bytes = Vec::new();
        let mut out = |part: &[u8]| bytes.extend_from_slice(part);
        let mut to = Sink::new(&mut out);
        Run::default().encode(&mut to);
        to.flush();
        drop(to);
        let mut at = 0;
        desk.take(id, bytes.len(), &mut |to: &mut [u8]| {
            to.copy_from_slice(&bytes[at..at + to.len()]);
            at += to.len();
        })
    }

    #[test]
    fn runs_stay_until_they_are_not_wanted_any_more() {
        let mut desk = Desk::new();
        assert_eq!(taken(&mut desk, "a"), ShelfAnswer::Done);
        assert_eq!(taken(&mut desk, "b"), ShelfAnswer::Done);
        desk.ask(7, ShelfRequest::Keep { runs: vec!["b".into()] });
        let step = desk.step().unwrap();
        assert_eq!((step.id, step.answer), (7, ShelfAnswer::Done));
        assert!(desk.step().is_none());
        assert!(desk.run("a").is_none());
        assert_eq!(desk.run("b").unwrap().meta.id, "b");
    }

    #[test]
    fn runs_are_shared_in_every_form_or_not_at_all() {
        let mut desk = Desk::new();
        let mut builder = lanescope_model::RunBuilder::new();
        builder.meta.label = "a/b".to_owned();
        let test = builder.test(None, "a.py::test_x", 6);
        let attempt = builder.attempt(lanescope_model::AttemptRow::new(test));
        builder.set_text(attempt, lanescope_model::TextKind::Trace, "password='hunter21!'");
        desk.runs.push(Kept { id: "a".to_owned(), run: builder.finish() });
        let sharing = Sharing { runs: vec!["a".into()], ..Sharing::default() };
        let mut share = |sharing: &Sharing, form| {
            desk.ask(1, ShelfRequest::Share { sharing: sharing.clone(), form });
            let step = desk.step().unwrap();
            let ShelfAnswer::Shared(shared) = step.answer else { return None };
            Some((shared, step.beside))
        };
        let (link, bytes) = share(&sharing, ShareForm::Link).unwrap();
        let (length, none) = share(&sharing, ShareForm::LinkLength).unwrap();
        assert_eq!((length.bytes, none), (link.bytes, None));
        let text = String::from_utf8(bytes.unwrap()).unwrap();
        assert_eq!(lanescope_pack::from_text(&text).unwrap()[0].run.test_id(test), "a.py::test_x");
        for (form, name) in [
            (ShareForm::Pack, "a-b.lanescope"),
            (ShareForm::Ctrf, "a-b.ctrf.json"),
            (ShareForm::Junit, "a-b.junit.xml"),
            (ShareForm::TestsCsv, "a-b.tests.csv"),
            (ShareForm::Markdown, "a-b.md"),
        ] {
            let (shared, bytes) = share(&sharing, form).unwrap();
            assert_eq!((shared.name.as_str(), shared.bytes), (name, bytes.unwrap().len() as u64));
        }
        let masked = Sharing { mask_names: true, ..sharing.clone() };
        let (shared, bytes) = share(&masked, ShareForm::TestsCsv).unwrap();
        assert_eq!(shared.name, "run.tests.csv");
        assert!(String::from_utf8(bytes.unwrap()).unwrap().contains("file-01::test-0001"));
        assert!(share(&Sharing { runs: vec!["b".into()], ..Sharing::default() }, ShareForm::Pack).is_none());
        let mut secrets = |sharing: Sharing| {
            desk.ask(1, ShelfRequest::Secrets { sharing });
            match desk.step().unwrap().answer {
                ShelfAnswer::Secrets(found) => found.total,
                _ => u32::MAX,
            }
        };
        assert_eq!(secrets(sharing.clone()), 1);
        assert_eq!(secrets(masked), 0);
        assert_eq!(secrets(Sharing { remove_secrets: true, ..sharing }), 0);
    }

    #[test]
    fn what_is_no_run_is_refused() {
        let mut desk = Desk::new();
        let answer = desk.take("a", 3, &mut |to: &mut [u8]| to.fill(9));
        assert!(matches!(answer, ShelfAnswer::Failed { .. }));
        assert!(desk.run("a").is_none());
    }
}

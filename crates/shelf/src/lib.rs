//! The runs on the shelf, and the questions about them: what the shelf's worker wraps.
//!
//! A question is answered in steps, so that the worker hears the next one in between: [`Desk::ask`] takes it in, and
//! [`Desk::step`] gives one answer after the other until there is none left.

mod library;
mod measures;
mod share;

use std::collections::VecDeque;

use lanescope_model::Run;
use lanescope_model::bytes::Source;
use lanescope_pack::Packed;
use lanescope_protocol::{Message, ShelfAnswer, ShelfRequest};

const FOREIGN: &str = "What came from the engine cannot be understood: reload the page.";

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
    /// What was said of files, by the ids of their runs.
    notes: Vec<(String, Message)>,
    /// Questions with their numbers, and the bytes beside them.
    asked: VecDeque<(u32, ShelfRequest, Vec<u8>)>,
    /// Runs of packs that are taken apart, each with the number of its question.
    splitting: VecDeque<(u32, Option<Packed>)>,
}

/// One answer.
pub struct Step {
    /// The number of its question.
    pub id: u32,
    /// The answer.
    pub answer: ShelfAnswer,
    /// A file or columns, to travel beside it.
    pub beside: Option<Vec<u8>>,
    /// Whether there is more to come of the same question.
    pub more: bool,
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
            return failed(FOREIGN.to_owned());
        };
        // Answers name a run as the engine does, also where two files gave the same id.
        id.clone_into(&mut run.meta.id);
        match self.runs.iter_mut().find(|kept| kept.id == id) {
            Some(kept) => kept.run = run,
            None => self.runs.push(Kept { id: id.to_owned(), run }),
        }
        ShelfAnswer::Done
    }

    /// Takes a question in, with the bytes beside it; its answers carry its number.
    pub fn ask(&mut self, id: u32, request: ShelfRequest, bytes: Vec<u8>) {
        self.asked.push_back((id, request, bytes));
    }

    /// Does a bounded piece of work. `None` when nothing is in hand.
    pub fn step(&mut self) -> Option<Step> {
        let Some((id, request, bytes)) = self.asked.pop_front() else { return self.split() };
        let mut beside = None;
        let answer = match request {
            ShelfRequest::Take { .. } => failed("A run comes with its columns.".to_owned()),
            ShelfRequest::Notes(notes) => {
                self.notes = notes;
                ShelfAnswer::Done
            }
            ShelfRequest::Keep { runs } => {
                self.runs.retain(|kept| runs.contains(&kept.id));
                ShelfAnswer::Done
            }
            ShelfRequest::Pack { run } => match library::decoded(&run, &bytes) {
                Some(run) => {
                    beside = Some(library::packed(&run, &share::noted(&self.notes, &run)));
                    ShelfAnswer::Kept(Box::new(library::kept(&run)))
                }
                None => failed(FOREIGN.to_owned()),
            },
            ShelfRequest::Merge { lengths } => match library::merged(&bytes, &lengths) {
                Ok(pack) => {
                    beside = Some(pack);
                    ShelfAnswer::Packed
                }
                Err(text) => failed(text),
            },
            ShelfRequest::Split => match library::unpacked(&bytes) {
                Ok(runs) => {
                    self.splitting.extend(runs.into_iter().map(|run| (id, Some(run))));
                    self.splitting.push_back((id, None));
                    return self.split();
                }
                Err(text) => failed(text),
            },
            ShelfRequest::Coverage(asked) => measures::coverage(self, &asked),
            ShelfRequest::Benchmarks(asked) => measures::benchmarks(self, &asked),
            ShelfRequest::Share { sharing, form } => match self.named(&sharing.runs) {
                Some(runs) => {
                    let (shared, bytes) = share::share(&runs, &self.notes, &sharing, form);
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
        Some(Step { id, answer, beside, more: false })
    }

    /// The next run of a pack that is taken apart; after the last, that it is done.
    fn split(&mut self) -> Option<Step> {
        let (id, run) = self.splitting.pop_front()?;
        Some(match run {
            Some(Packed { run, notes }) => {
                let answer = ShelfAnswer::Kept(Box::new(library::kept(&run)));
                Step { id, answer, beside: Some(library::packed(&run, &notes)), more: true }
            }
            None => Step { id, answer: ShelfAnswer::Done, beside: None, more: false },
        })
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

    fn columns() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut out = |part: &[u8]| bytes.extend_from_slice(part);
        let mut to = Sink::new(&mut out);
        Run::default().encode(&mut to);
        to.flush();
        drop(to);
        bytes
    }

    fn taken(desk: &mut Desk, id: &str) -> ShelfAnswer {
        let bytes = columns();
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
        desk.ask(7, ShelfRequest::Keep { runs: vec!["b".into()] }, Vec::new());
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
            desk.ask(1, ShelfRequest::Share { sharing: sharing.clone(), form }, Vec::new());
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
        let (shared, bytes) = share(&sharing, ShareForm::Report).unwrap();
        assert_eq!(shared.name, "a-b.html");
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.unwrap().as_slice()), &mut plain).unwrap();
        let mut left = plain.as_slice();
        let read = lanescope_ingest::codec::decode(plain.len(), &mut |to: &mut [u8]| {
            let (now, later) = left.split_at(to.len());
            to.copy_from_slice(now);
            left = later;
        });
        assert_eq!(read.unwrap()[0].sources[0].run.test_id(test), "a.py::test_x");
        let masked = Sharing { mask_names: true, ..sharing.clone() };
        let (shared, bytes) = share(&masked, ShareForm::TestsCsv).unwrap();
        assert_eq!(shared.name, "run.tests.csv");
        assert!(String::from_utf8(bytes.unwrap()).unwrap().contains("file-01::test-0001"));
        assert!(share(&Sharing { runs: vec!["b".into()], ..Sharing::default() }, ShareForm::Pack).is_none());
        let mut secrets = |sharing: Sharing| {
            desk.ask(1, ShelfRequest::Secrets { sharing }, Vec::new());
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
    fn packs_are_put_together_and_taken_apart() {
        let mut desk = Desk::new();
        let mut packs = Vec::new();
        let mut lengths = Vec::new();
        let note = |id: &str| {
            let text = format!("{id}.xml: cut off");
            (id.to_owned(), Message { severity: "error".to_owned(), at: None, text })
        };
        desk.ask(0, ShelfRequest::Notes(vec![note("a"), note("b")]), Vec::new());
        assert_eq!(desk.step().unwrap().answer, ShelfAnswer::Done);
        for id in ["a", "b"] {
            desk.ask(1, ShelfRequest::Pack { run: id.into() }, columns());
            let step = desk.step().unwrap();
            assert!(matches!(step.answer, ShelfAnswer::Kept(kept) if kept.id == id));
            lengths.push(step.beside.as_ref().unwrap().len() as u32);
            packs.extend(step.beside.unwrap());
        }
        desk.ask(2, ShelfRequest::Merge { lengths: lengths.clone() }, packs.clone());
        let merged = desk.step().unwrap();
        assert_eq!(merged.answer, ShelfAnswer::Packed);
        desk.ask(3, ShelfRequest::Split, merged.beside.unwrap());
        let ids: Vec<String> = std::iter::from_fn(|| desk.step())
            .filter_map(|step| match step.answer {
                ShelfAnswer::Kept(kept) if step.more => {
                    let packed = lanescope_pack::unpack_noted(&step.beside.unwrap(), 1 << 20).unwrap();
                    let texts: Vec<&str> = packed[0].notes.iter().map(|note| note.text.as_str()).collect();
                    assert_eq!(texts, [format!("{}.xml: cut off", kept.id)]);
                    Some(kept.id)
                }
                answer => {
                    assert_eq!((answer, step.more), (ShelfAnswer::Done, false));
                    None
                }
            })
            .collect();
        assert_eq!(ids, ["a", "b"]);
        lengths.push(1);
        for (request, bytes) in [
            (ShelfRequest::Merge { lengths }, packs),
            (ShelfRequest::Split, b"no pack".to_vec()),
            (ShelfRequest::Pack { run: "c".into() }, Vec::new()),
        ] {
            desk.ask(4, request, bytes);
            assert!(matches!(desk.step().unwrap().answer, ShelfAnswer::Failed { .. }));
        }
        assert!(desk.step().is_none());
    }

    #[test]
    fn what_is_no_run_is_refused() {
        let mut desk = Desk::new();
        let answer = desk.take("a", 3, &mut |to: &mut [u8]| to.fill(9));
        assert!(matches!(answer, ShelfAnswer::Failed { .. }));
        assert!(desk.run("a").is_none());
    }
}

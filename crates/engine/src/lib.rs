//! The library of loaded runs, and the answers to what a view asks.
//!
//! An [`Engine`] takes in what was read from files, and answers the page's questions from what is loaded. Reading is
//! not its own: in the browser another worker does it, and nothing here that a worker calls leads to a parser. The
//! command line uses the same engine.
//! What a question needs again (lanes, sorted lists, found tests) is kept per run.

mod ansi;
mod colour;
mod convert;
mod detail;
mod export;
mod hints;
mod insight;
mod jobs;
mod kept;
mod library;
mod listing;
mod lower;
mod needle;
mod overview;
mod query;
mod range;
mod run_state;
mod summarise;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_lanes;
mod timeline;
mod window;

use std::sync::Arc;

pub use lanescope_analysis::duration;
pub use lanescope_ingest::{Grouping, OpenFile, Unseekable};
use lanescope_ingest::{Loaded, Opening, codec};
use lanescope_model::bytes::{Sink, Source};
use lanescope_model::{Issue, Run};
use lanescope_protocol::{Answer, FileSummary, OpenedFiles, Request, RunSummary, SUMMARY_SCHEMA, Summary};

use crate::library::Library;
use crate::run_state::RunState;

/// The loaded files and runs.
#[derive(Default)]
pub struct Engine {
    library: Library,
}

impl Engine {
    /// An engine without files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads files to the end and takes in what came out of them.
    pub fn open(&mut self, files: Vec<OpenFile>) -> (OpenedFiles, Option<Vec<u8>>) {
        self.take(Opening::new(files).read_all())
    }

    /// Makes runs of what was read, together with what was loaded before. A file that was loaded before, with
    /// the same path and content, is replaced. Beside the answer stands the first frame of the run to show,
    /// encoded: the whole run, 1400 pixels wide.
    pub fn take(&mut self, loaded: Vec<Loaded>) -> (OpenedFiles, Option<Vec<u8>>) {
        let new_from = self.library.add(loaded);
        self.opened(new_from, self.library.to_show(new_from))
    }

    /// What is loaded, with all that the page needs to show one of the runs.
    fn opened(&mut self, new_from: usize, show: Option<usize>) -> (OpenedFiles, Option<Vec<u8>>) {
        let (files, new_from) = self.library.first_summaries(new_from);
        let mut opened = OpenedFiles { files, new_from, runs: self.library.summaries(), ..OpenedFiles::default() };
        let mut frame = None;
        if let Some(show) = show {
            opened.overview = self.library.overview(show).map(Box::new);
            if let Some(run) = self.library.runs.get_mut(show) {
                opened.show = Some(run.id.clone());
                opened.timeline = Some(Box::new(timeline::whole(run)));
                frame = Some(window::first_frame(run).encode());
            }
        }
        (opened, frame)
    }

    /// [`Self::take`], of what the reader wrote with [`codec::encode`]: `bytes` bytes, of which `from` gives the next.
    pub fn take_encoded(&mut self, bytes: usize, from: &mut dyn FnMut(&mut [u8])) -> (Answer, Option<Vec<u8>>) {
        let Ok(loaded) = codec::decode(bytes, from) else {
            let text = "What came from the reader cannot be understood: reload the page.".to_owned();
            return (Answer::Failed { text }, None);
        };
        let (opened, frame) = self.take(loaded);
        (Answer::Opened(Box::new(opened)), frame)
    }

    /// Takes in a run that was predicted, under a name: `bytes` bytes of [`Run::encode`], of which `from` gives the next.
    /// It is marked as simulated, whatever it says of itself, and never joined with what was recorded.
    pub fn take_made(
        &mut self,
        name: &str,
        bytes: usize,
        from: &mut dyn FnMut(&mut [u8]),
    ) -> (Answer, Option<Vec<u8>>) {
        let Ok(mut run) = Run::decode(&mut Source::new(bytes, from)) else {
            let text = "What came from the laboratory cannot be understood: reload the page.".to_owned();
            return (Answer::Failed { text }, None);
        };
        run.meta.simulated = true;
        name.clone_into(&mut run.meta.label);
        let (opened, frame) = self.take(vec![Loaded::made(name, run, bytes as u64)]);
        (Answer::Opened(Box::new(opened)), frame)
    }

    /// Makes the runs by this rule, of what is loaded and of what is opened from now on.
    pub fn group_by(&mut self, grouping: Grouping) {
        self.library.group_by(grouping);
    }

    /// What is loaded after a change, with the run that was shown, or another where it is gone.
    fn changed(&mut self, show: Option<&str>) -> (Answer, Option<Vec<u8>>) {
        let show = show.and_then(|id| self.library.place(id).ok()).or_else(|| self.library.to_show(0));
        let (opened, frame) = self.opened(0, show);
        (Answer::Opened(Box::new(opened)), frame)
    }

    /// Forgets everything.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Answers a question. [`Answer::Frame`] has its bytes beside it. `Hello`, `Take` and `Made` are the
    /// worker's to answer, `Open` and `Cancel` the reader's; they fail here.
    pub fn answer(&mut self, request: &Request) -> (Answer, Option<Vec<u8>>) {
        let answered = match request {
            Request::Hello { .. }
            | Request::Open { .. }
            | Request::Cancel
            | Request::Take
            | Request::Made { .. }
            | Request::Unreachable { .. } => Err("This question is not the engine's to answer.".to_owned()),
            Request::Files => {
                let (files, runs) = (self.library.file_summaries().collect(), self.library.summaries());
                Ok((Answer::Opened(Box::new(OpenedFiles { files, runs, ..OpenedFiles::default() })), None))
            }
            Request::Group { rule, show } => Grouping::of(rule)
                .map(|grouping| {
                    self.group_by(grouping);
                    self.changed(show.as_deref())
                })
                .ok_or_else(|| format!("“{rule}” is no rule: a part of a path needs {{}} for the group's name.")),
            Request::Forget { paths, show } => {
                self.library.forget(paths);
                Ok(self.changed(show.as_deref()))
            }
            Request::Close => {
                self.close();
                Ok((Answer::Closed, None))
            }
            Request::Runs => Ok((Answer::Runs(self.library.summaries()), None)),
            Request::Columns { run } => self.run(run).map(|run| {
                let mut bytes = Vec::new();
                let mut out = |part: &[u8]| bytes.extend_from_slice(part);
                let mut to = Sink::new(&mut out);
                run.run.encode(&mut to);
                to.flush();
                drop(to);
                (Answer::Columns, Some(bytes))
            }),
            Request::Overview { run } => self.library.place(run).and_then(|at| {
                let overview = self.library.overview(at).ok_or_else(|| no_run(run))?;
                Ok((Answer::Overview(Box::new(overview)), None))
            }),
            Request::Timeline(asked) => {
                self.run(&asked.run).map(|run| (Answer::Timeline(Box::new(timeline::timeline(run, asked))), None))
            }
            Request::Window(asked) => {
                self.run(&asked.timeline.run).map(|run| (Answer::Frame, Some(window::window(run, asked).encode())))
            }
            Request::Legend { run, colour } => {
                self.run(run).map(|run| (Answer::Legend(colour::legend(run, *colour)), None))
            }
            Request::Series(asked) => {
                self.run(&asked.timeline.run).map(|run| (Answer::Series(Box::new(range::series(run, asked))), None))
            }
            Request::Measure(asked) => {
                self.run(&asked.timeline.run).map(|run| (Answer::Measure(Box::new(range::measure(run, asked))), None))
            }
            Request::Places { timeline, test } => {
                self.run(&timeline.run).map(|run| (Answer::Places(range::places(run, timeline, test)), None))
            }
            Request::Step { timeline, attempt, forward } => self
                .run(&timeline.run)
                .map(|run| (Answer::Places(range::step(run, timeline, *attempt, *forward)), None)),
            Request::Attempt { run, attempt } => self.run(run).and_then(|run| {
                let brief = detail::attempt(run, *attempt).ok_or("There is no such attempt.")?;
                Ok((Answer::Attempt(Box::new(brief)), None))
            }),
            Request::Tests(asked) => {
                self.run(&asked.run).map(|run| (Answer::Tests(Box::new(listing::page(run, asked))), None))
            }
            Request::Test { run, test } => self.run(run).and_then(|run| {
                let detail =
                    detail::test(run, test).ok_or_else(|| format!("There is no test “{test}” in this run."))?;
                Ok((Answer::Test(Box::new(detail)), None))
            }),
            Request::Waterfall { run } => {
                self.run(run).map(|run| (Answer::Waterfall(Box::new(insight::waterfall(run))), None))
            }
            Request::Pieces { run, part, offset, limit } => {
                self.run(run).map(|run| (Answer::Pieces(Box::new(insight::pieces(run, *part, *offset, *limit))), None))
            }
            Request::End { run } => self.run(run).map(|run| (Answer::End(Box::new(insight::end(run))), None)),
            Request::Limits { run } => self.run(run).map(|run| (Answer::Limits(Box::new(insight::limits(run))), None)),
            Request::Export(asked) => self.run(&asked.timeline.run).map(|run| {
                let file = export::export(run, asked);
                (Answer::Exported { name: file.name, mime: file.mime.to_owned() }, Some(file.bytes))
            }),
        };
        answered.unwrap_or_else(|text| (Answer::Failed { text }, None))
    }

    /// Everything that is loaded, as `lanescope summary --json` prints it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary { schema: SUMMARY_SCHEMA.to_owned(), files: self.files().collect(), runs: self.run_summaries() }
    }

    /// The files of [`Self::summary`], each made when it is asked for: of a hundred thousand all at once would take as much
    /// room as the reports.
    pub fn files(&self) -> impl Iterator<Item = FileSummary> {
        self.library.file_summaries()
    }

    /// The runs of [`Self::summary`], ordered by start.
    #[must_use]
    pub fn run_summaries(&self) -> Vec<RunSummary> {
        self.library.summaries()
    }

    /// The runs with their ids, ordered by start.
    pub fn runs(&self) -> impl Iterator<Item = (&str, &Arc<Run>)> {
        self.library.runs.iter().map(|r| (r.id.as_str(), &r.run))
    }

    /// The run of this id.
    #[must_use]
    pub fn loaded(&self, id: &str) -> Option<&Arc<Run>> {
        self.library.place(id).ok().and_then(|at| self.library.runs.get(at)).map(|r| &r.run)
    }

    /// What is remarkable about how a run was joined.
    #[must_use]
    pub fn notes(&self, run: &str) -> &[Issue] {
        let found = self.library.place(run).ok().and_then(|at| self.library.runs.get(at));
        found.map(|run| run.notes.as_slice()).unwrap_or_default()
    }

    /// The verdict on a run, as one text.
    #[must_use]
    pub fn verdict(&self, run: &str) -> Option<String> {
        let at = self.library.place(run).ok()?;
        Some(self.library.verdict(at)?.iter().map(|piece| piece.text.as_str()).collect())
    }

    fn run(&mut self, id: &str) -> Result<&mut RunState, String> {
        let at = self.library.place(id)?;
        self.library.runs.get_mut(at).ok_or_else(|| no_run(id))
    }
}

fn no_run(id: &str) -> String {
    format!("There is no run “{id}”.")
}

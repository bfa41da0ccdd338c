//! Reading one file in steps.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use lanescope_model::{Issue, Severity};

use crate::container::{Budget, Content, Members, Packed, ReadSeek, open};
use crate::formats::github_jobs::GithubJobs;
use crate::formats::junit_xml::Junit;
use crate::formats::playwright::{Blob, Json};
use crate::formats::pytest_reportlog::Reportlog;
use crate::formats::run_metadata::RunMetadata;
use crate::formats::xdist_console::Console;
use crate::formats::{Other, Parsed, Parser};
use crate::input::Input;
use crate::label;
use crate::notes::Notes;
use crate::sniff::{FOREIGN_TEXT, Looks, sniff};
use crate::{FileReport, Format, Loaded, More, Named, Progress, Source, index};

/// How much of the content is looked at to tell what it is.
const HEAD: usize = 64 << 10;

/// Reads one file in steps.
pub struct Loader {
    path: Arc<str>,
    size: Option<u64>,
    taken: Rc<Cell<u64>>,
    budget: Rc<Budget>,
    notes: Notes,
    format: Format,
    state: State,
    dialect: Option<String>,
    /// It is of a kind that this build does not read and the full one knows.
    needs_full: bool,
    no_report: bool,
    foreign: bool,
}

enum State {
    Closed(Packed),
    Reading(Box<dyn Parser>),
    /// It is an archive, whose members are to be read one by one.
    Archive(Box<dyn Members>),
    Done,
}

impl Loader {
    /// Starts reading. `size` is the number of bytes that the reader will give, if known.
    #[must_use]
    pub fn new(path: &str, size: Option<u64>, reader: Box<dyn ReadSeek>) -> Self {
        Self::inside(path, size, Packed::Seekable(reader), &Budget::new(size), Notes::default())
    }

    /// Starts reading a member of an archive; `notes` say what is known of it already.
    pub(crate) fn inside(path: &str, size: Option<u64>, packed: Packed, budget: &Rc<Budget>, notes: Notes) -> Self {
        Self {
            path: path.into(),
            size,
            taken: Rc::default(),
            budget: Rc::clone(budget),
            notes,
            format: Format::Unknown,
            state: State::Closed(packed),
            dialect: None,
            needs_full: false,
            no_report: false,
            foreign: false,
        }
    }

    /// Whether the file is of a kind that only a build with the feature `full` knows.
    pub(crate) fn needs_full(&self) -> bool {
        self.needs_full
    }

    /// Reads on for about `bytes` (unpacked) bytes, at least one record.
    pub fn step(&mut self, bytes: usize) -> Progress {
        let done;
        match std::mem::replace(&mut self.state, State::Done) {
            State::Closed(packed) => {
                self.open(packed);
                done = matches!(self.state, State::Done | State::Archive(_));
            }
            State::Reading(mut parser) => {
                done = parser.step(bytes.max(1));
                self.state = State::Reading(parser);
            }
            archive @ State::Archive(_) => {
                self.state = archive;
                done = true;
            }
            State::Done => done = true,
        }
        let tests = match &self.state {
            State::Reading(parser) => parser.tests(),
            _ => 0,
        };
        Progress { bytes: self.taken.get(), tests, done }
    }

    /// After the last step: the members of the archive that it turned out to be.
    pub(crate) fn members(&mut self) -> Option<Box<dyn Members>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Archive(members) => Some(members),
            other => {
                self.state = other;
                None
            }
        }
    }

    /// Its notes, which an archive goes on writing while its members are read.
    pub(crate) fn notes(&self) -> Notes {
        self.notes.clone()
    }

    fn open(&mut self, packed: Packed) {
        let content = open(packed, &self.taken, &self.budget, &self.notes);
        let input = content.and_then(|content| match content {
            Content::Report(reader) => Input::open(reader, self.size, self.notes.clone()).map(Some),
            Content::Archive(name, members) => {
                self.format = Format::Archive(name);
                self.state = State::Archive(members);
                Ok(None)
            }
            Content::Attachment(kind) => {
                self.no_report = true;
                self.format = Format::Attachment(kind);
                self.notes.info(format!(
                    "recognised as {}, which holds no test results: it is listed and not opened",
                    kind.as_str()
                ));
                Ok(None)
            }
            #[cfg(feature = "full")]
            Content::Pack(reader) => {
                self.format = Format::More(More::LanescopePack);
                self.state =
                    State::Reading(Box::new(crate::formats::more::PackReader::new(reader, self.notes.clone())));
                Ok(None)
            }
            #[cfg(not(feature = "full"))]
            Content::NeedsFull(format) => {
                self.format = format.unwrap_or(self.format);
                self.needs_full = true;
                Ok(None)
            }
        });
        let mut input = match input {
            Ok(Some(input)) => input,
            Ok(None) => return,
            Err(e) if e.kind() == std::io::ErrorKind::IsADirectory => {
                self.notes.error("this is a folder: open the files in it");
                return;
            }
            Err(e) => {
                self.notes.error(format!("the file cannot be read: {e}"));
                return;
            }
        };
        if self.notes.has_error() {
            return;
        }
        input.look_ahead(HEAD);
        let whole = input.at_end() && input.unused().len() <= HEAD;
        let mut looks = sniff(head(&input), whole);
        if matches!(looks, Looks::Nothing(_) | Looks::Foreign(_) | Looks::Text) && !whole && is_json(input.unused()) {
            // A first record longer than the head hides what the file is.
            input.look_ahead(8 << 20);
            looks = sniff(input.unused(), input.at_end());
        }
        self.choose(looks, input);
    }

    fn choose(&mut self, looks: Looks, mut input: Input) {
        let notes = self.notes.clone();
        let parser: Box<dyn Parser> = match looks {
            Looks::Junit { skip } => {
                self.format = Format::JunitXml;
                if input.unused().get(..skip).is_some_and(|before| !before.trim_ascii().is_empty()) {
                    self.notes.warn("text stands before the XML; it is left out");
                }
                input.skip(skip);
                Box::new(Junit::new(input, notes))
            }
            Looks::Reportlog => {
                self.format = Format::PytestReportlog;
                Box::new(Reportlog::new(input, notes))
            }
            Looks::Console | Looks::Text => {
                self.format = Format::XdistConsole;
                Box::new(Console::new(input, notes))
            }
            Looks::PlaywrightJson => {
                self.format = Format::PlaywrightJson;
                Box::new(Json::new(input, notes))
            }
            Looks::PlaywrightBlob => {
                self.format = Format::PlaywrightBlob;
                Box::new(Blob::new(input, notes))
            }
            Looks::GithubJobs => {
                self.format = Format::GithubJobs;
                Box::new(GithubJobs::new(input, notes))
            }
            Looks::RunMetadata => {
                self.format = Format::RunMetadata;
                Box::new(RunMetadata::new(input, notes))
            }
            Looks::More { format, skip } => match self.more(format, skip, input) {
                Some(parser) => parser,
                None => return,
            },
            Looks::Other(name) => {
                self.no_report = true;
                self.format = Format::Other(name);
                if name == Named::LanescopeIndex {
                    self.dialect = index::tell(&mut input, &self.notes);
                    return;
                }
                self.foreign = name.stands_beside_reports();
                self.notes.warn(format!("recognised as {}, which holds no test results to read", name.as_str()));
                return;
            }
            Looks::Nothing(text) => {
                self.no_report = true;
                self.notes.error(text);
                return;
            }
            Looks::Foreign(text) => {
                self.no_report = true;
                self.foreign = true;
                self.notes.error(text);
                return;
            }
        };
        self.state = State::Reading(parser);
    }

    /// The reader of a format that not every reader has.
    #[cfg(feature = "full")]
    fn more(&mut self, format: More, skip: usize, mut input: Input) -> Option<Box<dyn Parser>> {
        self.format = Format::More(format);
        if input.unused().get(..skip).is_some_and(|before| !before.trim_ascii().is_empty()) {
            self.notes.info("text stands before the report; it is left out");
        }
        input.skip(skip);
        Some(crate::formats::more::parser(format, input, self.notes.clone()))
    }

    #[cfg(not(feature = "full"))]
    fn more(&mut self, format: More, _skip: usize, _input: Input) -> Option<Box<dyn Parser>> {
        self.format = Format::More(format);
        self.needs_full = true;
        self.notes.warn(format!("recognised as {}, which the reader of all formats reads", format.as_str()));
        None
    }

    /// What came out of it. Called before the end, it gives what was read so far.
    #[must_use]
    pub fn finish(mut self) -> Loaded {
        let mut dialect = self.dialect.take();
        let mut sources = Vec::new();
        if let State::Reading(parser) = std::mem::replace(&mut self.state, State::Done) {
            let parsed = parser.finish();
            if let Some(other) = parsed.other {
                self.no_report = true;
                match other {
                    Other::Nothing => {
                        self.format = Format::Unknown;
                        self.foreign = true;
                        self.notes.error(FOREIGN_TEXT);
                    }
                    Other::Named(name) => self.format = Format::Other(name),
                }
            } else {
                dialect.clone_from(&parsed.dialect);
                if !self.notes.has_error() {
                    sources = self.sources(parsed);
                }
            }
        }
        let taken = self.taken.get();
        let report = FileReport {
            bytes: self.size.unwrap_or(taken).max(taken),
            tests: sources.iter().map(|s: &Source| s.run.tests.len()).sum(),
            path: self.path,
            format: self.format,
            dialect,
            issues: self.notes.take(),
            archive: None,
            no_report: self.no_report,
        };
        Loaded { report, sources, foreign: self.foreign }
    }

    fn sources(&self, parsed: Parsed) -> Vec<Source> {
        let several = parsed.sessions.len() > 1;
        let mut sources = Vec::with_capacity(parsed.sessions.len());
        for (i, session) in parsed.sessions.into_iter().enumerate() {
            let mut run = session.run;
            // It comes with its own name and id, which stay.
            if self.format != Format::More(More::LanescopePack) {
                // Coverage or benchmarks that tell nothing are no source of anything.
                let told = !run.coverage.is_empty() || !run.benchmarks.is_empty();
                if !told && matches!(self.format, Format::More(format) if format.holds_no_tests()) {
                    continue;
                }
                // A list of jobs knows the name of its workflow.
                if run.meta.label.is_empty() {
                    run.meta.label = label::label(&self.path);
                }
                if several {
                    let name = session.name.unwrap_or_else(|| format!("session {}", i + 1));
                    run.meta.label = format!("{} ({name})", run.meta.label);
                }
                let of_file = |source: &mut String| (*self.path).clone_into(source);
                if let Some(tables) = run.own_tables() {
                    tables.coverage.iter_mut().for_each(|report| of_file(&mut report.source));
                    tables.benchmarks.iter_mut().for_each(|report| of_file(&mut report.source));
                }
                run.meta.id = label::id(&run, i as u64);
            }
            sources.push(Source {
                path: Arc::clone(&self.path),
                format: self.format,
                naive_clock: session.naive_clock,
                shard: session.shard,
                run: Arc::new(run),
            });
        }
        sources
    }

    /// Reads to the end at once, as the command line does.
    #[must_use]
    pub fn read_all(mut self) -> Loaded {
        while !self.step(1 << 20).done {}
        self.finish()
    }
}

/// Whether the content begins as a document of JSON.
fn is_json(content: &[u8]) -> bool {
    content.trim_ascii_start().starts_with(b"{")
}

/// The part of the content that is looked at.
fn head(input: &Input) -> &[u8] {
    let bytes = input.unused();
    bytes.get(..HEAD).unwrap_or(bytes)
}

/// An input that cannot be opened at all, as a report on it.
impl Loaded {
    /// A file that could not be opened, with the reason.
    #[must_use]
    pub fn unreadable(path: &str, reason: &str) -> Self {
        let issue = Issue::new(Severity::Error, reason);
        let report = FileReport {
            path: path.into(),
            format: Format::Unknown,
            dialect: None,
            bytes: 0,
            tests: 0,
            issues: vec![issue],
            archive: None,
            no_report: false,
        };
        Self { report, sources: Vec::new(), foreign: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::More;

    #[test]
    fn what_only_a_reader_of_all_formats_reads_is_recognised_by_every_reader() {
        let content = std::io::Cursor::new("TAP version 13\n1..1\nok 1 - a\n");
        let loaded = Loader::new("x", None, Box::new(content)).read_all();
        assert_eq!(loaded.report.format, Format::More(More::Tap));
        assert_eq!(loaded.report.format.needs_full_reader(), loaded.sources.is_empty());
        assert_eq!(loaded.report.format.needs_full_reader(), !cfg!(feature = "full"));
    }
}

//! From arguments to runs: whatever reads files opens them here.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lanescope_engine::{Engine, Grouping, OpenFile, Unseekable};
use lanescope_ingest::{Loaded, Opening};
use lanescope_protocol::{FileSummary, RunSummary};

use crate::UNUSABLE;
use crate::summary::complain;

/// By what rule files become runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct Rule {
    /// What tells the groups of a run apart: auto, none, folder, file, archive, or a part of the path with {} for the
    /// name, such as 'results-{}/'
    #[arg(long, value_name = "RULE", default_value = "auto", value_parser = rule)]
    pub(crate) group: String,
}

/// The rule stays in its own words, which the page knows as well.
fn rule(words: &str) -> Result<String, String> {
    let known = Grouping::of(words).map(|_| words.to_owned());
    known.ok_or_else(|| "not auto, none, folder, file, archive, nor a part of a path with {} in it".to_owned())
}

/// What a command reads.
#[derive(Clone, Debug, Args)]
pub(crate) struct Sources {
    #[command(flatten)]
    pub(crate) rule: Rule,
    /// A file, a directory (read recursively), an archive, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
}

/// What was read.
pub(crate) struct Opened {
    pub(crate) engine: Engine,
    /// The figures of the runs that are in the engine.
    pub(crate) runs: Vec<RunSummary>,
    /// See [`Self::told`].
    told: OnceCell<Vec<FileSummary>>,
    /// The run that the page would show.
    pub(crate) show: Option<String>,
    /// Whether there was any file to read.
    pub(crate) any: bool,
    /// Whether every argument named something.
    pub(crate) whole: bool,
}

impl Opened {
    /// The exit status of a command that did what it was asked.
    pub(crate) fn status(&self) -> u8 {
        if self.whole && !self.runs.is_empty() { 0 } else { UNUSABLE }
    }

    /// The files of which there is something to say. Made once, though every run asks: there may be as many of both.
    pub(crate) fn told(&self) -> &[FileSummary] {
        self.told.get_or_init(|| self.engine.files().filter(|file| !file.messages.is_empty()).collect())
    }

    /// Says that there is no such run, and which there are.
    pub(crate) fn no_run(&self, id: &str, err: &mut dyn Write) -> io::Result<u8> {
        let ids: Vec<&str> = self.engine.runs().map(|(id, _)| id).collect();
        writeln!(err, "lanescope: there is no run “{id}”. The runs are: {}", ids.join(", "))?;
        Ok(UNUSABLE)
    }
}

impl Sources {
    /// One input, by a rule.
    pub(crate) fn of(input: &str, rule: &Rule) -> Self {
        Self { rule: rule.clone(), inputs: vec![input.to_owned()] }
    }

    /// Reads, and complains: about arguments that name nothing, about files, and where there is no run.
    pub(crate) fn read(&self, err: &mut dyn Write) -> io::Result<Opened> {
        self.read_with(&mut |_| Ok(()), err)
    }

    /// [`Self::read`]; `loaded` sees what the readers gave before the engine takes it.
    pub(crate) fn read_with(
        &self,
        loaded: &mut dyn FnMut(&[Loaded]) -> io::Result<()>,
        err: &mut dyn Write,
    ) -> io::Result<Opened> {
        let inputs = collect(&self.inputs);
        for problem in &inputs.problems {
            writeln!(err, "lanescope: {problem}")?;
        }
        let any = !inputs.files.is_empty();
        let found: BTreeSet<String> = inputs.found.into_iter().collect();
        let read = Opening::new(inputs.files).read_all();
        loaded(&read)?;
        let mut engine = Engine::new();
        engine.group_by(Grouping::of(&self.rule.group).unwrap_or_default());
        let show = engine.take(read).0.show;
        let runs = engine.run_summaries();
        complain(engine.files(), &found, err)?;
        if runs.is_empty() && any {
            writeln!(err, "lanescope: nothing in the input could be read as a test report")?;
        }
        Ok(Opened { engine, runs, told: OnceCell::new(), show, any, whole: inputs.problems.is_empty() })
    }

    /// [`Self::read`], for commands that need a run; without one the exit status.
    pub(crate) fn runs(&self, err: &mut dyn Write) -> io::Result<Result<Opened, u8>> {
        let opened = self.read(err)?;
        Ok(if opened.runs.is_empty() { Err(UNUSABLE) } else { Ok(opened) })
    }

    /// [`Self::runs`], for commands that judge: an input that is not there is none, and what is left says too little.
    pub(crate) fn all_runs(&self, err: &mut dyn Write) -> io::Result<Result<Opened, u8>> {
        Ok(self.runs(err)?.and_then(|opened| if opened.whole { Ok(opened) } else { Err(UNUSABLE) }))
    }
}

/// The files that the arguments name, and what is wrong with arguments that name none.
#[derive(Default)]
struct Inputs {
    files: Vec<OpenFile>,
    /// Paths of files that were found in a directory; that they are no reports is nothing to complain about.
    found: Vec<String>,
    problems: Vec<String>,
}

/// Finds the files: directories recursively and sorted, `-` for standard input.
fn collect(inputs: &[String]) -> Inputs {
    let mut all = Inputs::default();
    for input in inputs {
        if input == "-" {
            all.files.push(OpenFile {
                path: input.clone(),
                size: None,
                reader: Box::new(Unseekable(Box::new(io::stdin()))),
            });
            continue;
        }
        let path = Path::new(input);
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                let before = all.files.len();
                directory(path, &mut all);
                if all.files.len() == before {
                    all.problems.push(format!("{input}: there is no file in this directory"));
                }
            }
            Ok(meta) => all.files.push(file(path, input.clone(), meta.len())),
            Err(e) => all.problems.push(format!("{input}: {}", reason(&e))),
        }
    }
    all
}

fn directory(at: &Path, all: &mut Inputs) {
    let mut entries: Vec<PathBuf> = match fs::read_dir(at) {
        Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).collect(),
        Err(e) => {
            all.problems.push(format!("{}: {}", at.display(), reason(&e)));
            return;
        }
    };
    entries.sort();
    for path in entries {
        // Links to directories are not followed: they may lead in a circle.
        let Ok(link) = fs::symlink_metadata(&path) else { continue };
        if link.is_dir() {
            directory(&path, all);
        } else if let Ok(meta) = fs::metadata(&path)
            && meta.is_file()
        {
            let name = path.display().to_string();
            all.found.push(name.clone());
            all.files.push(file(&path, name, meta.len()));
        }
    }
}

fn file(path: &Path, name: String, size: u64) -> OpenFile {
    OpenFile { path: name, size: Some(size), reader: Box::new(Late::Waiting(path.to_owned())) }
}

fn reason(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => e.to_string(),
    }
}

/// A file that is opened when it is first read, and closed at its end: a directory may hold more files than
/// may be open at once.
enum Late {
    Waiting(PathBuf),
    Open(File, PathBuf),
    Ended(PathBuf),
}

impl Read for Late {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Self::Waiting(path) = self {
            *self = Self::Open(File::open(&*path)?, std::mem::take(path));
        }
        let Self::Open(file, path) = self else { return Ok(0) };
        let n = file.read(buffer)?;
        if n == 0 && !buffer.is_empty() {
            *self = Self::Ended(std::mem::take(path));
        }
        Ok(n)
    }
}

impl Seek for Late {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let Self::Waiting(path) | Self::Ended(path) = self {
            *self = Self::Open(File::open(&*path)?, std::mem::take(path));
        }
        match self {
            Self::Open(file, _) => file.seek(to),
            Self::Waiting(_) | Self::Ended(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

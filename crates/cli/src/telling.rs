//! What of runs is told when they leave.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use lanescope_exchange::{Finding, Redaction, find_secrets, messages, redact, redact_notes};
use lanescope_model::{Issue, Run};
use lanescope_pack::Names;

use crate::input::Opened;

/// Which texts of attempts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Texts {
    /// Messages, traces, outputs
    All,
    /// Messages
    Messages,
    /// None
    None,
}

#[derive(Debug, Args)]
pub(crate) struct Telling {
    /// Texts of tests that go along
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) texts: Texts,
    /// Numbers in place of the names of tests, files and markers; no texts
    #[arg(long)]
    pub(crate) mask_names: bool,
    /// Leave out the names of machines
    #[arg(long)]
    hide_hosts: bool,
    /// Leave out the folders of absolute paths
    #[arg(long)]
    hide_paths: bool,
    /// Put a word in place of what looks like a secret
    #[arg(long, conflicts_with = "allow_secrets")]
    remove_secrets: bool,
    /// Go on although something looks like a secret
    #[arg(long)]
    allow_secrets: bool,
}

/// Findings that are named one by one.
const NAMED: usize = 12;

impl Telling {
    /// The texts that are kept.
    pub(crate) fn texts(&self) -> lanescope_pack::Texts {
        match self.texts {
            Texts::All => lanescope_pack::Texts::All,
            Texts::Messages => lanescope_pack::Texts::Messages,
            Texts::None => lanescope_pack::Texts::None,
        }
    }

    /// The names that are kept.
    pub(crate) fn names(&self) -> Names {
        if self.mask_names { Names::Masked } else { Names::Kept }
    }

    /// The run as it is told.
    pub(crate) fn told(&self, run: &Run) -> Run {
        self.redacted(run, self.names(), self.texts())
    }

    /// The run without secrets, machines and folders; texts and names are left to who packs it.
    pub(crate) fn cleaned(&self, run: &Run) -> Run {
        self.redacted(run, Names::Kept, self.texts())
    }

    /// What is told of how a run was joined, and of its files.
    pub(crate) fn notes(&self, opened: &Opened, id: &str, run: &Run) -> Vec<Issue> {
        let mut notes = opened.engine.notes(id).to_vec();
        notes.extend(messages(&opened.summary.files, id, run));
        redact_notes(run, notes, &self.redaction(Names::Kept, self.texts()))
    }

    fn redacted(&self, run: &Run, names: Names, texts: lanescope_pack::Texts) -> Run {
        redact(run, &self.redaction(names, texts))
    }

    fn redaction(&self, names: Names, texts: lanescope_pack::Texts) -> Redaction {
        Redaction { texts, names, hosts: self.hide_hosts, paths: self.hide_paths, secrets: self.remove_secrets }
    }

    /// Says what looks like a secret in what is told. Whether it may leave.
    pub(crate) fn may_leave(&self, runs: &[&Run], err: &mut dyn Write) -> io::Result<bool> {
        if self.mask_names || self.allow_secrets {
            return Ok(true);
        }
        let found: Vec<(&Run, Finding)> =
            runs.iter().flat_map(|&run| find_secrets(run).into_iter().map(move |finding| (run, finding))).collect();
        for (run, finding) in found.iter().take(NAMED) {
            writeln!(err, "lanescope: {} in {}: {}", finding.kind.as_str(), finding.place(run), finding.excerpt)?;
        }
        if found.len() > NAMED {
            writeln!(err, "lanescope: and {} more that look like secrets", found.len() - NAMED)?;
        }
        Ok(found.is_empty())
    }
}

//! What of runs is told when they leave.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use lanescope_exchange::{Finding, Redaction, find_secrets, messages, redact, redact_notes};
use lanescope_model::{Issue, Run};
use lanescope_pack::{Names, PackOptions, reduce};

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

    /// Whether all is told as it is.
    pub(crate) fn is_all(&self) -> bool {
        self.redaction() == Redaction::default() && self.names() == Names::Kept
    }

    /// Cleaned runs as they are told. All at once: a test has one masked name in all of them.
    pub(crate) fn masked(&self, cleaned: Vec<Run>) -> Vec<Run> {
        let options = PackOptions { names: self.names(), ..PackOptions::default() };
        if self.mask_names { reduce(&cleaned.iter().collect::<Vec<_>>(), &options) } else { cleaned }
    }

    /// The run without texts, secrets, machines and folders that are not told; names are left to who packs it.
    pub(crate) fn cleaned(&self, run: &Run) -> Run {
        redact(run, &self.redaction())
    }

    /// What is told of how a run was joined, and of its files.
    pub(crate) fn notes(&self, opened: &Opened, id: &str, run: &Run) -> Vec<Issue> {
        let mut notes = opened.engine.notes(id).to_vec();
        notes.extend(messages(opened.told(), id, run));
        redact_notes(run, notes, &self.redaction())
    }

    fn redaction(&self) -> Redaction {
        Redaction {
            texts: self.texts(),
            names: Names::Kept,
            hosts: self.hide_hosts,
            paths: self.hide_paths,
            secrets: self.remove_secrets,
        }
    }

    /// Says what looks like a secret in cleaned runs as they are told: masked names hide none of the rest. Whether it may
    /// leave.
    pub(crate) fn may_leave(&self, cleaned: &[Run], err: &mut dyn Write) -> io::Result<bool> {
        if self.allow_secrets {
            return Ok(true);
        }
        let masked = self.mask_names.then(|| self.masked(cleaned.to_vec()));
        let found: Vec<(&Run, Finding)> = masked
            .as_deref()
            .unwrap_or(cleaned)
            .iter()
            .flat_map(|run| find_secrets(run).into_iter().map(move |finding| (run, finding)))
            .collect();
        for (run, finding) in found.iter().take(NAMED) {
            writeln!(err, "lanescope: {} in {}: {}", finding.kind.as_str(), finding.place(run), finding.excerpt)?;
        }
        if found.len() > NAMED {
            writeln!(err, "lanescope: and {} more that look like secrets", found.len() - NAMED)?;
        }
        Ok(found.is_empty())
    }
}

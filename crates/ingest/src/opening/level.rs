//! An archive whose members are being read, and what of them is told.

use std::sync::Arc;

use lanescope_model::Issue;

use crate::container::{Member, Members, in_words};
use crate::notes::Notes;
use crate::{Format, Loaded};

/// Members of one kind that are no reports are named one by one up to this many; of the rest the number is told.
const NAMED: u64 = 20;

pub(super) struct Level {
    pub(super) path: Arc<str>,
    members: Box<dyn Members>,
    pub(super) notes: Notes,
    /// Where its own report stands among what was loaded.
    pub(super) at: usize,
    /// Members by kind that are no reports: how many, and their unpacked bytes.
    others: Vec<(String, u64, u64)>,
    seen: u64,
}

impl Level {
    pub(super) fn new(path: Arc<str>, members: Box<dyn Members>, notes: Notes, at: usize) -> Self {
        Self { path, members, notes, at, others: Vec::new(), seen: 0 }
    }

    pub(super) fn next(&mut self) -> Option<Member> {
        let next = self.members.next()?;
        self.seen += 1;
        Some(next)
    }

    /// Packed bytes read so far.
    pub(super) fn taken(&self) -> u64 {
        self.members.taken()
    }

    /// Whether what came out of a member is told by itself: reports are, and of everything else the first ones.
    pub(super) fn keeps(&mut self, loaded: &Loaded) -> bool {
        let format = loaded.report.format;
        if !loaded.sources.is_empty() || format.is_archive() {
            return true;
        }
        let kind = match format {
            Format::Unknown => "no test reports that are known",
            format => format.as_str(),
        };
        let known = self.others.iter().position(|(name, ..)| name == kind);
        let at = known.unwrap_or_else(|| {
            self.others.push((kind.to_owned(), 0, 0));
            self.others.len() - 1
        });
        let Some((_, count, bytes)) = self.others.get_mut(at) else { return true };
        *count += 1;
        *bytes = bytes.saturating_add(loaded.report.bytes);
        *count <= NAMED
    }

    /// The messages about the archive itself.
    pub(super) fn finish(self) -> Vec<Issue> {
        for (kind, count, bytes) in &self.others {
            if *count > NAMED {
                let size = in_words(*bytes);
                self.notes.info(format!("{count} members ({size}) are {kind}; {NAMED} of them are listed"));
            }
        }
        if self.seen == 0 && !self.notes.has_error() {
            self.notes.warn("there is nothing in this archive that could be read");
        }
        self.notes.take()
    }
}

//! A pack of runs, as `lanescope export --format pack`, a link with data and the library of the page write it.
//!
//! | part | becomes |
//! | --- | --- |
//! | a run | a run, as it was: id, name, workers, times, attempts, and the texts that were kept |
//! | what was said of its files | messages of this file |
//!
//! The bytes, or the same as base64url (what stands in the `data` key of an address). A pack is read whole or not at all:
//! its last bytes hold a checksum of all of it.

use std::io::Read;

use lanescope_model::Severity;
use lanescope_pack::{MAX_TEXT, MAX_UNPACKED, PackError, Packed, from_text, is_pack, unpack_noted};

use crate::formats::{Parsed, Parser, Session};
use crate::notes::Notes;

/// The largest pack that is read.
const MOST: u64 = 1 << 28;

pub(crate) struct PackReader {
    reader: Box<dyn Read>,
    notes: Notes,
    bytes: Vec<u8>,
    runs: Vec<Packed>,
    tests: usize,
}

impl PackReader {
    pub(crate) fn new(reader: Box<dyn Read>, notes: Notes) -> Self {
        Self { reader, notes, bytes: Vec::new(), runs: Vec::new(), tests: 0 }
    }

    fn unpack(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let runs = if is_pack(&bytes) {
            unpack_noted(&bytes, MAX_UNPACKED)
        } else if bytes.len() > MAX_TEXT {
            Err(PackError::TooLarge)
        } else {
            from_text(&String::from_utf8_lossy(&bytes))
        };
        match runs {
            Ok(runs) if runs.is_empty() => self.notes.warn("there is no run in this pack"),
            Ok(runs) => self.runs = runs,
            Err(error) => self.notes.error(error.to_string()),
        }
        let labels: Vec<String> = self.runs.iter().map(|packed| packed.run.meta.label.clone()).collect();
        for packed in &mut self.runs {
            self.tests += packed.run.tests.len();
            for mut issue in std::mem::take(&mut packed.notes) {
                // An error would say that nothing of this file is used.
                issue.severity = issue.severity.min(Severity::Warning);
                // Of which run it speaks; `lanescope_exchange::messages` takes it away again.
                if labels.len() > 1 {
                    let meta = &packed.run.meta;
                    let known = labels.iter().filter(|label| **label == meta.label).count() == 1;
                    let name = if known && !meta.label.is_empty() { &meta.label } else { &meta.id };
                    issue.text = format!("{name}: {}", issue.text);
                }
                self.notes.push(issue);
            }
        }
    }
}

impl Parser for PackReader {
    fn step(&mut self, bytes: usize) -> bool {
        let before = self.bytes.len();
        let mut chunk = self.reader.by_ref().take(bytes as u64);
        let read = chunk.read_to_end(&mut self.bytes);
        if let Err(error) = &read {
            self.notes.warn(format!("reading stopped: {error}"));
        }
        if self.bytes.len() as u64 > MOST {
            self.notes.error(PackError::TooLarge.to_string());
            return true;
        }
        let more = read.is_ok() && self.bytes.len() > before;
        if !more {
            self.unpack();
        }
        !more
    }

    fn tests(&self) -> usize {
        self.tests
    }

    fn finish(self: Box<Self>) -> Parsed {
        let session = |packed: Packed| Session { run: packed.run, name: None, naive_clock: false, shard: None };
        Parsed { dialect: None, sessions: self.runs.into_iter().map(session).collect(), other: None }
    }
}

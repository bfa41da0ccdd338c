//! An opening under way: files that are read one after another, in steps.

use std::collections::VecDeque;

use lanescope_ingest::{Loaded, Loader};
use lanescope_protocol::ReadProgress;

use crate::{OpenFile, OpenStep};

pub(crate) struct Opening {
    waiting: VecDeque<OpenFile>,
    reading: Option<(Loader, Option<u64>)>,
    loaded: Vec<Loaded>,
    progress: ReadProgress,
    /// Bytes and tests of the files that are read to the end.
    before: (u64, u64),
    /// Bytes of all files whose size is known, and bytes read of those whose size is not.
    known_bytes: u64,
    unknown_bytes: u64,
}

impl Opening {
    pub(crate) fn new(files: Vec<OpenFile>) -> Self {
        let known_bytes = files.iter().filter_map(|f| f.size).fold(0, u64::saturating_add);
        let progress = ReadProgress { files: files.len() as u32, bytes_total: known_bytes, ..ReadProgress::default() };
        let waiting = files.into();
        Self { waiting, reading: None, loaded: Vec::new(), progress, before: (0, 0), known_bytes, unknown_bytes: 0 }
    }

    /// Reads on for about `bytes` bytes, at most to the end of one file.
    pub(crate) fn step(&mut self, bytes: usize) -> OpenStep {
        if self.reading.is_none() {
            let Some(file) = self.waiting.pop_front() else { return OpenStep::Done };
            self.progress.path.clone_from(&file.path);
            self.reading = Some((Loader::new(&file.path, file.size, file.reader), file.size));
        }
        let Some((loader, size)) = self.reading.as_mut() else { return OpenStep::Done };
        let size = *size;
        let done = loader.step(bytes);
        self.progress.bytes = self.before.0.saturating_add(done.bytes);
        self.progress.tests = self.before.1.saturating_add(done.tests as u64);
        let open_ended = if size.is_none() { done.bytes } else { 0 };
        self.progress.bytes_total = self.known_bytes.saturating_add(self.unknown_bytes).saturating_add(open_ended);
        if done.done
            && let Some((loader, _)) = self.reading.take()
        {
            self.loaded.push(loader.finish());
            // A reader that ends early, or goes on for longer, does not upset the sum.
            self.before.0 = self.before.0.saturating_add(size.unwrap_or(done.bytes));
            self.before.1 = self.progress.tests;
            self.unknown_bytes = self.unknown_bytes.saturating_add(open_ended);
            self.progress.bytes = self.before.0;
            self.progress.files_done += 1;
            if self.waiting.is_empty() {
                return OpenStep::Done;
            }
        }
        OpenStep::Reading(self.progress.clone())
    }

    /// What was read; files that were not begun are left out.
    pub(crate) fn finish(mut self) -> Vec<Loaded> {
        if let Some((loader, _)) = self.reading.take() {
            self.loaded.push(loader.finish());
        }
        self.loaded
    }
}

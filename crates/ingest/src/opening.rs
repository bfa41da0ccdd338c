//! Files that are read one after another, in steps.

use std::collections::VecDeque;
use std::io::Read;

use crate::{Loaded, Loader};

/// A file to open.
pub struct OpenFile {
    /// Path, relative to what was dropped or chosen.
    pub path: String,
    /// Bytes that the reader will give, if known.
    pub size: Option<u64>,
    /// Where the bytes come from.
    pub reader: Box<dyn Read>,
}

/// How far an [`Opening`] has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenProgress {
    /// The file being read.
    pub path: String,
    /// Files read to the end, of all in this opening.
    pub files_done: u32,
    /// Files in this opening.
    pub files: u32,
    /// Bytes read, all files.
    pub bytes: u64,
    /// Bytes in all files.
    pub bytes_total: u64,
    /// Tests found so far.
    pub tests: u64,
}

/// An opening under way.
pub struct Opening {
    waiting: VecDeque<OpenFile>,
    reading: Option<(Loader, Option<u64>)>,
    loaded: Vec<Loaded>,
    progress: OpenProgress,
    /// Bytes and tests of the files that are read to the end.
    before: (u64, u64),
    /// Bytes of all files whose size is known, and bytes read of those whose size is not.
    known_bytes: u64,
    unknown_bytes: u64,
}

impl Opening {
    /// Starts with the first of the files.
    #[must_use]
    pub fn new(files: Vec<OpenFile>) -> Self {
        let known_bytes = files.iter().filter_map(|f| f.size).fold(0, u64::saturating_add);
        let mut progress =
            OpenProgress { files: files.len() as u32, bytes_total: known_bytes, ..OpenProgress::default() };
        if let Some(first) = files.first() {
            progress.path.clone_from(&first.path);
        }
        let waiting = files.into();
        Self { waiting, reading: None, loaded: Vec::new(), progress, before: (0, 0), known_bytes, unknown_bytes: 0 }
    }

    /// How far it has come. Its path is that of the file that the next step reads.
    #[must_use]
    pub fn progress(&self) -> &OpenProgress {
        &self.progress
    }

    /// Reads on for about `bytes` (unpacked) bytes, at most to the end of one file. Gives whether there is more to read.
    pub fn step(&mut self, bytes: usize) -> bool {
        if self.reading.is_none() {
            let Some(file) = self.waiting.pop_front() else { return false };
            self.reading = Some((Loader::new(&file.path, file.size, file.reader), file.size));
        }
        let Some((loader, size)) = self.reading.as_mut() else { return false };
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
            let Some(next) = self.waiting.front() else { return false };
            self.progress.path.clone_from(&next.path);
        }
        true
    }

    /// What was read; files that were not begun are left out.
    #[must_use]
    pub fn finish(mut self) -> Vec<Loaded> {
        if let Some((loader, _)) = self.reading.take() {
            self.loaded.push(loader.finish());
        }
        self.loaded
    }

    /// Reads to the end at once, as the command line does.
    #[must_use]
    pub fn read_all(mut self) -> Vec<Loaded> {
        while self.step(1 << 20) {}
        self.finish()
    }
}

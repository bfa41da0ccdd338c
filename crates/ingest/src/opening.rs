//! Files that are read one after another, and the members of archives in between, in steps.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use lanescope_model::{Issue, Severity};

use crate::container::{Budget, MAX_DEPTH, Packed, ReadSeek};
use crate::notes::Notes;
use crate::{Format, Loaded, Loader, More};

mod level;

use level::Level;

/// A file to open.
pub struct OpenFile {
    /// Path, relative to what was dropped or chosen.
    pub path: String,
    /// Bytes that the reader will give, if known.
    pub size: Option<u64>,
    /// Where the bytes come from. A zip archive is read at the places that its directory names.
    pub reader: Box<dyn ReadSeek>,
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
    reading: Option<Loader>,
    /// The archives around what is read, the outermost first.
    levels: Vec<Level>,
    /// The file that was opened, with its size and what was unpacked of it.
    outer: Outer,
    needs_full: bool,
    loaded: Vec<Loaded>,
    progress: OpenProgress,
    /// Bytes and tests of the files that are read to the end.
    before: (u64, u64),
    /// Bytes of all files whose size is known, and bytes read of those whose size is not.
    known_bytes: u64,
    unknown_bytes: u64,
    folders: bool,
    /// What is kept of small sources beyond four times their bytes, and the files that there was no room for.
    small: (u64, u64),
}

/// What is kept of a source that says next to nothing, as a run of its own, bytes.
const KEPT_BYTES: u64 = 4_096;
/// The same of an attempt that has a file for itself, and is never a run. Folders of a hundred thousand of them are real.
const KEPT_OF_PART: u64 = 1_792;
/// What is kept of all of them may be four times their bytes, and as much more.
const MOST_KEPT: u64 = 40 << 20;

/// What is no report, among reports, is worth a word and no alarm.
fn beside_reports(loaded: &mut Loaded) {
    loaded.report.issues.iter_mut().for_each(|issue| issue.severity = Severity::Info);
}

/// The folder that was opened.
fn top_folder(loaded: &Loaded) -> Option<&str> {
    loaded.report.path.split_once('/').map(|(folder, _)| folder)
}

#[derive(Default)]
struct Outer {
    size: Option<u64>,
    budget: Rc<Budget>,
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
        Self {
            waiting: files.into(),
            reading: None,
            levels: Vec::new(),
            outer: Outer::default(),
            needs_full: false,
            loaded: Vec::new(),
            progress,
            before: (0, 0),
            known_bytes,
            unknown_bytes: 0,
            folders: false,
            small: (0, 0),
        }
    }

    /// Paths with folders are of folders that were opened as a whole, in which nobody chose each file.
    #[must_use]
    pub fn of_folders(mut self) -> Self {
        self.folders = true;
        self
    }

    /// How far it has come. Its path is that of the file that the next step reads.
    #[must_use]
    pub fn progress(&self) -> &OpenProgress {
        &self.progress
    }

    /// Reads on for about `bytes` (unpacked) bytes, at most to the end of one file or member. Gives whether there is
    /// more to read.
    pub fn step(&mut self, bytes: usize) -> bool {
        if self.reading.is_none() {
            let Some(file) = self.waiting.pop_front() else { return false };
            self.outer = Outer { size: file.size, budget: Budget::new(file.size) };
            let packed = Packed::Seekable(file.reader);
            let loader = Loader::inside(&file.path, file.size, packed, &self.outer.budget, Notes::default());
            self.reading = Some(loader);
        }
        let Some(loader) = self.reading.as_mut() else { return false };
        let done = loader.step(bytes);
        self.needs_full |= loader.needs_full();
        // Of an archive its own packed bytes count, not the unpacked ones of its members.
        let taken = self.levels.first().map_or(done.bytes, Level::taken);
        self.advance(taken, done.tests as u64);
        if done.done
            && let Some(loader) = self.reading.take()
        {
            self.progress.tests = self.before.1;
            self.close(loader);
            self.next_member();
            if self.reading.is_none() {
                return self.next_file(taken);
            }
        }
        true
    }

    /// Whether one of the files so far is of a kind that only a build with the feature `full` reads.
    #[must_use]
    pub fn needs_full(&self) -> bool {
        self.needs_full
    }

    fn advance(&mut self, taken: u64, tests: u64) {
        self.progress.bytes = self.before.0.saturating_add(taken);
        self.progress.tests = self.before.1.saturating_add(tests);
        let open_ended = if self.outer.size.is_none() { taken } else { 0 };
        self.progress.bytes_total = self.known_bytes.saturating_add(self.unknown_bytes).saturating_add(open_ended);
    }

    /// Takes in what was read to its end; an archive becomes a level, whose members are next.
    fn close(&mut self, mut loader: Loader) {
        let members = loader.members();
        let notes = loader.notes();
        let mut loaded = loader.finish();
        loaded.report.archive = self.levels.last().map(|level| Arc::clone(&level.path));
        if loaded.report.archive.is_none() && loaded.report.format.is_attachment() {
            // Nobody is surprised by pictures in an archive; one that was opened by hand was taken for a report.
            loaded.report.issues.iter_mut().for_each(|issue| issue.severity = Severity::Warning);
        }
        if loaded.foreign && !self.levels.is_empty() {
            beside_reports(&mut loaded);
        }
        self.before.1 = self.before.1.saturating_add(loaded.report.tests as u64);
        self.progress.tests = self.before.1;
        if let Some(members) = members {
            let path = Arc::clone(&loaded.report.path);
            // What the archive says before its members is taken up again with what it says after.
            for issue in std::mem::take(&mut loaded.report.issues) {
                notes.push(issue);
            }
            self.levels.push(Level::new(path, members, notes, self.loaded.len()));
            self.loaded.push(loaded);
        } else if self.levels.last_mut().is_none_or(|level| level.keeps(&loaded)) && self.has_room(&loaded) {
            self.loaded.push(loaded);
        }
    }

    /// Whether so many small sources may be kept.
    fn has_room(&mut self, loaded: &Loaded) -> bool {
        let is_part = loaded.report.format == Format::More(More::AllureResults);
        let kept = loaded.sources.len() as u64 * if is_part { KEPT_OF_PART } else { KEPT_BYTES };
        let beyond = kept.saturating_sub(loaded.report.bytes.saturating_mul(4));
        let (all, left_out) = &mut self.small;
        *all += beyond;
        let has_room = beyond == 0 || *all <= MOST_KEPT;
        *left_out += u64::from(!has_room);
        has_room
    }

    /// Begins the next member, of the innermost archive that has one.
    fn next_member(&mut self) {
        loop {
            let too_deep = self.levels.len() > MAX_DEPTH;
            let Some(level) = self.levels.last_mut() else { return };
            if too_deep {
                let text = format!("archives inside one another are opened {MAX_DEPTH} deep: this one is not read");
                level.notes.error(text);
            } else if let Some(member) = level.next() {
                let path = format!("{}!{}", level.path, member.name);
                self.progress.path.clone_from(&path);
                let packed = member.bytes.unwrap_or_else(|| Packed::Stream(Box::new(std::io::empty())));
                let loader = Loader::inside(&path, Some(member.size), packed, &self.outer.budget, member.notes);
                self.reading = Some(loader);
                return;
            }
            self.end_level();
        }
    }

    /// Everything is told that the innermost archive has to tell.
    fn end_level(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        let members = self.loaded.get(level.at + 1..).unwrap_or_default();
        let fails = |loaded: &Loaded| loaded.report.issues.iter().any(|issue| issue.severity == Severity::Error);
        // What was left out may have been one.
        if self.small.1 == 0
            && members.iter().any(|loaded| loaded.foreign)
            && members.iter().all(|loaded| loaded.sources.is_empty() && !fails(loaded))
        {
            let text = "nothing in this archive is a test report that is known";
            // One in another archive is what any other member is.
            if self.levels.is_empty() {
                level.notes.error(text);
            } else {
                level.notes.info(text);
            }
        }
        if let Some(own) = self.loaded.get_mut(level.at) {
            own.report.issues = level.finish();
        }
    }

    /// After the end of a file. Gives whether there is another one.
    fn next_file(&mut self, taken: u64) -> bool {
        // A reader that ends early, or goes on for longer, does not upset the sum.
        self.before.0 = self.before.0.saturating_add(self.outer.size.unwrap_or(taken));
        if self.outer.size.is_none() {
            self.unknown_bytes = self.unknown_bytes.saturating_add(taken);
        }
        self.progress.bytes = self.before.0;
        self.progress.files_done += 1;
        let Some(next) = self.waiting.front() else { return false };
        self.progress.path.clone_from(&next.path);
        true
    }

    /// What was read; files that were not begun are left out.
    #[must_use]
    pub fn finish(mut self) -> Vec<Loaded> {
        if let Some(loader) = self.reading.take() {
            self.close(loader);
        }
        while !self.levels.is_empty() {
            self.end_level();
        }
        let (_, left_out) = self.small;
        if let Some(first) = self.loaded.first_mut().filter(|_| left_out > 0) {
            let text = format!(
                "{left_out} files are left out: so many small reports take over {} MiB of memory more than four times their size",
                MOST_KEPT >> 20
            );
            first.report.issues.push(Issue::new(Severity::Warning, text));
        }
        if self.folders {
            self.calm_folders();
        }
        self.loaded
    }

    /// In a folder that has reports, what is none was not chosen by anybody.
    fn calm_folders(&mut self) {
        // Files come folder by folder: whether one has reports is found once.
        let mut last = (usize::MAX, false);
        for at in 0..self.loaded.len() {
            let Some(folder) = self.loaded.get(at).filter(|loaded| loaded.foreign).and_then(top_folder) else {
                continue;
            };
            let is_of_it = |other: &Loaded| top_folder(other) == Some(folder);
            if !self.loaded.get(last.0).is_some_and(is_of_it) {
                last = (at, self.loaded.iter().any(|other| !other.sources.is_empty() && is_of_it(other)));
            }
            if let Some(loaded) = self.loaded.get_mut(at).filter(|_| last.1) {
                beside_reports(loaded);
            }
        }
    }

    /// Reads to the end at once, as the command line does.
    #[must_use]
    pub fn read_all(mut self) -> Vec<Loaded> {
        while self.step(1 << 20) {}
        self.finish()
    }
}

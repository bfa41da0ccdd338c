//! The library's state, which outlives the view: what is kept, and the work on it.

use std::cell::RefCell;
use std::collections::VecDeque;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use lanescope_protocol::{Answer, Request, RunSummary, ShelfAnswer, ShelfRequest};
use lanescope_ui::satellite::{Beside, desk, feed};
use lanescope_ui::shell::{save, storage};
use lanescope_ui::state::View;
use lanescope_ui::ui::format;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Blob;

use crate::shell::kept::{self, Listed, Record};
use crate::shell::{bridge, tell_notes};
use crate::state::Shelf;

/// The folder that runs of the library are opened under.
const FOLDER: &str = "library/";

/// The library. Copy: it is passed around freely.
#[derive(Clone, Copy)]
pub struct Library {
    pub shelf: Shelf,
    /// Whether runs that are opened are kept.
    pub on: RwSignal<bool>,
    /// What is kept; nothing while that is not known.
    pub listed: RwSignal<Option<Listed>>,
    /// Bytes used in this browser, and bytes that may be.
    pub room: RwSignal<Option<(f64, f64)>>,
    /// What is under way.
    pub busy: RwSignal<Option<String>>,
    /// What went wrong, or was done: a sentence, and whether it is an error.
    pub said: RwSignal<Option<(bool, String)>>,
}

/// What became of runs that were to be kept.
#[derive(Default)]
struct Kept {
    runs: u64,
    /// Names of those that could not be packed.
    left_out: Vec<String>,
    /// Names of those that a newer version has kept.
    newer: Vec<String>,
}

impl Kept {
    /// A sentence or several, and whether something is left out; nothing where there was nothing to keep.
    fn said(&self) -> Option<(bool, String)> {
        let mut text = Vec::new();
        if self.runs > 0 {
            text.push(format!("{} kept.", format::plural(self.runs, "run is", "runs are")));
        }
        if !self.left_out.is_empty() {
            text.push(format!("Could not be packed, and is not kept: {}.", self.left_out.join(", ")));
        }
        if !self.newer.is_empty() {
            text.push(format!("Kept by a newer Lanescope already, and left as it is: {}.", self.newer.join(", ")));
        }
        let left = !(self.left_out.is_empty() && self.newer.is_empty());
        (!text.is_empty()).then(|| (left, text.join(" ")))
    }
}

thread_local! {
    static LIBRARY: RefCell<Option<Library>> = const { RefCell::new(None) };
    /// Runs that wait to be kept.
    static WAITING: RefCell<VecDeque<RunSummary>> = RefCell::default();
}

/// The library; made when it is first asked for.
pub fn library(shelf: Shelf) -> Library {
    if let Some(library) = LIBRARY.with(|slot| *slot.borrow()) {
        return library;
    }
    let owner = Owner::new_root(None);
    let library = owner.with(|| {
        let library = Library {
            shelf,
            on: RwSignal::new(storage::library() == Some(true)),
            listed: RwSignal::new(None),
            room: RwSignal::new(None),
            busy: RwSignal::new(None),
            said: RwSignal::new(None),
        };
        // What is opened from now on is kept as long as the switch is on.
        Effect::new(move |_: Option<()>| {
            shelf.changed.track();
            if library.on.get() {
                untrack(|| library.keep_open());
            }
        });
        library
    });
    // For as long as the page lives.
    std::mem::forget(owner);
    LIBRARY.with(|slot| *slot.borrow_mut() = Some(library));
    // What it was asked is never answered.
    desk::on_lost("library", move |why| {
        WAITING.with(|waiting| waiting.borrow_mut().clear());
        if library.busy.with_untracked(Option::is_some) {
            library.fails(format!("{why} What was under way here has ended: try it again."));
            library.refresh();
        }
    });
    library.refresh();
    library
}

impl Library {
    fn fails(self, text: impl Into<String>) {
        self.busy.set(None);
        self.said.set(Some((true, text.into())));
    }

    /// Says what was done, and reads the list anew.
    fn done(self, text: String) {
        self.busy.set(None);
        self.said.set(Some((false, text)));
        self.refresh();
    }

    /// Reads what is kept. A browser in which nothing was ever kept is left untouched.
    pub fn refresh(self) {
        if storage::library().is_none() {
            self.listed.set(Some(Listed::default()));
            return;
        }
        spawn_local(async move {
            match kept::list().await {
                Ok(listed) => self.listed.set(Some(listed)),
                Err(text) => {
                    self.listed.set(Some(Listed::default()));
                    self.fails(text);
                }
            }
            self.room.set(kept::room().await);
        });
    }

    /// Turns the switch. What is kept stays when it is turned off.
    pub fn turn(self, on: bool) {
        storage::set_library(on);
        self.said.set(None);
        self.on.set(on);
        self.refresh();
    }

    /// Keeps the runs that are open and not kept yet.
    pub fn keep_open(self) {
        if self.listed.with_untracked(Option::is_some) {
            return self.keep_new();
        }
        // Not before it is known what is kept.
        spawn_local(async move {
            match kept::list().await {
                Ok(listed) => {
                    self.listed.set(Some(listed));
                    self.keep_new();
                }
                Err(text) => self.fails(text),
            }
        });
    }

    fn keep_new(self) {
        feed::runs(self.shelf, move |runs| {
            let there = |run: &RunSummary| {
                self.listed.with_untracked(|listed| {
                    listed.iter().flat_map(|listed| &listed.records).any(|record| record.run.id == run.id)
                })
            };
            let idle = WAITING.with(|waiting| {
                let mut waiting = waiting.borrow_mut();
                let idle = waiting.is_empty();
                for run in runs {
                    if !there(&run) && !waiting.iter().any(|other| other.id == run.id) {
                        waiting.push_back(run);
                    }
                }
                idle
            });
            if idle {
                tell_notes(Box::new(move || self.keep_next(Kept::default())));
            }
        });
    }

    /// Keeps the first of those that wait; `kept` tells of those before it.
    fn keep_next(self, mut kept: Kept) {
        let Some(run) = WAITING.with(|waiting| waiting.borrow().front().cloned()) else {
            return match kept.said() {
                Some((true, text)) => {
                    self.refresh();
                    self.fails(text);
                }
                Some((false, text)) => self.done(text),
                None => self.busy.set(None),
            };
        };
        let left = WAITING.with(|waiting| waiting.borrow().len() as u64) - 1;
        let more = if left > 0 { format!(", {left} more to keep") } else { String::new() };
        self.busy.set(Some(format!("Keeping {}{more} …", run.label)));
        let RunSummary { id, label, .. } = run;
        // Goes on without the run, whatever became of it.
        let next = {
            let id = id.clone();
            move |kept: Kept| {
                WAITING.with(|waiting| waiting.borrow_mut().retain(|run| run.id != id));
                self.keep_next(kept);
            }
        };
        bridge::ask(&Request::Columns { run: id.clone() }, move |answer, columns| {
            let (Some(Answer::Columns), Some(columns)) = (answer, columns) else {
                kept.left_out.push(label);
                return next(kept);
            };
            let mut once = Some((kept, next));
            desk::give(&ShelfRequest::Pack { run: id }, columns, move |answer: ShelfAnswer, pack: Beside| {
                let Some((mut kept, next)) = once.take() else { return };
                let (ShelfAnswer::Kept(run), Some(pack)) = (answer, pack) else {
                    kept.left_out.push(label.clone());
                    return next(kept);
                };
                // Its times are a model's, and it is made again in a second.
                if run.simulated {
                    return next(kept);
                }
                let label = label.clone();
                spawn_local(async move {
                    match kept::keep(&Record::new(*run, pack.len() as u32), &pack).await {
                        Ok(true) => kept.runs += 1,
                        Ok(false) => kept.newer.push(label),
                        Err(text) => {
                            WAITING.with(|waiting| waiting.borrow_mut().clear());
                            self.refresh();
                            return self.fails(text);
                        }
                    }
                    next(kept);
                });
            });
        });
    }

    /// Opens runs, those that are not open yet: one shows its overview, several their history.
    pub fn open(self, records: Vec<Record>) {
        let open =
            |record: &Record| self.shelf.runs.with_untracked(|runs| runs.iter().any(|run| run.id == record.run.id));
        let view = if records.len() == 1 { View::Overview } else { View::Lab("flaky") };
        let run = records.first().map(|record| record.run.id.clone());
        let wanted: Vec<Record> = records.into_iter().filter(|record| !open(record)).collect();
        spawn_local(async move {
            let ids: Vec<String> = wanted.iter().map(|record| record.run.id.clone()).collect();
            let packs = match kept::packs(&ids).await {
                Ok(packs) => packs,
                Err(text) => return self.fails(text),
            };
            let missing = ids.len() - packs.len();
            let file = |(id, pack): &(String, Uint8Array)| {
                let label = wanted.iter().find(|record| record.run.id == *id).map_or("run", |record| &record.run.label);
                let short: String = id.chars().take(8).collect();
                let blob = Blob::new_with_u8_array_sequence(&Array::of1(pack)).ok()?;
                Some((format!("{FOLDER}{} {short}.lanescope", label.replace(['/', '!'], "-")), blob))
            };
            let files: Vec<(String, Blob)> = packs.iter().filter_map(file).collect();
            if missing > 0 {
                self.fails("Some of these runs are not in the library any more.");
                self.refresh();
            }
            bridge::go(true, |route| {
                route.view = view;
                route.run = run;
                route.test = None;
            });
            if !files.is_empty() {
                bridge::open(&files);
            }
        });
    }

    /// Deletes these runs.
    pub fn delete(self, ids: Vec<String>) {
        spawn_local(async move {
            match kept::delete(&ids).await {
                Ok(()) => self.done(format!("{} deleted.", format::plural(ids.len() as u64, "run is", "runs are"))),
                Err(text) => self.fails(text),
            }
        });
    }

    /// Saves runs as one file.
    pub fn export(self, ids: Vec<String>) {
        self.busy.set(Some(format!("Packing {} …", format::plural(ids.len() as u64, "run", "runs"))));
        spawn_local(async move {
            let packs = match kept::packs(&ids).await {
                Ok(packs) => packs,
                Err(text) => return self.fails(text),
            };
            let lengths: Vec<u32> = packs.iter().map(|(_, pack)| pack.length()).collect();
            let whole = Uint8Array::new_with_length(lengths.iter().sum());
            let mut at = 0;
            for (_, pack) in &packs {
                whole.set(pack, at);
                at += pack.length();
            }
            desk::give(
                &ShelfRequest::Merge { lengths },
                whole.buffer(),
                move |answer: ShelfAnswer, pack: Beside| match (answer, pack) {
                    (ShelfAnswer::Packed, Some(pack)) => {
                        save::bytes(&pack, "application/octet-stream", "library.lanescope");
                        let size = format::bytes(pack.len() as u64);
                        let runs = format::plural(packs.len() as u64, "run is", "runs are");
                        self.done(format!("{runs} in library.lanescope, {size}."));
                    }
                    (ShelfAnswer::Failed { text }, _) => self.fails(text),
                    _ => self.busy.set(None),
                },
            );
        });
    }

    /// Keeps the runs of a file that was exported, or of any other pack.
    pub fn import(self, file: Blob) {
        // Whoever imports wants a library.
        if storage::library().is_none() {
            storage::set_library(false);
        }
        self.busy.set(Some("Reading the file …".to_owned()));
        spawn_local(async move {
            let bytes = JsFuture::from(file.array_buffer()).await.ok().and_then(|b| b.dyn_into::<ArrayBuffer>().ok());
            let Some(bytes) = bytes else { return self.fails("The browser could not read this file.") };
            let mut came = Vec::new();
            desk::give(&ShelfRequest::Split, bytes, move |answer: ShelfAnswer, pack: Beside| match (answer, pack) {
                (ShelfAnswer::Kept(run), Some(pack)) => came.push((*run, pack)),
                (ShelfAnswer::Failed { text }, _) => self.fails(format!("Nothing was kept: {text}.")),
                _ => {
                    let came = std::mem::take(&mut came);
                    spawn_local(async move {
                        let mut done = Kept::default();
                        for (run, pack) in came {
                            let label = run.label.clone();
                            match kept::keep(&Record::new(run, pack.len() as u32), &pack).await {
                                Ok(true) => done.runs += 1,
                                Ok(false) => done.newer.push(label),
                                Err(text) => {
                                    self.refresh();
                                    return self.fails(text);
                                }
                            }
                        }
                        match done.said() {
                            Some((true, text)) => {
                                self.refresh();
                                self.fails(text);
                            }
                            Some((false, text)) => self.done(text),
                            None => self.done("The file holds no run.".to_owned()),
                        }
                    });
                }
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_are_not_kept_are_named() {
        assert_eq!(Kept::default().said(), None);
        let mut kept = Kept { runs: 2, ..Kept::default() };
        assert_eq!(kept.said(), Some((false, "2 runs are kept.".to_owned())));
        kept.left_out = vec!["a".to_owned(), "b".to_owned()];
        let text = "2 runs are kept. Could not be packed, and is not kept: a, b.";
        assert_eq!(kept.said(), Some((true, text.to_owned())));
        kept = Kept { newer: vec!["c".to_owned()], ..Kept::default() };
        let text = "Kept by a newer Lanescope already, and left as it is: c.";
        assert_eq!(kept.said(), Some((true, text.to_owned())));
    }
}

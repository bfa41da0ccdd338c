//! The view `files`: what was opened, what was found in it, and how it became runs.

mod archive;
mod groups;
mod join;
mod row;
mod rules;
mod section;
mod words;

use std::time::Duration;

use lanescope_protocol::{Answer, FileSummary, Request, RunSummary};
use lanescope_ui::ui::el::{El, button, div, el, follow, live};
use leptos::prelude::*;

use super::empty::empty;
use crate::shell::bridge;
use crate::state::Shelf;

/// The key of the address that leaves out what has no messages.
const ONLY: &str = "only";
/// Runs shown before the rest is asked for.
const SHOWN: usize = 40;

/// What the view rests on.
#[derive(Clone, Copy)]
struct Files {
    shelf: Shelf,
    /// Everything that was opened; nothing while that is not known yet.
    files: RwSignal<Option<Vec<FileSummary>>>,
    runs: RwSignal<Vec<RunSummary>>,
    /// Runs that are shown one by one.
    shown: RwSignal<usize>,
    /// The group that was moved last.
    moved: RwSignal<Option<groups::Moved>>,
}

/// The view.
pub fn files_page(shelf: Shelf) -> El {
    let files = Files {
        shelf,
        files: RwSignal::new(None),
        runs: RwSignal::new(Vec::new()),
        shown: RwSignal::new(SHOWN),
        moved: RwSignal::new(None),
    };
    follow(move || {
        shelf.changed.track();
        bridge::ask(&Request::Files, move |answer, _| {
            let Some(Answer::Opened(opened)) = answer else { return };
            // In a task of its own: reading the answer takes a while where there are thousands of files.
            let show = move || {
                // The view may be gone by now.
                let _ = files.runs.try_set(opened.runs);
                let _ = files.files.try_set(Some(opened.files));
            };
            set_timeout(show, Duration::ZERO);
        });
    });
    let state = Memo::new(move |_| files.files.with(|all| all.as_ref().map(Vec::is_empty)));
    el("section", "lab-page shelf-page files-page").with(live(move || match state.get() {
        None => el("p", "lab-wait").attr("role", "status").with("Asking what is open …"),
        Some(true) => nothing(),
        Some(false) => whole(files),
    }))
}

/// The way to the runs that are kept.
fn library() -> El {
    let go = || bridge::go(true, |route| route.view = lanescope_ui::state::View::Shelf("library"));
    button("button small", go).attr("data-library-link", "").with("Library")
}

fn nothing() -> El {
    empty(
        "No file is open",
        "Drop the artifacts of a test run anywhere on this page: reports, logs, archives, or a folder of them. Each file \
         will be listed here, with what was found in it and the run that it became part of.",
        &[],
    )
    .with(div("open-buttons").with(library()))
}

fn whole(files: Files) -> El {
    let head = el("header", "files-head").with((
        el("h1", "").attr("data-files-verdict", "").live_text(move || {
            files
                .files
                .with(|all| files.runs.with(|runs| words::verdict(all.as_deref().unwrap_or_default(), runs.len())))
        }),
        div("files-controls").with((rules::rules(files), only(files), library())),
    ));
    let list = div("files-list").with(live(move || {
        let only = files.shelf.route.with(|route| route.of(ONLY) == Some("problems"));
        let shown = files.shown.get();
        files.files.with(|all| {
            files.runs.with(|runs| section::all(files, all.as_deref().unwrap_or_default(), runs, only, shown))
        })
    }));
    let said = el("p", "sr-only").attr("role", "status").attr("data-moved", "");
    let said =
        said.live_text(move || files.moved.with(|moved| moved.as_ref().map_or(String::new(), |m| m.said.clone())));
    div("files-whole").with((head, list, said))
}

/// The switch that leaves out what has no messages.
fn only(files: Files) -> El {
    let on = Memo::new(move |_| files.shelf.route.with(|route| route.of(ONLY) == Some("problems")));
    let count = move || files.files.with(|all| all.iter().flatten().filter(|file| file.status != "ok").count());
    let press = button("button small", move || {
        let to = (!on.get_untracked()).then_some("problems");
        bridge::go(false, |route| route.set(ONLY, to));
    });
    press
        .attr("data-only", "problems")
        .live_attr("aria-pressed", move || on.get().to_string())
        .live_text(move || format!("Only problems ({})", count()))
}

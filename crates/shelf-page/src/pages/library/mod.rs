//! The view `library`: runs that this browser keeps.

mod keeping;
mod list;
mod suites;

use lanescope_ui::shell::storage;
use lanescope_ui::state::number;
use lanescope_ui::ui::el::{El, button, div, el, live, span, when};
use lanescope_ui::ui::{format, icon};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use crate::state::Shelf;
use keeping::Library;

/// The view.
pub fn library_page(shelf: Shelf) -> El {
    let library = keeping::library(shelf);
    let chosen = RwSignal::new(Vec::<String>::new());
    let head = el("header", "library-head").with((
        el("h1", "").attr("data-library", "").live_text(move || verdict(library)),
        switch(library),
        div("library-bar").with((list::actions(library, chosen), ways(library))),
        said(library),
    ));
    el("section", "lab-page shelf-page library-page").with((head, live(move || list::list(library, chosen))))
}

/// Keeps what is opened, without a view: the page asks for it while the switch is on.
pub fn keeper(shelf: Shelf) -> El {
    keeping::library(shelf);
    span("")
}

fn verdict(library: Library) -> String {
    library.listed.with(|listed| {
        let Some(listed) = listed else { return "Reading the library …".to_owned() };
        if listed.records.is_empty() {
            return "No run is kept in this browser.".to_owned();
        }
        let bytes: u64 = listed.records.iter().map(|record| u64::from(record.bytes)).sum();
        let runs = format::plural(listed.records.len() as u64, "run is", "runs are");
        format!("{runs} kept in this browser, {}.", format::bytes(bytes))
    })
}

/// The switch, what it does, and how much room there is.
fn switch(library: Library) -> El {
    let on = move || library.on.get();
    let press = button("switch", move || library.turn(!library.on.get_untracked()))
        .attr("role", "switch")
        .attr("data-keep", "")
        .attr("aria-describedby", "library-words")
        .live_attr("aria-checked", move || on().to_string())
        .with((span("switch-mark").attr("aria-hidden", "true"), "Keep the runs that I open"));
    let words = el("p", "quiet").attr("id", "library-words").with(
        "What is kept: names of tests, times, outcomes, and the texts of failures, as compact files in this browser on this \
         machine. Nothing is sent anywhere. Turning it off keeps what is there until you delete it; clearing the browser’s \
         data deletes it too.",
    );
    let room = el("p", "quiet").live(move || {
        library.room.get().map(|(used, most)| {
            let share = if most > 0.0 { used / most } else { 0.0 };
            let text = format!("{} of {} that the browser gives to this page are used.", bytes(used), bytes(most));
            let bar = span("size-bar library-room").attr("aria-hidden", "true");
            (
                bar.with(span("").style("width", number::fixed(share * 100.0, 2) + "%")),
                span("").attr("data-room", "").with(text),
            )
        })
    });
    div("library-switch").with((press, words, room))
}

fn bytes(n: f64) -> String {
    format::bytes(n.max(0.0) as u64)
}

/// Into the library and out of it, beside what is chosen in the list.
fn ways(library: Library) -> El {
    let input = el("input", "hidden-input").attr("type", "file").attr("accept", ".lanescope").attr("data-import", "");
    let input = input.on("change", move |event: Event| {
        let Some(input) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()) else { return };
        if let Some(file) = input.files().and_then(|list| list.get(0)) {
            library.import(file.into());
        }
        input.set_value("");
    });
    let import =
        el("label", "button small").attr("title", "Keep the runs of a file that was exported here or elsewhere");
    let open = move || library.shelf.runs.with(|runs| !runs.is_empty());
    let keep = when(open, move || {
        let press = button("button small", move || {
            // To keep once is a decision, too; it does not turn the switch on.
            if storage::library().is_none() {
                storage::set_library(false);
            }
            library.said.set(None);
            library.keep_open();
        });
        press.attr("data-keep-open", "").with("Keep the open runs")
    });
    div("library-ways").with((keep, import.with((icon("open"), "Import", input))))
}

/// What is under way, and what was said last.
fn said(library: Library) -> El {
    div("library-said").live(move || {
        let busy =
            library.busy.get().map(|text| el("p", "quiet").attr("role", "status").attr("data-busy", "").with(text));
        let said = library.said.get().map(|(error, text)| {
            let said = el("p", if error { "bad" } else { "quiet" });
            said.attr("role", if error { "alert" } else { "status" }).attr("data-said", "").with(text)
        });
        (busy, said)
    })
}

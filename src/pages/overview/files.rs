//! The files that the run was made of, and how they were put together.

use lanescope_protocol::{FileSummary, Message, Overview};
use leptos::prelude::*;

use crate::pages::overview::panel;
use crate::shell::satellite::{self, FIGURES, SHELF};
use crate::state::{App, View};
use crate::ui::el::{El, button, el, live, span};
use crate::ui::{format, icon};

/// Files with format, size, tests and messages.
pub fn files_panel(app: App, overview: &Overview) -> El {
    // A folder of results has thousands: the first ones tell what it is, and the view of files has them all.
    let mut rows: Vec<El> = app.files.with_untracked(|files| {
        overview.files.iter().filter_map(|path| files.iter().find(|file| file.path == *path)).map(file_row).collect()
    });
    if overview.file_count as usize > overview.files.len() {
        let all = button("link", move || app.go(|route| route.view = View::Shelf("files")));
        rows.push(el("li", "file").with(all.with(format!("All {} files", format::count(overview.file_count.into())))));
    }
    // The shelf copies them: what writes JSON would be a fiftieth of this page.
    let asked = RwSignal::new(false);
    let copy = live(move || {
        if asked.get() {
            let place = span("").with("Copying …");
            satellite::show(app, &SHELF, FIGURES, place.as_node());
            return place;
        }
        button("copy-button", move || asked.set(true)).with((icon("copy"), "Copy figures as JSON"))
    });
    let panel = panel("panel second", "files-title", "Made of", copy);
    panel.with((el("ul", "files").with(rows), messages(&overview.notes)))
}

fn file_row(file: &FileSummary) -> El {
    let what = match &file.dialect {
        Some(dialect) => format!("{} ({dialect})", file.format),
        None => file.format.clone(),
    };
    let (bytes, tests) = (format::bytes(file.bytes), format::plural(file.tests as u64, "test", "tests"));
    el("li", "file").with((
        el("p", "").with(el("bdi", "name").attr("title", &file.path).with(&file.path)),
        el("p", "quiet").with(format!("{what} · {bytes} · {tests}")),
        messages(&file.messages),
    ))
}

fn messages(messages: &[Message]) -> El {
    let rows = messages.iter().map(|message| {
        let at = message.at.as_ref().map(|at| format!("{at}: "));
        el("li", "").attr("data-severity", &message.severity).with((at, &message.text))
    });
    el("ul", "file-messages").with(rows.collect::<Vec<_>>())
}

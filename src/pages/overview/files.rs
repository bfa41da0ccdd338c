//! The files that the run was made of, and how they were put together.

use lanescope_protocol::{FileSummary, Message, Overview};
use leptos::prelude::*;

use crate::pages::overview::panel;
use crate::state::App;
use crate::ui::el::{El, el};
use crate::ui::{copy_button, format};

/// Files with format, size, tests and messages.
pub fn files_panel(app: App, overview: &Overview) -> El {
    let rows: Vec<El> = app.files.with_untracked(|files| {
        files.iter().filter(|file| overview.files.contains(&file.path)).map(file_row).collect()
    });
    // The same object as `lanescope summary --json` has for this run.
    let figures = serde_json::to_string(&overview.run).unwrap_or_default();
    let copy = copy_button(figures, "Copy figures as JSON", false);
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

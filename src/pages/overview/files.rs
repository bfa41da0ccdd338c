//! The files that the run was made of, and how they were put together.

use lanescope_protocol::Overview;
use leptos::prelude::*;

use crate::state::App;
use crate::ui::format;

/// Files with format, size, tests and messages.
#[component]
pub fn FilesPanel(overview: Overview) -> impl IntoView {
    let app = App::get();
    let used = overview.files;
    let files = app.files.get_untracked();
    let of_run = files.into_iter().filter(|file| used.contains(&file.path)).collect::<Vec<_>>();
    let rows = of_run.into_iter().map(|file| {
        let what = match &file.dialect {
            Some(dialect) => format!("{} ({dialect})", file.format),
            None => file.format.clone(),
        };
        let messages = file.messages.into_iter().map(|message| view! {
            <li data-severity=message.severity>{message.at.map(|at| format!("{at}: "))}{message.text}</li>
        });
        view! {
            <li class="file">
                <p><bdi class="name" title=file.path.clone()>{file.path.clone()}</bdi></p>
                <p class="quiet">{what}" · "{format::bytes(file.bytes)}" · "{format::plural(file.tests as u64, "test", "tests")}</p>
                <ul class="file-messages">{messages.collect_view()}</ul>
            </li>
        }
    });
    let rows = rows.collect_view();
    let notes = overview.notes.into_iter().map(|note| view! { <li data-severity=note.severity>{note.text}</li> });
    view! {
        <section class="panel second" aria-labelledby="files-title">
            <header><h2 id="files-title">"Made of"</h2></header>
            <ul class="files">{rows}</ul>
            <ul class="file-messages">{notes.collect_view()}</ul>
        </section>
    }
}

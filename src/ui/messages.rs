//! What is to be said about files and addresses, where it can be seen and heard.

use lanescope_protocol::FileSummary;
use leptos::prelude::*;

use crate::state::App;
use crate::ui::Icon;

/// Messages shown one by one before the rest is counted.
const SHOWN: usize = 4;

/// Errors and warnings of files and addresses; each can be closed.
#[component]
pub fn Messages() -> impl IntoView {
    let app = App::get();
    let closed = RwSignal::new(Vec::<String>::new());
    let all = RwSignal::new(false);
    let files = Memo::new(move |_| {
        let closed = closed.get();
        let problem = |file: &&FileSummary| file.status != "ok" && !closed.contains(&file.path);
        let mut files: Vec<FileSummary> = app.files.with(|files| files.iter().filter(problem).cloned().collect());
        files.sort_by_key(|file| file.status != "error");
        files
    });
    let shown = move || {
        let n = if all.get() { usize::MAX } else { SHOWN };
        files.get().into_iter().take(n).collect::<Vec<_>>()
    };
    let more = move || files.with(Vec::len).saturating_sub(SHOWN);
    view! {
        <div class="messages">
            <For each=move || app.toasts.get() key=|toast| toast.id let:toast>
                <div class="message" data-severity=toast.severity role=role_of(toast.severity) data-file={toast.about}>
                    <Icon name="warning"/>
                    <p>{toast.about.clone().map(|about| view! { <strong>{about}</strong>": " })}{toast.text}</p>
                    <button class="icon-button" aria-label="Close message" on:click=move |_| {
                        app.toasts.update(|toasts| toasts.retain(|t| t.id != toast.id));
                    }><Icon name="close"/></button>
                </div>
            </For>
            <For each=shown key=|file| (file.path.clone(), file.messages.len()) let:file>
                <FileMessage file closed/>
            </For>
            <Show when=move || more() != 0 && !all.get()>
                <button class="button small" on:click=move |_| all.set(true)>
                    {move || format!("{} more files with messages", more())}
                </button>
            </Show>
        </div>
    }
}

fn role_of(severity: &str) -> &'static str {
    if severity == "error" { "alert" } else { "status" }
}

#[component]
fn FileMessage(file: FileSummary, closed: RwSignal<Vec<String>>) -> impl IntoView {
    let rank = |severity: &str| ["error", "warning", "info"].iter().position(|s| *s == severity).unwrap_or(3);
    let mut messages = file.messages;
    messages.retain(|m| m.severity != "info");
    messages.sort_by_key(|m| rank(&m.severity));
    let more = messages.len().saturating_sub(1);
    let first = messages.into_iter().next();
    let severity = if file.status == "error" { "error" } else { "warning" };
    let path = file.path.clone();
    let close = move |_| closed.update(|closed| closed.push(path.clone()));
    first.map(|first| {
        view! {
            <div class="message" data-severity=severity role=role_of(severity) data-file=file.path.clone()>
                <Icon name="warning"/>
                <p>
                    <strong>{file.path.clone()}</strong>
                    {first.at.map(|at| view! { <span class="at">{at}</span> })}
                    ": " {first.text}
                    {(more > 0).then(|| view! { <span class="quiet">{format!(" (and {more} more)")}</span> })}
                </p>
                <button class="icon-button" aria-label="Close message" on:click=close><Icon name="close"/></button>
            </div>
        }
    })
}

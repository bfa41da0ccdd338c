//! What is to be said about files and addresses, where it can be seen and heard.

use lanescope_protocol::FileSummary;
use leptos::prelude::*;

use crate::state::{App, Toast};
use crate::ui::el::{Child, El, button, div, el, keyed, live, span, when};
use crate::ui::icon;

/// Messages shown one by one before the rest is counted.
const SHOWN: usize = 4;

/// Errors and warnings of files and addresses; each can be closed.
pub fn messages(app: App) -> El {
    let closed = RwSignal::new(Vec::<String>::new());
    let all = RwSignal::new(false);
    let files = Memo::new(move |_| {
        let closed = closed.get();
        let problem = |file: &&FileSummary| file.status != "ok" && !closed.contains(&file.path);
        let problems: Vec<FileSummary> = app.files.with(|files| files.iter().filter(problem).cloned().collect());
        let (mut files, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(|file| file.status == "error");
        files.extend(warnings);
        files
    });
    let more = move || files.with(Vec::len).saturating_sub(SHOWN);
    let toast = move |id: u32| {
        let toast = app.toasts.with_untracked(|toasts| toasts.iter().find(|t| t.id == id).cloned());
        toast.map_or_else(|| div(""), |toast| toast_message(app, toast))
    };
    let toasts = move || app.toasts.with(|toasts| toasts.iter().map(|toast| toast.id).collect());
    let of_files = live(move || {
        let n = if all.get() { usize::MAX } else { SHOWN };
        files.with(|files| files.iter().take(n).filter_map(|file| file_message(file, closed)).collect::<Vec<_>>())
    });
    let rest = move || {
        let press = button("button small", move || all.set(true));
        press.live_text(move || format!("{} more files with messages", more()))
    };
    div("messages").with((keyed(toasts, toast), of_files, when(move || more() != 0 && !all.get(), rest)))
}

/// A message that can be closed.
fn message(severity: &str, about: Option<&str>, text: impl Child, close: impl FnMut() + 'static) -> El {
    let role = if severity == "error" { "alert" } else { "status" };
    let message = div("message").attr("data-severity", severity).attr("role", role).attr_opt("data-file", about);
    let close = button("icon-button", close).attr("aria-label", "Close message").with(icon("close"));
    message.with((icon("warning"), el("p", "").with(text), close))
}

fn toast_message(app: App, toast: Toast) -> El {
    let about = toast.about.as_deref().map(|about| (el("strong", "").with(about), ": "));
    let close = move || app.toasts.update(|toasts| toasts.retain(|t| t.id != toast.id));
    message(toast.severity, toast.about.as_deref(), (about, toast.text.as_str()), close)
}

fn file_message(file: &FileSummary, closed: RwSignal<Vec<String>>) -> Option<El> {
    let rank = |severity: &str| ["error", "warning", "info"].iter().position(|s| *s == severity).unwrap_or(3);
    let worth = file.messages.iter().filter(|m| m.severity != "info");
    let first = worth.clone().min_by_key(|m| rank(&m.severity))?;
    let more = worth.count() - 1;
    let severity = if file.status == "error" { "error" } else { "warning" };
    let path = file.path.clone();
    let close = move || closed.update(|closed| closed.push(path.clone()));
    let at = first.at.as_deref().map(|at| span("at").with(at));
    let more = (more > 0).then(|| span("quiet").with(format!(" (and {more} more)")));
    let text = (el("strong", "").with(&file.path), at, ": ", &first.text, more);
    Some(message(severity, Some(&file.path), text, close))
}

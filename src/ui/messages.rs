//! What is to be said about files and addresses, where it can be seen and heard.

use lanescope_protocol::FileSummary;
use leptos::prelude::*;

use crate::shell::open;
use crate::state::{App, Toast, View};
use crate::ui::el::{Child, El, button, div, el, keyed, live, span};
use crate::ui::icon;

/// So many files are told of one by one; of more only the errors are, and the rest is counted.
const FEW: usize = 2;
/// The format of an index of runs; its dialect says how many files can be fetched.
const INDEX: &str = "lanescope-index";
/// Errors shown one by one.
const ERRORS: usize = 4;

/// Errors and warnings of files and addresses; each can be closed. The view of the files tells of them itself.
pub fn messages(app: App) -> El {
    let closed = RwSignal::new(Vec::<String>::new());
    let files = Memo::new(move |_| {
        if app.route.with(|route| route.view == View::Shelf("files")) {
            return Vec::new();
        }
        let closed = closed.get();
        let problem = |file: &&FileSummary| file.status != "ok" && !closed.contains(&file.path);
        let problems: Vec<FileSummary> = app.files.with(|files| files.iter().filter(problem).cloned().collect());
        let (mut files, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(|file| file.status == "error");
        files.extend(warnings);
        files
    });
    let toast = move |id: u32| {
        let toast = app.toasts.with_untracked(|toasts| toasts.iter().find(|t| t.id == id).cloned());
        toast.map_or_else(|| div(""), |toast| toast_message(app, toast))
    };
    let toasts = move || app.toasts.with(|toasts| toasts.iter().map(|toast| toast.id).collect());
    let of_files = live(move || {
        files.with(|files| {
            let errors = files.iter().filter(|file| file.status == "error").count();
            let told = if files.len() <= FEW { FEW } else { errors.min(ERRORS) };
            let (one_by_one, rest) = files.split_at(told.min(files.len()));
            let mut shown: Vec<El> = one_by_one.iter().filter_map(|file| file_message(app, file, closed)).collect();
            if !rest.is_empty() {
                shown.push(counted(app, rest, closed));
            }
            shown
        })
    });
    div("messages").with((keyed(toasts, toast), of_files))
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

fn file_message(app: App, file: &FileSummary, closed: RwSignal<Vec<String>>) -> Option<El> {
    let rank = |severity: &str| ["error", "warning", "info"].iter().position(|s| *s == severity).unwrap_or(3);
    let worth = file.messages.iter().filter(|m| m.severity != "info");
    let first = worth.clone().min_by_key(|m| rank(&m.severity))?;
    let more = worth.count() - 1;
    let severity = if file.status == "error" { "error" } else { "warning" };
    let path = file.path.clone();
    let close = move || closed.update(|closed| closed.push(path.clone()));
    let at = first.at.as_deref().map(|at| span("at").with(at));
    let more = (more > 0).then(|| span("quiet").with(format!(" (and {more} more)")));
    let fetch = file.dialect.as_ref().filter(|_| file.format == INDEX).map(|files| {
        let path = file.path.clone();
        let press = button("link", move || open::index(app, &path)).attr("data-fetch-index", "");
        (". ", press.with(format!("Fetch {files}")))
    });
    let text = (el("strong", "").with(&file.path), at, ": ", &first.text, more, fetch);
    Some(message(severity, Some(&file.path), text, close))
}

/// One line for many files, with the way to the view that tells of each.
fn counted(app: App, files: &[FileSummary], closed: RwSignal<Vec<String>>) -> El {
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let see = button("link", move || app.go(|route| route.view = View::Shelf("files"))).attr("data-see-files", "");
    let more = if files.len() == 1 { "file has messages" } else { "files have messages" };
    let text = see.with(format!("{} {more}", files.len()));
    message("warning", None, text, move || closed.update(|closed| closed.extend(paths.iter().cloned())))
}

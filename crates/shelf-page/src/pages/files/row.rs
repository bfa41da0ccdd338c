//! One file.

use lanescope_protocol::{FileSummary, Message, PartOf};
use lanescope_ui::ui::el::{El, button, div, el, span};
use lanescope_ui::ui::{format, icon};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

use super::archive::Holds;
use super::{rules, words};
use crate::shell::bridge;

const COLUMNS: [(&str, &str); 6] =
    [("", "File"), ("", "Format"), ("num", "Size"), ("num", "Tests"), ("", "Place in the run"), ("", "")];

/// Rows made at once: a folder of results has a file for each attempt.
const ROWS: usize = 100;

/// A table of files, each with its place in the run, which has so many tests. More than some are added as they are asked
/// for.
pub fn table(name: &str, files: &[(&FileSummary, Option<&PartOf>)], tests: u32) -> El {
    let (first, rest) = files.split_at(files.len().min(ROWS));
    let table = whole(name, first.iter().map(|(file, part)| row(file, *part, tests)).collect());
    if rest.is_empty() {
        return table;
    }
    let left = RwSignal::new(rest.len());
    let mut rest = rest.iter().map(|(file, part)| ((*file).clone(), part.cloned())).collect::<Vec<_>>().into_iter();
    let rows = table.clone();
    let press = button("button small", move || {
        for (file, part) in rest.by_ref().take(ROWS) {
            let _ = rows.node().append_child(row(&file, part.as_ref(), tests).node());
        }
        left.set(rest.len());
    });
    let press = press.attr("data-more-files", "").live_text(move || match left.get() {
        left if left > ROWS => format!("{ROWS} of {} more files", format::count(left as u64)),
        left => format::plural(left as u64, "more file", "more files"),
    });
    let more = div("file-more").live_attr("hidden", move || left.get() == 0).with(press);
    div("").with((table, more))
}

/// A table of archives, each with what is in it.
pub fn archives(all: &[(&FileSummary, Holds)]) -> El {
    let row = |(file, holds): &(&FileSummary, Holds)| {
        let place = cell("file-place").with(holds.cell(&file.path));
        with_cells(file, holds.tests, place, cell("file-away"))
    };
    whole("Archives", all.iter().map(row).collect())
}

fn whole(name: &str, rows: Vec<El>) -> El {
    let heads = COLUMNS.map(|(class, name)| {
        let name = if name.is_empty() { span("sr-only").with("Actions") } else { span("").with(name) };
        div(class).attr("role", "columnheader").with(name)
    });
    let head = div("file-row file-heads").attr("role", "row").with(heads);
    div("file-table").attr("role", "table").attr("aria-label", name).with((head, rows))
}

fn cell(class: &str) -> El {
    div(class).attr("role", "cell")
}

fn row(file: &FileSummary, part: Option<&PartOf>, tests: u32) -> El {
    let path = file.path.clone();
    let away = button("icon-button", move || bridge::forget(&path)).attr("title", "Remove this file");
    let away = away.attr("aria-label", format!("Remove {}", file.path)).attr("data-remove", &file.path);
    let place = cell("file-place").with(part.map(|part| place(file, part, tests)));
    with_cells(file, file.tests, place, cell("file-away").with(away.with(icon("close"))))
}

fn with_cells(file: &FileSummary, tests: usize, place: El, away: El) -> El {
    let (archive, inner) = words::path(file);
    let archive = archive.map(|archive| span("quiet").with((el("bdi", "").with(archive), " › ")));
    let name = div("file-path").attr("title", &file.path).with((archive, el("bdi", "name").with(inner)));
    let told: Vec<El> = file.messages.iter().map(|message| said(file, message)).collect();
    let fetch = file.dialect.as_ref().filter(|_| file.format == "lanescope-index").map(|files| {
        let path = file.path.clone();
        let press = button("button small", move || bridge::index(&path)).attr("data-fetch-index", "");
        press.with(format!("Fetch {files}"))
    });
    let told = (!told.is_empty()).then(|| el("ul", "file-said").with(told));
    let mark = (file.status != "ok").then(|| icon("warning"));
    let unit = if tests == 1 { " test" } else { " tests" };
    let (tests, size) = (format::count(tests as u64), format::bytes(file.bytes));
    let row = div("file-row").attr("role", "row").attr("data-path", &file.path).attr("data-status", &file.status);
    row.with((
        cell("file-name").with((div("file-title").with((mark, name)), told, fetch)),
        cell("file-format").with(words::what(file)),
        cell("num").with(size),
        cell("num").with((tests, span("file-unit").with(unit))),
        place,
        away,
    ))
}

/// A message; those that are more than remarks can be found by the file's path.
fn said(file: &FileSummary, message: &Message) -> El {
    let at = message.at.as_ref().map(|at| span("at").with(at));
    let said = el("li", "").attr("data-severity", &message.severity);
    let text = span("").with((at, &message.text));
    let text = match message.severity.as_str() {
        "error" => text.attr("role", "alert").attr("data-file", &file.path),
        "warning" => text.attr("role", "status").attr("data-file", &file.path),
        _ => text,
    };
    said.with(text)
}

/// The place in the run, and a way to name the group by hand.
fn place(file: &FileSummary, part: &PartOf, tests: u32) -> El {
    let words = words::place(part);
    let whole = div("file-group");
    let (node, path, group) = (whole.html(), file.path.clone(), part.group.clone().unwrap_or_default());
    let name = if words.is_empty() { span("quiet").with(words::share(file, tests)) } else { span("").with(words) };
    let press = button("link", move || edit(&node, &path, &group)).attr("data-name-group", &file.path);
    let press = press.attr("aria-label", format!("Name the group of {}", file.path));
    whole.with((name, press.with("name group")))
}

/// Puts a field in the place of the group's name.
fn edit(place: &HtmlElement, path: &str, group: &str) {
    let before: Vec<web_sys::Node> =
        (0..place.child_nodes().length()).filter_map(|i| place.child_nodes().item(i)).collect();
    let input = el("input", "").attr("type", "text").attr("value", group).attr("placeholder", "Group");
    let input = input.attr("aria-label", format!("Group of {path}")).attr("data-group-name", path);
    let field: HtmlInputElement = input.as_node();
    let (at, path) = (place.clone(), path.to_owned());
    let input = input.on("keydown", move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            let name = event.target().map(|t| t.unchecked_into::<HtmlInputElement>().value()).unwrap_or_default();
            rules::go(|join| join.name(&path, &name));
        }
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            at.set_text_content(None);
            before.iter().for_each(|node| drop(at.append_child(node)));
            let press = at.query_selector("button").ok().flatten();
            if let Some(press) = press.and_then(|press| press.dyn_into::<HtmlElement>().ok()) {
                let _ = press.focus();
            }
        }
        _ => {}
    });
    place.set_text_content(None);
    let _ = place.append_child(input.node());
    let _ = field.focus();
    field.select();
}

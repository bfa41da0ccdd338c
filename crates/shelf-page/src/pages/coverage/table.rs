//! Files or folders, with what they miss.

use leptos::prelude::*;
use web_sys::Event;

use lanescope_protocol::{CoverageRow, CoverageView, Reached};
use lanescope_ui::state::number;
use lanescope_ui::ui::el::{El, button, div, el, live, span};
use lanescope_ui::ui::format;

use super::super::measured::share;
use super::{BY, Coverage, ORDER, PATH};
use crate::shell::bridge;

/// Stretches of missed lines that a row shows before it is opened.
const STRETCHES: usize = 8;
/// Stretches that an opened row shows.
const ALL: usize = 400;

const ORDERS: [(&str, &str); 4] =
    [("", "most missed"), ("share", "lowest share"), ("path", "by path"), ("lost", "most lost")];

pub(super) fn table(coverage: Coverage) -> El {
    let route = coverage.shelf.route;
    let search = el("input", "").attr("type", "search").attr("placeholder", "Part of a path").attr("data-search", "");
    let search = search.attr("aria-label", "Part of a path");
    let search = search.attr("value", route.with_untracked(|route| route.of(PATH).unwrap_or("").to_owned()));
    let search = search.on("input", move |event: Event| {
        let text = event_target_value(&event);
        bridge::go(false, |route| route.set(PATH, Some(text.as_str()).filter(|text| !text.is_empty())));
    });
    let by = |word: Option<&'static str>, name: &'static str| {
        let press = button("button small", move || bridge::go(false, |route| route.set(BY, word)));
        let pressed = move || (route.with(|route| route.of(BY) == word)).to_string();
        press.attr("data-by", word.unwrap_or("file")).live_attr("aria-pressed", pressed).with(name)
    };
    let order =
        el("select", "").attr("data-order", "").attr("aria-label", "Order").on("change", move |event: Event| {
            let to = event_target_value(&event);
            bridge::go(false, |route| route.set(ORDER, Some(to.as_str()).filter(|to| !to.is_empty())));
        });
    let now = route.with_untracked(|route| route.of(ORDER).unwrap_or("").to_owned());
    let order = order.with(
        ORDERS
            .map(|(word, name)| el("option", "").attr("value", word).attr_if("selected", word == now).with(name))
            .to_vec(),
    );
    let count = span("quiet measure-count")
        .attr("role", "status")
        .live_text(move || coverage.view.with(|view| view.as_ref().map(|view| counted(view)).unwrap_or_default()));
    let groups = div("button-group")
        .attr("role", "group")
        .attr("aria-label", "Rows")
        .with((by(None, "Files"), by(Some("folder"), "Folders")));
    let tools = div("measure-tools").with((search, groups, order, count));
    let rows = live(move || coverage.view.get().map(|view| list(&view)));
    div("measure-list").with((tools, rows))
}

fn counted(view: &CoverageView) -> String {
    let files = view.rows.iter().all(|row| row.files == 1);
    let all = format::plural(
        view.total.into(),
        if files { "file" } else { "folder" },
        if files { "files" } else { "folders" },
    );
    let mut text =
        if view.found == view.total { all } else { format!("{} of {all}", format::count(view.found.into())) };
    let shown = view.rows.len() as u32;
    if shown < view.found {
        text.push_str(&format!(", the first {shown} shown"));
    }
    if view.before.is_some() {
        text.push_str(&format!(" · {} lost some", format::plural(view.lost.into(), "file", "files")));
    }
    text
}

fn list(view: &CoverageView) -> El {
    if view.rows.is_empty() {
        let text = if view.total == 0 { "The reports name no files." } else { "No path holds this text." };
        return el("p", "measure-none").with(text);
    }
    let compared = view.before.is_some();
    let branches = view.rows.iter().any(|row| row.branches.is_some());
    let mut head = vec![
        cell("columnheader", "c-path", "Path"),
        cell("columnheader", "c-rate", "Lines"),
        cell("columnheader", "c-bar", ""),
    ];
    head.push(cell("columnheader", "c-missed", "Missed"));
    if branches {
        head.push(cell("columnheader", "c-branch", "Branches"));
    }
    if compared {
        head.push(cell("columnheader", "c-change", "Change"));
    }
    head.push(cell("columnheader", "c-lines", "Missed lines"));
    let most = view.rows.iter().filter_map(|row| row.lines).map(|lines| lines.total).max().unwrap_or(1).max(1);
    let rows = view.rows.iter().map(|row| line(row, most, branches, compared)).collect::<Vec<_>>();
    let class = format!(
        "measure-table{}{}",
        if branches { " with-branches" } else { "" },
        if compared { " compared" } else { "" }
    );
    let table = div(&class).attr("role", "table").attr("aria-label", "Coverage");
    let folder = (!view.folder.is_empty()).then(|| el("p", "quiet measure-folder").with(format!("in {}", view.folder)));
    div("").with((folder, table.with((div("measure-row measure-row-head").attr("role", "row").with(head), rows))))
}

fn cell(role: &str, class: &str, text: &str) -> El {
    span(class).attr("role", role).with(text)
}

fn rate(reached: Option<Reached>) -> Option<f64> {
    reached.and_then(Reached::rate)
}

fn line(row: &CoverageRow, most: u32, branches: bool, compared: bool) -> El {
    let (folder, name) = match row.path.trim_end_matches('/').rfind('/') {
        Some(at) => row.path.split_at(at + 1),
        None => ("", row.path.as_str()),
    };
    let files = (row.files > 1).then(|| span("quiet").with(format!(" {} files", row.files)));
    let path = span("c-path").attr("role", "rowheader").attr("title", &row.path);
    let path = path.with((span("quiet").with(folder), span("name").with(name), files));
    let missed = row.lines.map_or(0, Reached::missed);
    let text = |value: Option<f64>| value.map(share).unwrap_or_else(|| "–".to_owned());
    let mut cells = vec![path, cell("cell", "c-rate num", &text(rate(row.lines))), bar(row, most)];
    let of = row.lines.map_or(String::new(), |lines| format!(" of {}", format::count(lines.total.into())));
    let count = span("c-missed num").attr("role", "cell").with((format::count(missed.into()), span("quiet").with(of)));
    cells.push(count);
    if branches {
        cells.push(cell(
            "cell",
            "c-branch num",
            &row.branches.filter(|b| b.total > 0).map_or("–".to_owned(), |b| text(b.rate())),
        ));
    }
    if compared {
        cells.push(change(row));
    }
    cells.push(stretches(row));
    let out = div("measure-row").attr("role", "row").attr("data-covered", &row.path);
    out.attr("data-missed", missed.to_string()).with(cells)
}

/// As long as the file, next to the longest: what is missed stands out where there is most of it.
fn bar(row: &CoverageRow, most: u32) -> El {
    let Some(lines) = row.lines else { return span("c-bar").attr("role", "cell") };
    let percent = |n: u32| number::fixed(f64::from(n) / f64::from(most) * 100.0, 2) + "%";
    let part = |class: &str, n: u32| span(class).style("width", percent(n));
    span("c-bar").attr("role", "cell").with((part("hit", lines.covered), part("miss", lines.missed())))
}

fn change(row: &CoverageRow) -> El {
    let out = span("c-change num").attr("role", "cell");
    let Some((now, before)) = rate(row.lines).zip(rate(row.before)) else {
        return out.with(span("quiet").with(if row.before.is_none() { "new" } else { "–" }));
    };
    let points = (now - before) * 100.0;
    let sign = if points > 0.0 { "+" } else { "" };
    let text = if points.abs() < 0.005 { "=".to_owned() } else { format!("{sign}{}", number::fixed(points, 1)) };
    out.class_if("bad", points < 0.0).attr("data-change", number::plain(points)).with(text)
}

fn stretches(row: &CoverageRow) -> El {
    let out = span("c-lines").attr("role", "cell");
    let text = |to: usize| {
        let one = |&(from, to): &(u32, u32)| if from == to { from.to_string() } else { format!("{from}–{to}") };
        row.missed.iter().take(to).map(one).collect::<Vec<_>>().join(", ")
    };
    if row.missed.len() <= STRETCHES {
        return out.with(text(STRETCHES));
    }
    let (first, all) = (text(STRETCHES), text(ALL));
    let more = row.missed.len().saturating_sub(STRETCHES);
    let open = RwSignal::new(false);
    let press = button("link", move || open.update(|open| *open = !*open));
    let press = press.live_text(move || if open.get() { "fewer".to_owned() } else { format!("{more} more") });
    let words = span("").live_text(move || if open.get() { all.clone() } else { format!("{first} … ") });
    out.with((words, press))
}

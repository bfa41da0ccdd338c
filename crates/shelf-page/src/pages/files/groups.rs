//! The groups of a run in their order, and the way to another one.

use lanescope_protocol::RunSummary;
use lanescope_ui::shell::dom;
use lanescope_ui::ui::el::{El, button, div, el, span};
use lanescope_ui::ui::{format, icon};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Files, rules};

/// What was moved last: the run, the group, the way, and the sentence about it.
#[derive(Clone)]
pub struct Moved {
    run: String,
    group: String,
    way: &'static str,
    pub said: String,
}

/// The groups of a run; nothing where there is no order to choose.
pub fn groups(files: Files, run: &RunSummary) -> Option<El> {
    let all = &run.groups;
    if all.len() < 2 {
        return None;
    }
    let moved = files.moved.get_untracked().filter(|moved| moved.run == run.id);
    let items: Vec<El> = all.iter().enumerate().map(|(at, name)| item(files, run, at, name)).collect();
    let list = el("ol", "file-groups-list").with(items);
    let head = el("summary", "").with((
        span("").with(format::plural(all.len() as u64, "group", "groups")),
        span("quiet").with((" ", all.join(", "))),
    ));
    let whole = el("details", "file-groups").attr_if("open", moved.is_some()).with((head, list.clone()));
    if let Some(moved) = moved {
        dom::after(0, move || take_focus(&list, &moved));
    }
    Some(whole)
}

fn item(files: Files, run: &RunSummary, at: usize, name: &str) -> El {
    let step = |way: &'static str, to: Option<usize>| {
        let label = format!("Move {name} {way}, now {} of {}", at + 1, run.groups.len());
        let (run, name) = (run.clone(), name.to_owned());
        let press = button("icon-button", move || {
            let Some(to) = to else { return };
            let said = format!("{name} is now {} of {}.", to + 1, run.groups.len());
            files.moved.set(Some(Moved { run: run.id.clone(), group: name.clone(), way, said }));
            rules::go(|join| join.place(&run.groups, at, to));
        });
        let press = press.attr("aria-label", label).attr("title", format!("Move {way}"));
        press.attr("data-way", way).attr_if("disabled", to.is_none()).with(icon(way))
    };
    let down = (at + 1 < run.groups.len()).then_some(at + 1);
    el("li", "").attr("data-group", name).with((
        span("num quiet").with((at + 1).to_string()),
        el("bdi", "name").with(name),
        div("file-moves").with((step("up", at.checked_sub(1)), step("down", down))),
    ))
}

/// The list was made anew: whoever moved a group goes on with its button, or with the other one at the end of the list.
fn take_focus(list: &El, moved: &Moved) {
    let lost = dom::document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    let rows = list.node().children();
    let mut rows = (0..rows.length()).filter_map(|at| rows.item(at));
    let row = rows.find(|row| row.get_attribute("data-group").as_deref() == Some(&moved.group));
    let Some(row) = row.filter(|_| lost) else { return };
    for button in [format!("[data-way={}]:enabled", moved.way), "button:enabled".to_owned()] {
        let found = row.query_selector(&button).ok().flatten();
        if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = found.focus();
            return;
        }
    }
}

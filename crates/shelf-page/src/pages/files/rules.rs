//! Which rule puts files together, and the way to another.

use lanescope_ui::ui::el::{El, button, div, el, live};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::Files;
use super::join::{JOIN, Join};
use crate::shell::bridge;

/// The rules that can be chosen: the word, its name, and what it does.
const RULES: [(&str, &str, &str); 8] = [
    (
        "",
        "What files and paths say",
        "Files of one session, shards, attempts and jobs of a matrix are recognised by their content and their paths.",
    ),
    (
        "none",
        "Content only",
        "Files of one session and shards are put together; what paths say of jobs and attempts is left aside.",
    ),
    ("apart", "Every file by itself", "Nothing is put together."),
    ("one", "All are one run", "Files that are not of one session become groups of one run, named by their paths."),
    (
        "folder",
        "A group for each folder",
        "The folder of a file names its group; paths that are alike but for that are one run.",
    ),
    ("archive", "A group for each archive", "The archive that a file came out of names its group."),
    ("file", "A group for each file name", "The name of a file names its group; files of one folder are one run."),
    (PATTERN, "A part of the path …", "What stands in the path in place of {} names the group."),
];
const PATTERN: &str = "{}";

/// The choice, and for a part of the path a field to write it in.
pub fn rules(files: Files) -> El {
    let join = Memo::new(move |_| files.shelf.route.with(|route| Join::read(route.of(JOIN))));
    let chosen = move || join.with(|join| RULES.iter().rposition(|rule| is(rule.0, &join.rule)).unwrap_or(0));
    // Chosen, and not written yet.
    let writing = RwSignal::new(false);
    let options = RULES.map(|(word, name, _)| el("option", "").attr("value", word).with(name));
    let select = el("select", "").attr("data-join", "").attr("aria-describedby", "join-words").with(options);
    let node = select.as_node::<web_sys::HtmlSelectElement>();
    let select = select.on("change", move |event: Event| {
        let word = event_target_value(&event);
        writing.set(word == PATTERN);
        if word != PATTERN {
            go(|join| join.rule = word);
        }
    });
    let select = select.live_attr("data-rule", move || {
        let at = if writing.get() { RULES.len() - 1 } else { chosen() };
        node.set_selected_index(at as i32);
        RULES.get(at).map_or("", |rule| rule.0)
    });
    let pattern = live(move || (writing.get() || join.with(|join| join.rule.contains(PATTERN))).then(|| field(join)));
    let by_hand = live(move || {
        let (named, placed) = join.with(|join| (join.named.len(), join.order.len()));
        let names = (named > 0).then(|| {
            let text = if named == 1 { "Forget the group named by hand" } else { "Forget the groups named by hand" };
            button("link", || go(|join| join.named.clear())).attr("data-forget-names", named.to_string()).with(text)
        });
        let order = (placed > 0).then(|| {
            let press = button("link", || go(|join| join.order.clear()));
            press.attr("data-forget-order", "").with("Put groups in order by name")
        });
        (names, order)
    });
    let words = el("p", "quiet").attr("id", "join-words").live_text(move || {
        let at = if writing.get() { RULES.len() - 1 } else { chosen() };
        RULES.get(at).map_or("", |rule| rule.2).to_owned()
    });
    div("files-rule").with((
        el("label", "").with((el("span", "").with("Put together by"), select)),
        pattern,
        words,
        by_hand,
    ))
}

fn is(word: &str, rule: &str) -> bool {
    word == rule || (word == PATTERN && rule.contains(PATTERN))
}

/// A field for a part of the path.
fn field(join: Memo<Join>) -> El {
    let now = join.with_untracked(|join| join.rule.clone());
    let now = if now.contains(PATTERN) { now } else { String::new() };
    let input = el("input", "").attr("type", "text").attr("placeholder", "results-{}/").attr("data-pattern", "");
    let input = input.attr("aria-label", "Part of the path, with {} for the group's name").attr("value", now);
    input.on("change", |event: Event| {
        let text = event_target_value(&event).trim().to_owned();
        let input: HtmlInputElement = event_target(&event);
        let fits = text.contains(PATTERN);
        let _ = input.set_attribute("aria-invalid", if fits { "false" } else { "true" });
        if fits {
            go(|join| join.rule = text);
        }
    })
}

/// Goes to another rule: the page has the runs made anew.
pub fn go(change: impl FnOnce(&mut Join)) {
    bridge::go(true, |route| {
        let mut join = Join::read(route.of(JOIN));
        change(&mut join);
        route.set(JOIN, join.written().as_deref());
    });
}

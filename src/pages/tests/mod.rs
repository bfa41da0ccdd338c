//! The list of tests, and one test in detail.

mod attempt;
mod controls;
mod load;
mod near;
mod pages;
mod pane;
mod row;
mod rows;
mod words;

use leptos::prelude::*;

pub use controls::query_field;
pub use pane::test_pane;

use crate::shell::keys;
use crate::state::App;
use crate::ui::el::{El, Nodes, button, div, el, live, nodes, span, when};
use crate::ui::{format, virtual_list};
use rows::Rows;

/// The tests view.
pub fn tests_page(app: App) -> El {
    let rows = Rows::new(app);
    on_cleanup(move || rows.remember());
    let title = |class: &str| span(class).attr("role", "columnheader");
    let header = div("test-row test-head").attr("role", "row").attr("aria-rowindex", "1").with((
        title("cell-outcome").with(span("sr-only").with("Outcome")),
        controls::head(app, "cell-name", "Test", "name", false),
        title("cell-worker").with("Worker"),
        controls::head(app, "cell-time", "Time", "duration", true),
    ));
    let no_workers = move || app.overview.with(|o| o.as_ref().is_some_and(|o| o.run.workers.is_none()));
    let controls = div("test-controls").with((
        controls::search(app, rows),
        controls::outcomes(app, rows),
        controls::count_and_order(app, rows),
    ));
    let row = move |index| row::row(app, rows, index);
    let choose = Callback::new(move |index| rows.choose(index));
    let none = move || rows.head.with(|head| head.as_ref().is_some_and(|head| head.total == 0));
    let list = div("test-rows").with((
        virtual_list("Tests", rows.list, 4, header, row, choose),
        when(move || rows.head.with(Option::is_none), waiting),
        when(none, move || nothing(app)),
    ));
    let list = div("test-list").with((el("h1", "sr-only").with("Tests"), controls, list));
    el("section", "tests-page").live_attr("data-no-workers", no_workers).with((list, test_pane(app)))
}

fn waiting() -> El {
    let bones = (0..14u32).map(|i| div("test-row").with(row::bone(i)));
    div("test-waiting").attr("aria-hidden", "true").with(bones.collect::<Vec<_>>())
}

/// Nothing matches: says what was looked for, and offers the way back.
fn nothing(app: App) -> El {
    let narrowed = Memo::new(move |_| app.route.with(|route| !route.q.trim().is_empty() || !route.outcomes.is_empty()));
    div("test-nothing").live(move || if narrowed.get() { no_match(app) } else { no_tests() })
}

fn no_tests() -> Nodes {
    let title = el("h2", "").with("This run has no tests");
    nodes((title, el("p", "").with("Its files name none; the messages of the files say why.")))
}

fn no_match(app: App) -> Nodes {
    let wanted = Memo::new(move |_| app.route.with(|route| (route.q.trim().to_owned(), route.outcomes.join(" or "))));
    let title = el("h2", "").with("No test matches ").with(live(move || {
        wanted.with(|(q, outcomes)| {
            let q = (!q.is_empty()).then(|| el("q", "").with(el("bdi", "").with(q)));
            (q, (!outcomes.is_empty()).then(|| format!(" with outcome {outcomes}")))
        })
    }));
    let words = el("p", "").live_text(move || {
        let all = format::plural(app.run().map_or(0, |run| run.tests).into(), "test", "tests");
        format!("All words of a query have to match; a minus excludes. The run has {all}.")
    });
    let clear = button("button small", move || {
        app.tune(|route| {
            route.q.clear();
            route.outcomes.clear();
        });
        keys::focus("[data-search]");
    });
    nodes((title, words, clear.with("Clear the filter")))
}

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

pub use pane::TestPane;

use crate::shell::keys;
use crate::state::App;
use crate::ui::{VirtualList, format};
use controls::{CountAndOrder, Outcomes, Search};
use rows::Rows;

/// The tests view.
#[component]
pub fn TestsPage() -> impl IntoView {
    let app = App::get();
    let rows = Rows::new(app);
    on_cleanup(move || rows.remember());
    let header = view! {
        <div class="test-row test-head" role="row" aria-rowindex="1">
            <span role="columnheader" class="cell-outcome"><span class="sr-only">"Outcome"</span></span>
            <span role="columnheader" class="cell-name">"Test"</span>
            <span role="columnheader" class="cell-worker">"Worker"</span>
            <span role="columnheader" class="cell-time">"Time"</span>
        </div>
    };
    let waiting = move || rows.head.with(Option::is_none);
    let nothing = move || rows.head.with(|head| head.as_ref().is_some_and(|head| head.total == 0));
    let no_workers = move || app.overview.with(|o| o.as_ref().is_some_and(|o| o.run.workers.is_none())).then_some("");
    view! {
        <section class="tests-page" data-no-workers=no_workers>
            <div class="test-list">
                <h1 class="sr-only">"Tests"</h1>
                <div class="test-controls">
                    <Search rows/>
                    <Outcomes rows/>
                    <CountAndOrder rows/>
                </div>
                <div class="test-rows">
                    <VirtualList
                        label="Tests"
                        state=rows.list
                        columns=4
                        header
                        row=move |index| row::row(app, rows, index)
                        open=move |index| rows.choose(index)
                    />
                    <Show when=waiting><Waiting/></Show>
                    <Show when=nothing><Nothing/></Show>
                </div>
            </div>
            <TestPane/>
        </section>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    let bones = (0..14u32).map(|i| {
        let width = format!("{}%", 30 + i.wrapping_mul(37) % 40);
        view! { <div class="test-row"><span class="test-bone" style:width=width></span></div> }
    });
    view! { <div class="test-waiting" aria-hidden="true">{bones.collect_view()}</div> }
}

/// Nothing matches: says what was looked for, and offers the way back.
#[component]
fn Nothing() -> impl IntoView {
    let app = App::get();
    let all = move || u64::from(app.run().map_or(0, |run| run.tests));
    let q = move || app.route.with(|route| route.q.trim().to_owned());
    let outcomes = move || app.route.with(|route| route.outcomes.join(" or "));
    let narrowed = move || app.route.with(|route| !route.q.trim().is_empty() || !route.outcomes.is_empty());
    view! {
        <div class="test-nothing">
            <Show
                when=narrowed
                fallback=|| view! { <h2>"This run has no tests"</h2><p>"Its files name none; the messages of the files say why."</p> }
            >
                <h2>
                    "No test matches "
                    {move || (!q().is_empty()).then(|| view! { <q><bdi>{q}</bdi></q> })}
                    {move || (!outcomes().is_empty()).then(|| format!(" with outcome {}", outcomes()))}
                </h2>
                <p>{move || format!("All words of a query have to match; a minus excludes. The run has {}.", format::plural(all(), "test", "tests"))}</p>
                <button class="button small" on:click=move |_| {
                    app.tune(|route| {
                        route.q.clear();
                        route.outcomes.clear();
                    });
                    keys::focus("[data-search]");
                }>"Clear the filter"</button>
            </Show>
        </div>
    }
}

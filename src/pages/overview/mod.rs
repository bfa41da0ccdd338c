//! The verdict, the figures behind it, and what to look at next. In this order: what ran, what failed, how long,
//! how parallel, what to do.

mod breakdown;
mod figures;
mod files;
mod lists;
mod verdict;

use leptos::prelude::*;

use crate::charts::concurrency::ConcurrencyChart;
use crate::charts::lanes::LaneStrip;
use crate::state::{App, View};

use breakdown::BreakdownPanel;
use figures::Figures;
use files::FilesPanel;
use lists::{Failures, Hints, Slowest, Workers};
use verdict::Verdict;

/// The overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let app = App::get();
    // A new run rebuilds the page; anything else on it follows signals of its own.
    let overview = app.overview;
    let has_lanes = Memo::new(move |_| app.timeline.with(|t| t.as_ref().is_some_and(|t| !t.lanes.is_empty())));
    let has_concurrency = Memo::new(move |_| overview.with(|o| o.as_ref().is_some_and(|o| o.concurrency.is_some())));
    view! {
        <div class="overview">
            {move || overview.get().map(|o| {
                view! {
                    <section class="lead-block">
                        <Verdict overview=o.clone()/>
                        <Figures run=o.run/>
                    </section>
                }
            })}
            <section class="panel lanes-panel" aria-labelledby="lanes-title">
                <header>
                    <h2 id="lanes-title">"Workers over time"</h2>
                    <button class="link" on:click=move |_| app.go(|route| route.view = View::Timeline)>
                        "Open the timeline"
                    </button>
                </header>
                <Show when=move || has_concurrency.get()>
                    <ConcurrencyChart/>
                </Show>
                <Show when=move || has_lanes.get() fallback=NoLanes>
                    <LaneStrip/>
                </Show>
            </section>
            {move || overview.get().map(|o| {
                view! {
                    <div class="columns">
                        <div class="stack">
                            <Failures overview=o.clone()/>
                            <Workers overview=o.clone()/>
                        </div>
                        <div class="stack">
                            <BreakdownPanel run=o.run.clone()/>
                            <Hints overview=o.clone()/>
                        </div>
                        <div class="stack">
                            <Slowest overview=o.clone()/>
                            <FilesPanel overview=o/>
                        </div>
                    </div>
                }
            })}
        </div>
    }
}

#[component]
fn NoLanes() -> impl IntoView {
    let app = App::get();
    let words = move || app.timeline.with(|t| t.as_ref().map(|t| t.explanation.clone()).unwrap_or_default());
    view! { <p class="no-lanes">{words}</p> }
}

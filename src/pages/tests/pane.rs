//! One test in detail, beside the list and beside the timeline.

use std::sync::Arc;

use lanescope_protocol::TestDetail;
use leptos::html;
use leptos::prelude::*;

use crate::pages::tests::attempt::{Attempts, OpenParts};
use crate::pages::tests::load::{Selected, Shown};
use crate::pages::tests::near::Near;
use crate::pages::tests::words;
use crate::shell::{dom, keys};
use crate::state::{App, View};
use crate::ui::{CopyButton, Icon, OutcomeMark};

/// The test that the address names; on a narrow screen a sheet over the view.
#[component]
pub fn TestPane() -> impl IntoView {
    let app = App::get();
    let selected = Selected::follow(app);
    // What the user opened stays open from test to test.
    let parts = OpenParts::new();
    let open = Memo::new(move |_| app.route.with(|route| route.test.is_some()));
    let body = move || match selected.shown.get() {
        Shown::Nothing => view! { <Nothing/> }.into_any(),
        Shown::Waiting => view! { <Waiting/> }.into_any(),
        Shown::Missing { test, text } => view! { <Missing test text/> }.into_any(),
        Shown::Detail(detail) => view! { <Detail detail parts/> }.into_any(),
    };
    let ending = move || match selected.shown.get() {
        Shown::Detail(detail) => {
            let word = if detail.test.flaky { "flaky".to_owned() } else { detail.test.outcome.clone() };
            let mark = view! { <OutcomeMark outcome=detail.test.outcome.clone() flaky=detail.test.flaky/> };
            Some(view! { <p class="pane-ending" data-outcome=word>{mark}{words::ending(&detail)}</p> })
        }
        _ => None,
    };
    let pane = NodeRef::<html::Aside>::new();
    // A sheet covers what had the focus.
    Effect::new(move |_| {
        if open.get() && pane.get().is_some_and(|pane| covers(&pane)) {
            dom::next_frame(|| keys::focus(".pane-back"));
        }
    });
    let close = move |_| app.go(|route| route.test = None);
    view! {
        <aside
            class="test-pane"
            aria-label="Selected test"
            node_ref=pane
            data-open=move || open.get().then_some("")
            aria-busy=move || selected.stale.get().to_string()
        >
            <Show when=move || open.get()>
                <div class="pane-bar">
                    <button class="icon-button pane-back" title="Back (Esc)" aria-label="Back" on:click=close><Icon name="left"/></button>
                    {ending}
                    <span class="spring"></span>
                    <button class="icon-button pane-close" title="Close (Esc)" aria-label="Close" on:click=close><Icon name="close"/></button>
                </div>
            </Show>
            {body}
        </aside>
    }
}

/// Whether the pane lies over the view, as it does where there is no room beside it.
fn covers(pane: &web_sys::HtmlElement) -> bool {
    let style = dom::window().get_computed_style(pane).ok().flatten();
    style.and_then(|style| style.get_property_value("position").ok()).is_some_and(|position| position == "fixed")
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="pane-empty">
            <h2>"Choose a test"</h2>
            <p>"Its message, traceback, output, phases and neighbours on the worker appear here."</p>
            <dl class="keys">
                <dt><kbd>"↑"</kbd><kbd>"↓"</kbd></dt><dd>"move through the list"</dd>
                <dt><kbd>"Enter"</kbd></dt><dd>"show the test"</dd>
                <dt><kbd>"/"</kbd></dt><dd>"search"</dd>
                <dt><kbd>"Esc"</kbd></dt><dd>"close it again"</dd>
            </dl>
        </div>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="pane-waiting" aria-hidden="true">
            <span class="test-bone" style:width="30%"></span>
            <span class="test-bone tall" style:width="70%"></span>
            <span class="test-bone" style:width="50%"></span>
            <span class="test-bone block"></span>
        </div>
    }
}

#[component]
fn Missing(test: String, text: String) -> impl IntoView {
    view! {
        <div class="pane-empty">
            <h2>"This test is not in the run"</h2>
            <p>{text}</p>
            <p><code class="wrap"><bdi>{test}</bdi></code></p>
        </div>
    }
}

#[component]
fn Detail(detail: Arc<TestDetail>, parts: OpenParts) -> impl IntoView {
    let app = App::get();
    let test = detail.test.clone();
    let number = RwSignal::new(words::telling(&detail.attempts));
    let view_now = Memo::new(move |_| app.route.with(|route| route.view));
    let attempts = Arc::clone(&detail);
    let range = Memo::new(move |_| {
        let attempt = attempts.attempts.get(number.get())?;
        let start_s = attempt.start_s?;
        let seconds = attempt.total_s.or_else(|| attempt.stop_s.map(|stop_s| stop_s - start_s)).unwrap_or(0.0);
        Some(words::range_around(start_s, seconds))
    });
    let to_timeline = move |_| {
        if let Some((from_s, to_s)) = range.get_untracked() {
            app.go(|route| {
                route.view = View::Timeline;
                (route.from_s, route.to_s) = (Some(from_s), Some(to_s));
            });
        }
    };
    let line = detail.line.map(|line| format!(":{line}"));
    // Mostly the suite is the file: then one line says both.
    let (path_line, place) = match &detail.file {
        Some(file) if *file == test.suite => (line, None),
        Some(file) => (None, Some(format!("{file}{}", line.unwrap_or_default()))),
        None => (None, None),
    };
    let name = if test.name.trim().is_empty() {
        view! { <span class="blank">"no name"</span> }.into_any()
    } else {
        view! { <bdi dir="ltr">{test.name.clone()}</bdi> }.into_any()
    };
    let markers = detail.markers.iter().cloned().map(|marker| {
        let q = if marker.contains(' ') { format!("marker:\"{marker}\"") } else { format!("marker:{marker}") };
        let title = format!("Show all tests with {q}");
        view! {
            <button class="marker" title=title on:click=move |_| app.go(|route| {
                route.view = View::Tests;
                route.outcomes.clear();
                route.q = q.clone();
            })><bdi>{marker}</bdi></button>
        }
    });
    let markers = (!detail.markers.is_empty())
        .then(|| view! { <div class="markers" role="group" aria-label="Markers">{markers.collect_view()}</div> });
    view! {
        <div class="pane-body" tabindex="-1">
            <header class="pane-title">
                <h2>{name}</h2>
                <p class="pane-path">
                    {test.group.clone().map(|group| view! { <bdi>{group}</bdi>" › " })}
                    <bdi dir="ltr">{test.suite.clone()}{path_line}</bdi>
                </p>
                {place.map(|place| view! { <p class="pane-place"><code class="wrap"><bdi dir="ltr">{place}</bdi></code></p> })}
                {markers}
                <div class="pane-actions">
                    <Show when=move || view_now.get() != View::Timeline && range.get().is_some()>
                        <button class="button small" on:click=to_timeline><Icon name="lane"/>"Show in timeline"</button>
                    </Show>
                    <Show when=move || view_now.get() != View::Tests>
                        <button class="button small to-list" on:click=move |_| app.go(|route| route.view = View::Tests)>
                            "Show in list"
                        </button>
                    </Show>
                    <CopyButton text=test.id label="Copy id"/>
                </div>
            </header>
            <Attempts detail=Arc::clone(&detail) number parts/>
            <Near detail/>
        </div>
    }
}

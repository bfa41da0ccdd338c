//! One test in detail, beside the list and beside the timeline.

use std::sync::Arc;

use lanescope_protocol::TestDetail;
use leptos::prelude::*;

use crate::pages::tests::attempt::{OpenParts, attempts};
use crate::pages::tests::load::{Selected, Shown};
use crate::pages::tests::near::near;
use crate::pages::tests::words;
use crate::shell::{dom, keys};
use crate::state::{App, View};
use crate::ui::el::{El, button, div, el, later, live, span, when};
use crate::ui::{copy_button, icon, outcome_mark};

/// The test that the address names; on a narrow screen a sheet over the view.
pub fn test_pane(app: App) -> El {
    let selected = Selected::follow(app);
    // What the user opened stays open from test to test.
    let parts = OpenParts::new();
    let open = Memo::new(move |_| app.route.with(|route| route.test.is_some()));
    let pane = el("aside", "test-pane").attr("aria-label", "Selected test");
    let (node, whole) = (pane.html(), pane.html());
    let body = live(move || {
        keep_focus(&whole);
        match selected.shown.get() {
            Shown::Nothing => nothing(),
            Shown::Waiting => waiting(),
            Shown::Missing { test, text } => missing(&test, &text),
            Shown::Detail(detail) => detail_of(app, &detail, parts),
        }
    });
    let pane = pane.live_attr("data-open", move || open.get());
    let pane = pane.live_attr("aria-busy", move || selected.stale.get().to_string());
    // A sheet covers what had the focus.
    later(move || {
        if open.get() && covers(&node) {
            dom::next_frame(|| keys::focus(".pane-back"));
        }
    });
    pane.with((when(move || open.get(), move || bar(app, selected)), body))
}

/// The bar over the test: how it ended, and the ways out.
fn bar(app: App, selected: Selected) -> El {
    let ending = live(move || match selected.shown.get() {
        Shown::Detail(detail) => {
            let test = &detail.test;
            let word = if test.flaky { "flaky" } else { test.outcome.as_str() };
            let ending = el("p", "pane-ending").attr("data-outcome", word);
            Some(ending.with((outcome_mark(&test.outcome, test.flaky), words::ending(&detail))))
        }
        _ => None,
    });
    let close = |class: &str, title: &str, name: &str, mark: &str| {
        let press = button(class, move || app.go(|route| route.test = None));
        press.attr("title", title).attr("aria-label", name).with(icon(mark))
    };
    let back = close("icon-button pane-back", "Back (Esc)", "Back", "left");
    let close = close("icon-button pane-close", "Close (Esc)", "Close", "close");
    div("pane-bar").with((back, ending, span("spring"), close))
}

/// When a test takes the place of another, what had the focus goes: the new test has it then.
fn keep_focus(pane: &web_sys::HtmlElement) {
    let body = pane.query_selector(".pane-body").ok().flatten();
    let focused = dom::document().active_element();
    if body.is_some_and(|body| body.contains(focused.as_deref())) {
        dom::next_frame(|| {
            // Unless something else took it.
            if dom::document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                keys::focus(".pane-body");
            }
        });
    }
}

/// Whether the pane lies over the view, as it does where there is no room beside it.
fn covers(pane: &web_sys::HtmlElement) -> bool {
    let style = dom::window().get_computed_style(pane).ok().flatten();
    style.and_then(|style| style.get_property_value("position").ok()).is_some_and(|position| position == "fixed")
}

fn nothing() -> El {
    let key = |key: &str| el("kbd", "").with(key);
    let term = || el("dt", "");
    let what = |text: &str| el("dd", "").with(text);
    let keys = el("dl", "keys")
        .with((term().with((key("↑"), key("↓"))), what("move through the list")))
        .with((term().with(key("Enter")), what("show the test")))
        .with((term().with(key("/")), what("search")))
        .with((term().with(key("Esc")), what("close it again")));
    let text = "Its message, traceback, output, phases and neighbours on the worker appear here.";
    div("pane-empty").with((el("h2", "").with("Choose a test"), el("p", "").with(text), keys))
}

fn waiting() -> El {
    let bones = [("test-bone", "30%"), ("test-bone tall", "70%"), ("test-bone", "50%")];
    let bones = bones.map(|(class, width)| span(class).style("width", width));
    div("pane-waiting").attr("aria-hidden", "true").with((bones, span("test-bone block")))
}

fn missing(test: &str, text: &str) -> El {
    let title = el("h2", "").with("This test is not in the run");
    let test = el("code", "wrap").with(el("bdi", "").with(test));
    div("pane-empty").with((title, el("p", "").with(text), el("p", "").with(test)))
}

fn detail_of(app: App, detail: &Arc<TestDetail>, parts: OpenParts) -> El {
    let number = RwSignal::new(words::telling(&detail.attempts));
    let title = el("header", "pane-title").with((
        name(&detail.test.name),
        place(detail),
        markers(app, &detail.markers),
        actions(app, detail, number),
    ));
    let body = div("pane-body").attr("tabindex", "-1");
    body.with((title, attempts(Arc::clone(detail), number, parts), near(app, detail)))
}

fn ltr(text: &str) -> El {
    el("bdi", "").attr("dir", "ltr").with(text)
}

fn name(name: &str) -> El {
    el("h2", "").with(if name.trim().is_empty() { span("blank").with("no name") } else { ltr(name) })
}

/// Where the test stands: suite, and file if that is another.
fn place(detail: &TestDetail) -> (El, Option<El>) {
    let test = &detail.test;
    let line = detail.line.map(|line| format!(":{line}"));
    // Mostly the suite is the file: then one line says both.
    let (path_line, place) = match &detail.file {
        Some(file) if *file == test.suite => (line, None),
        Some(file) => (None, Some(format!("{file}{}", line.unwrap_or_default()))),
        None => (None, None),
    };
    let group = test.group.as_deref().map(|group| (el("bdi", "").with(group), " › "));
    let path = el("p", "pane-path").with((group, ltr(&test.suite).with(path_line)));
    let place = place.map(|place| el("p", "pane-place").with(el("code", "wrap").with(ltr(&place))));
    (path, place)
}

fn markers(app: App, markers: &[String]) -> Option<El> {
    let marker = |marker: &String| {
        let q = if marker.contains(' ') { format!("marker:\"{marker}\"") } else { format!("marker:{marker}") };
        let title = format!("Show all tests with {q}");
        let press = button("marker", move || {
            app.go(|route| {
                route.view = View::Tests;
                route.outcomes.clear();
                route.q.clone_from(&q);
            });
        });
        press.attr("title", title).with(el("bdi", "").with(marker))
    };
    let all = || div("markers").attr("role", "group").attr("aria-label", "Markers");
    (!markers.is_empty()).then(|| all().with(markers.iter().map(marker).collect::<Vec<_>>()))
}

fn actions(app: App, detail: &Arc<TestDetail>, number: RwSignal<usize>) -> El {
    let view_now = Memo::new(move |_| app.route.with(|route| route.view));
    let of = Arc::clone(detail);
    let range = Memo::new(move |_| {
        let attempt = of.attempts.get(number.get())?;
        let start_s = attempt.start_s?;
        let seconds = attempt.total_s.or_else(|| attempt.stop_s.map(|stop_s| stop_s - start_s)).unwrap_or(0.0);
        Some(words::range_around(start_s, seconds))
    });
    let to_timeline = move || {
        let press = button("button small", move || {
            if let Some((from_s, to_s)) = range.get_untracked() {
                app.go(|route| {
                    route.view = View::Timeline;
                    (route.from_s, route.to_s) = (Some(from_s), Some(to_s));
                });
            }
        });
        press.with((icon("lane"), "Show in timeline"))
    };
    let to_list =
        move || button("button small to-list", move || app.go(|route| route.view = View::Tests)).with("Show in list");
    div("pane-actions").with((
        when(move || view_now.get() != View::Timeline && range.get().is_some(), to_timeline),
        when(move || view_now.get() != View::Tests, to_list),
        copy_button(detail.test.id.clone(), "Copy id", false),
    ))
}

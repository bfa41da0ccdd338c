//! The attempts of a test: when and where they ran, and what they said.

use std::sync::Arc;

use lanescope_protocol::{AttemptDetail, Provenance, StyledText, TestDetail};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use crate::shell::{dom, keys};
use crate::state::number;
use crate::ui::el::{El, Nodes, button, div, el, nodes, span};
use crate::ui::{copy_button, format, known, outcome_mark, plain, size, styled};

/// Which outputs are open, kept from test to test.
#[derive(Clone, Copy)]
pub struct OpenParts {
    stdout: RwSignal<bool>,
    stderr: RwSignal<bool>,
    log: RwSignal<bool>,
}

impl OpenParts {
    /// All closed.
    pub fn new() -> Self {
        Self { stdout: RwSignal::new(false), stderr: RwSignal::new(false), log: RwSignal::new(false) }
    }
}

/// The attempts, one at a time: which one (from 0), and which outputs are open.
pub fn attempts(detail: Arc<TestDetail>, number: RwSignal<usize>, parts: OpenParts) -> Nodes {
    let several = detail.attempts.len() > 1;
    let tabs = several.then(|| tabs(&detail.attempts, number));
    let panel = div("attempt").attr("id", "attempt-panel").attr_opt("role", several.then_some("tabpanel"));
    let panel = panel.live_attr("aria-labelledby", move || several.then(|| format!("attempt-{}", number.get())));
    // The tab of what is shown already changes nothing.
    let now = Memo::new(move |_| number.get());
    let panel = panel.live(move || detail.attempts.get(now.get()).map(|a| one(a, detail.provenance, parts)));
    nodes((tabs, panel))
}

fn tabs(attempts: &[AttemptDetail], number: RwSignal<usize>) -> El {
    let n = attempts.len();
    let key = move |event: KeyboardEvent| {
        let now = number.get_untracked();
        let to = match event.key().as_str() {
            "ArrowLeft" => now.checked_sub(1).unwrap_or(n - 1),
            "ArrowRight" => (now + 1) % n,
            "Home" => 0,
            "End" => n - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        number.set(to);
        dom::next_frame(move || keys::focus(&format!("#attempt-{to}")));
    };
    let tabs = attempts.iter().enumerate().map(|(i, attempt)| {
        let time = span("quiet").with(attempt.total_s.map(format::seconds));
        let tab = button("attempt-tab", move || number.set(i)).attr("id", format!("attempt-{i}"));
        tab.attr("role", "tab")
            .attr("aria-controls", "attempt-panel")
            .live_attr("aria-selected", move || (number.get() == i).to_string())
            .live_attr("tabindex", move || if number.get() == i { "0" } else { "-1" })
            .with((outcome_mark(&attempt.outcome, false), format!("Attempt {}", i + 1), time))
    });
    let list = div("attempt-tabs").attr("role", "tablist").attr("aria-label", "Attempts").on("keydown", key);
    list.with(tabs.collect::<Vec<_>>())
}

fn one(attempt: &AttemptDetail, known: Provenance, parts: OpenParts) -> Nodes {
    let message = (!attempt.message.is_empty()).then(|| {
        let said = el("section", "said").attr("data-outcome", &attempt.outcome).attr("aria-label", "Message");
        let copy = div("said-copy").with(copy_button(plain(&attempt.message), "Copy message", true));
        said.with((copy, styled(&attempt.message)))
    });
    // Some files give one text as both.
    let twice = plain(&attempt.trace).trim() == plain(&attempt.message).trim();
    let trace = (!attempt.trace.is_empty() && !twice).then(|| {
        let head = div("said-head").with((
            el("h3", "").with("Traceback"),
            span("quiet").with(format::bytes(size(&attempt.trace))),
            span("spring"),
            copy_button(plain(&attempt.trace), "Copy", false),
        ));
        let part = el("section", "said-part").attr("aria-label", "Traceback");
        part.with((head, scrolled("Traceback", &attempt.trace)))
    });
    let outputs = [
        output("Standard output", &attempt.stdout, parts.stdout),
        output("Standard error", &attempt.stderr, parts.stderr),
        output("Log", &attempt.log, parts.log),
    ];
    let silent = message.is_none() && trace.is_none() && outputs.iter().all(Option::is_none);
    let silent = (silent && matches!(attempt.outcome.as_str(), "failed" | "error"))
        .then(|| el("p", "quiet").with("The files of this run hold no message, traceback or output of this attempt."));
    nodes((facts(attempt, known), phases(attempt), message, silent, trace, outputs))
}

/// Worker, time, start.
fn facts(attempt: &AttemptDetail, known: Provenance) -> El {
    let seconds = |s: Option<f64>| s.map_or("–".to_owned(), format::seconds);
    let start = attempt.start_s.map_or("–".to_owned(), |s| format!("at {}", format::seconds(s)));
    let worker = el("bdi", "").with(attempt.worker.as_deref().unwrap_or("–"));
    let time = nodes(seconds(attempt.total_s));
    // The start is what a lane is made of; where there is none, nothing was recorded or rebuilt.
    el("dl", "attempt-facts").with((
        fact("Time", "fact-big", time, attempt.total_s.is_some(), Provenance::Recorded),
        fact("Worker", "", nodes(worker), attempt.worker.is_some(), known),
        fact("Start", "", nodes(start), attempt.start_s.is_some(), known),
    ))
}

fn fact(name: &str, class: &str, figure: Nodes, is_there: bool, how: Provenance) -> El {
    let how = if is_there { how } else { Provenance::Unknown };
    div("").with((el("dt", "").with(name), el("dd", class).with((figure, known(how)))))
}

fn phases(attempt: &AttemptDetail) -> Option<El> {
    let phases = [("setup", attempt.setup_s), ("call", attempt.call_s), ("teardown", attempt.teardown_s)];
    if phases.iter().all(|(_, s)| s.is_none()) {
        let only = || el("p", "quiet phases-none").with("Only the total is recorded, not setup, call and teardown.");
        return attempt.total_s.map(|_| only());
    }
    // Shares, as factors that sum to less than 1 would leave a part of the bar empty.
    let sum: f64 = phases.iter().filter_map(|(_, s)| *s).filter(|s| *s > 0.0).sum();
    let mut bar = div("phase-bar").attr("aria-hidden", "true");
    let mut figures = el("dl", "");
    for (name, s) in phases {
        if let Some(s) = s.filter(|s| *s > 0.0) {
            let share = number::plain(s / sum * 100.0);
            bar = bar.with(span("").attr("data-phase", name).style("flex-grow", share));
        }
        let figure = el("dd", "").with(s.map_or("–".to_owned(), format::seconds));
        figures = figures.with(div("").with((el("dt", "").attr("data-phase", name).with(name), figure)));
    }
    Some(div("phases").with((bar, figures)))
}

/// A text in an area of its own that scrolls.
fn scrolled(name: &str, text: &StyledText) -> El {
    let area = div("said-scroll").attr("tabindex", "0").attr("role", "group").attr("aria-label", name);
    area.with(styled(text))
}

/// An output that is drawn only when it is opened; nothing where there is none.
fn output(name: &'static str, text: &StyledText, open: RwSignal<bool>) -> Option<El> {
    if text.is_empty() {
        return None;
    }
    let toggled = move |event: Event| {
        let element = event.current_target().or_else(|| event.target());
        if let Some(element) = element.and_then(|t| t.dyn_into::<Element>().ok()) {
            let now = element.has_attribute("open");
            if open.get_untracked() != now {
                open.set(now);
            }
        }
    };
    let title = el("summary", "").with((el("h3", "").with(name), span("quiet").with(format::bytes(size(text)))));
    let text = text.clone();
    let shown = move || {
        let tools = || div("said-tools").with(copy_button(plain(&text), "Copy", false));
        open.get().then(|| (tools(), scrolled(name, &text)))
    };
    let details = el("details", "said-part").live_attr("open", move || open.get()).on("toggle", toggled);
    Some(details.with(title).live(shown))
}

//! The attempts of a test: when and where they ran, and what they said.

use std::sync::Arc;

use lanescope_protocol::{AttemptDetail, Provenance, StyledText, TestDetail};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::shell::{dom, keys};
use crate::ui::{CopyButton, Known, OutcomeMark, Styled, format, plain, size};

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

/// The attempts, one at a time.
#[component]
pub fn Attempts(
    /// The test.
    detail: Arc<TestDetail>,
    /// Which attempt is shown, from 0.
    number: RwSignal<usize>,
    /// Which outputs are open.
    parts: OpenParts,
) -> impl IntoView {
    let n = detail.attempts.len();
    let tabs = (n > 1).then(|| view! { <Tabs detail=Arc::clone(&detail) number/> });
    let shown = move || {
        let attempt = detail.attempts.get(number.get()).cloned();
        attempt.map(|attempt| view! { <One attempt known=detail.provenance parts/> })
    };
    view! {
        {tabs}
        <div
            class="attempt"
            id="attempt-panel"
            role=(n > 1).then_some("tabpanel")
            aria-labelledby=move || (n > 1).then(|| format!("attempt-{}", number.get()))
        >{shown}</div>
    }
}

#[component]
fn Tabs(detail: Arc<TestDetail>, number: RwSignal<usize>) -> impl IntoView {
    let n = detail.attempts.len();
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
    let tabs = detail.attempts.iter().enumerate().map(|(i, attempt)| {
        let time = attempt.total_s.map(format::seconds);
        view! {
            <button
                id=format!("attempt-{i}")
                class="attempt-tab"
                role="tab"
                aria-controls="attempt-panel"
                aria-selected=move || (number.get() == i).to_string()
                tabindex=move || if number.get() == i { "0" } else { "-1" }
                on:click=move |_| number.set(i)
            >
                <OutcomeMark outcome=attempt.outcome.clone()/>
                {format!("Attempt {}", i + 1)}
                <span class="quiet">{time}</span>
            </button>
        }
    });
    view! { <div class="attempt-tabs" role="tablist" aria-label="Attempts" on:keydown=key>{tabs.collect_view()}</div> }
}

#[component]
fn One(attempt: AttemptDetail, known: Provenance, parts: OpenParts) -> impl IntoView {
    let message = (!attempt.message.is_empty()).then(|| {
        view! {
            <section class="said" data-outcome=attempt.outcome.clone() aria-label="Message">
                <div class="said-copy"><CopyButton text=plain(&attempt.message) label="Copy message" bare=true/></div>
                <Styled text=attempt.message.clone()/>
            </section>
        }
    });
    // Some files give one text as both.
    let twice = plain(&attempt.trace).trim() == plain(&attempt.message).trim();
    let trace = (!attempt.trace.is_empty() && !twice).then(|| {
        view! {
            <section class="said-part" aria-label="Traceback">
                <div class="said-head">
                    <h3>"Traceback"</h3>
                    <span class="quiet">{format::bytes(size(&attempt.trace))}</span>
                    <span class="spring"></span>
                    <CopyButton text=plain(&attempt.trace) label="Copy"/>
                </div>
                <div class="said-scroll" tabindex="0" role="group" aria-label="Traceback"><Styled text=attempt.trace.clone()/></div>
            </section>
        }
    });
    let outputs = [
        ("Standard output", attempt.stdout.clone(), parts.stdout),
        ("Standard error", attempt.stderr.clone(), parts.stderr),
        ("Log", attempt.log.clone(), parts.log),
    ];
    let outputs = outputs.map(|(name, text, open)| (!text.is_empty()).then(|| view! { <Output name text open/> }));
    let silent = message.is_none() && trace.is_none() && outputs.iter().all(Option::is_none);
    let silent = (silent && matches!(attempt.outcome.as_str(), "failed" | "error")).then(|| {
        view! { <p class="quiet">"The files of this run hold no message, traceback or output of this attempt."</p> }
    });
    view! {
        <Facts attempt known/>
        {message}
        {silent}
        {trace}
        {outputs}
    }
}

/// Worker, time, start, phases.
#[component]
fn Facts(attempt: AttemptDetail, known: Provenance) -> impl IntoView {
    let seconds = |s: Option<f64>| s.map_or("–".to_owned(), format::seconds);
    let time_known = if attempt.total_s.is_some() { Provenance::Recorded } else { Provenance::Unknown };
    // The start is what a lane is made of; where there is none, nothing was recorded or rebuilt.
    let place = |there: bool| if there { known } else { Provenance::Unknown };
    let start = attempt.start_s.map(|s| format!("at {}", format::seconds(s)));
    view! {
        <dl class="attempt-facts">
            <div>
                <dt>"Time"</dt>
                <dd class="fact-big">{seconds(attempt.total_s)}<Known known=time_known/></dd>
            </div>
            <div>
                <dt>"Worker"</dt>
                <dd><bdi>{attempt.worker.clone().unwrap_or_else(|| "–".to_owned())}</bdi><Known known=place(attempt.worker.is_some())/></dd>
            </div>
            <div>
                <dt>"Start"</dt>
                <dd>{start.unwrap_or_else(|| "–".to_owned())}<Known known=place(attempt.start_s.is_some())/></dd>
            </div>
        </dl>
        <Phases attempt/>
    }
}

#[component]
fn Phases(attempt: AttemptDetail) -> impl IntoView {
    let phases = [("setup", attempt.setup_s), ("call", attempt.call_s), ("teardown", attempt.teardown_s)];
    if phases.iter().all(|(_, s)| s.is_none()) {
        return attempt.total_s.map(|_| {
            view! { <p class="quiet phases-none">"Only the total is recorded, not setup, call and teardown."</p> }
                .into_any()
        });
    }
    // Shares, as factors that sum to less than 1 would leave a part of the bar empty.
    let sum: f64 = phases.iter().filter_map(|(_, s)| *s).filter(|s| *s > 0.0).sum();
    let bar = phases.into_iter().filter_map(|(name, s)| {
        let s = s.filter(|s| *s > 0.0)?;
        Some(view! { <span data-phase=name style:flex-grow=(s / sum * 100.0).to_string()></span> })
    });
    let figures = phases.into_iter().map(|(name, s)| {
        let figure = s.map_or("–".to_owned(), format::seconds);
        view! { <div><dt data-phase=name>{name}</dt><dd>{figure}</dd></div> }
    });
    let view = view! {
        <div class="phases">
            <div class="phase-bar" aria-hidden="true">{bar.collect_view()}</div>
            <dl>{figures.collect_view()}</dl>
        </div>
    };
    Some(view.into_any())
}

/// An output that is drawn only when it is opened.
#[component]
fn Output(name: &'static str, text: StyledText, open: RwSignal<bool>) -> impl IntoView {
    let bytes = format::bytes(size(&text));
    let copy = plain(&text);
    let toggled = move |event: web_sys::Event| {
        let element = event.current_target().or_else(|| event.target());
        if let Some(element) = element.and_then(|t| t.dyn_into::<HtmlElement>().ok()) {
            let now = element.has_attribute("open");
            if open.get_untracked() != now {
                open.set(now);
            }
        }
    };
    let shown = move || {
        open.get().then(|| {
            view! {
                <div class="said-tools"><CopyButton text=copy.clone() label="Copy"/></div>
                <div class="said-scroll" tabindex="0" role="group" aria-label=name><Styled text=text.clone()/></div>
            }
        })
    };
    view! {
        <details class="said-part" open=move || open.get() on:toggle=toggled>
            <summary><h3>{name}</h3><span class="quiet">{bytes}</span></summary>
            {shown}
        </details>
    }
}

//! What narrows and orders the list: search, outcomes, order.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::pages::tests::rows::{Rows, sort_of};
use crate::shell::keys;
use crate::state::App;
use crate::ui::{Icon, OutcomeMark, WORDS, format};

/// Between the last key and the question to the engine.
const PAUSE: Duration = Duration::from_millis(120);

const SORTS: [(&str, &str); 4] =
    [("attention", "Needs attention"), ("duration", "Longest first"), ("name", "Name"), ("start", "Start")];

/// The search field. What is typed goes to the address after a short pause.
#[component]
pub fn Search(
    /// The list.
    rows: Rows,
) -> impl IntoView {
    let app = App::get();
    let input = NodeRef::<html::Input>::new();
    let pending = StoredValue::new(None::<TimeoutHandle>);
    let put = move || {
        if let Some(timer) = pending.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let typed = input.get_untracked().map(|input| input.value());
        if let Some(typed) = typed.filter(|typed| app.route.with_untracked(|route| route.q != *typed)) {
            app.tune(|route| route.q = typed);
        }
    };
    let typed = move |_| {
        if let Some(timer) = pending.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        pending.set_value(set_timeout_with_handle(put, PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(timer) = pending.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    let q = Memo::new(move |_| app.route.with(|route| route.q.clone()));
    // Only when the address changed otherwise: a field that is being typed in is not to be touched.
    Effect::new(move |_| {
        let q = q.get();
        let waits = pending.with_value(Option::is_some);
        if let Some(input) = input.get().filter(|input| !waits && input.value() != q) {
            input.set_value(&q);
        }
    });
    let clear = move || {
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            let _ = input.focus();
        }
        put();
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" | "Enter" => {
            event.prevent_default();
            put();
            keys::focus(".test-list .vlist");
        }
        "Escape" if input.get_untracked().is_some_and(|input| !input.value().is_empty()) => {
            event.prevent_default();
            clear();
        }
        _ => {}
    };
    let problem = Memo::new(move |_| rows.head.with(|head| head.as_ref().and_then(|head| head.problem.clone())));
    view! {
        <div class="test-search">
            <label class="sr-only" for="test-search">"Search the tests"</label>
            <Icon name="search"/>
            <input
                id="test-search"
                data-search=""
                type="text"
                inputmode="search"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="name  outcome:failed  is:flaky  worker:gw3  marker:slow  duration:>1s"
                value=app.route.with_untracked(|route| route.q.clone())
                aria-describedby="test-problem"
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                node_ref=input
                on:input=typed
                on:keydown=key
            />
            <Show when=move || q.with(|q| !q.is_empty()) fallback=|| view! { <kbd aria-hidden="true">"/"</kbd> }>
                <button class="icon-button" title="Clear the search" aria-label="Clear the search" on:click=move |_| clear()>
                    <Icon name="close"/>
                </button>
            </Show>
        </div>
        <p class="test-problem" id="test-problem" role="status">
            {move || problem.get().map(|text| view! { <Icon name="warning"/><span>{code_words(&text)}</span> })}
        </p>
    }
}

/// A sentence whose words in backquotes are set as code.
fn code_words(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate().map(|(i, part)| {
        let part = part.to_owned();
        if i % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect_view()
}

/// A toggle for each outcome that the run has.
#[component]
pub fn Outcomes(
    /// The list.
    rows: Rows,
) -> impl IntoView {
    let app = App::get();
    // By the run and not by the query, so that nothing jumps while the user types.
    let there = Memo::new(move |_| {
        let of_run = app.run().unwrap_or_default();
        let has = |word: &str| match word {
            "failed" => of_run.failed,
            "error" => of_run.errors,
            "flaky" => of_run.flaky,
            "passed" => of_run.passed,
            "skipped" => of_run.skipped,
            "xfailed" => of_run.xfailed,
            _ => of_run.xpassed,
        };
        let chosen = |word: &str| app.route.with(|route| route.outcomes.iter().any(|o| o == word));
        WORDS.into_iter().filter(|word| has(word) > 0 || chosen(word)).collect::<Vec<_>>()
    });
    let chip = move |word: &'static str| {
        let pressed = Memo::new(move |_| app.route.with(|route| route.outcomes.iter().any(|o| o == word)));
        let count = Memo::new(move |_| {
            rows.head.with(|head| {
                let counts = head.as_ref().map(|head| head.counts.iter());
                counts.map(|mut counts| counts.find(|(w, _)| w == word).map_or(0, |(_, n)| *n))
            })
        });
        view! {
            <button
                class="outcome-chip"
                data-outcome=word
                data-none=move || (count.get() == Some(0)).then_some("")
                aria-pressed=move || pressed.get().to_string()
                on:click=move |_| app.tune(|route| {
                    if pressed.get_untracked() {
                        route.outcomes.retain(|o| o != word);
                    } else {
                        route.outcomes.push(word.to_owned());
                    }
                })
            >
                <OutcomeMark outcome=word/>
                <span class="chip-word">{word}</span>
                <span class="chip-count">{move || count.get().map(|n| format::count(n.into()))}</span>
            </button>
        }
    };
    view! {
        <div class="outcome-chips" role="group" aria-label="Outcomes to show">
            <For each=move || there.get() key=|word| *word children=chip/>
        </div>
    }
}

/// How many there are, and in which order.
#[component]
pub fn CountAndOrder(
    /// The list.
    rows: Rows,
) -> impl IntoView {
    let app = App::get();
    let count = move || {
        let all = u64::from(app.run().map_or(0, |run| run.tests));
        rows.head.with(|head| head.as_ref().map(|head| u64::from(head.total))).map(|shown| {
            if shown == all {
                format::plural(all, "test", "tests")
            } else {
                format!("{} of {}", format::count(shown), format::plural(all, "test", "tests"))
            }
        })
    };
    let sort = Memo::new(move |_| app.route.with(|route| sort_of(route.sort.as_deref())));
    view! {
        <div class="test-order">
            <p role="status" data-shown=move || rows.head.with(|head| head.as_ref().map(|head| head.total))>{count}</p>
            <label>
                <span class="quiet">"Order"</span>
                <select
                    aria-label="Order"
                    on:change=move |event| {
                        let word = event_target_value(&event);
                        app.tune(|route| route.sort = Some(word).filter(|word| word != "attention"));
                    }
                >
                    {SORTS.map(|(word, text)| view! {
                        <option value=word selected=move || sort.get() == sort_of(Some(word))>{text}</option>
                    })}
                </select>
            </label>
        </div>
    }
}

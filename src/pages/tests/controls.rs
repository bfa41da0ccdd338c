//! What narrows and orders the list: search, outcomes, order.

use std::time::Duration;

use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, KeyboardEvent};

use crate::pages::tests::rows::{Rows, sort_of};
use crate::shell::keys;
use crate::state::App;
use crate::ui::el::{El, Nodes, button, div, el, follow, keyed, later, live, nodes, span};
use crate::ui::{WORDS, format, icon, outcome_mark};

/// Between the last key and the question to the engine.
const PAUSE: Duration = Duration::from_millis(120);

const SORTS: [(&str, &str); 4] =
    [("attention", "Needs attention"), ("duration", "Time"), ("name", "Name"), ("start", "Start")];

const EXAMPLE: &str = "name  outcome:failed  is:flaky  worker:gw3  marker:slow  duration:>1s";

/// The field that is typed in. Copy.
#[derive(Clone, Copy)]
struct Field {
    app: App,
    // With the owner, not in the listeners: what they hold would hold them.
    input: StoredValue<HtmlInputElement, LocalStorage>,
    /// Runs between the last key and the question.
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Where Enter goes on.
    next: Option<&'static str>,
}

impl Field {
    /// What stands in it; `None` once the view is gone.
    fn text(self) -> Option<String> {
        self.input.try_with_value(HtmlInputElement::value)
    }

    /// Puts what is typed into the address.
    fn put(self) {
        stop(self.timer);
        let typed = self.text();
        if let Some(typed) = typed.filter(|typed| self.app.route.with_untracked(|route| route.q != *typed)) {
            self.app.tune(|route| route.q = typed);
        }
    }

    fn typed(self) {
        stop(self.timer);
        self.timer.set_value(set_timeout_with_handle(move || self.put(), PAUSE).ok());
    }

    fn clear(self) {
        self.input.with_value(|input| {
            input.set_value("");
            let _ = input.focus();
        });
        self.put();
    }

    fn key(self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "ArrowDown" | "Enter" => {
                event.prevent_default();
                self.put();
                if let Some(next) = self.next {
                    keys::focus(next);
                }
            }
            "Escape" if self.text().is_some_and(|text| !text.is_empty()) => {
                event.prevent_default();
                self.clear();
            }
            _ => {}
        }
    }
}

fn stop(timer: StoredValue<Option<TimeoutHandle>>) {
    if let Some(timer) = timer.try_update_value(Option::take).flatten() {
        timer.clear();
    }
}

/// The search field, and what is wrong with what is typed.
pub fn search(app: App, rows: Rows) -> Nodes {
    let problem = Memo::new(move |_| rows.head.with(|head| head.as_ref().and_then(|head| head.problem.clone())));
    let field = query_field(app, "test-search", "Search the tests", EXAMPLE, Some(".test-list .vlist"));
    if let Ok(Some(input)) = field.node().query_selector("input") {
        let _ = input.set_attribute("data-search", "");
        let _ = input.set_attribute("aria-describedby", "test-problem");
        follow(move || {
            let wrong = problem.with(Option::is_some);
            let _ = if wrong {
                input.set_attribute("aria-invalid", "true")
            } else {
                input.remove_attribute("aria-invalid")
            };
        });
    }
    let said = el("p", "test-problem").attr("id", "test-problem").attr("role", "status");
    let said = said.live(move || problem.get().map(|text| (icon("warning"), code_words(&text))));
    nodes((field, said))
}

/// A field for the query of the address. What is typed goes there after a short pause; Enter goes on to `next`.
pub fn query_field(app: App, id: &str, label: &str, example: &str, next: Option<&'static str>) -> El {
    let input = el("input", "").attr("id", id).attr("type", "text");
    let input = input.attr("inputmode", "search").attr("autocomplete", "off").attr("autocapitalize", "off");
    let input = input.attr("spellcheck", "false").attr("placeholder", example);
    let input = input.attr("value", app.route.with_untracked(|route| route.q.clone()));

    let timer = StoredValue::new(None::<TimeoutHandle>);
    let field = Field { app, input: StoredValue::new_local(input.as_node()), timer, next };
    let input = input.on("input", move |_: Event| field.typed());
    let input = input.on("keydown", move |event: KeyboardEvent| field.key(&event));
    on_cleanup(move || stop(timer));
    let q = Memo::new(move |_| app.route.with(|route| route.q.clone()));
    // Only when the address changed otherwise: a field that is being typed in is not to be touched.
    later(move || {
        let q = q.get();
        let waits = timer.with_value(Option::is_some);
        if !waits && field.text().is_some_and(|text| text != q) {
            field.input.with_value(|input| input.set_value(&q));
        }
    });
    let is_empty = Memo::new(move |_| q.with(String::is_empty));
    let at_end = live(move || {
        if is_empty.get() {
            return next.map(|_| el("kbd", "").attr("aria-hidden", "true").with("/"));
        }
        let clear = button("icon-button", move || field.clear()).attr("title", "Clear the search");
        Some(clear.attr("aria-label", "Clear the search").with(icon("close")))
    });
    let label = el("label", "sr-only").attr("for", id).with(label);
    div("test-search").with((label, icon("search"), input, at_end))
}

/// A sentence whose words in backquotes are set as code.
fn code_words(text: &str) -> El {
    let parts = text.split('`').enumerate();
    parts.fold(
        span(""),
        |whole, (i, part)| {
            if i % 2 == 1 { whole.with(el("code", "").with(part)) } else { whole.with(part) }
        },
    )
}

/// A toggle for each outcome that the run has.
pub fn outcomes(app: App, rows: Rows) -> El {
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
        WORDS.into_iter().filter(|word| has(word) > 0 || is_chosen(app, word)).collect::<Vec<_>>()
    });
    let chips = keyed(move || there.get(), move |word| chip(app, rows, word));
    div("outcome-chips").attr("role", "group").attr("aria-label", "Outcomes to show").with(chips)
}

fn is_chosen(app: App, word: &str) -> bool {
    app.route.with(|route| route.outcomes.iter().any(|o| o == word))
}

fn chip(app: App, rows: Rows, word: &'static str) -> El {
    let pressed = Memo::new(move |_| is_chosen(app, word));
    let count = Memo::new(move |_| {
        rows.head.with(|head| {
            let counts = &head.as_ref()?.counts;
            Some(counts.iter().find(|(w, _)| w == word).map_or(0, |(_, n)| *n))
        })
    });
    let chip = button("outcome-chip", move || {
        app.tune(|route| {
            if pressed.get_untracked() {
                route.outcomes.retain(|o| o != word);
            } else {
                route.outcomes.push(word.to_owned());
            }
        });
    });
    let chip = chip.attr("data-outcome", word).live_attr("data-none", move || count.get() == Some(0));
    let chip = chip.live_attr("aria-pressed", move || pressed.get().to_string());
    let figure = move || count.get().map(|n| format::count(n.into())).unwrap_or_default();
    let figure = span("chip-count").live_text(figure);
    chip.with((outcome_mark(word, false), span("chip-word").with(word), figure))
}

/// How many there are, and in which order.
pub fn count_and_order(app: App, rows: Rows) -> El {
    let shown = Memo::new(move |_| rows.head.with(|head| head.as_ref().map(|head| head.total)));
    // Said again only when it has changed.
    let count = Memo::new(move |_| {
        let all = u64::from(app.run().map_or(0, |run| run.tests));
        match shown.get().map(u64::from) {
            None => String::new(),
            Some(shown) if shown == all => format::plural(all, "test", "tests"),
            Some(shown) => format!("{} of {}", format::count(shown), format::plural(all, "test", "tests")),
        }
    });
    let count = el("p", "").attr("role", "status").live_text(move || count.get());
    let count = count.live_attr("data-shown", move || shown.get().map(|n| n.to_string()));
    let select = el("select", "").attr("aria-label", "Order").on("change", move |event: Event| {
        put_order(app, event_target_value(&event));
    });
    let select = select.with(SORTS.map(|(word, text)| el("option", "").attr("value", word).with(text)));
    let node: HtmlSelectElement = select.as_node();
    let turn = button("icon-button turn-order", move || {
        let now = order(app);
        put_order(app, now.strip_prefix('-').map_or_else(|| format!("-{now}"), str::to_owned));
    });
    let turn = turn.attr("title", "Turn the order round").attr("aria-label", "Turn the order round").with(icon("turn"));
    let pressed = turn.clone();
    follow(move || {
        let now = order(app);
        let turned = now.strip_prefix('-');
        node.set_value(turned.unwrap_or(&now));
        let _ = pressed.clone().attr("aria-pressed", turned.is_some().to_string());
    });
    div("test-order").with((count, el("label", "").with((span("quiet").with("Order"), select)), turn))
}

/// The word of the order that the list has now; with a minus before it where it is turned round.
fn order(app: App) -> String {
    let word = app.route.with(|route| route.sort.clone()).unwrap_or_default();
    let (sort, turned) = sort_of(Some(&word));
    let known = SORTS.iter().find(|(known, _)| sort_of(Some(known)).0 == sort).map_or("", |(known, _)| known);
    if turned { format!("-{known}") } else { known.to_owned() }
}

fn put_order(app: App, word: String) {
    app.tune(|route| route.sort = Some(word).filter(|word| word != SORTS[0].0));
}

/// A head of a column that orders the list by it, then the other way round, then as it was at first.
pub fn head(app: App, class: &str, text: &str, word: &'static str, down: bool) -> El {
    let press = button("sort-head", move || {
        let now = untrack(|| order(app));
        let turned = format!("-{word}");
        put_order(
            app,
            if now == word {
                turned
            } else if now == turned {
                SORTS[0].0.to_owned()
            } else {
                word.to_owned()
            },
        );
    });
    // The list would open its active row by these keys.
    let press = press.attr("data-sort", word).on("keydown", |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.stop_propagation();
        }
    });
    let says = move || {
        let now = order(app);
        let turned = now.strip_prefix('-');
        let by = turned.unwrap_or(&now) == word;
        by.then_some(if turned.is_some() == down { "ascending" } else { "descending" })
    };
    span(class).attr("role", "columnheader").live_attr("aria-sort", says).with(press.with(text))
}

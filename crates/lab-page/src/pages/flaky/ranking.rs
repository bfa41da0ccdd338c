//! The ranking: filter, search, and the list of tests, best evidence first.

use std::sync::Arc;
use std::time::Duration;

use lanescope_protocol::FlakyTest;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement, KeyboardEvent, MouseEvent};

use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, Nodes, button, div, el, follow, later, nodes, span, when};
use lanescope_ui::ui::{format, icon, row_id, virtual_list};

use crate::pages::flaky::marks::{class_mark, evidence_tags, rate_bar, rate_text};
use crate::pages::flaky::rows::Rows;
use crate::pages::flaky::story::{CLASS, CLASSES, QUERY, Story, go, open_test};
use crate::pages::flaky::words;

/// Between the last key and the question to the worker.
const PAUSE: Duration = Duration::from_millis(150);

/// What narrows the tests, above ranking and heat map.
pub fn controls(story: Story) -> El {
    let chip = |word: &'static str, name: &'static str| {
        let pressed = Memo::new(move |_| story.question.with(|q| q.class == word));
        let count = move || {
            story.overview.with(|overview| {
                let classes = overview.as_ref().map(|o| o.classes).unwrap_or_default();
                let n = match CLASSES.iter().position(|known| known.1 == word) {
                    Some(at) => classes.get(at).copied().unwrap_or(0),
                    None if word == "all" => classes.iter().sum(),
                    None => return String::new(),
                };
                format::count(n.into())
            })
        };
        let press = button("outcome-chip", move || {
            go(CLASS, if pressed.get_untracked() { "" } else { word }, false);
        });
        let press = press.attr("data-class", word).live_attr("aria-pressed", move || pressed.get().to_string());
        press.with((span("chip-word").with(name), span("chip-count").live_text(count)))
    };
    let chips = div("outcome-chips").attr("role", "group").attr("aria-label", "Classes to show");
    let chips = chips.with(chip("", "ever failed"));
    let chips = CLASSES.iter().fold(chips, |chips, known| chips.with(chip(known.1, known.2)));
    let chips = chips.with(chip("all", "all"));
    div("flaky-controls").with((search(story), chips))
}

fn search(story: Story) -> El {
    let q = Memo::new(move |_| story.question.with(|q| q.query.clone()));
    let input = el("input", "").attr("id", "flaky-search").attr("type", "text").attr("inputmode", "search");
    let input = input.attr("autocomplete", "off").attr("spellcheck", "false").attr("placeholder", "Search the tests");
    let input = input.attr("value", q.get_untracked());
    // With the owner, not in the listeners: what they hold would hold them.
    let field = StoredValue::new_local(input.as_node::<HtmlInputElement>());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let put = move || {
        stop();
        if let Some(text) = field.try_with_value(HtmlInputElement::value) {
            go(QUERY, &text, false);
        }
    };
    on_cleanup(stop);
    let input = input.on("input", move |_: Event| {
        stop();
        timer.set_value(set_timeout_with_handle(put, PAUSE).ok());
    });
    let input = input.on("keydown", move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => put(),
        "Escape" if field.try_with_value(|f| !f.value().is_empty()) == Some(true) => {
            event.prevent_default();
            field.with_value(|f| f.set_value(""));
            put();
        }
        _ => {}
    });
    later(move || {
        let q = q.get();
        if timer.with_value(Option::is_none) {
            field.with_value(|field| {
                if field.value() != q {
                    field.set_value(&q);
                }
            });
        }
    });
    let label = el("label", "sr-only").attr("for", "flaky-search").with("Search the tests");
    div("test-search").with((label, icon("search"), input))
}

/// The list.
pub fn ranking(story: Story) -> El {
    let rows = Rows::new(story);
    let (scroll_px, active) = story.place.get_value();
    rows.list.active.set(active);
    rows.list.scroll_to(scroll_px);
    on_cleanup(move || {
        let place = (rows.list.scroll_px.get_untracked(), rows.list.active.get_untracked());
        let _ = story.place.try_update_value(|kept| *kept = place);
    });
    let title =
        |class: &str, text: &str, says: &str| span(class).attr("role", "columnheader").attr("title", says).with(text);
    let header = div("flaky-row flaky-head").attr("role", "row").attr("aria-rowindex", "1").with(nodes((
        span("cell-choose").attr("role", "columnheader").with(span("sr-only").with("Chosen")),
        title("cell-class", "Class", "What the failures come from"),
        title("cell-test", "Test", "Best evidence of flakiness first"),
        title("cell-evidence", "Evidence", "What speaks for flakiness"),
        nodes((
            title("cell-rate", "Failure rate", "Share of runs with a failing attempt, and the interval of 95 %"),
            title("cell-flips", "Flips", "Changes between passing and failing, breakages left out"),
            title("cell-runs", "Failed / runs", "Runs that it finally failed, of those in which it ran"),
            title("cell-last", "Last failed", "Number of the last run in which it failed"),
            title("cell-score", "Score", "Probability that it is flaky"),
        )),
    )));
    let open = Callback::new(move |at| {
        if let Some(test) = rows.now(at) {
            open_test(&test.test);
        }
    });
    let list =
        virtual_list("Tests by evidence of flakiness", rows.list, 9, header, move |at| row(story, rows, at), open);
    let list = list.on("keydown", move |event: KeyboardEvent| {
        if event.key() == "x"
            && !event.ctrl_key()
            && let Some(test) = rows.now(rows.list.active.get_untracked())
        {
            choose(story, &test.test);
        }
    });
    let none = move || rows.total.get() == Some(0);
    let waiting = move || rows.total.get().is_none();
    div("flaky-list").with((
        list,
        when(waiting, || el("p", "flaky-note").attr("role", "status").with("Reading the ranking …")),
        when(none, move || nothing(story)),
    ))
}

fn nothing(story: Story) -> El {
    let clear = button("button small", || {
        crate::shell::bridge::go(false, |route| {
            crate::pages::flaky::story::put(route, CLASS, "all");
            crate::pages::flaky::story::put(route, QUERY, "");
        });
    });
    let narrowed = story.question.with_untracked(|q| !q.query.is_empty() || !q.class.is_empty());
    let (title, text) = if narrowed {
        ("No test matches", "Class and search both have to match.")
    } else {
        (
            "No test ever failed in these runs",
            "That says little about rare failures: after 40 clean runs a test may still fail in 7 % of them.",
        )
    };
    div("flaky-nothing").with((el("h2", "").with(title), el("p", "").with(text), clear.with("Show all tests")))
}

/// Takes a test into the chosen ones, or out of them.
fn choose(story: Story, test: &str) {
    story.chosen.update(|chosen| {
        if chosen.iter().any(|known| known == test) {
            chosen.retain(|known| known != test);
        } else {
            chosen.push(test.to_owned());
        }
    });
}

fn row(story: Story, rows: Rows, at: u32) -> El {
    let test = rows.row(at);
    let is_active = Memo::new(move |_| rows.list.active.get() == at);
    let id = move || test.with(|t| t.as_ref().map(|t| t.test.clone()));
    let class = move || test.with(|t| t.as_ref().map(|t| crate::pages::flaky::story::class_word(t.class)));
    let row = div("flaky-row").attr("id", row_id(at)).attr("role", "row");
    row.attr("aria-rowindex", (u64::from(at) + 2).to_string())
        .live_attr("data-active", move || is_active.get())
        .live_attr("data-flaky-test", id)
        .live_attr("data-class", class)
        .on("click", move |_: Event| {
            rows.list.active.set(at);
            if let Some(test) = rows.now(at) {
                open_test(&test.test);
            }
        })
        .live(move || match test.get() {
            Some(test) => cells(story, &test),
            None => nodes(span("test-bone").attr("role", "gridcell")),
        })
}

fn cells(story: Story, test: &Arc<FlakyTest>) -> Nodes {
    let cell = |class: &str| span(class).attr("role", "gridcell");
    let rate = test.failure_rate.filter(|_| test.counted_runs > 0);
    let (path, name) = words::split(&test.test);
    let name = el("bdi", "clip-end").attr("dir", "ltr").with(words::clip(name));
    let path = span("suite-path clip-start").with(el("bdi", "").attr("dir", "ltr").with(words::clip(path)));
    let last = test.last_failed.map_or("never".to_owned(), |run| format!("run {run}"));
    let flip_title =
        test.flip_rate.map(|rate| format!("{} of the places where there could be one", words::share(rate)));
    nodes((
        cell("cell-choose").with(choice(story, test)),
        cell("cell-class").with(class_mark(test.class)),
        cell("cell-test").with((span("test-name").with(name), path)),
        cell("cell-evidence").with(evidence_tags(&test.evidence)),
        nodes((
            cell("cell-rate").with((rate.as_ref().map(rate_bar), rate.as_ref().map(rate_text))),
            cell("cell-flips").attr_opt("title", flip_title).with(test.flips.to_string()),
            cell("cell-runs").with((test.failed_runs.to_string(), span("quiet").with(format!(" / {}", test.runs)))),
            cell("cell-last").with(last),
            cell("cell-score").with(fixed(test.score, 2)),
        )),
    ))
}

/// The box that takes a test into the list to take home.
fn choice(story: Story, test: &Arc<FlakyTest>) -> El {
    let id = test.test.clone();
    let (is, name) = (id.clone(), format!("Choose {}", words::clip(words::split(&id).1)));
    let box_ = el("input", "").attr("type", "checkbox").attr("tabindex", "-1").attr("aria-label", name);
    let node: HtmlInputElement = box_.as_node();
    follow(move || node.set_checked(story.chosen.with(|chosen| chosen.contains(&is))));
    box_.on("click", move |event: MouseEvent| {
        event.stop_propagation();
        choose(story, &id);
    })
}

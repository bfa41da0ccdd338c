//! What may be assumed: the controls of a plan.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use lanescope_protocol::Mode;
use lanescope_ui::shell::dom;
use lanescope_ui::state::number::{fixed, plain, read};
use lanescope_ui::ui::el::{Child, El, button, div, el, follow, span, when};
use lanescope_ui::ui::format;

use super::keys::{self, SPLITS};
use super::state::State;
use super::words::{mode_name, mode_says};

/// Most workers that a plan may have.
const MOST: f64 = 256.0;

/// The controls.
pub fn controls(state: State) -> El {
    let plan = state.plan;
    let shards = Memo::new(move |_| plan.with(|plan| plan.as_ref().is_some_and(|plan| plan.mode == Mode::Shards)));
    let many = Memo::new(move |_| plan.with(|p| p.as_ref().is_some_and(|p| p.mode == Mode::Shards || p.shards > 1)));
    let reset = button("link", move || state.change(Vec::clear)).with("As recorded");
    let head = div("controls-head")
        .with((el("h3", "").with("Assume"), reset.live_attr("hidden", move || state.keys.with(Vec::is_empty))));
    let machines = when(move || !shards.get(), move || field("Machines (shards)", number(state, "shards", "1", 1.0)));
    let split =
        when(move || many.get(), move || field("Cut into shards", choice(state, "split", &SPLITS.map(|s| (s.0, s.1)))));
    let slow = el("label", "check").with((check(state, "slow"), "Slow tests first"));
    let grid = div("controls-grid").with((modes(state), workers(state, shards), machines, split, slow, cut(state)));
    let grid = grid.with((query(state, 0, "drop", "Leave out tests"), faster(state)));
    el("form", "controls")
        .attr("aria-label", "What to assume")
        .on("submit", |event: Event| event.prevent_default())
        .with((head, grid, more(state)))
}

fn modes(state: State) -> El {
    let all =
        Memo::new(move |_| state.known.with(|known| known.as_ref().map(|k| k.work.modes.clone()).unwrap_or_default()));
    let one = move |mode: Mode| {
        let on = move || state.plan.with(|plan| plan.as_ref().is_some_and(|plan| plan.mode == mode));
        let press = button("chip", move || state.set("mode", mode.as_str())).attr("title", mode_says(mode));
        press
            .attr("data-mode", mode.as_str())
            .live_attr("aria-pressed", move || if on() { "true" } else { "false" })
            .with(mode_name(mode))
    };
    let buttons = div("chips").attr("role", "group").attr("aria-label", "Mode");
    div("field wide").with((
        span("field-name").with("How tests are dealt out"),
        buttons.live(move || all.get().into_iter().map(one).collect::<Vec<El>>()),
    ))
}

/// A slider of doublings beside the number itself.
fn workers(state: State, shards: Memo<bool>) -> El {
    let now = move || state.plan.with(|plan| plan.as_ref().map_or(1, |plan| plan.workers));
    let slider = el("input", "slider")
        .attr("type", "range")
        .attr("min", "0")
        .attr("max", "160")
        .attr("aria-label", "Workers, from 1 to 256");
    let node: HtmlInputElement = slider.as_node();
    let moved = node.clone();
    follow(move || {
        let place = f64::from(now()).ln() / MOST.ln() * 160.0;
        if !has_focus(&node) || (of_slider(&node) - f64::from(now())).abs() > 0.5 {
            node.set_value(&fixed(place, 0));
        }
    });
    let slider = slider.on("input", move |_: Event| state.set("workers", &plain(of_slider(&moved))));
    let slider = slider.live_attr("aria-valuetext", move || format!("{} workers", now()));
    let name = span("field-name")
        .live_text(move || if shards.get() { "Shards, one worker each" } else { "Workers" }.to_owned());
    let exact = number(state, "workers", "", 1.0).attr("aria-label", "Workers").attr("max", "256");
    let node: HtmlInputElement = exact.as_node();
    follow(move || node.set_placeholder(&now().to_string()));
    div("field wide workers-field").with((name, div("slider-row").with((slider, exact))))
}

fn of_slider(node: &HtmlInputElement) -> f64 {
    (MOST.ln() * (node.value_as_number() / 160.0)).exp().round().clamp(1.0, MOST)
}

fn has_focus(node: &HtmlInputElement) -> bool {
    dom::document().active_element().is_some_and(|active| active == *node.unchecked_ref::<web_sys::Element>())
}

fn field(name: &str, control: impl Child) -> El {
    el("label", "field").with((span("field-name").with(name), control))
}

/// An input whose value is that of a key; it is left alone while someone writes in it.
fn input(state: State, key: &'static str, kind: &str) -> El {
    let input = el("input", "input").attr("type", kind).attr("data-key", key).attr("autocomplete", "off");
    let node: HtmlInputElement = input.as_node();
    let changed = node.clone();
    follow(move || {
        let value = state.keys.with(|keys| keys::get(keys, key).to_owned());
        if !has_focus(&node) && node.value() != value {
            node.set_value(&value);
        }
    });
    let event = if kind == "search" { "change" } else { "input" };
    input.on(event, move |_: Event| state.set(key, changed.value().trim()))
}

fn number(state: State, key: &'static str, hint: &str, least: f64) -> El {
    input(state, key, "number")
        .attr("min", plain(least))
        .attr("step", if least >= 1.0 { "1" } else { "any" })
        .attr("placeholder", hint)
}

fn check(state: State, key: &'static str) -> El {
    let input = el("input", "").attr("type", "checkbox").attr("data-key", key);
    let node: HtmlInputElement = input.as_node();
    let changed = node.clone();
    follow(move || node.set_checked(state.keys.with(|keys| keys::get(keys, key) == "1")));
    input.on("change", move |_: Event| state.set(key, if changed.checked() { "1" } else { "" }))
}

/// One of several words; the first is what holds without a key.
fn choice(state: State, key: &'static str, words: &[(&str, &str)]) -> El {
    let first = words.first().map_or("", |word| word.0).to_owned();
    let select = words.iter().fold(el("select", "input").attr("data-key", key), |select, (word, name)| {
        select.with(el("option", "").attr("value", *word).with(*name))
    });
    let node: web_sys::HtmlSelectElement = select.as_node();
    let (changed, unset) = (node.clone(), first.clone());
    follow(move || {
        let value = state.keys.with(|keys| keys::get(keys, key).to_owned());
        node.set_value(if value.is_empty() { &first } else { &value });
    });
    select.on("change", move |_: Event| {
        let value = changed.value();
        state.set(key, if value == unset { "" } else { &value });
    })
}

/// Into how many parts a test is cut, and which one: the longest, or one of the slow ones.
fn cut(state: State) -> El {
    const PARTS: [(&str, &str); 6] =
        [("1", "no"), ("2", "in 2"), ("3", "in 3"), ("4", "in 4"), ("8", "in 8"), ("16", "in 16")];
    let parts = PARTS
        .iter()
        .fold(el("select", "input").attr("aria-label", "Parts").attr("data-key", "cut"), |select, (word, name)| {
            select.with(el("option", "").attr("value", *word).with(*name))
        });
    let test = el("select", "input wide-input").attr("aria-label", "Test to split").attr("data-key", "cut-test");
    let node: web_sys::HtmlSelectElement = test.as_node();
    let of_parts: web_sys::HtmlSelectElement = parts.as_node();
    let slow = Memo::new(move |_| {
        let top = |spread: &lanescope_protocol::Spread| spread.tests.iter().take(20).cloned().collect::<Vec<_>>();
        state.spread.with(|spread| spread.as_ref().map(top).unwrap_or_default())
    });
    let chosen = test.live(move || {
        let option = |(i, test): (usize, lanescope_protocol::Portion)| {
            let value = if i == 0 { String::new() } else { test.name.clone() };
            let name = test.name.rsplit("::").next().unwrap_or(&test.name).to_owned();
            el("option", "").attr("value", value).with(format!("{name}, {}", format::seconds(test.seconds)))
        };
        slow.get().into_iter().enumerate().map(option).collect::<Vec<El>>()
    });
    let (read_parts, read_test) = (of_parts.clone(), node.clone());
    follow(move || {
        slow.track();
        state.keys.with(|keys| {
            let (parts, test) = keys::cut(keys);
            of_parts.set_value(&parts.to_string());
            node.set_value(test);
        });
    });
    let changed = move |_: Event| {
        let (parts, test) = (read_parts.value(), read_test.value());
        let value = if parts == "1" { String::new() } else { format!("{parts} {test}").trim_end().to_owned() };
        state.set("cut", &value);
    };
    let again = changed.clone();
    div("field").with((
        span("field-name").with("Split a long test"),
        div("pair").with((parts.on("change", changed), chosen.on("change", again))),
    ))
}

/// A query, and what it found.
fn query(state: State, place: usize, key: &'static str, name: &str) -> El {
    let input =
        input(state, key, "search").attr("placeholder", "query: marker:slow, duration:>1s").attr("spellcheck", "false");
    let words = move || {
        state.found.with(|found| {
            let found = found.get(place).filter(|found| !found.query.is_empty())?;
            Some(match &found.problem {
                Some(problem) => problem.clone(),
                None if found.total as usize > found.tests.len() => {
                    format!(
                        "the slowest {} of {}",
                        found.tests.len(),
                        format::plural(found.total.into(), "test", "tests")
                    )
                }
                None => format::plural(found.total.into(), "test", "tests"),
            })
        })
    };
    field(name, (input, span("field-said").attr("role", "status").live_text(move || words().unwrap_or_default())))
}

fn faster(state: State) -> El {
    const FACTORS: [(&str, &str); 5] = [
        ("0.5", "2× as fast"),
        ("0.25", "4× as fast"),
        ("0.1", "10× as fast"),
        ("0.8", "a fifth less time"),
        ("2", "half as fast"),
    ];
    let factor = choice(state, "factor", &FACTORS).attr("aria-label", "How much faster");
    div("field faster").with((query(state, 1, "faster", "Make tests faster"), factor))
}

/// What is seldom changed.
fn more(state: State) -> El {
    let recorded = move |of: fn(&lanescope_protocol::WorkSummary) -> Option<f64>| {
        move || {
            let s = state.known.with(|known| known.as_ref().and_then(|known| of(&known.work)));
            s.map_or_else(
                || "not known".to_owned(),
                |s| fixed(s, 3).trim_end_matches('0').trim_end_matches('.').to_owned(),
            )
        }
    };
    let seconds = move |key: &'static str, name: &str, of: fn(&lanescope_protocol::WorkSummary) -> Option<f64>| {
        field(name, number(state, key, "", 0.0).live_attr("placeholder", recorded(of)))
    };
    let contention = el("input", "input")
        .attr("type", "text")
        .attr("data-key", "contention")
        .attr("list", "contention-words")
        .attr("placeholder", "as the runs tell");
    let node: HtmlInputElement = contention.as_node();
    let changed = node.clone();
    follow(move || {
        let value = state.keys.with(|keys| keys::get(keys, "contention").to_owned());
        if !has_focus(&node) {
            node.set_value(&value);
        }
    });
    let contention = contention.on("input", move |_: Event| {
        let value = changed.value();
        let good = value.is_empty() || value == "none" || read(&value).is_some_and(|n| n >= 1.0);
        if good {
            state.set("contention", &value);
        }
    });
    let words = el("datalist", "").attr("id", "contention-words").with([
        el("option", "").attr("value", "none").with("tests do not slow each other down"),
        el("option", "").attr("value", "2").with("two workers' worth of tests get through"),
        el("option", "").attr("value", "4").with("four workers' worth of tests get through"),
    ]);
    let grid = div("controls-grid").with((
        seconds("start", "Start-up, s", |work| work.start_up_s),
        seconds("fixture", "Session fixtures on each worker, s", |work| work.session_fixture_s),
        seconds("gap", "Between two tests, s", |work| work.gap_s),
        seconds("after", "After the tests, s", |work| work.after_s),
        field("Contention: workers' worth that get through", (contention, words)),
        field("Price of a worker-minute", number(state, "price", "none", 0.0)),
    ));
    let open = state.keys.with_untracked(|keys| {
        ["start", "fixture", "gap", "after", "contention", "price"].iter().any(|key| !keys::get(keys, key).is_empty())
    });
    el("details", "controls-more")
        .attr_if("open", open)
        .with((el("summary", "").with("Start-up, gaps, contention, price"), grid))
}

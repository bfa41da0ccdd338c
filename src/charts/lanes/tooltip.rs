//! What is said beside the pointer.

use lanescope_protocol::AttemptBrief;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::charts::lanes::bars::Bar;
use crate::charts::lanes::pointed::{self, Pointed, What};
use crate::shell::dom;
use crate::state::number;
use crate::ui::el::{El, Live, Nodes, div, el, nodes, when};
use crate::ui::format;

/// The tooltip of what is pointed at. It lies over everything, so that no scrolled element cuts it. `brief` is what
/// is known of an attempt, asked again when it has come; `click` is a last line that says what a click does.
pub fn tooltip(
    pointed: RwSignal<Option<Pointed>>,
    brief: Callback<u32, Option<AttemptBrief>>,
    click: &'static str,
) -> Live {
    let shown =
        Memo::new(move |_| pointed.with(|p| p.as_ref().map(|p| (p.lane.clone(), p.what.clone(), p.around.clone()))));
    let content = move || {
        let (lane, what, around) = shown.get()?;
        Some(match what {
            What::Idle(text) => nodes(el("p", "tip-line").with((el("b", "").with(lane), " ", text))),
            What::Bar(bar) => match bar.attempt {
                None => merged(&lane, &bar),
                Some(attempt) => nodes((
                    one(&lane, &bar, brief.run(attempt)),
                    el("p", "tip-line").with(around),
                    (!click.is_empty()).then(|| el("p", "tip-hint").with(click)),
                )),
            },
        })
    };
    let place = move || pointed.with(|p| p.as_ref().map_or_else(String::new, |p| beside(p.x, p.y)));
    let tip = move || div("tip").attr("aria-hidden", "true").live_style("transform", place).live(content);
    when(move || shown.with(Option::is_some), tip)
}

/// To the right of the pointer and below it, or where there is more room.
fn beside(x: f64, y: f64) -> String {
    let side = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or(800.0);
    let (width, height) = (side(dom::window().inner_width()), side(dom::window().inner_height()));
    let x = if x > width * 0.55 { format!("calc({} - 100%)", number::px(x - 14.0)) } else { number::px(x + 14.0) };
    let y = if y > height * 0.6 { format!("calc({} - 100%)", number::px(y - 12.0)) } else { number::px(y + 18.0) };
    format!("translate({x}, {y})")
}

fn named(word: &str, name: &str) -> El {
    el("p", "tip-name").with((el("i", "swatch").attr("data-outcome", word), name))
}

fn merged(lane: &str, bar: &Bar) -> Nodes {
    let word = pointed::word(bar);
    let worst = if bar.outcome == 0 { "all passed".to_owned() } else { format!("worst: {word}") };
    let name = named(word, &format!("{}; zoom in", pointed::merged(bar)));
    nodes((name, el("p", "tip-line").with((lane, " · ", worst))))
}

fn one(lane: &str, bar: &Bar, brief: Option<AttemptBrief>) -> Nodes {
    let word = pointed::word(bar);
    let row = |name: &str, s: Option<f64>| s.map(|s| (el("dt", "").with(name), el("dd", "").with(format::seconds(s))));
    let length = Some(bar.span.len_s());
    let brief = brief.unwrap_or_else(|| AttemptBrief {
        attempt: 0,
        test: String::new(),
        name: "…".to_owned(),
        suite: String::new(),
        outcome: word.to_owned(),
        number: 1,
        of: 1,
        worker: None,
        start_s: None,
        total_s: length,
        setup_s: None,
        call_s: None,
        teardown_s: None,
        message: String::new(),
        limit_s: None,
    });
    let attempt = (brief.of > 1).then(|| format!(" · attempt {} of {}", brief.number, brief.of));
    let outcome = el("b", "tip-outcome").attr("data-outcome", word).with(word);
    let times = [
        row("time", brief.total_s.or(length)),
        row("starts at", brief.start_s.or(Some(bar.span.from_s))),
        row("setup", brief.setup_s),
        row("call", brief.call_s),
        row("teardown", brief.teardown_s),
    ];
    nodes((
        named(word, &brief.name),
        el("p", "tip-line").with(&brief.suite),
        el("p", "tip-line").with((outcome, attempt, " · ", lane)),
        el("dl", "tip-times").with(times),
        (!brief.message.is_empty()).then(|| el("p", "tip-message").with(&brief.message)),
    ))
}

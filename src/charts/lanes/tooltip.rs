//! What is said beside the pointer.

use lanescope_protocol::AttemptBrief;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::charts::lanes::bars::Bar;
use crate::charts::lanes::pointed::{self, Pointed, What};
use crate::shell::dom;
use crate::ui::format;

/// The tooltip of what is pointed at. It lies over everything, so that no scrolled element cuts it.
#[component]
pub fn Tooltip(
    /// What the pointer is on.
    #[prop(into)]
    pointed: Signal<Option<Pointed>>,
    /// What is known of an attempt; asked again when it has come.
    brief: Callback<u32, Option<AttemptBrief>>,
    /// A last line that says what a click does.
    #[prop(optional)]
    click: &'static str,
) -> impl IntoView {
    let shown = Memo::new(move |_| pointed.with(|p| p.as_ref().map(|p| (p.lane.clone(), p.what.clone()))));
    let content = move || {
        shown.get().map(|(lane, what)| match what {
            What::Idle(text) => view! { <p class="tip-line"><b>{lane}</b>" "{text}</p> }.into_any(),
            What::Bar(bar) if bar.attempt.is_none() => merged(&lane, &bar).into_any(),
            What::Bar(bar) => {
                let known = bar.attempt.and_then(|attempt| brief.run(attempt));
                one(lane, &bar, known, click).into_any()
            }
        })
    };
    let place = move || pointed.with(|p| p.as_ref().map_or_else(String::new, |p| beside(p.x, p.y)));
    view! {
        <Show when=move || shown.with(Option::is_some)>
            <div class="tip" aria-hidden="true" style:transform=place>{content}</div>
        </Show>
    }
}

/// To the right of the pointer and below it, or where there is more room.
fn beside(x: f64, y: f64) -> String {
    let side = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or(800.0);
    let (width, height) = (side(dom::window().inner_width()), side(dom::window().inner_height()));
    let x = if x > width * 0.55 { format!("calc({:.0}px - 100%)", x - 14.0) } else { format!("{:.0}px", x + 14.0) };
    let y = if y > height * 0.6 { format!("calc({:.0}px - 100%)", y - 12.0) } else { format!("{:.0}px", y + 18.0) };
    format!("translate({x}, {y})")
}

fn merged(lane: &str, bar: &Bar) -> impl IntoView + use<> {
    let word = pointed::word(bar);
    let worst = if bar.outcome == 0 { "all passed".to_owned() } else { format!("worst: {word}") };
    view! {
        <p class="tip-name"><i class="swatch" data-outcome=word></i>{pointed::merged(bar)}"; zoom in"</p>
        <p class="tip-line">{lane.to_owned()}" · "{worst}</p>
    }
}

fn one(lane: String, bar: &Bar, brief: Option<AttemptBrief>, click: &'static str) -> impl IntoView + use<> {
    let word = pointed::word(bar);
    let row = |name: &'static str, s: Option<f64>| s.map(|s| view! { <dt>{name}</dt><dd>{format::seconds(s)}</dd> });
    let length = Some(bar.span.len_s());
    let known = brief.is_some();
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
    view! {
        <p class="tip-name"><i class="swatch" data-outcome=word></i>{brief.name}</p>
        <p class="tip-line">{brief.suite}</p>
        <p class="tip-line"><b class="tip-outcome" data-outcome=word>{word}</b>{attempt}" · "{lane}</p>
        <dl class="tip-times">
            {row("time", brief.total_s.or(length))}
            {row("starts at", brief.start_s.or(Some(bar.span.from_s)))}
            {row("setup", brief.setup_s)}
            {row("call", brief.call_s)}
            {row("teardown", brief.teardown_s)}
        </dl>
        {(!brief.message.is_empty()).then(|| view! { <p class="tip-message">{brief.message}</p> })}
        {(known && !click.is_empty()).then(|| view! { <p class="tip-hint">{click}</p> })}
    }
}

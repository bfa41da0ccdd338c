//! Where the workers' time went: from the whole, step by step, down to what was spent in tests.

use std::rc::Rc;

use lanescope_protocol::{Answer, PartKey, Waterfall, WaterfallOf, WaterfallPart};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::charts::lanes::Stage;
use crate::pages::timeline::notice::how;
use crate::pages::timeline::panels::{fixtures, mark, pieces, pressed, share_css};
use crate::state::number;
use crate::ui::el::{El, div, el, span};
use crate::ui::format;

/// The steps: what is lost around the tests first, the tests themselves last.
const STEPS: [(PartKey, &str); 8] = [
    (PartKey::StartUp, "Start-up"),
    (PartKey::Gap, "Gaps"),
    (PartKey::Tail, "Idle at the end"),
    (PartKey::After, "After the tests"),
    (PartKey::Setup, "Setup"),
    (PartKey::Teardown, "Teardown"),
    (PartKey::Retries, "Retries"),
    (PartKey::Call, "In tests"),
];

/// Fills a place.
pub(super) fn show(stage: Stage, place: El, answer: Answer) {
    let Answer::Waterfall(waterfall) = answer else { return };
    let waterfall: Rc<Waterfall> = waterfall.into();
    let beside = div("panel-side").with(beginning(&waterfall));
    let steps = steps(&waterfall);
    let (rows, side, of) = (steps.html(), beside.clone(), Rc::clone(&waterfall));
    let steps = steps.on("click", move |event: Event| {
        let Some((row, at)) = pressed(&event, "data-step") else { return };
        let now = row.get_attribute("aria-pressed").as_deref() == Some("true");
        if let Ok(all) = rows.query_selector_all("[aria-pressed]") {
            (0..all.length()).filter_map(|i| all.get(i)?.dyn_into::<Element>().ok()).for_each(|row| {
                let _ = row.set_attribute("aria-pressed", "false");
            });
        }
        stage.mark_pieces(std::iter::empty(), true);
        side.node().set_text_content(None);
        let side = side.clone();
        let found = STEPS.get(at).and_then(|step| Some((step.1, part(&of, step.0)?))).filter(|_| !now);
        let _ = match found {
            Some((name, part)) => {
                let _ = row.set_attribute("aria-pressed", "true");
                let side = side.with(pieces::pieces(stage, &of, part, name));
                // In one column the answer stands below: it comes into sight.
                if side.html().offset_top() > rows.offset_top() + rows.offset_height() / 2 {
                    side.node().scroll_into_view();
                }
                side
            }
            None => side.with(beginning(&of)),
        };
    });
    let _ = place.with(div("panel-columns waterfall").with((steps, beside)));
}

fn part(waterfall: &Waterfall, key: PartKey) -> Option<&WaterfallPart> {
    waterfall.parts.iter().find(|part| part.key == key)
}

/// What stands beside the steps while none is chosen.
fn beginning(waterfall: &Waterfall) -> El {
    let hint = "Choose a part to see the bars and holes that it is made of, and what makes it smaller.";
    div("").with((el("p", "panel-hint quiet").with(hint), fixtures::fixtures(waterfall)))
}

fn steps(waterfall: &Waterfall) -> El {
    let known: f64 = STEPS.iter().filter_map(|step| part(waterfall, step.0)?.seconds).sum();
    let total = waterfall.total_s.unwrap_or(known).max(f64::MIN_POSITIVE);
    let mut rows = Vec::with_capacity(STEPS.len() + 1);
    if let Some(total_s) = waterfall.total_s {
        let workers = waterfall.workers.unwrap_or(1);
        let of = if waterfall.of == WaterfallOf::Session { "session" } else { "wall" };
        let each = format::seconds(total_s / f64::from(workers.max(1)));
        let name = format!("{workers} × {of} {each}");
        let bar = span("step-bar whole").style("width", "100%");
        rows.push(row(span("step"), &name, None, Some(bar), Some(total_s), Some(1.0), "whole"));
    }
    let mut from = 0.0;
    for (i, &(key, name)) in STEPS.iter().enumerate() {
        let Some(part) = part(waterfall, key) else { continue };
        let seconds = part.seconds.unwrap_or(0.0);
        let bar = part.seconds.filter(|s| *s > 0.0).map(|seconds| {
            let bar = span("step-bar").attr("data-part", key.as_str()).style("left", share_css(from / total));
            bar.style("width", share_css(seconds / total))
        });
        from += seconds;
        let step = el("button", "step")
            .attr("type", "button")
            .attr("title", &part.what)
            .class_if("weak", part.seconds.is_none());
        let step = step.attr("data-step", i.to_string()).attr("aria-pressed", "false");
        let step = step.attr_if("disabled", part.pieces.is_none());
        let step = step.attr_opt("data-provenance", Some(part.provenance.as_str()));
        let swatch = el("i", "").attr("data-part", key.as_str());
        let marks = span("step-name").with((swatch, name, mark(part.provenance)));
        rows.push(row(step, "", Some(marks), bar, part.seconds, part.share, key.as_str()));
    }
    let sum = match waterfall.total_s {
        Some(_) => "The parts sum to the whole",
        None => "The parts that are known",
    };
    let sum = el("p", "step-sum").with((span("").with(sum), number("sum", Some(known))));
    let unknown = (!waterfall.explanation.is_empty()).then(|| el("p", "panel-note").with(&waterfall.explanation));
    let record =
        waterfall.how.as_deref().map(|text| div("panel-how").with((el("p", "quiet").with("To record it:"), how(text))));
    div("steps").with((el("ul", "").with(rows), sum, unknown, record))
}

fn row(
    step: El,
    name: &str,
    marks: Option<El>,
    bar: Option<El>,
    seconds: Option<f64>,
    share: Option<f64>,
    key: &str,
) -> El {
    let name = marks.unwrap_or_else(|| span("step-name").with(name));
    let share = share.map(format::percent).unwrap_or_default();
    el("li", "").with(step.with((
        name,
        span("step-track").with(bar),
        number(key, seconds),
        span("num quiet").with(share),
    )))
}

fn number(key: &str, seconds: Option<f64>) -> El {
    let number = span("num").attr("data-metric", format!("waterfall_s.{key}"));
    let number = number.attr("data-value", seconds.map(number::plain).unwrap_or_default());
    number.with(seconds.map_or("unknown".to_owned(), format::seconds))
}

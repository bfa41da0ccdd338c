//! Lists of parts of a run's time, with bars.

use leptos::prelude::*;

use lanescope_protocol::Portion;
use lanescope_ui::state::number::{fixed, plain};
use lanescope_ui::ui::el::{El, button, div, el, live, span};
use lanescope_ui::ui::format;

/// Rows that are shown at first.
const FIRST: usize = 10;

/// A list of parts, the largest first: name, time, share and the share of all so far.
pub fn list(name: &'static str, title: &str, parts: Vec<Portion>) -> El {
    let all = RwSignal::new(false);
    let (count, most) = (parts.len(), parts.iter().map(|part| part.seconds).fold(1e-12, f64::max));
    let summed = parts.iter().any(|part| part.cumulative.is_some());
    let head = el("tr", "").with((
        el("th", "").attr("scope", "col").with(title),
        el("th", "num").attr("scope", "col").with("time"),
        el("th", "num").attr("scope", "col").with("share"),
        summed.then(|| el("th", "num").attr("scope", "col").with("so far")),
    ));
    let body = el("tbody", "").live(move || {
        let shown = if all.get() { count } else { FIRST };
        parts.iter().take(shown).map(|part| row(part, most, summed)).collect::<Vec<El>>()
    });
    let more = live(move || {
        (count > FIRST && !all.get()).then(|| button("link", move || all.set(true)).with(format!("all {count}")))
    });
    let table = el("table", "portions").attr("data-portions", name).with((el("thead", "").with(head), body));
    div("portions-place").with((table, more))
}

fn row(part: &Portion, most: f64, summed: bool) -> El {
    let width = |share: f64| fixed((share * 100.0).clamp(0.0, 100.0), 2) + "%";
    let bar = div("portion-bar").attr("aria-hidden", "true").with(span("").style("width", width(part.seconds / most)));
    // The end of a long name tells more than its begin.
    let name = div("portion-name").attr("title", &part.name).with(el("bdi", "").with(&part.name));
    el("tr", "").attr("data-portion", &part.name).with((
        el("td", "").with((name, bar)),
        el("td", "num").attr("data-value", plain(part.seconds)).with(format::seconds(part.seconds)),
        el("td", "num").with(format::percent(part.share)),
        summed.then(|| el("td", "num quiet").with(part.cumulative.map(format::percent).unwrap_or_default())),
    ))
}

/// Parts of one whole, side by side, with their names below.
pub fn stacked(parts: &[Portion], colour: fn(&str) -> String) -> El {
    let bar = parts.iter().fold(div("stack").attr("aria-hidden", "true"), |bar, part| {
        bar.with(span("").style("flex-grow", plain(part.seconds.max(0.0))).style("background", colour(&part.name)))
    });
    let names = parts.iter().fold(el("ul", "stack-names"), |names, part| {
        let swatch = span("swatch").style("background", colour(&part.name));
        let words = format!(" {}, {}", format::seconds(part.seconds), format::percent(part.share));
        names.with(el("li", "").attr("data-value", plain(part.seconds)).with((
            swatch,
            el("b", "").with(&part.name),
            words,
        )))
    });
    div("").with((bar, names))
}

//! How the lanes are known, in words, where they are not simply recorded.

use lanescope_protocol::{Provenance, Timeline};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use crate::charts::lanes::change_lanes;
use crate::state::App;
use crate::ui::el::{El, Live, div, el, follow, live, span, when};
use crate::ui::{copy_text, format, known};

/// More workers than this are not offered for a simulation.
const MOST: u32 = 512;

/// Nothing where the lanes are recorded.
pub fn notice(app: App) -> Live {
    let how_known = Memo::new(move |_| app.timeline.with(|t| t.as_ref().map(|t| t.provenance)));
    let simulated = Memo::new(move |_| app.timeline.with(|t| t.as_ref().and_then(|t| t.simulated_workers)));
    let mark = move || how_known.get().and_then(known);
    let words = move || app.timeline.with(|t| t.as_ref().map(|t| t.explanation.clone()));
    let to_record = move || {
        let how = app.timeline.with(|t| t.as_ref().and_then(|t| t.how.as_deref().map(how)))?;
        Some(div("notice-how").with((span("quiet").with("To record it:"), how)))
    };
    let notice = move || {
        let notice = div("notice").live_attr("data-known", move || how_known.get().map(Provenance::as_str));
        // Another number gives other lanes, and the field that it is typed into stays.
        let workers = when(move || simulated.get().is_some(), move || workers(app, simulated));
        notice.attr("role", "note").with((el("p", "").with((live(mark), " ", live(words))), workers, live(to_record)))
    };
    when(move || how_known.get().is_some_and(|known| known != Provenance::Recorded), notice)
}

/// How to record more: a command is copied, a sentence is read.
pub fn how(how: &str) -> Vec<El> {
    let line = |line| if str::ends_with(line, '.') { el("p", "").with(line) } else { copy_text(line) };
    how.lines().map(str::trim).filter(|text| !text.is_empty()).map(line).collect()
}

/// How many attempts have no place on the lanes, in words.
pub fn unplaced(timeline: &Timeline) -> Option<String> {
    let has = |n: u32| if n == 1 { "attempt has" } else { "attempts have" };
    let n = timeline.unplaced;
    (n > 0).then(|| format!("{} {} no recorded time, and no place on the lanes.", format::count(n.into()), has(n)))
}

/// The number of workers of a simulation.
fn workers(app: App, n: Memo<Option<u32>>) -> El {
    let input = el("input", "").attr("type", "number").attr("min", "1").attr("max", MOST.to_string());
    let input = input.attr("inputmode", "numeric").on("change", move |event: Event| {
        let wanted = event_target_value(&event).trim().parse::<u32>().ok().map(|n| n.clamp(1, MOST));
        let lanes = app.timeline.with_untracked(|t| t.as_ref().map(|t| (t.run.clone(), t.sort)));
        if let (Some(wanted), Some((run, sort))) = (wanted, lanes) {
            change_lanes(app, run, sort, Some(wanted));
        }
    });
    let node: HtmlInputElement = input.as_node();
    follow(move || {
        if let Some(n) = n.get() {
            node.set_value(&n.to_string());
        }
    });
    el("label", "notice-workers").with(("Workers to simulate", input))
}

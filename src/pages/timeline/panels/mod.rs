//! What stands below the lanes: tabs, and the panel of the open one. Which one is open stands in the address.

mod end;
mod fixtures;
mod limits;
mod pieces;
mod splitter;
mod waterfall;

use lanescope_protocol::{Answer, Provenance, Request, TestLine};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use crate::charts::canvas;
use crate::charts::lanes::{CURVE_PX, Span, Stage, top_px};
use crate::pages::timeline::range::range_panel;
use crate::pages::timeline::table::lane_table;
use crate::shell::{dom, keys, open};
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, button, div, el, follow, live, span};
use crate::ui::{icon, outcome_mark};

/// The word in the address and the name of each panel.
const PANELS: [(&str, &str); 5] = [
    ("time", "Where the time went"),
    ("end", "The end"),
    ("range", "Range"),
    ("limits", "Time-outs"),
    ("lanes", "Lanes"),
];
/// In the address: no panel, also where there is room for one.
const NONE: &str = "none";
/// Height of a lane that a panel leaves where it opens unasked, pixels.
const LANE_PX: f64 = 26.0;
/// Legend, tabs and air, pixels.
const AROUND_PX: f64 = 84.0;
/// A panel opens unasked where it gets this much, pixels.
const ENOUGH_PX: f64 = 190.0;
/// And on pages that are not narrower than this, pixels.
const WIDE_PX: f64 = 700.0;

/// The open panel, from the address; unasked the first one, where there is room.
fn opened(panel: Option<&str>, room: bool) -> Option<usize> {
    let named = panel.and_then(|word| PANELS.iter().position(|panel| panel.0 == word));
    named.or((room && panel != Some(NONE)).then_some(0))
}

/// Height of a panel, pixels: what was chosen, or what the lanes leave of `whole`. Some lanes always stay in sight.
fn height(chosen: Option<f64>, whole: f64, left: f64) -> f64 {
    let fair = left.min(whole * 0.52).max(whole * 0.36);
    chosen.unwrap_or(fair).min(whole - splitter::LANES_PX).max(splitter::LEAST_PX)
}

/// Tabs and panel; `split` is the element that they share with the lanes.
pub fn panels(stage: Stage, split: &El) -> El {
    let app = stage.app;
    let size = RwSignal::new((0.0, 0.0));
    let chosen = RwSignal::new(splitter::last());
    let watched = split.html();
    dom::on_resize(split.node(), move || {
        // The curve between lanes and panel belongs to neither.
        let curve = if stage.curves.get_untracked() { CURVE_PX } else { 0.0 };
        let now = (f64::from(watched.client_width()), f64::from(watched.client_height()) - curve);
        if size.get_untracked() != now {
            size.set(now);
        }
    });
    let left = move || {
        let lanes =
            stage.timeline.with(|t| t.as_ref().map_or(0.0, |t| top_px(t.provenance) + LANE_PX * t.lanes.len() as f64));
        size.get().1 - lanes - AROUND_PX
    };
    let at = Memo::new(move |_| {
        let room = size.get().0 >= WIDE_PX && left() >= ENOUGH_PX;
        app.route.with(|route| opened(route.panel.as_deref(), room))
    });
    let px = Memo::new(move |_| height(chosen.get(), size.get().1, left()));
    let show = move |panel: Option<usize>| {
        let word = panel.and_then(|at| PANELS.get(at)).map_or(NONE, |panel| panel.0);
        app.tune(|route| route.panel = Some(word.to_owned()));
    };

    let tab = |(i, (word, name)): (usize, (&str, &str))| {
        let tab = button("panel-tab", move || show(Some(i))).attr("role", "tab").attr("id", format!("tab-{word}"));
        tab.attr("data-panel", word).attr("aria-controls", "panel").with(name)
    };
    let all: Vec<El> = PANELS.into_iter().enumerate().map(tab).collect();
    let tabs = div("panel-tabs").attr("role", "tablist").attr("aria-label", "Below the lanes");
    let tabs = all.iter().fold(tabs, |tabs, tab| tabs.with(tab));
    let node = tabs.html();
    let tabs = tabs.on("keydown", move |event: KeyboardEvent| {
        if let Some(to) = other_tab(&node, &event.key()) {
            event.prevent_default();
            if at.get_untracked().is_some() {
                show(Some(to));
            }
        }
    });
    let toggle = move || show(if at.get_untracked().is_some() { None } else { Some(0) });
    let press = button("icon-button panel-toggle", toggle).with(icon("down"));
    let body = div("panel-body").attr("role", "tabpanel").attr("id", "panel").attr("tabindex", "0");
    let body = body.with(live(move || {
        let run = app.overview.with(|o| o.as_ref().map(|o| o.run.id.clone()))?;
        // What was outlined belongs to a part that was open before.
        stage.mark_pieces(std::iter::empty(), true);
        Some(match at.get()? {
            0 => asked(stage, Request::Waterfall { run }, waterfall::show),
            1 => asked(stage, Request::End { run }, end::show),
            2 => range_panel(stage),
            3 => asked(stage, Request::Limits { run }, limits::show),
            _ => lane_table(app),
        })
    }));
    let edge = splitter::splitter(px, chosen, size);
    let dock = div("panel-dock").with((&edge, div("panel-head").with((tabs, &press)), &body));
    let docked = dock.clone();
    // One for all that changes with the open panel and its height: each of its own costs code.
    follow(move || {
        let (at, px) = (at.get(), number::fixed(px.get(), 0));
        let open = at.and_then(|at| PANELS.get(at)).map(|panel| panel.0);
        for (i, tab) in all.iter().enumerate() {
            let tabindex = if at.unwrap_or(0) == i { "0" } else { "-1" };
            let _ = tab.clone().attr("aria-selected", yes_no(at == Some(i))).attr("tabindex", tabindex);
        }
        let words = if open.is_some() { "Close the panel (P)" } else { "Open the panel (P)" };
        let _ =
            press.clone().attr("title", words).attr("aria-label", words).attr("aria-expanded", yes_no(open.is_some()));
        let _ =
            edge.clone().attr("aria-valuenow", &px).attr("aria-valuemax", number::plain(splitter::most(size.get().1)));
        let _ = body.clone().attr("aria-labelledby", format!("tab-{}", open.unwrap_or("time")));
        let _ = docked.clone().attr("data-open", open.unwrap_or_default());
        let _ = docked.clone().style("height", if open.is_some() { px + "px" } else { "auto".to_owned() });
    });
    let heard = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        let ours = matches!(event.key().as_str(), "p" | "P") && !modified && !event.default_prevented();
        if ours && !keys::in_field(&event) && !app.help.get_untracked() {
            toggle();
        }
    });
    on_cleanup(move || heard.remove());
    dock
}

fn yes_no(holds: bool) -> &'static str {
    if holds { "true" } else { "false" }
}

/// The tab that a key goes to, focused.
fn other_tab(tabs: &HtmlElement, key: &str) -> Option<usize> {
    let (all, now) = (tabs.children(), dom::document().active_element());
    let count = all.length();
    let at = (0..count).find(|&i| all.item(i) == now)?;
    let to = match key {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    let _ = all.item(to)?.dyn_into::<HtmlElement>().ok()?.focus();
    Some(to as usize)
}

/// An element that the engine's answer fills.
fn asked(stage: Stage, request: Request, show: fn(Stage, El, Answer)) -> El {
    let place = div("panel-place").attr("aria-busy", "true").with(div("bone w40"));
    let filled = place.clone();
    open::ask(request, move |answer, _| {
        let filled = filled.clone();
        canvas::in_turn(move || fill(stage, filled, answer, show));
    });
    place
}

fn fill(stage: Stage, place: El, answer: Answer, show: fn(Stage, El, Answer)) {
    let node = place.node();
    // The view may have been left meanwhile.
    if !node.is_connected() {
        return;
    }
    node.set_text_content(None);
    let _ = node.remove_attribute("aria-busy");
    match answer {
        Answer::Failed { text } => {
            let _ = place.with(el("p", "quiet").with(text));
        }
        answer => show(stage, place, answer),
    }
}

/// The element with this attribute that was pressed, and the attribute's value as a number.
fn pressed(event: &Event, name: &str) -> Option<(Element, usize)> {
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok())?;
    let element = target.closest(&format!("[{name}]")).ok().flatten()?;
    let value = element.get_attribute(name)?.parse().ok()?;
    Some((element, value))
}

/// A mark like that of a figure, to stand in a button or beside a word.
fn mark(known: Provenance) -> Option<El> {
    let word = known.as_str();
    (known != Provenance::Recorded).then(|| span("known").attr("data-known", word).with(word))
}

/// A mark for what follows from a rule, and is recorded nowhere.
fn inferred() -> El {
    span("known")
        .attr("data-known", "rebuilt")
        .attr("title", "It follows from recorded times by a rule.")
        .with("inferred")
}

/// A heading inside a panel.
fn heading(text: &str, beside: impl crate::ui::el::Child) -> El {
    el("h3", "panel-title").with((text, beside))
}

/// A test by mark and name.
fn test_name(test: &TestLine) -> El {
    span("test-name")
        .attr("title", &test.id)
        .with((outcome_mark(&test.outcome, test.flaky), el("bdi", "name").with(&test.name)))
}

/// A button that goes to a stretch of a lane, and selects a test where one is given.
fn way(stage: Stage, class: &str, lane: &str, span: Span, test: Option<&TestLine>) -> El {
    let (lane, test) = (lane.to_owned(), test.map(|test| test.id.clone()));
    button(class, move || stage.reach(&lane, span, test.clone()))
}

/// A percentage for a style.
fn share_css(share: f64) -> String {
    number::fixed(share.within(0.0, 1.0) * 100.0, 3) + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_opens_a_panel_and_room_opens_the_first() {
        assert_eq!(opened(Some("end"), false), Some(1));
        assert_eq!(opened(Some(NONE), true), None);
        assert_eq!(opened(Some("of another version"), false), None);
        assert_eq!((opened(None, true), opened(None, false)), (Some(0), None));
        assert!(PANELS.iter().all(|panel| panel.0 != NONE));
    }

    #[test]
    fn a_panel_never_covers_the_lanes_while_there_is_room_for_both() {
        for whole in [400.0, 700.0, 1_200.0] {
            for chosen in [None, Some(0.0), Some(300.0), Some(9_000.0)] {
                let px = height(chosen, whole, 250.0);
                assert!(px >= splitter::LEAST_PX && px <= whole - splitter::LANES_PX, "{whole} {chosen:?} {px}");
            }
        }
        assert_eq!(height(None, 0.0, -80.0), splitter::LEAST_PX);
    }
}

//! The lanes of the whole run as a compact strip: it says at a glance where the time went, and leads to the
//! timeline.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use lanescope_protocol::{Answer, AttemptBrief, Lane, Request, Timeline};
use leptos::prelude::*;
use web_sys::{Event, HtmlCanvasElement, KeyboardEvent, MouseEvent, PointerEvent};

use crate::charts::canvas::{self, Redraw};
use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::chart::with_facts;
use crate::charts::lanes::paint::{self, Painter, Scene};
use crate::charts::lanes::pointed::{self, Pointed, What};
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::source;
use crate::charts::lanes::span::{Scale, Span};
use crate::charts::lanes::tooltip::tooltip;
use crate::shell::{dom, marks, open};
use crate::state::number;
use crate::state::number::Within;
use crate::state::{App, ById, View};
use crate::ui::el::{El, div, el, later, live};
use crate::ui::format;

/// Height of the lanes in all, pixels; beyond it they get thinner, to [`THIN_PX`].
const HIGHEST_PX: f64 = 220.0;
/// Lanes get no thinner than this as long as they stay below [`MOST_PX`] in all, pixels.
const THIN_PX: f64 = 2.0;
/// However many lanes there are, they are no higher than this in all, pixels.
const MOST_PX: f64 = 480.0;
/// Lanes of this height and more have their name beside them, pixels.
const NAMED_PX: f64 = 10.0;
/// So many lanes are told of one by one.
const SPOKEN: usize = 256;
/// A click shows this share of the run around it.
const SHARE: f64 = 0.2;

/// Height of a lane by their number, pixels.
fn pitch(lanes: usize) -> f64 {
    let lanes = lanes.max(1) as f64;
    (HIGHEST_PX / lanes).within(THIN_PX.min(MOST_PX / lanes), 18.0)
}

#[derive(Default)]
struct Kept {
    bars: RefCell<Option<Rc<Bars>>>,
    painter: RefCell<Painter>,
    hover: Cell<Option<Bar>>,
    briefs: RefCell<ById<Option<AttemptBrief>>>,
}

fn rows(timeline: &Timeline, height: f64) -> Rows {
    let (count, top) = (timeline.lanes.len() as u32, paint::top_px(timeline.provenance));
    Rows::new(count, pitch(timeline.lanes.len()), top, height)
}

/// The lanes, as a strip for the overview, for a run that has some.
pub fn lane_strip(app: App) -> El {
    source::keep_whole(app);
    let drawn = el("canvas", "").attr("tabindex", "0").attr("role", "img");
    let canvas: HtmlCanvasElement = drawn.as_node();
    let size = RwSignal::new((0.0, 0.0));
    let pointed = RwSignal::new(None::<Pointed>);
    let news = RwSignal::new(0_u32);
    let kept = StoredValue::new_local(Rc::<Kept>::default());
    let node = canvas.clone();
    let draw = move || {
        let Some(kept) = kept.try_get_value() else { return };
        app.timeline.with_untracked(|timeline| {
            let Some(timeline) = timeline.as_ref().filter(|t| !t.lanes.is_empty()) else { return };
            let view = Span::tests(timeline);
            let pieces: Vec<_> = kept.bars.borrow().iter().map(|bars| (Rc::clone(bars), view)).collect();
            let paint = || {
                let Some(surface) = canvas::prepare(&node) else { return };
                let (rows, theme) = (rows(timeline, surface.height), app.repaint.get_untracked());
                let plain = Scene::plain(timeline, &pieces, view, rows, theme);
                let scene = Scene { hover: kept.hover.get(), font: &font(), ..plain };
                kept.painter.borrow_mut().paint(&surface, &scene);
            };
            if pieces.is_empty() { paint() } else { marks::timeline_drawn(&timeline.run, paint) }
        });
    };
    let redraw = StoredValue::new_local(Redraw::new(draw));
    let ask_redraw = move || {
        let _ = redraw.try_with_value(Redraw::ask);
    };
    let watched = canvas.clone();
    dom::on_resize(&canvas, move || {
        size.set((f64::from(watched.client_width()), f64::from(watched.client_height())));
        ask_redraw();
    });
    later(move || {
        app.timeline.track();
        app.repaint.track();
        let kept = kept.get_value();
        kept.briefs.borrow_mut().clear();
        kept.hover.set(None);
        *kept.bars.borrow_mut() =
            app.first_frame.with(|f| f.as_ref().map(|f| Rc::new(Bars::new(f.clone(), f64::from(source::WHOLE_PX)))));
        ask_redraw();
    });
    let scale = move |timeline: &Timeline| Scale::new(Span::tests(timeline), size.get_untracked().0.max(1.0));
    let at = move |event: &MouseEvent| -> Option<(f64, u32, Option<Bar>)> {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        app.timeline.with_untracked(|timeline| {
            let timeline = timeline.as_ref()?;
            let scale = scale(timeline);
            let lane = rows(timeline, size.get_untracked().1).at(y)?;
            let bars = kept.get_value().bars.borrow().clone();
            Some((scale.s(x), lane, bars.and_then(|bars| bars.hit(lane, scale.s(x), 2.0 / scale.px_per_s))))
        })
    };
    let hover = move |event: PointerEvent| {
        if event.pointer_type() == "touch" {
            return;
        }
        let kept = kept.get_value();
        let found = at(&event);
        let bar = found.and_then(|f| f.2);
        if kept.hover.get() != bar {
            kept.hover.set(bar);
            ask_redraw();
        }
        let what = found.and_then(|(at_s, lane, bar)| {
            app.timeline.with_untracked(|timeline| {
                let timeline = timeline.as_ref()?;
                let facts = timeline.lanes.get(lane as usize)?;
                let bars = kept.bars.borrow().clone();
                let what = match bar {
                    Some(bar) => What::Bar(bar),
                    None => What::Idle(pointed::idle(bars.as_deref(), timeline, lane, facts, at_s)?),
                };
                let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
                Some(Pointed { x, y, lane: facts.name.clone(), what, around: String::new() })
            })
        });
        pointed.set(what);
    };
    let leave = move |_: Event| {
        kept.get_value().hover.set(None);
        pointed.set(None);
        ask_redraw();
    };
    let brief = Callback::new(move |attempt: u32| {
        news.track();
        let kept = kept.get_value();
        if let Some(known) = kept.briefs.borrow().get(attempt) {
            return known.clone();
        }
        let run = app.timeline.with_untracked(|t| t.as_ref().map(|t| t.run.clone()))?;
        kept.briefs.borrow_mut().insert(attempt, None);
        open::ask(Request::Attempt { run, attempt }, move |answer, _| {
            if let Answer::Attempt(brief) = answer {
                kept.briefs.borrow_mut().insert(attempt, Some(*brief));
                let _ = news.try_update(|n| *n = n.wrapping_add(1));
            }
        });
        None
    });
    let open_at = move |at_s: Option<f64>| {
        let span = at_s.and_then(|at_s| {
            let bounds = app.timeline.with_untracked(|t| t.as_ref().map(Span::of))?;
            Some(Span::around(at_s, bounds.len_s() * SHARE, bounds))
        });
        app.go(|route| {
            route.view = View::Timeline;
            (route.from_s, route.to_s) = (span.map(|s| s.from_s), span.map(|s| s.to_s));
        });
    };
    let click = move |event: MouseEvent| open_at(at(&event).map(|(at_s, _, _)| at_s));
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            open_at(None);
        }
    };
    let drawn = with_facts(drawn.live_attr("aria-label", move || label(app)), app.timeline);
    let drawn = drawn.live_style("height", move || number::plain(height(app)) + "px");
    let drawn = drawn.on("pointermove", hover).on("pointerleave", leave).on("click", click).on("keydown", key);
    let tip = tooltip(pointed, brief, "Click to open the timeline here.");
    let spoken = el("ul", "sr-only").attr("aria-label", "Lanes").live(move || spoken(app));
    let holder = div("lane-strip-canvas").with((drawn, tip, spoken));
    div("lane-strip").with((live(move || names(app)), holder))
}

fn height(app: App) -> f64 {
    app.timeline
        .with(|t| t.as_ref().map_or(0.0, |t| paint::top_px(t.provenance) + pitch(t.lanes.len()) * t.lanes.len() as f64))
}

/// The names of the lanes where there is room for them, else their number.
fn names(app: App) -> Option<El> {
    app.timeline.with(|t| {
        let t = t.as_ref()?;
        let pitch = pitch(t.lanes.len());
        let high = number::plain(pitch) + "px";
        let item = |name: &str| el("li", "").style("height", &high).style("line-height", &high).with(name);
        let names: Vec<El> = if pitch >= NAMED_PX {
            t.lanes.iter().map(|lane| item(&lane.name)).collect()
        } else {
            // As high as its letters: a thin lane would cut it.
            vec![el("li", "strip-count").with(format!("{} lanes", format::count(t.lanes.len() as u64)))]
        };
        let top = number::px(paint::top_px(t.provenance));
        Some(el("ol", "strip-names").attr("aria-hidden", "true").style("padding-top", top).with(names))
    })
}

/// What a lane had to do.
pub fn in_words(lane: &Lane) -> String {
    let (attempts, busy) = (format::plural(lane.attempts.into(), "attempt", "attempts"), format::seconds(lane.busy_s));
    format!("{}: {attempts}, {} failed, {busy} in tests", lane.name, lane.bad)
}

fn spoken(app: App) -> Vec<El> {
    let line =
        |lane: &Lane| el("li", "").with(format!("{}, last stop at {}", in_words(lane), format::seconds(lane.last_s)));
    app.timeline.with(|t| {
        let lanes = t.as_ref().map_or(&[][..], |t| &t.lanes);
        let mut all: Vec<El> = lanes.iter().take(SPOKEN).map(line).collect();
        if lanes.len() > SPOKEN {
            all.push(el("li", "").with(format!("{} lanes more, on the timeline", lanes.len() - SPOKEN)));
        }
        all
    })
}

fn label(app: App) -> String {
    app.timeline.with(|t| {
        let Some(t) = t.as_ref() else { return String::new() };
        let known = paint::banner(t.provenance).map_or(String::new(), |text| format!(", {text}"));
        let (lanes, spans) = (t.lanes.len(), t.spans);
        format!("Timeline of the whole run: {lanes} lanes, {spans} attempts{known}. Enter opens the timeline.")
    })
}

fn font() -> String {
    let body = dom::document().body();
    let style = body.and_then(|b| dom::window().get_computed_style(&b).ok().flatten());
    style.and_then(|s| s.get_property_value("font-family").ok()).unwrap_or_default()
}

//! The curves above and below the lanes, on the lanes' time axis: tests running, and attempts done.

use std::cell::RefCell;
use std::rc::Rc;

use lanescope_protocol::{LaneSort, Provenance, Series, Timeline, TimelineRequest};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, PointerEvent, WheelEvent};

use crate::charts::canvas::{self, Redraw};
use crate::charts::lanes::axis::moment;
use crate::charts::lanes::curve::{self, Kind, Plot};
use crate::charts::lanes::hatch::Hatches;
use crate::charts::lanes::series::{SeriesCache, half_s};
use crate::charts::lanes::source;
use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::{OFF_PX, Stage};
use crate::charts::theme;
use crate::shell::dom;
use crate::state::number;
use crate::ui::el::{El, Live, button, div, el, follow, live, span};
use crate::ui::format;

/// Height that a curve takes with its line, pixels; the style sheet has the same.
pub const CURVE_PX: f64 = 65.0;

/// A value beside the rule needs as much room as this, pixels.
const TIP_PX: f64 = 210.0;

/// Both curves of a stage.
#[derive(Clone)]
pub struct Curves {
    stage: Stage,
    /// Counts up when an answer has come.
    news: RwSignal<u32>,
    /// Whether the lanes are there: the curves are made after them, so that the page hears the user in between.
    turn: RwSignal<bool>,
    kept: Rc<Kept>,
    redraw: Redraw,
}

#[derive(Default)]
struct Kept {
    /// Of the run, and of a second one on the same clock; and of which lanes they are.
    caches: RefCell<[SeriesCache; 2]>,
    of: RefCell<[Option<TimelineRequest>; 2]>,
    canvases: RefCell<[Option<HtmlCanvasElement>; 2]>,
    hatches: RefCell<Hatches>,
}

impl Curves {
    /// The curves of a stage, for as long as the caller lives.
    pub fn new(stage: Stage) -> Self {
        let (news, kept) = (RwSignal::new(0), Rc::<Kept>::default());
        let drawn = Rc::clone(&kept);
        let redraw = Redraw::new(move || draw(stage, news, &drawn));
        let turn = RwSignal::new(false);
        let take_turn = move || {
            let _ = turn.try_set(true);
        };
        canvas::in_turn(take_turn);
        let curves = Self { stage, news, turn, kept, redraw };
        let (kept, redraw) = (Rc::clone(&curves.kept), curves.redraw.clone());
        follow(move || {
            stage.view.track();
            stage.room_px.track();
            stage.range.track();
            stage.curves.track();
            stage.app.repaint.track();
            news.track();
            let mut other = false;
            for (at, timeline) in [stage.timeline, stage.beside].into_iter().enumerate() {
                other |= timeline.with(|timeline| kept.lanes(at, timeline.as_ref()));
            }
            if other {
                news.update(|n| *n = n.wrapping_add(1));
            }
            redraw.ask();
        });
        curves
    }

    /// One of the curves: tests running for above the lanes, attempts done for below them. Their place is kept until
    /// it is their turn to be made.
    pub fn curve(&self, kind: Kind) -> Live {
        let (curves, shown, turn) = (self.clone(), self.stage.curves, self.turn);
        let make = move || if turn.get() { untrack(|| curves.chart(kind)) } else { div("timeline-grid curve") };
        live(move || shown.get().then(&make))
    }

    fn chart(&self, kind: Kind) -> El {
        let stage = self.stage;
        let (name, title) = if kind == Kind::Running { ("running", "Running") } else { ("completions", "Done") };
        let canvas = el("canvas", "").attr("data-chart", name).attr("role", "img");
        let (curves, node) = (self.clone(), canvas.clone());
        let [most, tip, said] = [span(""), span("curve-tip"), el("p", "sr-only")];
        let (most_in, tip_in, said_in) = (most.clone(), tip.clone(), said.clone());
        follow(move || {
            curves.news.track();
            let caches = curves.kept.caches.borrow();
            let [first, second] = &*caches;
            let Some(whole) = first.whole() else { return };
            let mut spoken = describe(kind, whole);
            if let Some(second) = second.whole() {
                spoken.push_str(" The second run: ");
                spoken.push_str(&describe(kind, second));
            }
            let _ = node.clone().attr("aria-label", &spoken).attr("data-provenance", whole.provenance.as_str());
            said_in.node().set_text_content(Some(&spoken));
            most_in.node().set_text_content(Some(&format::count(curve::most(kind, &caches).into())));
        });
        let curves = self.clone();
        follow(move || {
            let x = stage.at_px.get();
            let node = tip_in.node();
            // Asked for its width, the page would be laid out for nothing.
            if x < 0.0 {
                return node.set_text_content(None);
            }
            let _ = tip_in.clone().style("left", number::px(x));
            let _ = node.toggle_attribute_with_force("data-left", x + TIP_PX > stage.width_px());
            node.set_text_content(curves.value(kind, x).as_deref());
        });
        let node: HtmlCanvasElement = canvas.as_node();
        if let Some(place) = self.kept.canvases.borrow_mut().get_mut(kind as usize) {
            *place = Some(node.clone());
        }
        let redraw = self.redraw.clone();
        dom::on_resize(&node, move || redraw.ask());
        // The lanes hear the rest of a drag, or of two fingers: the curves share their clock.
        let canvas = canvas.on("wheel", move |event: WheelEvent| stage.wheel(&event));
        let canvas = canvas.on("pointerdown", move |event: PointerEvent| stage.pointer_down(&event));
        let axis = div("curve-axis").attr("aria-hidden", "true");
        // Of two runs each has a curve; which is whose stands below the title.
        let names = span("curve-runs").live(move || {
            stage.beside.with(Option::is_some).then(|| [stage.timeline, stage.beside].map(|of| named(stage, of)))
        });
        let axis = axis.with((span("curve-title").with(title), most, names, span("").with("0")));
        let tip = tip.attr("aria-hidden", "true");
        div("timeline-grid curve").with((axis, div("curve-chart").with((canvas, time_rule(stage), tip, said))))
    }

    /// What is said beside the rule.
    fn value(&self, kind: Kind, x: f64) -> Option<String> {
        self.news.track();
        let view = self.stage.view.get();
        if x < 0.0 {
            return None;
        }
        let caches = self.kept.caches.borrow();
        let scale = self.stage.scale();
        let value = |cache: &SeriesCache| {
            let whole = cache.whole()?;
            let (value, most) = match kind {
                Kind::Running => {
                    let running = cache.running(Span::new(scale.s(x - 0.5), scale.s(x + 0.5)))?;
                    (number::fixed(running, 1), whole.workers)
                }
                Kind::Completions => (format::count(cache.done(scale.s(x))?.into()), whole.total),
            };
            Some(value + " of " + &format::count(most.into()))
        };
        let [first, second] = &*caches;
        let text = match (value(first), value(second)) {
            (None, None) => return None,
            (Some(one), None) if second.whole().is_none() => one,
            // Where only one of the two runs has tests, the other's place is kept.
            (a, b) => [a, b].map(|value| value.unwrap_or_else(|| String::from("–"))).join(" · "),
        };
        let word = if kind == Kind::Running { "running" } else { "done" };
        Some(format!("{text} {word} at {}", moment(scale.s(x), view.len_s())))
    }
}

impl Kept {
    /// Other lanes have other curves. Says whether these are others.
    fn lanes(&self, at: usize, timeline: Option<&Timeline>) -> bool {
        let (mut of, mut caches) = (self.of.borrow_mut(), self.caches.borrow_mut());
        let (Some(of), Some(cache)) = (of.get_mut(at), caches.get_mut(at)) else { return false };
        // The order of the lanes is nothing to the curves.
        let now = timeline.map(|t| TimelineRequest { sort: LaneSort::default(), ..source::request_of(t) });
        let tests = timeline.map(Span::tests).unwrap_or_default();
        let other = *of != now || cache.tests != tests;
        if other {
            *of = now;
            cache.reset(tests);
        }
        other
    }
}

fn draw(stage: Stage, news: RwSignal<u32>, kept: &Rc<Kept>) {
    if stage.curves.try_get_untracked() != Some(true) || stage.room_px.get_untracked() <= 0.0 {
        return;
    }
    let (view, width, theme) = (stage.view.get_untracked(), stage.width_px(), stage.app.repaint.get_untracked());
    let palette = theme::palette(theme);
    for (kind, canvas) in [Kind::Running, Kind::Completions].into_iter().zip(kept.canvases.borrow().iter()) {
        let Some(surface) = canvas.as_ref().and_then(canvas::prepare) else { continue };
        let mut hatches = kept.hatches.borrow_mut();
        hatches.refresh(&surface.context, &palette, theme, surface.ratio);
        let plot = Plot {
            caches: &kept.caches.borrow(),
            view,
            range: stage.range.get_untracked(),
            width: width.min(surface.width),
            palette: &palette,
            hatches: &hatches,
            font: &stage.font(),
        };
        curve::paint(&surface, kind, &plot);
    }
    for at in 0..2 {
        ask(at, view, width, news, kept);
    }
}

/// Asks for what is missing of one run's curves.
fn ask(at: usize, view: Span, width: f64, news: RwSignal<u32>, kept: &Rc<Kept>) {
    let request = kept.of.borrow().get(at).cloned().flatten();
    let Some(request) = request else { return };
    let mut caches = kept.caches.borrow_mut();
    let Some(cache) = caches.get_mut(at) else { return };
    let Some(want) = cache.want(view, width) else { return };
    cache.asked(want);
    drop(caches);
    let (kept, asked) = (Rc::clone(kept), request.clone());
    source::series(request, want, move |series| {
        // Lanes may have changed meanwhile, or the view may be gone.
        if kept.of.borrow().get(at).and_then(Option::as_ref) == Some(&asked) {
            if let Some(cache) = kept.caches.borrow_mut().get_mut(at) {
                cache.answered(want, series);
            }
            let _ = news.try_update(|n| *n = n.wrapping_add(1));
        }
    });
}

/// Whose curve it is, beside the mark that its line has, and how its lanes are known: the second run's line has no hatches.
fn named(stage: Stage, of: RwSignal<Option<Timeline>>) -> El {
    let (run, provenance) = of.with(|t| t.as_ref().map(|t| (t.run.clone(), t.provenance))).unzip();
    let label = stage.app.runs.with(|runs| runs.iter().find(|r| Some(&r.id) == run.as_ref()).map(|r| r.label.clone()));
    let mut label = label.unwrap_or_default();
    let provenance = provenance.unwrap_or_default();
    if provenance != Provenance::Recorded {
        label.push_str(", ");
        label.push_str(provenance.as_str());
    }
    span("").attr("title", &label).attr("data-provenance", provenance.as_str()).with(label)
}

/// The curves in a sentence.
fn describe(kind: Kind, series: &Series) -> String {
    let known = match series.provenance {
        Provenance::Recorded => String::new(),
        other => format!(" The lanes are {}.", other.as_str()),
    };
    let workers = lanes_of(series);
    match kind {
        Kind::Running => {
            let len_s = series.step_s * series.running.len() as f64;
            let mean = series.running.iter().map(|&r| f64::from(r)).sum::<f64>() / (series.running.len().max(1) as f64);
            let (len, peak) = (format::seconds(len_s), series.peak);
            format!(
                "Tests running at a time, each from start to stop: {} on average, {peak} at the most, on {workers}, over {len}.{known}",
                number::fixed(mean, 1)
            )
        }
        Kind::Completions => {
            let half = half_s(series).map(|s| format!(", half of them by {}", format::seconds(s))).unwrap_or_default();
            let all = format::plural(series.total.into(), "attempt", "attempts");
            let (len, ideal) = (series.step_s * series.done.len() as f64, format::seconds(series.ideal_to_s));
            let len = format::seconds(len);
            format!("{all} done in {len}{half}. With all {workers} busy from the start it would be {ideal}.{known}")
        }
    }
}

/// How many workers there are; lanes where no file names any.
pub fn lanes_of(series: &Series) -> String {
    let (one, many) = if series.packed { ("lane", "lanes") } else { ("worker", "workers") };
    format::plural(series.workers.into(), one, many)
}

/// The button that shows and hides both curves.
pub fn curves_toggle(stage: Stage) -> El {
    let press = button("button small", move || stage.curves.update(|shown| *shown = !*shown));
    press.live_attr("aria-pressed", move || stage.curves.get().to_string()).with("Curves")
}

/// A rule where the pointer is; all charts on the clock have one.
pub fn time_rule(stage: Stage) -> El {
    let place = move || format!("translateX({}px)", number::fixed(stage.at_px.get(), 1));
    el("i", "time-rule").live_style("transform", place)
}

/// Takes note of where the pointer is, for all charts on the clock: an element around them hears it.
pub fn follow_pointer(stage: Stage, around: El) -> El {
    let point = move |event: PointerEvent| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let on_clock = |e: Element| e.has_attribute("data-timeline") || e.has_attribute("data-chart");
        let at = if target.is_some_and(on_clock) { f64::from(event.offset_x()) } else { OFF_PX };
        if event.is_primary() && stage.at_px.get_untracked() != at {
            stage.at_px.set(at);
        }
    };
    let around = around.on("pointermove", point).on("pointerdown", point);
    around.on("pointerleave", move |event: PointerEvent| {
        // A finger that is lifted leaves what it pointed at to be read.
        if event.pointer_type() != "touch" {
            stage.at_px.set(OFF_PX);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_told_in_a_sentence() {
        let series = Series {
            step_s: 1.0,
            running: vec![2.0, 1.0],
            done: vec![1, 3],
            total: 3,
            peak: 2,
            workers: 2,
            ideal_to_s: 1.5,
            provenance: Provenance::Simulated,
            ..Series::default()
        };
        let running = describe(Kind::Running, &series);
        assert_eq!(
            running,
            "Tests running at a time, each from start to stop: 1.5 on average, 2 at the most, on 2 workers, over 2.00 s. The lanes are simulated."
        );
        let done = describe(Kind::Completions, &series);
        assert!(done.starts_with("3 attempts done in 2.00 s, half of them by 2.00 s. With all 2 workers"), "{done}");
        let packed = describe(Kind::Running, &Series { packed: true, ..series });
        assert!(packed.contains("on 2 lanes"), "{packed}");
    }
}

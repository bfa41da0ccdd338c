//! The curves above and below the lanes, on the lanes' time axis: tests running, and attempts done.

use std::cell::RefCell;
use std::rc::Rc;

use lanescope_protocol::{LaneSort, Provenance, Series, TimelineRequest};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCanvasElement, PointerEvent, WheelEvent};

use crate::charts::canvas::{self, Redraw};
use crate::charts::lanes::axis::moment;
use crate::charts::lanes::curve::{self, Kind, Plot};
use crate::charts::lanes::hatch::Hatches;
use crate::charts::lanes::series::{SeriesCache, half_s};
use crate::charts::lanes::source;
use crate::charts::lanes::span::Span;
use crate::charts::lanes::stage::Stage;
use crate::charts::theme;
use crate::shell::dom;
use crate::ui::el::{El, Live, button, div, el, span, when};
use crate::ui::format;

/// Height that a curve takes with its line, pixels; the style sheet has the same.
pub const CURVE_PX: f64 = 65.0;

/// Both curves of a stage. Copy.
#[derive(Clone, Copy)]
pub struct Curves {
    stage: Stage,
    /// Counts up when an answer has come.
    news: RwSignal<u32>,
    kept: StoredValue<Rc<Kept>, LocalStorage>,
}

#[derive(Default)]
struct Kept {
    cache: RefCell<SeriesCache>,
    of: RefCell<Option<TimelineRequest>>,
    canvases: RefCell<[Option<HtmlCanvasElement>; 2]>,
    hatches: RefCell<Hatches>,
    redraw: RefCell<Option<Redraw>>,
}

impl Curves {
    /// The curves of a stage, for as long as the caller lives.
    pub fn new(stage: Stage) -> Self {
        let curves = Self { stage, news: RwSignal::new(0), kept: StoredValue::new_local(Rc::default()) };
        let redraw = Redraw::new(move || curves.draw());
        if let Some(kept) = curves.kept.try_get_value() {
            *kept.redraw.borrow_mut() = Some(redraw);
        }
        Effect::new(move |_| {
            stage.view.track();
            stage.room_px.track();
            stage.range.track();
            stage.curves.track();
            stage.app.repaint.track();
            curves.news.track();
            stage
                .timeline
                .with(|timeline| curves.lanes(timeline.as_ref().map(|t| (source::request_of(t), Span::tests(t)))));
            curves.redraw();
        });
        curves
    }

    /// Other lanes have other curves.
    fn lanes(self, now: Option<(TimelineRequest, Span)>) {
        let (Some(kept), Some((mut request, tests))) = (self.kept.try_get_value(), now) else { return };
        // The order of the lanes is nothing to the curves.
        request.sort = LaneSort::default();
        let now = Some(request);
        let same = *kept.of.borrow() == now && kept.cache.borrow().tests == tests;
        if !same {
            kept.of.replace(now);
            kept.cache.borrow_mut().reset(tests);
        }
    }

    fn redraw(self) {
        if let Some(redraw) = self.kept.try_get_value().and_then(|kept| kept.redraw.borrow().clone()) {
            redraw.ask();
        }
    }

    /// Tests running at a time, for above the lanes.
    pub fn running(self) -> Live {
        when(move || self.stage.curves.get(), move || self.chart(Kind::Running, "running"))
    }

    /// Attempts done, for below the lanes.
    pub fn completions(self) -> Live {
        when(move || self.stage.curves.get(), move || self.chart(Kind::Completions, "completions"))
    }

    fn chart(self, kind: Kind, name: &str) -> El {
        let stage = self.stage;
        let spoken = Memo::new(move |_| self.whole(|series| describe(kind, series)).unwrap_or_default());
        let known = move || self.whole(|series| series.provenance.as_str());
        let canvas = el("canvas", "").attr("data-chart", name).attr("role", "img");
        let canvas = canvas.live_attr("aria-label", move || spoken.get()).live_attr("data-provenance", known);
        let node: HtmlCanvasElement = canvas.as_node();
        if let Some(kept) = self.kept.try_get_value()
            && let Some(place) = kept.canvases.borrow_mut().get_mut(kind as usize)
        {
            *place = Some(node.clone());
        }
        dom::on_resize(&node, move || self.redraw());
        let held = RwSignal::new(None::<f64>);
        let capture = node.clone();
        let down = move |event: PointerEvent| {
            let _ = capture.set_pointer_capture(event.pointer_id());
            held.set(Some(f64::from(event.client_x())));
        };
        let moved = move |event: PointerEvent| {
            let x = f64::from(event.client_x());
            if let Some(before) = held.get_untracked() {
                held.set(Some(x));
                let by_s = (before - x) / stage.scale().px_per_s;
                stage.show(stage.view.get_untracked().panned(by_s, stage.bounds.get_untracked()));
            }
        };
        let canvas = canvas.on("wheel", move |event: WheelEvent| stage.wheel(&event));
        let canvas = canvas.on("pointerdown", down).on("pointermove", moved);
        let canvas = canvas.on("pointerup", move |_: Event| held.set(None));
        let canvas = canvas.on("pointercancel", move |_: Event| held.set(None));
        let most = move || self.whole(|series| format::count(kind.most(series).into())).unwrap_or_default();
        let title = if kind == Kind::Running { "Running" } else { "Done" };
        let axis = div("curve-axis").attr("aria-hidden", "true");
        let axis = axis.with((span("curve-title").with(title), span("").live_text(most), span("").with("0")));
        let tip = span("curve-tip").live_text(move || self.value(kind).unwrap_or_default());
        let tip = tip
            .attr("aria-hidden", "true")
            .live_attr("data-left", move || stage.at_px.get().is_some_and(|x| x > stage.width_px() * 0.6));
        let tip = tip.live_style("left", move || format!("{:.0}px", stage.at_px.get().unwrap_or(-999.0)));
        let said = el("p", "sr-only").live_text(move || spoken.get());
        let chart = div("curve-chart").with((canvas, time_rule(stage), tip, said));
        div("timeline-grid curve").with((axis, chart))
    }

    /// Something of the curve of the whole run.
    fn whole<T>(self, read: impl FnOnce(&Series) -> T) -> Option<T> {
        self.news.track();
        let kept = self.kept.try_get_value()?;
        let cache = kept.cache.borrow();
        cache.whole().map(read)
    }

    /// What is said beside the rule.
    fn value(self, kind: Kind) -> Option<String> {
        self.news.track();
        let (x, view) = (self.stage.at_px.get()?, self.stage.view.get());
        let kept = self.kept.try_get_value()?;
        let cache = kept.cache.borrow();
        let (whole, scale) = (cache.whole()?, self.stage.scale());
        let at = moment(scale.s(x), view.len_s());
        Some(match kind {
            Kind::Running => {
                let running = cache.running(Span::new(scale.s(x - 0.5), scale.s(x + 0.5)))?;
                format!("{running:.1} of {} running at {at}", whole.workers)
            }
            Kind::Completions => {
                let done = format::count(cache.done(scale.s(x))?.into());
                format!("{done} of {} done at {at}", format::count(whole.total.into()))
            }
        })
    }

    fn draw(self) {
        let Some(kept) = self.kept.try_get_value() else { return };
        let Some(shown) = self.stage.curves.try_get_untracked().filter(|shown| *shown) else { return };
        let stage = self.stage;
        let (view, width, theme) = (stage.view.get_untracked(), stage.width_px(), stage.app.repaint.get_untracked());
        let palette = theme::palette(theme);
        for (kind, canvas) in [Kind::Running, Kind::Completions].into_iter().zip(kept.canvases.borrow().iter()) {
            let Some(surface) = canvas.as_ref().and_then(canvas::prepare) else { continue };
            let mut hatches = kept.hatches.borrow_mut();
            hatches.refresh(&surface.context, &palette, theme, surface.ratio);
            let plot = Plot {
                cache: &kept.cache.borrow(),
                view,
                range: stage.range.get_untracked(),
                width: width.min(surface.width),
                palette: &palette,
                hatches: &hatches,
                font: &stage.font(),
            };
            curve::paint(&surface, kind, &plot);
        }
        let want = kept.cache.borrow().want(view, width);
        let (Some(ask), Some(request), true) = (want, kept.of.borrow().clone(), shown) else { return };
        kept.cache.borrow_mut().asked(ask);
        let asked = request.clone();
        source::series(request, ask, move |series| {
            // Lanes may have changed meanwhile, or the view may be gone.
            let Some(kept) = self.kept.try_get_value().filter(|kept| kept.of.borrow().as_ref() == Some(&asked)) else {
                return;
            };
            kept.cache.borrow_mut().answered(series);
            let _ = self.news.try_update(|n| *n = n.wrapping_add(1));
        });
    }
}

/// The curves in a sentence.
fn describe(kind: Kind, series: &Series) -> String {
    let known = match series.provenance {
        Provenance::Recorded => String::new(),
        other => format!(" The lanes are {}.", other.as_str()),
    };
    let workers = format::plural(series.workers.into(), "worker", "workers");
    match kind {
        Kind::Running => {
            let len_s = series.step_s * series.running.len() as f64;
            let mean = series.running.iter().map(|&r| f64::from(r)).sum::<f64>() / (series.running.len().max(1) as f64);
            let (len, peak) = (format::seconds(len_s), series.peak);
            format!(
                "Tests running at a time: {mean:.1} on average, {peak} at the most, on {workers}, over {len}.{known}"
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

/// The button that shows and hides both curves.
pub fn curves_toggle(stage: Stage) -> El {
    let press = button("button small", move || stage.curves.update(|shown| *shown = !*shown));
    press.live_attr("aria-pressed", move || stage.curves.get().to_string()).with("Curves")
}

/// A rule where the pointer is; all charts on the clock have one.
pub fn time_rule(stage: Stage) -> El {
    let place = move || format!("translateX({:.1}px)", stage.at_px.get().unwrap_or(-9.0));
    el("i", "time-rule").live_style("transform", place)
}

/// Takes note of where the pointer is, for all charts on the clock: an element around them hears it.
pub fn follow_pointer(stage: Stage, around: El) -> El {
    let point = move |event: PointerEvent| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let on_clock = |e: Element| e.has_attribute("data-timeline") || e.has_attribute("data-chart");
        let at = target.is_some_and(on_clock).then(|| f64::from(event.offset_x()));
        if event.is_primary() && stage.at_px.get_untracked() != at {
            stage.at_px.set(at);
        }
    };
    let around = around.on("pointermove", point).on("pointerdown", point);
    around.on("pointerleave", move |event: PointerEvent| {
        // A finger that is lifted leaves what it pointed at to be read.
        if event.pointer_type() != "touch" {
            stage.at_px.set(None);
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
            "Tests running at a time: 1.5 on average, 2 at the most, on 2 workers, over 2.00 s. The lanes are simulated."
        );
        let done = describe(Kind::Completions, &series);
        assert!(done.starts_with("3 attempts done in 2.00 s, half of them by 2.00 s. With all 2 workers"), "{done}");
    }
}

//! What happened in the stretch that is marked on the lanes: a figure for all, a row for each lane.

use std::cell::RefCell;
use std::rc::Rc;

use lanescope_protocol::{Answer, LaneMeasure, Measure, MeasureRequest, Provenance, Request, TimelineRequest};
use leptos::prelude::*;

use crate::charts::lanes::{Span, Stage, moment, request_of};
use crate::shell::open;
use crate::ui::el::{El, Nodes, button, div, el, live, nodes, span};
use crate::ui::{format, icon, known};

/// The word of the panel in the address.
pub const PANEL: &str = "range";
const TITLES: [&str; 6] = ["Worker", "Attempts", "Failed", "Busy", "Idle", "Busy share"];

/// Opens the panel when a stretch is marked, and closes it when the mark is taken away.
pub fn follow_range(stage: Stage) {
    let app = stage.app;
    let marked = Memo::new(move |_| stage.range.with(Option::is_some));
    Effect::new(move |before: Option<bool>| {
        let marked = marked.get();
        let open = app.route.with_untracked(|route| route.panel.as_deref() == Some(PANEL));
        if marked && !open {
            app.tune(|route| route.panel = Some(PANEL.to_owned()));
        } else if before == Some(true) && !marked && open {
            app.tune(|route| route.panel = None);
        }
        marked
    });
}

/// What is measured: these lanes, this stretch.
type Wanted = (TimelineRequest, Span);

/// The last answer, and the question that is under way.
#[derive(Clone)]
struct Asked {
    stage: Stage,
    answer: RwSignal<Option<Measure>>,
    under_way: Rc<RefCell<bool>>,
}

impl Asked {
    fn wanted(&self) -> Option<Wanted> {
        let range = self.stage.range.try_get_untracked()??;
        self.stage.timeline.try_with_untracked(|t| t.as_ref().map(|t| (request_of(t), range)))?
    }

    /// At most one question is under way; when the mark has moved meanwhile, the next follows.
    fn ask(self) {
        let Some(wanted) = self.wanted() else {
            let _ = self.answer.try_set(None);
            return;
        };
        if self.under_way.replace(true) {
            return;
        }
        let (timeline, range) = wanted.clone();
        let request = MeasureRequest { timeline, from_s: range.from_s, to_s: range.to_s };
        open::ask(Request::Measure(request), move |answer, _| {
            self.under_way.replace(false);
            let now = self.wanted();
            if let (Answer::Measure(measure), true) = (answer, now.is_some()) {
                let _ = self.answer.try_set(Some(*measure));
            }
            if now.as_ref() != Some(&wanted) {
                self.clone().ask();
            }
        });
    }
}

/// The panel of the marked stretch. It says how to mark one where none is.
pub fn range_panel(stage: Stage) -> El {
    let asked = Asked { stage, answer: RwSignal::new(None), under_way: Rc::default() };
    let answer = asked.answer;
    let kept = StoredValue::new_local(asked);
    Effect::new(move |_| {
        stage.range.track();
        stage.timeline.track();
        if let Some(asked) = kept.try_get_value() {
            asked.ask();
        }
    });
    let none = move || answer.with(Option::is_none);
    let show = move || {
        if let Some(range) = stage.range.get_untracked() {
            stage.glide(range);
        }
    };
    let show = button("button small", show).live_attr("disabled", none).with("Zoom to it");
    let clear = button("icon-button", move || stage.range.set(None)).attr("title", "Forget the range (Esc)");
    let clear = clear.attr("aria-label", "Forget the range").live_attr("disabled", none).with(icon("close"));
    let title = live(move || answer.with(|m| m.as_ref().map(title)));
    let head = div("range-head").with((el("h2", "").with("Range"), title, span("spring"), show, clear));
    let body = live(move || answer.with(|m| m.as_ref().map_or_else(hint, figures)));
    let panel = el("section", "range-panel").attr("id", "range-panel").attr("aria-label", "Measured range");
    panel.attr("tabindex", "0").with((head, body))
}

fn hint() -> Nodes {
    let text = "Hold Shift and drag over the lanes, or press m to measure what is visible.";
    nodes(el("p", "quiet").with(text))
}

fn title(measure: &Measure) -> Nodes {
    let len_s = measure.to_s - measure.from_s;
    let ends = format!("{} – {}", moment(measure.from_s, len_s), moment(measure.to_s, len_s));
    nodes((span("range-ends").with(ends), known(measure.provenance)))
}

fn figures(measure: &Measure) -> Nodes {
    let len_s = measure.to_s - measure.from_s;
    let how = measure.provenance;
    let figures = [
        figure("length_s", "length", len_s, &format::seconds(len_s), Provenance::Recorded),
        figure("attempts", "attempts", f64::from(measure.attempts), &format::count(measure.attempts.into()), how),
        figure("bad", "failed", f64::from(measure.bad), &format::count(measure.bad.into()), how),
        figure("busy_s", "in tests", measure.busy_s, &format::seconds(measure.busy_s), how),
        figure("idle_s", "idle", measure.idle_s, &format::seconds(measure.idle_s), how),
        figure("parallelism", "parallelism", measure.parallelism, &format!("{:.2}", measure.parallelism), how),
    ];
    let titles = TITLES.map(|title| el("th", "").attr("scope", "col").with(title));
    let rows: Vec<El> = measure.lanes.iter().map(|lane| row(lane, len_s)).collect();
    let head = el("thead", "").with(el("tr", "").with(titles));
    let table = el("table", "range-table").with((head, el("tbody", "").with(rows)));
    nodes((el("dl", "range-figures").with(figures), table))
}

fn figure(name: &str, label: &str, raw: f64, text: &str, how: Provenance) -> El {
    let value = el("dd", "").attr("data-range", name).attr("data-value", raw.to_string());
    div("").with((el("dt", "").with(label), value.attr("data-provenance", how.as_str()).with(text)))
}

fn row(lane: &LaneMeasure, len_s: f64) -> El {
    let share = if len_s > 0.0 { lane.busy_s / len_s } else { 0.0 };
    let cell = |name: &str, raw: f64, text: String| {
        el("td", "").attr("data-lane", name).attr("data-value", raw.to_string()).with(text)
    };
    let bar = span("size-bar").attr("aria-hidden", "true");
    let bar = bar.with(span("").style("width", format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)));
    el("tr", "").with((
        el("th", "").attr("scope", "row").with(&lane.name),
        cell("attempts", f64::from(lane.attempts), format::count(lane.attempts.into())),
        cell("bad", f64::from(lane.bad), format::count(lane.bad.into())).attr_if("data-bad", lane.bad > 0),
        cell("busy_s", lane.busy_s, format::seconds(lane.busy_s)),
        cell("idle_s", lane.idle_s, format::seconds(lane.idle_s)),
        el("td", "range-share").with((bar, format::percent(share))),
    ))
}

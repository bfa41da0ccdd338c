//! What happened in the stretch that is marked on the lanes: a figure for all, a row for each lane.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use lanescope_protocol::{Answer, LaneMeasure, Measure, MeasureRequest, Provenance, Request, TimelineRequest};
use leptos::prelude::*;

use crate::charts::lanes::{Span, Stage, moment, request_of};
use crate::pages::timeline::labels;
use crate::pages::timeline::table::Listed;
use crate::shell::open;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, Nodes, button, div, el, follow, nodes, span};
use crate::ui::{format, icon, known};

/// The word of the panel in the address.
pub const PANEL: &str = "range";
const TITLES: [&str; 5] = ["Attempts", "Failed", "Busy", "Idle", "Busy share"];

/// Opens the panel when a stretch is marked, and closes it when the mark is taken away.
pub fn follow_range(stage: Stage) {
    let app = stage.app;
    // A link says itself which panel is open.
    let mut before = stage.range.with_untracked(Option::is_some);
    follow(move || {
        let marked = stage.range.with(Option::is_some);
        let open = app.route.with_untracked(|route| route.panel.as_deref() == Some(PANEL));
        if marked && !before && !open {
            app.tune(|route| route.panel = Some(PANEL.to_owned()));
        } else if before && !marked && open {
            app.tune(|route| route.panel = None);
        }
        before = marked;
    });
}

/// What is measured: these lanes, this stretch.
type Wanted = (TimelineRequest, Span);

/// The last answer, and whether a question is under way.
#[derive(Clone)]
struct Asked {
    stage: Stage,
    /// Counts up when an answer has come.
    news: RwSignal<u32>,
    answer: Rc<RefCell<Option<Measure>>>,
    under_way: Rc<Cell<bool>>,
}

impl Asked {
    fn wanted(&self) -> Option<Wanted> {
        let range = self.stage.range.try_get_untracked()??;
        self.stage.timeline.try_with_untracked(|t| t.as_ref().map(|t| (request_of(t), range)))?
    }

    fn set(&self, answer: Option<Measure>) {
        self.answer.replace(answer);
        let _ = self.news.try_update(|n| *n = n.wrapping_add(1));
    }

    /// At most one question is under way; when the mark has moved meanwhile, the next follows.
    fn ask(&self) {
        let Some(wanted) = self.wanted() else { return self.set(None) };
        if self.under_way.replace(true) {
            return;
        }
        let (timeline, range) = wanted.clone();
        let request = MeasureRequest { timeline, from_s: range.from_s, to_s: range.to_s };
        let asked = self.clone();
        open::ask(Request::Measure(request), move |answer, _| {
            asked.under_way.set(false);
            let now = asked.wanted();
            if let (Answer::Measure(measure), true) = (answer, now.is_some()) {
                asked.set(Some(*measure));
            }
            if now.as_ref() != Some(&wanted) {
                asked.ask();
            }
        });
    }
}

/// The panel of the marked stretch. It says how to mark one where none is.
pub fn range_panel(stage: Stage) -> El {
    let news = RwSignal::new(0);
    let asked = Asked { stage, news, answer: Rc::default(), under_way: Rc::default() };
    let answer = Rc::clone(&asked.answer);
    follow(move || {
        stage.range.track();
        stage.timeline.track();
        asked.ask();
    });
    let none = move || stage.range.with(Option::is_none);
    let show = move || {
        if let Some(range) = stage.range.get_untracked() {
            stage.glide(range);
        }
    };
    let show = button("button small", show).with("Zoom to it");
    let clear = button("icon-button", move || stage.range.set(None)).attr("title", "Forget the range (Esc)");
    let clear = clear.attr("aria-label", "Forget the range").with(icon("close"));
    let acts = span("range-acts").live_attr("hidden", none).with((show, clear));
    let (title, body) = (span("range-ends"), div(""));
    let (title_in, body_in) = (title.clone(), body.clone());
    let listed = Listed::default();
    follow(move || {
        news.track();
        title_in.node().set_text_content(None);
        body_in.node().set_text_content(None);
        match answer.borrow().as_ref() {
            Some(measure) => {
                let _ = title_in.clone().with((ends(measure), known(measure.provenance)));
                let _ = body_in.clone().with(figures(measure, stage.timeline.with_untracked(labels::title), listed));
            }
            None => {
                let text = "Hold Shift and drag over the lanes, or press m to measure what is visible.";
                let _ = body_in.clone().with(el("p", "quiet").with(text));
            }
        }
    });
    let head = div("range-head").with((el("h2", "").with("Range"), title, span("spring"), acts));
    let panel = el("section", "range-panel").attr("id", "range-panel").attr("aria-label", "Measured range");
    panel.attr("tabindex", "0").with((head, body))
}

fn ends(measure: &Measure) -> String {
    let len_s = measure.to_s - measure.from_s;
    format!("{} – {}", moment(measure.from_s, len_s), moment(measure.to_s, len_s))
}

fn figures(measure: &Measure, first: String, listed: Listed) -> Nodes {
    let len_s = measure.to_s - measure.from_s;
    let how = measure.provenance;
    let figures = [
        figure("length_s", "length", len_s, &format::seconds(len_s), Provenance::Recorded),
        figure("attempts", "attempts", f64::from(measure.attempts), &format::count(measure.attempts.into()), how),
        figure("bad", "failed", f64::from(measure.bad), &format::count(measure.bad.into()), how),
        figure("busy_s", "busy", measure.busy_s, &format::seconds(measure.busy_s), how),
        figure("idle_s", "idle", measure.idle_s, &format::seconds(measure.idle_s), how),
        figure("parallelism", "parallelism", measure.parallelism, &number::fixed(measure.parallelism, 2), how),
    ];
    let heading = || el("th", "").attr("scope", "col");
    let titles = (heading().with(first), TITLES.map(|text| heading().with(text)));
    let rows: Vec<El> = measure.lanes.iter().take(listed.most()).map(|lane| row(lane, len_s)).collect();
    let head = el("thead", "").with(el("tr", "").with(titles));
    let table = el("table", "range-table").with((head, el("tbody", "").with(rows)));
    nodes((el("dl", "range-figures").with(figures), table, listed.more(measure.lanes.len())))
}

fn figure(name: &str, label: &str, raw: f64, text: &str, how: Provenance) -> El {
    let value = el("dd", "").attr("data-range", name).attr("data-value", number::plain(raw));
    div("").with((el("dt", "").with(label), value.attr("data-provenance", how.as_str()).with(text)))
}

fn row(lane: &LaneMeasure, len_s: f64) -> El {
    let share = if len_s > 0.0 { lane.busy_s / len_s } else { 0.0 };
    let cell = |name: &str, raw: f64, text: String| {
        el("td", "").attr("data-lane", name).attr("data-value", number::plain(raw)).with(text)
    };
    let bar = span("size-bar").attr("aria-hidden", "true");
    let bar = bar.with(span("").style("width", number::fixed(share.within(0.0, 1.0) * 100.0, 1) + "%"));
    el("tr", "").with((
        el("th", "").attr("scope", "row").with(&lane.name),
        cell("attempts", f64::from(lane.attempts), format::count(lane.attempts.into())),
        cell("bad", f64::from(lane.bad), format::count(lane.bad.into())).attr_if("data-bad", lane.bad > 0),
        cell("busy_s", lane.busy_s, format::seconds(lane.busy_s)),
        cell("idle_s", lane.idle_s, format::seconds(lane.idle_s)),
        el("td", "range-share").with((bar, format::percent(share))),
    ))
}

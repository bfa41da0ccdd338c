//! A second run under the first, on the same clock: both begin at their own 0 s.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use lanescope_protocol::{Answer, Request, RunSummary, TimelineRequest};
use leptos::prelude::*;
use web_sys::Event;

use crate::charts::lanes::{CURVE_PX, Stage, What, fetch_lanes, lane_chart, request_of};
use crate::pages::timeline::labels;
use crate::shell::open;
use crate::state::App;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, Live, button, div, el, follow, nodes, span, when};
use crate::ui::{format, icon, known};

/// Height of the line between the two, pixels; the style sheet has the same.
const LINE_PX: f64 = 34.0;
/// No run's lanes get less room than this, pixels.
const LEAST_PX: f64 = 96.0;

/// A second run beside the first one of a stage.
#[derive(Clone, Copy)]
pub struct Second {
    main: Stage,
    /// The stage of the second run; it has lanes while one is chosen.
    pub stage: Stage,
    /// Which test has no bar in the second run, and which has none in the first; empty where all have.
    missing: [RwSignal<String>; 2],
}

/// The choice of a second run, where another is loaded.
pub fn second_select(app: App) -> Live {
    let several = move || app.runs.with(|runs| runs.len() > 1);
    when(several, move || {
        let select = el("select", "").attr("aria-label", "Compare with");
        let select = select.on("change", move |event: Event| {
            let value = event_target_value(&event);
            app.go(|route| route.with = Some(value).filter(|id| !id.is_empty()));
        });
        // The options are made anew, the list with the focus stays.
        let options = select.live(move || {
            let (run, with) = app.route.with(|route| (route.run.clone(), route.with.clone()));
            app.runs.with(|runs| {
                let others = runs.iter().filter(|other| run.as_ref() != Some(&other.id));
                let option = |id: &str, text: &str, chosen: bool| {
                    el("option", "").attr("value", id).attr_if("selected", chosen).with(text)
                };
                let mut options = vec![option("", "no other run", false)];
                options.extend(others.map(|other| option(&other.id, &other.label, with.as_ref() == Some(&other.id))));
                options
            })
        });
        el("label", "lane-sort second-select").with((span("quiet").with("Compare with"), options))
    })
}

impl Second {
    /// The second run of a stage, as the address names it, for as long as the caller lives.
    pub fn new(main: Stage) -> Self {
        let second = Self {
            main,
            stage: Stage::below(main),
            missing: [RwSignal::new(String::new()), RwSignal::new(String::new())],
        };
        second.follow_route();
        second.follow_bounds();
        second.follow_twins(main, second.stage);
        second.follow_twins(second.stage, main);
        second
    }

    /// The lanes that the address asks for, if that run is loaded.
    fn wanted(self) -> Option<TimelineRequest> {
        let app = self.main.app;
        let with = app.route.try_with(|route| route.with.clone())??;
        let (run, sort) = app.timeline.with(|t| t.as_ref().map(|t| (t.run.clone(), t.sort)))?;
        let loaded = with != run && app.runs.with(|runs| runs.iter().any(|run| run.id == with));
        loaded.then_some(TimelineRequest { run: with, sort, workers: None })
    }

    fn follow_route(self) {
        let (app, stage) = (self.main.app, self.stage);
        let last = Rc::new(RefCell::new(None::<TimelineRequest>));
        // The same run read again may have other lanes.
        let forget = Rc::clone(&last);
        follow(move || {
            app.runs.track();
            forget.take();
        });
        follow(move || {
            let wanted = self.wanted();
            if wanted.is_some() && *last.borrow() == wanted {
                return;
            }
            last.replace(wanted.clone());
            let Some(request) = wanted else {
                if stage.timeline.with_untracked(Option::is_some) {
                    stage.first_frame.set(None);
                    stage.timeline.set(None);
                }
                return;
            };
            let last = Rc::clone(&last);
            fetch_lanes(app, request.clone(), move |timeline, frame| {
                if last.borrow().as_ref() == Some(&request) && !stage.first_frame.is_disposed() {
                    batch(|| {
                        stage.first_frame.set(frame.map(Arc::new));
                        stage.timeline.set(Some(timeline));
                    });
                }
            });
        });
    }

    /// Who sees everything goes on to do so when a longer run comes or goes; a link may name a stretch that only the
    /// second run has.
    fn follow_bounds(self) {
        let main = self.main;
        let (mut linked, mut before) = (main.linked(), main.bounds.get_untracked());
        follow(move || {
            let now = main.bounds.get();
            if !before.same(now) {
                let beyond = linked.take().filter(|linked| !before.covers(*linked));
                if let Some(linked) = beyond {
                    main.show(linked);
                } else if main.view.get_untracked().same(before) {
                    main.show(now);
                }
            }
            before = now;
        });
    }

    /// What is chosen or pointed at in one run is outlined in the other.
    fn follow_twins(self, from: Stage, to: Stage) {
        let app = self.main.app;
        let [in_second, in_first] = self.missing;
        let missing = if to.second { in_second } else { in_first };
        let last = Rc::new(RefCell::new((None, Vec::new())));
        follow(move || {
            let both = self.stage.timeline.with(Option::is_some);
            let request = to.timeline.with(|t| t.as_ref().filter(|_| both).map(request_of));
            let mut tests: Vec<String> = Vec::new();
            if request.is_some() {
                // The first run outlines its own selection by itself.
                tests.extend(if to.second { app.route.with(|route| route.test.clone()) } else { None });
                tests.extend(pointed(from));
                tests.dedup();
            }
            let asked = (request, tests);
            if *last.borrow() == asked {
                return;
            }
            last.replace(asked.clone());
            let (Some(request), false) = (&asked.0, asked.1.is_empty()) else {
                to.outline(Vec::new());
                return missing.set(String::new());
            };
            let label = app.runs.with_untracked(|runs| {
                runs.iter().find(|run| run.id == request.run).map(|run| run.label.clone()).unwrap_or_default()
            });
            let found = Rc::new(RefCell::new((Vec::new(), String::new(), asked.1.len())));
            for test in &asked.1 {
                let (found, asked, last) = (Rc::clone(&found), asked.clone(), Rc::clone(&last));
                let body = Request::Places { timeline: request.clone(), test: test.clone() };
                let none = format!("{test} is not on the lanes of {label}");
                open::ask(body, move |answer, _| {
                    let mut found = found.borrow_mut();
                    let places = if let Answer::Places(places) = answer { places } else { Vec::new() };
                    if places.is_empty() {
                        found.1.clone_from(&none);
                    }
                    found.0.extend(places);
                    found.2 = found.2.saturating_sub(1);
                    if found.2 == 0 && *last.borrow() == asked {
                        to.outline(std::mem::take(&mut found.0));
                        let _ = missing.try_set(std::mem::take(&mut found.1));
                    }
                });
            }
        });
    }

    /// Divides the room for lanes: a share by the number of lanes for each run, less what the curve below takes.
    pub fn share_room(self, room_px: RwSignal<f64>) {
        let (main, second) = (self.main, self.stage);
        follow(move || {
            let lanes = |stage: Stage| stage.timeline.with(|t| t.as_ref().map(|t| t.lanes.len()));
            let room = room_px.get() - if main.curves.get() { CURVE_PX } else { 0.0 };
            let (own, other) = match (lanes(main), lanes(second)) {
                (Some(a), Some(b)) => share(room - LINE_PX, a as f64, b as f64),
                _ => (room, 0.0),
            };
            for (stage, px) in [(main, own), (second, other)] {
                if (stage.room_px.get_untracked() - px).abs() >= 1.0 {
                    stage.room_px.set(px);
                }
            }
        });
    }

    /// The line between the two runs, and the second one's lanes; nothing where none is chosen.
    pub fn lanes(self) -> Live {
        let stage = self.stage;
        when(
            move || stage.timeline.with(Option::is_some),
            move || {
                let height = move || stage.natural_px().min(stage.room_px.get());
                let why = el("p", "second-none").live_text(move || {
                    stage.timeline.with(|t| {
                        let t = t.as_ref().filter(|t| t.lanes.is_empty());
                        t.map(|t| t.explanation.clone()).unwrap_or_default()
                    })
                });
                div("second-run").with((self.line(), scrolled(stage, Rc::new(height)), why))
            },
        )
    }

    fn line(self) -> El {
        let app = self.main.app;
        let id = |stage: Stage| stage.timeline.with(|t| t.as_ref().map(|t| t.run.clone()));
        let words = span("second-words").live(move || {
            let (a, b) = (id(self.main)?, id(self.stage)?);
            app.runs.with(|runs| {
                let find = |id: &str| runs.iter().find(|run| run.id == id);
                let (a, b) = (find(&a)?, find(&b)?);
                let mark = |run: &RunSummary| run.provenance.get("wall_s").and_then(known);
                let under = span("quiet").with("under");
                let (b_label, a_label) = (el("b", "").with(&b.label), el("b", "").with(&a.label));
                Some(nodes((b_label, under, a_label, mark(a).or_else(|| mark(b)), span("").with(difference(a, b)))))
            })
        });
        let [in_second, in_first] = self.missing;
        let missing = span("second-missing").attr("role", "status");
        let missing = missing.live_text(move || in_second.get() + &in_first.get());
        let close = button("icon-button", move || app.go(|route| route.with = None));
        let close = close.attr("title", "Show one run").attr("aria-label", "Show one run").with(icon("close"));
        div("second-line").with((words, span("spring"), missing, close))
    }
}

/// The test of the bar that the pointer is on.
fn pointed(stage: Stage) -> Option<String> {
    stage.news.track();
    let attempt = stage.pointed.with(|pointed| match pointed.as_ref()?.what {
        What::Bar(bar) => bar.attempt,
        What::Idle(_) => None,
    })?;
    stage.brief(attempt).map(|brief| brief.test)
}

/// Room for each of two runs.
fn share(room: f64, a: f64, b: f64) -> (f64, f64) {
    let least = LEAST_PX.min(room / 2.0);
    let own = (room * a / (a + b).max(1.0)).within(least, room - least);
    (own, room - own)
}

/// What one run took against the other, in words. Only against the sequential run of the same tests it is a speedup.
fn difference(a: &RunSummary, b: &RunSummary) -> String {
    let (Some(a_s), Some(b_s)) = (a.wall_s, b.wall_s) else {
        let unknown = if a.wall_s.is_none() { a } else { b };
        return format!("the wall time of {} is not known", unknown.label);
    };
    let (fast, slow) = if a_s <= b_s { (a, b) } else { (b, a) };
    let walls = format!("{} against {}", format::seconds(b_s), format::seconds(a_s));
    let by_s = (a_s - b_s).abs();
    let faster = if format::seconds(a_s) == format::seconds(b_s) {
        String::from("as fast")
    } else {
        format!("{} is faster by {}", fast.label, format::seconds(by_s))
    };
    let of = |run: &RunSummary, other: &RunSummary| {
        let speedup = run.baseline.as_ref().filter(|baseline| baseline.run == other.id)?.speedup?;
        Some(format!(", a speedup of {} over the sequential run", format::times(speedup)))
    };
    let speedup = of(fast, slow).or_else(|| of(slow, fast)).unwrap_or_default();
    format!("{walls}: {faster}{speedup}")
}

/// Lanes beside their names, so high, scrolled where there are more.
pub fn scrolled(stage: Stage, height: Rc<dyn Fn() -> f64>) -> El {
    let scroller = div("lanes-scroll");
    let node = scroller.html();
    let sticky = div("lane-sticky");
    let grid = div("timeline-grid");
    let sized = [scroller.clone(), sticky.clone(), grid.clone()];
    follow(move || {
        let (high, all) = (height(), stage.natural_px());
        for (element, px) in sized.iter().zip([high, high, all]) {
            let _ = element.clone().style("height", number::px(px));
        }
    });
    let chart = sticky.with(lane_chart(stage, node.clone()));
    let grid = grid.with((labels::labels(stage), div("lane-holder").with(chart)));
    scroller.on("scroll", move |_: Event| stage.scroll.set(f64::from(node.scroll_top()))).with(grid)
}

#[cfg(test)]
mod tests {
    use lanescope_protocol::Baseline;

    use super::*;

    fn run(id: &str, wall_s: Option<f64>) -> RunSummary {
        RunSummary { id: id.into(), label: id.into(), wall_s, ..RunSummary::default() }
    }

    #[test]
    fn only_against_its_sequential_run_it_is_a_speedup() {
        let (four, eight, mut two) = (run("four", Some(20.0)), run("eight", Some(12.5)), run("two", Some(30.0)));
        assert_eq!(difference(&four, &eight), "12.5 s against 20.0 s: eight is faster by 7.50 s");
        let baseline = Baseline {
            run: "four".into(),
            label: String::new(),
            speedup: Some(0.67),
            session_speedup: None,
            efficiency: None,
            contention: None,
            shared_tests: 1.0,
        };
        two.baseline = Some(Box::new(baseline));
        assert!(difference(&two, &four).ends_with("a speedup of 0.67× over the sequential run"));
        assert!(difference(&four, &two).ends_with("a speedup of 0.67× over the sequential run"));
        assert!(!difference(&two, &eight).contains("speedup"));
        assert_eq!(difference(&four, &run("none", None)), "the wall time of none is not known");
    }

    #[test]
    fn both_runs_get_room() {
        assert_eq!(share(600.0, 4.0, 1.0), (480.0, 120.0));
        assert_eq!(share(600.0, 100.0, 1.0), (504.0, 96.0));
        assert_eq!(share(120.0, 4.0, 1.0), (60.0, 60.0));
        assert_eq!(share(0.0, 0.0, 0.0), (0.0, 0.0));
    }
}

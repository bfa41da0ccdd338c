//! What the view has been told, and when it asks anew.

use leptos::prelude::*;

use lanescope_protocol::{
    Answer, Curve, LabAnswer, LabRequest, MeasuredPoint, Mode, ModelError, Plan, Point, Request, Sort, Speedup,
    SpeedupSuite, Spread, TakeHome, TakeHomeKind, TestsRequest, WhatIf, WorkSummary,
};
use lanescope_ui::shell::{dom, marks};

use super::keys::{self, Found, Keys};
use crate::shell::{bridge, desk};
use crate::state::Lab;

/// Numbers of workers that curves are asked for.
const WORKERS: [u32; 18] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64];
/// The address follows the controls after so long without a change, milliseconds.
const SETTLED_MS: u32 = 250;
/// From this share of its limit on a test is near it.
const NEAR: f64 = 0.8;
/// Tests that a query of the controls may name.
const MOST_TESTS: u32 = 1_000;

/// What a run gives to be replayed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    pub work: WorkSummary,
    pub measured: Vec<MeasuredPoint>,
    pub error: ModelError,
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sweep {
    /// Its number: answers to an earlier one are passed over.
    pub number: u32,
    /// Points that are there, and points in all.
    pub done: u32,
    pub all: u32,
    /// Whether it goes on.
    pub going: bool,
    /// Whether the person stopped it.
    pub stopped: bool,
}

/// Everything shared by the parts of the view. Copy: it is passed around freely.
#[derive(Clone, Copy)]
pub struct State {
    pub lab: Lab,
    /// The run that is looked at, once the worker has it.
    pub run: Memo<Option<String>>,
    pub speedup: RwSignal<Option<Speedup>>,
    pub spread: RwSignal<Option<Spread>>,
    pub known: RwSignal<Option<Known>>,
    pub curves: RwSignal<Vec<Curve>>,
    pub sweep: RwSignal<Sweep>,
    pub what_if: RwSignal<Option<WhatIf>>,
    pub take_home: RwSignal<Vec<TakeHome>>,
    /// What the controls say.
    pub keys: RwSignal<Keys>,
    /// Tests of the queries that drop tests and make them faster.
    pub found: RwSignal<[Found; 2]>,
    /// The plan that the controls make.
    pub plan: Memo<Option<Plan>>,
    /// Whether a question about the plan is under way, and whether another waits.
    asking: RwSignal<(bool, bool)>,
    /// Changes of the controls that the address has not followed yet.
    unwritten: RwSignal<u32>,
}

/// The run that stands behind an id: a predicted run is looked at as the one that it was made of.
pub fn recorded(id: &str) -> &str {
    id.split_once(" predicted").map_or(id, |(recorded, _)| recorded)
}

impl State {
    /// Begins to ask.
    pub fn new(lab: Lab) -> Self {
        let run = Memo::new(move |_| {
            let selected = lab.route.with(|route| route.run.clone());
            lab.taken.with(|taken| {
                let is = |id: &str| taken.iter().any(|run| run.id == id).then(|| id.to_owned());
                match selected {
                    Some(id) => is(recorded(&id)),
                    None => taken.iter().map(|run| run.id.clone()).next(),
                }
            })
        });
        let (known, spread, keys) =
            (RwSignal::new(None::<Known>), RwSignal::new(None::<Spread>), RwSignal::new(Keys::new()));
        let found = RwSignal::new(<[Found; 2]>::default());
        let plan = Memo::new(move |_| {
            let longest = spread.with(|s| s.as_ref().and_then(|s| s.tests.first().map(|t| t.name.clone())));
            known.with(|known| {
                let known = known.as_ref()?;
                let longest = longest.unwrap_or_default();
                let make =
                    |keys: &Keys| found.with(|[drop, faster]| keys::plan(keys, &known.work, &longest, drop, faster));
                Some(keys.with(make))
            })
        });
        let state = Self {
            lab,
            run,
            speedup: RwSignal::new(None),
            spread,
            known,
            curves: RwSignal::new(Vec::new()),
            sweep: RwSignal::new(Sweep::default()),
            what_if: RwSignal::new(None),
            take_home: RwSignal::new(Vec::new()),
            keys,
            found,
            plan,
            asking: RwSignal::new((false, false)),
            unwritten: RwSignal::new(0),
        };
        state.begin();
        state
    }

    fn begin(self) {
        let lab = self.lab;
        Effect::new(move |_: Option<()>| {
            let from = lab.route.with(|route| keys::of_route(&route.rest));
            // While the address lags behind, it has nothing to say.
            if self.unwritten.get_untracked() == 0 && self.keys.with_untracked(|keys| *keys != from) {
                self.keys.set(from);
            }
        });
        let all =
            Memo::new(move |_| lab.runs.with(|runs| lab.taken.with(|taken| (taken.len() == runs.len(), taken.len()))));
        Effect::new(move |before: Option<Option<String>>| {
            let (run, (all, _)) = (self.run.get(), all.get());
            if before.flatten() != run {
                self.forget();
            }
            if let Some(run) = run.clone() {
                self.ask_run(&run, all);
            }
            run
        });
        Effect::new(move |_: Option<()>| {
            let wanted = self.keys.with(|keys| ["drop", "faster"].map(|key| keys::get(keys, key).to_owned()));
            let Some(run) = self.run.get() else { return };
            for (place, query) in wanted.into_iter().enumerate() {
                self.find(run.clone(), place, query);
            }
        });
        // The curves rest on everything but the mode and the workers, which they run through.
        let base = Memo::new(move |_| {
            let plan = self.plan.with(|plan| plan.as_ref().map(keys::swept))?;
            let measured = self.known.with(|known| known.as_ref().map(|known| known.measured.len()))?;
            self.run.get().map(|run| (run, plan, measured))
        });
        Effect::new(move |_: Option<()>| {
            if base.with(Option::is_some) {
                self.restart();
            }
        });
        Effect::new(move |_: Option<()>| {
            self.plan.track();
            self.known.track();
            self.ask_plan();
        });
    }

    fn forget(self) {
        // Should the worker have stopped, no answer will come.
        self.asking.update_untracked(|asking| *asking = (false, false));
        self.spread.set(None);
        self.known.set(None);
        self.what_if.set(None);
        self.curves.set(Vec::new());
        self.take_home.set(Vec::new());
    }

    fn is(self, run: &str) -> bool {
        self.run.try_get_untracked().flatten().as_deref() == Some(run)
    }

    fn ask_run(self, run: &str, all: bool) {
        let asked = run.to_owned();
        let spread = LabRequest::Spread { run: run.to_owned(), near_share: NEAR };
        if self.spread.with_untracked(|spread| spread.as_ref().is_none_or(|spread| spread.run != run)) {
            desk::ask(spread, move |answer, _| match answer {
                LabAnswer::Spread(spread) if self.is(&asked) => self.spread.set(Some(*spread)),
                _ => {}
            });
        }
        let asked = run.to_owned();
        if all {
            desk::ask(LabRequest::Speedup, move |answer, _| match answer {
                LabAnswer::Speedup(speedup) if self.run.try_get_untracked().is_some() => {
                    self.speedup.set(Some(*speedup))
                }
                _ => {}
            });
            desk::ask(LabRequest::Work { run: run.to_owned() }, move |answer, _| match answer {
                LabAnswer::Work { work, measured, error } if self.is(&asked) => {
                    self.known.set(Some(Known { work: *work, measured, error: *error }));
                }
                _ => {}
            });
        }
    }

    /// The runs of the suite that the run belongs to.
    pub fn suite<T>(self, of: impl FnOnce(&SpeedupSuite, &str) -> T) -> Option<T> {
        let run = self.run.get()?;
        self.speedup.with(|speedup| {
            let holds = |suite: &&SpeedupSuite| suite.runs.iter().any(|line| line.run == run);
            speedup.as_ref()?.suites.iter().find(holds).map(|suite| of(suite, &run))
        })
    }

    /// Changes what a control says.
    pub fn set(self, key: &str, value: &str) {
        if self.keys.with_untracked(|keys| keys::get(keys, key) == value) {
            return;
        }
        self.change(|keys| keys::set(keys, key, value));
    }

    /// Changes what the controls say; the address follows when they rest.
    pub fn change(self, change: impl FnOnce(&mut Keys)) {
        self.keys.update(change);
        self.unwritten.update_untracked(|n| *n += 1);
        let now = self.unwritten.get_untracked();
        dom::after(SETTLED_MS, move || {
            if self.unwritten.try_get_untracked() == Some(now) {
                self.unwritten.update_untracked(|n| *n = 0);
                let keys = self.keys.get_untracked();
                bridge::go(false, |route| keys::into_route(&mut route.rest, &keys));
            }
        });
    }

    /// Asks the engine which tests a query names.
    fn find(self, run: String, place: usize, query: String) {
        let is = |found: &[Found; 2]| found.get(place).is_some_and(|found| found.query == query);
        if self.found.with_untracked(is) {
            return;
        }
        let put = move |new: Found| {
            self.found.update(|found| {
                if let Some(slot) = found.get_mut(place) {
                    *slot = new;
                }
            });
        };
        if query.is_empty() {
            return put(Found::default());
        }
        let request =
            TestsRequest { run, q: query.clone(), sort: Sort::Duration, limit: MOST_TESTS, ..TestsRequest::default() };
        bridge::ask(&Request::Tests(request), move |answer, _| {
            let still = self.keys.try_with_untracked(|keys| keys::get(keys, ["drop", "faster"][place.min(1)]) == query);
            if let (Some(Answer::Tests(page)), Some(true)) = (answer, still) {
                let tests = page.rows.into_iter().map(|row| row.id).collect();
                put(Found { query, tests, total: page.total, problem: page.problem });
            }
        });
    }

    /// One question at a time: what changes meanwhile is asked when its answer is there.
    fn ask_plan(self) {
        let Some((run, plan)) = self.run.get_untracked().zip(self.plan.get_untracked()) else { return };
        if self.asking.get_untracked().0 {
            return self.asking.update_untracked(|asking| asking.1 = true);
        }
        self.asking.update_untracked(|asking| *asking = (true, false));
        let (asked, planned) = (run.clone(), plan.clone());
        desk::ask(LabRequest::WhatIf { run, plan: Box::new(plan) }, move |answer, _| {
            let Some((_, again)) = self.asking.try_get_untracked() else { return };
            self.asking.update_untracked(|asking| *asking = (false, false));
            match answer {
                LabAnswer::WhatIf(what_if) if self.is(&asked) => self.what_if.set(Some(*what_if)),
                LabAnswer::Failed { text } => self.lab.said.set(Some(text)),
                _ => {}
            }
            if again { self.ask_plan() } else { self.ask_files(asked.clone(), planned.clone()) }
        });
    }

    fn ask_files(self, run: String, plan: Plan) {
        let asked = run.clone();
        let kinds = self.known.with_untracked(|known| {
            let pytest = known.as_ref().is_some_and(|known| known.work.modes.contains(&Mode::Load));
            let of_other =
                |kind: &TakeHomeKind| matches!(kind, TakeHomeKind::NextestToml | TakeHomeKind::PlaywrightShards);
            TakeHomeKind::ALL.into_iter().filter(|kind| of_other(kind) != pytest).collect()
        });
        let request = LabRequest::TakeHome { run, plan: Box::new(plan), kinds };
        desk::ask(request, move |answer, _| match answer {
            LabAnswer::TakeHome(files) if self.is(&asked) => self.take_home.set(files),
            _ => {}
        });
    }

    /// Begins the curves anew.
    pub fn restart(self) {
        let Some((run, plan)) = self.run.get_untracked().zip(self.plan.get_untracked()) else { return };
        let Some(modes) = self.known.with_untracked(|known| known.as_ref().map(|known| known.work.modes.clone()))
        else {
            return;
        };
        let number = self.sweep.get_untracked().number.wrapping_add(1);
        let mut workers = WORKERS.to_vec();
        workers.push(plan.workers);
        let recorded = self.known.with_untracked(|known| known.as_ref().and_then(|known| known.work.workers));
        workers.extend(recorded.filter(|n| *n <= 256));
        workers.sort_unstable();
        workers.dedup();
        let all = (workers.len() * modes.len()) as u32;
        let own = plan.mode;
        self.sweep.set(Sweep { number, all, going: true, ..Sweep::default() });
        self.curves.set(Vec::new());
        marks::mark("lanescope:sweep-start");
        let request = LabRequest::Sweep { run, plan: Box::new(plan), modes, workers };
        desk::ask(request, move |answer, _| {
            if self.sweep.try_get_untracked().is_none_or(|sweep| sweep.number != number) {
                return;
            }
            match answer {
                LabAnswer::Points(points) => self.more(points, own),
                LabAnswer::Curves(curves) => {
                    marks::mark("lanescope:sweep");
                    self.curves.set(curves);
                    self.sweep.update(|sweep| sweep.going = false);
                }
                _ => self.sweep.update(|sweep| sweep.going = false),
            }
        });
    }

    /// Ends the curves with what is there.
    pub fn stop(self) {
        self.sweep.update(|sweep| sweep.stopped = true);
        desk::ask(LabRequest::Stop, |_, _| {});
    }

    fn more(self, points: Vec<Point>, own: Mode) {
        let first = points.iter().any(|point| point.mode != own) && self.curves.with_untracked(Vec::len) == 1;
        if first {
            // The first mode has the points that a first look needs.
            marks::mark("lanescope:curve");
        }
        self.sweep.update(|sweep| sweep.done += points.len() as u32);
        self.curves.update(|curves| points.into_iter().for_each(|point| put(curves, point)));
    }

    /// Has the predicted run shown on the timeline.
    pub fn show_predicted(self) {
        let Some((run, plan)) = self.run.get_untracked().zip(self.plan.get_untracked()) else { return };
        let label = self.lab.taken.with_untracked(|taken| {
            taken.iter().find(|taken| taken.id == run).map(|taken| taken.label.clone()).unwrap_or_default()
        });
        let name = format!("{label} · predicted: {}, {} workers", plan.mode.as_str(), plan.workers * plan.shards);
        desk::ask(LabRequest::Predict { run, plan: Box::new(plan) }, move |answer, columns| match (answer, columns) {
            (LabAnswer::Predicted, Some(columns)) => bridge::made(&name, &columns),
            (LabAnswer::Failed { text }, _) => self.lab.said.set(Some(text)),
            _ => {}
        });
    }
}

/// Where a point lies along its curve: workers, or shards where those are what varies.
pub fn along(point: &Point) -> u32 {
    if point.mode == Mode::Shards { point.shards } else { point.workers }
}

/// Puts a point in its place.
fn put(curves: &mut Vec<Curve>, point: Point) {
    if !curves.iter().any(|curve| curve.mode == point.mode) {
        curves.push(Curve { mode: point.mode, ..Curve::default() });
    }
    if let Some(curve) = curves.iter_mut().find(|curve| curve.mode == point.mode) {
        let at = curve.points.partition_point(|before| along(before) < along(&point));
        curve.points.insert(at, point);
    }
}

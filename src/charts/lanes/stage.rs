//! What the parts of the timeline share: the visible stretch, what is pointed at, and the frames behind them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use lanescope_protocol::{Answer, AttemptBrief, Frame, Request, Timeline, TimelineRequest};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::charts::canvas::{self, Redraw};
use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::cache::FrameCache;
use crate::charts::lanes::gestures::Gesture;
use crate::charts::lanes::paint::{self, Painter, Scene};
use crate::charts::lanes::pointed::Pointed;
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::source;
use crate::charts::lanes::span::{Scale, Span};
use crate::shell::{dom, marks, open};
use crate::state::App;

/// Where the pointer is when it is on none of the charts, pixels: out of sight.
pub const OFF_PX: f64 = -9999.0;
/// Milliseconds without a change until the view counts as settled.
const SETTLED_MS: u64 = 220;
/// Milliseconds of a motion from one view to another.
const GLIDE_MS: f64 = 160.0;
/// Names asked for at a time.
const NAMES: usize = 60;
/// Briefs kept.
const MAX_BRIEFS: usize = 4_000;
/// A bar is shown at least this wide when a test is looked for, pixels.
const FOUND_PX: f64 = 5.0;
/// A bar that had to be zoomed to is then this wide, pixels.
const SHOWN_PX: f64 = 60.0;

/// The timeline's shared state. Copy.
#[derive(Clone, Copy)]
pub struct Stage {
    /// The page's state.
    pub app: App,
    /// The lanes shown: those of the selected run, or of another beside it.
    pub timeline: RwSignal<Option<Timeline>>,
    /// Bars of their whole run.
    pub first_frame: RwSignal<Option<Frame>>,
    /// What is visible.
    pub view: RwSignal<Span>,
    /// Everything that there is to see.
    pub bounds: Memo<Span>,
    /// What the pointer is on.
    pub pointed: RwSignal<Option<Pointed>>,
    /// What is said to a screen reader.
    pub said: RwSignal<String>,
    /// Pixels of lanes scrolled away.
    pub scroll: RwSignal<f64>,
    /// Height there is for the lanes, pixels.
    pub room_px: RwSignal<f64>,
    /// Counts up when a brief has come.
    pub news: RwSignal<u32>,
    /// The stretch that is measured, if any.
    pub range: RwSignal<Option<Span>>,
    /// Lanes of a second run on the same clock.
    pub beside: RwSignal<Option<Timeline>>,
    /// Where the pointer is on any of the charts, pixels from the left edge of the lanes; [`OFF_PX`] elsewhere.
    pub at_px: RwSignal<f64>,
    /// Whether the curves are shown.
    pub curves: RwSignal<bool>,
    /// Whether these are the lanes of a second run: keys, address and selection belong to the first.
    pub second: bool,
    core: StoredValue<Rc<Core>, LocalStorage>,
}

/// What is kept beside the signals: frames and handles of the browser.
#[derive(Default)]
pub struct Core {
    pub(super) cache: RefCell<FrameCache>,
    pub(super) gesture: RefCell<Gesture>,
    pub(super) hover: Cell<Option<Bar>>,
    pub(super) cursor: Cell<Option<Bar>>,
    pub(super) picked: RefCell<Option<String>>,
    pub(super) canvas: RefCell<Option<HtmlCanvasElement>>,
    pub(super) scroller: RefCell<Option<HtmlElement>>,
    painter: RefCell<Painter>,
    briefs: RefCell<BTreeMap<u32, Option<AttemptBrief>>>,
    pub(super) twins: RefCell<Vec<Bar>>,
    selected: RefCell<Vec<u32>>,
    reveal: Cell<Option<u32>>,
    redraw: RefCell<Option<Redraw>>,
    lanes_of: RefCell<Option<TimelineRequest>>,
    glides: Cell<u32>,
    settle: Cell<Option<TimeoutHandle>>,
    written: Cell<Option<(Option<f64>, Option<f64>)>>,
    font: RefCell<String>,
    gone: Cell<bool>,
}

impl Core {
    /// Whether the view was left.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.get()
    }
}

impl Stage {
    /// A stage for the selected run, for as long as the caller lives.
    pub fn new(app: App) -> Self {
        let beside = RwSignal::new(None::<Timeline>);
        let bounds = Memo::new(move |_| {
            let own = app.timeline.with(|t| t.as_ref().map(Span::of).unwrap_or_default());
            beside.with(|t| t.as_ref().map_or(own, |t| own.and(Span::of(t))))
        });
        let stage = Self {
            app,
            timeline: app.timeline,
            first_frame: app.first_frame,
            view: RwSignal::new(bounds.get_untracked()),
            bounds,
            pointed: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            scroll: RwSignal::new(0.0),
            room_px: RwSignal::new(0.0),
            news: RwSignal::new(0),
            range: RwSignal::new(None),
            beside,
            at_px: RwSignal::new(OFF_PX),
            curves: RwSignal::new(!dom::is_narrow()),
            second: false,
            core: StoredValue::new_local(Rc::default()),
        };
        source::keep_whole(app);
        stage.start();
        stage.follow_route();
        stage.follow_test();
        stage
    }

    /// A stage for the second run of another stage: both show the same stretch, and end with the caller.
    pub fn below(first: Self) -> Self {
        let stage = Self {
            timeline: first.beside,
            first_frame: RwSignal::new(None),
            pointed: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            scroll: RwSignal::new(0.0),
            room_px: RwSignal::new(0.0),
            news: RwSignal::new(0),
            second: true,
            core: StoredValue::new_local(Rc::default()),
            ..first
        };
        stage.start();
        stage
    }

    fn start(self) {
        *self.core().redraw.borrow_mut() = Some(Redraw::new(move || self.draw()));
        on_cleanup(move || {
            let core = self.core();
            core.gone.set(true);
            if let Some(timer) = core.settle.take() {
                timer.clear();
            }
        });
        self.follow_lanes();
        self.follow_view();
    }

    /// Outlines bars that belong to what is chosen or pointed at in another run.
    pub fn outline(self, bars: Vec<Bar>) {
        if self.core().twins.replace(bars.clone()) != bars {
            self.redraw();
        }
    }

    pub(super) fn core(self) -> Rc<Core> {
        self.core.try_get_value().unwrap_or_else(|| Rc::new(Core { gone: Cell::new(true), ..Core::default() }))
    }

    /// Asks for a drawing in the next frame.
    pub fn redraw(self) {
        if let Some(redraw) = self.core().redraw.borrow().as_ref() {
            redraw.ask();
        }
    }

    /// Gives the stage its canvas and the element that scrolls it.
    pub fn mount(self, canvas: HtmlCanvasElement, scroller: HtmlElement) {
        let core = self.core();
        let style = dom::window().get_computed_style(&scroller).ok().flatten();
        *core.font.borrow_mut() = style.and_then(|s| s.get_property_value("font-family").ok()).unwrap_or_default();
        *core.canvas.borrow_mut() = Some(canvas);
        *core.scroller.borrow_mut() = Some(scroller);
        self.redraw();
    }

    /// Height of a lane, pixels.
    pub fn pitch(self) -> f64 {
        let (count, top) =
            self.timeline.with(|t| t.as_ref().map_or((0, 0.0), |t| (t.lanes.len(), paint::top_px(t.provenance))));
        Rows::pitch_for(count as u32, self.room_px.get() - top - 2.0)
    }

    pub(super) fn rows(self, timeline: &Timeline, height_px: f64) -> Rows {
        let (count, top) = (timeline.lanes.len() as u32, paint::top_px(timeline.provenance));
        let pitch = Rows::pitch_for(count, self.room_px.get_untracked() - top - 2.0);
        Rows { count, pitch, top, scroll: self.scroll.get_untracked(), bottom: height_px }
    }

    pub(super) fn width_px(self) -> f64 {
        self.core().canvas.borrow().as_ref().map_or(1.0, |c| f64::from(c.client_width()).max(1.0))
    }

    pub(super) fn font(self) -> String {
        self.core().font.borrow().clone()
    }

    pub(super) fn scale(self) -> Scale {
        Scale::new(self.view.get_untracked(), self.width_px())
    }

    /// Shows a stretch at once.
    pub fn show(self, span: Span) {
        let core = self.core();
        core.glides.set(core.glides.get().wrapping_add(1));
        let span = span.inside(self.bounds.get_untracked());
        if self.view.get_untracked() != span {
            self.view.set(span);
        }
    }

    /// Goes to a stretch in a short motion, if motion is wanted.
    pub fn glide(self, to: Span) {
        let to = to.inside(self.bounds.get_untracked());
        if dom::reduced_motion() {
            return self.show(to);
        }
        let core = self.core();
        core.glides.set(core.glides.get().wrapping_add(1));
        self.glide_step(core, self.view.get_untracked(), to, marks::now_ms());
    }

    fn glide_step(self, core: Rc<Core>, from: Span, to: Span, began_ms: f64) {
        let ticket = core.glides.get();
        dom::next_frame(move || {
            if core.gone.get() || core.glides.get() != ticket {
                return;
            }
            let t = ((marks::now_ms() - began_ms) / GLIDE_MS).clamp(0.0, 1.0);
            let eased = 1.0 - (1.0 - t).powi(3);
            self.view.set(if t < 1.0 { from.towards(to, eased) } else { to });
            if t < 1.0 {
                self.glide_step(core, from, to, began_ms);
            }
        });
    }

    /// Shows everything.
    pub fn fit(self) {
        self.glide(self.bounds.get_untracked());
    }

    /// Zooms around the middle, or around the bar that the keys have come to.
    pub fn zoom(self, factor: f64) {
        let view = self.view.get_untracked();
        let middle_s = f64::midpoint(view.from_s, view.to_s);
        let cursor = self.core().cursor.get().map(|bar| f64::midpoint(bar.span.from_s, bar.span.to_s));
        let at_s = cursor.filter(|&s| s > view.from_s && s < view.to_s).unwrap_or(middle_s);
        self.glide(view.zoomed(at_s, factor, self.bounds.get_untracked()));
    }

    /// Pans by a share of what is visible.
    pub fn pan(self, share: f64) {
        let view = self.view.get_untracked();
        self.glide(view.panned(view.len_s() * share, self.bounds.get_untracked()));
    }

    /// Scrolls the lanes.
    pub fn scroll_to(self, y: f64) {
        if let Some(scroller) = self.core().scroller.borrow().as_ref() {
            scroller.set_scroll_top(y.round() as i32);
        }
    }

    fn follow_lanes(self) {
        let app = self.app;
        Effect::new(move |_| {
            self.first_frame.track();
            self.timeline.with(|timeline| {
                let core = self.core();
                let Some(timeline) = timeline.as_ref() else { return };
                let request = source::request_of(timeline);
                let before = core.lanes_of.replace(Some(request.clone()));
                let same_run = before.as_ref().is_some_and(|b| b.run == request.run);
                let whole = self.first_frame.with_untracked(|frame| {
                    frame.as_ref().map(|frame| Rc::new(Bars::new(frame.clone(), f64::from(source::WHOLE_PX))))
                });
                core.cache.borrow_mut().reset(Span::tests(timeline), whole);
                core.hover.set(None);
                core.cursor.set(None);
                // The same run read again may count its attempts otherwise.
                core.briefs.borrow_mut().clear();
                if self.second {
                    core.twins.borrow_mut().clear();
                } else if !same_run {
                    self.show(self.linked().unwrap_or_else(|| self.bounds.get_untracked()));
                } else if before.is_some_and(|b| b.workers != request.workers) {
                    self.show(self.bounds.get_untracked());
                }
                self.redraw();
            });
        });
        Effect::new(move |_| {
            self.view.track();
            self.scroll.track();
            self.room_px.track();
            app.repaint.track();
            self.redraw();
        });
    }

    /// The stretch that the address names.
    pub fn linked(self) -> Option<Span> {
        let (from_s, to_s) = self.app.route.with_untracked(|r| (r.from_s, r.to_s));
        from_s.zip(to_s).filter(|(from_s, to_s)| to_s > from_s).map(|(from_s, to_s)| Span::new(from_s, to_s))
    }

    fn follow_route(self) {
        let app = self.app;
        let named = Memo::new(move |_| app.route.with(|r| (r.from_s, r.to_s)));
        Effect::new(move |before: Option<()>| {
            let named = named.get();
            if before.is_none() || self.core().written.get() == Some(named) {
                return;
            }
            self.core().written.set(Some(named));
            self.show(self.linked().unwrap_or_else(|| self.bounds.get_untracked()));
        });
    }

    /// Once a view has settled, the address tells it, and names are put into bars.
    fn follow_view(self) {
        Effect::new(move |_| {
            self.view.track();
            self.settle_soon();
        });
    }

    pub(super) fn settle_soon(self) {
        let core = self.core();
        if let Some(timer) = core.settle.take() {
            timer.clear();
        }
        let wait = Duration::from_millis(SETTLED_MS);
        core.settle.set(set_timeout_with_handle(move || self.settled(), wait).ok());
    }

    fn settled(self) {
        let core = self.core();
        if core.gone.get() {
            return;
        }
        if core.gesture.borrow().is_under_way() {
            return self.settle_soon();
        }
        let (view, bounds) = (self.view.get_untracked(), self.bounds.get_untracked());
        let current = self.timeline.with_untracked(|t| t.as_ref().map(|t| t.run.clone()));
        let ours = current.is_some() && self.app.route.with_untracked(|route| route.run == current);
        let named = if view.same(bounds) { (None, None) } else { (Some(view.from_s), Some(view.to_s)) };
        let differs = self.app.route.with_untracked(|r| match ((r.from_s, r.to_s), named) {
            ((Some(a), Some(b)), (Some(c), Some(d))) => !Span::new(a, b).same(Span::new(c, d)),
            (old, new) => old != new,
        });
        if ours && differs {
            core.written.set(Some(named));
            self.app.tune(|route| (route.from_s, route.to_s) = named);
        }
        let mut widest = core.painter.borrow().wide().to_vec();
        widest.sort_by(|a, b| b.rect[2].total_cmp(&a.rect[2]));
        widest.iter().take(NAMES).for_each(|wide| {
            let _ = self.brief(wide.attempt);
        });
    }

    /// What is known of an attempt; if nothing is, it is asked for, and `news` counts up when it has come.
    pub fn brief(self, attempt: u32) -> Option<AttemptBrief> {
        let core = self.core();
        if let Some(brief) = core.briefs.borrow().get(&attempt) {
            return brief.clone();
        }
        let run = core.lanes_of.borrow().as_ref().map(|request| request.run.clone())?;
        {
            let mut briefs = core.briefs.borrow_mut();
            if briefs.len() > MAX_BRIEFS {
                briefs.clear();
            }
            briefs.insert(attempt, None);
        }
        let asked = run.clone();
        open::ask(Request::Attempt { run, attempt }, move |answer, _| {
            let still = core.lanes_of.borrow().as_ref().is_some_and(|request| request.run == asked);
            if core.gone.get() || !still {
                return;
            }
            if let Answer::Attempt(brief) = answer {
                core.briefs.borrow_mut().insert(attempt, Some(*brief));
                self.news.update(|n| *n = n.wrapping_add(1));
                self.redraw();
            }
        });
        None
    }

    /// The selected test's bars are outlined; a test chosen elsewhere is brought into sight.
    fn follow_test(self) {
        let app = self.app;
        let wanted = Memo::new(move |_| {
            let test = app.route.with(|route| route.test.clone());
            let run = self.timeline.with(|t| t.as_ref().map(|t| t.run.clone()));
            test.zip(run)
        });
        Effect::new(move |_| {
            let core = self.core();
            let Some((test, run)) = wanted.get() else {
                core.selected.borrow_mut().clear();
                core.picked.take();
                return self.redraw();
            };
            let asked = Some((test.clone(), run.clone()));
            open::ask(Request::Test { run, test: test.clone() }, move |answer, _| {
                if core.gone.get() || wanted.get_untracked() != asked {
                    return;
                }
                let Answer::Test(detail) = answer else { return };
                *core.selected.borrow_mut() = detail.attempts.iter().map(|a| a.attempt).take(32).collect();
                if core.picked.borrow().as_ref() != Some(&test) {
                    let last = detail.attempts.iter().rev().find(|a| a.start_s.is_some()).or(detail.attempts.last());
                    let span = last.and_then(|a| a.start_s.zip(a.stop_s)).map(|(from, to)| Span::new(from, to));
                    self.bring_into_sight(last.map(|a| a.attempt), span);
                }
                self.redraw();
            });
        });
    }

    fn bring_into_sight(self, attempt: Option<u32>, span: Option<Span>) {
        let core = self.core();
        core.reveal.set(attempt);
        let drawn = || attempt.and_then(|a| core.cache.borrow().frames().find_map(|bars| bars.find(a)));
        let Some(span) = span.or_else(|| drawn().map(|bar| bar.span)) else { return };
        let (view, width) = (self.view.get_untracked(), self.width_px());
        let shown_px = span.common(view).map_or(0.0, |part| part.len_s() * width / view.len_s());
        if shown_px < FOUND_PX {
            let len_s = (span.len_s() * width / SHOWN_PX).min(view.len_s());
            self.show(Span::around(f64::midpoint(span.from_s, span.to_s), len_s, self.bounds.get_untracked()));
        }
    }

    fn draw(self) {
        let core = self.core();
        if core.gone.get() {
            return;
        }
        let Some(canvas) = core.canvas.borrow().clone() else { return };
        let view = self.view.get_untracked();
        self.timeline.with_untracked(|timeline| {
            let Some(timeline) = timeline.as_ref().filter(|t| !t.lanes.is_empty()) else { return };
            let height = f64::from(canvas.client_height());
            let rows = self.rows(timeline, height);
            let px_per_s = f64::from(canvas.client_width()) / view.len_s().max(f64::MIN_POSITIVE);
            let pieces = core.cache.borrow().pieces(view, px_per_s);
            let paint = || {
                let Some(surface) = canvas::prepare(&canvas) else { return };
                let briefs = core.briefs.borrow();
                let scene = Scene {
                    timeline,
                    pieces: &pieces,
                    view,
                    rows,
                    hover: core.hover.get(),
                    cursor: core.cursor.get(),
                    selected: &core.selected.borrow(),
                    twins: &core.twins.borrow(),
                    name: &|attempt| briefs.get(&attempt).and_then(|b| b.as_ref()).map(|b| b.name.clone()),
                    theme: self.app.repaint.get_untracked(),
                    font: &core.font.borrow(),
                };
                core.painter.borrow_mut().paint(&surface, &scene);
            };
            if pieces.is_empty() {
                paint();
            } else if self.second {
                // What counts as the first draw of a timeline is the first run's.
                marks::measured(marks::FRAME, paint);
            } else {
                marks::timeline_drawn(&timeline.run, paint);
            }
            self.reveal_lane(&core, &rows);
            self.ask_for_better(&core, timeline, &rows);
        });
    }

    fn reveal_lane(self, core: &Core, rows: &Rows) {
        let Some(attempt) = core.reveal.get() else { return };
        let found = core.cache.borrow().frames().find_map(|bars| bars.find(attempt));
        if let Some(bar) = found {
            core.reveal.set(None);
            if (rows.reveal(bar.lane) - rows.scroll).abs() > 0.5 {
                self.scroll_to(f64::from(bar.lane) * rows.pitch - (rows.bottom - rows.top) / 2.0);
            }
        }
    }

    /// At most one window is under way; its answer draws again, which asks for what is wanted then.
    fn ask_for_better(self, core: &Rc<Core>, timeline: &Timeline, rows: &Rows) {
        let want = {
            let cache = core.cache.borrow();
            cache.want(self.view.get_untracked(), self.width_px(), rows.visible(), rows.count)
        };
        let Some(ask) = want else { return };
        core.cache.borrow_mut().asked(ask.clone());
        let request = source::request_of(timeline);
        let (core, asked) = (Rc::clone(core), request.clone());
        source::window(request, ask.span, ask.width_px, ask.lanes, move |frame| {
            let still = core.lanes_of.borrow().as_ref() == Some(&asked);
            if core.gone.get() || !still {
                return;
            }
            core.cache.borrow_mut().answered(frame);
            self.redraw();
        });
    }
}

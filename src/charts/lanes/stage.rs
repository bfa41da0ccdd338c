//! What the parts of the timeline share: the visible stretch, what is pointed at, and the frames behind them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use lanescope_protocol::{Answer, AttemptBrief, Frame, Legend, Place, Request, Timeline, TimelineRequest};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::charts::canvas::{self, Redraw};
use crate::charts::lanes::bars::Bar;
use crate::charts::lanes::cache::FrameCache;
use crate::charts::lanes::gestures::Gesture;
use crate::charts::lanes::layout::{self, Rect};
use crate::charts::lanes::looks::{self, Matches};
use crate::charts::lanes::paint::{self, Painter, Scene};
use crate::charts::lanes::pointed::Pointed;
use crate::charts::lanes::rows::{HEAD_PX, Rows};
use crate::charts::lanes::source;
use crate::charts::lanes::span::{Scale, Span};
use crate::shell::{dom, marks, open};
use crate::state::{App, ById, Route};
use crate::ui::el::later;

/// Where the pointer is when it is on none of the charts, pixels: out of sight.
pub const OFF_PX: f64 = -9999.0;
/// Milliseconds without a change until the view counts as settled.
const SETTLED_MS: u64 = 220;
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
    pub first_frame: RwSignal<Option<Arc<Frame>>>,
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
    /// What the colours say, and which tests are looked for, as the address has it; see [`Stage::looks`].
    pub(super) looks_named: Memo<String>,
    /// Counts up when there is another legend, another number of matches, or a group was folded.
    pub(super) told: RwSignal<u32>,
    /// Counts up when the bars of the whole run have changed.
    pub whole: RwSignal<u32>,
    core: StoredValue<Rc<Core>, LocalStorage>,
}

/// Ends of the visible and of the measured stretch, as the address has them.
type Named = (Option<f64>, Option<f64>, Option<(f64, f64)>);

/// What is kept beside the signals: frames and handles of the browser.
#[derive(Default)]
pub struct Core {
    pub(super) cache: RefCell<FrameCache>,
    pub(super) gesture: RefCell<Gesture>,
    pub(super) hover: Cell<Option<Bar>>,
    pub(super) cursor: Cell<Option<Bar>>,
    /// The bar that was clicked last, and when, milliseconds.
    pub(super) clicked: Cell<Option<(Bar, f64)>>,
    pub(super) picked: RefCell<Option<String>>,
    pub(super) canvas: RefCell<Option<HtmlCanvasElement>>,
    pub(super) scroller: RefCell<Option<HtmlElement>>,
    painter: RefCell<Painter>,
    briefs: RefCell<ById<Option<AttemptBrief>>>,
    pub(super) twins: RefCell<Vec<Place>>,
    pub(super) rubber: Cell<Option<Rect>>,
    selected: RefCell<Vec<Place>>,
    pub(super) legend: RefCell<Option<Legend>>,
    pub(super) matches: RefCell<Option<Matches>>,
    /// Names of the groups whose lanes are hidden.
    pub(super) closed: RefCell<Vec<String>>,
    epoch: Cell<u32>,
    reveal: Cell<Option<u32>>,
    redraw: RefCell<Option<Redraw>>,
    /// Whether bars were drawn before: the first sight of them has no names, whose widths take the browser long to tell.
    seen: Cell<bool>,
    lanes_of: RefCell<Option<TimelineRequest>>,
    pub(super) glides: Cell<u32>,
    settle: Cell<Option<TimeoutHandle>>,
    written: Cell<Option<Named>>,
    pub(super) pieces: RefCell<Vec<Place>>,
    font: RefCell<String>,
    gone: Cell<bool>,
}

impl Core {
    /// Whether the view was left.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.get()
    }

    /// Begins another question for the bars of the whole run.
    pub(super) fn next_epoch(&self) -> u32 {
        self.epoch.set(self.epoch.get().wrapping_add(1));
        self.epoch.get()
    }

    /// Which question for the bars of the whole run it is now.
    pub(super) fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    /// Whether answers to that question are still wanted.
    pub(super) fn is_now(&self, epoch: u32) -> bool {
        !self.gone.get() && self.epoch.get() == epoch
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
            range: RwSignal::new(app.route.with_untracked(measured)),
            beside,
            at_px: RwSignal::new(OFF_PX),
            curves: RwSignal::new(!dom::is_narrow()),
            second: false,
            looks_named: Memo::new(move |_| app.route.with(looks::named)),
            told: RwSignal::new(0),
            whole: RwSignal::new(0),
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
    pub fn outline(self, places: Vec<Place>) {
        if self.core().twins.replace(places.clone()) != places {
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
        // Made here, so that the first drawing need not wait for it.
        let _ = canvas.get_context("2d");
        *core.canvas.borrow_mut() = Some(canvas);
        *core.scroller.borrow_mut() = Some(scroller);
        self.redraw();
    }

    /// Height of a lane, pixels.
    pub fn pitch(self) -> f64 {
        self.timeline.with(|t| t.as_ref().map_or(1.0, |t| self.rows_in(t, self.room_px.get()).pitch))
    }

    /// How far a lane lies below the upper edge of what is seen, pixels.
    pub fn lane_px(self, lane: u32) -> f64 {
        self.told.track();
        let y = self.timeline.with(|t| t.as_ref().map_or(0.0, |t| self.rows_in(t, self.room_px.get()).y(lane)));
        y - self.scroll.get()
    }

    /// Height of everything: what is above the lanes, the lanes that are shown, the heads of groups.
    pub fn natural_px(self) -> f64 {
        self.told.track();
        self.timeline.with(|t| {
            t.as_ref().map_or(0.0, |t| {
                let rows = self.rows_in(t, self.room_px.get());
                rows.top + rows.total() + 2.0
            })
        })
    }

    fn rows_in(self, timeline: &Timeline, room_px: f64) -> Rows {
        let (count, top) = (timeline.lanes.len() as u32, paint::top_px(timeline.provenance));
        let heads_px = HEAD_PX * timeline.groups.len() as f64;
        let pitch = Rows::pitch_for(count, room_px - top - heads_px - 2.0);
        Rows::new(count, pitch, top, 0.0).grouped(&timeline.groups, &self.core().closed.borrow())
    }

    pub(super) fn rows(self, timeline: &Timeline, height_px: f64) -> Rows {
        let mut rows = self.rows_in(timeline, self.room_px.get_untracked());
        (rows.scroll, rows.bottom) = (self.scroll.get_untracked(), height_px);
        rows
    }

    pub(super) fn width_px(self) -> f64 {
        self.core().canvas.borrow().as_ref().map_or(1.0, |c| f64::from(c.client_width()).max(1.0))
    }

    /// The page's font. It is asked for by the first who draws: earlier, the page's styles would be worked out for it.
    pub(super) fn font(self) -> String {
        let core = self.core();
        let mut font = core.font.borrow_mut();
        if let (true, Some(scroller)) = (font.is_empty(), core.scroller.borrow().as_ref()) {
            let style = dom::window().get_computed_style(scroller).ok().flatten();
            *font = style.and_then(|s| s.get_property_value("font-family").ok()).unwrap_or_default();
        }
        font.clone()
    }

    pub(super) fn scale(self) -> Scale {
        Scale::new(self.view.get_untracked(), self.width_px())
    }

    /// Scrolls the lanes.
    pub fn scroll_to(self, y: f64) {
        if let Some(scroller) = self.core().scroller.borrow().as_ref() {
            scroller.set_scroll_top(y.round() as i32);
        }
    }

    fn follow_lanes(self) {
        let app = self.app;
        later(move || {
            self.first_frame.track();
            self.looks_named.track();
            self.timeline.with(|timeline| {
                let core = self.core();
                let Some(timeline) = timeline.as_ref() else { return };
                let request = source::request_of(timeline);
                let before = core.lanes_of.replace(Some(request.clone()));
                let same_run = before.as_ref().is_some_and(|b| b.run == request.run);
                let new_lanes = before.as_ref() != Some(&request);
                self.put_whole(timeline, new_lanes, self.first_frame.get_untracked());
                if !new_lanes {
                    return self.redraw();
                }
                core.hover.set(None);
                core.cursor.set(None);
                // The same run read again may count its attempts otherwise.
                core.briefs.borrow_mut().clear();
                core.pieces.borrow_mut().clear();
                if self.second {
                    core.twins.borrow_mut().clear();
                } else if !same_run {
                    self.show(self.linked().unwrap_or_else(|| self.bounds.get_untracked()));
                    self.measure(app.route.with_untracked(measured));
                } else if before.is_some_and(|b| b.workers != request.workers) {
                    self.show(self.bounds.get_untracked());
                }
                self.redraw();
            });
        });
        later(move || {
            self.view.track();
            self.scroll.track();
            self.room_px.track();
            self.range.track();
            self.told.track();
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
        let named = Memo::new(move |_| app.route.with(named));
        let mut first = true;
        later(move || {
            let named = named.get();
            if std::mem::take(&mut first) || self.core().written.get() == Some(named) {
                return;
            }
            self.core().written.set(Some(named));
            self.show(self.linked().unwrap_or_else(|| self.bounds.get_untracked()));
            self.measure(app.route.with_untracked(measured));
        });
    }

    /// Measures a stretch, or none.
    fn measure(self, range: Option<Span>) {
        if self.range.get_untracked() != range {
            self.range.set(range);
        }
    }

    /// Once a view has settled, the address tells it, and names are put into bars.
    fn follow_view(self) {
        later(move || {
            self.view.track();
            self.range.track();
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
        let seen = (!view.same(bounds)).then_some((view.from_s, view.to_s));
        let range = self.range.get_untracked().map(|range| (range.from_s, range.to_s));
        let differ = |old: Option<(f64, f64)>, new: Option<(f64, f64)>| match (old, new) {
            (Some((a, b)), Some((c, d))) => !Span::new(a, b).same(Span::new(c, d)),
            (old, new) => old.is_some() != new.is_some(),
        };
        let differs = self.app.route.with_untracked(|r| differ(r.from_s.zip(r.to_s), seen) || differ(r.range, range));
        if ours && differs {
            let (from_s, to_s) = seen.unzip();
            core.written.set(Some((from_s, to_s, range)));
            self.app.tune(|route| (route.from_s, route.to_s, route.range) = (from_s, to_s, range));
        }
        // The widest first; what is narrower than the narrowest of them is asked for another time.
        let wide = core.painter.borrow().wide().to_vec();
        let least_px = layout::least_px(&wide, NAMES);
        wide.iter().filter(|wide| wide.rect[2] >= least_px).for_each(|wide| {
            let _ = self.brief(wide.attempt);
        });
    }

    /// What is known of an attempt; if nothing is, it is asked for, and `news` counts up when it has come.
    pub fn brief(self, attempt: u32) -> Option<AttemptBrief> {
        let core = self.core();
        if let Some(brief) = core.briefs.borrow().get(attempt) {
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
            test.zip(self.timeline.with(|t| t.as_ref().map(source::request_of)))
        });
        later(move || {
            let core = self.core();
            let Some((test, request)) = wanted.get() else {
                core.selected.borrow_mut().clear();
                core.picked.take();
                return self.redraw();
            };
            let asked = Some((test.clone(), request.clone()));
            open::ask(Request::Places { timeline: request, test: test.clone() }, move |answer, _| {
                if core.gone.get() || wanted.get_untracked() != asked {
                    return;
                }
                let Answer::Places(places) = answer else { return };
                if core.picked.borrow().as_ref() != Some(&test)
                    && let Some(last) = places.last()
                {
                    self.bring_into_sight(last);
                }
                *core.selected.borrow_mut() = places;
                self.redraw();
            });
        });
    }

    pub(super) fn bring_into_sight(self, place: &Place) {
        self.core().reveal.set(Some(place.lane));
        let (view, width) = (self.view.get_untracked(), self.width_px());
        let span = Span::new(place.from_s, place.to_s);
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
        // Without its size there is nothing to see; it comes with the first layout, and draws.
        if self.room_px.get_untracked() <= 0.0 {
            return;
        }
        let view = self.view.get_untracked();
        let font = self.font();
        self.timeline.with_untracked(|timeline| {
            let Some(timeline) = timeline.as_ref().filter(|t| !t.lanes.is_empty()) else { return };
            let height = f64::from(canvas.client_height());
            let rows = self.rows(timeline, height);
            let px_per_s = f64::from(canvas.client_width()) / view.len_s().max(f64::MIN_POSITIVE);
            let pieces = core.cache.borrow().pieces(view, px_per_s);
            let named = core.seen.replace(core.seen.get() || !pieces.is_empty());
            let paint = || {
                let Some(surface) = canvas::prepare(&canvas) else { return };
                let briefs = core.briefs.borrow();
                let scene = Scene {
                    named,
                    timeline,
                    pieces: &pieces,
                    view,
                    rows: rows.clone(),
                    hover: core.hover.get(),
                    cursor: core.cursor.get(),
                    selected: &core.selected.borrow(),
                    twins: &core.twins.borrow(),
                    pieces_of: &core.pieces.borrow(),
                    range: self.range.get_untracked(),
                    rubber: core.rubber.get(),
                    name: &|attempt| briefs.get(attempt).and_then(|b| b.as_ref()).map(|b| b.name.clone()),
                    theme: self.app.repaint.get_untracked(),
                    font: &font,
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
            if !named && !pieces.is_empty() {
                self.redraw();
            }
            self.reveal_lane(&core, &rows);
            self.ask_for_better(&core, timeline, &rows);
        });
    }

    fn reveal_lane(self, core: &Core, rows: &Rows) {
        if let Some(lane) = core.reveal.take()
            && (rows.reveal(lane) - rows.scroll).abs() > 0.5
        {
            self.scroll_to(rows.centre(lane));
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
        let looks = self.looks();
        let (core, epoch, colour) = (Rc::clone(core), core.epoch(), looks.colour);
        source::window(request, &looks, ask.span, ask.width_px, ask.lanes, move |frame| {
            if core.is_now(epoch) {
                core.cache.borrow_mut().answered(frame, colour);
                self.redraw();
            }
        });
    }
}

/// What the address says of the visible and of the measured stretch.
fn named(route: &Route) -> Named {
    (route.from_s, route.to_s, route.range)
}

/// The measured stretch of the address.
fn measured(route: &Route) -> Option<Span> {
    route.range.map(|(from_s, to_s)| Span::new(from_s, to_s))
}

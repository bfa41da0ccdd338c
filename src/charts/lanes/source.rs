//! Lanes and windows of them, asked from the engine.

use std::ops::Range;
use std::sync::Arc;

use lanescope_protocol::{
    Answer, Frame, LaneSort, Request, Series, SeriesRequest, Timeline, TimelineRequest, WindowRequest,
};
use leptos::prelude::*;

use crate::charts::lanes::looks::Looks;
use crate::charts::lanes::series::Ask;
use crate::charts::lanes::span::Span;
use crate::shell::open;
use crate::state::App;
use crate::ui::el::later;

/// Width at which the whole run is asked for, pixels.
pub const WHOLE_PX: u32 = 1400;

/// The question that these lanes answered.
pub fn request_of(timeline: &Timeline) -> TimelineRequest {
    TimelineRequest { run: timeline.run.clone(), sort: timeline.sort, workers: timeline.simulated_workers }
}

/// Asks for the bars of a window.
pub fn window(
    timeline: TimelineRequest,
    looks: &Looks,
    span: Span,
    width_px: u32,
    lanes: Range<u32>,
    mut tell: impl FnMut(Option<Frame>) + 'static,
) {
    let request = WindowRequest {
        timeline,
        from_s: span.from_s,
        to_s: span.to_s,
        width_px,
        first_lane: lanes.start,
        lanes: lanes.end.saturating_sub(lanes.start),
        colour: looks.colour,
        q: looks.q.clone(),
    };
    open::ask(Request::Window(request), move |_, bytes| tell(bytes.and_then(|bytes| Frame::decode(&bytes).ok())));
}

/// Sees to it that there is a frame of the whole run whenever there are lanes, for as long as the caller lives.
pub fn keep_whole(app: App) {
    later(move || {
        let missing = app.first_frame.with(Option::is_none);
        let wanted = app.timeline.with(|timeline| {
            let timeline = timeline.as_ref().filter(|t| missing && !t.lanes.is_empty())?;
            let current = app.overview.with(|o| o.as_ref().is_some_and(|o| o.run.id == timeline.run));
            current.then(|| (request_of(timeline), Span::tests(timeline), timeline.lanes.len() as u32))
        });
        let Some((request, tests, lanes)) = wanted else { return };
        let asked = request.clone();
        window(request, &Looks::default(), tests, WHOLE_PX, 0..lanes, move |frame| {
            let still = app.timeline.with_untracked(|t| t.as_ref().is_some_and(|t| request_of(t) == asked));
            if still && app.first_frame.with_untracked(Option::is_none) {
                app.first_frame.set(frame.map(Arc::new));
            }
        });
    });
}

/// Puts other lanes in place: another order, or a simulation with another number of workers. Lanes and their
/// first frame change together.
pub fn change_lanes(app: App, run: String, sort: LaneSort, workers: Option<u32>) {
    fetch_lanes(app, TimelineRequest { run, sort, workers }, move |timeline, frame| {
        // Another run may have been chosen meanwhile.
        if app.overview.with_untracked(|o| o.as_ref().is_some_and(|o| o.run.id == timeline.run)) {
            batch(|| {
                app.first_frame.set(frame.map(Arc::new));
                app.timeline.set(Some(timeline));
            });
        }
    });
}

/// Asks for lanes, and then for the bars of their whole run.
pub fn fetch_lanes(app: App, request: TimelineRequest, tell: impl FnOnce(Timeline, Option<Frame>) + 'static) {
    let mut tell = Some(tell);
    open::ask(Request::Timeline(request), move |answer, _| match answer {
        Answer::Timeline(timeline) => {
            let request = request_of(&timeline);
            let (tests, lanes) = (Span::tests(&timeline), timeline.lanes.len() as u32);
            let mut tell = tell.take().map(|tell| (tell, *timeline));
            window(request, &Looks::default(), tests, WHOLE_PX, 0..lanes, move |frame| {
                if let Some((tell, timeline)) = tell.take() {
                    tell(timeline, frame);
                }
            });
        }
        Answer::Failed { text } => app.say("warning", None, text),
        _ => {}
    });
}

/// Asks for the curves of a stretch.
pub fn series(timeline: TimelineRequest, ask: Ask, tell: impl FnOnce(Option<Series>) + 'static) {
    let (from_s, to_s, buckets) = (ask.span.from_s, ask.span.to_s, ask.buckets);
    let mut tell = Some(tell);
    open::ask(Request::Series(SeriesRequest { timeline, from_s, to_s, buckets }), move |answer, _| {
        if let Some(tell) = tell.take() {
            tell(if let Answer::Series(series) = answer { Some(*series) } else { None });
        }
    });
}

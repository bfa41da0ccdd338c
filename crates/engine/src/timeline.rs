//! The lanes of a run for the page, and the bars of a window of them.

use lanescope_analysis::{FLAKY, LaneOrder, Layout, MERGED as MERGED_BAR, Placement, RETRY, Window};
use lanescope_model::{AttemptId, us_to_s};
use lanescope_protocol::{Frame, Lane, LaneSort, MERGED, Timeline, TimelineRequest, WindowRequest};

use crate::convert::{provenance, rfc3339};
use crate::hints;
use crate::jobs;
use crate::run_state::RunState;

/// A usual width of the timeline; the page asks again at its own.
const FIRST_WIDTH_PX: u32 = 1400;

fn order(sort: LaneSort) -> LaneOrder {
    match sort {
        LaneSort::Name => LaneOrder::Name,
        LaneSort::Load => LaneOrder::Load,
        LaneSort::LastStop => LaneOrder::LastStop,
    }
}

/// The lanes asked for: those of the run, or a simulation with another number of workers.
fn layout(state: &mut RunState, workers: Option<u32>) -> &Layout {
    let Placement::Scheduled(chosen) = state.layout.placement else { return &state.layout };
    let Some(wanted) = workers.filter(|&n| n != chosen) else { return &state.layout };
    if state.simulated.as_ref().is_none_or(|(n, _)| *n != wanted) {
        state.simulated = None;
    }
    let run = &state.run;
    &state.simulated.get_or_insert_with(|| (wanted, Layout::of(run, Some(wanted)))).1
}

/// All lanes of a run, by name.
pub(crate) fn whole(state: &mut RunState) -> Timeline {
    let run = state.id.clone();
    timeline(state, &TimelineRequest { run, sort: LaneSort::Name, workers: None })
}

/// The lanes of a run.
pub(crate) fn timeline(state: &mut RunState, asked: &TimelineRequest) -> Timeline {
    let placement = layout(state, asked.workers).placement;
    let (explanation, how) = hints::explain(state, placement);
    let session = state.run.meta.session;
    let session_us = session.start_us.zip(state.layout.zero_us).and_then(|(start, zero)| start.checked_sub(zero));
    let session_end_us = session_us.zip(session.length_us).and_then(|(start, length)| start.checked_add(length));
    let run = state.id.clone();
    let jobs = jobs::lanes(state);
    let layout = layout(state, asked.workers);
    let lanes = layout.order(order(asked.sort)).into_iter().filter_map(|i| layout.lanes.get(i as usize));
    let lanes = lanes.map(|lane| Lane {
        name: lane.name.clone(),
        attempts: lane.index.len() as u32,
        bad: lane.bad,
        busy_s: us_to_s(lane.busy_us),
        first_s: us_to_s(lane.first_us),
        last_s: us_to_s(lane.last_us),
        crashed: lane.crashed,
    });
    Timeline {
        run,
        sort: asked.sort,
        provenance: provenance(layout.provenance()),
        explanation,
        how,
        lanes: lanes.collect(),
        spans: layout.placed,
        to_s: us_to_s(layout.to_us),
        session_from_s: session_us.map(|us| us_to_s(us.min(0))),
        // A session ends no earlier than its last test; clocks of two files may say otherwise.
        session_to_s: session_end_us.map(|us| us_to_s(us.max(layout.to_us))),
        zero_at: layout.zero_us.and_then(rfc3339),
        unplaced: layout.unplaced,
        simulated_workers: match layout.placement {
            Placement::Scheduled(n) => Some(n),
            _ => None,
        },
        jobs,
    }
}

/// The whole run at a usual width.
pub(crate) fn first_frame(state: &mut RunState) -> Frame {
    let timeline = TimelineRequest { run: state.id.clone(), sort: LaneSort::Name, workers: None };
    let to_s = us_to_s(state.layout.to_us);
    window(
        state,
        &WindowRequest { timeline, from_s: 0.0, to_s, width_px: FIRST_WIDTH_PX, first_lane: 0, lanes: u32::MAX },
    )
}

/// The bars of a window.
pub(crate) fn window(state: &mut RunState, asked: &WindowRequest) -> Frame {
    // A cast saturates, and makes 0 of what is no number.
    let us = |s: f64| (s * 1e6) as i64;
    let window = Window::new(us(asked.from_s), us(asked.to_s), asked.width_px.min(1 << 16));
    let run = std::sync::Arc::clone(&state.run);
    let layout = layout(state, asked.timeline.workers);
    let rows = layout.order(order(asked.timeline.sort));
    let end = (asked.first_lane as usize).saturating_add(asked.lanes as usize).min(rows.len());
    let mut frame = Frame {
        window_from_s: asked.from_s,
        window_to_s: asked.to_s,
        first_lane: asked.first_lane,
        lanes: end.saturating_sub(asked.first_lane as usize) as u32,
        ..Frame::default()
    };
    let wanted = rows.iter().enumerate().take(end).skip(asked.first_lane as usize);
    for (row, &lane) in wanted {
        let Some(lane) = layout.lanes.get(lane as usize) else { continue };
        lane.index.window(&window, |bar| {
            frame.from_s.push(us_to_s(bar.from_us));
            frame.to_s.push(us_to_s(bar.to_us));
            frame.lane.push(row as u32);
            frame.count.push(bar.count);
            frame.fill.push(bar.fill());
            frame.outcome.push(bar.outcome as u8);
            let merged = bar.attempt == MERGED_BAR;
            frame.attempt.push(if merged { MERGED } else { bar.attempt });
            // The bits of the marks are those of the protocol.
            frame.flags.push(if merged { 0 } else { bar.marks & (RETRY | FLAKY) });
            let (mut setup_s, mut teardown_s) = (0.0, 0.0);
            if !merged && window.shows_parts(&bar) {
                let attempt = AttemptId(bar.attempt);
                let phase = |us: Option<i64>| us_to_s(us.unwrap_or(0).clamp(0, bar.to_us - bar.from_us)) as f32;
                setup_s = phase(run.attempts.setup_us(attempt));
                teardown_s = phase(run.attempts.teardown_us(attempt));
            }
            frame.setup_s.push(setup_s);
            frame.teardown_s.push(teardown_s);
        });
    }
    frame
}

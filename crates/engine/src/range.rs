//! Curves, sums and places on the lanes of a run.

use lanescope_analysis::{Curve, Layout, Placement};
use lanescope_model::{AttemptId, Run, us_to_s};
use lanescope_protocol::{
    LaneMeasure, LaneSort, Measure, MeasureRequest, Place, Provenance, Series, SeriesRequest, TimelineRequest,
};

use crate::convert::provenance;
use crate::kept::Kept;
use crate::run_state::RunState;

/// A series has no more buckets than this.
const MAX_BUCKETS: u32 = 8192;

/// Whole microseconds. A cast saturates, and makes 0 of what is no number.
fn us(s: f64) -> i64 {
    (s * 1e6).round() as i64
}

/// Tests running and done over a stretch of time.
pub(crate) fn series(state: &mut RunState, asked: &SeriesRequest) -> Series {
    let chosen = state.choose(asked.timeline.workers);
    let (layout, kept) = state.lanes(chosen);
    let curve = kept.curve(layout);
    let buckets = asked.buckets.clamp(1, MAX_BUCKETS);
    let (from_us, to_us) = (us(asked.from_s), us(asked.to_s));
    let made = curve.series(from_us, to_us, buckets);
    let busy = layout.lanes.iter().map(|l| l.busy_us).fold(0, i64::saturating_add);
    let lanes = layout.lanes.len() as u32;
    Series {
        from_s: us_to_s(from_us),
        step_s: us_to_s(to_us.saturating_sub(from_us).max(0)) / f64::from(buckets),
        running: made.running,
        done: made.done,
        total: layout.placed,
        peak: curve.peak,
        workers: lanes,
        ideal_to_s: us_to_s(busy) / f64::from(lanes.max(1)),
        packed: layout.placement == Placement::Packed,
        // That tests ran at once follows from their recorded starts, whatever their workers were.
        provenance: if Curve::is_recorded(layout) { Provenance::Recorded } else { provenance(layout.provenance()) },
    }
}

/// What happened in a stretch of time.
pub(crate) fn measure(state: &mut RunState, asked: &MeasureRequest) -> Measure {
    let chosen = state.choose(asked.timeline.workers);
    let (layout, kept) = state.lanes(chosen);
    let (from_us, to_us) = (us(asked.from_s), us(asked.to_s));
    let length = to_us.saturating_sub(from_us).max(0);
    let mut measure = Measure {
        from_s: us_to_s(from_us),
        to_s: us_to_s(to_us),
        provenance: provenance(layout.provenance()),
        ..Measure::default()
    };
    let mut busy_us = 0_i64;
    for (row, &at) in (0..).zip(&kept.order(layout, asked.timeline.sort).rows) {
        let Some(lane) = layout.lanes.get(at as usize) else { continue };
        let found = lane.index.measure(from_us, to_us);
        measure.attempts += found.attempts;
        measure.bad += found.bad;
        busy_us = busy_us.saturating_add(found.busy_us);
        measure.idle_s += us_to_s(length - found.busy_us);
        measure.lanes.push(LaneMeasure {
            lane: row,
            name: lane.name.clone(),
            attempts: found.attempts,
            bad: found.bad,
            busy_s: us_to_s(found.busy_us),
            idle_s: us_to_s(length - found.busy_us),
        });
    }
    measure.busy_s = us_to_s(busy_us);
    measure.parallelism = if length > 0 { busy_us as f64 / length as f64 } else { 0.0 };
    measure
}

/// Where the attempts of a test lie.
pub(crate) fn places(state: &mut RunState, asked: &TimelineRequest, test: &str) -> Vec<Place> {
    let chosen = state.choose(asked.workers);
    let Some(test) = state.find(test) else { return Vec::new() };
    let (layout, kept) = state.lanes(chosen);
    let place = |a: AttemptId| {
        let (lane, at) = kept.seats(&state.run, layout).get(a.0)?;
        place(&state.run, layout, kept, asked.sort, lane, at)
    };
    state.run.tests.attempts(test).filter_map(place).collect()
}

/// The attempt after (or before) one on its lane.
pub(crate) fn step(state: &mut RunState, asked: &TimelineRequest, attempt: u32, forward: bool) -> Vec<Place> {
    let chosen = state.choose(asked.workers);
    let (layout, kept) = state.lanes(chosen);
    let Some((lane, at)) = kept.seats(&state.run, layout).get(attempt) else { return Vec::new() };
    let next = if forward { at.checked_add(1) } else { at.checked_sub(1) };
    next.and_then(|at| place(&state.run, layout, kept, asked.sort, lane, at)).into_iter().collect()
}

fn place(run: &Run, layout: &Layout, kept: &Kept, sort: LaneSort, lane: u32, at: usize) -> Option<Place> {
    let bar = layout.lanes.get(lane as usize)?.index.bar(at)?;
    let test = run.attempts.test(AttemptId(bar.attempt));
    let number = run.tests.attempts(test).position(|a| a.0 == bar.attempt).map_or(1, |i| i as u32 + 1);
    let lane = kept.order(layout, sort).row(lane);
    Some(Place { attempt: bar.attempt, lane, from_s: us_to_s(bar.from_us), to_s: us_to_s(bar.to_us), number })
}

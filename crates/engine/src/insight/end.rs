//! What holds the end of a run up.

use lanescope_analysis::critical_end;
use lanescope_model::us_to_s;
use lanescope_protocol::{CriticalEnd, EndGroup, EndLane, EndPiece, Unstealable};

use super::words;
use crate::convert::{provenance, seconds};
use crate::run_state::RunState;

/// What holds the end of a run up.
pub(crate) fn end(state: &RunState) -> CriticalEnd {
    let (run, layout) = (&state.run, &state.layout);
    let mut answer = CriticalEnd {
        run: state.id.clone(),
        explanation: words::no_end(layout.placement).to_owned(),
        dist_mode: run.meta.dist_mode.clone(),
        wall_s: seconds(state.figures.wall_us.value),
        ..CriticalEnd::default()
    };
    let Some(end) = critical_end(run, layout, &state.figures) else { return answer };
    let lane = |row: u32| layout.lanes.get(row as usize).map_or_else(String::new, |lane| lane.name.clone());
    let piece = |p: &lanescope_analysis::EndPiece| EndPiece {
        test: state.line(run.attempts.test(p.attempt)),
        attempt: p.attempt.0,
        lane: lane(p.lane),
        from_s: us_to_s(p.from_us),
        to_s: us_to_s(p.to_us),
        tail_s: us_to_s(p.tail_us),
    };
    if layout.lanes.len() == 1 {
        answer.explanation = words::ONE_WORKER.to_owned();
    }
    answer.provenance = provenance(layout.provenance());
    answer.drain_s = Some(us_to_s(end.drain_us));
    answer.idle_s = Some(us_to_s(end.idle_us));
    answer.last = end.last.iter().map(piece).collect();
    answer.holder = end.holder.as_ref().map(piece);
    answer.saved_s = Some(us_to_s(end.saved_us));
    answer.saved_bound_s = Some(us_to_s(end.saved_bound_us));
    answer.bound_s = Some(us_to_s(end.bound_us));
    let end_lane = |l: &lanescope_analysis::EndLane| EndLane {
        lane: lane(l.lane),
        last_s: us_to_s(l.last_us),
        idle_s: us_to_s(l.idle_us),
        busy_s: us_to_s(l.busy_us),
        attempts: l.attempts,
    };
    answer.lanes = end.lanes.iter().map(end_lane).collect();
    let stuck = |u: &lanescope_analysis::Unstealable| Unstealable {
        piece: piece(&u.piece),
        behind: Some(state.line(u.behind)),
        idle_since_s: us_to_s(u.idle_since_us),
        waited_s: us_to_s(u.waited_us),
        inferred: true,
    };
    answer.unstealable = end.unstealable.iter().map(stuck).collect();
    answer.group = end.group.map(|g| EndGroup {
        lane: lane(g.lane),
        group: g.name,
        from_s: us_to_s(g.from_us),
        to_s: us_to_s(g.to_us),
        seconds: us_to_s(g.us),
        attempts: g.attempts,
        tail_s: us_to_s(g.tail_us),
        decides_bound: g.decides_bound,
    });
    answer
}

//! The lanes of a run for the page.

use lanescope_analysis::{Layout, Placement};
use lanescope_model::{Run, us_to_s};
use lanescope_protocol::{Lane, LaneGroup, Timeline, TimelineRequest};

use crate::convert::{provenance, rfc3339};
use crate::hints;
use crate::jobs;
use crate::run_state::RunState;

/// All lanes of a run, by name.
pub(crate) fn whole(state: &mut RunState) -> Timeline {
    let run = state.id.clone();
    timeline(state, &TimelineRequest { run, ..TimelineRequest::default() })
}

/// The lanes of a run.
pub(crate) fn timeline(state: &mut RunState, asked: &TimelineRequest) -> Timeline {
    let chosen = state.choose(asked.workers);
    let (layout, kept) = state.lanes(chosen);
    let (explanation, how) = hints::explain(state, layout.placement);
    let session = state.run.meta.session;
    let session_us = session.start_us.zip(state.layout.zero_us).and_then(|(start, zero)| start.checked_sub(zero));
    let session_end_us = session_us.zip(session.length_us).and_then(|(start, length)| start.checked_add(length));
    let jobs = jobs::lanes(state);
    let rows = &kept.order(layout, asked.sort).rows;
    let lanes = rows.iter().filter_map(|&i| layout.lanes.get(i as usize));
    let lanes = lanes.map(|lane| Lane {
        name: lane.name.clone(),
        attempts: lane.index.len() as u32,
        bad: lane.bad,
        busy_s: us_to_s(lane.busy_us),
        first_s: us_to_s(lane.first_us),
        last_s: us_to_s(lane.last_us),
        crashed: lane.crashed,
        group: lane.group,
        replaces: lane.replaces.map(|worker| state.run.worker_name(worker).to_owned()),
        replaces_inferred: lane.replaces.is_some(),
    });
    Timeline {
        run: state.id.clone(),
        sort: asked.sort,
        provenance: provenance(layout.provenance()),
        explanation,
        how,
        lanes: lanes.collect(),
        groups: groups(&state.run, layout),
        spans: layout.placed,
        to_s: us_to_s(layout.to_us),
        session_from_s: session_us.map(|us| us_to_s(us.min(0))),
        // A session ends no earlier than its last test; clocks of two files may say otherwise.
        session_to_s: session_end_us.map(|us| us_to_s(us.max(layout.to_us))),
        zero_at: layout.zero_us.and_then(rfc3339),
        unplaced: layout.unplaced,
        packed: layout.placement == Placement::Packed,
        simulated_workers: match layout.placement {
            Placement::Scheduled(n) => Some(n),
            _ => None,
        },
        jobs,
    }
}

fn groups(run: &Run, layout: &Layout) -> Vec<LaneGroup> {
    let mut first_lane = 0;
    let groups = layout.groups.iter().map(|group| {
        let first = first_lane;
        first_lane += group.lanes;
        LaneGroup {
            name: run.group_name(group.group).to_owned(),
            first_lane: first,
            lanes: group.lanes,
            from_s: us_to_s(group.from_us),
            to_s: us_to_s(group.to_us),
            busy_s: us_to_s(group.busy_us),
        }
    });
    groups.collect()
}

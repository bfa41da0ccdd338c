//! One attempt for a tooltip, and one test in detail.

use lanescope_analysis::{Bar, Placement, span_us, time_us};
use lanescope_model::order::sort;
use lanescope_model::{AttemptId, TextKind, us_to_s};
use lanescope_protocol::{AttemptBrief, AttemptDetail, Neighbour, Provenance, Relation, TestDetail};

use crate::ansi::{first_line, styled};
use crate::convert::seconds;
use crate::insight::limit_s;
use crate::run_state::RunState;

const MESSAGE_BYTES: usize = 240;
/// Tests shown before and after one on its worker.
const BESIDE: usize = 3;
/// Tests shown that ran at the same time.
const OVERLAPPING: usize = 8;

/// One attempt, for a tooltip.
pub(crate) fn attempt(state: &RunState, row: u32) -> Option<AttemptBrief> {
    let (run, attempt) = (&state.run, AttemptId(row));
    if attempt.index() >= run.attempts.len() {
        return None;
    }
    let test = run.attempts.test(attempt);
    let (number, of) = run.attempt_number(attempt);
    Some(AttemptBrief {
        attempt: row,
        test: state.shown_id(test),
        name: run.test_name(test).to_owned(),
        suite: run.suite(test).to_owned(),
        outcome: run.attempts.outcome(attempt).as_str().to_owned(),
        number,
        of,
        worker: run.attempts.worker(attempt).map(|w| run.worker_name(w).to_owned()),
        start_s: state.on_timeline(run.attempts.start_us(attempt)),
        total_s: seconds(time_us(run, attempt)),
        setup_s: seconds(run.attempts.setup_us(attempt)),
        call_s: seconds(run.attempts.call_us(attempt)),
        teardown_s: seconds(run.attempts.teardown_us(attempt)),
        message: first_line(run.text(attempt, TextKind::Message), MESSAGE_BYTES),
        limit_s: limit_s(state, attempt),
    })
}

/// One test in detail.
pub(crate) fn test(state: &RunState, id: &str) -> Option<TestDetail> {
    let run = &state.run;
    let test = state.find(id)?;
    let last = run.tests.attempts(test).next_back();
    let markers = run.strings.get(run.tests.markers(test));
    Some(TestDetail {
        test: state.line(test),
        file: run.tests.file(test).map(|file| run.strings.get(file).to_owned()),
        line: run.tests.line(test),
        markers: markers.split(' ').filter(|m| !m.is_empty()).map(str::to_owned).collect(),
        provenance: last.map_or(Provenance::Unknown, |last| known(state, last)),
        attempts: run.tests.attempts(test).map(|a| in_detail(state, a)).collect(),
        neighbours: last.map(|last| neighbours(state, last)).unwrap_or_default(),
        limit_s: last.and_then(|last| limit_s(state, last)),
    })
}

/// How the times and the worker of an attempt are known.
fn known(state: &RunState, attempt: AttemptId) -> Provenance {
    if state.run.meta.simulated {
        return Provenance::Simulated;
    }
    let worker = state.run.attempts.worker(attempt).is_some();
    match (span_us(&state.run, attempt).is_some(), worker) {
        (true, true) => Provenance::Recorded,
        (true, false) => Provenance::Rebuilt,
        (false, true) if time_us(&state.run, attempt).is_some() => Provenance::Rebuilt,
        (false, _) => Provenance::Unknown,
    }
}

fn in_detail(state: &RunState, attempt: AttemptId) -> AttemptDetail {
    let run = &state.run;
    let text = |kind| styled(run.text(attempt, kind));
    AttemptDetail {
        attempt: attempt.0,
        outcome: run.attempts.outcome(attempt).as_str().to_owned(),
        worker: run.attempts.worker(attempt).map(|w| run.worker_name(w).to_owned()),
        start_s: state.on_timeline(run.attempts.start_us(attempt)),
        stop_s: state.on_timeline(run.attempts.stop_us(attempt)),
        total_s: seconds(time_us(run, attempt)),
        setup_s: seconds(run.attempts.setup_us(attempt)),
        call_s: seconds(run.attempts.call_us(attempt)),
        teardown_s: seconds(run.attempts.teardown_us(attempt)),
        message: text(TextKind::Message),
        trace: text(TextKind::Trace),
        stdout: text(TextKind::Stdout),
        stderr: text(TextKind::Stderr),
        log: text(TextKind::Log),
    }
}

/// What ran before, after and at the same time, where that is recorded.
fn neighbours(state: &RunState, attempt: AttemptId) -> Vec<Neighbour> {
    let layout = &state.layout;
    let starts_known = matches!(layout.placement, Placement::Recorded | Placement::Packed);
    let (true, Some(zero), Some((start, stop))) = (starts_known, layout.zero_us, span_us(&state.run, attempt)) else {
        return Vec::new();
    };
    let (from, to) = (start.saturating_sub(zero), stop.saturating_sub(zero));
    let mut neighbours = Vec::new();
    let neighbour = |relation, bar: Bar, us: i64| Neighbour {
        relation,
        test: state.line(state.run.attempts.test(AttemptId(bar.attempt))),
        seconds: us_to_s(us.max(0)),
    };
    let own = layout.lanes.iter().position(|lane| lane.index.place(attempt.0, from).is_some());
    if let Some(lane) = own.and_then(|i| layout.lanes.get(i)).filter(|lane| lane.worker.is_some())
        && let Some(at) = lane.index.place(attempt.0, from)
    {
        for i in at.saturating_sub(BESIDE)..at {
            let before = lane.index.bar(i);
            neighbours.extend(before.map(|bar| neighbour(Relation::Before, bar, from - bar.to_us)));
        }
        for i in at + 1..at + 1 + BESIDE {
            let after = lane.index.bar(i);
            neighbours.extend(after.map(|bar| neighbour(Relation::After, bar, bar.from_us - to)));
        }
    }
    let others = layout.lanes.iter().enumerate().filter(|&(i, _)| Some(i) != own).map(|(_, lane)| lane);
    let mut overlaps: Vec<(i64, Bar)> = others
        .flat_map(|lane| lane.index.overlapping(from, to))
        .map(|bar| (bar.to_us.min(to) - bar.from_us.max(from), bar))
        .filter(|&(common, _)| common > 0)
        .collect();
    sort(&mut overlaps, &|a, b| (b.0, a.1.attempt).cmp(&(a.0, b.1.attempt)));
    let overlaps = overlaps.into_iter().take(OVERLAPPING);
    neighbours.extend(overlaps.map(|(common, bar)| neighbour(Relation::Overlap, bar, common)));
    neighbours
}

//! Everything that the overview of a run shows.

use lanescope_analysis::{Piece, Placement, Style, concurrency};
use lanescope_model::{TestId, TextKind, us_to_s};
use lanescope_protocol::{Concurrency, FIRST_FILES, FailureLine, Overview, Phrase, PhraseKind, RunSummary, WorkerLine};

use crate::ansi::first_line;
use crate::convert::message;
use crate::run_state::RunState;

const BUCKETS: usize = 240;
const SLOWEST: usize = 10;
const FAILURES: usize = 50;
const MESSAGE_BYTES: usize = 240;

pub(crate) fn overview(state: &RunState, summary: RunSummary, verdict: &[Piece]) -> Overview {
    let run = &state.run;
    let failing = run.tests.ids().filter(|&t| run.tests.outcome(t).is_bad());
    let failures = failing.take(FAILURES).map(|t| FailureLine { test: state.line(t), message: why(state, t) });
    let flaky = run.tests.ids().filter(|&t| run.tests.is_flaky(t)).take(FAILURES);
    let running = state.concurrency.get_or_init(|| concurrency(&state.layout, BUCKETS));
    Overview {
        run: summary,
        verdict: verdict.iter().map(|piece| phrase(state, piece)).collect(),
        concurrency: running.as_ref().map(|c| Concurrency {
            from_s: us_to_s(c.from_us),
            step_s: c.step_us / lanescope_model::US_PER_S,
            running: c.running.iter().map(|&r| r as f32).collect(),
            peak: c.peak,
            // That tests ran at once follows from their recorded starts, whatever their workers were.
            provenance: match state.run.meta.simulated {
                true => lanescope_protocol::Provenance::Simulated,
                false => lanescope_protocol::Provenance::Recorded,
            },
        }),
        slowest: slowest(state).into_iter().map(|t| state.line(t)).collect(),
        failures: failures.collect(),
        flaky: flaky.map(|t| state.line(t)).collect(),
        workers: workers(state),
        hints: Vec::new(),
        notes: state.notes.iter().map(message).collect(),
        files: state.files.iter().take(FIRST_FILES).map(|f| f.path.to_string()).collect(),
        file_count: state.files.len() as u32,
    }
}

fn phrase(state: &RunState, piece: &Piece) -> Phrase {
    let kind = match piece.style {
        Style::Plain => PhraseKind::Plain,
        Style::Number => PhraseKind::Number,
        Style::Good => PhraseKind::Good,
        Style::Bad => PhraseKind::Bad,
        Style::Test(test) => PhraseKind::Test { id: state.shown_id(test) },
    };
    Phrase { text: piece.text.clone(), kind }
}

/// The tests with the most time in them, without sorting all.
fn slowest(state: &RunState) -> Vec<TestId> {
    let mut slowest: Vec<(i64, TestId)> = Vec::with_capacity(SLOWEST + 1);
    for test in state.run.tests.ids() {
        let us = state.total_us(test).unwrap_or(0);
        let least = slowest.last().filter(|_| slowest.len() == SLOWEST).map_or(0, |least| least.0);
        if us > least {
            slowest.insert(slowest.partition_point(|slower| slower.0 >= us), (us, test));
            slowest.truncate(SLOWEST);
        }
    }
    slowest.into_iter().map(|slow| slow.1).collect()
}

/// Why a test failed, in one line.
fn why(state: &RunState, test: TestId) -> String {
    let run = &state.run;
    let Some(bad) = run.tests.attempts(test).rev().find(|&a| run.attempts.outcome(a).is_bad()) else {
        return String::new();
    };
    let message = first_line(run.text(bad, TextKind::Message), MESSAGE_BYTES);
    if !message.is_empty() {
        return message;
    }
    // pytest marks the lines that say why with an E.
    let trace = run.text(bad, TextKind::Trace);
    let marked = trace.lines().find_map(|line| line.strip_prefix("E  "));
    first_line(marked.unwrap_or(trace), MESSAGE_BYTES)
}

fn workers(state: &RunState) -> Vec<WorkerLine> {
    let timed = state.layout.placement == Placement::Recorded;
    let lanes = state.layout.lanes.iter().filter(|lane| lane.worker.is_some());
    let line = |lane: &lanescope_analysis::Lane| WorkerLine {
        name: lane.name.clone(),
        attempts: lane.index.len() as u32,
        bad: lane.bad,
        busy_s: us_to_s(lane.busy_us),
        first_s: timed.then(|| us_to_s(lane.first_us)),
        last_s: timed.then(|| us_to_s(lane.last_us)),
        crashed: lane.crashed,
    };
    lanes.map(line).collect()
}

//! What data is missing for a better answer, and how to record it.

use lanescope_analysis::Placement;
use lanescope_protocol::Hint;

use crate::run_state::RunState;

const RECORD_WORKERS: &str = "pip install pytest-reportlog\npytest -n 4 --report-log=report.jsonl";
const RECORD_SEQUENTIAL: &str = "pytest -p no:xdist --report-log=sequential.jsonl";
const RECORD_SESSION: &str = "pytest -n 4 --report-log=report.jsonl --junitxml=report.xml";

/// Why the lanes are what they are, for people, and how to record better ones.
pub(crate) fn explain(state: &RunState, placement: Placement) -> (String, Option<String>) {
    let how = state.is_pytest().then(|| RECORD_WORKERS.to_owned());
    match placement {
        Placement::Recorded => ("The files record when each test started, and on which worker.".to_owned(), None),
        Placement::Packed => (
            "The files record when each test started, but not on which worker. The number of lanes is how many \
             tests ran at once; which test stands on which lane is a guess."
                .to_owned(),
            how,
        ),
        Placement::BackToBack => (
            "The files record which worker ran each test, in which order and how long, but not when it started. \
             The tests stand back to back; the gaps between them are not known."
                .to_owned(),
            how,
        ),
        Placement::Scheduled(n) => (
            format!(
                "The files record how long each test took, but not when it started or on which worker. These lanes \
                 are a simulation of {n} {} that take the tests in the order of the file: it is not what happened.",
                if n == 1 { "worker" } else { "workers" }
            ),
            how,
        ),
        Placement::Nothing => ("The files record neither when the tests ran nor how long they took.".to_owned(), how),
    }
}

/// What is missing for a better answer.
pub(crate) fn hints(state: &RunState) -> Vec<Hint> {
    let mut hints = Vec::new();
    let pytest = state.is_pytest();
    let how = |command: &str| pytest.then(|| command.to_owned());
    let f = &state.figures;
    let text = match state.layout.placement {
        Placement::Recorded => None,
        Placement::Packed => {
            Some("Which worker ran which test is not recorded, so nothing can be said of single workers.")
        }
        Placement::BackToBack => Some(
            "When the tests started is not recorded, so idle time cannot be seen. A reportlog has it, and so has a \
             log whose lines carry the CI service's timestamps.",
        ),
        Placement::Scheduled(_) | Placement::Nothing => Some(
            "JUnit XML alone does not tell when a test started or on which worker. A reportlog does, and so does the \
             log of a verbose run (-v) whose lines carry the CI service's timestamps.",
        ),
    };
    if let Some(text) = text {
        let text = if pytest { text } else { text.split(" A reportlog").next().unwrap_or(text) };
        hints.push(Hint { text: text.to_owned(), how: how(RECORD_WORKERS) });
    }
    let parallel = f.workers.value.is_none_or(|n| n > 1) && state.layout.lanes.len() > 1;
    if state.baseline.is_none() && parallel {
        let text = "Without a sequential run of the same tests there is no speedup to tell: open one beside this run.";
        hints.push(Hint { text: text.to_owned(), how: how(RECORD_SEQUENTIAL) });
    }
    if f.session_us.value.is_none() && f.window_us.is_some() {
        let text = "How long the whole session took, with start-up and reporting, is not recorded. The JUnit XML or \
                    the log of the same session tells.";
        hints.push(Hint { text: text.to_owned(), how: how(RECORD_SESSION) });
    }
    hints
}

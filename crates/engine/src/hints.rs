//! What data is missing for a better answer, and how to record it.

use lanescope_analysis::Placement;
use lanescope_protocol::Hint;

use crate::run_state::RunState;

const RECORD_WORKERS: &str = "pip install pytest-reportlog\npytest -n 4 --report-log=report.jsonl";
const RECORD_SEQUENTIAL: &str = "pytest -p no:xdist --report-log=sequential.jsonl";
const PLAYWRIGHT_WORKERS: &str = "reporter: [['json', { outputFile: 'report.json' }]]";
const PLAYWRIGHT_SHARDS: &str =
    "npx playwright test --shard=1/3 --reporter=blob\nunzip blob-report/report-1.zip report.jsonl";
const PLAYWRIGHT_SEQUENTIAL: &str =
    "PLAYWRIGHT_JSON_OUTPUT_NAME=sequential.json npx playwright test --workers=1 --reporter=json";
const RECORD_SESSION: &str = "pytest -n 4 --report-log=report.jsonl --junitxml=report.xml";

/// Why the lanes are what they are, for people, and how to record better ones.
pub(crate) fn explain(state: &RunState, placement: Placement) -> (String, Option<String>) {
    let how = how_to_record_workers(state);
    match placement {
        _ if state.layout.simulated => {
            ("This run never happened: a model says when each test would start, and on which worker.".to_owned(), None)
        }
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
        Placement::Nothing if state.run.tests.is_empty() && !state.run.jobs.is_empty() => {
            let text = "This is a list of the CI service's jobs, without tests. Open the reports of the tests that ran in \
                        them beside it, and their lanes stand below the jobs.";
            (text.to_owned(), None)
        }
        Placement::Nothing => ("The files record neither when the tests ran nor how long they took.".to_owned(), how),
    }
}

/// What records workers and starts, in the words of the tool that wrote the files.
fn how_to_record_workers(state: &RunState) -> Option<String> {
    if state.is_playwright() {
        // A JSON report whose lanes had to be packed was merged from shards: their blobs tell them apart.
        let json = state.files.iter().any(|f| f.format == lanescope_ingest::Format::PlaywrightJson);
        return Some(if json { PLAYWRIGHT_SHARDS } else { PLAYWRIGHT_WORKERS }.to_owned());
    }
    state.is_pytest().then(|| RECORD_WORKERS.to_owned())
}

/// What is missing for a better answer.
pub(crate) fn hints(state: &RunState) -> Vec<Hint> {
    let mut hints = Vec::new();
    let f = &state.figures;
    if f.tests == 0 {
        return hints;
    }
    let (pytest, playwright) = (state.is_pytest(), state.is_playwright());
    let text = match state.layout.placement {
        Placement::Recorded => None,
        Placement::Packed => {
            Some("Which worker ran which test is not recorded, so nothing can be said of single workers.")
        }
        Placement::BackToBack => Some(
            "When the tests started is not recorded, so idle time cannot be seen. A reportlog has it, and so has a \
             log whose lines carry the CI service's timestamps.",
        ),
        Placement::Scheduled(_) | Placement::Nothing if playwright => {
            Some("Playwright's JUnit XML does not tell when a test started or on which worker. Its JSON report does.")
        }
        Placement::Scheduled(_) | Placement::Nothing => Some(
            "JUnit XML alone does not tell when a test started or on which worker. A reportlog does, and so does the \
             log of a verbose run (-v) whose lines carry the CI service's timestamps.",
        ),
    };
    if let Some(text) = text {
        let text = if pytest { text } else { text.split(" A reportlog").next().unwrap_or(text) };
        hints.push(Hint { text: text.to_owned(), how: how_to_record_workers(state) });
    }
    let parallel = f.workers.value.is_none_or(|n| n > 1) && state.layout.lanes.len() > 1;
    if state.baseline.is_none() && parallel {
        let text = "Without a sequential run of the same tests there is no speedup to tell: open one beside this run.";
        let how = if playwright { Some(PLAYWRIGHT_SEQUENTIAL) } else { pytest.then_some(RECORD_SEQUENTIAL) };
        hints.push(Hint { text: text.to_owned(), how: how.map(str::to_owned) });
    }
    if f.session_us.value.is_none() && f.window_us.is_some() {
        let text = "How long the whole session took, with start-up and reporting, is not recorded.";
        let from = if playwright {
            " Later versions of Playwright write it."
        } else {
            " The JUnit XML or the log of the same session tells."
        };
        let how = pytest.then(|| RECORD_SESSION.to_owned());
        hints.push(Hint { text: format!("{text}{from}"), how });
    }
    hints
}

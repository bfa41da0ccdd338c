//! The sentences around the parts of the workers' time.

use lanescope_analysis::{Part, Placement, TimePiece};

use crate::run_state::RunState;

/// How scopes of fixtures were told apart.
pub(super) const FIXTURES: &str = "Inferred from where setup is long, since no report names fixtures. What the first \
    test of a file or class on a worker takes beyond the median setup of the others there went to a wider scope; what \
    every entry into a file costs counts as the module's, what comes on top once as the session's.";

/// Why there is nothing to tell of the end of a sequential run.
pub(super) const ONE_WORKER: &str = "One worker ran all tests, so none waited for another at the end.";

fn name(part: Part) -> &'static str {
    match part {
        Part::StartUp => "start-up",
        Part::Setup => "setup",
        Part::Call => "call",
        Part::Teardown => "teardown",
        Part::Retries => "retries",
        Part::Gap => "gaps",
        Part::Tail => "tail",
        Part::After => "after the tests",
    }
}

/// What a part is.
pub(super) fn what(part: Part, session: bool, after_known: bool, phases: bool) -> &'static str {
    match part {
        Part::StartUp if !session => {
            "From the first test of all to each worker's first test; what came before is not recorded."
        }
        Part::StartUp if !after_known => {
            "The session outside its tests: spawning, importing, collecting, each worker's wait for its first test, and \
             the end, which the files do not tell apart."
        }
        Part::StartUp => {
            "From the start of the session to each worker's first test: spawning, importing, collecting. Workers that \
             begin one after another are counted here, not as idle."
        }
        Part::Setup => "Setting fixtures up, for the last attempt of each test.",
        Part::Call if phases => "The tests' own bodies, for the last attempt of each test.",
        Part::Call => "All time in the tests' last attempts; the files do not tell setup and teardown apart.",
        Part::Teardown => "Tearing fixtures down, for the last attempt of each test.",
        Part::Retries => "Attempts after which the same test was run again, with their setup and teardown.",
        Part::Gap => "Idle between tests on a worker: waiting for the next one, and what is done between phases.",
        Part::Tail => "Idle at the end: from each worker's last stop until the last test of all was over.",
        Part::After => "From the last test to the end of the session: reports, coverage, shutting workers down.",
    }
}

/// What makes a part smaller.
pub(super) fn reduce(part: Part, pytest: bool) -> &'static str {
    match part {
        Part::StartUp if pytest => {
            "Fewer workers, lighter imports at the top of conftest.py and plugins, and a narrower collection (testpaths)."
        }
        Part::StartUp => "Fewer workers, and lighter imports and collection.",
        Part::Setup if pytest => {
            "Wider scopes for fixtures that can be shared, and loadscope or loadfile so that a worker keeps a module's."
        }
        Part::Setup => "Sharing what can be shared between tests of a worker or a file.",
        Part::Call => "Making the longest tests faster, or splitting them where one decides the end.",
        Part::Teardown => "Cleaning up by rolling back or by starting from new, not by deleting piece by piece.",
        Part::Retries => {
            "Repairing the tests that fail and pass by turns; until then fewer retries, for those tests alone."
        }
        Part::Gap if pytest => {
            "Larger pieces of work per request (--maxschedchunk), and less work in hooks between tests."
        }
        Part::Gap => "Less work between tests, in hooks and reporters.",
        Part::Tail if pytest => {
            "Starting the longest tests first, splitting them, or a mode that fits (load instead of loadfile or worksteal)."
        }
        Part::Tail => "Starting the longest tests first, or splitting them.",
        Part::After => "Lighter reports; combining coverage in a step of its own.",
    }
}

/// Which parts are unknown, and why.
pub(super) fn unknown(parts: &[Part], placement: Placement, session: bool) -> String {
    let because = |parts: &[Part], why: &str| {
        let names: Vec<&str> = parts.iter().map(|&part| name(part)).collect();
        format!("Not known: {} \u{2013} {why}.", names.join(", "))
    };
    let why = match placement {
        _ if parts.is_empty() => return String::new(),
        Placement::Recorded => {
            let (phases, end): (Vec<Part>, Vec<Part>) = parts.iter().partition(|&&part| part != Part::After);
            let mut sentences = Vec::new();
            if !phases.is_empty() {
                sentences.push(because(&phases, "the files do not tell phases apart"));
            }
            if !end.is_empty() {
                let why = if session {
                    "when the session started is not recorded, so its end is part of the start-up here"
                } else {
                    "how long the session took is not recorded"
                };
                sentences.push(because(&end, why));
            }
            return sentences.join(" ");
        }
        Placement::Packed => "which worker ran which test is not recorded",
        Placement::BackToBack => "when the tests started is not recorded",
        Placement::Scheduled(_) => "neither workers nor starts are recorded",
        Placement::Nothing => "no times are recorded",
    };
    because(parts, why)
}

/// Why nothing is told of the end.
pub(super) fn no_end(placement: Placement) -> &'static str {
    match placement {
        Placement::Recorded => "",
        Placement::Packed => {
            "Which worker ran which test is not recorded: the lanes are rebuilt, and idle time is what they show."
        }
        Placement::BackToBack | Placement::Scheduled(_) | Placement::Nothing => {
            "When the tests started and stopped is not recorded, so what ran last is not known."
        }
    }
}

/// What is special about a piece.
pub(super) fn note(state: &RunState, part: Part, piece: &TimePiece) -> String {
    let run = &state.run;
    let first_us = || state.layout.lanes.iter().map(|lane| lane.first_us).min().unwrap_or(0);
    match part {
        Part::Retries => piece.attempt.map_or_else(String::new, |attempt| {
            let (number, of) = run.attempt_number(attempt);
            format!("attempt {number} of {of}, {}", run.attempts.outcome(attempt).as_str())
        }),
        Part::Gap if piece.inside => "between the phases of the test".to_owned(),
        Part::StartUp if run.meta.session.start_us.is_none() && state.figures.session_us.value.is_some() => {
            "with the end of the session, which is not recorded apart".to_owned()
        }
        Part::StartUp if piece.to_us > first_us() => {
            let later = lanescope_analysis::duration(lanescope_model::us_to_s(piece.to_us - first_us()));
            format!("its first test started {later} after the first of all")
        }
        Part::Tail if state.layout.lanes.get(piece.lane as usize).is_some_and(|lane| lane.crashed) => {
            "the worker died".to_owned()
        }
        _ => String::new(),
    }
}

//! Where the workers' time went, and the bars and holes that a part is made of.

use lanescope_analysis::{Part, Placement, Scope, TimePiece, fixtures};
use lanescope_model::us_to_s;
use lanescope_protocol::{
    FixturePlace, FixtureReach, FixtureScope, PartKey, PieceLine, Pieces, Provenance, Waterfall, WaterfallOf,
    WaterfallPart,
};

use super::words;
use crate::convert::{provenance, seconds};
use crate::hints;
use crate::run_state::RunState;

/// A page has no more rows than this.
const MAX_ROWS: u32 = 1000;

pub(super) fn key(part: Part) -> PartKey {
    match part {
        Part::StartUp => PartKey::StartUp,
        Part::Setup => PartKey::Setup,
        Part::Call => PartKey::Call,
        Part::Teardown => PartKey::Teardown,
        Part::Retries => PartKey::Retries,
        Part::Gap => PartKey::Gap,
        Part::Tail => PartKey::Tail,
        Part::After => PartKey::After,
    }
}

/// Where the workers' time went.
pub(crate) fn waterfall(state: &RunState) -> Waterfall {
    let (run, layout, figures) = (&state.run, &state.layout, &state.figures);
    let (found, scopes) = state.insights.waterfall.get_or_init(|| {
        let found = lanescope_analysis::waterfall(run, layout, figures, state.breakdown.as_ref());
        (found, fixtures(run, layout))
    });
    let session = figures.session_us.value.is_some();
    let of = match found.total_us {
        Some(_) if session => WaterfallOf::Session,
        Some(_) => WaterfallOf::Wall,
        None => WaterfallOf::Unknown,
    };
    let after_known = found.part(Part::After).us.is_some();
    let part = |part: Part| {
        let time = found.part(part);
        let total = found.total_us.filter(|&us| us > 0);
        WaterfallPart {
            key: key(part),
            seconds: seconds(time.us),
            share: time.us.zip(total).map(|(us, total)| us as f64 / total as f64),
            pieces: time.us.map(|_| time.pieces),
            provenance: provenance(time.provenance),
            what: words::what(part, session, after_known, found.part(Part::Setup).us.is_some()).to_owned(),
            reduce: words::reduce(part, state.is_pytest()).to_owned(),
        }
    };
    let parts: Vec<WaterfallPart> = Part::ALL.into_iter().map(part).collect();
    let unknown: Vec<Part> = Part::ALL.into_iter().filter(|&p| found.part(p).us.is_none()).collect();
    let (_, how) = hints::explain(state, layout.placement);
    Waterfall {
        run: state.id.clone(),
        of,
        workers: figures.workers.value,
        total_s: seconds(found.total_us),
        explanation: words::unknown(&unknown, layout.placement, session),
        how: how.filter(|_| found.total_us.is_none()),
        fixtures_note: if scopes.is_empty() { String::new() } else { words::FIXTURES.to_owned() },
        fixtures: scopes.iter().map(scope).collect(),
        parts,
    }
}

fn scope(time: &lanescope_analysis::ScopeTime) -> FixtureScope {
    let place = |(place, us, times): &(String, i64, u32)| FixturePlace {
        place: place.clone(),
        seconds: us_to_s(*us),
        times: *times,
    };
    FixtureScope {
        scope: match time.scope {
            Scope::Session => FixtureReach::Session,
            Scope::Module => FixtureReach::Module,
            Scope::Class => FixtureReach::Class,
            Scope::Function => FixtureReach::Function,
        },
        seconds: us_to_s(time.us),
        times: time.times,
        provenance: Provenance::Rebuilt,
        worst: time.worst.iter().map(place).collect(),
    }
}

/// A page of the bars and holes that a part is made of.
pub(crate) fn pieces(state: &mut RunState, wanted: PartKey, offset: u32, limit: u32) -> Pieces {
    let part = Part::ALL.into_iter().find(|&part| key(part) == wanted).unwrap_or(Part::Call);
    let mut list = match state.insights.pieces.take() {
        Some(list) if list.part() == Some(part) => list,
        _ => lanescope_analysis::pieces(&state.run, &state.layout, &state.figures, state.breakdown.as_ref(), part),
    };
    let page = list.page(&state.run, &state.layout, offset as usize, limit.min(MAX_ROWS) as usize);
    let explanation = match state.layout.placement {
        Placement::Recorded => "",
        Placement::Nothing => "No times are recorded.",
        _ if !part.is_in_tests() => "Which worker ran what, and when, is not recorded, so idle time is not known.",
        Placement::Packed => "The lanes are rebuilt: which test stood on which is a guess.",
        Placement::BackToBack => "The places in time are rebuilt: each worker's tests stand back to back.",
        Placement::Scheduled(_) => "The lanes and the places in time are simulated.",
    };
    let rows = page.iter().map(|piece| line(state, part, piece)).collect();
    let pieces = Pieces { part: wanted, total: list.len() as u32, offset, rows, explanation: explanation.to_owned() };
    state.insights.pieces = Some(list);
    pieces
}

fn line(state: &RunState, part: Part, piece: &TimePiece) -> PieceLine {
    let test = |attempt| state.line(state.run.attempts.test(attempt));
    let lane = state.layout.lanes.get(piece.lane as usize);
    let is_bar = part.is_in_tests() || piece.inside;
    PieceLine {
        lane: lane.map_or_else(String::new, |lane| lane.name.clone()),
        from_s: us_to_s(piece.from_us),
        to_s: us_to_s(piece.to_us),
        seconds: us_to_s(piece.us),
        attempt: piece.attempt.filter(|_| is_bar).map(|a| a.0),
        test: piece.attempt.map(test),
        after_test: piece.before.map(test),
        note: words::note(state, part, piece),
    }
}

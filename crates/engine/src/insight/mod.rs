//! What a timeline tells beyond its bars: where the workers' time went, what holds the end up, time-outs.

mod end;
mod limits;
mod waterfall;
mod words;

use std::cell::OnceCell;

use lanescope_analysis::{PieceList, ScopeTime, Timeouts, Waterfall, timeouts};

use crate::run_state::RunState;

pub(crate) use end::end;
pub(crate) use limits::{limit_s, limits};
pub(crate) use waterfall::{pieces, waterfall};

/// What is kept of the answers about a run.
#[derive(Default)]
pub(crate) struct Insights {
    /// The pieces of the part that was asked for last; paging asks for it again and again.
    pieces: Option<PieceList>,
    timeouts: OnceCell<Timeouts>,
    waterfall: OnceCell<(Waterfall, Vec<ScopeTime>)>,
}

fn timeouts_of(state: &RunState) -> &Timeouts {
    state.insights.timeouts.get_or_init(|| timeouts(&state.run))
}

//! Pure functions over runs: figures, breakdown, lanes, windows into lanes, concurrency, baseline, verdict.
//!
//! Everything here reads a [`lanescope_model::Run`] and nothing else: no clock, no file, no randomness.
//! Times are whole microseconds (`_us`); points in time on a [`Layout`] count from the run's first start.
//! What is not known is `None`, never 0.

mod baseline;
mod bits;
mod breakdown;
mod concurrency;
mod critical_end;
mod figures;
mod fixtures;
mod format;
mod groups;
mod lanes;
mod measure;
mod pack;
mod retries;
mod series;
mod spans;
mod timeouts;
mod verdict;
mod waterfall;
mod window;

pub use baseline::{Candidate, Comparison, Fingerprint, compare, find_baseline, find_baselines};
pub use bits::RankBits;
pub use breakdown::{Breakdown, breakdown};
pub use concurrency::{Concurrency, concurrency};
pub use critical_end::{CriticalEnd, EndGroup, EndLane, EndPiece, Unstealable, critical_end, group_of};
pub use figures::{Figures, Known, figures};
pub use fixtures::{Scope, ScopeTime, SharedSetup, fixtures, shared_setup};
pub use format::{duration, factor, fixed};
pub use groups::LaneGroup;
pub use lanes::{FLAKY, Lane, LaneOrder, Layout, MAX_SIMULATED_WORKERS, NEAR_LIMIT, Placement, RETRY, TIMED_OUT};
pub use lanescope_model::natural_cmp;
pub use lanescope_model::thousands;
pub use measure::Measured;
pub use pack::{pack, schedule};
pub use retries::{Retries, Retry, Seats};
pub use series::{Curve, Series};
pub use spans::{span_us, time_us, window_us};
pub use timeouts::{LimitSource, Timeouts, stated_limit_us, timeouts};
pub use verdict::{Piece, Style, Subject, verdict};
pub use waterfall::{Part, PartTime, PieceList, TimePiece, Waterfall, pieces, was_retried, waterfall};
pub use window::{Bar, LaneIndex, MERGED, Window};

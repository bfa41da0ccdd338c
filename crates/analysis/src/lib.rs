//! Pure functions over runs: figures, breakdown, lanes, windows into lanes, concurrency, baseline, verdict.
//!
//! Everything here reads a [`lanescope_model::Run`] and nothing else: no clock, no file, no randomness.
//! Times are whole microseconds (`_us`); points in time on a [`Layout`] count from the run's first start.
//! What is not known is `None`, never 0.

mod baseline;
mod breakdown;
mod concurrency;
mod figures;
mod format;
mod lanes;
mod pack;
mod spans;
mod verdict;
mod window;

pub use baseline::{Comparison, Fingerprint, compare, find_baseline};
pub use breakdown::{Breakdown, breakdown};
pub use concurrency::{Concurrency, concurrency};
pub use figures::{Figures, Known, figures};
pub use format::{duration, factor, fixed, natural_cmp, thousands};
pub use lanes::{FLAKY, Lane, LaneOrder, Layout, MAX_SIMULATED_WORKERS, Placement, RETRY};
pub use pack::{pack, schedule};
pub use spans::{span_us, time_us, window_us};
pub use verdict::{Piece, Style, Subject, verdict};
pub use window::{Bar, LaneIndex, MERGED, Window};

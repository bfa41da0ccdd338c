//! The replay: the work of a run dealt out again, as the runners do it.
//!
//! [`Work::of`] reads a run, [`simulate`] deals its tests out under a [`Setting`], and gives a [`Trace`]: who ran what,
//! when. The rules are those of the runners' sources: pytest-xdist 3.8 (`scheduler/`, `remote.py`), pytest-split 0.11,
//! cargo-nextest, Playwright. Messages between controller and workers take no time in a replay.

mod bound;
mod contention;
mod grouped;
mod keys;
mod lanes;
mod line;
mod list;
mod load;
mod order;
mod recorded;
mod setting;
mod setup;
mod split;
mod tests_table;
mod trace;
mod work;
mod worksteal;

pub(crate) use grouped::pieces;
pub(crate) use keys::bare;

pub use bound::{LimitedBy, longest_piece, lower_bound_us};
pub use contention::{Inflation, Measurement};
pub use recorded::Recorded;
pub use setting::{MAX_WORKERS, Setting, schedule, simulate};
pub use split::split;
pub use tests_table::TestTable;
pub use trace::{Schedule, Segment, Trace};
pub use work::Work;

//! How runs leave: as links, in the formats of other programs, and without what is not to be told.
//!
//! Everything here is a pure function over a [`lanescope_model::Run`].

mod copy;
mod csv;
mod ctrf;
mod junit;
mod link;
mod markdown;
mod messages;
mod paths;
mod redact;
mod secrets;
mod write;

pub use csv::tests_csv;
pub use ctrf::ctrf;
pub use junit::junit;
pub use link::{Link, TooLong, link};
pub use markdown::{COMMENT, STEP_SUMMARY, markdown};
pub use messages::{messages, note, redact_notes};
pub use redact::{Redaction, redact};
pub use secrets::{Finding, Kind, Where, find_secrets, remove_secrets};
pub use write::date;

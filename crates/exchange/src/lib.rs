//! How runs leave: as links, in the formats of other programs, and without what is not to be told.
//!
//! Everything here is a pure function over a [`lanescope_model::Run`].

mod copy;
mod link;
mod redact;
mod secrets;

pub use link::{Link, TooLong, link};
pub use redact::{Redaction, redact};
pub use secrets::{Finding, Kind, Where, find_secrets, remove_secrets};

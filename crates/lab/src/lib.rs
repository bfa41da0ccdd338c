//! The laboratory: what runs say beside each other, and what a run would have taken with other workers, another mode,
//! other tests.
//!
//! Everything here is a pure function of [`lanescope_model::Run`]s and a plan: no clock, no file, no randomness.
//! Times are whole microseconds (`_us`); what crosses to the page (`lanescope_protocol`) is in seconds. A speedup is a
//! wall time over a wall time of the same tests, never busy time over wall time. What was not recorded is a
//! prediction, and carries its error or its band.

pub mod desk;
pub mod replay;
pub mod speedup;
pub mod spread;
pub mod take_home;
pub mod verdict;
pub mod what_if;

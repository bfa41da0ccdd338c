//! What is measured beside the tests of a run: coverage and benchmarks.
//!
//! [`coverage`] puts the reports of a run together where that can be done, lists what was missed, and compares two runs.
//! [`benchmarks`] compares two runs with an honest test for noise, and finds steps over a history. All of it is pure.

pub mod benchmarks;
pub mod coverage;

//! The analysis held against truths: real runs of pytest, and synthetic histories.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and prints what it measured"
)]

mod any_runs;
mod oracle;
mod rules;
mod small;
mod synthetic;

//! Reading real files: fixtures, hostile input, and the shared artifacts where they are at hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may stop at what it did not expect, and prints what it skipped"
)]

mod bytes;
mod containers;
mod fixtures;
mod hardening;
mod index;
mod joining;
mod limits;
mod measured;
mod metadata;
mod oracles;
mod packs;
mod parts;
mod playwright;
mod runs;
mod shared;
mod tools;

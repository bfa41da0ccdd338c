//! The views, a folder each.

pub mod benchmarks;
pub mod coverage;
mod empty;
pub mod figures;
pub mod files;
pub mod help;
pub mod library;
mod measured;
pub mod share;

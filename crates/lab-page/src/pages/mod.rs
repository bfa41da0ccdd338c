//! The views, a folder each.

pub mod compare;
pub mod flaky;
pub mod speedup;

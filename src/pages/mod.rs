//! The views, a folder each.

pub mod later;
pub mod open;
pub mod overview;
pub mod tests;
pub mod timeline;

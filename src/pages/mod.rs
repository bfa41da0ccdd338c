//! The views, a folder each.

pub mod open;
pub mod overview;
pub mod satellite;
pub mod tests;
pub mod timeline;

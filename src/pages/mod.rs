//! The views, a folder each.

pub mod lab;
pub mod later;
pub mod open;
pub mod overview;
pub mod tests;
pub mod timeline;

//! Drawings on canvases.

pub mod axis;
pub mod boxes;
pub mod trend;

/// Small text.
pub const FONT: &str = "11px Inter, system-ui, sans-serif";

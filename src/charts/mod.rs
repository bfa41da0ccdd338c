//! Everything on a canvas: the painter of lanes, and plotters for lines and areas.

pub mod concurrency;
pub mod lanes;

pub use lanescope_ui::charts::*;

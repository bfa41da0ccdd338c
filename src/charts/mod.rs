//! Everything on a canvas: the painter of lanes, and the chart of the overview.

pub mod concurrency;
pub mod lanes;

pub use lanescope_ui::charts::*;

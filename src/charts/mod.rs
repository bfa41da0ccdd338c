//! Everything on a canvas: sizes, colours, the painter of lanes, and plotters for lines and areas.

pub mod canvas;
pub mod concurrency;
pub mod lanes;
pub mod theme;

//! Charts of the laboratory: a [`Picture`] says what is to be seen, [`chart`] shows it: by plotters on a canvas, with
//! hover, keys, a table beside it and exports.
//!
//! A picture is plain data, made by a view from an answer. Positions are CSS pixels; where they lie is worked out once
//! (`Frame`) for the canvas, the pointer and the exported file alike.

mod draw;
mod pen;
mod picture;
mod scale;
mod svg;
mod table;
mod view;

pub use picture::{Axis, Dot, Mark, Picture, Rule, Series, Shape};
pub use scale::{Spacing, Unit};
pub use view::chart;

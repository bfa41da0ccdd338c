//! Canvases: their sizes and their colours.

pub mod canvas;
pub mod keys;
pub mod theme;

//! What the pages share: elements, widgets, canvases, the fragment, and the browser under them.
//!
//! Three wasm files draw on one page: the main one (root package), and its satellites, the laboratory and the shelf, which
//! are fetched when they are first asked for. All are made of this.

pub mod charts;
pub mod satellite;
pub mod shell;
pub mod state;
pub mod ui;

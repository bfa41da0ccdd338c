//! What the pages share: elements, widgets, canvases, the fragment, and the browser under them.
//!
//! Two wasm files draw on one page: the main one (root package), and the laboratory, which is fetched when it is first
//! asked for. Both are made of this.

pub mod charts;
pub mod shell;
pub mod state;
pub mod ui;

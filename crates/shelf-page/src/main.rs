//! The shelf: the views of what stands beside the tests (files, library, sharing, coverage, benchmarks), as a wasm file
//! of its own. The page fetches it when one of them is first shown, and gives it places to draw in.
//!
//! Rooms: `shell` is the page and the worker around it, `state` what is loaded, `charts` the canvases, `pages` the views, a
//! folder each.

mod app;
mod charts;
mod pages;
mod shell;
mod state;

fn main() {
    app::start();
}

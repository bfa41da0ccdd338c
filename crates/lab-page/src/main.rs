//! The laboratory: the views that look across runs, as a wasm file of its own. The page fetches it when one of them is
//! first shown, and gives it a place to draw in.
//!
//! Rooms: `shell` is the page and the worker around it, `state` what is loaded and asked, `charts` its plotters charts,
//! `pages` the views.

mod app;
mod charts;
mod pages;
mod shell;
mod state;

fn main() {
    app::start();
}

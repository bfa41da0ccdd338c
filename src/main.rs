//! Lanescope's page: it shows what the engine in its worker answers, and computes nothing itself.
//!
//! Rooms: `shell` is the browser, `state` what is selected and shown, `ui` own widgets, `charts` everything on a
//! canvas, `pages` the views. `cargo xtask check` holds which may use which.

mod app;
mod charts;
mod pages;
mod shell;
mod state;
mod ui;

fn main() {
    app::start();
}

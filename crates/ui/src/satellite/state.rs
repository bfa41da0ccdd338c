//! What is loaded and shown.

use lanescope_protocol::RunSummary;
use leptos::prelude::*;

use super::bridge;
use crate::state::Route;

/// Everything that the views of a satellite share. Copy: it is passed around freely.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The fragment, as it was last read.
    pub route: RwSignal<Route>,
    /// All runs that are loaded, ordered by start.
    pub runs: RwSignal<Vec<RunSummary>>,
    /// Whether the engine has answered what is loaded; before, no runs means nothing.
    pub known: RwSignal<bool>,
    /// Those that the worker has.
    pub taken: RwSignal<Vec<RunSummary>>,
    /// Counts up whenever colours or sizes that a canvas reads may have changed.
    pub repaint: RwSignal<u32>,
    /// Counts up whenever what is loaded may have changed.
    pub changed: RwSignal<u32>,
    /// What went wrong last.
    pub said: RwSignal<Option<String>>,
}

impl Shared {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            route: RwSignal::new(Route::default()),
            runs: RwSignal::new(Vec::new()),
            known: RwSignal::new(false),
            taken: RwSignal::new(Vec::new()),
            repaint: RwSignal::new(0),
            changed: RwSignal::new(0),
            said: RwSignal::new(None),
        }
    }

    /// Reads the address anew.
    pub fn reread(self) {
        let route = bridge::route();
        if self.route.with_untracked(|old| *old != route) {
            self.route.set(route);
        }
    }
}

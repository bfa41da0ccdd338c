//! The signals that the whole page shares.

use std::sync::Arc;

use lanescope_protocol::{FileSummary, Frame, Overview, ReadProgress, RunSummary, Timeline};
use leptos::prelude::*;

use crate::state::{Route, Theme};

/// What the page is doing; `<html data-state>` carries the same word.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing is loaded.
    #[default]
    Empty,
    /// Files are fetched or read; what was loaded before is still there.
    Loading(ReadProgress),
    /// At least one run is shown.
    Ready,
    /// Files were opened, and nothing in them could be read.
    Error,
}

impl Phase {
    /// The word of the contract.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Loading(_) => "loading",
            Self::Ready => "ready",
            Self::Error => "error",
        }
    }
}

/// A message to the user that is about no file in particular, or about an address that could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Number, for lists.
    pub id: u32,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// The address or path it is about.
    pub about: Option<String>,
    /// A sentence.
    pub text: String,
}

/// Everything shared. Copy: it is passed around freely.
#[derive(Clone, Copy)]
pub struct App {
    /// What the page is doing.
    pub phase: RwSignal<Phase>,
    /// The fragment. Change it with [`App::go`] and [`App::tune`], so that the address follows.
    pub route: RwSignal<Route>,
    /// All files opened, with their messages.
    pub files: RwSignal<Vec<FileSummary>>,
    /// All runs, ordered by start.
    pub runs: RwSignal<Vec<RunSummary>>,
    /// Overview of the selected run.
    pub overview: RwSignal<Option<Overview>>,
    /// Lanes of the selected run.
    pub timeline: RwSignal<Option<Timeline>>,
    /// Bars of the whole selected run, to have something to draw at once.
    pub first_frame: RwSignal<Option<Arc<Frame>>>,
    /// Messages about no file.
    pub toasts: RwSignal<Vec<Toast>>,
    /// The theme chosen.
    pub theme: RwSignal<Theme>,
    /// Counts up whenever colours or sizes that a canvas reads may have changed.
    pub repaint: RwSignal<u32>,
    /// Whether the list of shortcuts is open.
    pub help: RwSignal<bool>,
    /// Whether files are being dragged over the page.
    pub dragging: RwSignal<bool>,
    /// Set when the address changed by a push, for the shell to write it; see `shell::address`.
    pub push: RwSignal<bool>,
}

impl App {
    /// A page without data, at this address.
    pub fn new(route: Route, theme: Theme) -> Self {
        Self {
            phase: RwSignal::new(Phase::Empty),
            route: RwSignal::new(route),
            files: RwSignal::new(Vec::new()),
            runs: RwSignal::new(Vec::new()),
            overview: RwSignal::new(None),
            timeline: RwSignal::new(None),
            first_frame: RwSignal::new(None),
            toasts: RwSignal::new(Vec::new()),
            theme: RwSignal::new(theme),
            repaint: RwSignal::new(0),
            help: RwSignal::new(false),
            dragging: RwSignal::new(false),
            push: RwSignal::new(false),
        }
    }

    /// Goes somewhere else: the browser's back button returns.
    pub fn go(self, change: impl FnOnce(&mut Route)) {
        self.push.set(true);
        self.route.update(change);
    }

    /// Changes what is shown without a step in the history (zooming, typing).
    pub fn tune(self, change: impl FnOnce(&mut Route)) {
        self.route.update(change);
    }

    /// The selected run's figures.
    pub fn run(self) -> Option<RunSummary> {
        self.overview.with(|o| o.as_ref().map(|o| o.run.clone()))
    }

    /// Says something to the user.
    pub fn say(self, severity: &'static str, about: Option<String>, text: impl Into<String>) {
        let text = text.into();
        self.toasts.update(|toasts| {
            let id = toasts.last().map_or(0, |t| t.id + 1);
            toasts.push(Toast { id, severity, about, text });
        });
    }
}

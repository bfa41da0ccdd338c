//! Showing what the address names, or a small part of the page, in the place that the page gives.

use leptos::prelude::*;

use lanescope_ui::satellite::{Satellite, feed};
use lanescope_ui::state::View;
use lanescope_ui::ui::el::{El, div, live};

use crate::pages::{benchmarks, coverage, figures, files, help, library, share};
use crate::shell::desk::SHELF;
use crate::state::Shelf;

/// The views for which the worker is given all runs.
const WHOLE_RUNS: [&str; 3] = ["share", "coverage", "benchmarks"];

/// Says that the shelf is here, and waits to be shown.
pub fn start() {
    lanescope_ui::satellite::start(Satellite { kind: &SHELF, make: part, refresh });
}

fn part(shelf: Shelf, name: &str) -> El {
    match name {
        "help" => help::help(),
        "figures" => figures::figures(shelf),
        "keep" => library::keeper(shelf),
        _ => frame(shelf),
    }
}

/// Brings what a view shows up to date: the list of runs, and where it needs them the runs themselves.
fn refresh(shelf: Shelf) {
    let whole = shelf.route.with_untracked(|route| WHOLE_RUNS.contains(&route.view.as_str()));
    if whole {
        feed::refresh(shelf);
    } else {
        feed::runs(shelf, |_| {});
    }
}

fn frame(shelf: Shelf) -> El {
    let view = Memo::new(move |_| shelf.route.with(|route| route.view));
    // Another view may need the runs themselves.
    Effect::new(move |before: Option<View>| {
        let now = view.get();
        // Each begins at its top, however far down the last one was.
        lanescope_ui::shell::dom::window().scroll_to_with_x_and_y(0.0, 0.0);
        if before.is_some_and(|before| before != now) {
            untrack(|| refresh(shelf));
        }
        now
    });
    div("lab-frame").with(live(move || match view.get() {
        View::Shelf("library") => library::library_page(shelf),
        View::Shelf("share") => share::share_page(shelf),
        View::Shelf("coverage") => coverage::coverage_page(shelf),
        View::Shelf("benchmarks") => benchmarks::benchmarks_page(shelf),
        _ => files::files_page(shelf),
    }))
}

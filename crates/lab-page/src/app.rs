//! Showing the view that the address names, in the place that the page gives.

use leptos::prelude::*;

use lanescope_ui::satellite::{Satellite, feed};
use lanescope_ui::state::View;
use lanescope_ui::ui::el::{El, div, live};

use crate::pages::{compare, flaky, speedup};
use crate::shell::desk::LAB;
use crate::state::Lab;

/// Says that the laboratory is here, and waits to be shown.
pub fn start() {
    lanescope_ui::satellite::start(Satellite { kind: &LAB, make: |lab, _| frame(lab), refresh: feed::refresh });
}

fn frame(lab: Lab) -> El {
    let view = Memo::new(move |_| lab.route.with(|route| route.view));
    div("lab-frame").with(live(move || match view.get() {
        View::Lab("speedup") => speedup::speedup_page(lab),
        View::Lab("flaky") => flaky::flaky_page(lab),
        _ => compare::compare_page(lab),
    }))
}

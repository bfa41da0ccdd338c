//! Showing the view that the address names, in the place that the page gives.

use std::any::Any;
use std::cell::RefCell;

use leptos::mount::mount_to;
use leptos::prelude::*;

use lanescope_ui::state::View;
use lanescope_ui::ui::el::{El, div, live};

use crate::pages::{compare, flaky, speedup};
use crate::shell::{bridge, feed};
use crate::state::Lab;

thread_local! {
    /// What is loaded outlives the views.
    static LAB: RefCell<Option<Lab>> = const { RefCell::new(None) };
    /// Dropping it takes the views away.
    static SHOWN: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Says that the laboratory is here, and waits to be shown.
pub fn start() {
    lanescope_ui::shell::panic::show_panics();
    bridge::hello(|place| {
        SHOWN.with(|shown| shown.borrow_mut().take());
        let Some(place) = place else { return };
        let lab = lab();
        place.set_text_content(None);
        let handle = mount_to(place, move || frame(lab).view());
        SHOWN.with(|shown| *shown.borrow_mut() = Some(Box::new(handle)));
        lab.reread();
        feed::refresh(lab);
    });
}

fn lab() -> Lab {
    LAB.with(|slot| {
        *slot.borrow_mut().get_or_insert_with(|| {
            let owner = Owner::new();
            let lab = owner.with(Lab::new);
            // For as long as the page lives.
            std::mem::forget(owner);
            bridge::listen("lanescope:changed", move || {
                lab.reread();
                lab.repaint.update(|n| *n += 1);
            });
            bridge::listen("lanescope:runs", move || feed::refresh(lab));
            lab
        })
    })
}

fn frame(lab: Lab) -> El {
    let view = Memo::new(move |_| lab.route.with(|route| route.view));
    div("lab-frame").with(live(move || match view.get() {
        View::Lab("speedup") => speedup::speedup_page(lab),
        View::Lab("flaky") => flaky::flaky_page(lab),
        _ => compare::compare_page(lab),
    }))
}

//! Showing what the page asks for, in the places that it gives.

use std::any::Any;
use std::cell::RefCell;

use leptos::mount::mount_to;
use leptos::prelude::*;
use web_sys::HtmlElement;

use super::{Kind, Shared, bridge, desk};
use crate::ui::el::El;

thread_local! {
    /// What is loaded outlives the views.
    static SHARED: RefCell<Option<Shared>> = const { RefCell::new(None) };
    /// What is shown, by part; dropping one takes it away.
    static SHOWN: RefCell<Vec<(String, Box<dyn Any>)>> = const { RefCell::new(Vec::new()) };
}

/// What a satellite is made of.
#[derive(Clone, Copy)]
pub struct Satellite {
    /// Who it is.
    pub kind: &'static Kind,
    /// Makes a part of the page: `view` is the view that the address names, others are small things beside the views.
    pub make: fn(Shared, &str) -> El,
    /// Called when a view is shown, and while one is when what is loaded has changed.
    pub refresh: fn(Shared),
}

/// Says that the satellite is here, and waits to be shown.
pub fn start(satellite: Satellite) {
    crate::shell::panic::show_panics();
    desk::set_up(satellite.kind);
    bridge::hello(satellite.kind.event, move |part, place| show(satellite, &part, place));
}

fn show(satellite: Satellite, part: &str, place: Option<HtmlElement>) {
    // It is dropped outside of the borrow: what it cleans up may ask here again.
    let before = SHOWN.with(|shown| {
        let mut shown = shown.borrow_mut();
        let at = shown.iter().position(|(name, _)| name == part)?;
        Some(shown.swap_remove(at))
    });
    drop(before);
    let Some(place) = place else { return };
    let shared = shared(satellite);
    // The address is read before a view is made of it.
    shared.reread();
    place.set_text_content(None);
    let name = part.to_owned();
    let handle = mount_to(place, move || (satellite.make)(shared, &name).view());
    SHOWN.with(|shown| shown.borrow_mut().push((part.to_owned(), Box::new(handle))));
    if part == bridge::VIEW {
        (satellite.refresh)(shared);
    }
}

fn views_shown() -> bool {
    SHOWN.with(|shown| shown.borrow().iter().any(|(name, _)| name == bridge::VIEW))
}

fn shared(satellite: Satellite) -> Shared {
    SHARED.with(|slot| {
        *slot.borrow_mut().get_or_insert_with(|| {
            let owner = Owner::new_root(None);
            let shared = owner.with(Shared::new);
            // For as long as the page lives.
            std::mem::forget(owner);
            bridge::listen("lanescope:changed", move || {
                shared.reread();
                shared.repaint.update(|n| *n += 1);
            });
            bridge::listen("lanescope:runs", move || {
                shared.changed.update(|n| *n += 1);
                if views_shown() {
                    (satellite.refresh)(shared);
                }
            });
            shared
        })
    })
}

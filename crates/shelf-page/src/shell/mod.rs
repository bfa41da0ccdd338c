//! What is around the shelf: the page that shows it, and its worker.

pub mod desk;
pub mod kept;

pub use lanescope_ui::satellite::bridge;

use lanescope_protocol::{Answer, Request, ShelfAnswer, ShelfRequest};
use lanescope_ui::shell::dom;

/// Tells the worker what was opened: its messages go along with what leaves. `then` is called in any case.
pub fn tell_files(then: impl FnOnce() + 'static) {
    bridge::ask(&Request::Files, move |answer, _| {
        if let Some(Answer::Opened(opened)) = answer {
            let files = ShelfRequest::Files(opened.files);
            lanescope_ui::satellite::desk::ask(&files, |_: ShelfAnswer, _| {});
        }
        then();
    });
}

/// Of a report in one file, the address of a page on a host; empty where it names none. `None` on a host.
pub fn hosted() -> Option<String> {
    dom::document().document_element()?.get_attribute("data-app")
}

/// The address that links lead to, without a fragment.
pub fn address() -> String {
    let own = || dom::window().location().href().unwrap_or_default();
    let page = hosted().filter(|app| !app.is_empty()).unwrap_or_else(own);
    page.split('#').next().unwrap_or_default().to_owned()
}

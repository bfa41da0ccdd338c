//! What is around the shelf: the page that shows it, and its worker.

pub mod desk;
pub mod kept;

pub use lanescope_ui::satellite::bridge;

use lanescope_protocol::{Answer, Message, Request, ShelfAnswer, ShelfRequest, messages};
use lanescope_ui::shell::dom;

/// Tells the worker what was said of the files of each run: it goes along with what leaves. `then` is called in any case.
pub fn tell_notes(then: Box<dyn FnOnce()>) {
    bridge::ask(&Request::Files, move |answer, _| {
        if let Some(Answer::Opened(opened)) = answer {
            let mut notes = Vec::new();
            for run in &opened.runs {
                messages(&opened.files, &[&run.id, &run.label], &mut |message, text| {
                    notes.push((run.id.clone(), Message { text, ..message.clone() }));
                });
            }
            lanescope_ui::satellite::desk::ask(&ShelfRequest::Notes(notes), |_: ShelfAnswer, _| {});
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

//! What a view shows while there is nothing in it.

use lanescope_ui::ui::el::{El, div, el};
use lanescope_ui::ui::{copy_text, icon};
use web_sys::{Blob, Event, HtmlInputElement};

use crate::shell::bridge;

/// A title (none where the view has its own), a sentence, a way to open files, and the lines that would fill the view: what for, and a command.
pub fn empty(title: &str, text: &str, lines: &[(&str, &str)]) -> El {
    let lines: Vec<El> =
        lines.iter().map(|(what, how)| div("how").with((el("p", "quiet").with(*what), copy_text(how)))).collect();
    let lines = (!lines.is_empty()).then(|| div("hows").with(lines));
    let title = (!title.is_empty()).then(|| el("h1", "").with(title));
    let open = el("label", "button primary").with((icon("open"), "Open files", picker()));
    let open = div("open-buttons").with(open);
    div("shelf-empty").attr("data-empty", "").with((title, el("p", "lead").with(text), open, lines))
}

/// A picker of files, hidden inside its label.
fn picker() -> El {
    let input = el("input", "hidden-input").attr("type", "file").attr_if("multiple", true).attr_if("data-pick", true);
    input.on("change", |event: Event| {
        let Some(input) = event.target().map(wasm_bindgen::JsCast::unchecked_into::<HtmlInputElement>) else { return };
        let Some(list) = input.files() else { return };
        let files: Vec<(String, Blob)> =
            (0..list.length()).filter_map(|i| list.get(i)).map(|file| (file.name(), file.into())).collect();
        bridge::open(&files);
        input.set_value("");
    })
}

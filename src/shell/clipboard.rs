//! Paste: files, or the text of a report or log.

use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{Blob, ClipboardEvent, HtmlElement};

use crate::shell::{dom, open};
use crate::state::App;

/// Takes what is pasted anywhere but into a field.
pub fn take_pastes(app: App) {
    dom::listen::<ClipboardEvent>(&dom::window(), "paste", move |event| {
        let into_field = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()).is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA") || element.is_content_editable()
        });
        let Some(data) = event.clipboard_data() else { return };
        if into_field {
            return;
        }
        if let Some(list) = data.files().filter(|list| list.length() > 0) {
            event.prevent_default();
            let files = (0..list.length()).filter_map(|i| list.get(i)).map(|f| (f.name(), f.into())).collect();
            return open::files(app, files);
        }
        let text = data.get_data("text").unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        event.prevent_default();
        // An address is fetched; the user gave it. One that carries the data itself is a text to read.
        let line = text.trim();
        if !line.contains(char::is_whitespace) && (line.starts_with("https://") || line.starts_with("http://")) {
            if line.contains(&format!("data={}", open::PACK)) {
                return text_as_file(app, open::LINK, line);
            }
            let address = vec![line.to_owned()];
            app.go(|route| route.src.clone_from(&address));
            return open::sources(app, address);
        }
        text_as_file(app, "pasted text", &text);
    });
}

/// Opens a text as if it were a file.
pub fn text_as_file(app: App, name: &str, text: &str) {
    if let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) {
        open::files(app, vec![(name.to_owned(), blob)]);
    }
}

//! A crash of the page is shown, not swallowed.

use std::panic;

use crate::shell::dom;

/// Shows message and place of a panic in the page, above everything. Text only: no markup is made of it.
pub fn show_panics() {
    panic::set_hook(Box::new(|info| {
        let document = dom::document();
        let Ok(panel) = document.create_element("div") else { return };
        let _ = panel.set_attribute("role", "alert");
        let _ = panel.set_attribute("class", "crash");
        let build = crate::shell::BUILD;
        let text =
            format!("Lanescope has crashed: {info}\n\nBuild {build}. Reload the page; your files were not changed.");
        panel.set_text_content(Some(&text));
        if let Some(body) = document.body() {
            let _ = body.append_child(&panel);
        }
    }));
}

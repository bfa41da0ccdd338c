//! The way in by pickers.

use crate::shell::files::picked;
use crate::state::App;
use crate::ui::el::{El, div, el};
use crate::ui::icon;

/// A picker of files, hidden inside its label.
pub fn file_input(app: App) -> El {
    let input = el("input", "hidden-input").attr("type", "file").attr_if("multiple", true).attr_if("data-pick", true);
    input.on("change", move |event| picked(app, &event))
}

/// "Open files" and "Open a folder".
pub fn open_buttons(app: App) -> El {
    let folder = el("input", "hidden-input").attr("type", "file").attr_if("webkitdirectory", true);
    let folder = folder.on("change", move |event| picked(app, &event));
    div("open-buttons").with((
        el("label", "button primary").with((icon("open"), "Open files", file_input(app))),
        el("label", "button").with((icon("folder"), "Open a folder", folder)),
    ))
}

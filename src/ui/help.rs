//! The list of shortcuts: the shelf has it.

use crate::shell::satellite::{self, HELP, SHELF};
use crate::state::App;
use crate::ui::el::{Live, div, when};
use leptos::prelude::Get;

/// A place for the dialog with the shortcuts, while it is asked for.
pub fn help(app: App) -> Live {
    when(
        move || app.help.get(),
        move || {
            let place = div("");
            satellite::show(app, &SHELF, HELP, place.as_node());
            place
        },
    )
}

//! A view that the address may name, and that this version does not have.

use crate::state::{App, View};
use crate::ui::el::{El, button, el};

/// Says so, and offers the way to what is there.
pub fn later(app: App, name: &str) -> El {
    let show = button("button primary", move || app.go(|route| route.view = View::Overview));
    el("section", "empty").with((
        el("h1", "").with(format!("There is no {name} view in this version")),
        el("p", "").with("The link was made by another version of Lanescope. What it names is loaded all the same."),
        show.with("Show the overview"),
    ))
}

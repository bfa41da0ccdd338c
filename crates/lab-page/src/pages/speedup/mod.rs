//! The view `speedup`.

use lanescope_ui::ui::el::{El, el};

use crate::state::Lab;

/// The view.
pub fn speedup_page(lab: Lab) -> El {
    let said = move || {
        use leptos::prelude::*;
        format!("{} runs", lab.taken.with(Vec::len))
    };
    el("section", "lab-page").with((el("h1", "").with("speedup"), el("p", "").live_text(said)))
}

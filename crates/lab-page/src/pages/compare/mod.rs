//! The view `compare`.

use lanescope_ui::ui::el::{El, el};

use crate::state::Lab;

/// The view.
pub fn compare_page(lab: Lab) -> El {
    let said = move || {
        use leptos::prelude::*;
        format!("{} runs", lab.taken.with(Vec::len))
    };
    el("section", "lab-page").with((el("h1", "").with("compare"), el("p", "").live_text(said)))
}

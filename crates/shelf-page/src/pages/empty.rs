//! What a view shows while there is nothing in it.

use lanescope_ui::ui::copy_text;
use lanescope_ui::ui::el::{El, div, el};

/// A title, a sentence, and the lines that would fill the view: what for, and a command.
pub fn empty(title: &str, text: &str, lines: &[(&str, &str)]) -> El {
    let lines: Vec<El> =
        lines.iter().map(|(what, how)| div("how").with((el("p", "quiet").with(*what), copy_text(how)))).collect();
    let lines = (!lines.is_empty()).then(|| div("hows").with(lines));
    div("shelf-empty").attr("data-empty", "").with((el("h1", "").with(title), el("p", "lead").with(text), lines))
}

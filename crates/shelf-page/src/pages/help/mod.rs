//! The list of shortcuts, a dialog that the page asks for in any view.

use web_sys::Event;

use lanescope_ui::ui::el::{El, button, div, el, later};
use lanescope_ui::ui::icon;

use crate::shell::{bridge, hosted};

const KEYS: [(&str, &str); 24] = [
    ("1  …  8", "overview, timeline, tests, speedup, flaky, compare, files, share"),
    ("/", "search the tests"),
    ("[  ]", "previous, next run"),
    ("o", "open files"),
    ("W  S", "timeline: zoom in, out"),
    ("A  D", "timeline: pan left, right"),
    ("Wheel", "timeline: zoom to the cursor; with Shift pan, with Alt scroll the lanes"),
    ("Drag", "timeline: pan"),
    ("Shift + drag", "timeline: measure a stretch; Esc clears it"),
    ("Alt + drag", "timeline: zoom to a box"),
    ("Double-click", "timeline: fit a bar"),
    ("0", "timeline: fit all"),
    ("m  M", "timeline: measure what is visible, forget it"),
    ("Home  End", "timeline: to the beginning, to the end"),
    ("←  →", "timeline: attempt before, after on the lane"),
    ("↑  ↓", "timeline: lane above, below; tests: row"),
    ("P", "timeline: open, close the panel below the lanes"),
    ("←  →", "charts: value before, after; Home and End to the ends, Enter chooses it"),
    ("X", "flaky: choose a test for the list to take home"),
    ("←  →  ↑  ↓", "flaky: walk the heat map, trend and strip; each cell is spoken"),
    ("Enter", "open the selected test"),
    ("Ctrl + V", "open a pasted report, file or address"),
    ("Esc", "step back"),
    ("?", "this list"),
];

/// What the timeline leaves out where there is no room, on all lanes alike.
const CROWDED: &str = "Where the timeline is crowded, one mark stands for several failures side by side, the widest bars \
    and gaps are named, and the longest waits for a retry are drawn, on all lanes alike. Zoom in for the rest.";

/// The dialog.
pub fn help() -> El {
    let close = button("icon-button", || bridge::close("help")).attr("aria-label", "Close");
    let focus = close.as_node::<web_sys::HtmlElement>();
    later(move || {
        let _ = focus.focus();
    });
    let keys = KEYS.map(|(keys, what)| {
        let keys: Vec<El> = keys.split("  ").map(|key| el("kbd", "").with(key)).collect();
        (el("dt", "").with(keys), el("dd", "").with(what))
    });
    let dialog =
        div("dialog").attr("role", "dialog").attr("aria-modal", "true").attr("aria-label", "Keyboard shortcuts");
    let dialog = dialog.on("click", |event: Event| event.stop_propagation());
    let header = el("header", "").with((el("h2", "").with("Keyboard"), close.with(icon("close"))));
    let veil = div("veil").on("click", |_: Event| bridge::close("help"));
    let app = hosted().filter(|app| !app.is_empty()).map(|app| {
        let link = el("a", "").attr("href", app.as_str()).attr("target", "_blank").attr("rel", "noopener noreferrer");
        let share = el("a", "").attr("href", "#/share").on("click", |_: Event| bridge::close("help")).with("Share");
        let link = link.attr("data-action", "hosted").with("the hosted app");
        let words = el("p", "quiet").with("Other files open in ").with(link).with("; ").with(share);
        words.with(" makes links to it with these runs.")
    });
    let crowded = el("p", "quiet").with(CROWDED);
    veil.with(dialog.with((header, el("dl", "keys").with(keys), crowded)).with(app))
}

//! Drawn marks, in the colour of the text around them.

use crate::ui::el::{El, svg};

/// A mark of 16 × 16 units, by its name in the table below.
pub fn icon(name: &str) -> El {
    let path = match name {
        "open" => "M2 4.5h4l1.5 1.5H14v7H2z",
        "folder" => "M2 3.5h4.5L8 5h6v8.5H2z M2 7h12",
        "sun" => {
            "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6 M8 1v2 M8 13v2 M1 8h2 M13 8h2 M3 3l1.4 1.4 M11.6 11.6L13 13 M3 13l1.4-1.4 M11.6 4.4L13 3"
        }
        "moon" => "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
        "auto" => "M8 2a6 6 0 1 0 0 12z M8 2a6 6 0 0 1 0 12",
        "search" => "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9 M10.5 10.5L14 14",
        "close" => "M3.5 3.5l9 9 M12.5 3.5l-9 9",
        "copy" => "M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3",
        "check" => "M3 8.5l3.2 3.2L13 5",
        "help" => "M5.8 6a2.3 2.3 0 1 1 3.2 2.1c-.8.4-1 .8-1 1.6 M8 12.2v.4",
        "left" => "M10 3L5 8l5 5",
        "right" => "M6 3l5 5-5 5",
        "up" => "M3 10l5-5 5 5",
        "down" => "M3 6l5 5 5-5",
        "turn" => "M5 13V3 M2 6l3-3 3 3 M11 3v10 M8 10l3 3 3-3",
        "warning" => "M8 2.5L14.5 13.5h-13z M8 6.5v3.2 M8 11.6v.4",
        "lane" => "M2 4h7 M11 4h3 M2 8h3 M7 8h7 M2 12h9",
        _ => "M3 8h10",
    };
    drawn(path).attr("class", "icon").attr("focusable", "false")
}

/// A path of 16 × 16 units.
pub fn drawn(path: &str) -> El {
    svg("svg").attr("viewBox", "0 0 16 16").attr("aria-hidden", "true").with(svg("path").attr("d", path))
}

//! The timeline as a file: a picture of the view, or the whole run for other programs.

use lanescope_protocol::{Answer, ExportKind, ExportRequest, Request};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Blob;

use crate::charts::lanes::{Stage, request_of};
use crate::charts::theme;
use crate::shell::{open, save};
use crate::ui::el::El;
use crate::ui::menu;

/// Narrower pictures have no room for words, pixels.
const LEAST_PX: f64 = 960.0;

const KINDS: [(&str, &str, &str); 4] = [
    ("png", "Picture of the view, PNG", "as it is on the screen"),
    ("svg", "Drawing of the view, SVG", "all lanes, sharp at any size"),
    ("trace", "Chrome trace, JSON", "the whole run, for Perfetto and speedscope"),
    ("csv", "Table of the lanes, CSV", "the whole run, a row per attempt"),
];

/// The menu of files that can be saved.
pub fn export_menu(stage: Stage) -> El {
    menu("Export", &KINDS, move |word| match word {
        "png" => picture(stage),
        "svg" => file(stage, ExportKind::Svg),
        "trace" => file(stage, ExportKind::ChromeTrace),
        _ => file(stage, ExportKind::LanesCsv),
    })
    .attr("data-export", "")
}

fn label(stage: Stage) -> String {
    stage.app.overview.with_untracked(|o| o.as_ref().map(|o| o.run.label.clone()).unwrap_or_default())
}

fn picture(stage: Stage) {
    let label = label(stage);
    let Some(canvas) = stage.picture(&label) else { return };
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let name: String = label.chars().take(80).map(plain).chain(".timeline.png".chars()).collect();
    let made = Closure::once_into_js(move |blob: Option<Blob>| match blob {
        Some(blob) => save::blob(&blob, &name),
        None => stage.app.say("warning", None, "The browser could not make a picture of this size."),
    });
    let _ = canvas.to_blob(made.unchecked_ref());
}

fn file(stage: Stage, kind: ExportKind) {
    let app = stage.app;
    let Some(timeline) = stage.timeline.with_untracked(|t| t.as_ref().map(request_of)) else { return };
    let view = stage.view.get_untracked();
    let width_px = crate::shell::dom::root().map_or(0.0, |root| f64::from(root.client_width())).max(LEAST_PX);
    // In the order of the protocol's roles.
    let palette = theme::palette(app.repaint.get_untracked());
    let grounds = [palette.surface, palette.lane, palette.text, palette.text_2, palette.line];
    let marks = [palette.bar_flaky, palette.idle, palette.tail, palette.select];
    let request = ExportRequest {
        timeline,
        kind,
        from_s: view.from_s,
        to_s: view.to_s,
        width_px: width_px as u32,
        height_px: 0,
        colours: grounds.into_iter().chain(palette.bars).chain(marks).collect(),
        dark: false,
    };
    open::ask(Request::Export(request), move |answer, bytes| match (answer, bytes) {
        (Answer::Exported { name, mime }, Some(bytes)) => save::bytes(&bytes, &mime, &name),
        (Answer::Failed { text }, _) => app.say("warning", None, text),
        _ => {}
    });
}

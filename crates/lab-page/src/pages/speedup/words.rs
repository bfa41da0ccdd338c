//! Words of the view, and small parts that several sections use.

use lanescope_protocol::Mode;

use lanescope_ui::ui::el::{Child, El, div, el, span};
use lanescope_ui::ui::format;

/// What a mode is called.
pub fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Lpt => "longest first",
        Mode::Shards => "shards",
        Mode::Slots => "nextest",
        Mode::Playwright => "Playwright",
        other => other.as_str(),
    }
}

/// What a mode does, a sentence.
pub fn mode_says(mode: Mode) -> &'static str {
    match mode {
        Mode::Load => "pytest-xdist --dist load: chunks of tests, more to whoever is done",
        Mode::Worksteal => "pytest-xdist --dist worksteal: all dealt out at once, then taken from the longest queue",
        Mode::Loadscope => "pytest-xdist --dist loadscope: tests of a module or class stay together",
        Mode::Loadfile => "pytest-xdist --dist loadfile: tests of a file stay together",
        Mode::Loadgroup => "pytest-xdist --dist loadgroup: tests of an xdist_group stay together",
        Mode::Lpt => "A queue that knows the times: the longest test first, to whoever is free",
        Mode::Shards => "Cut into shards beforehand, one worker each",
        Mode::Slots => "cargo-nextest: one queue in order, to the slot that is free",
        Mode::Playwright => "Playwright: a queue of files; a worker starts anew after a failure",
    }
}

/// Which colour a mode has in every chart.
pub fn tint(mode: Mode) -> u8 {
    match mode {
        Mode::Load | Mode::Slots => 0,
        Mode::Worksteal | Mode::Playwright => 1,
        Mode::Loadfile => 2,
        Mode::Loadscope => 3,
        Mode::Loadgroup => 7,
        Mode::Lpt => 5,
        Mode::Shards => 4,
    }
}

/// A change of a length of time, with its sign.
pub fn change(s: f64) -> String {
    let sign = if s > 0.0 { "−" } else { "+" };
    if s.abs() < 0.000_5 { "no change".to_owned() } else { format!("{sign}{}", format::seconds(s.abs())) }
}

/// A section with its heading.
pub fn section(id: &str, title: &str, under: &str, body: impl Child) -> El {
    let head = el("header", "lab-head")
        .with((el("h2", "").attr("id", format!("lab-{id}")).with(title), span("quiet").with(under)));
    el("section", "lab-section")
        .attr("data-section", id)
        .attr("aria-labelledby", format!("lab-{id}"))
        .with((head, body))
}

/// A figure above what it is.
pub fn fact(figure: impl Child, name: &str) -> El {
    div("fact").with((div("fact-value").with(figure), div("fact-name").with(name)))
}

/// What stands where there is nothing yet.
pub fn bones(lines: usize) -> El {
    (0..lines).fold(div("lab-bones").attr("aria-busy", "true"), |bones, _| bones.with(div("bone")))
}

//! The page's tokens as a canvas needs them. Custom properties with `light-dark()` give their source text, so a
//! probe element resolves each one to a colour.

use std::cell::RefCell;

use crate::shell::dom;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{div, span};

/// Colours of one theme, resolved, as `rgb(…)` text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub surface: String,
    /// Behind a lane.
    pub lane: String,
    /// Idle time on a lane.
    pub idle: String,
    /// Lines and ticks.
    pub line: String,
    /// Lines that matter.
    pub line_strong: String,
    /// Text.
    pub text: String,
    /// Text of labels.
    pub text_2: String,
    /// Text of little weight.
    pub text_3: String,
    /// What can be pressed, what is chosen.
    pub accent: String,
    /// Ground of what is chosen.
    pub accent_ground: String,
    /// Outline of the selected bar.
    pub select: String,
    /// Hair between bars.
    pub edge: String,
    /// Text on a bar.
    pub bar_text: String,
    /// Text and marks on a bar of what failed or is flaky: those are bright in both themes.
    pub bar_mark: String,
    /// Bars by outcome code: passed, failed, error, skipped, xfailed, xpassed, unknown.
    pub bars: [String; 7],
    /// Bar of an attempt of a flaky test.
    pub bar_flaky: String,
    /// Classes of a colouring: named ones, and steps.
    pub tints: [[String; 9]; 2],
    /// What is wrong: text and marks.
    pub error: String,
    /// Idle time between two tests.
    pub gap: String,
    /// Start-up, and other time before and after the tests.
    pub start_up: String,
    /// Idle time at the end.
    pub tail: String,
}

thread_local! {
    static CACHE: RefCell<Option<(u32, Palette)>> = const { RefCell::new(None) };
}

/// The colours of the theme that is on; `version` is `App::repaint`, which counts up when it changes.
pub fn palette(version: u32) -> Palette {
    let cached = CACHE.with(|cache| cache.borrow().as_ref().filter(|(v, _)| *v == version).map(|(_, p)| p.clone()));
    cached.unwrap_or_else(|| {
        let palette = resolve().unwrap_or_default();
        CACHE.with(|cache| *cache.borrow_mut() = Some((version, palette.clone())));
        palette
    })
}

/// All colours are put into the page at once and then read: one by one, each would have the page's styles worked out
/// again.
fn resolve() -> Option<Palette> {
    let body = dom::document().body()?;
    let probes = div("");
    let mut names = Vec::new();
    // Called twice with the same names, in the same order: first they are put in, then they are read.
    let _ = palette_of(&mut |name| {
        let probe = span("").style("color", format!("var(--{name})"));
        let _ = probes.node().append_child(probe.node());
        names.push(probe);
        String::new()
    });
    body.append_child(probes.node()).ok()?;
    let mut read = names.iter();
    let palette = palette_of(&mut |_| {
        let style = read.next().and_then(|probe| dom::window().get_computed_style(probe.node()).ok().flatten());
        style.and_then(|s| s.get_property_value("color").ok()).unwrap_or_default()
    });
    probes.node().remove();
    Some(palette)
}

fn palette_of(color: &mut dyn FnMut(&str) -> String) -> Palette {
    Palette {
        surface: color("surface"),
        lane: color("lane-ground"),
        idle: color("idle"),
        line: color("line"),
        line_strong: color("line-strong"),
        text: color("text"),
        text_2: color("text-2"),
        text_3: color("text-3"),
        accent: color("accent"),
        accent_ground: color("accent-ground"),
        select: color("select"),
        edge: color("bar-edge"),
        bar_text: color("bar-text"),
        bar_mark: color("bar-mark"),
        bars: [
            color("bar-passed"),
            color("bar-failed"),
            color("bar-error"),
            color("bar-skipped"),
            color("bar-xfailed"),
            color("bar-xpassed"),
            color("bar-unknown"),
        ],
        bar_flaky: color("bar-flaky"),
        tints: ["cat", "seq"].map(|of| std::array::from_fn(|i| color(&format!("{of}-{i}")))),
        error: color("error"),
        gap: color("part-gap"),
        start_up: color("part-start-up"),
        tail: color("part-tail"),
    }
}

/// A resolved colour (`rgb(1, 2, 3)` or `rgba(…)`) as numbers, for plotters.
pub fn rgb(color: &str) -> (u8, u8, u8) {
    let inside = color.split_once('(').map_or("", |(_, rest)| rest);
    let mut parts = inside.split([',', ' ', ')']).filter_map(number::read);
    let mut next = || parts.next().unwrap_or(128.0).within(0.0, 255.0) as u8;
    (next(), next(), next())
}

//! Shapes and texts of an SVG file. It holds no script, no link and no style of its own; all text is escaped.

use lanescope_model::Outcome;
use lanescope_protocol::COLOUR_ROLES;

use super::out::Out;

/// What a colour is for, in the order of [`COLOUR_ROLES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    Ground,
    LaneGround,
    Text,
    FaintText,
    Line,
    Passed,
    Failed,
    Error,
    Skipped,
    XFailed,
    XPassed,
    Unknown,
    Flaky,
    Idle,
    Tail,
    Mark,
}

impl Role {
    /// Those of bars; what someone has to look at is drawn last, on top.
    pub(super) const BARS: [Self; 8] = [
        Self::Skipped,
        Self::XFailed,
        Self::XPassed,
        Self::Unknown,
        Self::Passed,
        Self::Flaky,
        Self::Failed,
        Self::Error,
    ];

    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::Error => Self::Error,
            Outcome::Skipped => Self::Skipped,
            Outcome::XFailed => Self::XFailed,
            Outcome::XPassed => Self::XPassed,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// The page's own colours, for what is not given: light and dark, in the order of the roles.
const OWN: [[&str; 2]; COLOUR_ROLES.len()] = [
    ["#ffffff", "#191c20"],
    ["#f1f1ee", "#15181b"],
    ["#1b1d20", "#e8eaed"],
    ["#53585f", "#a5adb7"],
    ["#e2e2dd", "#2a2f36"],
    ["#7fb5a5", "#3f7d6b"],
    ["#d4532a", "#ff7a4d"],
    ["#a8418d", "#dd7fc0"],
    ["#b9bcc0", "#555c65"],
    ["#7aaed3", "#3f7aa5"],
    ["#c9b23c", "#a8922c"],
    ["#c9c9c2", "#454c55"],
    ["#e0a030", "#f0b43c"],
    ["#dcdcd6", "#2b3036"],
    ["#c2563a", "#e07a58"],
    ["#1b1d20", "#ffffff"],
];

/// A colour per role.
pub(super) struct Colours([String; COLOUR_ROLES.len()]);

impl Colours {
    pub(super) fn new(given: &[String], dark: bool) -> Self {
        let own = OWN.map(|[light, night]| if dark { night } else { light });
        let mut at = 0;
        Self(own.map(|own| {
            let colour = given.get(at).map(|c| c.trim()).filter(|c| is_colour(c)).unwrap_or(own);
            at += 1;
            colour.to_owned()
        }))
    }

    fn get(&self, role: Role) -> &str {
        self.0.get(role as usize).map_or("none", String::as_str)
    }
}

/// Whether this is a plain colour (`#rrggbb`, `rgb(…)`, a name): nothing that could load or run anything.
fn is_colour(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '(' | ')' | ',' | '.' | '%' | '/' | ' ' | '-');
    (1..=64).contains(&text.len())
        && text.chars().all(plain)
        && !text.to_ascii_lowercase().contains("url")
        && !text.to_ascii_lowercase().contains("var")
}

/// A mark on a bar, so that colour is not the only sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Cross,
    Diamond,
    Ring,
}

/// The mark of an outcome, if it has one.
pub(super) fn mark(outcome: Outcome, flaky: bool) -> Option<Mark> {
    match outcome {
        Outcome::Failed => Some(Mark::Cross),
        Outcome::Error => Some(Mark::Diamond),
        _ if flaky => Some(Mark::Ring),
        _ => None,
    }
}

/// A picture under way.
pub(super) struct Paper {
    out: Out,
    width: f64,
    height: f64,
    colours: Colours,
}

impl Paper {
    pub(super) fn new(width: f64, height: f64, colours: Colours) -> Self {
        Self { out: Out::default(), width, height, colours }
    }

    pub(super) fn open(&mut self, title: &str, about: &str) {
        let out = &mut self.out;
        out.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"");
        out.px(self.width).raw("\" height=\"").px(self.height).raw("\" viewBox=\"0 0 ");
        out.px(self.width)
            .raw(" ")
            .px(self.height)
            .raw("\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n");
        out.raw("<title>").xml(title).raw("</title>\n");
        if !about.is_empty() {
            out.raw("<desc>").xml(about).raw("</desc>\n");
        }
        out.raw("<defs><pattern id=\"idle\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"");
        out.xml(self.colours.get(Role::Idle)).raw("\"/><path d=\"M-1 7L7 -1M-1 1L1 -1M5 7L7 5\" stroke=\"");
        out.xml(self.colours.get(Role::Tail)).raw("\" stroke-opacity=\"0.5\"/></pattern></defs>\n");
    }

    pub(super) fn rect(&mut self, role: Role, x: f64, y: f64, width: f64, height: f64) {
        let colour = self.colours.get(role);
        let out = &mut self.out;
        out.raw("<rect x=\"").px(x).raw("\" y=\"").px(y).raw("\" width=\"").px(width).raw("\" height=\"").px(height);
        out.raw("\" fill=\"").xml(colour).raw("\"/>\n");
    }

    pub(super) fn hatched(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let out = &mut self.out;
        out.raw("<rect x=\"").px(x).raw("\" y=\"").px(y).raw("\" width=\"").px(width).raw("\" height=\"").px(height);
        out.raw("\" fill=\"url(#idle)\"/>\n");
    }

    /// Text at a point, cut to so many characters.
    pub(super) fn text(&mut self, role: Role, x: f64, y: f64, anchor: &str, text: &str, chars: usize) {
        if text.is_empty() || chars == 0 {
            return;
        }
        self.begin_text(role, x, y, anchor);
        match text.char_indices().nth(chars) {
            Some(_) => {
                let cut = text.char_indices().nth(chars.saturating_sub(1)).map_or(0, |(at, _)| at);
                self.out.xml(text.get(..cut).unwrap_or("")).raw("\u{2026}");
            }
            None => _ = self.out.xml(text),
        }
        self.out.raw("</text>\n");
    }

    fn begin_text(&mut self, role: Role, x: f64, y: f64, anchor: &str) {
        let colour = self.colours.get(role);
        let out = &mut self.out;
        out.raw("<text x=\"").px(x).raw("\" y=\"").px(y).raw("\" text-anchor=\"").raw(anchor);
        out.raw("\" fill=\"").xml(colour).raw("\">");
    }

    /// The label of a tick: a point in time at the precision of the ticks' distance.
    pub(super) fn time(&mut self, x: f64, y: f64, us: i64, step_us: i64) {
        self.begin_text(Role::FaintText, x, y, "middle");
        let out = &mut self.out;
        if step_us < 1_000 {
            out.int(us).raw(" \u{b5}s");
        } else if step_us < 100_000 && us < 10_000_000 {
            out.int(us / 1_000).raw(" ms");
        } else if step_us >= 60_000_000 {
            out.int(us / 60_000_000).raw(" min");
        } else if us < 600_000_000 {
            out.decimal(us / 1_000, 3).raw(" s");
        } else {
            out.int(us / 60_000_000).raw(" min ").decimal(us % 60_000_000 / 1_000, 3).raw(" s");
        }
        out.raw("</text>\n");
    }

    /// Bars of one colour, given as left end and width.
    pub(super) fn bars(&mut self, role: Role, y: f64, height: f64, bars: &mut dyn Iterator<Item = (f64, f64)>) {
        let colour = self.colours.get(role);
        let out = &mut self.out;
        let mut any = false;
        for (x, width) in bars {
            if !std::mem::replace(&mut any, true) {
                out.raw("<path fill=\"").xml(colour).raw("\" d=\"");
            }
            // A hair between neighbours, where there is room for it.
            let width = if width > 3.0 { width - 0.5 } else { width };
            out.raw("M").px(x).raw(" ").px(y).raw("h").px(width).raw("v").px(height).raw("h").px(-width).raw("z");
        }
        if any {
            out.raw("\"/>\n");
        }
    }

    /// A mark around a point.
    pub(super) fn mark(&mut self, mark: Mark, x: f64, y: f64) {
        let colour = self.colours.get(Role::Mark);
        let out = &mut self.out;
        out.raw("<path fill=\"none\" stroke=\"").xml(colour).raw("\" stroke-width=\"1.3\" d=\"M");
        match mark {
            Mark::Cross => out.px(x - 2.0).raw(" ").px(y - 2.0).raw("l4 4m0 -4l-4 4"),
            Mark::Diamond => out.px(x).raw(" ").px(y - 2.6).raw("l2.6 2.6l-2.6 2.6l-2.6 -2.6z"),
            Mark::Ring => out.px(x - 2.2).raw(" ").px(y).raw("a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0 -4.4 0"),
        };
        out.raw("\"/>\n");
    }

    /// An entry of the legend; where the next one may begin.
    pub(super) fn legend(&mut self, x: f64, y: f64, role: Role, mark: Option<Mark>, word: &str) -> f64 {
        self.rect(role, x, y - 9.0, 10.0, 10.0);
        if let Some(mark) = mark {
            self.mark(mark, x + 5.0, y - 4.0);
        }
        self.text(Role::FaintText, x + 14.0, y, "start", word, 40);
        x + 30.0 + word.len() as f64 * 6.0
    }

    pub(super) fn close(mut self) -> Vec<u8> {
        self.out.raw("</svg>\n");
        self.out.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_colours_are_taken() {
        for good in ["#fff", "rgb(1, 2, 3)", "rgba(1 2 3 / 40%)", "tomato"] {
            assert!(is_colour(good), "{good}");
        }
        for bad in ["", "url(https://example.org)", "red\" onload=\"x", "var(--text)", "URL(x)", "<svg>"] {
            assert!(!is_colour(bad), "{bad}");
        }
    }
}

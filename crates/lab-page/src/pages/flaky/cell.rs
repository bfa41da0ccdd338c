//! What became of a test in a run, as a small picture: colour and mark. The heat map and a test's strip draw with it.

use std::f64::consts::TAU;

use lanescope_protocol::{HEAT_OUTCOMES, HEAT_RETRIED, HEAT_SET_ASIDE, HEAT_TIMES};
use web_sys::CanvasRenderingContext2d;

use lanescope_ui::charts::theme::Palette;

/// Number of the outcome of a cell without an attempt.
pub const ABSENT: u8 = 7;
/// Narrower than this there is no room for a mark, pixels.
const LEAST_MARK_PX: f64 = 7.0;

/// Number of the outcome.
pub fn outcome(cell: u8) -> u8 {
    cell & 7
}

/// Whether it finally failed.
pub fn is_bad(cell: u8) -> bool {
    matches!(outcome(cell), 1 | 2)
}

/// Time beside the usual one, 0 for unknown.
pub fn time_class(cell: u8) -> u8 {
    cell >> 5
}

/// A cell in words: `failed, set aside, 2× its usual time`.
pub fn said(cell: u8) -> String {
    let of = outcome(cell);
    let mut out = HEAT_OUTCOMES.get(usize::from(of)).copied().unwrap_or("unknown").to_owned();
    if of == ABSENT {
        return "not in this run".to_owned();
    }
    if cell & HEAT_RETRIED != 0 {
        out.push_str(" after a failing attempt");
    }
    if cell & HEAT_SET_ASIDE != 0 {
        out.push_str(", set aside");
    }
    match time_class(cell) {
        0 => {}
        3 => out.push_str(", in its usual time"),
        class => {
            let time = HEAT_TIMES.get(usize::from(class)).copied().unwrap_or_default();
            out.push_str(", time: ");
            out.push_str(time);
            if class > 3 {
                out.push_str(" the usual");
            }
        }
    }
    out
}

/// A rectangle, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// Cells to be drawn, all at once: those of one colour come one after the other.
pub struct Cells<'a> {
    /// Where to.
    pub context: &'a CanvasRenderingContext2d,
    /// Colours.
    pub palette: &'a Palette,
    /// Whether colours tell time rather than outcome.
    pub by_time: bool,
}

impl Cells<'_> {
    /// Draws them.
    pub fn draw(&self, cells: &[(Place, u8)]) {
        self.grounds(cells);
        self.marks(cells);
    }

    /// Number of the colour of a cell, and 20 for none.
    fn colour(&self, cell: u8) -> usize {
        match outcome(cell) {
            ABSENT => 20,
            _ if self.by_time => 10 + usize::from(time_class(cell)),
            0 if cell & HEAT_RETRIED != 0 => 8,
            of => usize::from(of),
        }
    }

    fn grounds(&self, cells: &[(Place, u8)]) {
        let c = self.context;
        for colour in 0..18 {
            let mut set = false;
            for (place, cell) in cells {
                if self.colour(*cell) != colour {
                    continue;
                }
                if !set {
                    c.set_fill_style_str(self.fill(colour));
                    set = true;
                }
                c.set_global_alpha(if cell & HEAT_SET_ASIDE != 0 { 0.35 } else { 1.0 });
                c.fill_rect(place.x, place.y, place.w, place.h);
            }
        }
        c.set_global_alpha(1.0);
        // A test that was not there leaves a dot, so that the row goes on for the eye.
        c.set_fill_style_str(&self.palette.line_strong);
        for (place, cell) in cells {
            if outcome(*cell) == ABSENT && place.w >= LEAST_MARK_PX {
                c.fill_rect(place.x + place.w / 2.0 - 1.0, place.y + place.h / 2.0 - 1.0, 2.0, 2.0);
            }
        }
    }

    fn fill(&self, colour: usize) -> &str {
        let p = self.palette;
        match colour {
            8 => &p.bar_flaky,
            9 => &p.idle,
            10 => &p.lane,
            11.. => {
                p.tints.get(1).and_then(|steps| steps.get(colour - 11 + usize::from(colour > 13))).map_or("", |s| s)
            }
            _ => p.bars.get(colour).map_or("", |s| s),
        }
    }

    /// Marks, one stroke for each kind of them.
    fn marks(&self, cells: &[(Place, u8)]) {
        let c = self.context;
        let mut strokes = [0u32; 2];
        // Bad ones stand out by strong strokes; the rest is fine.
        for (pass, strokes) in strokes.iter_mut().enumerate() {
            c.begin_path();
            for (place, cell) in cells {
                let bad = is_bad(*cell) || *cell & HEAT_RETRIED != 0;
                if outcome(*cell) == ABSENT || place.w < LEAST_MARK_PX || bad != (pass == 0) {
                    continue;
                }
                *strokes += u32::from(self.mark(place, *cell));
            }
            if *strokes > 0 {
                let strong = pass == 0 && !self.by_time;
                c.set_stroke_style_str(if strong { &self.palette.surface } else { &self.palette.text });
                c.set_line_width(if pass == 0 { 1.8 } else { 1.2 });
                c.stroke();
            }
        }
        self.slashes(cells);
    }

    /// Adds the mark of a cell to the path; a passed one has none.
    fn mark(&self, place: &Place, cell: u8) -> bool {
        let c = self.context;
        let (x, y) = (place.x + place.w / 2.0, place.y + place.h / 2.0);
        let r = (place.w.min(place.h) / 2.0 - 2.5).clamp(1.5, 4.0);
        let line = |x1: f64, y1: f64, x2: f64, y2: f64| {
            c.move_to(x1, y1);
            c.line_to(x2, y2);
        };
        match outcome(cell) {
            0 if cell & HEAT_RETRIED != 0 => {
                c.move_to(x - r, y + r * 0.4);
                c.line_to(x - r * 0.4, y - r * 0.5);
                c.line_to(x + r * 0.4, y + r * 0.5);
                c.line_to(x + r, y - r * 0.4);
            }
            0 => return false,
            1 => {
                line(x - r, y - r, x + r, y + r);
                line(x + r, y - r, x - r, y + r);
            }
            2 => {
                line(x, y - r - 0.5, x, y + r * 0.35);
                line(x, y + r * 0.75, x, y + r + 0.8);
            }
            3 => line(x - r * 0.8, y, x + r * 0.8, y),
            4 | 5 => {
                c.move_to(x + r * 0.8, y);
                let _ = c.arc(x, y, r * 0.8, 0.0, TAU);
            }
            _ => line(x, y - 1.0, x, y + 1.0),
        }
        true
    }

    /// A slash from corner to corner through what was set aside.
    fn slashes(&self, cells: &[(Place, u8)]) {
        let c = self.context;
        c.begin_path();
        let mut any = false;
        for (place, cell) in cells {
            if *cell & HEAT_SET_ASIDE != 0 && outcome(*cell) != ABSENT && place.w >= 4.0 {
                any = true;
                c.move_to(place.x, place.y + place.h);
                c.line_to(place.x + place.w, place.y);
            }
        }
        if any {
            c.set_stroke_style_str(&self.palette.text_3);
            c.set_line_width(1.0);
            c.stroke();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_spoken() {
        assert_eq!(said(3 << 5), "passed, in its usual time");
        assert_eq!(said(1 | HEAT_SET_ASIDE | 5 << 5), "failed, set aside, time: 2× the usual");
        assert_eq!(said(HEAT_RETRIED), "passed after a failing attempt");
        assert_eq!(said(ABSENT), "not in this run");
        assert!(is_bad(2) && !is_bad(3));
    }
}

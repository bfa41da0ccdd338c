//! Boxes of rounds on a common axis: shortest, quarters, middle, longest.

use lanescope_protocol::BenchmarkRow;
use lanescope_ui::charts::canvas::Surface;
use lanescope_ui::charts::theme::Palette;

use super::FONT;
use super::axis::{Axis, amount};

/// Height of a row, CSS pixels.
pub const ROW_PX: f64 = 26.0;
/// Height of the axis.
pub const AXIS_PX: f64 = 26.0;

/// What is drawn: rows of one unit, and the one that is chosen.
pub struct Boxes<'a> {
    /// The rows.
    pub rows: &'a [&'a BenchmarkRow],
    /// Medians in the other run, by row, where there is one.
    pub before: &'a [Option<f64>],
    /// Place of the chosen one.
    pub chosen: Option<usize>,
    /// Place of the row under the pointer.
    pub hover: Option<usize>,
}

/// Width of the names.
pub fn names_px(width: f64) -> f64 {
    (width * 0.3).clamp(96.0, 280.0)
}

impl Boxes<'_> {
    /// Draws them.
    pub fn draw(&self, s: &Surface, p: &Palette) {
        let c = &s.context;
        let left = names_px(s.width);
        let room = (s.width - left - 16.0).max(10.0);
        let values = self.rows.iter().flat_map(|row| {
            let t = &row.stats;
            [t.min, t.q1, t.median, t.mean, t.q3, t.max].into_iter().flatten()
        });
        let values = values.chain(self.before.iter().flatten().copied());
        let Some(axis) = Axis::around(values) else { return };
        let unit = self.rows.first().map_or("s", |row| row.unit.as_str());
        let x = |value: f64| left + axis.place(value) * room;
        let bottom = ROW_PX * self.rows.len() as f64;
        c.set_font(FONT);
        c.set_text_baseline("middle");
        c.set_text_align("center");
        let mut free = left - 20.0;
        for tick in axis.ticks((room / 76.0) as usize) {
            let at = x(tick).round() + 0.5;
            c.set_fill_style_str(&p.line);
            c.fill_rect(at - 0.5, 0.0, 1.0, bottom);
            let text = amount(tick, unit).replace(".00", "").replace(".0\u{a0}", "\u{a0}");
            let half = text.chars().count() as f64 * 3.2;
            if at - half > free && at + half < s.width {
                c.set_fill_style_str(&p.text_3);
                let _ = c.fill_text(&text, at, bottom + AXIS_PX / 2.0);
                free = at + half + 10.0;
            }
        }
        for (at, row) in self.rows.iter().enumerate() {
            self.row(s, p, at, row, &x);
        }
    }

    fn row(&self, s: &Surface, p: &Palette, at: usize, row: &BenchmarkRow, x: &dyn Fn(f64) -> f64) {
        let c = &s.context;
        let top = ROW_PX * at as f64;
        let middle = top + ROW_PX / 2.0;
        let chosen = self.chosen == Some(at);
        if chosen || self.hover == Some(at) {
            c.set_fill_style_str(if chosen { &p.accent_ground } else { &p.lane });
            c.set_global_alpha(if chosen { 1.0 } else { 0.6 });
            c.fill_rect(0.0, top, s.width, ROW_PX);
            c.set_global_alpha(1.0);
        }
        c.set_text_align("left");
        c.set_fill_style_str(if chosen { &p.text } else { &p.text_2 });
        let fits = ((names_px(s.width) - 16.0) / 6.1) as usize;
        let _ = c.fill_text(&clip(short(&row.name), fits), 8.0, middle);
        let t = &row.stats;
        let colour = if chosen { &p.accent } else { &p.text_2 };
        let line =
            |from: f64, to: f64, y: f64, thick: f64| c.fill_rect(from, y - thick / 2.0, (to - from).max(1.0), thick);
        c.set_fill_style_str(&p.line_strong);
        if let Some((min, max)) = t.min.zip(t.max) {
            line(x(min), x(max), middle, 1.0);
            for end in [min, max] {
                c.fill_rect(x(end) - 0.5, middle - 4.0, 1.0, 8.0);
            }
        }
        c.set_fill_style_str(colour);
        if let Some((q1, q3)) = t.q1.zip(t.q3) {
            c.set_global_alpha(if chosen { 0.45 } else { 0.3 });
            line(x(q1), x(q3).max(x(q1) + 3.0), middle, 12.0);
            c.set_global_alpha(1.0);
        }
        if let Some(value) = self.before.get(at).copied().flatten() {
            c.set_stroke_style_str(&p.text_2);
            c.set_line_width(1.0);
            c.begin_path();
            let _ = c.arc(x(value), middle, 3.5, 0.0, std::f64::consts::TAU);
            c.stroke();
        }
        if let Some(value) = t.median.or(t.mean) {
            c.fill_rect(x(value) - 1.0, middle - 7.0, 2.0, 14.0);
        }
    }
}

/// The name without the folders and the file before it.
pub fn short(name: &str) -> &str {
    name.rfind("::").and_then(|at| name.get(at + 2..)).unwrap_or(name)
}

fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let half = most.saturating_sub(1) / 2;
    let head: String = text.chars().take(most.saturating_sub(1) - half).collect();
    let tail: String = text.chars().skip(text.chars().count() - half).collect();
    format!("{head}…{tail}")
}

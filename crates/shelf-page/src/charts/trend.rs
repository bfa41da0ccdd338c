//! A benchmark over all runs, with its steps.

use lanescope_protocol::{BenchmarkSeries, BenchmarkStep};
use lanescope_ui::charts::canvas::Surface;
use lanescope_ui::charts::theme::Palette;
use lanescope_ui::ui::format;

use super::FONT;
use super::axis::{Axis, amount};

const LEFT_PX: f64 = 64.0;
const RIGHT_PX: f64 = 16.0;
const TOP_PX: f64 = 20.0;
const AXIS_PX: f64 = 22.0;

/// What is drawn.
pub struct Trend<'a> {
    /// The benchmark.
    pub series: &'a BenchmarkSeries,
    /// By run, what all its benchmarks have in common: the machine.
    pub common: &'a [f64],
    /// Its steps.
    pub steps: &'a [&'a BenchmarkStep],
    /// Place of the run that is shown.
    pub now: Option<usize>,
    /// Place of the run under the pointer.
    pub at: Option<usize>,
}

/// The run at a place of the chart.
pub fn run_at(x: f64, width: f64, runs: usize) -> Option<usize> {
    let room = width - LEFT_PX - RIGHT_PX;
    if runs == 0 || room <= 0.0 {
        return None;
    }
    Some((((x - LEFT_PX) / room * runs as f64).max(0.0) as usize).min(runs - 1))
}

impl Trend<'_> {
    /// Draws it.
    pub fn draw(&self, s: &Surface, p: &Palette) {
        let c = &s.context;
        let points = &self.series.points;
        let own = points
            .iter()
            .enumerate()
            .filter_map(|(at, point)| Some(point.as_ref()?.map(|value| value / self.common(at))));
        let Some(axis) = Axis::around(points.iter().flatten().map(|point| point[1]).chain(own.flatten())) else {
            return;
        };
        let bottom = s.height - AXIS_PX;
        let room = (s.width - LEFT_PX - RIGHT_PX).max(10.0);
        let step = room / points.len().max(1) as f64;
        let x = |at: usize| LEFT_PX + (at as f64 + 0.5) * step;
        let y = |value: f64| bottom - axis.place(value) * (bottom - TOP_PX);
        c.set_font(FONT);
        c.set_text_baseline("middle");
        c.set_text_align("right");
        for tick in axis.ticks(((bottom - TOP_PX) / 30.0) as usize) {
            let at = y(tick).round();
            c.set_fill_style_str(&p.line);
            c.fill_rect(LEFT_PX, at, room, 1.0);
            c.set_fill_style_str(&p.text_3);
            let _ = c.fill_text(&amount(tick, &self.series.unit), LEFT_PX - 8.0, at);
        }
        if let Some(at) = self.at.or(self.now) {
            c.set_fill_style_str(&p.accent_ground);
            c.fill_rect(x(at) - step.min(24.0) / 2.0, TOP_PX, step.min(24.0), bottom - TOP_PX);
        }
        self.marks(s, p, &x, bottom);
        // As measured, where that is something else.
        c.set_fill_style_str(&p.text_3);
        for (at, point) in points.iter().enumerate() {
            if let Some([_, middle, _]) = point.filter(|_| (self.common(at) - 1.0).abs() > 0.005) {
                c.begin_path();
                let _ = c.arc(x(at), y(middle), 2.0, 0.0, std::f64::consts::TAU);
                c.fill();
            }
        }
        let mut before: Option<(f64, f64)> = None;
        for (at, point) in points.iter().enumerate() {
            let Some([low, middle, high]) = point.map(|point| point.map(|value| value / self.common(at))) else {
                before = None;
                continue;
            };
            c.set_fill_style_str(&p.accent);
            c.set_global_alpha(0.3);
            let (top, end) = (y(high), y(low));
            c.fill_rect(x(at) - 2.0, top, 4.0, (end - top).max(1.0));
            c.set_global_alpha(1.0);
            let now = (x(at), y(middle));
            if let Some(from) = before {
                c.set_stroke_style_str(&p.accent);
                c.set_line_width(1.5);
                c.begin_path();
                c.move_to(from.0, from.1);
                c.line_to(now.0, now.1);
                c.stroke();
            }
            c.begin_path();
            let _ = c.arc(now.0, now.1, 2.5, 0.0, std::f64::consts::TAU);
            c.fill();
            before = Some(now);
        }
        c.set_text_align("center");
        c.set_fill_style_str(&p.text_3);
        let _ = c.fill_text("run", LEFT_PX / 2.0, bottom + AXIS_PX / 2.0);
        let every = (44.0 / step).ceil().max(1.0) as usize;
        for at in (0..points.len()).step_by(every) {
            let _ = c.fill_text(&(at + 1).to_string(), x(at), bottom + AXIS_PX / 2.0);
        }
    }

    fn common(&self, at: usize) -> f64 {
        self.common.get(at).copied().filter(|factor| *factor > 0.0).unwrap_or(1.0)
    }

    /// The steps: a line before the first run after each, with its factor.
    fn marks(&self, s: &Surface, p: &Palette, x: &dyn Fn(usize) -> f64, bottom: f64) {
        let c = &s.context;
        for step in self.steps {
            let first = (step.from_run as usize).saturating_sub(1);
            let at = (x(first) + x(first.saturating_sub(1))) / 2.0;
            c.set_fill_style_str(if step.ratio > 1.0 { &p.error } else { &p.text_2 });
            c.fill_rect(at.round(), TOP_PX, 1.5, bottom - TOP_PX);
            c.set_text_align(if at > s.width - 90.0 { "right" } else { "left" });
            let word = if step.ratio > 1.0 { "slower" } else { "faster" };
            let factor = if step.ratio > 1.0 { step.ratio } else { 1.0 / step.ratio };
            let _ = c.fill_text(
                &format!("{} {word}", format::times(factor)),
                at + if at > s.width - 90.0 { -4.0 } else { 5.0 },
                TOP_PX / 2.0,
            );
        }
    }
}

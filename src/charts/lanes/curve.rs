//! The painter of the curves above and below the lanes: an area of steps, a line to hold it against, direct labels.

use lanescope_protocol::{Provenance, Series};
use web_sys::CanvasRenderingContext2d;

use crate::charts::canvas::Surface;
use crate::charts::lanes::axis;
use crate::charts::lanes::curves::lanes_of;
use crate::charts::lanes::hatch::{Hatch, Hatches};
use crate::charts::lanes::series::SeriesCache;
use crate::charts::lanes::span::{Scale, Span};
use crate::charts::theme::Palette;
use crate::ui::format;

/// Room above the highest value, for the labels; the numbers in the gutter stand at the same height, pixels.
const TOP_PX: f64 = 14.0;
/// Half the height of a label, pixels.
const HALF_PX: f64 = 7.0;
/// Where a label needs as much room as this to its left, pixels.
const LABEL_PX: f64 = 84.0;

/// What a curve shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tests running at a time, against the number of workers.
    Running,
    /// Attempts done, against all workers busy all the time.
    Completions,
}

impl Kind {
    /// The highest value of the axis.
    pub fn most(self, series: &Series) -> u32 {
        match self {
            Self::Running => series.workers.max(series.peak),
            Self::Completions => series.total,
        }
        .max(1)
    }
}

/// One view of the curves.
pub struct Plot<'a> {
    /// What is at hand: of the run, and of a second one on the same clock.
    pub caches: &'a [SeriesCache; 2],
    /// What is visible.
    pub view: Span,
    /// The stretch that is measured.
    pub range: Option<Span>,
    /// Pixels of the lanes: a canvas may be wider.
    pub width: f64,
    /// The theme's colours.
    pub palette: &'a Palette,
    /// Patterns of the theme.
    pub hatches: &'a Hatches,
    /// The page's font.
    pub font: &'a str,
}

/// The highest value of the axis that both runs share.
pub fn most(kind: Kind, caches: &[SeriesCache; 2]) -> u32 {
    caches.iter().filter_map(SeriesCache::whole).map(|whole| kind.most(whole)).max().unwrap_or(1)
}

/// Paints a curve.
pub fn paint(surface: &Surface, kind: Kind, plot: &Plot) {
    let [cache, second] = plot.caches;
    let Some(whole) = cache.whole() else { return };
    let (context, palette) = (&surface.context, plot.palette);
    let scale = Scale::new(plot.view, plot.width);
    let most = f64::from(most(kind, plot.caches));
    let bottom = surface.height - 1.0;
    let y = |value: f64| bottom - (bottom - TOP_PX) * (value / most);
    let snap = |x: f64| (x * surface.ratio).round() / surface.ratio;
    let (from, to) = (scale.x(cache.tests.from_s).max(0.0), scale.x(cache.tests.to_s).min(plot.width));
    let points_of = |cache: &SeriesCache| {
        let (from, to) = (scale.x(cache.tests.from_s).max(0.0), scale.x(cache.tests.to_s).min(plot.width));
        steps(from, to, &|left, right| {
            let span = Span::new(scale.s(left), scale.s(right));
            Some(y(match kind {
                Kind::Running => cache.running(span)?,
                Kind::Completions => f64::from(cache.done(span.to_s.min(cache.tests.to_s))?),
            }))
        })
    };
    let points = points_of(cache);
    context.set_fill_style_str(&palette.accent);
    context.set_global_alpha(0.16);
    area(context, &points, bottom);
    context.set_global_alpha(1.0);
    if whole.provenance != Provenance::Recorded {
        let _ = context.set_global_composite_operation("source-atop");
        plot.hatches.fill(surface, Hatch::NotRecorded, scale.x(0.0), &[[0.0, 0.0, plot.width, surface.height]]);
    }
    let _ = context.set_global_composite_operation("destination-over");
    context.set_fill_style_str(&palette.line);
    for (s, _) in axis::ticks(plot.view, plot.width, axis::apart_px(plot.width)) {
        context.fill_rect(snap(scale.x(s)), TOP_PX, 1.0 / surface.ratio, bottom - TOP_PX);
    }
    context.fill_rect(0.0, bottom, plot.width, 1.0);
    if let Some(range) = plot.range.and_then(|range| range.common(plot.view)) {
        context.set_fill_style_str(&palette.accent_ground);
        context.fill_rect(scale.x(range.from_s), 0.0, range.len_s() * scale.px_per_s, bottom);
    }
    let _ = context.set_global_composite_operation("source-over");
    let mut font = String::from("11px ");
    font.push_str(plot.font);
    context.set_font(&font);
    context.set_text_baseline("middle");
    context.set_line_width(1.25);
    // The second run has no area: a quiet line of its own, below that of the first.
    context.set_stroke_style_str(&palette.text_2);
    line(context, &points_of(second));
    context.set_stroke_style_str(&palette.accent);
    line(context, &points);
    context.set_stroke_style_str(&palette.text_3);
    context.set_line_width(1.0);
    let known = match whole.provenance {
        Provenance::Recorded => "",
        Provenance::Rebuilt => ", rebuilt",
        Provenance::Simulated => ", simulated",
        Provenance::Unknown => ", unknown",
    };
    if to <= from {
        return;
    }
    // Where the run is too narrow for the labels they stand after it.
    let narrow = to - from < 2.0 * LABEL_PX && plot.width - to > LABEL_PX;
    let (align, right) = if narrow { ("left", to + 6.0) } else { ("right", to - 4.0) };
    match kind {
        Kind::Running => {
            let top = snap(y(f64::from(whole.workers))) + 0.5;
            line(context, &[[from, top], [to, top]]);
            let workers = lanes_of(whole);
            if right > LABEL_PX {
                label(context, palette, &workers, align, right, (top - HALF_PX).max(HALF_PX));
            }
            if let Some(mean) = cache.visible_mean(plot.view) {
                let at = snap(y(mean)) + 0.5;
                dashed(context, &[[from, at], [to, at]]);
                let text = format!("mean {}, start to stop{known}", format::mean(mean));
                let wide = context.measure_text(&text).map_or(2.0 * LABEL_PX, |m| m.width());
                if from > wide + 12.0 {
                    // Before the first start nothing crosses it.
                    label(context, palette, &text, "right", from - 6.0, at);
                } else {
                    // Above the line, if the line of the workers leaves room there.
                    let beside = if at - top > 2.0 * HALF_PX { at - HALF_PX } else { at + HALF_PX + 1.0 };
                    label(context, palette, &text, "left", from + 4.0, beside);
                }
            }
        }
        Kind::Completions => {
            // Only what is visible: dashes of a line that goes on for ever take as long.
            let ideal_s = whole.ideal_to_s;
            if let Some(span) = Span::new(0.0, ideal_s).common(plot.view) {
                let at = |s: f64| [scale.x(s), y(f64::from(whole.total) * s / ideal_s)];
                dashed(context, &[at(span.from_s), at(span.to_s)]);
                // Beside the upper end of the line, above all curves.
                let end = scale.x(span.to_s);
                let (align, x, y) = if narrow {
                    ("left", right, TOP_PX + HALF_PX)
                } else if end + LABEL_PX < plot.width {
                    ("left", end + 6.0, HALF_PX)
                } else {
                    ("right", end - 4.0, HALF_PX)
                };
                let mut text = String::from("ideal: ");
                text.push_str(&format::seconds(ideal_s));
                label(context, palette, &text, align, x, y);
            }
            let mut text = format::plural(whole.total.into(), "attempt", "attempts");
            text.push_str(known);
            if right > LABEL_PX {
                label(context, palette, &text, align, right, bottom - HALF_PX - 2.0);
            }
        }
    }
}

/// Corners of steps from one pixel to another; `y` gives the height between two of them.
fn steps(from: f64, to: f64, y: &dyn Fn(f64, f64) -> Option<f64>) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = Vec::new();
    let mut x = from;
    while x < to {
        let next = (x.floor() + 1.0).min(to);
        if let Some(now) = y(x, next) {
            match points.last() {
                Some(&[_, before]) if (before - now).abs() < 0.05 => {}
                Some(&[_, before]) => points.extend([[x, before], [x, now]]),
                None => points.push([x, now]),
            }
        }
        x = next;
    }
    if let Some(&[_, last]) = points.last() {
        points.push([to, last]);
    }
    points
}

fn trace(context: &CanvasRenderingContext2d, points: &[[f64; 2]]) {
    context.begin_path();
    for [x, y] in points {
        context.line_to(*x, *y);
    }
}

fn line(context: &CanvasRenderingContext2d, points: &[[f64; 2]]) {
    trace(context, points);
    context.stroke();
}

fn area(context: &CanvasRenderingContext2d, points: &[[f64; 2]], bottom: f64) {
    let (Some([left, _]), Some([right, _])) = (points.first(), points.last()) else { return };
    trace(context, points);
    context.line_to(*right, bottom);
    context.line_to(*left, bottom);
    context.fill();
}

fn dashed(context: &CanvasRenderingContext2d, points: &[[f64; 2]]) {
    let dashes = |lengths: &[f64]| {
        let array = js_sys::Array::new();
        for &length in lengths {
            array.push(&length.into());
        }
        let _ = context.set_line_dash(&array);
    };
    dashes(&[4.0, 3.0]);
    line(context, points);
    dashes(&[]);
}

/// Text with an edge of the ground around it, so that a line behind it does not cross it.
fn label(context: &CanvasRenderingContext2d, palette: &Palette, text: &str, align: &str, x: f64, y: f64) {
    context.set_text_align(align);
    context.set_stroke_style_str(&palette.surface);
    context.set_line_width(3.0);
    let _ = context.stroke_text(text, x, y);
    context.set_fill_style_str(&palette.text_2);
    let _ = context.fill_text(text, x, y);
    context.set_stroke_style_str(&palette.text_3);
    context.set_line_width(1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_corners_only_where_they_change() {
        let points = steps(0.0, 100.0, &|left, _| Some(if left < 40.0 { 10.0 } else { 30.0 }));
        assert_eq!(points, [[0.0, 10.0], [40.0, 10.0], [40.0, 30.0], [100.0, 30.0]]);
        assert_eq!(steps(5.0, 5.0, &|_, _| Some(1.0)), Vec::<[f64; 2]>::new());
        assert_eq!(steps(0.0, 3.0, &|_, _| None), Vec::<[f64; 2]>::new());
        let part = steps(2.5, 3.25, &|_, right| Some(right));
        assert_eq!(part, [[2.5, 3.0], [3.0, 3.0], [3.0, 3.25], [3.25, 3.25]]);
    }

    #[test]
    fn the_axis_reaches_what_ran() {
        let series = Series { workers: 4, peak: 6, total: 0, ..Series::default() };
        assert_eq!((Kind::Running.most(&series), Kind::Completions.most(&series)), (6, 1));
    }
}

//! Drawing a picture: axes, bands, lines, columns, labels at the ends of lines.

use lanescope_ui::charts::theme::{self, Palette};

use super::pen::{Anchor, Ink, Pen};
use super::picture::{Picture, Series, Shape};
use super::scale::Spacing;

/// Width of a letter of a label, about.
const LETTER_PX: f64 = 6.2;
/// Lines of labels are so far apart.
const LINE_PX: f64 = 13.0;

/// Where the picture lies on its canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

fn width(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER_PX
}

impl Frame {
    /// The frame of a picture on a canvas of a size.
    pub fn of(picture: &Picture, size: (f64, f64)) -> Self {
        let ticks = y_ticks(picture, size.1);
        let left = ticks.iter().map(|&y| width(&picture.y.tick(y))).fold(18.0, f64::max) + 10.0;
        let label = |series: &&Series| has_label(series);
        let right = picture.series.iter().filter(label).map(|s| width(&s.name) + 12.0).fold(14.0, f64::max);
        Self { left, top: 26.0, right: (size.0 - right.min(size.0 * 0.34)).max(left + 20.0), bottom: size.1 - 34.0 }
    }

    /// Where a value of the horizontal axis lies.
    pub fn x(&self, picture: &Picture, value: f64) -> f64 {
        let axis = &picture.x;
        self.left + (self.right - self.left) * axis.spacing.share(value, axis.from, axis.to)
    }

    /// Where a value of the vertical axis lies.
    pub fn y(&self, picture: &Picture, value: f64) -> f64 {
        let axis = &picture.y;
        self.bottom - (self.bottom - self.top) * axis.spacing.share(value, axis.from, axis.to).clamp(0.0, 1.0)
    }
}

fn has_label(series: &Series) -> bool {
    matches!(series.shape, Shape::Line | Shape::Dashed) && !series.dots.is_empty() && !series.name.is_empty()
}

fn y_ticks(picture: &Picture, height: f64) -> Vec<f64> {
    let most = ((height - 60.0) / 34.0).clamp(2.0, 8.0) as usize;
    picture.y.spacing.ticks(picture.y.from, picture.y.to, most, picture.y.unit)
}

fn x_ticks(picture: &Picture, frame: &Frame) -> Vec<f64> {
    let axis = &picture.x;
    let widest = axis.names.iter().map(|name| width(name)).fold(36.0, f64::max);
    let most = ((frame.right - frame.left) / (widest + 16.0)).clamp(2.0, 16.0) as usize;
    axis.spacing.ticks(axis.from, axis.to, most, axis.unit)
}

/// Draws everything.
pub fn draw(picture: &Picture, size: (f64, f64), palette: &Palette, pen: &mut dyn Pen) {
    let frame = Frame::of(picture, size);
    let ink = |color: &str, alpha: f64, width: f64| Ink { rgb: theme::rgb(color), alpha, width };
    let tint = |series: &Series, alpha: f64, width: f64| {
        let classes = palette.tints.first();
        let color = classes.and_then(|c| c.get(usize::from(series.tint))).map_or("", String::as_str);
        ink(color, alpha, width)
    };
    axes(picture, &frame, size, &ink(&palette.line, 1.0, 1.0), &ink(&palette.text_3, 1.0, 1.0), pen);
    for series in &picture.series {
        band(picture, &frame, series, tint(series, 0.16, 1.0), pen);
    }
    let quiet = ink(&palette.text_2, 1.0, 1.0);
    for rule in &picture.rules {
        let line = ink(&palette.text_3, 0.8, 1.0);
        if rule.upright {
            let x = frame.x(picture, rule.at);
            pen.line(&[(x, frame.top), (x, frame.bottom)], line, true);
            let at_end = x + width(&rule.name) + 8.0 > frame.right;
            let (x, anchor) = if at_end { (x - 4.0, Anchor::End) } else { (x + 4.0, Anchor::Start) };
            pen.text((x, frame.top + 6.0), &rule.name, quiet, anchor);
        } else {
            let y = frame.y(picture, rule.at);
            pen.line(&[(frame.left, y), (frame.right, y)], line, true);
            pen.text((frame.right - 4.0, y - 8.0), &rule.name, quiet, Anchor::End);
        }
    }
    for series in &picture.series {
        let strength = if series.strong { 2.25 } else { 1.5 };
        let at = |dot: &super::picture::Dot| (frame.x(picture, dot.x), frame.y(picture, dot.y));
        let points: Vec<(f64, f64)> = series.dots.iter().map(at).collect();
        match series.shape {
            Shape::Line | Shape::Dashed => {
                pen.line(&points, tint(series, 1.0, strength), series.shape == Shape::Dashed);
                if series.shape == Shape::Line && series.dots.len() <= 40 {
                    let radius = if series.strong { 3.0 } else { 2.0 };
                    points.iter().for_each(|&at| pen.dot(at, radius, tint(series, 1.0, 1.0), true));
                }
            }
            Shape::Rings => {
                for &at in &points {
                    pen.dot(at, 5.0, ink(&palette.surface, 1.0, 1.0), true);
                    pen.dot(at, 5.0, ink(&palette.text, 1.0, 2.0), false);
                }
            }
            Shape::Columns => {
                for dot in &series.dots {
                    let (x, to, y) = (frame.x(picture, dot.x), frame.x(picture, dot.to), frame.y(picture, dot.y));
                    // A hair between columns, and nothing so small that it is not seen.
                    let y = if dot.y > 0.0 { y.min(frame.bottom - 1.5) } else { frame.bottom };
                    let x = x + if to - x > 4.0 { 0.75 } else { 0.0 };
                    let right = (to - 0.75).max(x + 1.0);
                    pen.area(&[(x, y), (right, y), (right, frame.bottom), (x, frame.bottom)], tint(series, 1.0, 1.0));
                }
            }
        }
    }
    for mark in &picture.marks {
        let (x, y) = (frame.x(picture, mark.x), frame.y(picture, mark.y));
        pen.dot((x, y), 6.5, ink(&palette.text, 1.0, 1.5), false);
        let above = y - 15.0;
        let half = width(&mark.name) / 2.0;
        // At the right edge it would stand on the names of the lines.
        let (x, anchor) =
            if x + half > frame.right { (x - 9.0, Anchor::End) } else { (x.max(frame.left + half), Anchor::Middle) };
        let y = if above < frame.top { y + 16.0 } else { above };
        // On a plate, so that no line strikes it through.
        let (from, to) = if anchor == Anchor::End { (x - half * 2.0, x) } else { (x - half, x + half) };
        let plate = [(from, y - 7.0), (to, y - 7.0), (to, y + 7.0), (from, y + 7.0)];
        pen.area(&plate, ink(&palette.surface, 0.85, 1.0));
        pen.text((x, y), &mark.name, ink(&palette.text, 1.0, 1.0), anchor);
    }
    labels(picture, &frame, &quiet, &tint, pen);
}

fn axes(picture: &Picture, frame: &Frame, size: (f64, f64), line: &Ink, text: &Ink, pen: &mut dyn Pen) {
    for value in y_ticks(picture, size.1) {
        let y = frame.y(picture, value);
        pen.line(&[(frame.left, y), (frame.right, y)], *line, false);
        pen.text((frame.left - 6.0, y), &picture.y.tick(value), *text, Anchor::End);
    }
    pen.text((0.0, 9.0), &picture.y.name, *text, Anchor::Start);
    let mut free = f64::NEG_INFINITY;
    for value in x_ticks(picture, frame) {
        let (x, name) = (frame.x(picture, value), picture.x.tick(value));
        pen.line(&[(x, frame.bottom), (x, frame.bottom + 4.0)], *line, false);
        let half = width(&name) / 2.0;
        if x - half > free {
            pen.text((x, frame.bottom + 12.0), &name, *text, Anchor::Middle);
            free = x + half + 4.0;
        }
    }
    let spaced = if picture.x.spacing == Spacing::Even { "" } else { " (logarithmic)" };
    pen.text((frame.right, frame.bottom + 26.0), &format!("{}{spaced}", picture.x.name), *text, Anchor::End);
}

fn band(picture: &Picture, frame: &Frame, series: &Series, ink: Ink, pen: &mut dyn Pen) {
    let with = || series.dots.iter().filter_map(|dot| dot.band.map(|band| (frame.x(picture, dot.x), band)));
    let lower = with().map(|(x, (low, _))| (x, frame.y(picture, low)));
    let mut outline: Vec<(f64, f64)> = lower.collect();
    let mut upper: Vec<(f64, f64)> = with().map(|(x, (_, high))| (x, frame.y(picture, high))).collect();
    upper.reverse();
    outline.append(&mut upper);
    match (series.shape, outline.as_slice()) {
        // A value that stands alone has a whisker in place of a band.
        (Shape::Rings, _) => {
            for (x, (low, high)) in with() {
                pen.line(
                    &[(x, frame.y(picture, low)), (x, frame.y(picture, high))],
                    Ink { alpha: 0.6, width: 1.5, ..ink },
                    false,
                );
            }
        }
        (_, [_, _, _, ..]) => pen.area(&outline, ink),
        (_, [a, b]) => pen.line(&[*a, *b], Ink { alpha: 0.4, width: 3.0, ..ink }, false),
        _ => {}
    }
}

/// Names stand at the ends of their lines, none over another.
fn labels(picture: &Picture, frame: &Frame, ink: &Ink, tint: &dyn Fn(&Series, f64, f64) -> Ink, pen: &mut dyn Pen) {
    let with = picture.series.iter().filter(|series| has_label(series));
    let mut ends: Vec<(f64, f64, &Series)> = Vec::new();
    // Few, so each is put in its place.
    for series in with {
        let Some(last) = series.dots.last() else { continue };
        let new = (frame.y(picture, last.y), frame.x(picture, last.x), series);
        ends.insert(ends.partition_point(|old| old.0 <= new.0), new);
    }
    // The room below is that of the horizontal axis.
    let ys = apart(ends.iter().map(|end| end.0).collect(), frame.top, frame.bottom);
    for (y, (line_y, line_x, series)) in ys.into_iter().zip(ends) {
        let x = line_x + 8.0;
        // A line that leads from the end to a name that had to give way.
        if (y - line_y).abs() > 4.0 {
            pen.line(&[(line_x + 3.0, line_y), (x, y)], tint(series, 0.7, 1.0), false);
        }
        pen.text((x + 2.0, y), &series.name, *ink, Anchor::Start);
    }
}

/// Moves heights, which are in order, so far apart that lines of text do not touch.
fn apart(mut ys: Vec<f64>, top: f64, bottom: f64) -> Vec<f64> {
    let mut free = top;
    for y in &mut ys {
        *y = y.max(free);
        free = *y + LINE_PX;
    }
    let mut free = bottom;
    for y in ys.iter_mut().rev() {
        *y = y.min(free);
        free = *y - LINE_PX;
    }
    ys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_apart_and_inside() {
        let ys = apart(vec![10.0, 11.0, 95.0, 96.0], 0.0, 100.0);
        assert!(ys.windows(2).all(|pair| pair[1] - pair[0] >= LINE_PX - 1e-9), "{ys:?}");
        assert!(ys.iter().all(|y| (0.0..=100.0).contains(y)));
    }
}

//! From bars in seconds to rectangles in pixels, grouped by colour. Plain data: no screen is needed to test it.

use std::rc::Rc;

use lanescope_protocol::MERGED;

use crate::charts::lanes::bars::Bars;
use crate::charts::lanes::rows::Rows;
use crate::charts::lanes::span::{Scale, Span};

/// Left, top, width, height in CSS pixels.
pub type Rect = [f64; 4];

/// Colours of bars: the seven outcome codes, and attempts of flaky tests.
pub const KINDS: usize = 8;
/// The kind of a passed attempt of a flaky test.
pub const FLAKY: usize = 7;
/// Strengths of a colour: a merged bar with much air in it is paler.
pub const LEVELS: usize = 4;
/// Order of painting: what needs a look lies on top.
pub const PAINT_ORDER: [usize; KINDS] = [3, 4, 0, 5, 6, FLAKY, 1, 2];

/// Setup and teardown are told apart from the call in bars at least this wide, pixels.
const PHASES_PX: f64 = 6.0;
/// Marks are put into bars at least this wide, pixels.
pub const MARK_PX: f64 = 14.0;
/// Names are put into bars at least this wide, pixels.
pub const NAME_PX: f64 = 40.0;
/// Lanes lower than this carry no underlines, pixels.
const UNDERLINED_PX: f64 = 7.0;
/// Lanes lower than this carry no marks and names, pixels.
const READABLE_PX: f64 = 11.0;

/// A mark in or above a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Kind of the bar.
    pub kind: usize,
    /// Where, pixels: the mark's own box inside a bar, or the bar where it stands above it.
    pub rect: Rect,
}

/// A bar that has room for a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    /// Row of the attempt.
    pub attempt: u32,
    /// Length of the bar, seconds.
    pub len_s: f64,
    /// Where there is room for text, pixels.
    pub rect: Rect,
}

/// Everything to paint of the bars of one view.
#[derive(Clone, Debug, Default)]
pub struct Batches {
    /// Bars by kind and level.
    pub bars: [[Vec<Rect>; LEVELS]; KINDS],
    /// Setup and teardown inside bars.
    pub phases: Vec<Rect>,
    /// Underlines of second and later attempts.
    pub retries: Vec<Rect>,
    /// Marks inside bars.
    pub marks: Vec<Mark>,
    /// Notches above bars that are too narrow for a mark.
    pub notches: Vec<Mark>,
    /// Bars with room for a name.
    pub wide: Vec<Wide>,
}

/// The kind of a bar.
pub fn kind_of(outcome: u8, flags: u8) -> usize {
    match outcome {
        0 if flags & 2 != 0 => FLAKY,
        code @ 0..=6 => usize::from(code),
        _ => 6,
    }
}

/// Whether a kind needs a look.
pub fn is_bad(kind: usize) -> bool {
    matches!(kind, 1 | 2)
}

fn level_of(fill: f32) -> usize {
    match fill {
        f if f >= 0.85 => 3,
        f if f >= 0.55 => 2,
        f if f >= 0.25 => 1,
        _ => 0,
    }
}

impl Batches {
    /// Forgets everything, and keeps the memory for the next view.
    pub fn clear(&mut self) {
        self.bars.iter_mut().flatten().for_each(Vec::clear);
        self.phases.clear();
        self.retries.clear();
        self.marks.clear();
        self.notches.clear();
        self.wide.clear();
    }

    /// Rectangles of bars, all kinds.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.bars.iter().flatten().map(Vec::len).sum()
    }

    /// Lays out what is visible of these frames. `ratio` is device pixels per CSS pixel.
    pub fn lay_out(&mut self, pieces: &[(Rc<Bars>, Span)], scale: Scale, rows: &Rows, ratio: f64) {
        self.clear();
        for (bars, span) in pieces {
            for lane in rows.visible() {
                self.lane(bars, *span, lane, scale, rows, ratio);
            }
        }
    }

    fn lane(&mut self, bars: &Bars, span: Span, lane: u32, scale: Scale, rows: &Rows, ratio: f64) {
        let snap = |x: f64| (x * ratio).round() / ratio;
        let (left, right) = (snap(scale.x(span.from_s)), snap(scale.x(span.to_s)));
        let (y, height) = (snap(rows.y(lane)), snap(rows.bar_height()).max(1.0 / ratio));
        let readable = rows.bar_height() >= READABLE_PX;
        let frame = &bars.frame;
        let range = bars.touching(lane, span);
        let columns = frame.from_s.get(range.clone()).unwrap_or_default().iter();
        let ends = frame.to_s.get(range.clone()).unwrap_or_default();
        for (i, (&from_s, &to_s)) in range.zip(columns.zip(ends)) {
            let (Some(&outcome), Some(&flags), Some(&fill), Some(&attempt)) =
                (frame.outcome.get(i), frame.flags.get(i), frame.fill.get(i), frame.attempt.get(i))
            else {
                break;
            };
            let kind = kind_of(outcome, flags);
            let full = (scale.x(from_s), scale.x(to_s));
            let (x0, x1) = (snap(full.0.max(left)), snap(full.1.min(right)));
            let level = if is_bad(kind) { LEVELS - 1 } else { level_of(fill) };
            let least = if is_bad(kind) { 2.0 } else { 1.0 };
            let width = (x1 - x0).max(least);
            // Air to the next bar, where there is room for it.
            let air = if width >= 6.0 {
                1.0
            } else if width >= 3.0 {
                1.0 / ratio
            } else {
                0.0
            };
            let air = if full.1 > right { 0.0 } else { air };
            let rect = [x0, y, width - air, height];
            push_joined(&mut self.bars, kind, level, rect);
            if attempt == MERGED {
                if is_bad(kind) && readable && width < MARK_PX {
                    self.notches.push(Mark { kind, rect });
                }
                continue;
            }
            if flags & 1 != 0 && rows.bar_height() >= UNDERLINED_PX {
                self.retries.push([x0, y + height - 2.0, width - air, 2.0]);
            }
            if width >= PHASES_PX {
                self.phases(frame.setup_s.get(i), frame.teardown_s.get(i), full, rect, scale);
            }
            if readable {
                self.inside(attempt, kind, to_s - from_s, rect);
            }
        }
    }

    fn phases(&mut self, setup_s: Option<&f32>, teardown_s: Option<&f32>, full: (f64, f64), rect: Rect, scale: Scale) {
        let [x, y, width, height] = rect;
        let px = |s: Option<&f32>| s.map_or(0.0, |&s| f64::from(s) * scale.px_per_s);
        let (setup, teardown) = (px(setup_s), px(teardown_s));
        let mut part = |from: f64, to: f64| {
            let (from, to) = (from.max(x), to.min(x + width));
            if to - from >= 1.0 {
                self.phases.push([from, y, to - from, height]);
            }
        };
        part(full.0, full.0 + setup);
        part(full.1 - teardown, full.1);
    }

    fn inside(&mut self, attempt: u32, kind: usize, len_s: f64, rect: Rect) {
        let [x, y, width, height] = rect;
        // A bar that begins left of the view has its mark and name at the view's edge.
        let (x, width) = if x < 0.0 { (0.0, width + x) } else { (x, width) };
        let marked = is_bad(kind) || kind == FLAKY;
        if marked && width < MARK_PX {
            self.notches.push(Mark { kind, rect });
        } else if marked {
            self.marks.push(Mark { kind, rect: [x + 3.0, y + (height - 8.0) / 2.0, 8.0, 8.0] });
        }
        let taken = if marked { 14.0 } else { 5.0 };
        if width >= NAME_PX {
            self.wide.push(Wide { attempt, len_s, rect: [x + taken, y, width - taken - 4.0, height] });
        }
    }
}

/// Adds a rectangle; one that begins where the last of its colour on the lane ends makes that one longer.
fn push_joined(bars: &mut [[Vec<Rect>; LEVELS]; KINDS], kind: usize, level: usize, rect: Rect) {
    let Some(batch) = bars.get_mut(kind).and_then(|levels| levels.get_mut(level)) else { return };
    if let Some([x, y, width, _]) = batch.last_mut() {
        let end = *x + *width;
        if *y == rect[1] && rect[0] <= end && rect[0] >= *x {
            *width = (rect[0] + rect[2]).max(end) - *x;
            return;
        }
    }
    batch.push(rect);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;
    use crate::charts::lanes::bars::tests::frame;

    const VIEW: Span = Span::new(0.0, 10.0);

    fn laid(bars: Bars, view: Span, ratio: f64) -> Batches {
        let rows = Rows { count: 4, pitch: 26.0, top: 24.0, scroll: 0.0, bottom: 200.0 };
        let mut batches = Batches::default();
        batches.lay_out(&[(Rc::new(bars), view)], Scale::new(view, 1000.0), &rows, ratio);
        batches
    }

    #[test]
    fn bars_lie_where_their_times_are() {
        let bars = Bars::new(frame(VIEW, &[(0, 1.0, 2.0, 1), (0, 2.0, 2.5, 2), (2, 0.0, 10.0, 3)]), 1000.0);
        let batches = laid(bars, VIEW, 1.0);
        assert_eq!(
            batches.bars[0][3],
            [[100.0, 26.0, 99.0, 22.0], [200.0, 26.0, 49.0, 22.0], [0.0, 78.0, 999.0, 22.0]]
        );
        assert_eq!(batches.wide.iter().map(|w| w.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn what_cannot_be_told_apart_is_one_rectangle() {
        let rows: Vec<_> = (0..5000_u32).map(|i| (0, f64::from(i) * 0.002, f64::from(i + 1) * 0.002, i)).collect();
        assert_eq!(laid(Bars::new(frame(VIEW, &rows), 1000.0), VIEW, 1.0).len(), 1);
    }

    #[test]
    fn a_narrow_failure_is_seen_and_has_a_notch() {
        let mut frame = frame(VIEW, &[(0, 1.0, 1.0001, 1), (0, 3.0, 4.0, 2), (1, 2.0, 3.0, 3)]);
        frame.outcome = vec![1, 2, 0];
        frame.flags = vec![0, 1, 3];
        let batches = laid(Bars::new(frame, 1000.0), VIEW, 2.0);
        assert_eq!(batches.bars[1][3], [[100.0, 26.0, 2.0, 22.0]]);
        assert_eq!(batches.notches.iter().map(|m| m.kind).collect::<Vec<_>>(), [1]);
        assert_eq!(batches.marks.iter().map(|m| m.kind).collect::<Vec<_>>(), [2, FLAKY]);
        assert_eq!(batches.retries.len(), 2);
        assert_eq!(batches.bars[FLAKY][3].len(), 1);
    }

    #[test]
    fn phases_lie_inside_their_bar_even_when_it_is_cut() {
        let mut frame = frame(VIEW, &[(0, -1.0, 5.0, 1)]);
        (frame.setup_s, frame.teardown_s) = (vec![2.0], vec![0.5]);
        let batches = laid(Bars::new(frame, 1000.0), VIEW, 1.0);
        assert_eq!(batches.phases[0], [0.0, 26.0, 100.0, 22.0]);
        assert!((batches.phases[1][0] - 450.0).abs() < 1e-9);
    }

    #[test]
    fn merged_bars_are_paler_by_what_they_cover() {
        let mut frame = frame(VIEW, &[(0, 1.0, 2.0, MERGED), (0, 3.0, 4.0, MERGED)]);
        frame.fill = vec![0.1, 0.6];
        let batches = laid(Bars::new(frame, 1000.0), VIEW, 1.0);
        assert_eq!((batches.bars[0][0].len(), batches.bars[0][2].len(), batches.wide.len()), (1, 1, 0));
    }
}

//! From bars in seconds to rows of pixels, marks and names. Plain data: no screen is needed to test it.

use std::rc::Rc;

use lanescope_protocol::{ColourBy, FADED, FLAKY as IS_FLAKY, MERGED, NEAR_LIMIT, RETRY, TIMED_OUT};

use crate::charts::lanes::bars::Bars;
use crate::charts::lanes::raster::{Layer, Pixel, Raster, Strip};
use crate::charts::lanes::rows::{HEAD_PX, Rows};
use crate::charts::lanes::span::{Scale, Span};
use crate::state::number::Within;

/// Left, top, width, height in CSS pixels.
pub type Rect = [f64; 4];

/// Colours of bars: the seven outcome codes, and attempts of flaky tests.
pub const KINDS: usize = 8;
/// The kind of a passed attempt of a flaky test.
pub const FLAKY: usize = 7;
/// Classes of a colouring.
pub const TINTS: usize = 9;
/// Strengths of a colour: what the filter leaves out is faint, a merged bar with much air in it is paler.
pub const LEVELS: usize = 5;
/// Of two kinds on one pixel the one of the higher rank is seen: what needs a look lies on top.
const RANK: [u8; KINDS] = [3, 7, 8, 1, 2, 4, 5, 6];

/// Setup and teardown are told apart from the call in bars at least this wide, pixels.
const PHASES_PX: f64 = 6.0;
/// Marks are put into bars at least this wide, pixels.
pub const MARK_PX: f64 = 14.0;
/// Names are put into bars at least this wide, pixels.
pub const NAME_PX: f64 = 40.0;
/// Idle time between two tests is hatched where it is at least this wide, pixels.
const GAP_PX: f64 = 16.0;
/// Lanes lower than this carry no underlines and phases, pixels.
const UNDERLINED_PX: f64 = 7.0;
/// Lanes lower than this carry no marks and names, pixels.
pub const READABLE_PX: f64 = 11.0;
/// Share of a bar's height that is missing during setup and teardown.
const CUT: f64 = 0.42;
/// So many signs of one sort stand in a view at most: more cost a frame its time and are no more than a pattern.
const MAX_SIGNS: usize = 2000;
/// The same of those at time limits, each of which is drawn for itself.
const MAX_LIMITS: usize = 500;

/// A mark in or above a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Kind of the bar.
    pub kind: usize,
    /// Where, pixels: the mark's own box inside a bar, or the bar where it stands above it.
    pub rect: Rect,
}

/// A bar that has room for a name, or a gap that has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    /// Row of the attempt; [`MERGED`] for a gap.
    pub attempt: u32,
    /// Length, seconds.
    pub len_s: f64,
    /// Where there is room for text, pixels.
    pub rect: Rect,
    /// Whether it is a bar of what failed or is flaky.
    pub marked: bool,
}

/// Colours of bars.
#[derive(Clone, Debug)]
pub struct Ink {
    /// By kind and level.
    pub kinds: [[Pixel; LEVELS]; KINDS],
    /// By class and level: of named classes, and of steps.
    pub tints: [[[Pixel; LEVELS]; TINTS]; 2],
    /// Underlines of second and later attempts.
    pub retry: Pixel,
    /// Concurrency of a group, full.
    pub heat: Pixel,
}

/// What is looked at, and how it lies on the screen.
pub struct Place<'a> {
    /// Seconds to pixels.
    pub scale: Scale,
    /// Where the lanes lie.
    pub rows: &'a Rows,
    /// Device pixels per CSS pixel.
    pub ratio: f64,
    /// Width, CSS pixels.
    pub width: f64,
}

impl Place<'_> {
    fn snap(&self, px: f64) -> f64 {
        (px * self.ratio).round() / self.ratio
    }

    fn device(&self, x: f64) -> f64 {
        (x * self.ratio).round()
    }
}

/// Everything to paint of the bars of one view.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Bars.
    pub raster: Raster,
    /// Marks inside bars.
    pub marks: Vec<Mark>,
    /// Notches above bars that are too narrow for a mark.
    pub notches: Vec<Mark>,
    /// Ends of bars that came to their time limit; of kind 1 where they were stopped by it.
    pub limits: Vec<Mark>,
    /// Bars with room for a name.
    pub wide: Vec<Wide>,
    /// Idle time between two tests that is wide enough to be hatched.
    pub gaps: Vec<Wide>,
    /// Whether the colours are those of outcomes: what failed or is flaky is bright.
    pub by_outcome: bool,
    cover: Vec<f32>,
}

/// The kind of a bar.
pub fn kind_of(outcome: u8, flags: u8) -> usize {
    match outcome {
        0 if flags & IS_FLAKY != 0 => FLAKY,
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
        f if f >= 0.85 => 4,
        f if f >= 0.55 => 3,
        f if f >= 0.25 => 2,
        _ => 1,
    }
}

/// A lane while it is laid out: its row of pixels, and those that only some lanes need.
struct Lane {
    y: f64,
    height: f64,
    readable: bool,
    fine: bool,
    row: usize,
    over: Option<usize>,
    cut: Option<usize>,
    under: Option<usize>,
    last: Option<(f64, f64)>,
}

impl Layout {
    /// Lays out what is visible of these frames.
    pub fn lay_out(&mut self, pieces: &[(Rc<Bars>, Span)], place: &Place, ink: &Ink) {
        self.raster.clear(place.device(place.width).max(1.0) as usize);
        self.marks.clear();
        self.notches.clear();
        self.limits.clear();
        self.wide.clear();
        self.gaps.clear();
        self.by_outcome = pieces.iter().all(|(bars, _)| bars.colour == ColourBy::Outcome);
        let rows = place.rows;
        let (mut row, mut above) = (0, f64::NAN);
        for number in rows.visible().filter(|&lane| rows.is_open(lane)) {
            let (y, height) = (place.snap(rows.y(number)), place.snap(rows.bar_height()).max(1.0 / place.ratio));
            // Thousands of lanes lie several on a line of the screen, one over the other, and take no more memory than it.
            if y != above {
                row = self.raster.row(Strip { layer: Layer::Bars, y, height });
                above = y;
            }
            self.raster.new_ranks();
            let bar = rows.bar_height();
            let (readable, fine) = (bar >= READABLE_PX, bar >= UNDERLINED_PX);
            let mut lane = Lane { y, height, readable, fine, row, over: None, cut: None, under: None, last: None };
            for (bars, span) in pieces {
                self.bars(bars, *span, number, &mut lane, place, ink);
            }
        }
        let origin_px = place.scale.x(0.0);
        thin(&mut self.marks, MAX_SIGNS, origin_px);
        thin(&mut self.notches, MAX_SIGNS, origin_px);
        thin(&mut self.limits, MAX_LIMITS, origin_px);
        self.heads(pieces, place, ink);
    }

    fn bars(&mut self, bars: &Bars, span: Span, number: u32, lane: &mut Lane, place: &Place, ink: &Ink) {
        let (scale, ratio) = (place.scale, place.ratio);
        let (left, right) = (place.device(scale.x(span.from_s)).max(0.0), place.device(scale.x(span.to_s)));
        let (y, height) = (lane.y, lane.height);
        let frame = &bars.frame;
        let tints = ink.tints.get(usize::from(bars.colour == ColourBy::Duration));
        let tints = tints.filter(|_| bars.colour != ColourBy::Outcome);
        let range = bars.touching(number, span);
        if lane.last.is_none() {
            lane.last = bars.before(number, range.start).map(|to_s| (scale.x(to_s), to_s));
        }
        let columns = frame.from_s.get(range.clone()).unwrap_or_default().iter();
        let ends = frame.to_s.get(range.clone()).unwrap_or_default();
        for (i, (&from_s, &to_s)) in range.zip(columns.zip(ends)) {
            let (Some(&outcome), Some(&flags), Some(&fill), Some(&attempt)) =
                (frame.outcome.get(i), frame.flags.get(i), frame.fill.get(i), frame.attempt.get(i))
            else {
                break;
            };
            let kind = kind_of(outcome, flags);
            let faded = flags & FADED != 0;
            let bad = is_bad(kind) && !faded;
            let full = (scale.x(from_s), scale.x(to_s));
            let (x0, x1) = (place.device(full.0).max(left), place.device(full.1).min(right));
            let least = if bad { (2.0 * ratio).round() } else { 1.0 };
            let wide = (x1 - x0).max(least);
            let width = wide / ratio;
            // Air to the next bar, where there is room for it.
            let air = if place.device(full.1) > right || width < 3.0 {
                0.0
            } else if width >= 6.0 {
                ratio.round()
            } else {
                1.0
            };
            let level = if faded {
                0
            } else if bad {
                LEVELS - 1
            } else {
                level_of(fill)
            };
            let of_kind = ink.kinds.get(kind).and_then(|levels| levels.get(level)).copied().unwrap_or_default();
            let tint = frame.tint.get(i).map_or(0, |&tint| usize::from(tint));
            let tinted = tints.and_then(|tints| tints.get(tint)).and_then(|levels| levels.get(level)).copied();
            let rank = if faded { 0 } else { RANK.get(kind).copied().unwrap_or_default() };
            let (from, to) = (x0 as usize, (x0 + wide - air) as usize);
            self.raster.put_ranked(lane.row, from, to, tinted.unwrap_or(of_kind), rank);
            let rect = [x0 / ratio, y, width - air / ratio, height];
            if tinted.is_some() && bad && width < MARK_PX {
                // Too narrow for a mark, and its colour says something else: a cap in the outcome's colour.
                let at = Strip { layer: Layer::Over, y, height: place.snap(height / 3.0).max(1.0) };
                let over = *lane.over.get_or_insert_with(|| self.raster.row(at));
                self.raster.put(over, from, to, of_kind);
            }
            if lane.readable {
                self.gap(lane, full.0, from_s);
            }
            if lane.readable && !faded {
                if bad && width < MARK_PX {
                    self.notches.push(Mark { kind, rect });
                }
                if flags & (TIMED_OUT | NEAR_LIMIT) != 0 && full.1 <= place.width + 1.0 {
                    self.limits.push(Mark { kind: usize::from(flags & TIMED_OUT != 0), rect });
                }
            }
            if lane.last.is_none_or(|(_, last_s)| to_s > last_s) {
                lane.last = Some((full.1, to_s));
            }
            if attempt == MERGED {
                continue;
            }
            if flags & RETRY != 0 && lane.fine && !faded {
                let at = Strip { layer: Layer::Over, y: y + height - 2.0, height: 2.0 };
                let under = *lane.under.get_or_insert_with(|| self.raster.row(at));
                self.raster.put(under, from, to, ink.retry);
            }
            if width >= PHASES_PX && lane.fine {
                self.phases(frame.setup_s.get(i), frame.teardown_s.get(i), full, (from, to), lane, place);
            }
            if lane.readable && !faded {
                self.inside(attempt, kind, to_s - from_s, rect);
            }
        }
    }

    /// A bar is lower during setup and teardown: a step tells them apart from the call in every colour.
    fn phases(
        &mut self,
        setup_s: Option<&f32>,
        teardown_s: Option<&f32>,
        full: (f64, f64),
        (from, to): (usize, usize),
        lane: &mut Lane,
        place: &Place,
    ) {
        let px = |s: Option<&f32>| s.map_or(0.0, |&s| f64::from(s) * place.scale.px_per_s);
        let (setup, teardown) = (px(setup_s), px(teardown_s));
        for (start, end) in [(full.0, full.0 + setup), (full.1 - teardown, full.1)] {
            let (a, b) = (place.device(start).max(from as f64) as usize, place.device(end).max(0.0) as usize);
            if end - start >= 1.0 && b > a {
                let at = Strip { layer: Layer::Cut, y: lane.y, height: place.snap(lane.height * CUT) };
                let cut = *lane.cut.get_or_insert_with(|| self.raster.row(at));
                self.raster.put(cut, a, b.min(to), [0, 0, 0, 255]);
            }
        }
    }

    fn gap(&mut self, lane: &Lane, x: f64, from_s: f64) {
        let Some((end, end_s)) = lane.last else { return };
        let start = end.max(0.0);
        if x - start >= GAP_PX {
            self.gaps.push(Wide {
                attempt: MERGED,
                len_s: from_s - end_s,
                rect: [start, lane.y, x - start, lane.height],
                marked: false,
            });
        }
    }

    fn inside(&mut self, attempt: u32, kind: usize, len_s: f64, rect: Rect) {
        let [x, y, width, height] = rect;
        let marked = is_bad(kind) || kind == FLAKY;
        if marked && width >= MARK_PX {
            self.marks.push(Mark { kind, rect: [x + 3.0, y + (height - 8.0) / 2.0, 8.0, 8.0] });
        } else if kind == FLAKY {
            self.notches.push(Mark { kind, rect });
        }
        let taken = if marked { 14.0 } else { 5.0 };
        if width >= NAME_PX {
            self.wide.push(Wide { attempt, len_s, rect: [x + taken, y, width - taken - 4.0, height], marked });
        }
    }

    /// In the head of a group: the share of its lanes that is at work, pixel by pixel.
    fn heads(&mut self, pieces: &[(Rc<Bars>, Span)], place: &Place, ink: &Ink) {
        for (fold, y) in place.rows.heads() {
            if y + HEAD_PX <= place.rows.top || y >= place.rows.bottom {
                continue;
            }
            let mut cover = std::mem::take(&mut self.cover);
            cover.clear();
            cover.resize(self.raster.width, 0.0);
            let lanes = fold.first..fold.first + fold.lanes;
            for (bars, span) in pieces {
                for lane in lanes.clone() {
                    add_cover(&mut cover, bars, lane, *span, place);
                }
            }
            let strip = Strip { layer: Layer::Over, y: place.snap(y + 5.0), height: HEAD_PX - 10.0 };
            let row = self.raster.row(strip);
            let [r, g, b, _] = ink.heat;
            let per_lane = 255.0 / fold.lanes.max(1) as f32;
            for (x, share) in cover.iter().enumerate().filter(|(_, share)| **share > 0.0) {
                self.raster.put(row, x, x + 1, [r, g, b, f64::from(share * per_lane).within(24.0, 255.0) as u8]);
            }
            self.cover = cover;
        }
    }
}

/// Where there are more than `most` signs, one stands for those of its kind beside it: the same on all lanes and along
/// all of the time, since a lane without signs would look as if nothing had failed on it. They are counted from
/// `origin_px`, so that the same ones stay when the view is moved.
fn thin(signs: &mut Vec<Mark>, most: usize, origin_px: f64) {
    let mut apart_px = 4.0;
    while signs.len() > most && apart_px < 4096.0 {
        apart_px *= 2.0;
        let mut last = [(f64::NAN, 0.0); KINDS];
        signs.retain(|Mark { kind, rect: [x, y, ..] }| {
            let here = (*y, ((x - origin_px) / apart_px).floor());
            last.get_mut(*kind).is_some_and(|last| std::mem::replace(last, here) != here)
        });
    }
}

/// Where there are more than `most`, only those at least this wide have a name, pixels: that is as fair to the last
/// lane as to the first.
pub fn least_px(wide: &[Wide], most: usize) -> f64 {
    let mut least_px = 0.0;
    while wide.iter().filter(|wide| wide.rect[2] >= least_px).count() > most {
        least_px += 8.0;
    }
    least_px
}

fn add_cover(cover: &mut [f32], bars: &Bars, lane: u32, span: Span, place: &Place) {
    let (left, right) = (place.device(place.scale.x(span.from_s)).max(0.0), place.device(place.scale.x(span.to_s)));
    for i in bars.touching(lane, span) {
        let frame = &bars.frame;
        let (Some(&from_s), Some(&to_s), Some(&fill)) = (frame.from_s.get(i), frame.to_s.get(i), frame.fill.get(i))
        else {
            return;
        };
        let from = place.device(place.scale.x(from_s)).max(left) as usize;
        let to = place.device(place.scale.x(to_s)).min(right).max(0.0) as usize;
        if let Some(pixels) = cover.get_mut(from..to.max(from + 1).min(cover.len())) {
            pixels.iter_mut().for_each(|share| *share += fill);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;
    use crate::charts::lanes::bars::tests::frame;
    use lanescope_protocol::LaneGroup;

    const VIEW: Span = Span::new(0.0, 10.0);

    /// Colours that say what they stand for: kind (or 100 + class), level.
    fn ink() -> Ink {
        let levels = |of: u8| std::array::from_fn(|level| [of, level as u8, 0, 255]);
        Ink {
            kinds: std::array::from_fn(|kind| levels(kind as u8)),
            tints: [100, 200].map(|base: u8| std::array::from_fn(|tint| levels(base + tint as u8))),
            retry: [50, 0, 0, 255],
            heat: [60, 0, 0, 255],
        }
    }

    fn laid_in(rows: &Rows, bars: Bars, ratio: f64) -> Layout {
        let mut layout = Layout::default();
        let place = Place { scale: Scale::new(VIEW, 1000.0), rows, ratio, width: 1000.0 };
        layout.lay_out(&[(Rc::new(bars), VIEW)], &place, &ink());
        layout
    }

    fn laid(bars: Bars, ratio: f64) -> Layout {
        laid_in(&Rows::new(4, 26.0, 24.0, 200.0), bars, ratio)
    }

    #[test]
    fn bars_lie_where_their_times_are() {
        let layout =
            laid(Bars::new(frame(VIEW, &[(0, 1.0, 2.0, 1), (0, 2.0, 2.5, 2), (2, 0.0, 10.0, 3)]), 1000.0), 1.0);
        let full = [0, 4, 0, 255];
        assert_eq!(layout.raster.runs(0), [(100, 99, full), (200, 49, full)]);
        assert_eq!(layout.raster.runs(2), [(0, 999, full)]);
        let y: Vec<_> = layout.raster.strips.iter().map(|strip| (strip.y, strip.height)).collect();
        assert_eq!(y, [(26.0, 22.0), (52.0, 22.0), (78.0, 22.0), (104.0, 22.0)]);
        assert_eq!(layout.wide.iter().map(|w| w.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_lane_is_one_row_however_many_bars_it_has() {
        let rows: Vec<_> = (0..5000_u32).map(|i| (0, f64::from(i) * 0.002, f64::from(i + 1) * 0.002, i)).collect();
        let layout = laid(Bars::new(frame(VIEW, &rows), 1000.0), 1.0);
        assert_eq!(layout.raster.strips.len(), 4);
        assert_eq!(layout.raster.runs(0), [(0, 1000, [0, 4, 0, 255])]);
    }

    #[test]
    fn lanes_thinner_than_a_pixel_share_rows() {
        let rows = Rows::new(5000, 0.02, 0.0, 100.0);
        let all: Vec<_> = (0..5000).map(|lane| (lane, f64::from(lane % 5), 6.0, lane)).collect();
        let layout = laid_in(&rows, Bars::new(frame(VIEW, &all), 1000.0), 1.0);
        assert!((100..=101).contains(&layout.raster.strips.len()), "{}", layout.raster.strips.len());
        assert_eq!(layout.raster.runs(50), [(0, 599, [0, 4, 0, 255])], "what only one of them has is seen");
    }

    #[test]
    fn a_narrow_failure_is_seen_and_has_a_notch() {
        let mut frame = frame(VIEW, &[(0, 1.0, 1.0001, 1), (0, 1.001, 1.5, 9), (0, 3.0, 4.0, 2), (1, 2.0, 3.0, 3)]);
        frame.outcome = vec![1, 0, 2, 0];
        frame.flags = vec![0, 0, RETRY, RETRY | IS_FLAKY];
        let layout = laid(Bars::new(frame, 1000.0), 2.0);
        assert_eq!(layout.raster.runs(0)[0], (200, 4, [1, 4, 0, 255]), "what passed does not hide it");
        assert_eq!(layout.notches.iter().map(|m| m.kind).collect::<Vec<_>>(), [1]);
        assert_eq!(layout.marks.iter().map(|m| m.kind).collect::<Vec<_>>(), [2, FLAKY]);
        let under = layout.raster.strips.iter().filter(|strip| strip.height == 2.0).count();
        assert_eq!(under, 2, "a row of underlines on each of the two lanes");
    }

    #[test]
    fn phases_lie_inside_their_bar_even_when_it_is_cut() {
        let mut frame = frame(VIEW, &[(0, -1.0, 5.0, 1)]);
        (frame.setup_s, frame.teardown_s) = (vec![2.0], vec![0.5]);
        let layout = laid(Bars::new(frame, 1000.0), 1.0);
        let cut = layout.raster.strips.iter().position(|strip| strip.layer == Layer::Cut).unwrap();
        assert_eq!(layout.raster.runs(cut), [(0, 100, [0, 0, 0, 255]), (450, 49, [0, 0, 0, 255])]);
    }

    #[test]
    fn merged_bars_are_paler_by_what_they_cover_and_faint_where_nothing_matches() {
        let mut frame = frame(VIEW, &[(0, 1.0, 2.0, MERGED), (0, 3.0, 4.0, MERGED), (0, 5.0, 6.0, 7)]);
        frame.fill = vec![0.1, 0.6, 1.0];
        frame.outcome = vec![0, 0, 1];
        frame.flags = vec![0, 0, FADED];
        let layout = laid(Bars::new(frame, 1000.0), 1.0);
        let levels: Vec<_> = layout.raster.runs(0).iter().map(|run| run.2[1]).collect();
        assert_eq!((levels, layout.wide.len(), layout.marks.len()), (vec![1, 3, 0], 0, 0));
    }

    #[test]
    fn a_colouring_leaves_failures_their_mark() {
        let mut frame = frame(VIEW, &[(0, 1.0, 2.0, 1), (0, 3.0, 3.03, 2), (0, 4.0, 6.0, 3)]);
        (frame.outcome, frame.tint) = (vec![0, 1, 1], vec![3, 4, 5]);
        let layout = laid(Bars::new(frame, 1000.0).coloured(ColourBy::File), 1.0);
        assert_eq!(layout.raster.runs(0).iter().map(|run| run.2[0]).collect::<Vec<_>>(), [103, 104, 105]);
        let over = layout.raster.strips.iter().position(|strip| strip.layer == Layer::Over).unwrap();
        assert_eq!(layout.raster.runs(over), [(300, 2, [1, 4, 0, 255])]);
        assert_eq!((layout.marks.len(), layout.notches.len()), (1, 1));
    }

    #[test]
    fn limits_and_wide_gaps_are_marked() {
        let mut frame = frame(VIEW, &[(0, 1.0, 2.0, 1), (0, 4.0, 4.5, 2)]);
        frame.flags = vec![NEAR_LIMIT, TIMED_OUT | NEAR_LIMIT];
        let layout = laid(Bars::new(frame, 1000.0), 1.0);
        assert_eq!(layout.limits.iter().map(|limit| limit.kind).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(layout.gaps.iter().map(|gap| gap.len_s).collect::<Vec<_>>(), [2.0]);
    }

    #[test]
    fn where_signs_are_too_many_every_lane_keeps_its_share() {
        let lanes = 50;
        let rows = Rows::new(lanes, 14.0, 24.0, 1000.0);
        let starts = |lane| (0..200_u32).map(move |i| (lane, f64::from(i) * 0.05, f64::from(i) * 0.05 + 0.01, i));
        let mut frame = frame(VIEW, &(0..lanes).flat_map(starts).collect::<Vec<_>>());
        frame.outcome.fill(1);
        frame.flags.fill(NEAR_LIMIT);
        let layout = laid_in(&rows, Bars::new(frame, 1000.0), 1.0);
        let on = |lane: u32, rects: &mut dyn Iterator<Item = Rect>| {
            let y = rows.y(lane).round();
            rects.filter(|rect| rect[1] == y).map(|rect| rect[0]).collect::<Vec<f64>>()
        };
        let notches = on(0, &mut layout.notches.iter().map(|mark| mark.rect));
        let limits = on(0, &mut layout.limits.iter().map(|limit| limit.rect));
        assert!((20..=40).contains(&notches.len()), "not none, and not all: {}", notches.len());
        assert!((5..=10).contains(&limits.len()), "{}", limits.len());
        assert!(notches.first().is_some_and(|x| *x < 50.0) && notches.last().is_some_and(|x| *x > 950.0));
        for lane in 1..lanes {
            assert_eq!(on(lane, &mut layout.notches.iter().map(|mark| mark.rect)), notches, "lane {lane}");
            assert_eq!(on(lane, &mut layout.limits.iter().map(|limit| limit.rect)), limits, "lane {lane}");
        }
    }

    #[test]
    fn few_signs_all_stand_and_moved_a_little_the_same_ones() {
        let mut few = frame(VIEW, &[(0, 1.0, 1.001, 1), (0, 1.02, 1.021, 2)]);
        few.outcome.fill(1);
        let few = laid(Bars::new(few, 1000.0), 1.0);
        assert_eq!(few.notches.len(), 2);
        let mut signs: Vec<Mark> =
            (0..9000).map(|i| Mark { kind: 1, rect: [f64::from(i) * 3.0, 0.0, 1.0, 9.0] }).collect();
        let mut moved: Vec<Mark> =
            signs.iter().map(|m| Mark { kind: 1, rect: [m.rect[0] - 7.0, 0.0, 1.0, 9.0] }).collect();
        thin(&mut signs, 1000, 0.0);
        thin(&mut moved, 1000, -7.0);
        let places = |signs: &[Mark], by: f64| signs.iter().map(|m| m.rect[0] + by).collect::<Vec<_>>();
        assert_eq!(places(&signs, 0.0), places(&moved, 7.0));
        assert!((400..=1000).contains(&signs.len()), "{}", signs.len());
    }

    #[test]
    fn where_names_are_too_many_the_widest_have_them() {
        let wide = |width| Wide { attempt: 1, len_s: 1.0, rect: [0.0, 0.0, width, 9.0], marked: false };
        let all: Vec<Wide> = (0..100).map(|i| wide(40.0 + f64::from(i))).collect();
        assert_eq!(least_px(&all, 100), 0.0);
        let least = least_px(&all, 30);
        let named = all.iter().filter(|wide| wide.rect[2] >= least).count();
        assert!((20..=30).contains(&named), "{named}");
    }

    #[test]
    fn the_head_of_a_group_says_how_much_of_it_is_at_work() {
        let group = LaneGroup { name: "a".into(), first_lane: 0, lanes: 2, ..LaneGroup::default() };
        let rows = Rows::new(2, 26.0, 24.0, 200.0).grouped(&[group], &["a".to_owned()]);
        let layout = laid_in(&rows, Bars::new(frame(VIEW, &[(0, 0.0, 5.0, 1), (1, 0.0, 2.0, 2)]), 1000.0), 1.0);
        assert_eq!(layout.raster.strips.len(), 1, "its lanes are not drawn");
        assert_eq!(layout.raster.runs(0), [(0, 200, [60, 0, 0, 255]), (200, 300, [60, 0, 0, 127])]);
    }
}

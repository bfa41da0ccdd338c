//! What lies under the bars: idle time, start-up, tail, and their names.

use lanescope_protocol::Provenance;
use web_sys::CanvasRenderingContext2d;

use crate::charts::canvas::Surface;
use crate::charts::lanes::axis;
use crate::charts::lanes::hatch::{Hatch, Hatches};
use crate::charts::lanes::layout::{self, READABLE_PX, Rect, Wide};
use crate::charts::lanes::paint::{Scene, fill};
use crate::charts::lanes::rows::HEAD_PX;
use crate::charts::lanes::signs::{DIED_PX, REPLACES_PX};
use crate::charts::lanes::span::Scale;
use crate::charts::lanes::text::Widths;
use crate::charts::theme::Palette;
use crate::ui::format;

/// A name stands in a hatch that is this much wider, pixels.
const AIR_PX: f64 = 20.0;
/// No gap narrower than this has room for its length, pixels.
const NAMED_PX: f64 = 50.0;
/// Names of one kind in view at most: more would only be noise. Where there is room for more, one lane of several has
/// it, all the way down, and of gaps the widest.
const MAX_NAMES: usize = 24;
/// Height of the ground under a name, pixels: the hatch goes on above and below it.
const NAME_PX: f64 = 18.0;

/// Where time went that no test took, lane by lane.
#[derive(Default)]
pub struct Grounds {
    idle: Vec<Rect>,
    gaps: Vec<Rect>,
    start: Vec<Rect>,
    tail: Vec<Rect>,
    after: Vec<Rect>,
    /// What of these may have a name, by lane.
    named: Vec<(&'static str, u32, Rect)>,
    heads: Vec<Rect>,
    /// Where the marks of dead and of new workers stand: no name lies under them.
    taken: Vec<Rect>,
}

impl Grounds {
    /// Finds the stretches of the visible lanes.
    pub fn lay_out(&mut self, scene: &Scene, gaps: &[Wide], scale: Scale, surface: &Surface) {
        let (timeline, rows) = (scene.timeline, &scene.rows);
        for rects in [&mut self.idle, &mut self.start, &mut self.tail, &mut self.after, &mut self.heads] {
            rects.clear();
        }
        self.gaps.clear();
        self.named.clear();
        self.taken.clear();
        self.gaps.extend(gaps.iter().map(|gap| gap.rect));
        let snap = |x: f64| (x * surface.ratio).round() / surface.ratio;
        let height = snap(rows.bar_height()).max(1.0 / surface.ratio);
        let stretch = |y: f64, from_s: f64, to_s: f64| {
            let (from, to) = (scale.x(from_s).max(0.0), scale.x(to_s).min(surface.width));
            (to > from).then_some([snap(from), y, snap(to) - snap(from), height])
        };
        let mut lanes = rows.visible().filter(|&lane| rows.is_open(lane)).peekable();
        while let Some(lane) = lanes.next() {
            let Some(facts) = timeline.lanes.get(lane as usize) else { continue };
            let y = snap(rows.y(lane));
            // Of lanes on one line of the screen: where the first begins, and where the last ends.
            let (mut first_s, mut last_s) = (facts.first_s, facts.last_s);
            while let Some(next) = lanes.next_if(|&next| snap(rows.y(next)) == y) {
                if let Some(next) = timeline.lanes.get(next as usize) {
                    (first_s, last_s) = (first_s.min(next.first_s), last_s.max(next.last_s));
                }
            }
            self.idle.extend(stretch(y, first_s, last_s));
            let mut put = |into: &mut Vec<Rect>, name: &'static str, from_s: f64, to_s: f64| {
                if let Some(rect) = stretch(y, from_s, to_s) {
                    into.push(rect);
                    self.named.push((name, lane, rect));
                }
            };
            // Without a recorded session the ramp begins with the first test of all.
            put(&mut self.start, "start-up", timeline.session_from_s.unwrap_or(0.0).min(0.0), first_s);
            put(&mut self.tail, "tail", last_s, timeline.to_s);
            if let Some(end_s) = timeline.session_to_s {
                put(&mut self.after, "after the tests", timeline.to_s, end_s);
            }
            if facts.crashed {
                self.taken.push([scale.x(facts.last_s), y, DIED_PX, height]);
            }
            if facts.replaces.is_some() {
                self.taken.push([scale.x(facts.first_s) - REPLACES_PX, y, REPLACES_PX, height]);
            }
        }
        for (_, y) in rows.heads() {
            self.heads.push([0.0, snap(y) + 5.0, surface.width, HEAD_PX - 10.0]);
        }
    }

    /// Paints them behind what is there, front to back.
    pub fn paint(&self, surface: &Surface, scene: &Scene, scale: Scale, hatches: &Hatches, palette: &Palette) {
        let (context, rows) = (&surface.context, &scene.rows);
        let origin = scale.x(0.0);
        let recorded = scene.timeline.provenance == Provenance::Recorded;
        if recorded {
            hatches.fill(surface, Hatch::StartUp, origin, &self.start);
        }
        hatches.fill(surface, Hatch::Tail, origin, &self.tail);
        hatches.fill(surface, Hatch::After, origin, &self.after);
        hatches.fill(surface, Hatch::Gap, origin, &self.gaps);
        context.set_fill_style_str(&palette.idle);
        fill(context, &self.idle);
        context.set_fill_style_str(&palette.lane);
        for rects in [&self.start, &self.tail, &self.after, &self.heads] {
            fill(context, rects);
        }
        context.set_fill_style_str(&palette.line);
        let bottom = (rows.top + rows.total() - rows.scroll).min(rows.bottom);
        let snap = |x: f64| (x * surface.ratio).round() / surface.ratio;
        for (s, _) in axis::ticks(scene.view, surface.width, axis::apart_px(surface.width)) {
            let height = (bottom - rows.top).max(0.0);
            context.fill_rect(snap(scale.x(s)), rows.top, 1.0 / surface.ratio, height);
        }
    }

    /// Whether there is room for any name.
    pub fn has_room(&self, gaps: &[Wide]) -> bool {
        let room = |rect: &Rect| rect[2] > AIR_PX && rect[3] >= READABLE_PX;
        self.named.iter().any(|(.., rect)| room(rect)) || gaps.iter().any(|gap| room(&gap.rect))
    }

    /// Writes names into what is wide enough, on top of the hatch.
    pub fn names(&self, context: &CanvasRenderingContext2d, gaps: &[Wide], widths: &Widths, palette: &Palette) {
        let write = |text: &str, [x, y, width, height]: Rect| {
            let wide = widths.of_text(text);
            // A figure is shown whole or not at all.
            if wide + AIR_PX > width || height < READABLE_PX {
                return;
            }
            let left = (x + (width - wide) / 2.0).round();
            let ground = [left - 4.0, wide + 8.0];
            if self.taken.iter().any(|t| t[1] == y && t[0] < ground[0] + ground[1] && ground[0] < t[0] + t[2]) {
                return;
            }
            let high = height.min(NAME_PX);
            context.set_fill_style_str(&palette.lane);
            context.fill_rect(ground[0], y + (height - high) / 2.0, ground[1], high);
            context.set_fill_style_str(&palette.text_2);
            let _ = context.fill_text(text, left, (y + height / 2.0).round() + 0.5);
        };
        let fits = |name: &str, rect: &Rect| rect[2] > widths.of_text(name) + AIR_PX;
        for name in ["start-up", "tail", "after the tests"] {
            let all = self.named.iter().filter(|named| named.0 == name && fits(name, &named.2));
            let each = (all.clone().count().div_ceil(MAX_NAMES) as u32).max(1);
            let mut last = None;
            for (_, lane, rect) in all {
                if last.replace(lane / each) != Some(lane / each) {
                    write(name, *rect);
                }
            }
        }
        let least_px = layout::least_px(gaps, MAX_NAMES).max(NAMED_PX);
        for gap in gaps.iter().filter(|gap| gap.rect[2] >= least_px) {
            write(&format::seconds(gap.len_s), gap.rect);
        }
    }
}

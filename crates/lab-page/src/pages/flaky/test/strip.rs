//! What a test did, run by run: outcomes on a strip with the commits below it, and its durations.

use std::sync::Arc;

use lanescope_protocol::{FlakyDetail, HEAT_OUTCOMES, HEAT_RETRIED, HEAT_SET_ASIDE, HistoryRun};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent};

use lanescope_ui::charts::canvas::{Redraw, Surface, prepare};
use lanescope_ui::charts::keys::stepped;
use lanescope_ui::charts::theme::{Palette, palette};
use lanescope_ui::shell::dom;
use lanescope_ui::state::number;
use lanescope_ui::ui::el::{El, div, el, later};
use lanescope_ui::ui::format;

use super::attempts::is_bad;
use super::part;
use crate::pages::flaky::cell::{self, ABSENT, Cells, Place};
use crate::pages::flaky::story::Story;
use crate::pages::flaky::words;

const LEFT_PX: f64 = 56.0;
const CELL_TOP_PX: f64 = 4.0;
const CELL_PX: f64 = 24.0;
const COMMIT_TOP_PX: f64 = 32.0;
const TIME_TOP_PX: f64 = 62.0;
const TIME_BOTTOM_PX: f64 = 132.0;
const AXIS_PX: f64 = 146.0;
/// Least width of a run, pixels: what does not fit is scrolled.
const LEAST_PX: f64 = 5.0;
const FONT: &str = "11px Inter, system-ui, sans-serif";

/// What a test did in a run: its cell, and the time of its last attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    cell: u8,
    seconds: Option<f64>,
}

/// A point for each run.
pub fn points(detail: &FlakyDetail, runs: usize) -> Vec<Point> {
    let mut points = vec![Point { cell: ABSENT, seconds: None }; runs];
    let mut failed_before = None;
    for attempt in &detail.attempts {
        let at = (attempt.run as usize).checked_sub(1).and_then(|at| points.get_mut(at));
        let Some(point) = at else { continue };
        let code = HEAT_OUTCOMES.iter().position(|word| *word == attempt.outcome).unwrap_or(6) as u8;
        let retried = if failed_before == Some(attempt.run) && code == 0 { HEAT_RETRIED } else { 0 };
        let aside = if attempt.counted { 0 } else { HEAT_SET_ASIDE };
        *point = Point { cell: code | retried | aside, seconds: attempt.seconds };
        if is_bad(attempt) {
            failed_before = Some(attempt.run);
        }
    }
    points
}

/// The strip.
pub fn strip(story: Story, detail: &Arc<FlakyDetail>) -> El {
    let Some(overview) = story.runs() else { return div("") };
    let count = overview.runs.len();
    let points = points(detail, count);
    let hover = RwSignal::new(None::<u32>);
    let canvas = el("canvas", "strip-canvas").attr("data-chart", "strip").attr("role", "img").attr("tabindex", "0");
    let canvas = canvas.style("min-width", number::px(LEFT_PX + count as f64 * LEAST_PX));
    let node: HtmlCanvasElement = canvas.as_node();
    let held = StoredValue::new_local(node.clone());
    let points = StoredValue::new(points);
    let runs = Arc::clone(&overview);
    let redraw = Redraw::new(move || {
        let (Some(at), Some(version)) = (hover.try_get_untracked(), story.lab.repaint.try_get_untracked()) else {
            return;
        };
        let _ = held.try_with_value(|canvas| {
            if let Some(surface) = prepare(canvas) {
                let _ = points.try_with_value(|points| {
                    Draw { s: &surface, p: &palette(version), runs: &runs.runs, points, at }.draw();
                });
            }
        });
    });
    let resized = redraw.clone();
    dom::on_resize(&node, move || resized.ask());
    later(move || {
        hover.track();
        story.lab.repaint.track();
        redraw.ask();
    });
    let pointed = move |event: PointerEvent| {
        let width = held.try_with_value(|c| f64::from(c.client_width())).unwrap_or(0.0);
        let step = (width - LEFT_PX) / count.max(1) as f64;
        let at = (f64::from(event.offset_x()) - LEFT_PX) / step.max(0.1);
        let now = (at >= 0.0 && at < count as f64).then_some(at as u32);
        if hover.get_untracked() != now {
            hover.set(now);
        }
    };
    let keys = move |event: KeyboardEvent| {
        let now = hover.get_untracked().map(|at| at as usize);
        if let Some(next) = stepped(&event, ["ArrowLeft", "ArrowRight"], now, count) {
            hover.set(Some(next as u32));
        }
    };
    let (passed, failed) = points.with_value(|points| {
        let bad = points.iter().filter(|p| cell::is_bad(p.cell)).count();
        (points.iter().filter(|p| cell::outcome(p.cell) == 0).count(), bad)
    });
    let alternative = format!(
        "Outcomes over {count} runs, oldest first: passed in {passed}, failed in {failed}. Arrow keys speak run by run; the table of attempts has them all."
    );
    let canvas = canvas.attr("aria-label", alternative).on("pointermove", pointed);
    let canvas = canvas.on("pointerleave", move |_: PointerEvent| hover.set(None)).on("keydown", keys);
    let line = el("p", "trend-line").attr("role", "status").live_text(move || {
        let Some(at) = hover.get() else {
            return "Oldest run first. Commits stand below the outcomes, times below the commits.".to_owned();
        };
        let run = overview.runs.get(at as usize).map(words::run_line).unwrap_or_default();
        let point = points.with_value(|points| points.get(at as usize).copied());
        let Some(point) = point else { return run };
        let time = point.seconds.map(|s| format!(" · {}", format::seconds(s))).unwrap_or_default();
        format!("{run} · {}{time}", cell::said(point.cell))
    });
    part("Run by run", div("strip").with((div("strip-scroll").attr("tabindex", "-1").with(canvas), line)))
}

struct Draw<'a> {
    s: &'a Surface,
    p: &'a Palette,
    runs: &'a [HistoryRun],
    points: &'a [Point],
    at: Option<u32>,
}

impl Draw<'_> {
    fn step(&self) -> f64 {
        ((self.s.width - LEFT_PX) / self.points.len().max(1) as f64).min(28.0)
    }

    fn x(&self, at: usize) -> f64 {
        LEFT_PX + at as f64 * self.step()
    }

    fn draw(&self) {
        let (c, p, step) = (&self.s.context, self.p, self.step());
        c.set_font(FONT);
        c.set_text_baseline("middle");
        c.set_text_align("left");
        if let Some(at) = self.at {
            c.set_fill_style_str(&p.lane);
            c.fill_rect(self.x(at as usize), 0.0, step, AXIS_PX + 10.0);
        }
        let gap = if step > 8.0 { 2.0 } else { 1.0 };
        let cells: Vec<(Place, u8)> = self
            .points
            .iter()
            .enumerate()
            .map(|(at, point)| (Place { x: self.x(at), y: CELL_TOP_PX, w: step - gap, h: CELL_PX }, point.cell))
            .collect();
        Cells { context: c, palette: p, by_time: false }.draw(&cells);
        self.commits();
        self.times();
        c.set_fill_style_str(&p.text_3);
        c.set_text_align("left");
        let _ = c.fill_text("outcome", 0.0, CELL_TOP_PX + CELL_PX / 2.0);
        let _ = c.fill_text("commit", 0.0, COMMIT_TOP_PX + 8.0);
        let _ = c.fill_text("run", 0.0, AXIS_PX + 2.0);
        self.axis();
    }

    /// Commits as stretches, every other one lighter, named where there is room.
    fn commits(&self) {
        let (c, p) = (&self.s.context, self.p);
        let (mut from, mut odd) = (0, false);
        c.set_text_align("left");
        while let Some(run) = self.runs.get(from) {
            let same = self.runs.iter().skip(from).take_while(|other| other.commit == run.commit).count();
            let (x, wide) = (self.x(from), same as f64 * self.step() - 2.0);
            if let Some(commit) = &run.commit {
                c.set_fill_style_str(if odd { &p.idle } else { &p.line_strong });
                c.fill_rect(x, COMMIT_TOP_PX, wide, 3.0);
                if wide > 58.0 {
                    c.set_fill_style_str(&p.text_3);
                    let _ = c.fill_text(&words::short(commit), x, COMMIT_TOP_PX + 12.0);
                }
            }
            odd = !odd;
            from += same.max(1);
        }
    }

    fn times(&self) {
        let (c, p) = (&self.s.context, self.p);
        let most = self.points.iter().filter_map(|point| point.seconds).fold(0.0, f64::max);
        if most <= 0.0 {
            return;
        }
        c.set_fill_style_str(&p.text_3);
        c.set_text_align("right");
        let _ = c.fill_text(&format::seconds(most), LEFT_PX - 8.0, TIME_TOP_PX + 5.0);
        let _ = c.fill_text("0", LEFT_PX - 8.0, TIME_BOTTOM_PX - 4.0);
        c.set_fill_style_str(&p.line);
        let end = self.x(self.points.len());
        c.fill_rect(LEFT_PX, TIME_BOTTOM_PX, end - LEFT_PX, 1.0);
        c.fill_rect(LEFT_PX, TIME_TOP_PX, end - LEFT_PX, 1.0);
        let wide = (self.step() - 2.0).clamp(1.0, 14.0);
        for (at, point) in self.points.iter().enumerate() {
            let Some(seconds) = point.seconds else { continue };
            let high = (seconds / most * (TIME_BOTTOM_PX - TIME_TOP_PX)).max(1.0);
            let colour = if cell::is_bad(point.cell) { p.bars.get(1) } else { p.bars.first() };
            c.set_fill_style_str(colour.map_or("", |c| c));
            c.fill_rect(self.x(at) + (self.step() - wide) / 2.0 - 0.5, TIME_BOTTOM_PX - high, wide, high);
        }
    }

    fn axis(&self) {
        let c = &self.s.context;
        c.set_text_align("center");
        let least = (32.0 / self.step()).ceil() as u32;
        let every = [1, 2, 5, 10, 20, 50, 100].into_iter().find(|n| *n >= least).unwrap_or(500);
        for (at, run) in self.runs.iter().enumerate() {
            let on = self.at == Some(at as u32);
            let near = self.at.is_some_and(|now| !on && now.abs_diff(at as u32) * 2 < every);
            if on || (run.number.is_multiple_of(every) && !near) {
                c.set_fill_style_str(if on { &self.p.text } else { &self.p.text_3 });
                let x = (self.x(at) + self.step() / 2.0).min(self.s.width - 10.0);
                let _ = c.fill_text(&run.number.to_string(), x, AXIS_PX + 2.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanescope_protocol::HistoryAttempt;

    #[test]
    fn the_last_attempt_of_a_run_is_what_it_did() {
        let attempt = |run, outcome: &str, counted| HistoryAttempt {
            run,
            row: 0,
            attempt: 1,
            outcome: outcome.to_owned(),
            worker: None,
            seconds: Some(1.0),
            message: String::new(),
            counted,
        };
        let attempts = vec![
            attempt(1, "failed", true),
            attempt(1, "passed", true),
            attempt(2, "passed", true),
            attempt(4, "error", false),
            attempt(9, "passed", true),
        ];
        let cells: Vec<u8> =
            points(&FlakyDetail { attempts, ..FlakyDetail::default() }, 4).iter().map(|p| p.cell).collect();
        assert_eq!(cells, [HEAT_RETRIED, 0, ABSENT, 2 | HEAT_SET_ASIDE]);
    }
}

//! The suite over its runs: pass rate, what failed, wall time, parallelism, tests; one under the other on one axis of runs.

use std::f64::consts::TAU;
use std::sync::Arc;

use lanescope_protocol::{FlakyOverview, HistoryRun};
use leptos::prelude::*;
use web_sys::{CanvasRenderingContext2d, Event, HtmlCanvasElement, KeyboardEvent, PointerEvent};

use lanescope_ui::charts::canvas::{Redraw, Surface, prepare};
use lanescope_ui::charts::keys::stepped;
use lanescope_ui::charts::theme::{Palette, palette};
use lanescope_ui::shell::dom;
use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, div, el, later, nodes, when};
use lanescope_ui::ui::format;

use crate::pages::flaky::story::Story;
use crate::pages::flaky::words;

/// Sizes of a panel, pixels.
const PANEL_PX: f64 = 104.0;
const TITLE_PX: f64 = 24.0;
const LEFT_PX: f64 = 56.0;
const RIGHT_PX: f64 = 16.0;
const AXIS_PX: f64 = 24.0;
const FONT: &str = "11px Inter, system-ui, sans-serif";
const TITLE_FONT: &str = "600 12px Inter, system-ui, sans-serif";

/// A panel: its title, a figure of each run, and how it is written.
struct Panel {
    title: &'static str,
    value: fn(&HistoryRun) -> Option<f64>,
    text: fn(f64) -> String,
    /// Whether the scale begins at 0; else it fits what there is.
    from_zero: bool,
}

const PANELS: [Panel; 5] = [
    Panel { title: "Pass rate", value: pass_rate, text: words::share, from_zero: false },
    Panel { title: "Failed tests", value: |run| Some(f64::from(run.failed)), text: whole, from_zero: true },
    Panel { title: "Wall time", value: |run| run.wall_s, text: format::seconds, from_zero: true },
    Panel { title: "Parallelism", value: |run| run.parallelism, text: |x| fixed(x, 1), from_zero: true },
    Panel { title: "Tests", value: |run| Some(f64::from(run.tests)), text: whole, from_zero: true },
];

/// Of the tests that passed or failed, those that passed.
fn pass_rate(run: &HistoryRun) -> Option<f64> {
    let ran = run.passed + run.failed;
    (ran > 0).then(|| f64::from(run.passed) / f64::from(ran))
}

fn whole(n: f64) -> String {
    fixed(n, 0)
}

/// What a scale is made for: a bad day that was set aside would flatten all other runs.
fn usual(runs: &[HistoryRun], value: fn(&HistoryRun) -> Option<f64>) -> Vec<Option<f64>> {
    let counted: Vec<Option<f64>> = runs.iter().filter(|run| run.set_aside.is_none()).map(value).collect();
    if counted.is_empty() { runs.iter().map(value).collect() } else { counted }
}

/// Least and greatest of a scale, with a little room.
fn scale(values: &[Option<f64>], from_zero: bool) -> (f64, f64) {
    let known = || values.iter().flatten().copied();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    if !low.is_finite() {
        return (0.0, 1.0);
    }
    let low = if from_zero { 0.0 } else { low };
    let room = (high - low) * 0.08;
    match (from_zero, high > low) {
        (true, true) => (0.0, high + room),
        (true, false) => (0.0, 1.0),
        (false, true) => (low - room, (high + room).min(1.0_f64.max(high))),
        (false, false) => (low - 0.05, high + 0.05),
    }
}

/// The trend, and a table of its figures.
pub fn trend(story: Story) -> El {
    let hover = RwSignal::new(None::<u32>);
    let canvas = el("canvas", "trend-canvas").attr("data-chart", "trend").attr("role", "img").attr("tabindex", "0");
    let node: HtmlCanvasElement = canvas.as_node();
    let held = StoredValue::new_local(node.clone());
    let redraw = Redraw::new(move || {
        let Some(overview) = story.overview.try_get_untracked().flatten() else { return };
        let at = hover.try_get_untracked().flatten();
        let version = story.lab.repaint.get_untracked();
        let _ = held.try_with_value(|canvas| {
            if let Some(surface) = prepare(canvas) {
                Draw { s: &surface, p: &palette(version), runs: &overview.runs, at }.draw();
            }
        });
    });
    let resized = redraw.clone();
    dom::on_resize(&node, move || resized.ask());
    later(move || {
        story.overview.track();
        story.lab.repaint.track();
        hover.track();
        redraw.ask();
    });
    let count = move || story.runs().map_or(0, |o| o.runs.len() as u32);
    let pointed = move |event: PointerEvent| {
        let width = held.try_with_value(|c| f64::from(c.client_width())).unwrap_or(0.0);
        let now = at(f64::from(event.offset_x()), width, count());
        if hover.get_untracked() != now {
            hover.set(now);
        }
    };
    let keys = move |event: KeyboardEvent| {
        let now = hover.get_untracked().map(|at| at as usize);
        if let Some(next) = stepped(&event, ["ArrowLeft", "ArrowRight"], now, count() as usize) {
            hover.set(Some(next as u32));
        }
    };
    let canvas = canvas.attr("aria-label", "Pass rate, failed tests, wall time, parallelism and tests over the runs. Arrow keys speak run by run; the table below has all figures.");
    let canvas = canvas
        .on("pointermove", pointed)
        .on("pointerleave", move |_: PointerEvent| hover.set(None))
        .on("keydown", keys);
    let line = el("p", "trend-line").attr("role", "status").live_text(move || {
        let at = hover.get();
        story.overview.with(|o| said(o.as_ref(), at))
    });
    let open = RwSignal::new(false);
    let table = el("details", "said-part").on("toggle", move |_: Event| open.set(true));
    let table = table.with((
        el("summary", "").with(el("h3", "").with("All figures, run by run")),
        div("said-scroll").attr("tabindex", "0").with(when(move || open.get(), move || figures(story))),
    ));
    div("trend").with((line, canvas, table))
}

/// The run at a place of the chart.
fn at(x: f64, width: f64, count: u32) -> Option<u32> {
    let room = width - LEFT_PX - RIGHT_PX;
    if count == 0 || room <= 0.0 || x < LEFT_PX - 8.0 || x > width - RIGHT_PX + 8.0 {
        return None;
    }
    let step = room / f64::from(count);
    Some((((x - LEFT_PX) / step).max(0.0) as u32).min(count - 1))
}

fn said(overview: Option<&Arc<FlakyOverview>>, at: Option<u32>) -> String {
    let Some(overview) = overview else { return String::new() };
    let Some(run) = at.and_then(|at| overview.runs.get(at as usize)) else {
        return format!(
            "{}, oldest first. Runs that were set aside are hatched, and left out of the scales.",
            format::plural(overview.runs.len() as u64, "run", "runs")
        );
    };
    let figures = PANELS.iter().filter_map(|panel| {
        let text = (panel.text)((panel.value)(run)?);
        Some(format!("{} {text}", panel.title.to_lowercase()))
    });
    let mut parts = vec![words::run_line(run)];
    parts.extend(figures);
    parts.push(format!("{} of flaky tests", run.failed_flaky));
    parts.extend(run.set_aside.as_ref().map(|why| format!("set aside: {why}")));
    parts.join(" · ")
}

fn figures(story: Story) -> El {
    let head = [
        "Run",
        "Started",
        "Commit",
        "Branch",
        "Tests",
        "Passed",
        "Failed",
        "of flaky tests",
        "Passed on retry",
        "Workers",
        "Wall",
        "Parallelism",
    ];
    let head = head.map(|title| el("th", "").attr("scope", "col").with(title));
    let runs = story.runs().map(|o| o.runs.clone()).unwrap_or_default();
    let rows: Vec<El> = runs
        .iter()
        .rev()
        .map(|run| {
            let cell = |text: String| el("td", "").with(text);
            el("tr", "").with(nodes((
                (
                    cell(run.number.to_string()),
                    cell(run.started_at.as_deref().map(format::started).unwrap_or_default()),
                ),
                (
                    cell(run.commit.as_deref().map(words::short).unwrap_or_default()),
                    cell(run.branch.clone().unwrap_or_default()),
                ),
                (cell(run.tests.to_string()), cell(run.passed.to_string()), cell(run.failed.to_string())),
                (cell(run.failed_flaky.to_string()), cell(run.flaky.to_string())),
                cell(run.workers.map_or("–".to_owned(), |n| n.to_string())),
                (
                    cell(run.wall_s.map_or("–".to_owned(), format::seconds)),
                    cell(run.parallelism.map_or("–".to_owned(), |x| fixed(x, 1))),
                ),
            )))
        })
        .collect();
    el("table", "plain-table").with((el("thead", "").with(el("tr", "").with(head)), el("tbody", "").with(rows)))
}

struct Draw<'a> {
    s: &'a Surface,
    p: &'a Palette,
    runs: &'a [HistoryRun],
    at: Option<u32>,
}

impl Draw<'_> {
    fn c(&self) -> &CanvasRenderingContext2d {
        &self.s.context
    }

    fn x(&self, at: usize) -> f64 {
        let step = (self.s.width - LEFT_PX - RIGHT_PX) / self.runs.len().max(1) as f64;
        LEFT_PX + (at as f64 + 0.5) * step
    }

    fn step(&self) -> f64 {
        (self.s.width - LEFT_PX - RIGHT_PX) / self.runs.len().max(1) as f64
    }

    fn draw(&self) {
        let c = self.c();
        c.set_text_baseline("middle");
        for (i, panel) in PANELS.iter().enumerate() {
            self.panel(panel, i as f64 * PANEL_PX, i == 1);
        }
        self.axis(PANELS.len() as f64 * PANEL_PX);
        if let Some(at) = self.at {
            c.set_fill_style_str(&self.p.line_strong);
            c.fill_rect(self.x(at as usize) - 0.5, TITLE_PX, 1.0, PANELS.len() as f64 * PANEL_PX - TITLE_PX);
        }
    }

    fn panel(&self, panel: &Panel, top: f64, bars: bool) {
        let (c, p) = (self.c(), self.p);
        let values: Vec<Option<f64>> = self.runs.iter().map(panel.value).collect();
        let (low, high) = scale(&usual(self.runs, panel.value), panel.from_zero);
        let (above, below) = (top + TITLE_PX, top + PANEL_PX - 10.0);
        let y = |value: f64| below - ((value - low) / (high - low)).clamp(0.0, 1.0) * (below - above);
        c.set_font(TITLE_FONT);
        c.set_text_align("left");
        c.set_fill_style_str(&p.text);
        let _ = c.fill_text(panel.title, 0.0, top + TITLE_PX / 2.0);
        let title = c.measure_text(panel.title).map_or(60.0, |m| m.width());
        let now = self.at.map_or_else(
            || values.iter().rev().flatten().next().copied(),
            |at| values.get(at as usize).copied().flatten(),
        );
        c.set_font(FONT);
        c.set_fill_style_str(&p.text_2);
        let _ = c.fill_text(&now.map_or("–".to_owned(), panel.text), title + 10.0, top + TITLE_PX / 2.0);
        // The ends of the scale, and a line at each.
        c.set_text_align("right");
        c.set_fill_style_str(&p.text_3);
        for value in [high, low] {
            let at = y(value);
            let _ = c.fill_text(&(panel.text)(value), LEFT_PX - 8.0, if value == high { at + 4.0 } else { at - 4.0 });
        }
        c.set_fill_style_str(&p.line);
        c.fill_rect(LEFT_PX, below, self.s.width - LEFT_PX - RIGHT_PX, 1.0);
        c.fill_rect(LEFT_PX, above, self.s.width - LEFT_PX - RIGHT_PX, 1.0);
        self.aside(above, below);
        if bars { self.bars(&y, below) } else { self.line(&values, &y) }
    }

    /// Runs that were set aside, hatched.
    fn aside(&self, above: f64, below: f64) {
        let c = self.c();
        let wide = self.step().clamp(2.0, 24.0);
        c.set_stroke_style_str(&self.p.line_strong);
        c.set_line_width(1.0);
        for (at, _) in self.runs.iter().enumerate().filter(|(_, run)| run.set_aside.is_some()) {
            let left = self.x(at) - wide / 2.0;
            c.save();
            c.begin_path();
            c.rect(left, above, wide, below - above);
            c.clip();
            c.begin_path();
            let mut y = above - wide;
            while y < below + wide {
                c.move_to(left, y + wide);
                c.line_to(left + wide, y);
                y += 5.0;
            }
            c.stroke();
            c.restore();
        }
    }

    /// Failed tests: those of flaky tests above the others.
    fn bars(&self, y: &dyn Fn(f64) -> f64, below: f64) {
        let c = self.c();
        let wide = (self.step() - 1.0).clamp(1.0, 14.0);
        for (at, run) in self.runs.iter().enumerate() {
            let flaky = run.failed_flaky.min(run.failed);
            let (other, all) = (y(f64::from(run.failed - flaky)), y(f64::from(run.failed)));
            let left = self.x(at) - wide / 2.0;
            c.set_global_alpha(if run.set_aside.is_some() { 0.35 } else { 1.0 });
            c.set_fill_style_str(&self.p.bars[1]);
            c.fill_rect(left, other, wide, below - other);
            if flaky > 0 {
                c.set_fill_style_str(&self.p.bar_flaky);
                c.fill_rect(left, all, wide, other - all);
                // An edge, so that the parts are told apart without colour.
                c.set_fill_style_str(&self.p.surface);
                c.fill_rect(left, other - 0.5, wide, 1.0);
            }
        }
        c.set_global_alpha(1.0);
        c.set_text_align("right");
        c.set_font(FONT);
        let top = PANEL_PX + TITLE_PX / 2.0;
        let mut right = self.s.width - RIGHT_PX;
        for (name, colour) in [("other tests", &self.p.bars[1]), ("flaky tests", &self.p.bar_flaky)] {
            c.set_fill_style_str(&self.p.text_3);
            let _ = c.fill_text(name, right, top);
            right -= c.measure_text(name).map_or(60.0, |m| m.width()) + 6.0;
            c.set_fill_style_str(colour);
            c.fill_rect(right - 8.0, top - 4.0, 8.0, 8.0);
            right -= 22.0;
        }
    }

    fn line(&self, values: &[Option<f64>], y: &dyn Fn(f64) -> f64) {
        let c = self.c();
        c.begin_path();
        let mut drawing = false;
        for (at, value) in values.iter().enumerate() {
            let Some(value) = value else {
                drawing = false;
                continue;
            };
            if drawing {
                c.line_to(self.x(at), y(*value));
            } else {
                c.move_to(self.x(at), y(*value));
            }
            drawing = true;
        }
        c.set_stroke_style_str(&self.p.accent);
        c.set_line_width(1.5);
        c.set_line_join("round");
        c.stroke();
        c.set_fill_style_str(&self.p.accent);
        c.begin_path();
        for (at, value) in values.iter().enumerate() {
            let marked = self.at == Some(at as u32);
            if let Some(value) = value.filter(|_| marked || self.step() > 9.0) {
                let (x, r) = (self.x(at), if marked { 4.0 } else { 2.0 });
                c.move_to(x + r, y(value));
                let _ = c.arc(x, y(value), r, 0.0, TAU);
            }
        }
        c.fill();
    }

    fn axis(&self, top: f64) {
        let c = self.c();
        c.set_font(FONT);
        c.set_text_align("center");
        c.set_fill_style_str(&self.p.text_3);
        let _ = c.fill_text("run", LEFT_PX / 2.0, top + AXIS_PX / 2.0 - 4.0);
        let least = (40.0 / self.step()).ceil() as u32;
        let every = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|n| *n >= least).unwrap_or(1_000);
        for (at, run) in self.runs.iter().enumerate() {
            let on = self.at == Some(at as u32);
            let near = self.at.is_some_and(|now| !on && now.abs_diff(at as u32) * 2 < every);
            if on || (run.number.is_multiple_of(every) && !near) {
                c.set_fill_style_str(if on { &self.p.text } else { &self.p.text_3 });
                let _ = c.fill_text(&run.number.to_string(), self.x(at), top + AXIS_PX / 2.0 - 4.0);
            }
        }
    }
}

/// Height of the chart, pixels; the styles have the same.
#[cfg(test)]
const HEIGHT_PX: f64 = PANEL_PX * 5.0 + AXIS_PX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_hold_all_values() {
        assert_eq!(scale(&[None, None], true), (0.0, 1.0));
        assert_eq!(scale(&[Some(0.0)], true), (0.0, 1.0));
        let (low, high) = scale(&[Some(0.8), None, Some(1.0)], false);
        assert!(low < 0.8 && high == 1.0, "a rate ends at 1: {low} {high}");
        assert_eq!(scale(&[Some(10.0), Some(20.0)], true), (0.0, 21.6));
    }

    #[test]
    fn every_run_can_be_pointed_at() {
        assert_eq!((at(LEFT_PX, 1_072.0, 500), at(1_056.0, 1_072.0, 500)), (Some(0), Some(499)));
        assert_eq!((at(3.0, 1_072.0, 500), at(500.0, 1_072.0, 0)), (None, None));
        assert_eq!(HEIGHT_PX, 544.0);
    }
}

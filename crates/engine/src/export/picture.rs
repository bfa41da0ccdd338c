//! The visible window as a picture, made of the same bars as the screen's.

use lanescope_analysis::{Bar, FLAKY, Lane, MERGED, Placement, Window};
use lanescope_model::{AttemptId, Outcome, within};
use lanescope_protocol::ExportRequest;

use super::Exported;
use super::svg::{Colours, Paper, Role, mark};

/// Left of the lanes, for their names.
const GUTTER: (f64, f64) = (48.0, 220.0);
const HEAD: f64 = 64.0;
const FOOT: f64 = 40.0;
const LANE: (f64, f64) = (8.0, 28.0);
const MARGIN: f64 = 12.0;
/// Marks nearer to each other than this are not drawn.
const MARK_GAP: f64 = 7.0;
/// Width of a character of a label, about.
const CHAR: f64 = 6.3;

/// The picture of a window.
pub(super) fn svg(of: &Exported<'_>, asked: &ExportRequest) -> Vec<u8> {
    let us = |s: f64| (s * 1e6) as i64;
    let (mut from_us, mut to_us) = (us(asked.from_s), us(asked.to_s));
    if to_us <= from_us {
        (from_us, to_us) = (0, of.layout.to_us.max(1));
    }
    let width = f64::from(asked.width_px.clamp(320, 8192));
    let lanes: Vec<&Lane> = of.order.iter().filter_map(|&lane| of.layout.lanes.get(lane as usize)).collect();
    let room = f64::from(asked.height_px.min(1 << 15)) - HEAD - FOOT;
    let lane_height = within(room / lanes.len().max(1) as f64, LANE.0, LANE.1);
    let lane_height = if asked.height_px == 0 { 22.0 } else { lane_height };
    let longest = lanes.iter().map(|lane| lane.name.chars().count()).max().unwrap_or(0);
    let left = MARGIN + within(longest as f64 * CHAR + 10.0, GUTTER.0, GUTTER.1);
    let height = HEAD + lane_height * lanes.len() as f64 + FOOT;

    let mut paper = Paper::new(width, height, Colours::new(&asked.colours, asked.dark));
    let title = format!("Timeline of {}", of.label);
    paper.open(&title, super::chrome::note(of.layout.placement));
    paper.rect(Role::Ground, 0.0, 0.0, width, height);
    paper.text(Role::Text, MARGIN, 20.0, "start", of.label, 100);
    let word = match of.layout.placement {
        Placement::Recorded => String::new(),
        Placement::Packed => "rebuilt lanes: which test stood on which is a guess".to_owned(),
        Placement::BackToBack => "rebuilt times: tests stand back to back".to_owned(),
        Placement::Scheduled(n) => format!("simulated on {n} workers: not what happened"),
        Placement::Nothing => "no times are recorded".to_owned(),
    };
    paper.text(Role::FaintText, width - MARGIN, 20.0, "end", &word, 80);
    let plot = Plot { left, right: width - MARGIN, from_us, to_us };
    axis(&mut paper, &plot, height - FOOT);
    for (row, lane) in lanes.iter().enumerate() {
        let top = HEAD + lane_height * row as f64;
        lane_row(of, &mut paper, &plot, lane, top, lane_height);
    }
    legend(of, &mut paper, height - FOOT + 24.0);
    paper.close()
}

/// From time to pixels.
struct Plot {
    left: f64,
    right: f64,
    from_us: i64,
    to_us: i64,
}

impl Plot {
    fn x(&self, us: i64) -> f64 {
        let share = (us.saturating_sub(self.from_us)) as f64 / (self.to_us.saturating_sub(self.from_us)).max(1) as f64;
        within(self.left + share * (self.right - self.left), self.left, self.right)
    }
}

/// Ticks at round times, about one per 90 pixels, with their unit.
fn axis(paper: &mut Paper, plot: &Plot, bottom: f64) {
    const STEPS: [i64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
    let span = plot.to_us.saturating_sub(plot.from_us).max(1);
    let wanted = (span as f64 / ((plot.right - plot.left) / 90.0).max(1.0)).max(1.0) as i64;
    // Below ten seconds in decimal steps, above in those of a clock.
    let fine = STEPS.iter().flat_map(|s| [*s, s * 10_000]).filter(|s| *s < 10_000_000);
    let coarse =
        [10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(|s| s * 1_000_000);
    let step = fine.chain(coarse).filter(|&s| s >= wanted).min().unwrap_or(wanted);
    let mut at = plot.from_us.div_euclid(step).saturating_mul(step);
    if at < plot.from_us {
        at = at.saturating_add(step);
    }
    for _ in 0..200 {
        if at > plot.to_us {
            break;
        }
        let x = plot.x(at);
        paper.rect(Role::Line, x, HEAD - 8.0, 1.0, bottom - HEAD + 8.0);
        paper.time(x, HEAD - 14.0, at, step);
        at = at.saturating_add(step);
    }
}

fn lane_row(of: &Exported<'_>, paper: &mut Paper, plot: &Plot, lane: &Lane, top: f64, height: f64) {
    let (bar_top, bar_height) = (top + 1.0, (height - 2.0).max(1.0));
    paper.rect(Role::LaneGround, plot.left, bar_top, plot.right - plot.left, bar_height);
    if height >= 9.0 {
        let chars = ((plot.left - MARGIN - 6.0) / CHAR) as usize;
        paper.text(Role::FaintText, plot.left - 8.0, top + height / 2.0 + 4.0, "end", &lane.name, chars);
    }
    let starts = matches!(of.layout.placement, Placement::Recorded | Placement::Packed);
    let (tail, end) = (plot.x(lane.last_us), plot.x(of.layout.to_us));
    if starts && end > tail {
        paper.hatched(tail, bar_top, end - tail, bar_height);
    }
    let window = Window::new(plot.from_us, plot.to_us, (plot.right - plot.left) as u32);
    let mut bars: Vec<Bar> = Vec::new();
    lane.index.window(&window, &mut |bar| bars.push(bar));
    // One path per colour is much shorter than a rectangle per bar.
    for role in Role::BARS {
        let of_colour = bars.iter().filter(|bar| colour(bar) == role);
        paper.bars(
            role,
            bar_top,
            bar_height,
            &mut of_colour.map(|bar| {
                let (from, to) = (plot.x(bar.from_us), plot.x(bar.to_us));
                (from, (to - from).max(0.5))
            }),
        );
    }
    let mut last = f64::NEG_INFINITY;
    for bar in &bars {
        let (from, to) = (plot.x(bar.from_us), plot.x(bar.to_us));
        let kind = mark(bar.outcome, bar.marks & FLAKY != 0);
        if let Some(kind) = kind.filter(|_| from - last >= MARK_GAP) {
            paper.mark(kind, from + 4.0, bar_top + 4.0);
            last = from;
        }
        let chars = ((to - from - 16.0) / CHAR) as usize;
        if bar.attempt != MERGED && chars >= 6 && height >= 14.0 {
            let name = of.run.test_name(of.run.attempts.test(AttemptId(bar.attempt)));
            paper.text(Role::Text, from + 11.0, top + height / 2.0 + 4.0, "start", name, chars);
        }
    }
}

/// An attempt of a flaky test is shown as such, unless it failed itself.
fn colour(bar: &Bar) -> Role {
    match bar.outcome {
        Outcome::Passed if bar.marks & FLAKY != 0 => Role::Flaky,
        outcome => Role::of(outcome),
    }
}

fn legend(of: &Exported<'_>, paper: &mut Paper, y: f64) {
    let mut present = [false; 7];
    let mut flaky = false;
    for bar in of.layout.lanes.iter().flat_map(|lane| lane.index.bars()) {
        present.iter_mut().skip(bar.outcome as usize).take(1).for_each(|p| *p = true);
        flaky |= bar.marks & FLAKY != 0;
    }
    let mut x = MARGIN;
    let shown = Outcome::ALL.into_iter().zip(present).filter(|(_, present)| *present).map(|(outcome, _)| outcome);
    for outcome in shown {
        x = paper.legend(x, y, Role::of(outcome), mark(outcome, false), outcome.as_str());
    }
    if flaky {
        x = paper.legend(x, y, Role::Flaky, mark(Outcome::Passed, true), "flaky");
    }
    if matches!(of.layout.placement, Placement::Recorded | Placement::Packed) {
        paper.hatched(x, y - 9.0, 10.0, 10.0);
        paper.text(Role::FaintText, x + 14.0, y, "start", "idle at the end", 40);
    }
}

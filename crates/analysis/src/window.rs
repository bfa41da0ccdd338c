//! The bars of a time window at a pixel width, from an index that is built once per lane.
//!
//! What is narrower than a pixel or two cannot be told apart on the screen, so neighbours are merged into one
//! bar that knows how many it stands for, how much of it they cover, and the worst outcome among them. Each
//! lane keeps its bars at several resolutions, each made of the finer one before it: a question costs what is
//! drawn, not what there is.
//!
//! Bars are merged inside fixed cells of time and at resolutions that are powers of two, so that what stands
//! merged does not change while the window moves.

use lanescope_model::order::{Keyed, by_keys, numbers};
use lanescope_model::{Outcome, within};

use crate::RankBits;
use crate::measure::covered;

/// In [`Bar::attempt`]: several attempts in one bar.
pub const MERGED: u32 = u32::MAX;

/// A bar never reaches across cells of so many quanta; merging can then begin at any cell's start.
const CELL: i64 = 64;

/// One bar on a lane: an attempt, or several that are too narrow to draw one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Left end, microseconds on the timeline.
    pub from_us: i64,
    /// Right end, microseconds on the timeline.
    pub to_us: i64,
    /// Time inside it that is covered by attempts, microseconds.
    pub covered_us: i64,
    /// Row of the attempt, or [`MERGED`].
    pub attempt: u32,
    /// How many attempts it stands for.
    pub count: u32,
    /// Place of the first of them on the lane; they stand there one after the other.
    pub first: u32,
    /// Row of the longest of them; the first of those that are equally long. Nothing longer than 71 minutes is told
    /// apart.
    pub lead: u32,
    /// Length of that one, microseconds.
    lead_us: u32,
    /// Outcome of the attempt, or the worst of several.
    pub outcome: Outcome,
    /// Marks of the attempt, as given to [`LaneIndex::new`]; those of several together.
    pub marks: u8,
}

impl Bar {
    fn width(&self) -> i64 {
        self.to_us - self.from_us
    }

    /// Share of the bar that is covered by attempts.
    #[must_use]
    pub fn fill(&self) -> f32 {
        if self.count == 1 || self.width() <= 0 {
            return 1.0;
        }
        within(self.covered_us as f64 / self.width() as f64, 0.0, 1.0) as f32
    }
}

/// A window of time, and the quantum below which neighbours are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Left end, microseconds on the timeline.
    pub from_us: i64,
    /// Right end, microseconds on the timeline.
    pub to_us: i64,
    /// The power of two that is nearest to a pixel, microseconds.
    quantum_us: i64,
}

impl Window {
    /// A window between two points in time, drawn `width_px` pixels wide.
    #[must_use]
    pub fn new(from_us: i64, to_us: i64, width_px: u32) -> Self {
        let (from_us, to_us) = (from_us.clamp(-LIMIT, LIMIT), to_us.clamp(-LIMIT, LIMIT));
        let pixel = ((to_us - from_us).max(1) / i64::from(width_px.max(1))).max(1);
        // Half an octave up, so that the next power of two is taken where it is the nearer one.
        Self { from_us, to_us: to_us.max(from_us), quantum_us: 1 << (pixel + pixel * 2 / 5).ilog2() }
    }

    /// The same window, merged for half as many pixels.
    #[must_use]
    pub fn coarser(self) -> Self {
        Self { quantum_us: self.quantum_us.saturating_mul(2), ..self }
    }

    /// Whether a bar is wide enough for its parts to be told apart.
    #[must_use]
    pub fn shows_parts(&self, bar: &Bar) -> bool {
        bar.width() >= self.quantum_us.saturating_mul(4)
    }
}

/// Times on a lane stay inside ±36,000 years, so that sums of two cannot overflow.
const LIMIT: i64 = i64::MAX / 8;

/// How bad an outcome is, for the colour of a merged bar.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Error => 6,
        Outcome::Failed => 5,
        Outcome::Unknown => 4,
        Outcome::Passed => 3,
        Outcome::XPassed => 2,
        Outcome::XFailed => 1,
        Outcome::Skipped => 0,
    }
}

/// The attempts of one lane, by start, and the coarser views of them.
#[derive(Clone, Debug, Default)]
pub struct LaneIndex {
    from_us: Vec<i64>,
    to_us: Vec<i64>,
    attempt: Vec<u32>,
    outcome: Vec<Outcome>,
    marks: Vec<u8>,
    bad: RankBits,
    covered_us: Vec<i64>,
    reach_us: Reach,
    levels: Vec<Level>,
}

#[derive(Clone, Debug)]
struct Level {
    quantum_us: i64,
    bars: Vec<Bar>,
    reach_us: Reach,
}

/// The latest stop so far, kept only where stops are not in order (attempts that overlap on one lane).
type Reach = Option<Vec<i64>>;

fn reach(stops: impl Iterator<Item = i64> + Clone) -> Reach {
    if stops.clone().is_sorted() {
        return None;
    }
    let mut latest = i64::MIN;
    Some(
        stops
            .map(|stop| {
                latest = latest.max(stop);
                latest
            })
            .collect(),
    )
}

impl LaneIndex {
    /// An index of attempts given as (start, stop, row, outcome), in microseconds on the timeline, in any order.
    /// `marks` gives eight bits for a row, which come back with its bar: rows lie scattered in a run's tables, and
    /// are not looked up again for each drawing.
    #[must_use]
    pub fn new(spans: Vec<(i64, i64, u32, Outcome)>, marks: impl Fn(u32) -> u8) -> Self {
        let place = |(at, &(from, to, row, _)): (usize, &(i64, i64, u32, Outcome))| {
            let from = from.clamp(-LIMIT, LIMIT);
            (from, to.clamp(from, LIMIT), row, at as u32)
        };
        let mut sorted: Vec<Keyed> = spans.iter().enumerate().map(place).collect();
        by_keys(&mut sorted);
        let outcome = |s: &Keyed| spans.get(s.3 as usize).map_or(Outcome::Unknown, |span| span.3);
        let mut index = Self {
            from_us: sorted.iter().map(|s| s.0).collect(),
            to_us: sorted.iter().map(|s| s.1).collect(),
            attempt: sorted.iter().map(|s| s.2).collect(),
            outcome: sorted.iter().map(outcome).collect(),
            marks: sorted.iter().map(|s| marks(s.2)).collect(),
            bad: RankBits::new(sorted.iter().map(|s| outcome(s).is_bad())),
            covered_us: covered(sorted.iter().map(|s| (s.0, s.1))),
            reach_us: None,
            levels: Vec::new(),
        };
        index.reach_us = reach(index.to_us.iter().copied());
        index.build_levels();
        index
    }

    /// A level is kept where it is much smaller than the finer one, so that all of them together are little more
    /// than twice as large as the lane itself, and mostly smaller than it.
    fn build_levels(&mut self) {
        let (Some(&first), Some(&last)) = (self.from_us.first(), self.to_us.iter().max()) else { return };
        let extent = last - first;
        let Some(mut quantum) = self.finest_quantum() else { return };
        while quantum <= extent / 128 {
            let finer = self.levels.last();
            let size = finer.map_or(self.len(), |l| l.bars.len());
            let mut bars = Vec::new();
            match finer {
                Some(level) => merge(level.bars.iter().copied(), quantum, |bar| bars.push(bar)),
                None => merge(self.bars(), quantum, |bar| bars.push(bar)),
            }
            if bars.len() * 10 <= size * 7 {
                bars.shrink_to_fit();
                let reach_us = reach(bars.iter().map(|b| b.to_us));
                self.levels.push(Level { quantum_us: quantum, bars, reach_us });
            }
            quantum *= 4;
        }
    }

    /// The power of two below which too few neighbours are merged for a level to be worth its while: with three
    /// of ten, it is not yet. Density is that of most attempts, not that of the lane as a whole: a lane may be
    /// empty for hours between two bursts.
    fn finest_quantum(&self) -> Option<i64> {
        let mut latest = i64::MIN;
        let spans = self.from_us.iter().zip(&self.to_us);
        let mut needed: Vec<i64> = spans
            .map(|(&from, &to)| {
                let gap = if latest == i64::MIN { 0 } else { from - latest };
                latest = latest.max(to);
                gap.max((to - from) * 2 / 3)
            })
            .collect();
        let at = needed.len() * 3 / 10;
        if at >= needed.len() {
            return None;
        }
        numbers(&mut needed);
        Some(1 << needed.get(at).copied().unwrap_or(1).max(1).ilog2())
    }

    /// How many attempts the lane holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.from_us.len()
    }

    /// Whether the lane holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from_us.is_empty()
    }

    /// The attempt in this place of the lane, as a bar.
    #[must_use]
    pub fn bar(&self, i: usize) -> Option<Bar> {
        let span = (*self.from_us.get(i)?, *self.to_us.get(i)?);
        Some(single(span, *self.attempt.get(i)?, i, *self.outcome.get(i)?, *self.marks.get(i)?))
    }

    /// All attempts of the lane, by start.
    pub fn bars(&self) -> impl DoubleEndedIterator<Item = Bar> + ExactSizeIterator + '_ {
        let kinds = self.outcome.iter().zip(&self.marks);
        let columns = self.from_us.iter().zip(&self.to_us).zip(self.attempt.iter().zip(kinds));
        let single = |(i, ((&from_us, &to_us), (&attempt, (&outcome, &marks))))| {
            single((from_us, to_us), attempt, i, outcome, marks)
        };
        columns.enumerate().map(single)
    }

    /// Place of an attempt that starts at this time.
    #[must_use]
    pub fn place(&self, attempt: u32, from_us: i64) -> Option<usize> {
        let first = self.from_us.partition_point(|&f| f < from_us);
        let same = self.from_us.get(first..)?.iter().take_while(|&&f| f == from_us).count();
        let at = self.attempt.get(first..first + same)?.iter().position(|&a| a == attempt)?;
        Some(first + at)
    }

    /// Attempts that run at some time in the window, by start.
    pub fn overlapping(&self, from_us: i64, to_us: i64) -> impl Iterator<Item = Bar> + '_ {
        let first = first_reaching(self.reach_us.as_ref(), self.len(), |i| self.to_us.get(i).copied(), from_us);
        let end = self.from_us.partition_point(|&f| f < to_us);
        (first..end.max(first)).filter_map(|i| self.bar(i)).filter(move |b| b.to_us > from_us)
    }

    /// First place that reaches a stretch of time, and the end of those that start before its end.
    pub(crate) fn reaching(&self, from_us: i64, to_us: i64) -> (usize, usize) {
        // On lanes in order, a stop at `from_us` reaches it, but does not run in it.
        let after = from_us.saturating_add(1);
        let first = first_reaching(self.reach_us.as_ref(), self.len(), |i| self.to_us.get(i).copied(), after);
        (first, self.started_before(to_us).max(first))
    }

    /// Whether attempts stop in the order in which they start.
    pub(crate) fn is_in_order(&self) -> bool {
        self.reach_us.is_none()
    }

    pub(crate) fn started_before(&self, at_us: i64) -> usize {
        self.from_us.partition_point(|&f| f < at_us)
    }

    /// Failed attempts in these places.
    pub(crate) fn bad_in(&self, from: usize, to: usize) -> u32 {
        self.bad.count(from, to)
    }

    pub(crate) fn covered_before_block(&self, block: usize) -> i64 {
        self.covered_us.get(block).copied().unwrap_or(0)
    }

    /// The latest stop of the attempts up to and with this place.
    pub(crate) fn reach_at(&self, i: usize) -> i64 {
        self.reach_us.as_ref().unwrap_or(&self.to_us).get(i).copied().unwrap_or(i64::MIN)
    }

    pub(crate) fn spans(&self, from: usize, to: usize) -> impl Iterator<Item = (i64, i64)> + '_ {
        let columns = (self.from_us.get(from..to), self.to_us.get(from..to));
        columns.0.unwrap_or_default().iter().copied().zip(columns.1.unwrap_or_default().iter().copied())
    }

    /// No more bars than this are drawn for a window; there may be a few times fewer.
    #[must_use]
    pub fn at_most(&self, window: &Window) -> usize {
        let (first, end) = match self.level(window.quantum_us) {
            Some(level) => {
                let bars = level.bars.as_slice();
                let stop = |i: usize| bars.get(i).map(|b| b.to_us);
                let first = first_reaching(level.reach_us.as_ref(), bars.len(), stop, window.from_us);
                (first, bars.partition_point(|b| b.from_us <= window.to_us))
            }
            None => {
                let stop = |i: usize| self.to_us.get(i).copied();
                let first = first_reaching(self.reach_us.as_ref(), self.len(), stop, window.from_us);
                (first, self.from_us.partition_point(|&from| from <= window.to_us))
            }
        };
        end.saturating_sub(first)
    }

    /// The coarsest level that is fine enough.
    fn level(&self, quantum_us: i64) -> Option<&Level> {
        self.levels.iter().rev().find(|l| l.quantum_us <= quantum_us)
    }

    /// The bars that are drawn for a window, by start.
    pub fn window(&self, window: &Window, emit: &mut dyn FnMut(Bar)) {
        let quantum = window.quantum_us;
        let visible = |bar: Bar| {
            if bar.to_us >= window.from_us && bar.from_us <= window.to_us {
                emit(bar);
            }
        };
        match self.level(quantum) {
            Some(level) => {
                let bars = level.bars.as_slice();
                let stop = |i: usize| bars.get(i).map(|b| b.to_us);
                let first = first_reaching(level.reach_us.as_ref(), bars.len(), stop, window.from_us);
                let cell = bars.get(first).map_or(0, |b| cell_start(b.from_us, quantum));
                let first = first.min(bars.partition_point(|b| b.from_us < cell));
                let end = bars.partition_point(|b| b.from_us <= window.to_us);
                merge(bars.get(first..end).unwrap_or_default().iter().copied(), quantum, visible);
            }
            None => {
                let stop = |i: usize| self.to_us.get(i).copied();
                let first = first_reaching(self.reach_us.as_ref(), self.len(), stop, window.from_us);
                let cell = self.from_us.get(first).map_or(0, |&from| cell_start(from, quantum));
                let first = first.min(self.from_us.partition_point(|&from| from < cell));
                let end = self.from_us.partition_point(|&from| from <= window.to_us);
                merge((first..end).filter_map(|i| self.bar(i)), quantum, visible);
            }
        }
    }
}

fn single((from_us, to_us): (i64, i64), attempt: u32, place: usize, outcome: Outcome, marks: u8) -> Bar {
    let covered_us = to_us - from_us;
    let lead_us = u32::try_from(covered_us).unwrap_or(u32::MAX);
    Bar { from_us, to_us, covered_us, attempt, count: 1, first: place as u32, lead: attempt, lead_us, outcome, marks }
}

fn cell_start(from_us: i64, quantum: i64) -> i64 {
    let cell = quantum.saturating_mul(CELL);
    from_us.div_euclid(cell) * cell
}

/// First place whose stop, or that of one before it, reaches `from_us`.
fn first_reaching(reach: Option<&Vec<i64>>, len: usize, stop: impl Fn(usize) -> Option<i64>, from_us: i64) -> usize {
    if let Some(reach) = reach {
        return reach.partition_point(|&r| r < from_us);
    }
    let (mut low, mut high) = (0, len);
    while low < high {
        let mid = low + (high - low) / 2;
        if stop(mid).is_some_and(|s| s < from_us) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    low
}

/// Merges bars, given by start, that are too narrow and too near each other to be told apart. Good and bad
/// outcomes are merged only where one of them would be narrower than a quantum, so that a failure colours
/// no more than it must. Gives at most about two bars per quantum, whatever comes in.
fn merge(bars: impl Iterator<Item = Bar>, quantum: i64, mut emit: impl FnMut(Bar)) {
    let narrow = |bar: &Bar| bar.width().saturating_mul(2) < quantum.saturating_mul(3);
    let mut open: Option<(Bar, bool)> = None;
    for bar in bars {
        if let Some((group, soft)) = &mut open {
            // On one worker nothing overlaps; where a file says so, what adds less than a quantum is merged.
            let inside = bar.from_us < group.to_us && bar.to_us < group.to_us.saturating_add(quantum);
            let near = bar.from_us - group.to_us < quantum && narrow(&bar) && *soft;
            let alike = bar.outcome.is_bad() == group.outcome.is_bad() || group.width() < quantum;
            let same_cell = cell_start(bar.from_us, quantum) == cell_start(group.from_us, quantum);
            if same_cell && (inside || (near && alike)) {
                let over = bar.to_us - bar.from_us.max(group.to_us);
                group.covered_us += bar.covered_us.min(over.max(0));
                group.to_us = group.to_us.max(bar.to_us);
                group.count = group.count.saturating_add(bar.count);
                group.attempt = MERGED;
                group.marks |= bar.marks;
                if bar.lead_us > group.lead_us {
                    (group.lead, group.lead_us) = (bar.lead, bar.lead_us);
                }
                if rank(bar.outcome) > rank(group.outcome) {
                    group.outcome = bar.outcome;
                }
                continue;
            }
            emit(*group);
        }
        let soft = narrow(&bar) || bar.count > 1;
        open = Some((bar, soft));
    }
    if let Some((group, _)) = open {
        emit(group);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(index: &LaneIndex, from: i64, to: i64, px: u32) -> Vec<Bar> {
        let mut bars = Vec::new();
        index.window(&Window::new(from, to, px), &mut |bar| bars.push(bar));
        bars
    }

    fn lane(n: u32, step: i64, width: i64) -> LaneIndex {
        let span = |i: u32| (i64::from(i) * step, i64::from(i) * step + width, i, Outcome::Passed);
        LaneIndex::new((0..n).map(span).collect(), |_| 0)
    }

    #[test]
    fn what_is_wide_enough_is_drawn_alone() {
        let bars = drawn(&lane(100, 1000, 900), 0, 100_000, 1000);
        assert_eq!(bars.len(), 100);
        assert!(bars.iter().all(|b| b.count == 1 && b.fill() == 1.0));
    }

    #[test]
    fn what_is_narrow_is_merged_with_its_share() {
        let bars = drawn(&lane(100_000, 10, 5), 0, 1_000_000, 1000);
        assert!(bars.len() <= 1000, "{}", bars.len());
        assert_eq!(bars.iter().map(|b| b.count).sum::<u32>(), 100_000);
        assert!(bars.iter().all(|b| (b.fill() - 0.5).abs() < 0.01), "{:?}", bars.first());
    }

    #[test]
    fn a_failure_colours_no_more_than_it_must() {
        let spans = (0..1000_i64).map(|i| {
            let outcome = if i == 500 { Outcome::Failed } else { Outcome::Passed };
            (i * 10, i * 10 + 9, i as u32, outcome)
        });
        let index = LaneIndex::new(spans.collect(), |_| 0);
        let red: Vec<Bar> =
            drawn(&index, 0, 10_000, 100).into_iter().filter(|b| b.outcome == Outcome::Failed).collect();
        assert_eq!(red.len(), 1);
        assert!(red.iter().all(|b| b.to_us - b.from_us <= 200), "{red:?}");
    }

    #[test]
    fn a_moving_window_does_not_change_what_is_merged() {
        let index = lane(20_000, 37, 11);
        let whole: Vec<Bar> = drawn(&index, 100_000, 300_000, 500);
        let moved: Vec<Bar> = drawn(&index, 110_000, 310_000, 500);
        let inside = |b: &&Bar| b.from_us > 115_000 && b.to_us < 295_000;
        assert!(whole.iter().filter(inside).eq(moved.iter().filter(inside)));
    }

    fn spans() -> impl Strategy<Value = Vec<(i64, i64, u32, Outcome)>> {
        prop::collection::vec((-1000_i64..100_000, 0_i64..3000, 0_usize..7), 0..300).prop_map(|rows| {
            let row =
                |(i, (from, width, o)): (usize, (i64, i64, usize))| (from, from + width, i as u32, Outcome::ALL[o]);
            rows.into_iter().enumerate().map(row).collect()
        })
    }

    proptest! {
        #[test]
        fn merging_conserves_counts_and_is_bounded(spans in spans(), px in 1_u32..3000) {
            let index = LaneIndex::new(spans.clone(), |_| 0);
            let bars = drawn(&index, -1000, 103_000, px);
            prop_assert_eq!(bars.iter().map(|b| b.count as usize).sum::<usize>(), spans.len());
            prop_assert!(bars.len() <= 3 * px as usize + 8, "{} bars on {} px", bars.len(), px);
            prop_assert!(bars.is_sorted_by_key(|b| b.from_us));
            let bad = spans.iter().any(|s| s.3.is_bad());
            prop_assert_eq!(bars.iter().any(|b| b.outcome.is_bad()), bad);
        }

        #[test]
        fn a_window_shows_everything_that_touches_it(spans in spans(), from in 0_i64..50_000, width in 1_i64..50_000) {
            let index = LaneIndex::new(spans.clone(), |_| 0);
            let bars = drawn(&index, from, from + width, 800);
            for s in spans.iter().filter(|s| s.1 > from && s.0 < from + width) {
                prop_assert!(bars.iter().any(|b| b.from_us <= s.0 && b.to_us >= s.1), "{s:?} is missing");
            }
            let found: Vec<u32> = index.overlapping(from, from + width).map(|b| b.attempt).collect();
            let wanted = spans.iter().filter(|s| s.1 > from && s.0 < from + width).count();
            prop_assert_eq!(found.len(), wanted);
        }
    }
}

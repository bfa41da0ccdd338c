//! The bars, phases and holes that a part of the workers' time is made of, longest first.

use lanescope_model::order::{Keyed, by_keys};
use lanescope_model::{AttemptId, Run};

use super::{Part, was_retried};
use crate::{Breakdown, Figures, Lane, Layout, time_us};

/// In [`Slot::at`]: the piece lies inside the bar, not before it.
const INSIDE: u32 = 1 << 31;

/// A piece, as small as it can be kept: there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    us: i64,
    lane: u32,
    /// Place of its bar on the lane; for what belongs to the whole lane, 0.
    at: u32,
}

/// One piece of a part. Points in time are microseconds on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimePiece {
    /// Row of its lane in the layout.
    pub lane: u32,
    /// Left end.
    pub from_us: i64,
    /// Right end.
    pub to_us: i64,
    /// Time that counts, microseconds.
    pub us: i64,
    /// The attempt that it is a phase of; for a hole, the one after it.
    pub attempt: Option<AttemptId>,
    /// For a hole, the attempt before it.
    pub before: Option<AttemptId>,
    /// Whether it is time inside an attempt's span that is in none of its phases.
    pub inside: bool,
}

/// Gives every piece of every part: bars and phases on any lanes, holes only where lanes are recorded.
pub(super) fn walk(run: &Run, layout: &Layout, edges: Option<Edges>, emit: &mut dyn FnMut(Part, Slot)) {
    for (row, lane) in layout.lanes.iter().enumerate() {
        let row = row as u32;
        let mut reach: Option<i64> = None;
        for (at, bar) in lane.index.bars().enumerate() {
            let (at, attempt) = (at as u32 & !INSIDE, AttemptId(bar.attempt));
            let mut give = |part, us: i64, at| {
                if us > 0 {
                    emit(part, Slot { us, lane: row, at });
                }
            };
            let time = time_us(run, attempt).unwrap_or(0);
            if was_retried(run, attempt) {
                give(Part::Retries, time, at);
            } else {
                let setup = run.attempts.setup_us(attempt).unwrap_or(0).clamp(0, time);
                let teardown = run.attempts.teardown_us(attempt).unwrap_or(0).clamp(0, time - setup);
                give(Part::Setup, setup, at);
                give(Part::Call, time - setup - teardown, at);
                give(Part::Teardown, teardown, at);
            }
            if edges.is_some() {
                if let Some(reach) = reach {
                    give(Part::Gap, bar.from_us - reach, at);
                }
                give(Part::Gap, (bar.to_us - bar.from_us) - time, at | INSIDE);
                reach = Some(reach.map_or(bar.to_us, |reach| reach.max(bar.to_us)));
            }
        }
        if let Some(edges) = edges {
            let parts = [
                (Part::StartUp, edges.before_us.saturating_add(lane.first_us)),
                (Part::Tail, edges.end_us - lane.last_us),
                (Part::After, edges.after_us),
            ];
            for (part, us) in parts.into_iter().filter(|p| p.1 > 0) {
                emit(part, Slot { us, lane: row, at: 0 });
            }
        }
    }
}

/// What stands before and after the tests, the same on each lane, and whether holes can be told at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edges {
    /// From the start of the session to the first start of all; negative where the session is recorded shorter
    /// than its tests.
    before_us: i64,
    /// The last stop of all.
    end_us: i64,
    /// From there to the end of the session.
    after_us: i64,
}

impl Edges {
    /// `None` where lanes are not recorded.
    pub(super) fn of(figures: &Figures, breakdown: Option<&Breakdown>) -> Option<Self> {
        let (b, (first, last)) = (breakdown?, figures.window_us?);
        let workers = figures.workers.value.map_or(1, i64::from).max(1);
        let end_us = last.saturating_sub(first);
        let after_us = b.after_us.unwrap_or(0) / workers;
        let around = figures.session_us.value.map_or(0, |session| session.saturating_sub(end_us));
        Some(Self { before_us: around.saturating_sub(after_us), end_us, after_us })
    }
}

/// The pieces of a part, longest first once a page was asked for; equal ones by lane and place.
#[derive(Clone, Debug, Default)]
pub struct PieceList {
    slots: Vec<Slot>,
    sorted: bool,
    part: Option<Part>,
    edges: Edges,
}

/// The pieces of a part; `breakdown` is that of the same run and layout.
#[must_use]
pub fn pieces(run: &Run, layout: &Layout, figures: &Figures, breakdown: Option<&Breakdown>, part: Part) -> PieceList {
    let mut slots = Vec::new();
    let edges = Edges::of(figures, breakdown);
    walk(run, layout, edges, &mut |of, slot| {
        if of == part {
            slots.push(slot);
        }
    });
    slots.shrink_to_fit();
    PieceList { slots, sorted: false, part: Some(part), edges: edges.unwrap_or_default() }
}

impl PieceList {
    /// Which part it lists.
    #[must_use]
    pub fn part(&self) -> Option<Part> {
        self.part
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All of them together, microseconds.
    #[must_use]
    pub fn sum_us(&self) -> i64 {
        self.slots.iter().fold(0, |sum, slot| sum.saturating_add(slot.us))
    }

    /// A page of them. The first page sorts them all.
    pub fn page(&mut self, run: &Run, layout: &Layout, offset: usize, limit: usize) -> Vec<TimePiece> {
        let end = offset.saturating_add(limit).min(self.slots.len());
        if !self.sorted {
            let keyed = |s: &Slot| -> Keyed { (s.us.saturating_neg(), 0, s.lane, s.at) };
            let mut order: Vec<Keyed> = self.slots.iter().map(keyed).collect();
            by_keys(&mut order);
            self.slots.clear();
            self.slots.extend(order.into_iter().map(|(us, _, lane, at)| Slot { us: us.saturating_neg(), lane, at }));
            self.sorted = true;
        }
        let page = self.slots.get(offset.min(end)..end).unwrap_or_default();
        page.iter().filter_map(|&slot| self.piece(run, layout, slot)).collect()
    }

    fn piece(&self, run: &Run, layout: &Layout, slot: Slot) -> Option<TimePiece> {
        let lane = layout.lanes.get(slot.lane as usize)?;
        let at = (slot.at & !INSIDE) as usize;
        let attempt = |i: Option<usize>| i.and_then(|i| lane.index.bar(i)).map(|bar| AttemptId(bar.attempt));
        let bar = lane.index.bar(at)?;
        let id = AttemptId(bar.attempt);
        let mut piece = TimePiece {
            lane: slot.lane,
            from_us: bar.from_us,
            to_us: bar.to_us,
            us: slot.us,
            attempt: Some(id),
            before: None,
            inside: false,
        };
        let Edges { before_us, end_us, after_us } = self.edges;
        let teardown = run.attempts.teardown_us(id).unwrap_or(0).max(0);
        let setup = run.attempts.setup_us(id).unwrap_or(0).max(0);
        match self.part? {
            Part::Setup => piece.to_us = bar.from_us.saturating_add(slot.us).min(bar.to_us),
            Part::Teardown => piece.from_us = bar.to_us.saturating_sub(slot.us).max(bar.from_us),
            Part::Call => {
                piece.from_us = bar.from_us.saturating_add(setup).min(bar.to_us);
                piece.to_us = bar.to_us.saturating_sub(teardown).max(piece.from_us);
            }
            Part::Retries => {}
            Part::Gap if slot.at & INSIDE != 0 => piece.inside = true,
            Part::Gap => {
                (piece.from_us, piece.to_us) = (bar.from_us - slot.us, bar.from_us);
                // Where bars overlap, the one before the hole is the one that reached furthest.
                let before =
                    (0..at).rev().take(64).find(|&i| lane.index.bar(i).is_some_and(|b| b.to_us >= piece.from_us));
                piece.before = attempt(before);
            }
            Part::StartUp => (piece.from_us, piece.to_us) = (before_us.saturating_neg(), lane.first_us),
            Part::Tail => {
                (piece.from_us, piece.to_us) = (lane.last_us, end_us);
                (piece.attempt, piece.before) = (None, last(lane));
            }
            Part::After => {
                (piece.from_us, piece.to_us) = (end_us, end_us.saturating_add(after_us));
                (piece.attempt, piece.before) = (None, last(lane));
            }
        }
        Some(piece)
    }
}

/// The attempt that stopped last on a lane.
fn last(lane: &Lane) -> Option<AttemptId> {
    let bars = lane.index.bars().rev();
    bars.take_while(|bar| bar.from_us <= lane.last_us)
        .find(|bar| bar.to_us == lane.last_us)
        .map(|b| AttemptId(b.attempt))
}

//! What is kept of the answers about a run's lanes, so that a window costs what is drawn.

use std::cell::OnceCell;

use lanescope_analysis::{Curve, LaneOrder, Layout, Placement, RankBits, Retries, Seats};
use lanescope_model::{AttemptId, Run};
use lanescope_protocol::{ColourBy, LaneSort};

use crate::colour::{Classes, classes};
use crate::query::Query;
use crate::run_state::RunState;

/// Lanes in one of their orders.
#[derive(Default)]
pub(crate) struct Order {
    /// Lane of each row.
    pub(crate) rows: Vec<u32>,
    /// Row of each lane.
    pub(crate) row_of: Vec<u32>,
}

impl Order {
    /// Row of a lane.
    pub(crate) fn row(&self, lane: u32) -> u32 {
        self.row_of.get(lane as usize).copied().unwrap_or(0)
    }
}

/// What is kept about one layout; each part is made when it is first asked for.
#[derive(Default)]
pub(crate) struct Kept {
    orders: [OnceCell<Order>; 5],
    seats: OnceCell<Seats>,
    retries: OnceCell<Retries>,
    curve: OnceCell<Curve>,
    /// The last query, and which attempts match it, by lane and place.
    filter: Option<(String, Vec<RankBits>)>,
}

impl Kept {
    pub(crate) fn order(&self, layout: &Layout, sort: LaneSort) -> &Order {
        let (slot, order) = match sort {
            LaneSort::Name => (&self.orders[0], LaneOrder::Name),
            LaneSort::Load => (&self.orders[1], LaneOrder::Load),
            LaneSort::LastStop => (&self.orders[2], LaneOrder::LastStop),
            LaneSort::Idle => (&self.orders[3], LaneOrder::Idle),
            LaneSort::Start => (&self.orders[4], LaneOrder::Start),
        };
        slot.get_or_init(|| {
            let rows = layout.order(order);
            let mut row_of = vec![0; rows.len()];
            for (row, lane) in (0..).zip(&rows) {
                row_of.iter_mut().skip(*lane as usize).take(1).for_each(|slot| *slot = row);
            }
            Order { rows, row_of }
        })
    }

    pub(crate) fn seats(&self, run: &Run, layout: &Layout) -> &Seats {
        self.seats.get_or_init(|| Seats::of(run, layout))
    }

    pub(crate) fn retries(&self, run: &Run, layout: &Layout) -> &Retries {
        self.retries.get_or_init(|| {
            // Most runs have none, and then nobody needs to know where each attempt stands.
            let any = run.tests.ids().any(|t| run.tests.attempts(t).len() > 1);
            if any { Retries::of(run, layout, self.seats(run, layout)) } else { Retries::default() }
        })
    }

    pub(crate) fn curve(&self, layout: &Layout) -> &Curve {
        self.curve.get_or_init(|| Curve::of(layout))
    }

    /// The attempts of a lane that match the last query.
    pub(crate) fn matches(&self, lane: u32) -> Option<&RankBits> {
        self.filter.as_ref().and_then(|(_, lanes)| lanes.get(lane as usize))
    }
}

/// What is kept about a run, whatever its lanes.
#[derive(Default)]
pub(crate) struct Looks {
    classes: [OnceCell<Classes>; 6],
    /// The last query, and which tests match it.
    matching: Option<(String, Vec<bool>)>,
}

impl Looks {
    /// The classes of a colouring of `state`, whose looks these are.
    pub(crate) fn classes(&self, state: &RunState, colour: ColourBy) -> &Classes {
        let slot = match colour {
            ColourBy::Outcome => &self.classes[0],
            ColourBy::Group => &self.classes[1],
            ColourBy::Marker => &self.classes[2],
            ColourBy::File => &self.classes[3],
            ColourBy::Duration => &self.classes[4],
            ColourBy::Flakiness => &self.classes[5],
        };
        slot.get_or_init(|| classes(state, colour))
    }
}

/// Lanes of a simulation with another number of workers, and what is kept about them.
pub(crate) struct Simulated {
    workers: u32,
    layout: Layout,
    kept: Kept,
}

/// Which lanes are meant: those of the run, or those of the last simulation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lanes {
    OfRun,
    Simulated,
}

impl RunState {
    /// The lanes asked for: those of the run, or a simulation with another number of workers.
    pub(crate) fn choose(&mut self, workers: Option<u32>) -> Lanes {
        let Placement::Scheduled(chosen) = self.layout.placement else { return Lanes::OfRun };
        let Some(wanted) = workers.filter(|&n| n != chosen) else { return Lanes::OfRun };
        if self.simulated.as_ref().is_none_or(|s| s.workers != wanted) {
            let layout = Layout::of(&self.run, Some(wanted));
            self.simulated = Some(Box::new(Simulated { workers: wanted, layout, kept: Kept::default() }));
        }
        Lanes::Simulated
    }

    /// The lanes that [`Self::choose`] chose.
    pub(crate) fn lanes(&self, chosen: Lanes) -> (&Layout, &Kept) {
        match &self.simulated {
            Some(simulated) if chosen == Lanes::Simulated => (&simulated.layout, &simulated.kept),
            _ => (&self.layout, &self.kept),
        }
    }

    /// Sees to it that [`Kept::matches`] of these lanes tells of this query. Nothing is searched again while the
    /// query stays the same.
    pub(crate) fn filter(&mut self, chosen: Lanes, q: &str) {
        let q = q.trim();
        let kept = |state: &Self| state.lanes(chosen).1.filter.as_ref().map(|f| f.0 == q);
        if (q.is_empty() && kept(self).is_none()) || kept(self) == Some(true) {
            return;
        }
        let filter = (!q.is_empty()).then(|| (q.to_owned(), self.matching_by_lane(chosen, q)));
        match &mut self.simulated {
            Some(simulated) if chosen == Lanes::Simulated => simulated.kept.filter = filter,
            _ => self.kept.filter = filter,
        }
    }

    fn matching_by_lane(&mut self, chosen: Lanes, q: &str) -> Vec<RankBits> {
        let found = self.looks.matching.take().filter(|found| found.0 == q);
        let found = found.unwrap_or_else(|| {
            let matching = Query::parse(q).matching(&self.run, |test| self.total_us(test));
            (q.to_owned(), matching)
        });
        let matches = |attempt: u32| {
            let test = self.run.attempts.test(AttemptId(attempt));
            found.1.get(test.index()) == Some(&true)
        };
        let lanes = self.lanes(chosen).0.lanes.iter();
        let bits = lanes.map(|lane| RankBits::new(lane.index.bars().map(|bar| matches(bar.attempt)))).collect();
        self.looks.matching = Some(found);
        bits
    }
}

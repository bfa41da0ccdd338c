//! `--dist loadscope`, `loadfile` and `loadgroup`, after `xdist/scheduler/loadscope.py` of pytest-xdist 3.8.

use super::lanes::{Lane, Ready, lanes, next};
use super::line::Line;
use super::trace::Trace;

/// The dealing order: pieces whole, in the order of their first test; with `reorder` those with most tests first.
/// Beside it stand the ends of the pieces.
pub(crate) fn pieces(rows: &[u32], key: &dyn Fn(u32) -> u32, reorder: bool) -> (Vec<u32>, Vec<u32>) {
    const NONE: u32 = u32::MAX;
    let mut piece_of_key: Vec<u32> = Vec::new();
    let mut piece_of: Vec<u32> = Vec::with_capacity(rows.len());
    let mut sizes: Vec<u32> = Vec::new();
    for &row in rows {
        let key = key(row) as usize;
        if piece_of_key.len() <= key {
            piece_of_key.resize(key + 1, NONE);
        }
        let Some(piece) = piece_of_key.get_mut(key) else { continue };
        if *piece == NONE {
            *piece = sizes.len() as u32;
            sizes.push(0);
        }
        piece_of.push(*piece);
        if let Some(size) = sizes.get_mut(*piece as usize) {
            *size += 1;
        }
    }
    let mut order: Vec<u32> = (0..sizes.len() as u32).collect();
    let size = |piece: u32| sizes.get(piece as usize).copied().unwrap_or(0);
    if reorder {
        lanescope_model::order::by(&mut order, &|a, b| size(b).cmp(&size(a)));
    }
    let mut next = vec![0_u32; sizes.len()];
    let mut ends = Vec::with_capacity(order.len());
    let mut end = 0;
    for &piece in &order {
        if let Some(next) = next.get_mut(piece as usize) {
            *next = end;
        }
        end += size(piece);
        ends.push(end);
    }
    let mut dealt = vec![0_u32; rows.len()];
    for (&row, &piece) in rows.iter().zip(&piece_of) {
        if let Some(next) = next.get_mut(piece as usize) {
            if let Some(slot) = dealt.get_mut(*next as usize) {
                *slot = row;
            }
            *next += 1;
        }
    }
    (dealt, ends)
}

/// Pieces that are waiting.
struct Waiting<'a> {
    ends: &'a [u32],
    from: u32,
}

impl Waiting<'_> {
    fn assign(&mut self, lane: &mut Lane) {
        if let [end, rest @ ..] = self.ends {
            lane.send(self.from, *end);
            (self.from, self.ends) = (*end, rest);
        }
    }

    /// `_reschedule`: a worker with two tests or fewer gets the next piece.
    fn reschedule(&mut self, line: &Line<'_>, lane: &mut Lane, worker: u32, trace: &mut Trace) {
        if self.ends.is_empty() {
            lane.shut_down(line, worker, trace);
            return;
        }
        if lane.pending <= 2 {
            self.assign(lane);
        }
    }
}

pub(crate) fn run(line: &Line<'_>, ends: &[u32], workers: u32, ready: Ready<'_>, trace: &mut Trace) {
    // Workers beyond the number of pieces are shut down at once, the last ones first.
    let mut lanes = lanes(workers.min(ends.len() as u32), ready);
    let mut waiting = Waiting { ends, from: 0 };
    for lane in &mut lanes {
        waiting.assign(lane);
    }
    for (i, lane) in (0..).zip(&mut lanes) {
        waiting.reschedule(line, lane, i, trace);
    }
    for (i, lane) in (0..).zip(&mut lanes).filter(|(_, lane)| !lane.shut) {
        if waiting.ends.is_empty() {
            lane.shut_down(line, i, trace);
        } else {
            look(line, lane);
        }
    }
    while let Some((i, _)) = next(&lanes) {
        let Some(lane) = lanes.get_mut(i) else { break };
        lane.advance(line, i as u32, lane.steps, trace);
        waiting.reschedule(line, lane, i as u32, trace);
        if !lane.shut {
            look(line, lane);
        }
    }
}

/// Nothing happens before two tests are left.
fn look(line: &Line<'_>, lane: &mut Lane) {
    lane.look_after(line, lane.pending.saturating_sub(2).max(1));
}

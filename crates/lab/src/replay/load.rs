//! `--dist load`, after `xdist/scheduler/load.py` of pytest-xdist 3.8.

use super::lanes::{Lane, Ready, lanes, next};
use super::line::Line;
use super::trace::Trace;

/// From this time of its last test on, a worker with two tests gets no more (`check_schedule`).
const SLOW_US: i64 = 100_000;

pub(crate) fn run(line: &Line<'_>, workers: u32, max_chunk: Option<u32>, ready: Ready<'_>, trace: &mut Trace) {
    let n = line.len();
    let max_chunk = max_chunk.unwrap_or(n).max(1);
    let mut lanes = lanes(workers, ready);
    let mut dealt = 0;
    let mut send = |lane: &mut Lane, count: u32| {
        let to = dealt + count.min(n - dealt);
        lane.send(dealt, to);
        dealt = to;
        n - dealt
    };
    let mut left = n;
    if n < workers.saturating_mul(2) {
        for i in 0..n {
            if let Some(lane) = lanes.get_mut((i % workers) as usize) {
                left = send(lane, 1);
            }
        }
    } else {
        let chunk = (n / workers / 4).min(max_chunk).max(2);
        for lane in &mut lanes {
            left = send(lane, chunk);
        }
    }
    for (i, lane) in (0..).zip(&mut lanes) {
        if left == 0 {
            lane.shut_down(line, i, trace);
        } else {
            look(line, lane, left, workers);
        }
    }
    while let Some((i, _)) = next(&lanes) {
        let Some(lane) = lanes.get_mut(i) else { break };
        lane.advance(line, i as u32, lane.steps, trace);
        if left == 0 {
            lane.shut_down(line, i as u32, trace);
            continue;
        }
        let (low, high) = ((left / workers / 4).max(2), (left / workers / 2).max(2));
        let pending = lane.pending;
        if pending < low && !(pending >= 2 && lane.last_took_us(line) >= SLOW_US) {
            let most = max_chunk.max(2_u32.saturating_sub(pending));
            left = send(lane, (high - pending).min(most));
        }
        look(line, lane, left, workers);
    }
}

/// What is left only falls, and the low-water mark with it: until the queue is below today's mark nothing happens.
fn look(line: &Line<'_>, lane: &mut Lane, left: u32, workers: u32) {
    let low = (left / workers / 4).max(2);
    // With nothing left the next end of a test makes it shut down.
    let steps = if left == 0 { 1 } else { (lane.pending + 1).saturating_sub(low).max(1) };
    lane.look_after(line, steps);
}

//! `--dist worksteal`, after `xdist/scheduler/worksteal.py` of pytest-xdist 3.8.

use super::lanes::{Lane, Ready, lanes, next};
use super::line::Line;
use super::trace::Trace;

/// A worker with fewer tests is idle; so many are never stolen (`MIN_PENDING`).
const KEEP: u32 = 2;

pub(crate) fn run(line: &Line<'_>, workers: u32, ready: Ready<'_>, trace: &mut Trace) {
    let mut lanes = lanes(workers, ready);
    let mut pool = vec![(0, line.len())];
    check(line, &mut lanes, &mut pool, i64::MIN, 0, trace);
    while let Some((i, now_us)) = next(&lanes) {
        let Some(lane) = lanes.get_mut(i) else { break };
        lane.advance(line, i as u32, lane.steps, trace);
        check(line, &mut lanes, &mut pool, now_us, i, trace);
    }
}

fn is_idle(lane: &Lane) -> bool {
    !lane.shut && lane.pending < KEEP
}

/// `check_schedule`, and again after each answer to a steal, until no worker is idle or nothing can be stolen.
fn check(line: &Line<'_>, lanes: &mut [Lane], pool: &mut Vec<(u32, u32)>, now_us: i64, from: usize, trace: &mut Trace) {
    // Bring all up to now: the controller has heard of every test that ended before.
    for (i, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| !lane.shut && lane.pending >= KEEP) {
        let done = lane.done_at(line, now_us, i < from);
        lane.advance(line, i as u32, done, trace);
    }
    loop {
        let mut idle = lanes.iter().filter(|lane| is_idle(lane)).count() as u32;
        if idle == 0 {
            break;
        }
        if !pool.is_empty() {
            for lane in lanes.iter_mut().filter(|lane| is_idle(lane)) {
                let left: u32 = pool.iter().map(|(from, to)| to - from).sum();
                send(lane, pool, left / idle, now_us);
                idle -= 1;
            }
            if !lanes.iter().any(is_idle) {
                break;
            }
        }
        // Of several longest queues the first, as Python's max has it.
        let up = lanes.iter().enumerate().filter(|(_, lane)| !lane.shut);
        let longest = up.max_by_key(|(i, lane)| (lane.pending, std::cmp::Reverse(*i))).map(|(i, _)| i);
        let victim = longest.and_then(|i| lanes.get_mut(i));
        let stolen = victim.as_ref().map_or(0, |lane| (lane.pending / 2).min(lane.pending.saturating_sub(KEEP)));
        match victim {
            Some(lane) if stolen > 0 => *pool = lane.take_back(stolen),
            _ => {
                for (i, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| is_idle(lane)) {
                    lane.wake(now_us);
                    lane.shut_down(line, i as u32, trace);
                }
                break;
            }
        }
    }
    for lane in lanes.iter_mut().filter(|lane| !lane.shut) {
        lane.look_after(line, lane.pending.saturating_sub(1));
    }
}

fn send(lane: &mut Lane, pool: &mut Vec<(u32, u32)>, mut count: u32, now_us: i64) {
    if count > 0 {
        // It waited with its last test, if it had one.
        lane.wake(now_us);
    }
    let mut rest = Vec::new();
    for (from, to) in pool.drain(..) {
        let n = count.min(to - from);
        lane.send(from, from + n);
        count -= n;
        if from + n < to {
            rest.push((from + n, to));
        }
    }
    *pool = rest;
}

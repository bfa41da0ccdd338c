//! Workers with queues, as pytest-xdist has them.
//!
//! A worker takes the next test from its queue before it runs the one it has (`remote.py`, `run_one_test`): with one
//! test left it waits until it gets more or is told to shut down. What the controller counts as pending holds the
//! test that runs.

use std::collections::VecDeque;

use super::line::Line;
use super::trace::Trace;

/// One worker.
#[derive(Default)]
pub(crate) struct Lane {
    queue: VecDeque<(u32, u32)>,
    /// Tests in the queue, with the one that runs.
    pub(crate) pending: u32,
    /// When the last test ended, microseconds.
    pub(crate) at_us: i64,
    /// Its place.
    pub(crate) last: Option<u32>,
    /// What ran before that.
    before_last: Option<u32>,
    /// Whether it runs its queue to the end.
    pub(crate) shut: bool,
    /// When the controller looks at it next; `i64::MAX` for never.
    pub(crate) next_us: i64,
    /// How many tests end until then.
    pub(crate) steps: u32,
}

impl Lane {
    pub(crate) fn send(&mut self, from: u32, to: u32) {
        if to <= from {
            return;
        }
        self.pending += to - from;
        match self.queue.back_mut() {
            Some(back) if back.1 == from => back.1 = to,
            _ => self.queue.push_back((from, to)),
        }
    }

    /// Takes the last `count` tests of the queue, in order.
    pub(crate) fn take_back(&mut self, mut count: u32) -> Vec<(u32, u32)> {
        let mut taken = VecDeque::new();
        count = count.min(self.pending);
        self.pending -= count;
        while count > 0 {
            let Some(back) = self.queue.back_mut() else { break };
            let n = count.min(back.1 - back.0);
            taken.push_front((back.1 - n, back.1));
            back.1 -= n;
            count -= n;
            if back.0 == back.1 {
                self.queue.pop_back();
            }
        }
        taken.into()
    }

    /// The controller looks again when `steps` tests have ended.
    pub(crate) fn look_after(&mut self, line: &Line<'_>, steps: u32) {
        self.steps = steps;
        let (mut at_us, mut last, mut left) = (self.at_us, self.last, steps);
        for &(from, to) in &self.queue {
            let n = left.min(to - from);
            if n == 0 {
                break;
            }
            at_us = at_us.saturating_add(line.run_us(last, from, from + n));
            last = Some(from + n - 1);
            left -= n;
        }
        self.next_us = at_us;
    }

    /// Runs the next `steps` tests.
    pub(crate) fn advance(&mut self, line: &Line<'_>, worker: u32, mut steps: u32, trace: &mut Trace) {
        while steps > 0 {
            let Some(front) = self.queue.front_mut() else { break };
            let (from, n) = (front.0, steps.min(front.1 - front.0));
            front.0 += n;
            if front.0 == front.1 {
                self.queue.pop_front();
            }
            trace.push(line, worker, self.last, from, from + n, self.at_us);
            self.at_us = self.at_us.saturating_add(line.run_us(self.last, from, from + n));
            self.before_last = if n > 1 { Some(from + n - 2) } else { self.last };
            self.last = Some(from + n - 1);
            self.pending -= n;
            steps -= n;
        }
    }

    /// Tests that are over at a time; those that end exactly then count if `inclusive`. The last one in the queue
    /// of a worker that is not shut down does not run.
    pub(crate) fn done_at(&self, line: &Line<'_>, at_us: i64, inclusive: bool) -> u32 {
        let (mut now, mut last, mut done) = (self.at_us, self.last, 0);
        for &(from, to) in &self.queue {
            let n = line.done_within(last, from, to, at_us.saturating_sub(now), inclusive);
            done += n;
            if n < to - from {
                break;
            }
            now = now.saturating_add(line.run_us(last, from, to));
            last = Some(to - 1);
        }
        done.min(self.pending.saturating_sub(u32::from(!self.shut)))
    }

    /// Time that the last test took, as the worker reports it.
    pub(crate) fn last_took_us(&self, line: &Line<'_>) -> i64 {
        self.last.map_or(0, |place| line.seen_us(self.before_last, place))
    }

    /// A worker that waited with its last test goes on now.
    pub(crate) fn wake(&mut self, now_us: i64) {
        self.at_us = self.at_us.max(now_us);
    }

    /// Tells it to run its queue to the end.
    pub(crate) fn shut_down(&mut self, line: &Line<'_>, worker: u32, trace: &mut Trace) {
        self.shut = true;
        self.advance(line, worker, self.pending, trace);
        self.next_us = i64::MAX;
    }
}

/// When each worker is ready for its first test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ready<'a> {
    /// As recorded, microseconds after the first, by worker; may be shorter than there are workers.
    pub(crate) recorded_us: &'a [i64],
    /// By how much each further worker is later, microseconds, where nothing is recorded.
    pub(crate) ramp_us: i64,
}

impl Ready<'_> {
    pub(crate) fn of(&self, worker: u32) -> i64 {
        let by_rule = || self.ramp_us.clamp(0, 1_000_000_000).saturating_mul(i64::from(worker));
        self.recorded_us.get(worker as usize).map_or_else(by_rule, |&us| us.clamp(0, 1_000_000_000_000))
    }
}

/// Workers, each ready at its time.
pub(crate) fn lanes(workers: u32, ready: Ready<'_>) -> Vec<Lane> {
    let lane = |i| Lane { at_us: ready.of(i), next_us: i64::MAX, ..Lane::default() };
    (0..workers).map(lane).collect()
}

/// The worker that the controller hears of next; of several at once the first.
pub(crate) fn next(lanes: &[Lane]) -> Option<(usize, i64)> {
    let first = lanes.iter().enumerate().min_by_key(|(i, lane)| (lane.next_us, *i))?;
    (first.1.next_us < i64::MAX).then_some((first.0, first.1.next_us))
}

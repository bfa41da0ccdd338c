//! One queue in order, each piece to the worker that is free first: LPT, nextest's slots, Playwright's workers. Playwright
//! hands each worker its first piece before it starts it (`dispatcher.ts`): who comes up first does not take the first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::lanes::Ready;
use super::line::Line;
use super::trace::Trace;

/// Deals out the stretches of the line that end at `ends`, in order. Of several free workers the first takes it. With
/// `in_turn` each worker has its first piece before any is ready.
pub(crate) fn run(
    line: &Line<'_>,
    ends: &mut dyn Iterator<Item = u32>,
    workers: u32,
    ready: Ready<'_>,
    in_turn: bool,
    trace: &mut Trace,
) {
    let mut free: BinaryHeap<Reverse<(i64, u32)>> =
        (0..workers).map(|i| Reverse((if in_turn { i64::MIN } else { ready.of(i) }, i))).collect();
    let mut last = vec![None; workers as usize];
    let mut from = 0;
    for to in ends {
        let Some(mut top) = free.peek_mut() else { break };
        let Reverse((at_us, worker)) = *top;
        let at_us = at_us.max(ready.of(worker));
        let Some(last) = last.get_mut(worker as usize) else { break };
        trace.push(line, worker, *last, from, to, at_us);
        *top = Reverse((at_us.saturating_add(line.run_us(*last, from, to)), worker));
        *last = to.checked_sub(1);
        from = to;
    }
}

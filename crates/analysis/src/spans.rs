//! When an attempt ran and how long it took, from whatever its file tells.

use lanescope_model::{AttemptId, Run};

/// Start and stop of an attempt, in microseconds since the Unix epoch. A missing stop follows from the
/// start and the time spent in it. `None` without a start, or where the stop stands before it.
#[must_use]
pub fn span_us(run: &Run, attempt: AttemptId) -> Option<(i64, i64)> {
    let start = run.attempts.start_us(attempt)?;
    let stop = match run.attempts.stop_us(attempt) {
        Some(stop) => stop,
        None => start.checked_add(run.attempts.total_us(attempt)?)?,
    };
    (stop >= start && stop.checked_sub(start).is_some()).then_some((start, stop))
}

/// Time spent in an attempt, in microseconds: what its file says, or else the time between start and stop.
#[must_use]
pub fn time_us(run: &Run, attempt: AttemptId) -> Option<i64> {
    let told = run.attempts.total_us(attempt).filter(|&us| us >= 0);
    told.or_else(|| span_us(run, attempt).map(|(start, stop)| stop - start))
}

/// First start and last stop of all attempts, in microseconds since the Unix epoch, if any is recorded.
#[must_use]
pub fn window_us(run: &Run) -> Option<(i64, i64)> {
    let spans = run.attempts.ids().filter_map(|a| span_us(run, a));
    let window = spans.reduce(|(first, last), (start, stop)| (first.min(start), last.max(stop)))?;
    window.1.checked_sub(window.0).map(|_| window)
}

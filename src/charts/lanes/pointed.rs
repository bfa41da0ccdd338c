//! What the pointer is on, and the words for it.

use lanescope_protocol::{AttemptBrief, Lane, Timeline};

use crate::charts::lanes::bars::{Bar, Bars};
use crate::charts::lanes::layout::kind_of;
use crate::ui::format;

/// Words of the kinds of bars, in their order.
pub const KIND_WORDS: [&str; 8] = ["passed", "failed", "error", "skipped", "xfailed", "xpassed", "unknown", "flaky"];

/// What the pointer is on.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointed {
    /// Where the pointer is in the window, pixels.
    pub x: f64,
    /// Where the pointer is in the window, pixels.
    pub y: f64,
    /// Name of the lane.
    pub lane: String,
    /// What is there.
    pub what: What,
    /// Idle time before and after a bar, in words.
    pub around: String,
}

/// What is at a place on a lane.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A bar.
    Bar(Bar),
    /// Nothing runs; a sentence says for how long.
    Idle(String),
}

/// The word of a bar's kind.
pub fn word(bar: &Bar) -> &'static str {
    KIND_WORDS.get(kind_of(bar.outcome, bar.flags)).copied().unwrap_or("unknown")
}

/// A merged bar in words.
pub fn merged(bar: &Bar) -> String {
    format!("{} in {}", format::plural(bar.count.into(), "test", "tests"), format::seconds(bar.span.len_s()))
}

/// Idle time in words.
pub fn idle(bars: Option<&Bars>, timeline: &Timeline, lane: u32, facts: &Lane, at_s: f64) -> Option<String> {
    let seconds = format::seconds;
    if at_s < facts.first_s {
        let from_s = timeline.session_from_s.unwrap_or(0.0).min(0.0);
        let whole = facts.first_s - from_s;
        return (at_s >= from_s).then(|| format!("{} until its first test", seconds(whole)));
    }
    if at_s > timeline.to_s {
        let end_s = timeline.session_to_s.filter(|&end_s| at_s <= end_s)?;
        return Some(format!("all tests are done; the session goes on for {}", seconds(end_s - timeline.to_s)));
    }
    if at_s > facts.last_s {
        return Some(format!("idle for {} until the last test of all ends", seconds(timeline.to_s - facts.last_s)));
    }
    let (from_s, to_s) = bars?.idle(lane, at_s);
    let (from_s, to_s) = (from_s?, to_s?);
    (to_s > from_s).then(|| format!("idle for {} between two tests", seconds(to_s - from_s)))
}

/// Idle time before and after a bar, in words.
pub fn around(bars: &Bars, bar: &Bar) -> String {
    let (before_s, after_s) = bars.around(bar);
    let words = |s: Option<f64>, word: &str| s.map(|s| format!("{} idle {word}", format::seconds(s.max(0.0))));
    [words(before_s, "before"), words(after_s, "after")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A bar as it is spoken.
pub fn spoken(lane: &str, bar: &Bar, brief: Option<&AttemptBrief>) -> String {
    let Some(brief) = brief else {
        return format!("{lane}: {}, {}; zoom in to tell them apart", merged(bar), word(bar));
    };
    let attempt = if brief.of > 1 { format!(", attempt {} of {}", brief.number, brief.of) } else { String::new() };
    let time = brief.total_s.map(|s| format!(", {}", format::seconds(s))).unwrap_or_default();
    let start = brief.start_s.map(|s| format!(", starts at {}", format::seconds(s))).unwrap_or_default();
    // A bar that is not at hand has no outcome of its own.
    let word = if bar.outcome == u8::MAX { &brief.outcome } else { word(bar) };
    format!("{lane}: {}, {word}{attempt}{time}{start}", brief.name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;
    use crate::charts::lanes::bars::tests::frame;
    use crate::charts::lanes::span::Span;

    #[test]
    fn idle_time_says_where_it_is() {
        let bars = Bars::new(frame(Span::new(0.0, 10.0), &[(0, 1.0, 2.0, 1), (0, 3.5, 8.0, 2)]), 1000.0);
        let lane =
            Lane { name: "gw0".into(), attempts: 2, bad: 0, busy_s: 5.5, first_s: 1.0, last_s: 8.0, ..Lane::default() };
        let timeline = Timeline {
            to_s: 10.0,
            session_from_s: Some(-2.0),
            session_to_s: Some(10.5),
            lanes: vec![lane.clone()],
            ..Timeline::default()
        };
        let at = |s| idle(Some(&bars), &timeline, 0, &lane, s);
        assert_eq!(at(-1.0).unwrap(), "3.00 s until its first test");
        assert_eq!(at(3.0).unwrap(), "idle for 1.50 s between two tests");
        assert_eq!(at(9.0).unwrap(), "idle for 2.00 s until the last test of all ends");
        assert!(at(10.2).unwrap().contains("500 ms"));
        assert_eq!(at(11.0), None);
        assert_eq!(at(-3.0), None);
    }
}

//! Outcomes by mark and colour, so that neither is needed alone.

use crate::state::number;
use crate::ui::el::{El, div, span};
use crate::ui::icons::drawn;

/// The words of the outcomes, worst first, with `flaky` after the bad ones.
pub const WORDS: [&str; 7] = ["failed", "error", "flaky", "passed", "skipped", "xfailed", "xpassed"];

/// A mark: shape by outcome, colour by outcome, word for screen readers. `flaky` is for a test that passed after a
/// failure.
pub fn outcome_mark(outcome: &str, flaky: bool) -> El {
    let word = if flaky { "flaky" } else { outcome };
    // Shapes differ as much as colours: tick, cross, bang, tilde, dash, circled cross, circled tick, query.
    let path = match word {
        "passed" => "M3.5 8.3l3 3L12.5 5",
        "failed" => "M4.2 4.2l7.6 7.6 M11.8 4.2l-7.6 7.6",
        "error" => "M8 3v6.4 M8 12.2v.6",
        "flaky" => "M3 9.2c1.4-3.2 3.2-3.2 5-1.2s3.6 2 5-1.2",
        "skipped" => "M4 8h8",
        "xfailed" => "M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8 M6 6l4 4 M10 6l-4 4",
        "xpassed" => "M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8 M5.5 8.2l1.8 1.8L10.6 6.4",
        _ => "M6.2 6a1.9 1.9 0 1 1 2.7 1.8c-.7.3-.9.7-.9 1.4 M8 11.6v.4",
    };
    let mark = span("outcome").attr("data-outcome", word).attr("role", "img");
    mark.attr("aria-label", word).attr("title", word).with(drawn(path))
}

/// Tests by outcome as one bar, from counts by outcome word; `flaky` counts apart from `passed`.
pub fn outcome_bar(parts: &[(&str, u32)]) -> El {
    let total: u32 = parts.iter().map(|(_, n)| n).sum::<u32>().max(1);
    let bars = parts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| {
        let share = f64::from(*n) / f64::from(total) * 100.0;
        // What is rare is what matters: never thinner than can be seen.
        let bar = span("").attr("data-outcome", word).style("flex-grow", number::plain(share));
        bar.attr("title", format!("{n} {word}"))
    });
    div("outcome-bar").attr("aria-hidden", "true").with(bars.collect::<Vec<_>>())
}

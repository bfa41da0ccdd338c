//! Outcomes by mark and colour, so that neither is needed alone.

use leptos::prelude::*;

/// The words of the outcomes, worst first, with `flaky` after the bad ones.
pub const WORDS: [&str; 7] = ["failed", "error", "flaky", "passed", "skipped", "xfailed", "xpassed"];

/// A mark: shape by outcome, colour by outcome, word for screen readers.
#[component]
pub fn OutcomeMark(
    /// The outcome's word.
    #[prop(into)]
    outcome: String,
    /// Whether it passed after a failure.
    #[prop(optional)]
    flaky: bool,
) -> impl IntoView {
    let word = if flaky { "flaky".to_owned() } else { outcome };
    // Shapes differ as much as colours: tick, cross, bang, tilde, dash, circled cross, circled tick, query.
    let path = match word.as_str() {
        "passed" => "M3.5 8.3l3 3L12.5 5",
        "failed" => "M4.2 4.2l7.6 7.6 M11.8 4.2l-7.6 7.6",
        "error" => "M8 3v6.4 M8 12.2v.6",
        "flaky" => "M3 9.2c1.4-3.2 3.2-3.2 5-1.2s3.6 2 5-1.2",
        "skipped" => "M4 8h8",
        "xfailed" => "M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8 M6 6l4 4 M10 6l-4 4",
        "xpassed" => "M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8 M5.5 8.2l1.8 1.8L10.6 6.4",
        _ => "M6.2 6a1.9 1.9 0 1 1 2.7 1.8c-.7.3-.9.7-.9 1.4 M8 11.6v.4",
    };
    let label = word.clone();
    view! {
        <span class="outcome" data-outcome=word role="img" aria-label=label.clone() title=label>
            <svg viewBox="0 0 16 16" aria-hidden="true"><path d=path/></svg>
        </span>
    }
}

/// Tests by outcome as one bar.
#[component]
pub fn OutcomeBar(
    /// Counts by outcome word; `flaky` counts apart from `passed`.
    parts: Vec<(&'static str, u32)>,
) -> impl IntoView {
    let total: u32 = parts.iter().map(|(_, n)| n).sum::<u32>().max(1);
    let bars = parts.into_iter().filter(|(_, n)| *n > 0).map(move |(word, n)| {
        let share = f64::from(n) / f64::from(total) * 100.0;
        // What is rare is what matters: never thinner than can be seen.
        view! {
            <span data-outcome=word style:flex-grow=format!("{share}") title=format!("{n} {word}")></span>
        }
    });
    view! { <div class="outcome-bar" aria-hidden="true">{bars.collect_view()}</div> }
}

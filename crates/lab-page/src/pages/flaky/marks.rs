//! Classes and evidence by mark and word, and rates with their interval.

use lanescope_protocol::{EvidenceKind, FlakyClass, Rate};

use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, span};
use lanescope_ui::ui::icons::drawn;

use crate::pages::flaky::story::class_word;
use crate::pages::flaky::words;

/// Shape and word of a class: wave, cross, tick, dash, query.
pub fn class_mark(class: FlakyClass) -> El {
    let path = match class {
        FlakyClass::Flaky => "M3 9.2c1.4-3.2 3.2-3.2 5-1.2s3.6 2 5-1.2",
        FlakyClass::Broken => "M4.2 4.2l7.6 7.6 M11.8 4.2l-7.6 7.6",
        FlakyClass::Fixed => "M3.5 8.3l3 3L12.5 5",
        FlakyClass::Healthy => "M4 8h8",
        FlakyClass::TooFewRuns => "M6.2 6a1.9 1.9 0 1 1 2.7 1.8c-.7.3-.9.7-.9 1.4 M8 11.6v.4",
    };
    let word = class_word(class);
    let mark = span("outcome").attr("aria-hidden", "true").with(drawn(path));
    span("class-mark").attr("data-class", word).with((mark, span("class-word").with(word)))
}

/// Word of a kind of evidence, and what it says.
pub fn evidence_words(kind: EvidenceKind) -> (&'static str, &'static str) {
    match kind {
        EvidenceKind::Retry => ("retry", "Failed, then passed, within one run"),
        EvidenceKind::SameCommit => ("commit", "Passed and failed on one commit"),
        EvidenceKind::Flips => ("flips", "Changes between passing and failing from run to run"),
    }
}

/// A tag for each kind of evidence, in three places that stay where they are.
pub fn evidence_tags(evidence: &[EvidenceKind]) -> Vec<El> {
    let kinds = [EvidenceKind::Retry, EvidenceKind::SameCommit, EvidenceKind::Flips];
    let there = kinds.into_iter().filter(|kind| evidence.contains(kind));
    there
        .map(|kind| {
            let (word, says) = evidence_words(kind);
            span("evidence").attr("data-evidence", word).attr("title", says).with(word)
        })
        .collect()
}

/// A rate as a bar with the interval as whiskers; the text stands beside it.
pub fn rate_bar(rate: &Rate) -> El {
    let at = |share: f64| fixed(share.clamp(0.0, 1.0) * 100.0, 2) + "%";
    let whisker = span("rate-whisker").style("left", at(rate.low)).style("width", at(rate.high - rate.low));
    let bar = span("rate-bar").attr("aria-hidden", "true");
    bar.with((
        span("rate-fill").style("width", at(rate.value)),
        whisker,
        span("rate-point").style("left", at(rate.value)),
    ))
}

/// A rate in words: share and interval.
pub fn rate_text(rate: &Rate) -> El {
    let interval = span("quiet").with(words::interval(rate));
    span("rate-text")
        .attr("title", "Share of runs with a failing attempt; the middle 95 % of what it may really be")
        .with((span("rate-value").with(words::share(rate.value)), interval))
}

//! What may cause it: a table of suspects with the counts behind each, and the command that would show it.

use std::sync::Arc;

use lanescope_protocol::{FlakyClass, FlakyDetail, Suspect, SuspectKind};

use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::copy_text;
use lanescope_ui::ui::el::{El, div, el, nodes, span};

use super::part;
use crate::pages::flaky::lists::test_link;

fn kind_words(kind: SuspectKind) -> &'static str {
    match kind {
        SuspectKind::Polluter => "polluter",
        SuspectKind::StateSetter => "state setter",
        SuspectKind::Overlap => "overlap",
        SuspectKind::Worker => "worker",
        SuspectKind::Position => "position",
        SuspectKind::TimeOfDay => "time of day",
        SuspectKind::Date => "date",
        SuspectKind::WorkerCount => "worker count",
        SuspectKind::Timeout => "time limit",
        SuspectKind::Environment => "environment",
    }
}

/// A probability with the digits that matter.
pub fn probability(p: f64) -> String {
    if p < 0.000_1 {
        "< 0.0001".to_owned()
    } else if p < 0.01 {
        fixed(p, 4)
    } else {
        fixed(p, 2)
    }
}

/// The suspects; nothing for a test that is not flaky.
pub fn suspects(detail: &Arc<FlakyDetail>) -> Option<El> {
    let suspects = &detail.test.suspects;
    if suspects.is_empty() {
        let text = "Nothing goes together with its failures more often than by chance: it may be luck of its own, such as a wait that is too short, or there are too few failures to tell.";
        return (detail.test.class == FlakyClass::Flaky).then(|| part("Suspects", el("p", "quiet").with(text)));
    }
    let cards: Vec<El> = suspects.iter().map(suspect).collect();
    Some(part("Suspects", div("suspects").with(cards)))
}

fn suspect(of: &Suspect) -> El {
    let [with_failed, with_passed, without_failed, without_passed] = of.table;
    let share = |failed: u32, passed: u32| {
        let all = failed + passed;
        let bar = span("red-bar").attr("aria-hidden", "true");
        let percent = f64::from(failed) / f64::from(all.max(1)) * 100.0;
        bar.with(span("").style("width", fixed(percent, 1) + "%"))
    };
    let row = |name: &str, failed: u32, passed: u32| {
        let number = |n: u32| el("td", "").with(n.to_string());
        el("tr", "").with((
            el("th", "").attr("scope", "row").with(name),
            number(failed),
            number(passed),
            el("td", "").with(share(failed, passed)),
        ))
    };
    let column = |name: &str| el("th", "").attr("scope", "col").with(name);
    let head = el("tr", "").with((column(""), column("failed"), column("passed"), column("")));
    let table = el("table", "suspect-table").with((
        el("thead", "").with(head),
        el("tbody", "")
            .with((row("with it", with_failed, with_passed), row("without", without_failed, without_passed))),
    ));
    let p = span("suspect-p").attr("title", "Fisher’s exact test, one-sided, times the number that were tried").with((
        "p ",
        el("b", "").with(probability(of.p_value)),
        span("quiet").with(format!(" · {} tried, {} before that", of.tried, probability(of.raw_p_value))),
    ));
    let words = div("suspect-words").with(nodes((
        span("tag").with(kind_words(of.kind)),
        el("p", "").with(of.text.as_str()),
        of.test.as_deref().map(test_link),
        p,
        (!of.command.is_empty()).then(|| copy_text(&of.command)),
    )));
    el("section", "suspect").attr("data-suspect", kind_words(of.kind)).with((words, table))
}

#[cfg(test)]
mod tests {
    use super::probability;

    #[test]
    fn small_probabilities_are_not_zero() {
        assert_eq!([0.0, 0.0023, 0.5].map(probability), ["< 0.0001", "0.0023", "0.50"]);
    }
}

//! What flakiness costs, and which tests to repair first: the rail beside the ranking.

use lanescope_protocol::Provenance;
use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, button, div, el, span};
use lanescope_ui::ui::{format, known};

use crate::pages::flaky::lists::{some, test_link};
use crate::pages::flaky::story::{SHOW, Story, go};
use crate::pages::flaky::words;

/// The rail.
pub fn cost(story: Story) -> El {
    let Some(overview) = story.runs() else { return div("") };
    let cost = &overview.cost;
    let rail = el("aside", "flaky-rail").attr("aria-label", "What flakiness costs");
    if overview.classes.first() == Some(&0) {
        return rail.with(quarantine_link(story));
    }
    let [chance, ..] = cost.red_chance;
    let title = el("h2", "").with("A clean commit goes red");
    let bars = ["no retries", "1 retry", "2 retries"].into_iter().zip(cost.red_chance).map(|(name, chance)| {
        let bar =
            span("red-bar").attr("aria-hidden", "true").with(span("").style("width", fixed(chance * 100.0, 2) + "%"));
        div("red-line")
            .attr("data-red", fixed(chance, 4))
            .with((el("dt", "").with(name), el("dd", "").with((bar, span("red-figure").with(words::share(chance))))))
    });
    let bars = el("dl", "red").with(bars.collect::<Vec<_>>());
    let rail = rail.with(el("section", "").with((title, bars)));
    let rail = if cost.halve.is_empty() {
        rail
    } else {
        let tests = cost.halve.iter().map(|test| test_link(test)).collect();
        let text = format!(
            "Repair {}: {} → {}",
            if cost.halve.len() == 1 { "this test".to_owned() } else { format!("these {}", cost.halve.len()) },
            words::share(chance),
            words::share(cost.halved_to),
        );
        rail.with(el("section", "").with((el("h2", "").with(text), some(tests, 5, "test-links"))))
    };
    let rail = if cost.retries == 0 {
        rail
    } else {
        let mut text = format::plural(cost.retries.into(), "retry", "retries");
        if let Some(seconds) = cost.retry_worker_s {
            text = format!("{text} took {} of the workers’ time", format::seconds(seconds));
        }
        let wall = cost.retry_wall_s.map(|seconds| {
            el("p", "quiet").with((
                format!("Runs would have ended about {} sooner in all.", format::seconds(seconds)),
                known(Provenance::Simulated),
            ))
        });
        rail.with(el("section", "").with((el("h2", "").with("Retries"), el("p", "").with(format!("{text}.")), wall)))
    };
    rail.with(quarantine_link(story))
}

fn quarantine_link(story: Story) -> El {
    use leptos::prelude::*;
    let words = move || match story.chosen.with(Vec::len) {
        0 => "Take all flaky tests out of the way".to_owned(),
        1 => "Take the chosen test out of the way".to_owned(),
        n => format!("Take the {n} chosen tests out of the way"),
    };
    let press = button("button small", || go(SHOW, "quarantine", true)).attr("data-quarantine", "").live_text(words);
    let hint = el("p", "quiet")
        .with("Lists for pytest, Surefire, nextest, Playwright. Choose tests by their box, or by X in the list.");
    el("section", "").with((press, hint))
}

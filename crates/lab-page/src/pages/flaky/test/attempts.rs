//! Attempts in all runs, and the ones behind each piece of evidence.

use std::sync::Arc;

use lanescope_protocol::{FlakyDetail, HistoryAttempt};
use leptos::prelude::*;
use web_sys::Event;

use lanescope_ui::state::Route;
use lanescope_ui::ui::el::{El, button, div, el, nodes, span, when};
use lanescope_ui::ui::{format, outcome_mark};

use super::part;
use crate::pages::flaky::marks::evidence_words;
use crate::pages::flaky::story::Story;
use crate::pages::flaky::words;

/// Attempts that are shown at first, and more each time.
const PART: usize = 60;

/// Whether an attempt failed.
pub fn is_bad(attempt: &HistoryAttempt) -> bool {
    matches!(attempt.outcome.as_str(), "failed" | "error")
}

/// What speaks for flakiness, each piece with its attempts.
pub fn evidence(story: Story, detail: &Arc<FlakyDetail>) -> Option<El> {
    if detail.evidence.is_empty() {
        return None;
    }
    let lists = detail.evidence.iter().enumerate().map(|(at, list)| {
        let (word, _) = evidence_words(list.kind);
        let open = RwSignal::new(false);
        let detail = Arc::clone(detail);
        let body = move || {
            let list = detail.evidence.get(at);
            let attempts =
                list.into_iter().flat_map(|l| &l.attempts).filter_map(|&at| detail.attempts.get(at as usize));
            table(story, &detail, &attempts.collect::<Vec<_>>())
        };
        let head = el("summary", "").with((
            span("evidence").attr("data-evidence", word).with(word),
            span("").with(list.text.as_str()),
            span("count").with(format::plural(list.attempts.len() as u64, "attempt", "attempts")),
        ));
        let details =
            el("details", "said-part").attr("data-evidence-list", word).on("toggle", move |_: Event| open.set(true));
        details.with((head, div("attempt-scroll").with(when(move || open.get(), body))))
    });
    Some(part("Evidence", div("evidence-lists").with(lists.collect::<Vec<_>>())))
}

/// All attempts, newest first.
pub fn attempts(story: Story, detail: &Arc<FlakyDetail>) -> El {
    let failing = RwSignal::new(detail.attempts.iter().any(is_bad));
    let shown = RwSignal::new(PART);
    let bad = detail.attempts.iter().filter(|a| is_bad(a)).count();
    let seg = |only: bool, name: String| {
        let press = button("seg", move || {
            failing.set(only);
            shown.set(PART);
        });
        press.live_attr("aria-pressed", move || (failing.get() == only).to_string()).with(name)
    };
    let segs = div("segs")
        .attr("role", "group")
        .attr("aria-label", "Attempts to show")
        .with((seg(true, format!("Failing {bad}")), seg(false, format!("All {}", detail.attempts.len()))));
    let detail = Arc::clone(detail);
    let body = div("attempt-scroll").live(move || {
        let (only, most) = (failing.get(), shown.get());
        let wanted: Vec<&HistoryAttempt> = detail.attempts.iter().rev().filter(|a| !only || is_bad(a)).collect();
        let more = wanted.len().saturating_sub(most);
        let list = table(story, &detail, wanted.get(..most.min(wanted.len())).unwrap_or_default());
        let more = (more > 0).then(|| {
            button("link", move || shown.update(|n| *n += 4 * PART)).with(format!("Show more of the {more} before"))
        });
        nodes((list, more))
    });
    let body = div("attempts-part").with((segs, body)).attr("data-attempts", "");
    part("Attempts", body)
}

/// The address of an attempt's test in its run.
fn address(detail: &FlakyDetail, run: &str) -> String {
    let mut route = Route { view: lanescope_ui::state::View::Tests, run: Some(run.to_owned()), ..Route::default() };
    match detail.names.as_slice() {
        [name] => route.test = Some(name.clone()),
        // Which of its ids it has in this run is not said: what all have in common finds it.
        names => route.q = format!("\"{}\"", common(names)),
    }
    route.to_fragment()
}

/// What all texts begin with.
fn common(names: &[String]) -> &str {
    let Some(first) = names.first() else { return "" };
    let same = |other: &String| {
        first
            .char_indices()
            .zip(other.chars())
            .take_while(|((_, a), b)| a == b)
            .last()
            .map_or(0, |((at, a), _)| at + a.len_utf8())
    };
    let end = names.iter().map(same).min().unwrap_or(0);
    first.get(..end).unwrap_or("")
}

fn table(story: Story, detail: &FlakyDetail, attempts: &[&HistoryAttempt]) -> El {
    let head = ["", "Run", "Worker", "Time", "Message"].map(|title| el("th", "").attr("scope", "col").with(title));
    let rows: Vec<El> = attempts.iter().map(|attempt| row(story, detail, attempt)).collect();
    el("table", "attempt-table").with((el("thead", "").with(el("tr", "").with(head)), el("tbody", "").with(rows)))
}

fn row(story: Story, detail: &FlakyDetail, attempt: &HistoryAttempt) -> El {
    let cell = |class: &str| el("td", class);
    let run = story.run(attempt.run);
    let number = format!("run {}", attempt.run);
    let link = match &run {
        Some(run) => {
            el("a", "").attr("href", address(detail, &run.id)).attr("title", words::run_line(run)).with(number)
        }
        None => span("").with(number),
    };
    let commit = run.as_ref().and_then(|run| run.commit.as_deref().map(words::short));
    let try_ = (attempt.attempt > 1).then(|| span("quiet").with(format!(" try {}", attempt.attempt)));
    let aside = (!attempt.counted).then(|| {
        span("tag").attr("title", "Its run was set aside, or its worker died: it does not count").with("set aside")
    });
    el("tr", "").attr("data-outcome", &attempt.outcome).with(nodes((
        cell("cell-mark").with(outcome_mark(&attempt.outcome, false)),
        cell("cell-run").with((link, try_, commit.map(|commit| span("quiet commit").with(commit)))),
        cell("cell-worker").with(el("bdi", "").with(attempt.worker.as_deref())),
        cell("cell-time").with(attempt.seconds.map_or("–".to_owned(), format::seconds)),
        cell("cell-message").with((aside, el("code", "").with(attempt.message.as_str()))),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_have_in_common_is_found() {
        assert_eq!(common(&["a::t[é1]".to_owned(), "a::t[é2]".to_owned()]), "a::t[é");
        assert_eq!(common(&[]), "");
    }

    #[test]
    fn an_attempt_leads_to_its_test_in_its_run() {
        let mut detail = FlakyDetail { names: vec!["a.py::t[x y]".to_owned()], ..FlakyDetail::default() };
        assert_eq!(address(&detail, "r1"), "#/tests?run=r1&test=a.py::t%5Bx%20y%5D");
        detail.names.push("a.py::t[z]".to_owned());
        assert_eq!(address(&detail, "r1"), "#/tests?run=r1&q=%22a.py::t%5B%22");
    }
}

//! A test's own page: what it did in every run, what speaks for flakiness, what may cause it, and what to do.

mod attempts;
mod facts;
mod strip;
mod suspects;

use std::sync::Arc;

use lanescope_protocol::{FlakyClass, FlakyDetail, FlakyTest, HistoryAnswer, HistoryRequest};
use leptos::prelude::*;

use lanescope_ui::ui::el::{El, button, div, el, later, live, nodes, span};
use lanescope_ui::ui::{copy_button, icon};

use crate::pages::flaky::marks::{class_mark, evidence_tags};
use crate::pages::flaky::story::{Story, ask};
use crate::pages::flaky::words;
use crate::shell::bridge;

/// The page of a test; it is asked for now.
pub fn test_page(story: Story, test: &str) -> El {
    let detail = RwSignal::new(None::<Result<Arc<FlakyDetail>, String>>);
    let name = test.to_owned();
    later(move || {
        story.question.track();
        ask(HistoryRequest::Test { test: name.clone() }, move |answer| {
            let _ = detail.try_set(match answer {
                HistoryAnswer::Test(found) => Some(Ok(Arc::new(*found))),
                HistoryAnswer::Failed { text } => Some(Err(text)),
                _ => return,
            });
        });
    });
    let back = button("link back", || bridge::go(true, |route| route.test = None)).attr("data-back", "");
    let back = back.with((icon("left"), "All tests"));
    let body = live(move || match detail.get() {
        None => div("flaky-wait").with(el("p", "").attr("role", "status").with("Reading the test …")),
        Some(Err(text)) => {
            div("flaky-nothing").with((el("h2", "").with("Not in these runs"), el("p", "").with(words::clip(&text))))
        }
        Some(Ok(detail)) => untrack(|| shown(story, &detail)),
    });
    div("flaky-test scrolls").attr("data-test-page", "").with((el("nav", "flaky-nav").with(back), body))
}

fn shown(story: Story, detail: &Arc<FlakyDetail>) -> El {
    let test = &detail.test;
    let (path, name) = words::split(&test.test);
    let title = el("h1", "").with(el("bdi", "").with(words::clip(name)));
    let path = el("p", "pane-path").with(el("bdi", "").with(words::clip(path)));
    let actions = div("pane-actions").with((
        copy_button(test.test.clone(), "Copy the id", false),
        copy_button(detail.issue.clone(), "Copy Markdown for an issue", false),
    ));
    let marks = div("flaky-marks").with((class_mark(test.class), evidence_tags(&test.evidence)));
    let head = el("header", "flaky-title").with((
        marks,
        title,
        path,
        el("p", "lead").attr("data-says", "").with(says(story, test)),
        actions,
    ));
    let names = (detail.names.len() > 1).then(|| {
        let names: Vec<El> =
            detail.names.iter().map(|name| el("li", "").with(el("bdi", "").with(words::clip(name)))).collect();
        let summary = el("summary", "").with("Its parameters change from run to run");
        el("details", "said-part").with((summary, el("ul", "names").with(names)))
    });
    let step = detail.step.as_ref().map(|step| {
        let most = step.before_s.max(step.after_s);
        part("Duration", crate::pages::flaky::lists::step(step, most))
    });
    div("flaky-test-body").attr("data-class", crate::pages::flaky::story::class_word(test.class)).with(nodes((
        head,
        facts::facts(story, detail),
        strip::strip(story, detail),
        nodes((suspects::suspects(detail), names, step)),
        attempts::evidence(story, detail),
        attempts::attempts(story, detail),
    )))
}

/// A part of the page, with its heading.
fn part(title: &str, body: El) -> El {
    el("section", "flaky-part").with((el("h2", "").with(title), body))
}

/// What became of it, in a sentence or two.
fn says(story: Story, test: &FlakyTest) -> Vec<El> {
    let mut text = match (test.class, &test.failure_rate) {
        (FlakyClass::Flaky, Some(rate)) => format!(
            "An attempt of it fails in {} of runs ({}): {} of {}.",
            words::share(rate.value),
            words::interval(rate),
            test.counted_failed,
            test.counted_runs
        ),
        (FlakyClass::Broken, _) => match test.broken_from {
            Some(1) | None => "It fails in nearly all runs since the first.".to_owned(),
            Some(from) => format!("It is broken since run {from}, and fails in nearly all runs since."),
        },
        (FlakyClass::Fixed, _) => match (test.broken_from, test.fixed_at) {
            (Some(from), Some(to)) => format!("It was broken from run {from} on, and passes again since run {to}."),
            _ => "It was broken, and passes again.".to_owned(),
        },
        (FlakyClass::TooFewRuns, _) => format!(
            "It ran {}: too seldom to say anything.",
            lanescope_ui::ui::format::plural(test.runs.into(), "time", "times")
        ),
        _ if test.crashed_runs > 0 && test.counted_failed == 0 => {
            "Its failures are of workers that died under it; they say more of the machine.".to_owned()
        }
        _ if test.failed_runs == 0 => format!("It passed in all {} runs in which it ran.", test.runs),
        _ => "It passes; its failures are of runs that were set aside, or too few to say more.".to_owned(),
    };
    if let Some(range) = words::range(test.last_good_commit.as_deref(), test.first_bad_commit.as_deref()) {
        text = format!("{text} The change is in {range}.");
    }
    if let Some(run) = test.last_failed.and_then(|n| story.run(n)).filter(|_| test.class != FlakyClass::Broken) {
        text = format!("{text} It last failed in {}.", words::run_line(&run));
    }
    let clean = if test.class == FlakyClass::Flaky && test.clean_needed > 0 {
        let so_far = match test.clean_runs {
            0 => "none so far".to_owned(),
            n => format!("{n} so far"),
        };
        format!(
            " {} more clean runs are needed ({so_far}) to be 95 % sure that it fails in less than 1 %.",
            test.clean_needed
        )
    } else {
        String::new()
    };
    vec![span("").with(text), span("").attr("data-clean-needed", test.clean_needed.to_string()).with(clean)]
}

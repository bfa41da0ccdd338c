//! Failures, slowest tests, workers, and hints.

use lanescope_protocol::{Hint, Overview, TestLine, WorkerLine};

use crate::pages::overview::panel;
use crate::state::number;
use crate::state::number::Within;
use crate::state::{App, View};
use crate::ui::el::{El, Nodes, button, div, el, nodes, span};
use crate::ui::{copy_text, format, outcome_mark};

/// Failures shown before the list of tests takes over.
const FAILURES_SHOWN: usize = 6;

/// A row that opens a test in a view.
fn test_row(app: App, class: &str, view: View, id: &str) -> El {
    let id = id.to_owned();
    button(class, move || {
        let id = id.clone();
        app.go(|route| {
            route.view = view;
            route.test = Some(id);
        });
    })
}

/// A test with a line of text under its name.
fn told(app: App, test: &TestLine, flaky: bool, text: &str) -> El {
    let lines = span("two-lines").with((el("bdi", "name").with(&test.name), span("message-line").with(text)));
    let row = test_row(app, "row", View::Tests, &test.id).with((outcome_mark(&test.outcome, flaky), lines));
    el("li", "").with(row)
}

/// Failing tests with their messages, then flaky ones.
pub fn failures(app: App, overview: &Overview) -> El {
    let bad = overview.run.failed + overview.run.errors;
    let flaky_total = overview.run.flaky;
    let flaky_room = FAILURES_SHOWN.saturating_sub(overview.failures.len()).max(2);
    let failures = overview.failures.iter().take(FAILURES_SHOWN);
    let mut rows: Vec<El> = failures.map(|failure| told(app, &failure.test, false, &failure.message)).collect();
    let flaky = overview.flaky.iter().take(flaky_room);
    rows.extend(flaky.map(|test| told(app, test, true, &format!("passed on attempt {}", test.attempts))));
    let mut title =
        if bad == 0 { "Nothing failed".to_owned() } else { format!("{} failed", format::count(bad.into())) };
    if flaky_total > 0 {
        title += &format!(", {} flaky", format::count(flaky_total.into()));
    }
    let all = (bad + flaky_total > 0).then(|| {
        let all = button("link", move || {
            app.go(|route| {
                route.view = View::Tests;
                route.q = String::new();
                route.outcomes = ["failed", "error", "flaky"].map(str::to_owned).to_vec();
            });
        });
        all.with("Show all")
    });
    let none = (bad + flaky_total == 0).then(|| el("p", "quiet").with("Every test that ran came out as expected."));
    panel("panel", "failures-title", &title, all).with((el("ul", "rows").with(rows), none))
}

/// The longest tests, with a bar each.
pub fn slowest(app: App, overview: &Overview) -> El {
    let max = overview.slowest.iter().filter_map(|test| test.seconds).fold(f64::MIN_POSITIVE, f64::max);
    let rows: Vec<El> = overview.slowest.iter().map(|test| slow_row(app, test, max)).collect();
    let all = button("link", move || {
        app.go(|route| {
            route.view = View::Tests;
            route.outcomes.clear();
            route.q = String::new();
            route.sort = Some("duration".to_owned());
        });
    });
    panel("panel", "slowest-title", "Slowest tests", all.with("Show all")).with(el("ul", "rows").with(rows))
}

fn slow_row(app: App, test: &TestLine, max: f64) -> El {
    let share = test.seconds.map_or(0.0, |s| s / max);
    let row = test_row(app, "row slow-row", View::Timeline, &test.id).attr("title", &test.id).with((
        outcome_mark(&test.outcome, test.flaky),
        el("bdi", "name").with(&test.name),
        span("num").with(test.seconds.map_or("–".to_owned(), format::seconds)),
        size_bar(share).attr("aria-hidden", "true"),
    ));
    el("li", "").with(row)
}

fn size_bar(share: f64) -> El {
    span("size-bar").with(span("").style("width", number::fixed(share * 100.0, 2) + "%"))
}

/// Workers that are listed; the timeline has them all.
const WORKERS: usize = 256;

/// Each worker's share.
pub fn workers(overview: &Overview) -> El {
    let wall = overview.run.wall_s.unwrap_or(0.0).max(f64::MIN_POSITIVE);
    let body = if overview.workers.is_empty() {
        el("p", "quiet").with("No file names the worker that ran a test.")
    } else {
        let title = |class: &str, text: &str| el("th", class).attr("scope", "col").with(text);
        let titles = el("tr", "").with((
            title("", "Worker"),
            title("num", "Attempts"),
            title("num", "Failed"),
            title("num", "Busy"),
            title("num", "Of wall time").attr("colspan", "2"),
        ));
        let rows: Vec<El> = overview.workers.iter().take(WORKERS).map(|worker| worker_row(worker, wall)).collect();
        let table = el("table", "workers").with((el("thead", "").with(titles), el("tbody", "").with(rows)));
        let more = overview.workers.len().saturating_sub(WORKERS) as u64;
        let more = (more > 0).then(|| el("p", "quiet").with(format!("{} more, on the timeline", format::count(more))));
        div("scroll-box").with((table, more))
    };
    panel("panel second", "workers-title", "Workers", ()).with(body)
}

fn worker_row(worker: &WorkerLine, wall: f64) -> El {
    let share = (worker.busy_s / wall).within(0.0, 1.0);
    let crashed = worker.crashed.then(|| span("tag bad").with("crashed"));
    let figure = |text: String| el("td", "num").with(text);
    el("tr", "").with((
        el("th", "").attr("scope", "row").with((el("bdi", "").with(&worker.name), crashed)),
        figure(format::count(worker.attempts.into())),
        figure(if worker.bad > 0 { worker.bad.to_string() } else { "–".to_owned() }),
        figure(format::seconds(worker.busy_s)),
        el("td", "share-cell").with(size_bar(share)),
        figure(format::percent(share)),
    ))
}

/// What is missing, and how to get it.
pub fn hints(overview: &Overview) -> Option<El> {
    let row = |hint: &Hint| {
        let how: Option<Nodes> = hint.how.as_deref().map(|how| nodes(copy_text(how)));
        el("li", "").with((el("p", "").with(&hint.text), how))
    };
    let rows: Vec<El> = overview.hints.iter().map(row).collect();
    (!rows.is_empty())
        .then(|| panel("panel second", "hints-title", "What would tell more", ()).with(el("ul", "hints").with(rows)))
}

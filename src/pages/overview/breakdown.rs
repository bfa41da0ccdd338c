//! Where the workers' time went: one bar whose parts sum to the whole, and the parts by name.

use lanescope_protocol::{Breakdown, RunSummary};

use crate::pages::overview::panel;
use crate::state::number;
use crate::state::{App, View};
use crate::ui::el::{El, Nodes, button, div, el, nodes, span};
use crate::ui::{format, known};

/// The breakdown of workers × session, or workers × wall.
pub fn breakdown_panel(app: App, run: &RunSummary) -> El {
    let provenance = run.provenance.get("breakdown_s");
    let body = match &run.breakdown_s {
        None => {
            nodes(el("p", "quiet").with("No file tells which worker ran what and when, so this cannot be split up."))
        }
        Some(parts) => body(run, parts),
    };
    let every = run.breakdown_s.is_some().then(|| {
        let press = button("link", move || {
            app.go(|route| {
                route.view = View::Timeline;
                route.panel = Some("time".to_owned());
            });
        });
        press.with("Every part, piece by piece")
    });
    panel("panel", "parts-title", "Where the workers’ time went", (provenance.and_then(known), every)).with(body)
}

fn body(run: &RunSummary, parts: &Breakdown) -> Nodes {
    let rows = [
        ("call", "In tests", parts.call, "in the bodies of tests, retries included"),
        ("setup", "Setup", parts.setup, "fixtures and other setup"),
        ("teardown", "Teardown", parts.teardown, "teardown of fixtures"),
        ("start-up", "Start-up", parts.start_up, "before each worker's first test: spawning, importing, collecting"),
        ("gap", "Gaps", parts.gap, "between tests on one worker"),
        ("tail", "Idle at the end", parts.tail, "after a worker's last test, while others still ran"),
        ("after", "After", parts.after, "after the last test of all: coverage, reports"),
    ];
    let total: f64 = rows.iter().filter_map(|row| row.2).sum::<f64>().max(f64::MIN_POSITIVE);
    let bar = rows.iter().filter_map(|&(key, name, part, _)| {
        let part = part.filter(|s| *s > 0.0)?;
        let title = format!("{name}: {}", format::seconds(part));
        let grow = number::plain(part / total * 1000.0);
        Some(span("").attr("data-part", key).style("flex-grow", grow).attr("title", title))
    });
    let bar: Vec<El> = bar.collect();
    let list = rows.map(|(key, name, part, what)| {
        let share = part.map(|s| format::percent(s / total)).unwrap_or_default();
        let text = part.map_or("unknown".to_owned(), format::seconds);
        let figure = span("num").attr("data-metric", format!("breakdown_s.{}", key.replace('-', "_")));
        let figure = figure.attr("data-value", part.map(number::plain).unwrap_or_default()).with(text);
        let row = el("li", "").class_if("weak", part.is_none()).attr("title", what);
        row.with((el("i", "").attr("data-part", key), span("name").with(name), figure, span("num share").with(share)))
    });
    let whole = match (run.workers, run.session_s) {
        (Some(workers), Some(session)) => format!("{workers} × session {}", format::seconds(session)),
        (Some(workers), None) => format!("{workers} × wall {}", run.wall_s.map(format::seconds).unwrap_or_default()),
        _ => String::new(),
    };
    nodes((
        div("part-bar").attr("aria-hidden", "true").with(bar),
        el("ul", "part-list").with(list),
        el("p", "sum").with((span("").with(whole), span("num").with(format::seconds(total)))),
    ))
}

//! The figures behind the verdict, each with how it is known.

use lanescope_protocol::{Provenance, RunSummary};

use crate::state::number;
use crate::state::{App, View};
use crate::ui::el::{El, Nodes, button, div, el, nodes, span};
use crate::ui::{format, known, metric, outcome_bar, outcome_mark};

/// A strip of figures: time, speedup, parallelism, utilisation, bound, tests.
pub fn figures(app: App, run: &RunSummary) -> El {
    let known = |name: &str| run.provenance.get(name);
    let wall = Card {
        title: "Wall time",
        name: "wall_s",
        value: run.wall_s,
        text: run.wall_s.map(format::seconds),
        known: known("wall_s"),
        under: run.session_s.map(|s| {
            nodes(metric("session_s", Some(s), &format!("session {}", format::seconds(s)), known("session_s")))
        }),
        hint: "First start to last stop of the tests, as recorded. The session around them has spawning, collecting and reporting too.",
    };
    let parallelism = Card {
        title: "Parallelism",
        name: "parallelism",
        value: run.parallelism,
        text: run.parallelism.map(|p| number::fixed(p, 2)),
        known: known("parallelism"),
        under: run.workers.map(|workers| {
            let text = format::plural(workers.into(), "worker", "workers");
            nodes(("tests at a time, on ", metric("workers", Some(workers.into()), &text, known("workers"))))
        }),
        hint: "Busy time over wall time: the mean number of tests running. It is not a speedup, since tests slow each other down.",
    };
    let utilisation = Card {
        title: "Utilisation",
        name: "utilisation",
        value: run.utilisation,
        text: run.utilisation.map(format::percent),
        known: known("utilisation"),
        under: run.busy_s.map(|s| nodes(("busy ", metric("busy_s", Some(s), &format::seconds(s), known("busy_s"))))),
        hint: "Share of the workers' time that was spent in tests.",
    };
    let bound = Card {
        title: "Lower bound",
        name: "lower_bound_s",
        value: run.lower_bound_s,
        text: run.lower_bound_s.map(format::seconds),
        known: known("lower_bound_s"),
        under: run.longest.as_ref().map(|longest| {
            let text = format!("longest test {}", format::seconds(longest.seconds));
            let longest = span("").attr("data-metric", "longest").attr("data-value", number::plain(longest.seconds));
            nodes(longest.with(text))
        }),
        hint: "The larger of busy time over workers and the longest test: no schedule of these durations on these workers is shorter.",
    };
    let cards = [wall, speedup_card(run), parallelism, utilisation, bound];
    div("figures").with((cards.map(figure_card), tests_card(app, run)))
}

struct Card {
    title: &'static str,
    name: &'static str,
    value: Option<f64>,
    text: Option<String>,
    known: Option<Provenance>,
    under: Option<Nodes>,
    hint: &'static str,
}

/// A speedup is wall against wall of a sequential run; without one there is none, and the card says so.
fn speedup_card(run: &RunSummary) -> Card {
    let known = |name: &str| run.provenance.get(name);
    let card = |value: Option<f64>, known: Option<Provenance>, under: Nodes| Card {
        title: "Speedup",
        name: "speedup",
        value,
        text: value.map(format::times),
        known,
        under: Some(under),
        hint: "Wall time of the sequential run of the same tests over this wall time; efficiency is that over the workers.",
    };
    let Some(base) = &run.baseline else {
        return card(None, Some(Provenance::Unknown), nodes(span("").with("no sequential run to compare with")));
    };
    let figure = |name: &'static str, value: Option<f64>, text: Option<String>| {
        metric(name, value, &text.unwrap_or_default(), known(name))
    };
    let contention = span("").attr(
        "title",
        "Busy time of the same tests, this run over the sequential one: how much they slow each other down.",
    );
    let session = span("").attr("title", "The same of the whole sessions, with start-up, collecting and reporting.");
    let under = nodes((
        ("efficiency ", figure("efficiency", base.efficiency, base.efficiency.map(format::percent))),
        el("br", ""),
        contention.with(("contention ", figure("contention", base.contention, base.contention.map(format::times)))),
        el("br", ""),
        session.with((
            "session ",
            figure("session_speedup", base.session_speedup, base.session_speedup.map(format::times)),
        )),
    ));
    card(base.speedup, known("speedup"), under)
}

fn figure_card(card: Card) -> El {
    let figure = div("figure").class_if("weak", card.value.is_none()).attr("title", card.hint);
    let value = metric(card.name, card.value, card.text.as_deref().unwrap_or_default(), card.known);
    figure.with((
        el("h2", "").with((card.title, card.known.and_then(known))),
        el("p", "value").with(value),
        el("p", "under").with(card.under),
    ))
}

fn tests_card(app: App, run: &RunSummary) -> El {
    let parts = [
        ("failed", run.failed),
        ("error", run.errors),
        ("flaky", run.flaky),
        ("passed", run.passed.saturating_sub(run.flaky)),
        ("xpassed", run.xpassed),
        ("xfailed", run.xfailed),
        ("skipped", run.skipped),
        ("unknown", run.unknown),
    ];
    // `passed` of the interface counts the flaky ones too; the chip and the bar show them apart.
    let raw = |word: &str, n: u32| if word == "passed" { run.passed } else { n };
    let chips = parts.iter().filter(|(_, n)| *n > 0).map(|&(word, n)| chip(app, word, raw(word, n)));
    let chips: Vec<El> = chips.collect();
    let attempts = (run.attempts != run.tests).then(|| {
        let attempts = span("quiet").attr("data-metric", "attempts").attr("data-value", run.attempts.to_string());
        attempts.with(format!("{} attempts", format::count(run.attempts.into())))
    });
    let tests = metric("tests", Some(run.tests.into()), &format::count(run.tests.into()), None);
    div("figure tests-figure").with((
        el("h2", "").with("Tests"),
        el("p", "value").with((tests, " ", attempts)),
        outcome_bar(&parts),
        div("chips").with(chips),
    ))
}

fn chip(app: App, word: &'static str, n: u32) -> El {
    let chip = button("chip", move || {
        app.go(|route| {
            route.view = View::Tests;
            route.q = String::new();
            route.outcomes = vec![word.to_owned()];
        });
    });
    let (metric, shown) = match word {
        "error" => ("errors", if n == 1 { "error" } else { "errors" }),
        other => (other, other),
    };
    let count = span("").attr("data-metric", metric).attr("data-value", n.to_string());
    chip.attr("title", format!("Show {word} tests")).with((
        outcome_mark(word, false),
        count.with(format::count(n.into())),
        span("word").with(shown),
    ))
}

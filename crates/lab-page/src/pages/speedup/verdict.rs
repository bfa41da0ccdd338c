//! Why this run is as slow as it is: the verdict, and what costs time.

use leptos::prelude::*;

use lanescope_protocol::{Bottleneck, Provenance, RunSummary, RunVerdict};
use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, div, el, live, nodes, span};
use lanescope_ui::ui::{format, known, metric};

use super::state::State;
use super::words::{bones, fact};

/// The first section.
pub fn verdict(state: State) -> El {
    let one = Memo::new(move |_| {
        let verdict = state.suite(|suite, run| {
            let wall_s = suite.runs.iter().find(|line| line.run == run).and_then(|line| line.session_s.or(line.wall_s));
            suite.verdicts.iter().find(|verdict| verdict.run == run).cloned().map(|verdict| (verdict, wall_s))
        });
        verdict.flatten()
    });
    let summary = Memo::new(move |_| {
        let run = state.run.get()?;
        state.lab.taken.with(|taken| taken.iter().find(|taken| taken.id == run).cloned())
    });
    let words = move || match one.get() {
        Some((verdict, _)) => el("h1", "lab-verdict").with(verdict.text),
        None => div("lab-verdict").with(bones(2)),
    };
    let costs = move || one.get().map(|(verdict, wall_s)| ranked(&verdict, wall_s));
    el("section", "lab-section lab-first").attr("data-section", "verdict").with((
        live(words),
        live(move || summary.get().map(|run| facts(&run))),
        live(costs),
    ))
}

fn facts(run: &RunSummary) -> El {
    let how = |name: &str| run.provenance.get(name);
    let s = |name: &str, value: Option<f64>| {
        metric(name, value, &value.map(format::seconds).unwrap_or_default(), how(name))
    };
    let mark = |name: &str| how(name).and_then(known);
    let base = run.baseline.as_ref();
    let times = |value: Option<f64>| value.map(format::times).unwrap_or_default();
    let speedup = base.and_then(|base| base.speedup);
    let facts = div("facts").with((
        fact((s("wall_s", run.wall_s), mark("wall_s")), "tests, first start to last stop"),
        fact(s("session_s", run.session_s), "session"),
        fact(
            metric(
                "workers",
                run.workers.map(f64::from),
                &run.workers.map(|n| n.to_string()).unwrap_or_default(),
                how("workers"),
            ),
            if run.workers == Some(1) { "worker" } else { "workers" },
        ),
        fact(
            metric(
                "parallelism",
                run.parallelism,
                &run.parallelism.map(|p| fixed(p, 2)).unwrap_or_default(),
                how("parallelism"),
            ),
            "tests at a time",
        ),
        fact(
            metric(
                "utilisation",
                run.utilisation,
                &run.utilisation.map(format::percent).unwrap_or_default(),
                how("utilisation"),
            ),
            "of the workers' time in tests",
        ),
        fact(s("lower_bound_s", run.lower_bound_s), "no schedule takes less"),
    ));
    let Some(base) = base else { return facts };
    let facts = facts.with(fact(metric("speedup", speedup, &times(speedup), how("speedup")), "speedup of the tests"));
    let of_session = base.session_speedup.is_some().then(|| {
        let figure =
            metric("session_speedup", base.session_speedup, &times(base.session_speedup), how("session_speedup"));
        fact(figure, "of the session")
    });
    facts.with(of_session)
}

fn title(kind: &str) -> &'static str {
    match kind {
        "longest_test" => "One long test",
        "longest_group" => "One long group",
        "start_up" => "Start-up",
        "end" => "Uneven end",
        "gaps" => "Gaps between tests",
        "after" => "After the tests",
        "too_few_workers" => "Too few workers",
        "too_many_workers" => "Too many workers",
        "contention" => "Tests slow each other down",
        _ => "Something else",
    }
}

fn ranked(verdict: &RunVerdict, whole_s: Option<f64>) -> El {
    let whole_s =
        verdict.bottlenecks.iter().map(|b| b.cost_s.max(b.saves_at_most_s)).fold(whole_s.unwrap_or(0.0), f64::max);
    let list = verdict.bottlenecks.iter().fold(el("ol", "costs"), |list, cost| list.with(bottleneck(cost, whole_s)));
    let none = verdict
        .bottlenecks
        .is_empty()
        .then(|| el("p", "quiet").with("Nothing costs this run more than a fiftieth of its time."));
    let unknown = (!verdict.unknown.is_empty()).then(|| {
        let list = verdict.unknown.iter().fold(el("ul", "unknown"), |list, text| {
            list.with(el("li", "").with((known(Provenance::Unknown), " ", text)))
        });
        nodes(list)
    });
    div("").with((list, none, unknown))
}

/// Cost, promise and bound on one scale: the run's whole time.
fn bottleneck(b: &Bottleneck, whole_s: f64) -> El {
    let share = |s: f64| fixed((s / whole_s.max(1e-9) * 100.0).clamp(0.0, 100.0), 2) + "%";
    let promise = b.saves_s.unwrap_or(0.0);
    let bar = div("cost-bar").attr("aria-hidden", "true").with((
        span("cost-now").style("width", share(b.cost_s)),
        span("cost-bound").style("width", share(b.saves_at_most_s)),
        span("cost-promise").style("width", share(promise)),
    ));
    let most = format::seconds(b.saves_at_most_s);
    let of = if b.of_session { "of the session" } else { "of the tests" };
    let cost = metric(&format!("cost.{}", b.kind), Some(b.cost_s), &format::seconds(b.cost_s), Some(b.provenance));
    // What can be gained is the figure, and what it costs now stands under it; where the gain is not known, the cost is.
    let (class, figure, about, below) = match b.saves_s {
        Some(s) => (
            "cost-s saved",
            metric(&format!("saves.{}", b.kind), Some(s), &format::seconds(s), Some(b.provenance)),
            "to be saved, about".to_owned(),
            nodes((format!("at most {most}; costs "), el("b", "").with(cost), " ", of)),
        ),
        None if b.saves_at_most_s > b.cost_s * 1.01 => {
            ("cost-s", cost, of.to_owned(), nodes(format!("at most {most} to be saved, how much is not known")))
        }
        None => ("cost-s", cost, of.to_owned(), nodes("how much of it can be saved is not known")),
    };
    let figures = div("cost-figures").with((
        div(class).with((figure, known(b.provenance))),
        div("quiet").with(about),
        bar,
        div("cost-saves").with(below),
    ));
    let subject = (!b.subject.is_empty()).then(|| el("code", "subject").attr("title", &b.subject).with(&b.subject));
    let words = div("cost-words").with((
        div("cost-title").with((el("h3", "").with(title(&b.kind)), subject)),
        el("p", "").with(&b.text),
        el("p", "advice").with(&b.advice),
        (!b.next.is_empty()).then(|| el("p", "quiet").with(&b.next)),
    ));
    el("li", "cost").attr("data-bottleneck", &b.kind).with((figures, words))
}

//! The figures behind the verdict, each with how it is known.

use lanescope_protocol::{Provenance, RunSummary};
use leptos::prelude::*;

use crate::state::{App, View};
use crate::ui::{Known, Metric, OutcomeBar, OutcomeMark, format};

/// A strip of figures: time, speedup, parallelism, utilisation, bound, tests.
#[component]
pub fn Figures(run: RunSummary) -> impl IntoView {
    let known = |name: &str| run.provenance.get(name).copied();
    let session = run.session_s.map(|s| format!("session {}", format::seconds(s)));
    let cards = vec![
        Card {
            title: "Wall time",
            name: "wall_s",
            value: run.wall_s,
            text: run.wall_s.map(format::seconds),
            known: known("wall_s"),
            under: session
                .map(|text| view! { <Metric name="session_s" value=run.session_s text known=known("session_s")/> }.into_any()),
            hint: "First start to last stop of the tests, as recorded. The session around them has spawning, collecting and reporting too.",
        },
        speedup_card(&run),
        Card {
            title: "Parallelism",
            name: "parallelism",
            value: run.parallelism,
            text: run.parallelism.map(|p| format!("{p:.2}")),
            known: known("parallelism"),
            under: run.workers.map(|workers| {
                let text = format::plural(workers.into(), "worker", "workers");
                view! { "tests at a time, on " <Metric name="workers" value=Some(workers.into()) text known=known("workers")/> }
                    .into_any()
            }),
            hint: "Busy time over wall time: the mean number of tests running. It is not a speedup, since tests slow each other down.",
        },
        Card {
            title: "Utilisation",
            name: "utilisation",
            value: run.utilisation,
            text: run.utilisation.map(format::percent),
            known: known("utilisation"),
            under: run.busy_s.map(|s| {
                view! { "busy " <Metric name="busy_s" value=Some(s) text=format::seconds(s) known=known("busy_s")/> }.into_any()
            }),
            hint: "Share of the workers' time that was spent in tests.",
        },
        Card {
            title: "Lower bound",
            name: "lower_bound_s",
            value: run.lower_bound_s,
            text: run.lower_bound_s.map(format::seconds),
            known: known("lower_bound_s"),
            under: run.longest.as_ref().map(|longest| {
                let text = format!("longest test {}", format::seconds(longest.seconds));
                view! { <span data-metric="longest" data-value=longest.seconds.to_string()>{text}</span> }.into_any()
            }),
            hint: "The larger of busy time over workers and the longest test: no schedule of these durations on these workers is shorter.",
        },
    ];
    view! {
        <div class="figures">
            {cards.into_iter().map(|card| view! { <FigureCard card/> }).collect_view()}
            <TestsCard run=run/>
        </div>
    }
}

struct Card {
    title: &'static str,
    name: &'static str,
    value: Option<f64>,
    text: Option<String>,
    known: Option<Provenance>,
    under: Option<AnyView>,
    hint: &'static str,
}

/// A speedup is wall against wall of a sequential run; without one there is none, and the card says so.
fn speedup_card(run: &RunSummary) -> Card {
    let known = |name: &str| run.provenance.get(name).copied();
    let hint =
        "Wall time of the sequential run of the same tests over this wall time; efficiency is that over the workers.";
    let Some(base) = run.baseline.clone() else {
        let under = view! { <span>"no sequential run to compare with"</span> }.into_any();
        return Card {
            title: "Speedup",
            name: "speedup",
            value: None,
            text: None,
            known: Some(Provenance::Unknown),
            under: Some(under),
            hint,
        };
    };
    let efficiency = base.efficiency.map(format::percent).unwrap_or_default();
    let contention = base.contention.map(format::times).unwrap_or_default();
    let under = view! {
        "efficiency " <Metric name="efficiency" value=base.efficiency text=efficiency known=known("efficiency")/>
        <br/>
        <span title="Busy time of the same tests, this run over the sequential one: how much they slow each other down.">
            "contention " <Metric name="contention" value=base.contention text=contention known=known("contention")/>
        </span>
        <br/>
        <span title="The same of the whole sessions, with start-up, collecting and reporting.">
            "session "
            <Metric name="session_speedup" value=base.session_speedup
                text=base.session_speedup.map(format::times).unwrap_or_default() known=known("session_speedup")/>
        </span>
    };
    Card {
        title: "Speedup",
        name: "speedup",
        value: base.speedup,
        text: base.speedup.map(format::times),
        known: known("speedup"),
        under: Some(under.into_any()),
        hint,
    }
}

#[component]
fn FigureCard(card: Card) -> impl IntoView {
    let weak = card.value.is_none();
    view! {
        <div class="figure" class:weak=weak title=card.hint>
            <h2>{card.title}{card.known.map(|known| view! { <Known known/> })}</h2>
            <p class="value">
                <Metric name=card.name value=card.value text=card.text.unwrap_or_default() known=card.known/>
            </p>
            <p class="under">{card.under}</p>
        </div>
    }
}

#[component]
fn TestsCard(run: RunSummary) -> impl IntoView {
    let app = App::get();
    let parts = vec![
        ("failed", run.failed),
        ("error", run.errors),
        ("flaky", run.flaky),
        ("passed", run.passed.saturating_sub(run.flaky)),
        ("xpassed", run.xpassed),
        ("xfailed", run.xfailed),
        ("skipped", run.skipped),
        ("unknown", run.unknown),
    ];
    let metric = |word: &str| match word {
        "error" => "errors".to_owned(),
        other => other.to_owned(),
    };
    // `passed` of the interface counts the flaky ones too; the chip and the bar show them apart.
    let raw = move |word: &str, n: u32| if word == "passed" { run.passed } else { n };
    let chips = parts.iter().filter(|(_, n)| *n > 0).map(|&(word, n)| {
        let value = raw(word, n).to_string();
        let count = format::count(raw(word, n).into());
        let shown = if word == "error" && n != 1 { "errors" } else { word };
        view! {
            <button class="chip" title=format!("Show {word} tests") on:click=move |_| app.go(|route| {
                route.view = View::Tests;
                route.q = String::new();
                route.outcomes = vec![word.to_owned()];
            })>
                <OutcomeMark outcome=word.to_owned()/>
                <span data-metric=metric(word) data-value=value>{count}</span>
                <span class="word">{shown}</span>
            </button>
        }
    });
    let chips = chips.collect_view();
    let attempts = (run.attempts != run.tests).then(|| {
        let text = format!("{} attempts", format::count(run.attempts.into()));
        view! { <span class="quiet" data-metric="attempts" data-value=run.attempts.to_string()>{text}</span> }
    });
    view! {
        <div class="figure tests-figure">
            <h2>"Tests"</h2>
            <p class="value">
                <Metric name="tests" value=Some(run.tests.into()) text=format::count(run.tests.into())/>
                " " {attempts}
            </p>
            <OutcomeBar parts=parts/>
            <div class="chips">{chips}</div>
        </div>
    }
}

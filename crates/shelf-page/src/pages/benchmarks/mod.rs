//! The view `benchmarks`: how long measured code takes, how much that varies, and since when.

mod charts;
mod table;

use std::sync::Arc;

use leptos::prelude::*;

use lanescope_protocol::{
    BenchmarkStep, BenchmarkVerdict, BenchmarksRequest, BenchmarksView, ShelfAnswer, ShelfRequest,
};
use lanescope_ui::satellite::desk;
use lanescope_ui::ui::el::{El, button, div, el, later, live, span};
use lanescope_ui::ui::{format, metric};

use super::empty::empty;
use super::measured::{Chosen, beside, chosen, elsewhere, having, waiting};
use crate::charts::boxes::short;
use crate::shell::bridge;
use crate::state::Shelf;

/// Keys of the address.
const CHOSEN: &str = "bench";
const FIND: &str = "name";
const ORDER: &str = "order";
/// Steps that are named.
const STEPS: usize = 6;

/// What the view rests on.
#[derive(Clone, Copy)]
struct Benchmarks {
    shelf: Shelf,
    runs: Memo<Vec<(String, String)>>,
    chosen: Memo<Chosen>,
    view: RwSignal<Option<Arc<BenchmarksView>>>,
}

impl Benchmarks {
    /// Place of the chosen benchmark among the rows: the one of the address, else that with the largest step or change, else
    /// the first.
    fn at(self) -> Option<usize> {
        let named = self.shelf.route.with(|route| route.of(CHOSEN).map(str::to_owned));
        self.view.with(|view| {
            let view = view.as_ref()?;
            let of = |name: &str| view.rows.iter().position(|row| row.name == name);
            let steps = || view.history.slower.iter().chain(&view.history.faster).find_map(|step| of(&step.name));
            let changed = || of(&view.compared.as_ref()?.changes.first()?.name);
            named.as_deref().and_then(of).or_else(steps).or_else(changed).or((!view.rows.is_empty()).then_some(0))
        })
    }
}

/// The view.
pub fn benchmarks_page(shelf: Shelf) -> El {
    let runs = having(shelf, "benchmarks");
    let benchmarks = Benchmarks { shelf, runs, chosen: chosen(shelf, runs, true), view: RwSignal::new(None) };
    let request = Memo::new(move |_| match benchmarks.chosen.get() {
        // More runs make another history.
        Chosen::Run { id, with, ready: true } => Some((BenchmarksRequest { run: id, with }, runs.with(Vec::len))),
        _ => None,
    });
    later(move || {
        let Some(asked) = request.get() else { return };
        desk::ask(&ShelfRequest::Benchmarks(asked.0.clone()), move |answer: ShelfAnswer, _| {
            // The view may be gone, or have asked for something else.
            let same = request.try_get_untracked().flatten().as_ref() == Some(&asked);
            if let (true, ShelfAnswer::Benchmarks(view)) = (same, answer) {
                benchmarks.view.set(Some(Arc::from(view)));
            }
        });
    });
    let state = Memo::new(move |_| match benchmarks.chosen.get() {
        Chosen::Run { .. } if benchmarks.view.with(Option::is_some) => None,
        Chosen::Run { .. } => Some(Chosen::Waiting),
        other => Some(other),
    });
    el("section", "lab-page shelf-page benchmarks-page").with(live(move || match state.get() {
        None => div("measures").with((head(benchmarks), charts::charts(benchmarks), table::table(benchmarks))),
        Some(Chosen::Nothing) => nothing(),
        Some(Chosen::Elsewhere(runs)) => elsewhere("benchmarks", &runs),
        Some(_) => waiting(shelf),
    }))
}

fn head(benchmarks: Benchmarks) -> El {
    let figures = live(move || benchmarks.view.get().map(|view| told(&view)));
    let controls = div("measure-controls").with(beside(benchmarks.shelf, benchmarks.runs, benchmarks.chosen));
    el("header", "measure-head").with((div("measure-figures").with(figures), controls))
}

fn told(view: &BenchmarksView) -> Vec<El> {
    let n = view.rows.len() as u64;
    let text = format::plural(n, "benchmark", "benchmarks");
    let title = el("h1", "measure-title").with(metric("benchmarks", Some(n as f64), &text, None));
    let mut lines = vec![title];
    if let Some(compared) = &view.compared {
        let count = |verdict: BenchmarkVerdict| compared.changes.iter().filter(|c| c.verdict == verdict).count();
        let (slower, faster) = (count(BenchmarkVerdict::Slower), count(BenchmarkVerdict::Faster));
        let within = count(BenchmarkVerdict::WithinNoise);
        let text = format!("{slower} slower, {faster} faster, {within} within noise against the other run.");
        let verdict = el("p", "measure-verdict").class_if("bad", slower > 0).attr("data-slower", slower.to_string());
        lines.push(verdict.attr("data-faster", faster.to_string()).with(text));
        let details = el("details", "measure-source");
        lines.push(
            details.with((el("summary", "").with("How this is judged"), el("p", "").with(compared.rule.as_str()))),
        );
    }
    let runs = view.history.runs.len() as u64;
    let steps = view.history.slower.len() + view.history.faster.len();
    if runs > 1 {
        let found = match (steps, runs) {
            (0, ..8) => "a step is looked for once there are eight".to_owned(),
            (0, _) => "none became slower or faster for good".to_owned(),
            _ => {
                format!("{} became slower and {} faster for good", view.history.slower.len(), view.history.faster.len())
            }
        };
        lines.push(
            el("p", "measure-line").attr("data-steps", steps.to_string()).with(format!("Over {runs} runs {found}.")),
        );
    }
    let found = || view.history.slower.iter().chain(&view.history.faster);
    if found().next().is_some() {
        lines.push(div("measure-steps").with(found().take(STEPS).map(step).collect::<Vec<_>>()));
    }
    let mut files: Vec<&str> = view.rows.iter().map(|row| row.file.as_str()).collect();
    files.dedup();
    let more = if files.len() > 1 { format!(" and {} more", files.len() - 1) } else { String::new() };
    let file = files.first().copied().unwrap_or("");
    lines.push(el("p", "measure-source").with((span("").with("Recorded in "), span("path").with(file), more)));
    lines
}

/// A step, which chooses its benchmark.
fn step(step: &BenchmarkStep) -> El {
    let (word, factor, class) = match step.ratio > 1.0 {
        true => ("slower", step.ratio, "bad"),
        false => ("faster", 1.0 / step.ratio, "good"),
    };
    let commit = step.from_commit.as_deref().map(|c| format!(" ({})", c.get(..8).unwrap_or(c))).unwrap_or_default();
    let little = if step.gradual { ", little by little" } else { "" };
    let to = step.name.clone();
    let name = button("link", move || bridge::go(false, |route| route.set(CHOSEN, Some(&to)))).with(short(&step.name));
    el("p", "").attr("data-step", &step.name).with((
        name,
        span(class).with(format!(" {} {word}", format::times(factor))),
        format!(" from run {}{commit}{little}", step.from_run),
    ))
}

fn nothing() -> El {
    empty(
        "No benchmark was opened",
        "Drop the results of benchmarks beside the test results: this view shows how long each takes and how much that \
         varies, and with several runs which became slower, and since when.",
        &[
            ("pytest-benchmark", "pytest --benchmark-json=benchmark.json"),
            ("Criterion", "cargo criterion --message-format=json > criterion.jsonl"),
            ("Criterion, without cargo-criterion: drop the folder target/criterion", "cargo bench"),
            ("Google Benchmark", "./bench --benchmark_format=json --benchmark_repetitions=10 > benchmark.json"),
            ("hyperfine", "hyperfine --export-json hyperfine.json COMMAND"),
        ],
    )
}

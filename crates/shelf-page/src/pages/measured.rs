//! What the views of coverage and of benchmarks have in common: the run that is shown, and the one beside it.

use leptos::prelude::*;
use web_sys::{Event, HtmlSelectElement};

use lanescope_protocol::RunSummary;
use lanescope_ui::ui::el::{El, button, div, el, follow, span};
use lanescope_ui::ui::format;

use crate::shell::bridge;
use crate::state::Shelf;

/// The run that a view shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    /// Nothing is known yet.
    Waiting,
    /// No run has such a thing.
    Nothing,
    /// The selected run has none; these have, by id and name.
    Elsewhere(Vec<(String, String)>),
    /// This one; whether the worker has it, and the run beside it, where one is named.
    Run {
        /// Its id.
        id: String,
        /// Id of the run beside it.
        with: Option<String>,
        /// Whether the worker has all that the answer needs.
        ready: bool,
    },
}

/// A name for a run.
pub fn name(run: &RunSummary) -> String {
    let label = if run.label.is_empty() { run.id.clone() } else { run.label.clone() };
    let at = run.started_at.as_deref().map(format::started);
    at.map_or(label.clone(), |at| format!("{label} · {at}"))
}

/// The runs of which a file tells this: `coverage` or `benchmarks`.
pub fn having(shelf: Shelf, what: &'static str) -> Memo<Vec<(String, String)>> {
    Memo::new(move |_| {
        shelf.runs.with(|runs| {
            let has = runs.iter().filter(|run| run.provenance.get(what).is_some());
            has.map(|run| (run.id.clone(), name(run))).collect()
        })
    })
}

/// The run to show. `all`: the answer needs all runs that have such a thing.
pub fn chosen(shelf: Shelf, runs: Memo<Vec<(String, String)>>, all: bool) -> Memo<Chosen> {
    Memo::new(move |_| {
        let has = runs.get();
        let (selected, with) = shelf.route.with(|route| (route.run.clone(), route.with.clone()));
        if shelf.runs.with(Vec::is_empty) {
            return if shelf.known.get() { Chosen::Nothing } else { Chosen::Waiting };
        }
        let known = |id: &String| has.iter().any(|(known, _)| known == id);
        let Some(last) = has.last() else { return Chosen::Nothing };
        let id = match selected {
            Some(id) if known(&id) => id,
            Some(id) if shelf.runs.with(|runs| runs.iter().any(|run| run.id == id)) => return Chosen::Elsewhere(has),
            // An address without a run: what the rest of the page shows then, the run with most workers, then the newest.
            _ => {
                let shown = shelf.runs.with(|runs| runs.iter().max_by_key(|run| run.workers).map(|run| run.id.clone()));
                shown.filter(known).unwrap_or_else(|| last.0.clone())
            }
        };
        let with = with.filter(|with| known(with) && *with != id);
        let there = |id: &String| shelf.taken.with(|taken| taken.iter().any(|run| run.id == *id));
        let ready = there(&id) && with.as_ref().is_none_or(there) && (!all || has.iter().all(|(id, _)| there(id)));
        Chosen::Run { id, with, ready }
    })
}

/// The selected run has nothing; others have.
pub fn elsewhere(what: &str, runs: &[(String, String)]) -> El {
    let open = |(id, name): &(String, String)| {
        let to = id.clone();
        button("button", move || bridge::go(true, |route| route.run = Some(to.clone()))).with(name.as_str())
    };
    div("shelf-empty").attr("data-empty", "").with((
        el("h1", "").with(format!("The selected run has no {what}")),
        el("p", "lead").with("These have:"),
        div("elsewhere").with(runs.iter().rev().take(12).map(open).collect::<Vec<_>>()),
    ))
}

/// What is shown until the answer comes.
pub fn waiting(shelf: Shelf) -> El {
    el("p", "lab-wait").attr("role", "status").live_text(move || {
        let (taken, loaded) = (shelf.taken.with(Vec::len), shelf.runs.with(Vec::len));
        shelf.said.get().unwrap_or_else(|| match loaded {
            0 => "Waiting for runs …".to_owned(),
            _ => format!("Reading runs: {taken} of {loaded}"),
        })
    })
}

/// Chooses the run to compare with; nothing where there is no other.
pub fn beside(shelf: Shelf, runs: Memo<Vec<(String, String)>>, of: Memo<Chosen>) -> El {
    let select = el("select", "").attr("data-compare", "with").on("change", move |event: Event| {
        let to = Some(event_target_value(&event)).filter(|id| !id.is_empty());
        bridge::go(true, |route| route.with.clone_from(&to));
    });
    let node: HtmlSelectElement = select.as_node();
    follow(move || {
        let Chosen::Run { id, with, .. } = of.get() else { return };
        node.set_text_content(None);
        let _ = node.append_child(el("option", "").attr("value", "").with("no other run").node());
        for (other, name) in runs.get().iter().filter(|(other, _)| *other != id) {
            let _ = node.append_child(el("option", "").attr("value", other).with(name.as_str()).node());
        }
        node.set_value(with.as_deref().unwrap_or(""));
    });
    let label = el("label", "measure-with").with((span("").with("Against"), select));
    label.live_attr("hidden", move || (runs.with(Vec::len) < 2 || shelf.runs.with(Vec::is_empty)).then_some(""))
}

/// A share with one decimal, never rounded up to one that is not reached.
pub fn share(rate: f64) -> String {
    if rate >= 1.0 {
        return "100 %".to_owned();
    }
    lanescope_ui::state::number::fixed((rate * 1_000.0 + 1e-9).floor() / 10.0, 1) + " %"
}

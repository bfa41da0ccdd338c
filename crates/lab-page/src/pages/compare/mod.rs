//! The view `compare`: what changed between two runs.

mod report;
mod words;

use lanescope_protocol::{HistoryAnswer, HistoryRequest};
use leptos::prelude::*;
use web_sys::{Event, HtmlSelectElement};

use lanescope_ui::ui::copy_text;
use lanescope_ui::ui::el::{El, button, div, el, follow, later, live, span};

use crate::pages::flaky::story::{all_taken, ask};
use crate::shell::bridge;
use crate::state::Lab;
use report::Compared;

/// The view.
pub fn compare_page(lab: Lab) -> El {
    let pair = Memo::new(move |_| {
        lab.runs.with(|runs| lab.route.with(|route| words::pair(runs, route.run.as_deref(), route.with.as_deref())))
    });
    let ready = all_taken(lab);
    let report = RwSignal::new(None::<Result<Compared, String>>);
    later(move || {
        let Some((base, head)) = pair.get().filter(|_| ready.get()) else { return };
        let of = (base.clone(), head.clone());
        ask(HistoryRequest::Compare { base, head }, move |answer| {
            // The view may be gone, or have other runs chosen.
            if pair.try_get_untracked().flatten().as_ref() != Some(&of) {
                return;
            }
            report.set(match answer {
                HistoryAnswer::Compare(came) => Some(Ok(Compared(std::sync::Arc::from(came)))),
                HistoryAnswer::Failed { text } => Some(Err(text)),
                _ => return,
            });
        });
    });
    let loaded = Memo::new(move |_| lab.runs.with(Vec::len));
    el("section", "lab-page compare-page").with(live(move || match loaded.get() {
        0 => div("flaky-wait").with(el("p", "").attr("role", "status").with("Waiting for runs …")),
        1 => one_run(),
        _ => div("compare").with((controls(lab, pair), body(lab, report))),
    }))
}

fn body(lab: Lab, report: RwSignal<Option<Result<Compared, String>>>) -> El {
    div("compare-body").live(move || match report.get() {
        Some(Ok(compared)) => report::report(&compared.0, &groups(lab)),
        Some(Err(text)) => {
            div("flaky-nothing").with((el("h2", "").with("These two cannot be compared"), el("p", "").with(text)))
        }
        None => {
            let words = move || match (lab.said.get(), lab.taken.with(Vec::len), lab.runs.with(Vec::len)) {
                (Some(text), ..) => text,
                (None, taken, loaded) if taken < loaded => format!("Reading runs: {taken} of {loaded}"),
                _ => "Looking at both …".to_owned(),
            };
            div("flaky-wait").with(el("p", "").attr("role", "status").live_text(words))
        }
    })
}

/// Groups of all runs.
fn groups(lab: Lab) -> Vec<String> {
    lab.runs.with_untracked(|runs| runs.iter().flat_map(|run| run.groups.iter().cloned()).collect())
}

/// The two runs, to be chosen.
fn controls(lab: Lab, pair: Memo<Option<(String, String)>>) -> El {
    let options = Memo::new(move |_| {
        lab.runs.with(|runs| {
            let lines = runs.iter().enumerate().map(|(at, run)| (run.id.clone(), words::option(at, run)));
            lines.collect::<Vec<_>>()
        })
    });
    let select = move |name: &'static str, label: &'static str, is_base: bool| {
        let select = el("select", "").attr("data-compare", name).on("change", move |event: Event| {
            let chosen = event_target_value(&event);
            bridge::go(true, |route| {
                // Both stand in the address from now on: the other one stays what it is.
                if let Some((base, head)) = pair.get_untracked() {
                    route.with = Some(base);
                    route.run = Some(head);
                }
                if is_base { route.with = Some(chosen) } else { route.run = Some(chosen) }
            });
        });
        let node: HtmlSelectElement = select.as_node();
        follow(move || {
            let now = pair.get();
            node.set_text_content(None);
            options.with(|options| {
                for (id, text) in options {
                    let _ = node.append_child(el("option", "").attr("value", id).with(text).node());
                }
            });
            if let Some((base, head)) = now {
                node.set_value(if is_base { &base } else { &head });
            }
        });
        el("label", "compare-run").with((span("").with(label), select))
    };
    let swap = button("button small", move || {
        bridge::go(true, |route| {
            if let Some((base, head)) = pair.get_untracked() {
                route.with = Some(head);
                route.run = Some(base);
            }
        });
    });
    let swap = swap.attr("data-swap", "").attr("title", "Swap the two runs").with("Swap");
    div("compare-controls").with((select("with", "Before", true), select("run", "After", false), swap))
}

/// There is nothing to compare with.
fn one_run() -> El {
    div("flaky-empty").attr("data-empty", "").with((
        el("h1", "").with("One run has nothing to be compared with"),
        el("p", "lead").with("Open a second run of the same suite, and this view says what failed newly, what was fixed, what became slower, and which tests came and went."),
        el("section", "").with((
            el("h2", "").with("The run before, from CI"),
            el("p", "").with("Drop the artifacts of both runs, each in a folder of its own."),
            copy_text("gh run download RUN_ID -D before"),
        )),
        el("section", "").with((
            el("h2", "").with("Or the main branch, on your machine"),
            copy_text("git switch main && pytest -n auto --junitxml=main.xml"),
        )),
    ))
}

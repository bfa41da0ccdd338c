//! Runs, from the engine to the laboratory's worker: all that are loaded, one after the other.

use lanescope_protocol::{Answer, LabAnswer, LabRequest, Request, RunSummary};
use leptos::prelude::*;

use crate::shell::{bridge, desk};
use crate::state::Lab;

/// Asks what is loaded, and has what is new taken in. Whatever is under way for an earlier state ends by itself.
pub fn refresh(lab: Lab) {
    desk::on_lost(move |why| {
        lab.said.set(Some(why));
        lab.taken.set(Vec::new());
    });
    bridge::ask(&Request::Runs, move |answer, _| {
        let Some(Answer::Runs(runs)) = answer else { return };
        if lab.runs.with_untracked(|old| *old == runs) && lab.taken.with_untracked(|taken| *taken == runs) {
            return;
        }
        let ids = runs.iter().map(|run| run.id.clone()).collect();
        lab.runs.set(runs.clone());
        desk::ask(LabRequest::Keep { runs: ids }, |_, _| {});
        // What is unchanged need not come again.
        lab.taken.update(|taken| taken.retain(|run| runs.contains(run)));
        next(lab);
    });
}

/// Takes the next run in that is not there yet: the selected one first.
fn next(lab: Lab) {
    let selected = lab.route.with_untracked(|route| route.run.clone());
    let missing: Option<RunSummary> = lab.runs.with_untracked(|runs| {
        lab.taken.with_untracked(|taken| {
            let missing = || runs.iter().filter(|run| !taken.contains(run));
            missing().find(|run| Some(&run.id) == selected.as_ref()).or_else(|| missing().next()).cloned()
        })
    });
    let Some(run) = missing else { return };
    let request = Request::Columns { run: run.id.clone() };
    bridge::ask(&request, move |answer, columns| {
        // The runs may have changed meanwhile; then another round is under way.
        if !matches!(answer, Some(Answer::Columns)) || !lab.runs.with_untracked(|runs| runs.contains(&run)) {
            return;
        }
        let Some(columns) = columns else { return };
        desk::take(run.id.clone(), columns, move |answer, _| {
            if let LabAnswer::Failed { text } = answer {
                return lab.said.set(Some(text));
            }
            lab.taken.update(|taken| {
                if !taken.contains(&run) {
                    taken.push(run.clone());
                }
            });
            next(lab);
        });
    });
}

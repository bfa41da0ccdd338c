//! Runs, from the engine to a satellite's worker: all that are loaded, one after the other.

use lanescope_protocol::{Answer, Request, RunSummary};
use leptos::prelude::*;

use super::{Shared, bridge, desk};

/// Asks what is loaded, and has what is new taken in. Whatever is under way for an earlier state ends by itself.
pub fn refresh(shared: Shared) {
    desk::on_lost("feed", move |why| {
        shared.said.set(Some(why));
        shared.taken.set(Vec::new());
    });
    runs(shared, move |runs| {
        if shared.taken.with_untracked(|taken| *taken == runs) {
            return;
        }
        desk::keep(runs.iter().map(|run| run.id.clone()).collect());
        // What is unchanged need not come again.
        shared.taken.update(|taken| taken.retain(|run| runs.contains(run)));
        next(shared);
    });
}

/// Asks what is loaded; `then` gets it too, also where nothing has changed.
pub fn runs(shared: Shared, then: impl FnOnce(Vec<RunSummary>) + 'static) {
    bridge::ask(&Request::Runs, move |answer, _| {
        let Some(Answer::Runs(runs)) = answer else { return };
        if shared.runs.with_untracked(|old| *old != runs) {
            shared.runs.set(runs.clone());
        }
        if !shared.known.get_untracked() {
            shared.known.set(true);
        }
        then(runs);
    });
}

/// Takes the next run in that is not there yet: the selected one first.
fn next(shared: Shared) {
    let selected = shared.route.with_untracked(|route| route.run.clone());
    let missing: Option<RunSummary> = shared.runs.with_untracked(|runs| {
        shared.taken.with_untracked(|taken| {
            let missing = || runs.iter().filter(|run| !taken.contains(run));
            missing().find(|run| Some(&run.id) == selected.as_ref()).or_else(|| missing().next()).cloned()
        })
    });
    let Some(run) = missing else { return };
    let request = Request::Columns { run: run.id.clone() };
    bridge::ask(&request, move |answer, columns| {
        // The runs may have changed meanwhile; then another round is under way.
        if !matches!(answer, Some(Answer::Columns)) || !shared.runs.with_untracked(|runs| runs.contains(&run)) {
            return;
        }
        let Some(columns) = columns else { return };
        let id = run.id.clone();
        desk::take(&id, columns, move |failed| {
            if let Some(text) = failed {
                return shared.said.set(Some(text));
            }
            shared.taken.update(|taken| {
                if !taken.contains(&run) {
                    taken.push(run.clone());
                }
            });
            next(shared);
        });
    });
}

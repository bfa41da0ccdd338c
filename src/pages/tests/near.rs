//! The tests around one: before and after it on its worker, and beside it on others.

use std::sync::Arc;

use lanescope_protocol::{Neighbour, Relation, TestDetail};
use leptos::prelude::*;

use crate::pages::tests::row::{suite_path, test_name};
use crate::state::App;
use crate::ui::el::{El, Nodes, button, el, nodes, span, when};
use crate::ui::{format, known, outcome_mark};

/// Neighbours shown before the rest is asked for.
const SHOWN: usize = 8;

/// The neighbours, by how they stand to the test; nothing where there are none.
pub fn near(app: App, detail: &Arc<TestDetail>) -> Option<El> {
    if detail.neighbours.is_empty() {
        return None;
    }
    let worker = detail.attempts.last().and_then(|attempt| attempt.worker.as_deref());
    let on = |word: &str| format!("{word} it on {}", worker.unwrap_or("the same lane"));
    let title = if detail.attempts.len() > 1 { "Around its last attempt" } else { "Around it" };
    Some(el("section", "near").attr("aria-label", "Tests around it").with((
        el("h3", "").with((title, known(detail.provenance))),
        group(app, &on("Before"), detail, Relation::Before),
        group(app, &on("After"), detail, Relation::After),
        group(app, "At the same time on other workers", detail, Relation::Overlap),
    )))
}

fn group(app: App, title: &str, detail: &Arc<TestDetail>, relation: Relation) -> Option<Nodes> {
    let n = detail.neighbours.iter().filter(|near| near.relation == relation).count();
    if n == 0 {
        return None;
    }
    let all = RwSignal::new(false);
    let detail = Arc::clone(detail);
    let shown = el("ul", "").live(move || {
        let n = if all.get() { usize::MAX } else { SHOWN };
        let near = detail.neighbours.iter().filter(|near| near.relation == relation).take(n);
        near.map(|near| one(app, near, near.test.id == detail.test.id)).collect::<Vec<_>>()
    });
    let more = n.saturating_sub(SHOWN);
    let press = move || button("link", move || all.set(true)).with(format!("{more} more"));
    Some(nodes((el("h4", "").with(title), shown, when(move || more != 0 && !all.get(), press))))
}

fn one(app: App, near: &Neighbour, own: bool) -> El {
    let test = &near.test;
    let worker = test.worker.as_deref().filter(|_| near.relation == Relation::Overlap);
    // The outcome is that of the test, which says nothing about another attempt of it.
    let mark = if own { span("") } else { outcome_mark(&test.outcome, test.flaky) };
    let name = span("cell-name");
    let name = if own {
        // A retry on the same worker: there is nowhere to go.
        name.with(span("quiet").with("another attempt of this test"))
    } else {
        name.with((test_name(&test.name), suite_path(&test.suite, test.group.as_deref())))
    };
    let id = test.id.clone();
    let press = button("near-test", move || app.go(|route| route.test = Some(id.clone())));
    let press = press.attr("title", &test.id).attr_if("disabled", own);
    let worker = worker.map(|worker| span("quiet").with(el("bdi", "").with(worker)));
    el("li", "").with(press.with((mark, name, worker, span("near-gap").with(gap(near.relation, near.seconds)))))
}

/// How far away it is, or how long both ran.
fn gap(relation: Relation, seconds: f64) -> String {
    match relation {
        Relation::Overlap => format!("{} in common", format::seconds(seconds)),
        _ if seconds < 0.000_000_5 => "no gap".to_owned(),
        Relation::Before => format!("{} before", format::seconds(seconds)),
        Relation::After => format!("{} after", format::seconds(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_have_a_direction_and_a_unit() {
        assert_eq!(gap(Relation::Before, 0.25), "250 ms before");
        assert_eq!(gap(Relation::After, 0.0), "no gap");
        assert_eq!(gap(Relation::Overlap, 2.0), "2.00 s in common");
    }
}

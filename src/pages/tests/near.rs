//! The tests around one: before and after it on its worker, and beside it on others.

use std::sync::Arc;

use lanescope_protocol::{Neighbour, Relation, TestDetail};
use leptos::prelude::*;

use crate::pages::tests::row::{SuitePath, TestName};
use crate::state::App;
use crate::ui::{Known, OutcomeMark, format};

/// Neighbours shown before the rest is asked for.
const SHOWN: usize = 8;

/// The neighbours, by how they stand to the test.
#[component]
pub fn Near(
    /// The test.
    detail: Arc<TestDetail>,
) -> impl IntoView {
    if detail.neighbours.is_empty() {
        return None;
    }
    let of =
        |relation: Relation| detail.neighbours.iter().filter(|n| n.relation == relation).cloned().collect::<Vec<_>>();
    let worker = detail.attempts.last().and_then(|attempt| attempt.worker.clone());
    let on = |word: &str| {
        worker.as_ref().map_or_else(|| format!("{word} it on the same lane"), |w| format!("{word} it on {w}"))
    };
    let title = if detail.attempts.len() > 1 { "Around its last attempt" } else { "Around it" };
    Some(view! {
        <section class="near" aria-label="Tests around it">
            <h3>{title}<Known known=detail.provenance/></h3>
            <Group title=on("Before") tests=of(Relation::Before) this=detail.test.id.clone()/>
            <Group title=on("After") tests=of(Relation::After) this=detail.test.id.clone()/>
            <Group title="At the same time on other workers".to_owned() tests=of(Relation::Overlap) this=detail.test.id.clone()/>
        </section>
    })
}

#[component]
fn Group(title: String, tests: Vec<Neighbour>, this: String) -> impl IntoView {
    if tests.is_empty() {
        return None;
    }
    let all = RwSignal::new(false);
    let more = tests.len().saturating_sub(SHOWN);
    let tests = StoredValue::new(tests);
    let shown = move || {
        let n = if all.get() { usize::MAX } else { SHOWN };
        tests.with_value(|tests| {
            tests
                .iter()
                .take(n)
                .cloned()
                .map(|near| {
                    let own = near.test.id == this;
                    view! { <One near own/> }
                })
                .collect_view()
        })
    };
    Some(view! {
        <h4>{title}</h4>
        <ul>{shown}</ul>
        <Show when=move || more != 0 && !all.get()>
            <button class="link" on:click=move |_| all.set(true)>{format!("{more} more")}</button>
        </Show>
    })
}

#[component]
fn One(near: Neighbour, own: bool) -> impl IntoView {
    let app = App::get();
    let figure = gap(near.relation, near.seconds);
    let worker = (near.relation == Relation::Overlap).then(|| near.test.worker.clone()).flatten();
    let id = near.test.id.clone();
    // The outcome is that of the test, which says nothing about another attempt of it.
    let mark = if own {
        view! { <span></span> }.into_any()
    } else {
        view! { <OutcomeMark outcome=near.test.outcome flaky=near.test.flaky/> }.into_any()
    };
    let name = if own {
        // A retry on the same worker: there is nowhere to go.
        view! { <span class="quiet">"another attempt of this test"</span> }.into_any()
    } else {
        view! { <TestName name=near.test.name/><SuitePath suite=near.test.suite group=near.test.group/> }.into_any()
    };
    view! {
        <li>
            <button
                class="near-test"
                title=near.test.id
                disabled=own
                on:click=move |_| app.go(|route| route.test = Some(id.clone()))
            >
                {mark}
                <span class="cell-name">{name}</span>
                {worker.map(|worker| view! { <span class="quiet"><bdi>{worker}</bdi></span> })}
                <span class="near-gap">{figure}</span>
            </button>
        </li>
    }
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

//! One row of the list.

use std::sync::Arc;

use lanescope_protocol::TestLine;
use leptos::prelude::*;

use crate::pages::tests::rows::Rows;
use crate::pages::tests::words;
use crate::state::App;
use crate::ui::{OutcomeMark, format, row_id};

/// Bytes of a name or path that are given to the browser for a row; the screen clips far earlier.
const MAX_BYTES: usize = 2_400;

/// The row at this place: its test, or bones until it comes.
pub fn row(app: App, rows: Rows, index: u32) -> AnyView {
    let line = rows.row(index);
    let is_selected = Memo::new(move |_| {
        line.with(|line| line.as_ref().is_some_and(|l| app.route.with(|r| r.test.as_ref() == Some(&l.id))))
    });
    let is_active = Memo::new(move |_| rows.list.active.get() == index);
    let of = move |field: fn(&TestLine) -> &str| move || line.with(|l| l.as_ref().map(|l| field(l).to_owned()));
    view! {
        <div
            class="test-row"
            id=row_id(index)
            role="row"
            aria-rowindex=(u64::from(index) + 2).to_string()
            aria-selected=move || is_selected.get().to_string()
            data-active=move || is_active.get().then_some("")
            data-test=of(|l| &l.id)
            data-outcome=of(|l| &l.outcome)
            data-flaky=move || line.with(|l| l.as_ref().is_some_and(|l| l.flaky)).then_some("true")
            on:click=move |_| rows.choose(index)
        >
            {move || match line.get() {
                Some(line) => cells(&line, rows.max_s.get()).into_any(),
                None => view! {
                    <span class="test-bone" role="gridcell" style:width=format!("{}%", 30 + index.wrapping_mul(37) % 40)></span>
                }.into_any(),
            }}
        </div>
    }
    .into_any()
}

fn cells(line: &Arc<TestLine>, max_s: f64) -> impl IntoView + use<> {
    let time = line.seconds.map_or("–".to_owned(), format::seconds);
    let share = line.seconds.filter(|_| max_s > 0.0).map_or(0.0, |s| (s / max_s * 100.0).clamp(0.0, 100.0));
    let badge = (line.attempts > 1).then(|| {
        let title = format!("{} attempts", line.attempts);
        let spoken = title.clone();
        view! {
            <span class="attempts" title=title>
                <span aria-hidden="true">{format!("×{}", line.attempts)}</span>
                <span class="sr-only">{spoken}</span>
            </span>
        }
    });
    view! {
        <span role="gridcell" class="cell-outcome"><OutcomeMark outcome=line.outcome.clone() flaky=line.flaky/></span>
        <span role="gridcell" class="cell-name">
            <span class="name-line"><TestName name=line.name.clone()/>{badge}</span>
            <SuitePath suite=line.suite.clone() group=line.group.clone()/>
        </span>
        <span role="gridcell" class="cell-worker"><bdi>{line.worker.clone()}</bdi></span>
        <span role="gridcell" class="cell-time">
            <span class="time-bar" aria-hidden="true"><span style:width=format!("{share:.1}%")></span></span>
            <span class="time-figure">{time}</span>
        </span>
    }
}

/// A test's name on one line; when it is too long, the beginning of the name and the end of its parameters stay.
#[component]
pub fn TestName(
    /// The name, with parameters.
    name: String,
) -> impl IntoView {
    if name.trim().is_empty() {
        return view! { <span class="test-name blank">"no name"</span> }.into_any();
    }
    let (base, parameters) = words::split_name(&name);
    let parameters = (!parameters.is_empty()).then(|| {
        let shown = words::tail(parameters, MAX_BYTES).to_owned();
        view! { <span class="clip-start"><bdi dir="ltr">{shown}</bdi></span> }
    });
    view! {
        <span class="test-name"><bdi dir="ltr" class="clip-end">{words::head(base, MAX_BYTES).to_owned()}</bdi>{parameters}</span>
    }
    .into_any()
}

/// The path to a test, quiet; when it is too long, its end stays.
#[component]
pub fn SuitePath(
    /// The path.
    suite: String,
    /// The group in front of it.
    #[prop(optional_no_strip)]
    group: Option<String>,
) -> impl IntoView {
    let path = words::tail(&suite, MAX_BYTES).to_owned();
    let group = group.map(|group| view! { <bdi>{group}</bdi>" › " });
    view! { <span class="suite-path clip-start"><bdi dir="ltr">{group}<bdi dir="ltr">{path}</bdi></bdi></span> }
}

//! One row of the list.

use lanescope_protocol::TestLine;
use leptos::prelude::*;
use web_sys::Event;

use crate::pages::tests::rows::Rows;
use crate::pages::tests::words;
use crate::state::App;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, Nodes, div, el, nodes, span};
use crate::ui::{format, outcome_mark, row_id};

/// Bytes of a name or path that are given to the browser for a row; the screen clips far earlier.
const MAX_BYTES: usize = 2_400;

/// The row at this place: its test, or bones until it comes.
pub fn row(app: App, rows: Rows, index: u32) -> El {
    let line = rows.row(index);
    let is_selected = Memo::new(move |_| {
        line.with(|line| line.as_ref().is_some_and(|l| app.route.with(|r| r.test.as_ref() == Some(&l.id))))
    });
    let is_active = Memo::new(move |_| rows.list.active.get() == index);
    let of = move |field: fn(&TestLine) -> &str| move || line.with(|l| l.as_ref().map(|l| field(l).to_owned()));
    let row = div("test-row").attr("id", row_id(index)).attr("role", "row");
    row.attr("aria-rowindex", (u64::from(index) + 2).to_string())
        .live_attr("aria-selected", move || is_selected.get().to_string())
        .live_attr("data-active", move || is_active.get())
        .live_attr("data-test", of(|l| &l.id))
        .live_attr("data-outcome", of(|l| &l.outcome))
        .live_attr("data-flaky", move || line.with(|l| l.as_ref().is_some_and(|l| l.flaky)).then_some("true"))
        .on("click", move |_: Event| rows.choose(index))
        .live(move || match line.get() {
            Some(line) => cells(&line, rows.max_s.get()),
            None => nodes(bone(index).attr("role", "gridcell")),
        })
}

/// What stands where a name will be, of a width that differs from row to row.
pub fn bone(index: u32) -> El {
    span("test-bone").style("width", format!("{}%", 30 + index.wrapping_mul(37) % 40))
}

fn cells(line: &TestLine, max_s: f64) -> Nodes {
    let cell = |class: &str| span(class).attr("role", "gridcell");
    let time = line.seconds.map_or("–".to_owned(), format::seconds);
    let share = line.seconds.filter(|_| max_s > 0.0).map_or(0.0, |s| (s / max_s * 100.0).within(0.0, 100.0));
    let badge = (line.attempts > 1).then(|| {
        let title = format!("{} attempts", line.attempts);
        let figure = span("").attr("aria-hidden", "true").with(format!("×{}", line.attempts));
        span("attempts").attr("title", &title).with((figure, span("sr-only").with(&title)))
    });
    let name = span("name-line").with((test_name(&line.name), badge));
    let bar = span("time-bar").attr("aria-hidden", "true");
    let bar = bar.with(span("").style("width", number::fixed(share, 1) + "%"));
    nodes((
        cell("cell-outcome").with(outcome_mark(&line.outcome, line.flaky)),
        cell("cell-name").with((name, suite_path(&line.suite, line.group.as_deref()))),
        cell("cell-worker").with(el("bdi", "").with(line.worker.as_deref())),
        cell("cell-time").with((bar, span("time-figure").with(time))),
    ))
}

/// A test's name (with parameters) on one line; when it is too long, the beginning of the name and the end of its
/// parameters stay.
pub fn test_name(name: &str) -> El {
    if name.trim().is_empty() {
        return span("test-name blank").with("no name");
    }
    let (base, parameters) = words::split_name(name);
    let base = el("bdi", "clip-end").attr("dir", "ltr").with(words::head(base, MAX_BYTES));
    let parameters = (!parameters.is_empty())
        .then(|| span("clip-start").with(el("bdi", "").attr("dir", "ltr").with(words::tail(parameters, MAX_BYTES))));
    span("test-name").with((base, parameters))
}

/// The path to a test, quiet, with the group in front of it; when it is too long, its end stays.
pub fn suite_path(suite: &str, group: Option<&str>) -> El {
    let path = el("bdi", "").attr("dir", "ltr").with(words::tail(suite, MAX_BYTES));
    let group = group.map(|group| (el("bdi", "").with(group), " › "));
    span("suite-path clip-start").with(el("bdi", "").attr("dir", "ltr").with((group, path)))
}

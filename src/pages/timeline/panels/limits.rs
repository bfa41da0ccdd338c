//! Time-outs: the limit, the tests that ran into it, and those that came near.

use lanescope_protocol::{Answer, NearLimit, TestLine};

use crate::charts::lanes::Stage;
use crate::pages::timeline::panels::{heading, share_css, test_name};
use crate::state::number;
use crate::ui::el::{El, button, div, el, span};
use crate::ui::format;

/// Fills a place.
pub(super) fn show(stage: Stage, place: El, answer: Answer) {
    let Answer::Limits(limits) = answer else { return };
    let source = (!limits.source.is_empty()).then(|| el("p", "panel-note").with(&limits.source));
    if limits.limit_s.is_none() && limits.timed_out.is_empty() {
        let words = "pytest-timeout prints its limit at the head of the console log: open the log beside the report, \
                     or set one with --timeout. A test that hangs then fails by itself, and says where.";
        let empty = div("panel-empty").attr("data-limit", "");
        let _ = place.with(empty.with((heading("No time limit is known", ()), source, el("p", "").with(words))));
        return;
    }
    let limit = limits.limit_s.map(|s| {
        let figure = span("limit").attr("data-limit", number::plain(s)).with(format::seconds(s));
        el("p", "limit-lead").with(("A test may take ", figure, "."))
    });
    let out = list(
        stage,
        "Ran into the limit",
        limits.timed_out.iter().map(|test| out(stage, test)).collect(),
        limits.timed_out_total,
    );
    let near = list(
        stage,
        "Near the limit, 80 % and more",
        limits.near.iter().map(|near| row(stage, near)).collect(),
        limits.near_total,
    );
    let _ = place.with((limit, source, div("panel-columns").with((out, near))));
}

fn list(_: Stage, title: &str, rows: Vec<El>, total: u32) -> El {
    let more = (total as usize > rows.len())
        .then(|| el("p", "quiet").with(format!("and {} more", format::count(total as u64 - rows.len() as u64))));
    let none = rows.is_empty().then(|| el("p", "quiet").with("No test."));
    div("").with((
        heading(title, span("tag").with(format::count(total.into()))),
        none,
        el("ul", "end-rows").with(rows),
        more,
    ))
}

/// A row that selects a test; the lanes bring it into sight.
fn row_of(stage: Stage, test: &TestLine) -> El {
    let id = test.id.clone();
    let row = button("limit-row", move || {
        let id = id.clone();
        stage.app.go(|route| route.test = Some(id));
    });
    row.with(test_name(test))
}

fn out(stage: Stage, test: &TestLine) -> El {
    let seconds = test.seconds.map(format::seconds).unwrap_or_default();
    el("li", "").with(row_of(stage, test).with(span("num").with(seconds)))
}

fn row(stage: Stage, near: &NearLimit) -> El {
    let bar =
        span("size-bar").attr_if("data-over", near.share >= 1.0).with(span("").style("width", share_css(near.share)));
    el("li", "").with(row_of(stage, &near.test).with((
        bar,
        span("num quiet").with(format::percent(near.share)),
        span("num").with(format::seconds(near.seconds)),
    )))
}

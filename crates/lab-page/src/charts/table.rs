//! The same figures as a table, for those who cannot or would not read a chart.

use leptos::prelude::*;
use web_sys::{Event, HtmlElement};

use lanescope_ui::ui::el::{El, div, el, when};

use super::picture::Picture;

/// A table that is made when it is opened.
pub fn table(picture: Memo<Picture>) -> El {
    let open = RwSignal::new(false);
    let details = el("details", "chart-table");
    let node: HtmlElement = details.as_node();
    let details = details.on("toggle", move |_: Event| open.set(node.has_attribute("open")));
    let made = move || div("chart-table-room").attr("tabindex", "0").live(move || picture.with(rows));
    details.with((el("summary", "").with("Table"), when(move || open.get(), made)))
}

/// A row for each value of the horizontal axis, a column for each series.
fn rows(picture: &Picture) -> El {
    let head = picture
        .series
        .iter()
        .fold(el("tr", "").with(el("th", "").attr("scope", "col").with(&picture.x.name)), |head, series| {
            head.with(el("th", "").attr("scope", "col").with(&series.name))
        });
    let body = picture.stops().iter().fold(el("tbody", ""), |body, stop| {
        let row = el("tr", "").with(el("th", "").attr("scope", "row").with(&stop.name));
        body.with((0..picture.series.len()).fold(row, |row, place| {
            let value = stop.values.iter().find(|value| value.0 == place).map(|value| value.1.as_str());
            row.with(el("td", "").with(value.unwrap_or("–")))
        }))
    });
    el("table", "").with((el("caption", "sr-only").with(&picture.title), el("thead", "").with(head), body))
}

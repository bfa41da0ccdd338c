//! All benchmarks with their figures, and against the other run.

use leptos::prelude::*;
use web_sys::{Event, MouseEvent};

use lanescope_protocol::{BenchmarkChange, BenchmarkRow, BenchmarkVerdict, BenchmarksView};
use lanescope_ui::state::number;
use lanescope_ui::ui::el::{El, div, el, live, span};
use lanescope_ui::ui::format;

use super::{Benchmarks, CHOSEN, FIND, ORDER};
use crate::charts::axis::amount;
use crate::charts::boxes::short;
use crate::shell::bridge;

/// Rows that are shown.
const MOST: usize = 500;
const ORDERS: [(&str, &str); 4] =
    [("", "as recorded"), ("slow", "longest first"), ("change", "most changed"), ("name", "by name")];

pub(super) fn table(benchmarks: Benchmarks) -> El {
    let route = benchmarks.shelf.route;
    let now = |key: &str| route.with_untracked(|route| route.of(key).unwrap_or("").to_owned());
    let set = |key: &'static str| {
        move |event: Event| {
            let to = event_target_value(&event);
            bridge::go(false, |route| route.set(key, Some(to.as_str()).filter(|to| !to.is_empty())));
        }
    };
    let search = el("input", "").attr("type", "search").attr("placeholder", "Part of a name").attr("data-search", "");
    let search = search.attr("aria-label", "Part of a name").attr("value", now(FIND)).on("input", set(FIND));
    let chosen = now(ORDER);
    let options =
        ORDERS.map(|(word, name)| el("option", "").attr("value", word).attr_if("selected", word == chosen).with(name));
    let order = el("select", "").attr("data-order", "").attr("aria-label", "Order").on("change", set(ORDER));
    let tools = div("measure-tools").with((search, order.with(options.to_vec())));
    let at = Memo::new(move |_| benchmarks.at());
    let wanted =
        Memo::new(move |_| route.with(|r| (r.of(FIND).unwrap_or("").to_owned(), r.of(ORDER).unwrap_or("").to_owned())));
    let rows =
        live(move || benchmarks.view.get().map(|view| wanted.with(|(find, order)| list(&view, find, order, at))));
    div("measure-list").with((tools, rows))
}

fn change_of<'v>(view: &'v BenchmarksView, name: &str) -> Option<&'v BenchmarkChange> {
    view.compared.as_ref()?.changes.iter().find(|change| change.name == name)
}

fn list(view: &BenchmarksView, find: &str, order: &str, at: Memo<Option<usize>>) -> El {
    let holds = |row: &BenchmarkRow| {
        let (name, part) = (row.name.as_bytes(), find.as_bytes());
        part.is_empty() || name.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
    };
    let mut rows: Vec<(f64, usize)> = Vec::new();
    for (place, row) in view.rows.iter().enumerate().filter(|(_, row)| holds(row)) {
        let key = match order {
            "slow" => -row.stats.median.or(row.stats.mean).or(row.stats.min).unwrap_or(0.0),
            "change" => -change_of(view, &row.name).map_or(0.0, |c| c.ratio.ln().abs()),
            _ => place as f64,
        };
        rows.push((key, place));
    }
    let name = |place: usize| view.rows.get(place).map_or("", |row| row.name.as_str());
    rows.sort_by(|a, b| match order {
        "name" => name(a.1).cmp(name(b.1)),
        _ => a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)),
    });
    if rows.is_empty() {
        return el("p", "measure-none").with("No name holds this text.");
    }
    let compared = view.compared.is_some();
    let told = Told::of(view);
    let cell = |class: &str, text: &str| span(class).attr("role", "columnheader").with(text);
    let (spread, why) = if told.quartiles {
        ("± IQR / 2", "Half the distance between the quartiles")
    } else {
        ("± std. dev.", "The standard deviation of the rounds")
    };
    let (value, other) = if told.medians { ("Median", "Mean") } else { ("Mean", "Max") };
    let mut head =
        vec![cell("b-name", "Benchmark"), cell("b-value", value), cell("b-spread", spread).attr("title", why)];
    head.extend([cell("b-min", "Min"), cell("b-mean", other), cell("b-rounds", "Rounds")]);
    if compared {
        head.extend([cell("b-change", "Change"), cell("b-verdict", "")]);
    }
    let shown = rows.len().min(MOST);
    let more = (rows.len() > shown).then(|| el("p", "quiet").with(format!("{shown} of {} are shown.", rows.len())));
    let lines: Vec<El> = rows
        .iter()
        .take(MOST)
        .filter_map(|(_, place)| Some(line(view, view.rows.get(*place)?, *place, at, told)))
        .collect();
    let table = div(if compared { "bench-table compared" } else { "bench-table" });
    let table = table.attr("role", "table").attr("aria-label", "Benchmarks");
    div("").with((table.with((div("bench-row bench-row-head").attr("role", "row").with(head), lines)), more))
}

/// Which figures the report tells: a column is headed by what stands in it.
#[derive(Clone, Copy)]
struct Told {
    medians: bool,
    quartiles: bool,
}

impl Told {
    fn of(view: &BenchmarksView) -> Self {
        Self {
            medians: view.rows.iter().any(|row| row.stats.median.is_some()),
            quartiles: view.rows.iter().any(|row| row.stats.iqr.is_some()),
        }
    }
}

fn line(view: &BenchmarksView, row: &BenchmarkRow, place: usize, at: Memo<Option<usize>>, told: Told) -> El {
    let (t, compared) = (&row.stats, view.compared.is_some());
    let text = |value: Option<f64>| value.map_or("–".to_owned(), |value| amount(value, &row.unit));
    let cell = |class: &str, text: String| span(class).attr("role", "cell").with(text);
    let head = row.name.strip_suffix(short(&row.name)).unwrap_or("");
    let name = span("b-name").attr("role", "rowheader").attr("title", &row.name);
    let group = (!row.group.is_empty()).then(|| span("tag").with(row.group.as_str()));
    let name =
        name.with((span("name").with(short(&row.name)), group, span("quiet b-path").with(head.trim_end_matches("::"))));
    let (value, other) = if told.medians { (t.median, t.mean) } else { (t.mean, t.max) };
    let spread = if told.quartiles { t.iqr.map(|iqr| iqr / 2.0) } else { t.stddev };
    let mut cells = vec![
        name,
        cell("b-value num", text(value)),
        cell("b-spread num quiet", spread.map_or(String::new(), |spread| format!("± {}", amount(spread, &row.unit)))),
        cell("b-min num", text(t.min)),
        cell("b-mean num", text(other)),
        cell("b-rounds num quiet", t.rounds.map_or("–".to_owned(), format::count)),
    ];
    let out = div("bench-row").attr("role", "row").attr("data-benchmark", &row.name);
    let out = out.attr("data-value", value.map(number::plain).unwrap_or_default()).attr("data-unit", &row.unit);
    let change = change_of(view, &row.name);
    if compared {
        cells.extend(changed(change));
    }
    let verdict = change.map(|c| c.verdict.as_str());
    let to = row.name.clone();
    out.attr_opt("data-verdict", verdict)
        .live_attr("aria-selected", move || (at.get() == Some(place)).to_string())
        .on("click", move |_: MouseEvent| bridge::go(false, |route| route.set(CHOSEN, Some(&to))))
        .with(cells)
}

fn changed(change: Option<&BenchmarkChange>) -> Vec<El> {
    let cell = |class: &str| span(class).attr("role", "cell");
    let Some(c) = change else {
        return vec![cell("b-change num quiet").with("–"), cell("b-verdict quiet").with("only here")];
    };
    let ratio = cell("b-change num").attr("data-ratio", number::plain(c.ratio)).with((
        format::times(c.ratio),
        span("quiet").with(format!(" {}–{}", number::fixed(c.low, 2), number::fixed(c.high, 2))),
    ));
    let (class, word) = match c.verdict {
        BenchmarkVerdict::Slower => ("b-verdict bad", "slower"),
        BenchmarkVerdict::Faster => ("b-verdict good", "faster"),
        BenchmarkVerdict::WithinNoise => ("b-verdict quiet", "within noise"),
    };
    vec![ratio, cell(class).with(word)]
}

//! The figures, with the line of the gate, and what they rest on.

use leptos::prelude::*;
use web_sys::Event;

use lanescope_protocol::{CoverageBasis, CoverageFigures, CoverageGate, CoverageSource, Provenance};
use lanescope_ui::state::number;
use lanescope_ui::ui::el::{El, div, el, follow, live, span};
use lanescope_ui::ui::{format, metric};

use super::super::measured::{beside, share};
use super::{Coverage, GATE};
use crate::shell::bridge;

/// The gate that is drawn where the address names none, in percent.
const USUAL_GATE: f64 = 80.0;

pub(super) fn head(coverage: Coverage) -> El {
    let gate = Memo::new(move |_| {
        let named = coverage.shelf.route.with(|route| route.of(GATE).and_then(number::read));
        let told =
            coverage.view.with(|view| view.as_ref()?.figures.as_ref()?.gate.as_ref().map(|gate| gate.least_percent));
        named.filter(|gate| (0.0..=100.0).contains(gate)).or(told).unwrap_or(USUAL_GATE)
    });
    let both =
        Memo::new(move |_| coverage.view.with(|view| view.as_ref().map(|v| (v.figures.clone(), v.before.clone()))));
    let figures = live(move || {
        let (figures, before) = both.get()?;
        figures.map(|figures| whole(&figures, before.as_ref(), gate.get()))
    });
    let input = el("input", "").attr("type", "number").attr("min", "0").attr("max", "100").attr("step", "any");
    let input = input.attr("data-gate-input", "");
    let node: web_sys::HtmlInputElement = input.as_node();
    follow(move || node.set_value(&number::plain(gate.get())));
    let input = input.on("change", move |event: Event| {
        let to = event_target_value(&event);
        bridge::go(false, |route| route.set(GATE, Some(&to).filter(|text| !text.is_empty()).map(String::as_str)));
    });
    let label = el("label", "gate").with((span("").with("Gate"), input, span("").with("%")));
    let controls = div("measure-controls").with((label, beside(coverage.shelf, coverage.runs, coverage.chosen)));
    el("header", "measure-head").with((div("measure-figures").with(figures), controls))
}

fn known(basis: CoverageBasis) -> Provenance {
    match basis {
        CoverageBasis::One | CoverageBasis::Same => Provenance::Recorded,
        CoverageBasis::Union => Provenance::Rebuilt,
        CoverageBasis::Apart => Provenance::Unknown,
    }
}

fn whole(f: &CoverageFigures, before: Option<&CoverageFigures>, gate: f64) -> Vec<El> {
    let known = known(f.basis);
    let text = f.lines.map(share).unwrap_or_default();
    let title = el("h1", "measure-title").with((
        metric("coverage.lines", f.lines, &text, Some(known)),
        span("").with(if f.lines.is_some() { " of the lines are reached" } else { " the reports stand apart" }),
    ));
    let mut lines = vec![title, bar(f.lines, gate), verdict(f, gate)];
    let mut told = Vec::new();
    let mut counted = |name: &str, rate: Option<f64>, text: String| {
        if rate.is_some() {
            told.push(span("measure-figure").with(metric(name, rate, &text, Some(known))));
        }
    };
    let of = |covered: Option<u32>, total: Option<u32>, what: &str| {
        let count = |n: Option<u32>| format::count(n.unwrap_or(0).into());
        format!("{} of {} {what}", count(covered), count(total))
    };
    counted("coverage.lines_covered", f.lines_covered.map(f64::from), of(f.lines_covered, f.lines_total, "lines"));
    if let Some(rate) = f.branches {
        let text =
            format!("{} of the branches ({})", share(rate), of(f.branches_covered, f.branches_total, "branches"));
        counted("coverage.branches", f.branches, text.replace(" branches)", ")"));
    }
    if let Some(both) = f.lines_and_branches {
        counted("coverage.lines_and_branches", Some(both), format!("{} of both, as coverage.py counts", share(both)));
    }
    counted("coverage.files", Some(f.files.into()), format::plural(f.files.into(), "file", "files"));
    lines.push(el("p", "measure-line").with(told));
    if let (Some(now), Some(before)) = (f.lines, before.and_then(|before| before.lines)) {
        let points = (now - before) * 100.0;
        let sign = if points > 0.0 { "+" } else { "" };
        let text =
            format!("{sign}{} points against the other run, which reaches {}", number::fixed(points, 2), share(before));
        let class = if points < 0.0 { "measure-line bad" } else { "measure-line" };
        lines.push(el("p", class).attr("data-change", number::plain(points)).with(text));
    }
    lines.extend(f.gate.as_ref().map(recorded));
    lines.push(sources(f));
    lines
}

/// A bar with the line of the gate.
fn bar(rate: Option<f64>, gate: f64) -> El {
    let percent = |share: f64| number::fixed(share, 2) + "%";
    let mark = span("gate-mark").attr("data-gate", number::plain(gate)).style("left", percent(gate));
    let mark = mark.attr("data-label", number::plain(gate) + " %");
    let held = rate.is_some_and(|rate| rate * 100.0 >= gate - 1e-9);
    let fill = span("gate-fill").class_if("below", !held).style("width", percent(rate.unwrap_or(0.0) * 100.0));
    div("gate-bar").attr("aria-hidden", "true").with((fill, mark))
}

fn verdict(f: &CoverageFigures, gate: f64) -> El {
    let gate_text = number::plain(gate);
    let (holds, text) = match (f.lines_covered, f.lines_for(gate)) {
        (Some(covered), Some(needed)) if covered >= needed => {
            let spare = format::count((covered - needed).into());
            (true, format!("A gate of {gate_text} % holds, with {spare} lines to spare."))
        }
        (Some(covered), Some(needed)) => {
            let more = format::count((needed - covered).into());
            (false, format!("A gate of {gate_text} % fails: {more} more lines have to be reached."))
        }
        _ => (
            false,
            "There is no figure for all: a report that only counts cannot be put together with others.".to_owned(),
        ),
    };
    el("p", "measure-verdict").class_if("bad", !holds).attr("data-gate-holds", holds.to_string()).with(text)
}

/// The gate that the tool itself held, which counts lines and branches as one where branches are measured.
fn recorded(gate: &CoverageGate) -> El {
    let least = number::plain(gate.least_percent);
    let text = match gate.found_percent {
        Some(found) => {
            let holds = if found >= gate.least_percent { "reached" } else { "not reached" };
            format!(
                "The tool's own gate of {least} % was {holds}: it counts {} %, as {} says.",
                number::plain(found),
                gate.file
            )
        }
        None => format!("The tool's own gate is {least} %, as {} says.", gate.file),
    };
    el("p", "measure-source").attr("data-recorded-gate", &least).with(text)
}

/// Which files say it.
fn sources(f: &CoverageFigures) -> El {
    let n = f.reports.len();
    let text = match f.basis {
        CoverageBasis::One => format!("Recorded in {}", f.reports.first().map_or("", |r| r.file.as_str())),
        CoverageBasis::Same => format!("Recorded in {}, which say the same", names(f)),
        CoverageBasis::Union => format!("The union of {n} reports: a line counts that any of them reached"),
        CoverageBasis::Apart => format!("{n} reports, each by itself"),
    };
    if n == 1 || (f.basis == CoverageBasis::Same && n < 4) {
        let files = f.reports.iter().map(|r| span("sr-only").attr("data-report", &r.file)).collect::<Vec<_>>();
        return el("p", "measure-source").with((text, files));
    }
    let report = |r: &CoverageSource| {
        let rate = r.lines.and_then(|lines| lines.rate()).map(share).unwrap_or_default();
        el("li", "").attr("data-report", &r.file).with((
            span("path").with(r.file.as_str()),
            span("quiet").with(r.format.as_str()),
            span("num").with(rate),
        ))
    };
    let list = el("ul", "measure-reports").with(f.reports.iter().map(report).collect::<Vec<_>>());
    let details = el("details", "measure-source").attr_if("open", f.basis == CoverageBasis::Apart);
    details.with((el("summary", "").with(text), list))
}

/// The names of the reports, the last few summed up.
fn names(f: &CoverageFigures) -> String {
    let name = |r: &CoverageSource| r.file.rsplit(['/', '!']).next().unwrap_or(&r.file).to_owned();
    let names: Vec<String> = f.reports.iter().take(3).map(name).collect();
    let more = f.reports.len().saturating_sub(names.len());
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) if more == 0 => format!("{} and {last}", before.join(", ")),
        _ => format!("{} and {more} more", names.join(", ")),
    }
}

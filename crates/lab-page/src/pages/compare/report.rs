//! What changed, list by list.

use std::sync::Arc;

use lanescope_protocol::{BeforeAfter, CompareReport, HistoryRun, Renamed, TimeChange};

use lanescope_ui::state::{Route, View, number};
use lanescope_ui::ui::el::{El, div, el, nodes, span};
use lanescope_ui::ui::{format, outcome_mark};

use crate::pages::compare::words;
use crate::pages::flaky::lists::{some, times};
use crate::pages::flaky::words::{clip, run_line, split, whole};
use crate::pages::flaky::{run_address, story};

/// Entries of a list that are shown at first.
const FIRST: usize = 12;

/// A report that signals can hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared(pub Arc<CompareReport>);

/// Everything below the selectors.
///
/// `groups` are those of both runs: the names of the tests have them in front.
pub fn report(report: &Arc<CompareReport>, groups: &[String]) -> El {
    let sentence = words::verdict(report)
        .into_iter()
        .map(|(strong, text)| el(if strong { "b" } else { "span" }, "").with(whole(&text)));
    let sentence = el("h1", "flaky-verdict").attr("data-verdict", "").with(sentence.collect::<Vec<_>>());
    let (base, head) = (&report.base.id, &report.head.id);
    let names = |key: &'static str, title: &str, mark: Option<(&str, bool)>, tests: &[String], run: &str| {
        let entries = tests.iter().map(|test| line(report, groups, test, run, mark)).collect();
        list(key, title, tests.len(), entries, "compare-list")
    };
    let most = report.slower.iter().chain(&report.faster).map(|c| c.before_s.max(c.after_s)).fold(0.0, f64::max);
    let changes = |key: &'static str, title: &str, changes: &[TimeChange]| {
        let entries = changes.iter().map(|change| {
            div("step-line")
                .with((link(report, groups, &change.test, head), times(change.before_s, change.after_s, most)))
        });
        list(key, title, changes.len(), entries.collect(), "compare-list steps-list")
    };
    let left = div("compare-column").with(nodes((
        names("new_failures", "New failures", Some(("failed", false)), &report.new_failures, head),
        names("fixed", "Fixed", Some(("passed", false)), &report.fixed, head),
        names("still_failing", "Still failing", Some(("failed", false)), &report.still_failing, head),
        names("new_flaky", "Newly passed on retry", Some(("passed", true)), &report.new_flaky, head),
        (names("added", "Added", None, &report.added, head), names("removed", "Removed", None, &report.removed, base)),
    )));
    let usual = report.usual_factor.map(|factor| {
        let text = if (0.98..1.02).contains(&factor) {
            "The tests of both took as long on the whole; slower and faster are measured against that.".to_owned()
        } else {
            format!(
                "All tests together took {} their time before; slower and faster are measured against that.",
                format::times(factor)
            )
        };
        el("p", "quiet").with(text)
    });
    let right = div("compare-column").with((
        changes("slower", "Slower", &report.slower),
        changes("faster", "Faster", &report.faster),
        usual,
        renamed(&report.renamed),
    ));
    div("compare-report").with((sentence, figures(report), div("compare-columns").with((left, right))))
}

/// The figures of both runs, side by side.
fn figures(report: &CompareReport) -> El {
    let tile = |name: &str, metric: &str, of: BeforeAfter, text: &dyn Fn(f64) -> String| {
        let value = |value: Option<f64>| value.map_or("–".to_owned(), text);
        let raw = |value: Option<f64>| value.map(number::plain).unwrap_or_default();
        let after = el("b", "").with(value(of.after));
        let change = of.before.zip(of.after).filter(|(b, _)| *b > 0.0).map(|(before, after)| {
            let percent = (after / before - 1.0) * 100.0;
            let sign = if percent >= 0.5 {
                "+"
            } else if percent <= -0.5 {
                "−"
            } else {
                ""
            };
            span("quiet").with(format!("{sign}{} %", number::fixed(percent.abs(), 0)))
        });
        let figures = el("dd", "")
            .attr("data-compare-metric", metric)
            .attr("data-before", raw(of.before))
            .attr("data-after", raw(of.after));
        div("fact")
            .with((el("dt", "").with(name), figures.with((span("").with((value(of.before), " → ")), after, change))))
    };
    let whole = |n: f64| format::count(n as u64);
    let counts = |f: fn(&HistoryRun) -> u32| BeforeAfter {
        before: Some(f64::from(f(&report.base))),
        after: Some(f64::from(f(&report.head))),
    };
    let workers = BeforeAfter { before: report.base.workers.map(f64::from), after: report.head.workers.map(f64::from) };
    el("dl", "facts").with(nodes((
        tile("Wall time", "wall_s", report.wall_s, &format::seconds),
        tile("Parallelism", "parallelism", report.parallelism, &|x| number::fixed(x, 2)),
        tile("Workers", "workers", workers, &whole),
        tile("Tests", "tests", counts(|run| run.tests), &whole),
        tile("Failed", "failed", counts(|run| run.failed), &whole),
        places(report),
    )))
}

/// Ways to both runs.
fn places(report: &CompareReport) -> El {
    let link = |text: &str, href: String| el("a", "").attr("href", href).with(text);
    let both = Route {
        view: View::Timeline,
        run: Some(report.head.id.clone()),
        with: Some(report.base.id.clone()),
        ..Route::default()
    };
    let ci = |name: &str, run: &HistoryRun| {
        let url = run.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))?;
        let link = el("a", "").attr("href", url).attr("rel", "noreferrer noopener").attr("target", "_blank");
        Some(link.attr("title", run_line(run)).with(name))
    };
    let links = div("compare-links").with(nodes((
        link("both on one timeline", both.to_fragment()),
        link("before", run_address("overview", &report.base.id)).attr("title", run_line(&report.base)),
        link("after", run_address("overview", &report.head.id)).attr("title", run_line(&report.head)),
        (ci("CI before", &report.base), ci("CI after", &report.head)),
    )));
    div("fact fact-run").with((el("dt", "").with("Open"), el("dd", "").with(links)))
}

/// A list with its title and how much there is; an empty one says so in a line.
fn list(key: &str, title: &str, count: usize, entries: Vec<El>, class: &str) -> El {
    let head = el("h2", "").with((title, span("count").with(format::count(count as u64))));
    let section = el("section", "compare-part").attr("data-part", key).attr("data-count", count.to_string());
    if entries.is_empty() {
        section.class_if("none", true).with(head)
    } else {
        section.with((head, some(entries, FIRST, class)))
    }
}

/// The address of a test in one of the two runs.
fn address(report: &CompareReport, groups: &[String], test: &str, run: &str) -> String {
    let is_base = run == report.base.id;
    let renamed = report.renamed.iter().find(|renamed| renamed.test == test);
    let id = renamed.map_or(ungrouped(test, groups), |renamed| if is_base { &renamed.base } else { &renamed.head });
    let route = Route { view: View::Tests, run: Some(run.to_owned()), test: Some(id.to_owned()), ..Route::default() };
    route.to_fragment()
}

/// A test's identity without its group before it.
fn ungrouped<'a>(test: &'a str, groups: &[String]) -> &'a str {
    let mut rest = groups.iter().filter_map(|group| test.strip_prefix(group.as_str())?.strip_prefix(" › "));
    rest.next().unwrap_or(test)
}

fn link(report: &CompareReport, groups: &[String], test: &str, run: &str) -> El {
    let (path, name) = split(test);
    let name = el("bdi", "clip-end").attr("dir", "ltr").with(clip(name));
    let path = span("suite-path clip-start").with(el("bdi", "").attr("dir", "ltr").with(clip(path)));
    let link = el("a", "test-link").attr("href", address(report, groups, test, run)).attr("data-test", test);
    link.with((span("test-name").with(name), path))
}

fn line(report: &CompareReport, groups: &[String], test: &str, run: &str, mark: Option<(&str, bool)>) -> El {
    let history =
        el("a", "to-history").attr("href", history_address(test)).attr("title", "Its history").with("history");
    div("compare-line").with((
        mark.map(|(word, flaky)| outcome_mark(word, flaky)),
        link(report, groups, test, run),
        history,
    ))
}

/// The address of a test's own page.
fn history_address(test: &str) -> String {
    let mut route = Route { view: View::Lab("flaky"), test: Some(test.to_owned()), ..Route::default() };
    story::put(&mut route, story::SHOW, "");
    route.to_fragment()
}

fn renamed(all: &[Renamed]) -> Option<El> {
    if all.is_empty() {
        return None;
    }
    let entries = all.iter().map(|of| {
        let id = |text: &str| el("code", "").with(el("bdi", "").with(clip(text)));
        div("renamed").with((id(&of.base), span("quiet").with("→"), id(&of.head)))
    });
    let section =
        list("renamed", "Matched although their parameters changed", all.len(), entries.collect(), "compare-list");
    Some(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_found_in_its_run() {
        let report = CompareReport {
            renamed: vec![Renamed { test: "t[<uuid>]".into(), base: "t[1]".into(), head: "t[2]".into() }],
            base: HistoryRun { id: "b".into(), ..HistoryRun::default() },
            ..CompareReport::default()
        };
        let groups = ["unit".to_owned(), "api".to_owned()];
        let of = |test: &str, run: &str| address(&report, &groups, test, run);
        assert_eq!(of("api › a.py::t", "h"), "#/tests?run=h&test=a.py::t");
        assert_eq!(of("t[<uuid>]", "b"), "#/tests?run=b&test=t%5B1%5D");
        assert_eq!(of("t[<uuid>]", "h"), "#/tests?run=h&test=t%5B2%5D");
        assert_eq!(history_address("a › b"), "#/flaky?test=a%20%E2%80%BA%20b");
    }
}

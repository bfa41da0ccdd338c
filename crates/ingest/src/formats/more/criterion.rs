//! Criterion.rs: the files of `target/criterion/GROUP/FUNCTION/new/`, of which each tells a part.
//!
//! | file | becomes |
//! | --- | --- |
//! | `benchmark.json`: `full_id`, `group_id`, `value_str` | identity, group and parameter |
//! | `sample.json`: `iters`, `times` (nanoseconds) | figures of the rounds: a round is its time over its iterations |
//! | `estimates.json`: `mean`, `median`, `std_dev` (nanoseconds) | figures, and the confidence interval of the mean |
//! | `tukey.json`, `change/estimates.json` | nothing: they follow from the others |
//!
//! The files of a folder are put together when runs are made (`join/criterion.rs`), since none of them alone says of
//! which benchmark it is. The lines of `cargo criterion --message-format=json` say it all.

use lanescope_model::Stats;

use super::kit::Sheet;
use super::kit::bench::{Mark, Rows, figure, of_rounds, unit_s};
use super::kit::json::{list, member, members, string};
use super::kit::lines::Lines;
use crate::time::Point;

const NS: f64 = 1e-9;

pub(crate) fn read(content: &str, sheet: &mut Sheet) -> Option<()> {
    let mut c = crate::json::Cursor::new(content);
    let raw = c.raw()?;
    let mut rows = Rows::default();
    let mut mark = Mark { unit: "s", ..Mark::default() };
    let [id, group, value, title] = members(raw, ["full_id", "group_id", "value_str", "title"]);
    let (id, group, value, title) = (string(id), string(group), string(value), string(title));
    mark.name = if id.is_empty() { &title } else { &id };
    mark.group = &group;
    mark.params = &value;
    let [iters, times] = members(raw, ["iters", "times"]);
    if let Some((iters, times)) = iters.zip(times).or_else(|| old_sample(raw)) {
        let rounds = rounds(iters, times, NS);
        mark.rounds = Some(rounds.len() as u64);
        mark.stats = of_rounds(rounds);
    }
    let [mean, median, deviation] = members(raw, ["mean", "median", "std_dev"]);
    let point = |raw: Option<&str>| figure(member(raw?, "point_estimate"), NS);
    let interval = mean.and_then(|mean| member(mean, "confidence_interval"));
    let end = |name: &str| figure(member(interval?, name), NS);
    if deviation.is_some() {
        mark.stats = Stats {
            mean: point(mean),
            median: point(median),
            stddev: point(deviation),
            mean_low: end("lower_bound"),
            mean_high: end("upper_bound"),
            ..Stats::default()
        };
    }
    if mark.name.is_empty() && mark.stats == Stats::default() {
        sheet.notes.info("this file of Criterion tells nothing that the others beside it do not tell");
        return Some(());
    }
    rows.add(&mark, sheet);
    rows.finish("criterion-json", sheet);
    Some(())
}

/// Before version 0.3.4: an array of the two, or of the mode and the two.
fn old_sample(raw: &str) -> Option<(&str, &str)> {
    let parts = list(raw.starts_with('[').then_some(raw));
    let mut arrays = parts.into_iter().filter(|part| part.starts_with('['));
    Some((arrays.next()?, arrays.next()?))
}

/// Time of an iteration in each round.
fn rounds(iters: &str, times: &str, unit: f64) -> Vec<f64> {
    let numbers = |raw| list(Some(raw)).into_iter().map(move |n| figure(Some(n), 1.0));
    let each = numbers(iters).zip(numbers(times)).filter_map(|(n, time)| n.filter(|n| *n > 0.0).zip(time));
    each.map(|(n, time)| time / n * unit).collect()
}

/// `cargo criterion --message-format=json`: a line for each benchmark.
#[derive(Default)]
pub(crate) struct CargoCriterion {
    rows: Rows,
}

impl Lines for CargoCriterion {
    fn line(&mut self, line: &str, _at: Option<Point>, _whole: bool, sheet: &mut Sheet) {
        let Some(raw) = line.find('{').and_then(|at| line.get(at..)) else { return };
        let [reason, id, unit, counts, values] =
            members(raw, ["reason", "id", "unit", "iteration_count", "measured_values"]);
        if string(reason) != "benchmark-complete" {
            return;
        }
        let [mean, median, typical] = members(raw, ["mean", "median", "typical"]);
        let named = string(unit.or_else(|| member(mean?, "unit")));
        let (scale, unit) = unit_s(&named).map_or((1.0, named.as_ref()), |scale| (scale, "s"));
        let rounds = rounds(counts.unwrap_or(""), values.unwrap_or(""), scale);
        let count = rounds.len() as u64;
        let of = |raw: Option<&str>, name: &str| figure(member(raw?, name), scale);
        let mut stats = Stats {
            mean: of(mean, "estimate").or_else(|| of(typical, "estimate")),
            mean_low: of(mean, "lower_bound"),
            mean_high: of(mean, "upper_bound"),
            median: of(median, "estimate"),
            ..Stats::default()
        };
        stats.fill(&of_rounds(rounds));
        let id = string(id);
        if id.is_empty() {
            sheet.notes.warn("a benchmark is cut off and left out");
            return;
        }
        let group = id.split_once('/').map_or("", |(group, _)| group);
        let rounds = (count > 0).then_some(count);
        self.rows.add(&Mark { name: &id, group, unit, stats, rounds, ..Mark::default() }, sheet);
    }

    fn end(&mut self, sheet: &mut Sheet) {
        std::mem::take(&mut self.rows).finish("cargo-criterion-json", sheet);
    }
}

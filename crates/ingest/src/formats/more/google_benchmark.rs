//! Google Benchmark's JSON (`--benchmark_format=json`).
//!
//! | member | becomes |
//! | --- | --- |
//! | `context.date`, `host_name` | when it was written |
//! | `benchmarks[].run_name` or `name` | identity; what stands before the first `/` is the group |
//! | `real_time`, `time_unit` | a round: time of an iteration; repetitions are rounds of one benchmark |
//! | `run_type: aggregate`, `aggregate_name` | figures, where the rounds are not told |
//! | `iterations` | iterations in each round |
//! | `error_occurred`, `skipped` | left out, and it is said |

use lanescope_model::Stats;

use super::kit::Sheet;
use super::kit::bench::{Mark, Rows, figure, of_rounds, unit_s};
use super::kit::json::{each, int, member, members, must_be_list, string};

#[derive(Default)]
struct Found {
    name: String,
    rounds: Vec<f64>,
    iterations: Option<u64>,
    told: Stats,
}

pub(crate) fn read(content: &str, sheet: &mut Sheet) -> Option<()> {
    must_be_list(content, "benchmarks", sheet);
    let mut rows = Rows::default();
    rows.at_us = member(content, "context").and_then(|c| sheet.point_us(&string(member(c, "date"))));
    let mut all: Vec<Found> = Vec::new();
    let mut left_out = 0_u32;
    let done = each(content, "benchmarks", &mut |raw| {
        let [name, run, time, unit, count, aggregate] =
            members(raw, ["name", "run_name", "real_time", "time_unit", "iterations", "aggregate_name"]);
        let [error, skipped] = members(raw, ["error_occurred", "skipped"]);
        if [error, skipped].contains(&Some("true")) {
            left_out += 1;
            return Some(());
        }
        let name = string(run.or(name)).into_owned();
        let time = figure(time, unit_s(&string(unit)).unwrap_or(1e-9));
        if all.last().is_none_or(|last| last.name != name) {
            all.push(Found { name, ..Found::default() });
        }
        let found = all.last_mut()?;
        match string(aggregate).as_ref() {
            "" => {
                found.rounds.extend(time);
                found.iterations = int(count).and_then(|n| u64::try_from(n).ok());
            }
            "mean" => found.told.mean = time,
            "median" => found.told.median = time,
            "stddev" => found.told.stddev = time,
            _ => {}
        }
        Some(())
    });
    if left_out > 0 {
        sheet.notes.warn(format!("{left_out} results of benchmarks that failed or were skipped are left out"));
    }
    for found in all {
        let count = found.rounds.len() as u64;
        let mut stats = of_rounds(found.rounds);
        stats.fill(&found.told);
        // How the time grows with the size is no time.
        if stats == Stats::default() {
            continue;
        }
        let group = found.name.split_once('/').map_or("", |(group, _)| group);
        let rounds = (count > 0).then_some(count);
        let mark = Mark { name: &found.name, group, stats, rounds, iterations: found.iterations, ..Mark::default() };
        rows.add(&mark, sheet);
    }
    rows.finish("google-benchmark-json", sheet);
    done
}

//! hyperfine's JSON (`--export-json`).
//!
//! | member | becomes |
//! | --- | --- |
//! | `results[].command`, `parameters` | identity and parameters; these are part of it where a name repeats |
//! | `times`, or `mean`, `median`, `stddev`, `min`, `max` | figures, in seconds |

use lanescope_model::Stats;

use super::kit::Sheet;
use super::kit::bench::{Mark, Rows, figure, of_rounds};
use super::kit::json::{each, list, members, must_be_list, string, word};
use crate::json::Cursor;

pub(crate) fn read(content: &str, sheet: &mut Sheet) -> Option<()> {
    must_be_list(content, "results", sheet);
    let mut rows = Rows::default();
    let mut all = Vec::new();
    let mut times_named: hashbrown::HashMap<String, usize, foldhash::fast::FixedState> = hashbrown::HashMap::default();
    let done = each(content, "results", &mut |raw| {
        let [command, times, parameters] = members(raw, ["command", "times", "parameters"]);
        let [mean, median, stddev, min, max] = members(raw, ["mean", "median", "stddev", "min", "max"]);
        let rounds: Vec<f64> = list(times).into_iter().filter_map(|time| figure(Some(time), 1.0)).collect();
        let count = rounds.len() as u64;
        let mut stats = Stats {
            mean: figure(mean, 1.0),
            median: figure(median, 1.0),
            stddev: figure(stddev, 1.0),
            min: figure(min, 1.0),
            max: figure(max, 1.0),
            ..Stats::default()
        };
        stats.fill(&of_rounds(rounds));
        let mut params = String::new();
        let _ = Cursor::new(parameters.unwrap_or("")).members(&mut |c, name| {
            let value = word(Some(c.raw()?));
            let comma = if params.is_empty() { "" } else { ", " };
            params.push_str(&format!("{comma}{name}={value}"));
            Some(())
        });
        let command = string(command);
        let rounds = (count > 0).then_some(count);
        *times_named.entry(command.clone().into_owned()).or_default() += 1;
        all.push((command, params, stats, rounds));
        Some(())
    });
    for (command, params, stats, rounds) in all {
        // A name that was given stands for all parameters; a command has them in it.
        let repeats = !params.is_empty() && times_named.get(command.as_ref()).is_some_and(|&n| n > 1);
        let name = if repeats { format!("{command} ({params})") } else { command.into_owned() };
        rows.add(&Mark { name: &name, params: &params, stats, rounds, ..Mark::default() }, sheet);
    }
    rows.finish("hyperfine-json", sheet);
    done
}

//! pytest-benchmark's JSON.
//!
//! | member | becomes |
//! | --- | --- |
//! | `datetime` | when it was written |
//! | `commit_info.id`, `branch` | commit and branch, unless they are placeholders |
//! | `machine_info` | environment: `machine`, `cpu`, `python` |
//! | `benchmarks[].fullname`, `group`, `params` | identity, group and parameters |
//! | `benchmarks[].stats` | figures, in seconds |

use super::kit::Sheet;
use super::kit::bench::{Mark, Rows, figure};
use super::kit::json::{each, int, member, members, must_be_list, string, word};
use crate::json::{Cursor, text};
use lanescope_model::Stats;

pub(crate) fn read(content: &str, sheet: &mut Sheet) -> Option<()> {
    must_be_list(content, "benchmarks", sheet);
    let mut rows = Rows::default();
    let [at, commit, machine] = members(content, ["datetime", "commit_info", "machine_info"]);
    rows.at_us = sheet.point_us(&string(at));
    about(commit.unwrap_or(""), machine.unwrap_or(""), sheet);
    let done = each(content, "benchmarks", &mut |raw| {
        let [fullname, name, group, params, stats] = members(raw, ["fullname", "name", "group", "params", "stats"]);
        let (fullname, name, group) = (string(fullname), string(name), string(group));
        let params = parameters(params.unwrap_or(""));
        let stats = stats.unwrap_or("");
        let [mean, median, stddev, min, max, q1, q3, rounds, iterations] =
            members(stats, ["mean", "median", "stddev", "min", "max", "q1", "q3", "rounds", "iterations"]);
        let count = |raw: Option<&str>| int(raw).and_then(|n| u64::try_from(n).ok());
        rows.add(
            &Mark {
                name: if fullname.is_empty() { &name } else { &fullname },
                group: &group,
                params: &params,
                unit: "s",
                stats: Stats {
                    mean: figure(mean, 1.0),
                    median: figure(median, 1.0),
                    stddev: figure(stddev, 1.0),
                    min: figure(min, 1.0),
                    max: figure(max, 1.0),
                    q1: figure(q1, 1.0),
                    q3: figure(q3, 1.0),
                    ..Stats::default()
                },
                rounds: count(rounds),
                iterations: count(iterations),
            },
            sheet,
        );
        Some(())
    });
    rows.finish("pytest-benchmark", sheet);
    done
}

/// `{"n": 2, "kind": "a"}` as `n=2, kind=a`.
fn parameters(raw: &str) -> String {
    let mut out = String::new();
    let _ = Cursor::new(raw).members(&mut |c, name| {
        let value = c.raw()?;
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&text(&format!("\"{name}\"")).unwrap_or_default());
        out.push('=');
        out.push_str(&word(Some(value)));
        Some(())
    });
    out
}

/// Where it ran, and of which commit.
fn about(commit: &str, machine: &str, sheet: &mut Sheet) {
    let [id, branch] = members(commit, ["id", "branch"]);
    let meta = &mut sheet.run.meta;
    let is_id = |id: &str| id.len() >= 7 && id.bytes().all(|b| b.is_ascii_hexdigit());
    meta.commit = Some(string(id).into_owned()).filter(|id| is_id(id));
    meta.branch = Some(string(branch).into_owned()).filter(|b| !b.is_empty() && !b.starts_with('('));
    let [python, system, arch, cpu] = members(machine, ["python_version", "system", "machine", "cpu"]);
    let cpu = member(cpu.unwrap_or(""), "brand_raw").or_else(|| member(cpu.unwrap_or(""), "brand"));
    let system = [string(system), string(arch)].join(" ");
    for (name, value) in [("os", system.trim()), ("cpu", &string(cpu)), ("python", &string(python))] {
        if !value.is_empty() {
            meta.environment.push((name.to_owned(), value.to_owned()));
        }
    }
}

//! Criterion's folders: each benchmark has a folder with files that tell a part of it.
//!
//! `criterion/GROUP/FUNCTION/new/` is the last measurement, `base/` the one that it was compared with, other names are
//! baselines that were saved. A name for the benchmark that no file tells is that of its folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use lanescope_model::{Benchmark, Benchmarks, Run, RunBuilder};

use super::measures::Unit;
use crate::{Source, label};

/// How the label of a baseline begins.
const BASELINE: &str = "criterion (";

/// Whether a run is a baseline, which was measured before the run beside it. Criterion writes no times.
pub(super) fn is_baseline(run: &Run) -> bool {
    run.tests.is_empty() && !run.benchmarks.is_empty() && run.meta.label.starts_with(BASELINE)
}

/// A folder of one benchmark.
struct Folder<'a> {
    path: &'a str,
    members: Vec<usize>,
}

/// Puts the files of Criterion together: a unit for each measurement of all benchmarks.
pub(super) fn gather(sources: &[Source], parts: &[usize]) -> Vec<Unit> {
    let mut folders: Vec<Folder<'_>> = Vec::new();
    let mut by_path: hashbrown::HashMap<&str, usize, foldhash::fast::FixedState> = hashbrown::HashMap::default();
    for &i in parts {
        let Some(source) = sources.get(i) else { continue };
        let path = label::folder(&source.path);
        let at = *by_path.entry(path).or_insert(folders.len());
        match folders.get_mut(at) {
            Some(folder) => folder.members.push(i),
            None => folders.push(Folder { path, members: vec![i] }),
        }
    }
    // By the folder of all benchmarks, and the name of the measurement.
    let mut measured: Vec<((&str, &str), Vec<Folder<'_>>)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for folder in folders {
        let key = (root(folder.path), leaf(folder.path));
        // A name of a measurement has no slash in it.
        let at = *known.entry([key.0, "/", key.1].concat()).or_insert(measured.len());
        match measured.get_mut(at) {
            Some((_, all)) => all.push(folder),
            None => measured.push((key, vec![folder])),
        }
    }
    lanescope_model::order::sort(&mut measured, &|a, b| (a.0.1 != "new").cmp(&(b.0.1 != "new")));
    let mut units: Vec<Unit> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for ((root, leaf), folders) in measured {
        let unit = unit(sources, root, leaf, folders);
        // After a comparison the base is the measurement itself.
        let at = *known.entry(figures(&unit.run)).or_insert(units.len());
        match units.get_mut(at) {
            Some(other) => other.sources.extend(unit.sources),
            None => units.push(unit),
        }
    }
    units
}

/// The names and the figures of all benchmarks, the same only for the same.
fn figures(run: &Run) -> String {
    let mut text = String::new();
    for row in run.benchmarks.iter().flat_map(|report| &report.rows) {
        let s = row.stats;
        let name = run.strings.get(row.name);
        text.push_str(&format!("{} {name}", name.len()));
        for figure in [s.mean, s.mean_low, s.mean_high, s.median, s.stddev, s.min, s.max, s.q1, s.q3] {
            // Both zeros are one.
            text.push_str(&figure.map_or_else(|| " ".to_owned(), |figure| format!(" {}", (figure + 0.0).to_bits())));
        }
    }
    text
}

/// The name of the measurement: `new`, `base`, or that of a baseline.
fn leaf(path: &str) -> &str {
    path.rsplit(['/', '!']).next().unwrap_or(path)
}

/// The folder of all benchmarks, with its slash; what stands before the benchmark's own folder where there is none of
/// that name.
fn root(path: &str) -> &str {
    let named = path.rfind("criterion/").and_then(|at| path.get(..at + "criterion/".len()));
    named.unwrap_or_else(|| {
        let own = label::folder(path);
        own.get(..own.rfind(['/', '!']).map_or(0, |at| at + 1)).unwrap_or("")
    })
}

fn unit(sources: &[Source], root: &str, leaf: &str, folders: Vec<Folder<'_>>) -> Unit {
    let mut builder = RunBuilder::new();
    let mut report = Benchmarks::default();
    let mut members = Vec::new();
    for folder in folders {
        let mut row: Option<Benchmark> = None;
        let mut name = String::new();
        for source in folder.members.iter().filter_map(|&i| sources.get(i)) {
            let run = source.run.as_ref();
            for part in &run.benchmarks {
                if report.rows.is_empty() && row.is_none() {
                    report.source = source.path.to_string();
                    report.format.clone_from(&part.format);
                }
                for found in &part.rows {
                    let mut named = |id| builder.intern(run.strings.get(id));
                    let (own, group, params, unit) =
                        (named(found.name), named(found.group), named(found.params), named(found.unit));
                    let new = Benchmark { name: own, group, params, unit, ..*found };
                    if name.is_empty() {
                        run.strings.get(found.name).clone_into(&mut name);
                    }
                    let row = row.get_or_insert(new);
                    row.stats.fill(&found.stats);
                    row.rounds = row.rounds.or(found.rounds);
                    if builder.strings().get(row.group).is_empty() {
                        row.group = new.group;
                    }
                    if builder.strings().get(row.params).is_empty() {
                        row.params = new.params;
                    }
                }
            }
        }
        if name.is_empty() {
            let own = label::folder(folder.path);
            name = own.strip_prefix(root).unwrap_or(own).to_owned();
        }
        if let Some(mut row) = row {
            row.name = builder.intern(if name.is_empty() { "criterion" } else { &name });
            report.rows.push(row);
        }
        members.extend(folder.members);
    }
    if !report.rows.is_empty() {
        builder.benchmarks.push(report);
    }
    let baseline = leaf != "new" && !leaf.is_empty();
    let label = if baseline { format!("{BASELINE}{leaf})") } else { "criterion".to_owned() };
    Unit::new(members, Arc::new(builder.finish()), Some(label), baseline)
}

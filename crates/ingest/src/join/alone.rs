//! Reports of coverage and benchmarks that go to no run with tests: runs of their own.

use std::sync::Arc;

use lanescope_model::order::numbers;
use lanescope_model::{Issue, Run, RunBuilder, Severity};

use super::facts::{Facts, key, overlap};
use super::measures::{A_LOOK, SLACK_US, Unit};
use super::metadata::take_environment;
use super::near::{Folders, Looks, cost};
use crate::{Joined, Part, Rule, label};

pub(super) fn what(run: &Run) -> &'static str {
    match (run.coverage.is_empty(), run.benchmarks.is_empty()) {
        (false, true) => "coverage",
        (true, false) => "result of the benchmarks",
        _ => "report",
    }
}

/// Runs without tests of what goes to no run with tests.
pub(super) fn together(facts: &[Facts<'_>], folders: &Folders<'_>, units: Vec<Unit>, looks: &mut Looks) -> Vec<Joined> {
    let mut runs: Vec<Vec<Unit>> = Vec::new();
    // All reports of a run lie near one another, and so near the first: the numbers of the runs, by the folder of that.
    let mut lying: Vec<Vec<i64>> = vec![Vec::new(); folders.len()];
    for unit in units.into_iter().filter(|unit| !unit.run.coverage.is_empty() || !unit.run.benchmarks.is_empty()) {
        let folder = folders.of(unit.file());
        let near = folders.near(folder);
        let mut found: Vec<i64> = Vec::new();
        if looks.take(near.iter().map(ExactSizeIterator::len).sum()) {
            let near = || near.iter().filter_map(|near| lying.get(near.clone())).flatten();
            if looks.take(near().map(Vec::len).sum()) {
                found.extend(near().flatten());
                numbers(&mut found);
            }
        }
        let mut belongs = |run: &i64| {
            let run = runs.get(*run as usize);
            run.is_some_and(|run| run.iter().all(|other| belong(facts, folders, other, &unit, looks)))
        };
        let known = found.into_iter().find(&mut belongs);
        match known.and_then(|run| runs.get_mut(run as usize)) {
            Some(run) => run.push(unit),
            None => {
                if let Some(lying) = lying.get_mut(folder) {
                    lying.push(runs.len() as i64);
                }
                runs.push(vec![unit]);
            }
        }
    }
    runs.into_iter().map(|units| without_tests(facts, &units)).collect()
}

/// Whether two reports are of one run, though there is no run with tests that says so.
fn belong(facts: &[Facts<'_>], folders: &Folders<'_>, a: &Unit, b: &Unit, looks: &mut Looks) -> bool {
    let (Some(x), Some(y)) = (facts.get(a.file()), facts.get(b.file())) else { return false };
    let same_job = x.group == y.group && x.shard == y.shard;
    let named_apart = !same_job && x.key == y.key && x.source.format == y.source.format;
    let kinds = (a.run.coverage.is_empty(), b.run.coverage.is_empty());
    let other_kind = kinds.0 != kinds.1 && x.folder == y.folder;
    let other_format = kinds == (false, false) && x.source.format != y.source.format;
    if !looks.take(cost(&y.source.path)) || !(named_apart || same_job && (other_kind || other_format)) {
        return false;
    }
    let apart = a.written_us.zip(b.written_us).map_or(0, |(a, b)| a.abs_diff(b));
    let naive = x.source.naive_clock != y.source.naive_clock;
    (apart <= SLACK_US as u64 || naive)
        && folders.place(a.file(), b.file()) > 1
        && (named_apart || other_kind || speak_of_the_same(a, b, looks))
}

/// Whether most of the files, or benchmarks, that the smaller of two reports names stand in the other too.
pub(super) fn speak_of_the_same(a: &Unit, b: &Unit, looks: &mut Looks) -> bool {
    let (a, b) = (names(a), names(b));
    let smaller = a.len().min(b.len());
    smaller > 0 && looks.take((a.len() + b.len()) / A_LOOK) && overlap(a, b) * 2 > smaller
}

/// Of all files and benchmarks that a report names, in order.
fn names(unit: &Unit) -> &[i64] {
    unit.names.get_or_init(|| {
        let run = &unit.run;
        let files = run.coverage.iter().flat_map(|report| &report.files).map(|file| file.path);
        let rows = run.benchmarks.iter().flat_map(|report| &report.rows).map(|row| row.name);
        let last = |path: &str| key(path.rsplit('/').next().unwrap_or(path));
        let mut names: Vec<i64> = files.chain(rows).map(|name| last(run.strings.get(name))).collect();
        numbers(&mut names);
        names.dedup();
        names
    })
}

fn without_tests(facts: &[Facts<'_>], units: &[Unit]) -> Joined {
    let mut builder = RunBuilder::new();
    let members: Vec<usize> = units.iter().flat_map(|unit| unit.sources.iter().copied()).collect();
    let paths: Vec<&str> = members.iter().filter_map(|&i| facts.get(i)).map(|f| &*f.source.path).collect();
    if let Some(first) = units.first() {
        builder.meta = first.run.meta.clone();
    }
    for unit in units {
        builder.take_measures(&unit.run);
        take_environment(&mut builder.meta, &unit.run.meta);
        builder.meta.commit = builder.meta.commit.take().or_else(|| unit.run.meta.commit.clone());
        builder.meta.branch = builder.meta.branch.take().or_else(|| unit.run.meta.branch.clone());
    }
    let given = units.iter().find_map(|unit| unit.label.clone());
    builder.meta.label = given.unwrap_or_else(|| match paths.as_slice() {
        [only] => label::label(only),
        paths => label::common_label(paths),
    });
    let mut run = builder.finish();
    run.meta.id = label::id(&run, 0);
    let what = what(&run);
    let text = format!("there are no tests in this run: its files tell {what} only, and no run with tests fits them");
    let mut joined = Joined {
        run: Arc::new(run),
        parts: members.iter().map(|&source| Part { source, ..Part::default() }).collect(),
        sources: members,
        notes: vec![Issue::new(Severity::Info, text)],
        rules: Vec::new(),
    };
    if units.len() > 1 {
        let text = format!(
            "joined from {} reports of one folder: they speak of the same files, or of jobs or shards",
            units.len()
        );
        joined.notes.push(Issue::new(Severity::Info, text.as_str()));
        joined.rules.push((Rule::Measures, text));
    }
    joined
}

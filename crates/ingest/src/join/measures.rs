//! Coverage and benchmarks: which run they are of.
//!
//! A report of coverage or of benchmarks names neither a session nor a shard. It goes to the run with tests that fits
//! best: written while that ran or within an hour of its end, of the same commit, job and shard as far as these are known,
//! in the same folder or one around or below it, or with names in common. Of several that name the same the closest goes.
//! Where nothing tells which of several runs it is of, it goes to none; so does a baseline, which is of an earlier run. What goes to no run is a run without tests; reports of one folder are one such run if they are of
//! different formats and speak of the same files, or differ in the job or the shard that their paths name.

use std::sync::Arc;

use lanescope_model::order::sort;
use lanescope_model::{Issue, Run, RunBuilder, Severity};

use super::facets::Facets;
use super::facts::{Facts, key, overlap};
use super::{criterion, evidence};
use crate::{Format, Joined, More, Part, Rule, Source, label};

/// A report is written no later than this after the last test.
const SLACK_US: i64 = 3_600_000_000;
/// Clocks differ a little.
const BEFORE_US: i64 = 2_000_000;
/// Offsets of time zones are multiples of this.
const ZONE_STEP_US: i64 = 900_000_000;
/// What a time is worth that fits only if a clock is off.
const SHIFTED: f64 = 0.1;
const LARGEST_ZONE_US: i64 = 14 * 3_600_000_000;

/// Whether a source holds coverage or benchmarks, and never tests.
pub(super) fn is_measure(source: &Source) -> bool {
    matches!(source.format, Format::More(format) if format.holds_no_tests())
}

/// Reports that belong together, whatever run they are of.
pub(super) struct Unit {
    pub(super) sources: Vec<usize>,
    pub(super) run: Run,
    /// Its name, where a file's own would not do.
    pub(super) label: Option<String>,
    /// Whether it was kept from an earlier run, to compare with.
    pub(super) baseline: bool,
}

/// Takes the sources that hold measures only out of the groups of sources.
pub(super) fn take(sources: &[Source], groups: &mut Vec<Vec<usize>>) -> Vec<Unit> {
    let measures = |group: &Vec<usize>| group.iter().all(|&i| sources.get(i).is_some_and(is_measure));
    let (taken, rest): (Vec<_>, Vec<_>) = std::mem::take(groups).into_iter().partition(measures);
    *groups = rest;
    let taken: Vec<usize> = taken.into_iter().flatten().collect();
    let is_part = |&&i: &&usize| sources.get(i).is_some_and(|s| s.format == Format::More(More::Criterion));
    let parts: Vec<usize> = taken.iter().filter(is_part).copied().collect();
    let mut units = criterion::gather(sources, &parts);
    for i in taken.into_iter().filter(|i| !parts.contains(i)) {
        if let Some(source) = sources.get(i) {
            units.push(Unit { sources: vec![i], run: source.run.as_ref().clone(), label: None, baseline: false });
        }
    }
    units
}

/// Gives each unit to the run that it is of; the others become runs.
pub(super) fn lay(facts: &[Facts<'_>], sources: &[Source], units: Vec<Unit>, runs: &mut Vec<Joined>) {
    let mut alone = Vec::new();
    let keys: Vec<Vec<i64>> = runs.iter().map(|joined| keys(&joined.run)).collect();
    let one_run = runs.iter().filter(|joined| !joined.run.tests.is_empty()).count() == 1;
    let found: Vec<Option<Fit>> = (units.iter())
        .map(|unit| {
            let other = |other: &Unit| other.sources != unit.sources && of_one_kind(facts, unit, other);
            let side_by_side = one_run && !units.iter().any(other);
            fitting(facts, unit, runs, &keys, side_by_side)
        })
        .collect();
    // Of two reports that name the same, and no time tells of which run they are, the closer is of it.
    let closer: Vec<bool> = (units.iter().zip(&found))
        .map(|(unit, fit)| {
            let closer = |(other, its): (&Unit, &Option<Fit>)| {
                fit.as_ref()
                    .zip(its.as_ref())
                    .is_some_and(|(fit, its)| !fit.timed && its.run == fit.run && its.place > fit.place)
                    && of_one_kind(facts, unit, other)
                    && speak_of_the_same(&unit.run, &other.run)
            };
            units.iter().zip(&found).any(closer)
        })
        .collect();
    for ((unit, fit), closer) in units.into_iter().zip(found).zip(closer) {
        match fit.filter(|_| !closer) {
            Some(fit) => give(sources, unit, runs.get_mut(fit.run), &fit.why),
            None => alone.push(unit),
        }
    }
    runs.extend(together(facts, sources, alone));
}

/// Whether two reports are of one format, job and shard: of one run there is one such report of a part of the program.
fn of_one_kind(facts: &[Facts<'_>], a: &Unit, b: &Unit) -> bool {
    let (Some(x), Some(y)) = (fact(facts, a), fact(facts, b)) else { return false };
    x.source.format == y.source.format && x.facets.group == y.facets.group && x.shard == y.shard
}

/// The run that a report is of.
struct Fit {
    run: usize,
    /// How close it lies, as in [`place`].
    place: u8,
    /// Whether its time says so too.
    timed: bool,
    why: String,
}

fn keys(run: &Run) -> Vec<i64> {
    let mut keys: Vec<i64> = run.tests.ids().map(|t| key(run.test_id(t))).collect();
    lanescope_model::order::numbers(&mut keys);
    keys
}

fn fact<'f, 's>(facts: &'f [Facts<'s>], unit: &Unit) -> Option<&'f Facts<'s>> {
    unit.sources.first().and_then(|&i| facts.get(i))
}

/// The run that fits best, if one does and no other fits as well. Folders `side_by_side` are of one run only where there is
/// no other run, and no other such report; a time may say otherwise.
fn fitting(facts: &[Facts<'_>], unit: &Unit, runs: &[Joined], keys: &[Vec<i64>], side_by_side: bool) -> Option<Fit> {
    let mine = fact(facts, unit).filter(|_| !unit.baseline)?;
    let mut all: Vec<(f64, Fit)> = Vec::new();
    for (at, joined) in runs.iter().enumerate().filter(|(_, joined)| !joined.run.tests.is_empty()) {
        if !is_of(unit, &joined.run, keys.get(at)?) {
            continue;
        }
        let theirs: Vec<&Facts<'_>> = joined.sources.iter().filter_map(|&i| facts.get(i)).collect();
        let Some((time, shift_us)) = time(mine, unit, &joined.run, &theirs) else { continue };
        let timed = time > 0.0 && shift_us == 0;
        let place = theirs.iter().map(|f| place(&mine.source.path, &f.source.path)).max().unwrap_or(0);
        let names = theirs.iter().map(|f| evidence::names(mine, f)).fold(0.0, f64::max);
        let near = place > 1 || (place == 1 && side_by_side && shift_us == 0);
        if !jobs_fit(&mine.facets, &theirs) || !(near || timed) {
            continue;
        }
        let mut why = if timed { "written while it ran or soon after" } else { "beside its other files" }.to_owned();
        if shift_us != 0 {
            let minutes = shift_us / 60_000_000;
            why.push_str(&format!("; its clock names no zone, and fits if it is {minutes} minutes off"));
        }
        all.push((3.0 * time + f64::from(place) + names, Fit { run: at, place, timed, why }));
    }
    sort(&mut all, &|a, b| b.0.total_cmp(&a.0).then(a.1.run.cmp(&b.1.run)));
    let second = all.get(1).map(|second| second.0);
    let (score, first) = all.into_iter().next()?;
    second.is_none_or(|second| score - second > 0.05).then_some(first)
}

/// Whether nothing that is measured speaks against the run.
fn is_of(unit: &Unit, run: &Run, keys: &[i64]) -> bool {
    let apart = unit.run.meta.commit.as_deref().zip(run.meta.commit.as_deref());
    if apart.is_some_and(|(a, b)| !a.starts_with(b) && !b.starts_with(a)) {
        return false;
    }
    // Benchmarks of pytest are tests, and stand in the report of the tests.
    let mut named: Vec<i64> = (unit.run.benchmarks.iter().filter(|report| report.format == "pytest-benchmark"))
        .flat_map(|report| &report.rows)
        .map(|row| key(unit.run.strings.get(row.name)))
        .collect();
    lanescope_model::order::numbers(&mut named);
    named.is_empty() || overlap(&named, keys) * 2 >= named.len()
}

/// From 0 (nothing known) to 1 (written at its end), and by how much the clock of the report, or of the tests, is taken to
/// be off; `None` where it was written at another time.
fn time(mine: &Facts<'_>, unit: &Unit, run: &Run, theirs: &[&Facts<'_>]) -> Option<(f64, i64)> {
    let session = run.meta.session;
    let whole = || Some((session.start_us?, session.start_us?.checked_add(session.length_us?)?));
    let (Some(at), Some((start, stop))) = (written_us(&unit.run), whole().or_else(|| run.window_us())) else {
        return Some((0.0, 0));
    };
    let fit = |shift: i64| {
        let at = at.saturating_add(shift);
        let late = at.saturating_sub(stop).max(0);
        (at >= start.saturating_sub(BEFORE_US) && late <= SLACK_US).then(|| 1.0 - 0.5 * late as f64 / SLACK_US as f64)
    };
    if let Some(fit) = fit(0) {
        return Some((fit, 0));
    }
    // Of two clocks one may name no zone, and be off by whole steps: then some step fits any report of the same day, which
    // says little. Two such clocks are of one zone.
    if mine.source.naive_clock == theirs.iter().all(|f| f.source.naive_clock) {
        return None;
    }
    let steps = LARGEST_ZONE_US / ZONE_STEP_US;
    let mut best: Option<(f64, i64)> = None;
    for shift in (-steps..=steps).map(|n| n * ZONE_STEP_US) {
        if let Some(fit) = fit(shift).map(|fit| fit * SHIFTED)
            && best.is_none_or(|best| fit > best.0)
        {
            best = Some((fit, shift));
        }
    }
    best
}

/// When the last of the reports of a run was written.
pub(super) fn written_us(run: &Run) -> Option<i64> {
    let coverage = run.coverage.iter().filter_map(|report| report.at_us);
    coverage.chain(run.benchmarks.iter().filter_map(|report| report.at_us)).max()
}

/// How close two paths are: 3 in one folder, 2 where one folder holds the other, 1 where the outermost is the same.
fn place(a: &str, b: &str) -> u8 {
    let (x, y) = (label::folder(a), label::folder(b));
    let holds = |outer: &str, inner: &str| {
        outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['/', '!']))
    };
    let root = |path: &str| path.split(['/', '!']).find(|part| !part.is_empty() && *part != ".").map(str::to_owned);
    if x == y {
        3
    } else if holds(x, y) || holds(y, x) {
        2
    } else {
        u8::from(root(x) == root(y))
    }
}

/// Whether the job, the shard and the attempt that a path names are among those of a run's files.
fn jobs_fit(mine: &Facets, theirs: &[&Facts<'_>]) -> bool {
    let named = |of: &dyn Fn(&Facts<'_>) -> Option<bool>| {
        let mut told = theirs.iter().filter_map(|f| of(f)).peekable();
        told.peek().is_none() || told.any(|fits| fits)
    };
    let group = mine.group.is_empty() || named(&|f| (!f.facets.group.is_empty()).then(|| f.facets.group == mine.group));
    let shard = mine.shard.is_none_or(|mine| named(&|f| f.shard.map(|s| s.current == mine.current)));
    group && shard
}

fn give(sources: &[Source], unit: Unit, run: Option<&mut Joined>, why: &str) {
    let Some(joined) = run else { return };
    let path = unit.sources.first().and_then(|&i| sources.get(i)).map_or("", |s| s.path.as_str());
    let what = what(&unit.run);
    let text = format!("the {what} in {path} is taken to be of this run: {why}");
    let run = Arc::make_mut(&mut joined.run);
    run.take_measures(&unit.run);
    let known = |to: &mut Option<String>, from: &Option<String>| *to = to.take().or_else(|| from.clone());
    known(&mut run.meta.commit, &unit.run.meta.commit);
    known(&mut run.meta.branch, &unit.run.meta.branch);
    for (name, value) in &unit.run.meta.environment {
        if run.meta.environment.iter().all(|(known, _)| known != name) {
            run.meta.environment.push((name.clone(), value.clone()));
        }
    }
    joined.notes.push(Issue::new(Severity::Info, text.as_str()));
    joined.rules.push((Rule::Measures, text));
    joined.parts.extend(unit.sources.iter().map(|&source| Part { source, ..Part::default() }));
    joined.sources.extend(unit.sources);
}

fn what(run: &Run) -> &'static str {
    match (run.coverage.is_empty(), run.benchmarks.is_empty()) {
        (false, true) => "coverage",
        (true, false) => "result of the benchmarks",
        _ => "report",
    }
}

/// Runs without tests of what goes to no run with tests.
fn together(facts: &[Facts<'_>], sources: &[Source], units: Vec<Unit>) -> Vec<Joined> {
    let mut runs: Vec<Vec<Unit>> = Vec::new();
    for unit in units.into_iter().filter(|unit| !unit.run.coverage.is_empty() || !unit.run.benchmarks.is_empty()) {
        match runs.iter_mut().find(|run| run.iter().all(|other| belong(facts, other, &unit))) {
            Some(run) => run.push(unit),
            None => runs.push(vec![unit]),
        }
    }
    runs.into_iter().map(|units| without_tests(sources, units)).collect()
}

/// Whether two reports are of one run, though there is no run with tests that says so.
fn belong(facts: &[Facts<'_>], a: &Unit, b: &Unit) -> bool {
    let (Some(x), Some(y)) = (fact(facts, a), fact(facts, b)) else { return false };
    let apart = written_us(&a.run).zip(written_us(&b.run)).map_or(0, |(a, b)| a.abs_diff(b));
    let naive = x.source.naive_clock != y.source.naive_clock;
    if place(&x.source.path, &y.source.path) < 2 || (apart > SLACK_US as u64 && !naive) {
        return false;
    }
    let named_apart = x.facets.key == y.facets.key
        && (x.facets.group != y.facets.group || x.shard != y.shard)
        && x.source.format == y.source.format;
    if named_apart {
        return true;
    }
    let same_job = x.facets.group == y.facets.group && x.shard == y.shard;
    let kinds = (a.run.coverage.is_empty(), b.run.coverage.is_empty());
    let other_kind = kinds.0 != kinds.1 && label::folder(&x.source.path) == label::folder(&y.source.path);
    let same_files = kinds == (false, false) && x.source.format != y.source.format && speak_of_the_same(&a.run, &b.run);
    same_job && (other_kind || same_files)
}

/// Whether most of the files, or benchmarks, that the smaller of two reports names stand in the other too.
fn speak_of_the_same(a: &Run, b: &Run) -> bool {
    let names = |run: &Run| -> Vec<i64> {
        let files = run.coverage.iter().flat_map(|report| &report.files).map(|file| file.path);
        let rows = run.benchmarks.iter().flat_map(|report| &report.rows).map(|row| row.name);
        let last = |path: &str| key(path.rsplit('/').next().unwrap_or(path));
        let mut names: Vec<i64> = files.chain(rows).map(|name| last(run.strings.get(name))).collect();
        lanescope_model::order::numbers(&mut names);
        names.dedup();
        names
    };
    let (a, b) = (names(a), names(b));
    let smaller = a.len().min(b.len());
    smaller > 0 && overlap(&a, &b) * 2 > smaller
}

fn without_tests(sources: &[Source], units: Vec<Unit>) -> Joined {
    let mut builder = RunBuilder::new();
    let members: Vec<usize> = units.iter().flat_map(|unit| unit.sources.iter().copied()).collect();
    let paths: Vec<&str> = members.iter().filter_map(|&i| sources.get(i)).map(|s| s.path.as_str()).collect();
    if let Some(first) = units.first() {
        builder.meta = first.run.meta.clone();
    }
    for unit in &units {
        builder.take_measures(&unit.run);
        for (name, value) in &unit.run.meta.environment {
            if builder.meta.environment.iter().all(|(known, _)| known != name) {
                builder.meta.environment.push((name.clone(), value.clone()));
            }
        }
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

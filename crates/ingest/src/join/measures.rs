//! Coverage and benchmarks: which run they are of.
//!
//! A report of coverage or of benchmarks names neither a session nor a shard. It goes to the run with tests that fits
//! best: written while that ran or within an hour of its end, of the same commit, job and shard as far as these are known,
//! in the same folder or one around or below it, or with names in common. Of several that name the same the closest goes.
//! Where nothing tells which of several runs it is of, it goes to none; so does a baseline, which is of an earlier run. What goes to no run is a run without tests; reports of one folder are one such run if they are of
//! different formats and speak of the same files, or differ in the job or the shard that their paths name.

use std::cell::OnceCell;
use std::sync::Arc;

use lanescope_model::order::{by_keys, places};
use lanescope_model::{Issue, Run, Severity, thousands};

use super::alone::{speak_of_the_same, together, what};
use super::closest::MOST_COMPARED;
use super::criterion;
use super::facts::Facts;
use super::fit::{Fit, fits};
use super::metadata::take_environment;
use super::near::{Folders, Looks};
use crate::{Format, Joined, More, Part, Rule, Source};

/// A report is written no later than this after the last test.
pub(super) const SLACK_US: i64 = 3_600_000_000;
/// A look at a file of a run costs as much as so many simple ones.
const LOOK: usize = 2;
/// Tests, words or names that are compared in the time of a look.
pub(super) const A_LOOK: usize = 32;

/// Whether a source holds coverage or benchmarks, and never tests.
pub(super) fn is_measure(source: &Source) -> bool {
    matches!(source.format, Format::More(format) if format.holds_no_tests())
}

/// Reports that belong together, whatever run they are of.
pub(super) struct Unit {
    pub(super) sources: Vec<usize>,
    pub(super) run: Arc<Run>,
    /// Its name, where a file's own would not do.
    pub(super) label: Option<String>,
    /// Whether it was kept from an earlier run, to compare with.
    pub(super) baseline: bool,
    /// When it was written.
    pub(super) written_us: Option<i64>,
    /// What it names, found out when that is asked for.
    pub(super) names: OnceCell<Vec<i64>>,
}

impl Unit {
    pub(super) fn new(sources: Vec<usize>, run: Arc<Run>, label: Option<String>, baseline: bool) -> Self {
        Self { sources, written_us: written_us(&run), run, label, baseline, names: OnceCell::new() }
    }

    /// The file that says where it lies.
    pub(super) fn file(&self) -> usize {
        self.sources.first().copied().unwrap_or(usize::MAX)
    }
}

/// Takes the sources that hold measures only out of the groups of sources.
pub(super) fn take(sources: &[Source], groups: &mut Vec<Vec<usize>>) -> Vec<Unit> {
    let measures = |group: &Vec<usize>| group.iter().all(|&i| sources.get(i).is_some_and(is_measure));
    let (taken, rest): (Vec<_>, Vec<_>) = std::mem::take(groups).into_iter().partition(measures);
    *groups = rest;
    let is_part = |&i: &usize| sources.get(i).is_some_and(|s| s.format == Format::More(More::Criterion));
    let (parts, whole): (Vec<usize>, Vec<usize>) = taken.into_iter().flatten().partition(is_part);
    let mut units = criterion::gather(sources, &parts);
    for i in whole {
        if let Some(source) = sources.get(i) {
            units.push(Unit::new(vec![i], Arc::clone(&source.run), None, false));
        }
    }
    units
}

/// Gives each unit to the run that it is of; the others become runs.
pub(super) fn lay(facts: &[Facts<'_>], units: Vec<Unit>, runs: &mut Vec<Joined>, limits: &mut Vec<String>) {
    if units.is_empty() {
        return;
    }
    let folders = Folders::new(facts.len(), &|i| facts.get(i).map_or("", |f| &*f.source.path));
    let kinds = kinds(facts, &units);
    let mut looks = Looks::new(LOOK);
    let found = fits(facts, &folders, &units, &kinds, runs, &mut looks);
    let closer = closer(&units, &kinds, &found, &mut looks);
    let mut alone = Vec::new();
    let mut given = Vec::new();
    for (at, ((unit, fit), closer)) in units.into_iter().zip(found).zip(closer).enumerate() {
        match fit.filter(|_| !closer) {
            Some(fit) => given.push((fit.run, at, unit, fit)),
            None => alone.push(unit),
        }
    }
    lanescope_model::order::sort(&mut given, &|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    for of_one in given.chunk_by(|a, b| a.0 == b.0) {
        if let Some(joined) = of_one.first().and_then(|first| runs.get_mut(first.0)) {
            of_one.iter().for_each(|(.., unit, fit)| give(facts, unit, joined, fit));
            let given: Vec<&Run> = of_one.iter().map(|(.., unit, _)| &*unit.run).collect();
            Arc::make_mut(&mut joined.run).take_measures(&given);
        }
    }
    if looks.spent {
        limits.push(format!(
            "there are more than {} pairs of a report of coverage or benchmarks and a file that may be of its run: some \
             were not compared",
            thousands((MOST_COMPARED / LOOK) as u64)
        ));
    }
    let mut looks = Looks::new(1);
    runs.extend(together(facts, &folders, alone, &mut looks));
    if looks.spent {
        limits.push(format!(
            "there are more than {} pairs of reports of coverage or benchmarks that may be of one run: some were not compared",
            thousands(MOST_COMPARED as u64)
        ));
    }
}

/// The number of the kind of each report, and how many are of it: those of one kind are of one format, job and shard. Of
/// one run there is one such report of a part of the program.
fn kinds(facts: &[Facts<'_>], units: &[Unit]) -> Vec<(usize, usize)> {
    let kind = |at: usize| {
        let facts = units.get(at).and_then(|unit| facts.get(unit.file()));
        facts.map(|f| (f.source.format, f.group, f.shard))
    };
    let order = places(units.len(), &|a, b| kind(a).cmp(&kind(b)));
    let mut kinds = vec![(0, 0); units.len()];
    for (n, alike) in order.chunk_by(|&a, &b| kind(a as usize) == kind(b as usize)).enumerate() {
        for &at in alike {
            if let Some(kind) = kinds.get_mut(at as usize) {
                *kind = (n, alike.len());
            }
        }
    }
    kinds
}

/// Of two reports that name the same, and no time tells of which run they are, the closer is of it: which are not.
fn closer(units: &[Unit], kinds: &[(usize, usize)], found: &[Option<Fit>], looks: &mut Looks) -> Vec<bool> {
    let fits = found.iter().zip(kinds).enumerate();
    // By run and kind, the closest last.
    let mut fits: Vec<_> = fits
        .filter_map(|(at, (fit, kind))| {
            fit.as_ref().map(|fit| (fit.run as i64, kind.0 as i64, fit.place.into(), at as u32))
        })
        .collect();
    by_keys(&mut fits);
    let mut further = vec![false; units.len()];
    for alike in fits.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        for fit in alike {
            let at = fit.3 as usize;
            let (Some(unit), Some(Some(own))) = (units.get(at), found.get(at)) else { continue };
            let closer = alike.get(alike.partition_point(|other| other.2 <= fit.2)..).unwrap_or(&[]);
            if own.timed || !looks.take(closer.len()) {
                continue;
            }
            let same = |other: &(i64, i64, u32, u32)| {
                units.get(other.3 as usize).is_some_and(|other| speak_of_the_same(unit, other, looks))
            };
            if let Some(further) = further.get_mut(at) {
                *further = closer.iter().any(same);
            }
        }
    }
    further
}

/// When the last of the reports of a run was written.
pub(super) fn written_us(run: &Run) -> Option<i64> {
    let coverage = run.coverage.iter().filter_map(|report| report.at_us);
    coverage.chain(run.benchmarks.iter().filter_map(|report| report.at_us)).max()
}

fn give(facts: &[Facts<'_>], unit: &Unit, joined: &mut Joined, fit: &Fit) {
    let path = facts.get(unit.file()).map_or("", |f| &*f.source.path);
    let what = what(&unit.run);
    let why = if fit.timed { "written while it ran or soon after" } else { "beside its other files" };
    let mut text = format!("the {what} in {path} is taken to be of this run: {why}");
    if fit.shift_us != 0 {
        let minutes = fit.shift_us / 60_000_000;
        text.push_str(&format!("; its clock names no zone, and fits if it is {minutes} minutes off"));
    }
    let meta = &mut Arc::make_mut(&mut joined.run).meta;
    let known = |to: &mut Option<String>, from: &Option<String>| *to = to.take().or_else(|| from.clone());
    known(&mut meta.commit, &unit.run.meta.commit);
    known(&mut meta.branch, &unit.run.meta.branch);
    take_environment(meta, &unit.run.meta);
    joined.notes.push(Issue::new(Severity::Info, text.as_str()));
    joined.rules.push((Rule::Measures, text));
    joined.parts.extend(unit.sources.iter().map(|&source| Part { source, ..Part::default() }));
    joined.sources.extend(&unit.sources);
}

//! What files say of runs as a whole, and the runs that they speak of.
//!
//! Such a file speaks of the runs whose files lie in its folder; if there are none, of those below it. Where several in
//! one folder name a start, a run is spoken of by the one that is nearest to its own: files that were chosen without
//! their folders lie all in one. What a run's own files say is believed before it.

use std::sync::Arc;

use lanescope_model::order::{Keyed, by_keys};
use lanescope_model::{Issue, RunMeta, Severity, thousands};

use super::closest::MOST_COMPARED;
use super::near::{Folders, Looks, Lying};
use crate::{Format, Joined, Part, Source};

/// Starts that are further apart are not of one run.
const FURTHEST_US: u64 = 24 * 3_600_000_000;
/// Files that speak of one run at most.
const MOST_FILES: usize = 64;
/// What files say is copied to the second and further runs that each speaks of, up to as many bytes in all.
const MOST_COPIED: usize = 1 << 25;
/// What a note and the rest of what a run takes of a file needs, beside their texts.
const NOTE_BYTES: usize = 256;
/// Names of an environment at most: more tell nothing.
const MOST_NAMES: usize = 256;

/// A run that may be spoken of.
struct Spoken {
    /// Places of the folders of its files, the least first.
    folders: Vec<usize>,
    start: Option<i64>,
    /// The last folder it was asked for, and how far its start is from the nearest that a file in there names.
    nearest: Option<(usize, u64)>,
    /// How many files speak of it.
    files: usize,
}

/// Gives every run what is said of it. What speaks of no run is left out.
pub(super) fn attach(sources: &[Source], runs: &mut Vec<Joined>, limits: &mut Vec<String>) {
    let is_metadata =
        |j: &Joined| j.sources.iter().all(|&i| sources.get(i).is_some_and(|s| s.format == Format::RunMetadata));
    let (said, tests): (Vec<Joined>, Vec<Joined>) = std::mem::take(runs).into_iter().partition(is_metadata);
    *runs = tests;
    if said.is_empty() {
        return;
    }
    let said: Vec<(usize, &Source)> =
        said.iter().filter_map(|j| j.sources.first().and_then(|&i| Some((i, sources.get(i)?)))).collect();
    let folders = Folders::new(sources.len(), &|i| sources.get(i).map_or("", |s| &*s.path));
    let started = said.iter().filter_map(|&(i, s)| Some((folders.of(i) as i64, s.run.meta.session.start_us?, 0, 0)));
    let mut starts: Vec<Keyed> = started.collect();
    by_keys(&mut starts);
    let mut spoken: Vec<Spoken> = runs.iter().map(|joined| spoken(sources, joined, &folders)).collect();
    // All files of a run must lie in a folder or below it, and so one of them must. A run without any lies everywhere.
    let homes = Lying::new(
        &mut spoken.iter().enumerate().filter_map(|(at, run)| run.folders.first().map(|&folder| (folder, at))),
    );
    let everywhere =
        Lying::new(&mut spoken.iter().enumerate().filter(|(_, run)| run.folders.is_empty()).map(|(at, _)| (0, at)));
    let everywhere = everywhere.within(&(0..1));
    let mut looks = Looks::new(1);
    let (mut copied, mut full, mut many) = (0, false, false);
    for (at, source) in said {
        let folder = folders.of(at);
        let here = homes.within(&(folder..folder + 1));
        if !looks.take(here.len() + everywhere.len()) {
            continue;
        }
        let lies = |run: &Spoken, below: bool| {
            run.folders.iter().all(|&other| other == folder || below && folders.holds(folder, other))
        };
        let numbers = |pair: &Keyed| pair.2 as usize;
        let all = || here.iter().chain(everywhere).map(numbers);
        let beside = all().any(|run| spoken.get(run).is_some_and(|run| lies(run, false)));
        let [first, second] = folders.below(folder).map(|below| if beside { &[][..] } else { homes.within(&below) });
        if !looks.take(first.len() + second.len()) {
            continue;
        }
        let (size, cost) = (size(source), folders.cost(folder));
        let mut is_first = true;
        for run in all().chain(first.iter().chain(second).map(numbers)) {
            let (Some(joined), Some(run)) = (runs.get_mut(run), spoken.get_mut(run)) else { continue };
            if !in_time(&starts, folder, source, run) || !looks.take(run.folders.len() * cost) || !lies(run, !beside) {
                continue;
            }
            if run.files == MOST_FILES || (!is_first && copied + size > MOST_COPIED) {
                (full, many) = (full || run.files == MOST_FILES, many || run.files < MOST_FILES);
                continue;
            }
            copied += if is_first { 0 } else { size };
            is_first = false;
            run.files += 1;
            let meta = &mut Arc::make_mut(&mut joined.run).meta;
            fill(meta, &source.run.meta);
            if run.start != meta.session.start_us.or(run.start) {
                (run.start, run.nearest) = (meta.session.start_us, None);
            }
            if !run.folders.contains(&folder) {
                run.folders.push(folder);
            }
            joined.sources.push(at);
            joined.parts.push(Part { source: at, ..Part::default() });
            let text = format!("commit, branch, start and environment are also taken from {}", source.path);
            joined.notes.push(Issue::new(Severity::Info, text));
        }
    }
    if full {
        limits
            .push(format!("more than {MOST_FILES} files speak of one run as a whole: the first of them are believed"));
    }
    if many {
        let most = MOST_COPIED >> 20;
        limits
            .push(format!("files speak of very many runs as a whole: no more than {most} MB of it is copied to them"));
    }
    if looks.spent {
        limits.push(format!(
            "there are more than {} pairs of a run and a file that may speak of it: some were not compared",
            thousands(MOST_COMPARED as u64)
        ));
    }
}

fn spoken(sources: &[Source], joined: &Joined, folders: &Folders<'_>) -> Spoken {
    // Reports of coverage lie where their tool puts them.
    let only_measures = joined.run.tests.is_empty();
    let own = |&&i: &&usize| sources.get(i).is_some_and(|s| only_measures || !super::measures::is_measure(s));
    let mut own: Vec<i64> = joined.sources.iter().filter(own).map(|&i| folders.of(i) as i64).collect();
    lanescope_model::order::numbers(&mut own);
    own.dedup();
    let folders = own.into_iter().map(|folder| folder as usize).collect();
    Spoken { folders, start: super::start(&joined.run), nearest: None, files: 0 }
}

/// Whether a file may speak of a run by its start: no file of its folder names a nearer one.
fn in_time(starts: &[Keyed], folder: usize, source: &Source, run: &mut Spoken) -> bool {
    let (Some(said), Some(start)) = (source.run.meta.session.start_us, run.start) else { return true };
    let off = said.abs_diff(start);
    if off > FURTHEST_US {
        return false;
    }
    let nearest = match run.nearest {
        Some((known, nearest)) if known == folder => nearest,
        _ => nearest(starts, folder, start),
    };
    run.nearest = Some((folder, nearest));
    off <= nearest
}

/// How far the nearest start is that a file of a folder names.
fn nearest(starts: &[Keyed], folder: usize, start: i64) -> u64 {
    let folder = folder as i64;
    let after = starts.partition_point(|&(other, at, ..)| (other, at) < (folder, start));
    let beside = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|at| starts.get(at));
    beside.filter(|beside| beside.0 == folder).map(|beside| beside.1.abs_diff(start)).min().unwrap_or(u64::MAX)
}

/// How many bytes a run needs for what is said of it.
fn size(source: &Source) -> usize {
    let meta = &source.run.meta;
    let known = [&meta.commit, &meta.branch, &meta.url, &meta.dist_mode].into_iter().flatten();
    let names = meta.environment.iter().map(|(name, value)| name.len() + value.len() + size_of::<(String, String)>());
    NOTE_BYTES + source.path.len() + known.map(String::len).sum::<usize>() + names.sum::<usize>()
}

fn fill(meta: &mut RunMeta, said: &RunMeta) {
    let known = |to: &mut Option<String>, from: &Option<String>| *to = to.take().or_else(|| from.clone());
    known(&mut meta.commit, &said.commit);
    known(&mut meta.branch, &said.branch);
    known(&mut meta.url, &said.url);
    known(&mut meta.dist_mode, &said.dist_mode);
    meta.session.start_us = meta.session.start_us.or(said.session.start_us);
    take_environment(meta, said);
}

/// Says where environments had more names than are kept.
pub(super) fn tell_cut(sources: &[Source], runs: &[Joined], limits: &mut Vec<String>) {
    let is_cut = |joined: &Joined| {
        let kept = &joined.run.meta.environment;
        let is_kept = |name: &str| kept.iter().any(|known| known.0 == name);
        let said = joined.sources.iter().filter_map(|&i| sources.get(i)).flat_map(|s| &s.run.meta.environment);
        kept.len() >= MOST_NAMES && !said.into_iter().all(|(name, _)| is_kept(name))
    };
    if runs.iter().any(is_cut) {
        limits.push(format!(
            "files name more than {MOST_NAMES} things of the environment of one run: the first are kept"
        ));
    }
}

/// Takes over the environment that is not known yet.
pub(super) fn take_environment(meta: &mut RunMeta, said: &RunMeta) {
    for (name, value) in &said.environment {
        if meta.environment.len() < MOST_NAMES && meta.environment.iter().all(|(known, _)| known != name) {
            meta.environment.push((name.clone(), value.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_nearest_start_is_found_as_a_look_at_each_does(
            starts in prop::collection::vec((0_i64..3, -20_i64..20), 0..20), folder in 0_i64..3, start in -25_i64..25,
        ) {
            let each = starts.iter().filter(|other| other.0 == folder).map(|other| other.1.abs_diff(start)).min();
            let mut keyed: Vec<Keyed> = starts.iter().map(|&(folder, start)| (folder, start, 0, 0)).collect();
            by_keys(&mut keyed);
            prop_assert_eq!(nearest(&keyed, folder as usize, start), each.unwrap_or(u64::MAX));
        }
    }
}

//! What files say of runs as a whole, and the runs that they speak of.
//!
//! Such a file speaks of the runs whose files lie in its folder; if there are none, of those below it. Where several in
//! one folder name a start, a run is spoken of by the one that is nearest to its own: files that were chosen without
//! their folders lie all in one. What a run's own files say is believed before it.

use std::sync::Arc;

use lanescope_model::{Issue, RunMeta, Severity};

use crate::{Format, Joined, Part, Source, label};

/// Starts that are further apart are not of one run.
const FURTHEST_US: u64 = 24 * 3_600_000_000;

/// Gives every run what is said of it. What speaks of no run is left out.
pub(super) fn attach(sources: &[Source], runs: &mut Vec<Joined>) {
    let is_metadata =
        |j: &Joined| j.sources.iter().all(|&i| sources.get(i).is_some_and(|s| s.format == Format::RunMetadata));
    let (said, tests): (Vec<Joined>, Vec<Joined>) = std::mem::take(runs).into_iter().partition(is_metadata);
    *runs = tests;
    let starts: Vec<(&str, i64)> = said
        .iter()
        .filter_map(|j| sources.get(*j.sources.first()?))
        .filter_map(|s| Some((label::folder(&s.path), s.run.meta.session.start_us?)))
        .collect();
    for metadata in said {
        let Some((at, source)) = metadata.sources.first().and_then(|&i| Some((i, sources.get(i)?))) else { continue };
        let folder = label::folder(&source.path);
        let in_time = |j: &Joined| match (source.run.meta.session.start_us, super::start(&j.run)) {
            (Some(said), Some(start)) => {
                let off = said.abs_diff(start);
                off <= FURTHEST_US && starts.iter().all(|&(f, other)| f != folder || other.abs_diff(start) >= off)
            }
            _ => true,
        };
        let lies = |j: &Joined, below: bool| {
            // Reports of coverage lie where their tool puts them.
            let only_measures = j.run.tests.is_empty();
            let own = |s: &&Source| only_measures || !super::measures::is_measure(s);
            let mut folders =
                j.sources.iter().filter_map(|&i| sources.get(i)).filter(own).map(|s| label::folder(&s.path));
            folders.all(|f| {
                f == folder
                    || below && (folder.is_empty() || f.strip_prefix(folder).is_some_and(|r| r.starts_with(['/', '!'])))
            })
        };
        let beside = runs.iter().any(|j| lies(j, false));
        for joined in runs.iter_mut().filter(|j| lies(j, !beside) && in_time(j)) {
            fill(&mut Arc::make_mut(&mut joined.run).meta, &source.run.meta);
            joined.sources.push(at);
            joined.parts.push(Part { source: at, ..Part::default() });
            let text = format!("commit, branch, start and environment are also taken from {}", source.path);
            joined.notes.push(Issue::new(Severity::Info, text));
        }
    }
}

fn fill(meta: &mut RunMeta, said: &RunMeta) {
    let known = |to: &mut Option<String>, from: &Option<String>| *to = to.take().or_else(|| from.clone());
    known(&mut meta.commit, &said.commit);
    known(&mut meta.branch, &said.branch);
    known(&mut meta.url, &said.url);
    known(&mut meta.dist_mode, &said.dist_mode);
    meta.session.start_us = meta.session.start_us.or(said.session.start_us);
    for (name, value) in &said.environment {
        if meta.environment.iter().all(|(known, _)| known != name) {
            meta.environment.push((name.clone(), value.clone()));
        }
    }
}

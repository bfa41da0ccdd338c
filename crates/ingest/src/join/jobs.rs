//! Lists of a CI service's jobs, and the runs of tests that took place in them.

use std::sync::Arc;

use lanescope_model::{Issue, Run, Severity};

use crate::{Format, Joined, Rule, Source};

/// The service writes whole seconds, and the clocks of two machines differ a little.
const SLACK_US: i64 = 2_000_000;

/// Joins every list of jobs to the run of tests whose times lie within those of its jobs, if there is exactly one.
/// What is left stays a run of jobs without tests.
pub(super) fn lay_around(sources: &[Source], runs: &mut Vec<Joined>) {
    let is_list = |j: &Joined| {
        j.sources.iter().all(|&i| sources.get(i).is_some_and(|s| s.format == Format::GithubJobs))
            && !j.sources.is_empty()
    };
    let (mut lists, mut tests): (Vec<Joined>, Vec<Joined>) = std::mem::take(runs).into_iter().partition(is_list);
    pages(&mut lists);
    for list in lists {
        let fitting: Vec<usize> =
            tests.iter().enumerate().filter(|(_, j)| took_place_in(sources, j, &list.run)).map(|(i, _)| i).collect();
        let only = match fitting.as_slice() {
            [i] => tests.get_mut(*i).filter(|joined| joined.run.jobs.is_empty()),
            _ => None,
        };
        let Some(joined) = only else {
            runs.push(list);
            continue;
        };
        let run = Arc::make_mut(&mut joined.run);
        run.take_jobs(&list.run);
        let from = &list.run.meta;
        let known = |to: &mut Option<String>, from: &Option<String>| *to = to.take().or_else(|| from.clone());
        known(&mut run.meta.commit, &from.commit);
        known(&mut run.meta.branch, &from.branch);
        known(&mut run.meta.url, &from.url);
        joined.sources.extend(list.sources);
        let text = format!(
            "{} jobs of the CI service are laid around this run: it is the only one whose tests ran while they did",
            run.jobs.len()
        );
        joined.parts.extend(list.parts);
        joined.rules.push((Rule::Jobs, text.clone()));
        joined.notes.push(Issue::new(Severity::Info, text));
    }
    runs.append(&mut tests);
}

/// Pages of one list are one list.
fn pages(lists: &mut Vec<Joined>) {
    let mut all: Vec<Joined> = Vec::new();
    for list in std::mem::take(lists) {
        let url = &list.run.meta.url;
        let known = all
            .iter_mut()
            .find(|l| url.is_some() && l.run.meta.url == *url && l.run.meta.commit == list.run.meta.commit);
        let Some(first) = known else {
            all.push(list);
            continue;
        };
        first.sources.extend(list.sources);
        first.parts.extend(list.parts);
        let names = |run: &Run| run.jobs.iter().map(|j| run.strings.get(j.name).to_owned()).collect::<Vec<_>>();
        // The same list once more adds nothing.
        if names(&first.run) != names(&list.run) {
            Arc::make_mut(&mut first.run).take_jobs(&list.run);
        }
    }
    *lists = all;
}

/// Whether the tests of a run, or its session, lie within the times of the jobs.
fn took_place_in(sources: &[Source], joined: &Joined, list: &Run) -> bool {
    // A clock without a zone may be off by hours.
    let zoned = joined.sources.iter().any(|&i| sources.get(i).is_some_and(|s| !s.naive_clock));
    let run = &joined.run;
    let session = run.meta.session;
    let span = || Some((session.start_us?, session.start_us?.checked_add(session.length_us?)?));
    let (Some((from, to)), Some((first, last))) = (run.window_us().or_else(span), list.jobs_window_us()) else {
        return false;
    };
    zoned && from >= first.saturating_sub(SLACK_US) && to <= last.saturating_add(SLACK_US)
}

//! Lists of a CI service's jobs, and the runs of tests that took place in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use lanescope_model::order::{Keyed, by_keys};
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
    let spans = Spans::new(tests.iter().enumerate().filter_map(|(i, joined)| {
        let (from, to) = span(sources, joined)?;
        Some((from, to, i as u32, 0))
    }));
    for list in lists {
        let only = list
            .run
            .jobs_window_us()
            .and_then(|(first, last)| spans.only_within(first.saturating_sub(SLACK_US), last.saturating_add(SLACK_US)));
        let only = only.and_then(|i| tests.get_mut(i)).filter(|joined| joined.run.jobs.is_empty());
        let Some(joined) = only else {
            runs.push(list);
            continue;
        };
        let run = Arc::make_mut(&mut joined.run);
        run.take_jobs(&[&list.run]);
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
    // Each list with its further pages, and how many jobs these all name.
    let mut all: Vec<(Joined, Vec<Arc<Run>>, usize)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for list in std::mem::take(lists) {
        let meta = &list.run.meta;
        let key = meta.url.as_ref().map(|url| {
            let commit = meta.commit.as_ref().map(|commit| [" ", commit].concat());
            format!("{} {url}{}", url.len(), commit.unwrap_or_default())
        });
        let (jobs, at) = (list.run.jobs.len(), all.len());
        let first = key.map(|key| *known.entry(key).or_insert(at)).and_then(|at| all.get_mut(at));
        let Some((first, pages, so_far)) = first else {
            all.push((list, Vec::new(), jobs));
            continue;
        };
        first.sources.extend(list.sources);
        first.parts.extend(list.parts);
        // The same list once more adds nothing.
        let same = || names(&first.run).chain(pages.iter().flat_map(|page| names(page))).eq(names(&list.run));
        if jobs > 0 && !(jobs == *so_far && same()) {
            pages.push(list.run);
            *so_far += jobs;
        }
    }
    for (mut list, pages, _) in all {
        if !pages.is_empty() {
            let pages: Vec<&Run> = pages.iter().map(|page| &**page).collect();
            Arc::make_mut(&mut list.run).take_jobs(&pages);
        }
        lists.push(list);
    }
}

fn names(run: &Run) -> impl Iterator<Item = &str> {
    run.jobs.iter().map(|job| run.strings.get(job.name))
}

/// When the tests of a run, or its session, began and ended.
fn span(sources: &[Source], joined: &Joined) -> Option<(i64, i64)> {
    // A clock without a zone may be off by hours.
    let zoned = joined.sources.iter().any(|&i| sources.get(i).is_some_and(|s| !s.naive_clock));
    let run = &joined.run;
    let session = run.meta.session;
    let whole = || Some((session.start_us?, session.start_us?.checked_add(session.length_us?)?));
    run.window_us().or_else(whole).filter(|_| zoned)
}

/// Spans of time by their starts: each start, and of its span and those after it the end and the number of the one that
/// ends first, and the end of the next.
struct Spans(Vec<(i64, i64, u32, Option<i64>)>);

impl Spans {
    fn new(spans: impl Iterator<Item = Keyed>) -> Self {
        let mut spans: Vec<Keyed> = spans.collect();
        by_keys(&mut spans);
        let mut first: Option<(i64, u32)> = None;
        let mut second: Option<i64> = None;
        let mut found = Vec::new();
        for &(start, end, at, _) in spans.iter().rev() {
            let (least, number) = match first {
                Some((least, number)) if least <= end => {
                    second = Some(second.map_or(end, |second| second.min(end)));
                    (least, number)
                }
                _ => {
                    second = first.map(|first| first.0).or(second);
                    (end, at)
                }
            };
            first = Some((least, number));
            found.push((start, least, number, second));
        }
        found.reverse();
        Self(found)
    }

    /// The number of the only span that lies within another.
    fn only_within(&self, start: i64, end: i64) -> Option<usize> {
        let from = self.0.partition_point(|span| span.0 < start);
        let &(_, least, number, second) = self.0.get(from)?;
        (least <= end && second.is_none_or(|second| second > end)).then_some(number as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_only_span_is_found_as_a_look_at_each_does(
            spans in prop::collection::vec((-9_i64..9, -2_i64..9), 0..12), start in -12_i64..12, length in 0_i64..20,
        ) {
            let end = start + length;
            let all = || spans.iter().enumerate().map(|(i, &(from, length))| (from, from + length, i as u32, 0));
            let within: Vec<usize> =
                all().filter(|span| span.0 >= start && span.1 <= end).map(|span| span.2 as usize).collect();
            let expected = if let [only] = within.as_slice() { Some(*only) } else { None };
            prop_assert_eq!(Spans::new(all()).only_within(start, end), expected);
        }
    }
}

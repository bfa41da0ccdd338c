//! The jobs of a CI service in which a run took place.

use crate::{Group, GroupId, Interner, Outcome, Run, StrId, Strings, Tables};

/// A job: a machine of a CI service, from its request to its end. Names are strings of its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name, such as `test (unit)`.
    pub name: StrId,
    /// The group of the run whose tests it ran, where its name tells.
    pub group: Option<GroupId>,
    /// When it was asked for: microseconds since the Unix epoch. From then to its start it waited for a machine.
    pub queued_us: Option<i64>,
    /// When it started: microseconds since the Unix epoch.
    pub start_us: Option<i64>,
    /// When it ended: microseconds since the Unix epoch.
    pub stop_us: Option<i64>,
    /// What became of it; `Unknown` for one that was cancelled or is still running.
    pub outcome: Outcome,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A step of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: StrId,
    /// When it started: microseconds since the Unix epoch.
    pub start_us: Option<i64>,
    /// When it ended: microseconds since the Unix epoch.
    pub stop_us: Option<i64>,
    /// What became of it.
    pub outcome: Outcome,
}

impl Run {
    /// First request or start and last end of its jobs, in microseconds since the Unix epoch, if any is known.
    #[must_use]
    pub fn jobs_window_us(&self) -> Option<(i64, i64)> {
        let first = self.jobs.iter().filter_map(|j| j.queued_us.or(j.start_us)).min()?;
        let last = self.jobs.iter().filter_map(|j| j.stop_us.or(j.start_us)).max()?;
        (last >= first).then_some((first, last))
    }

    /// Takes over the jobs of other runs, which hold nothing else. A job whose name holds the name of a group of
    /// this run gets that group; the longest of several.
    pub fn take_jobs(&mut self, others: &[&Self]) {
        let Tables { strings, groups, jobs, .. } = self.tables_mut();
        let mut interner = Interner::from(std::mem::take(strings));
        for from in others {
            let mut again = |name: StrId| interner.intern(from.strings.get(name));
            for job in &from.jobs {
                let steps = job.steps.iter().map(|step| Step { name: again(step.name), ..*step }).collect();
                jobs.push(Job { name: again(job.name), group: None, steps, ..*job });
            }
        }
        *strings = interner.finish();
        for job in jobs.iter_mut().filter(|job| job.group.is_none()) {
            job.group = group_of(strings.get(job.name), groups, strings);
        }
    }
}

/// The group whose name stands in a job's name, as words of their own.
fn group_of(job: &str, groups: &[Group], strings: &Strings) -> Option<GroupId> {
    let named = |group: &Group| {
        let name = strings.get(group.name);
        let is_word = |at: usize| {
            let before = job.get(..at).and_then(|s| s.chars().next_back());
            let after = job.get(at + name.len()..).and_then(|s| s.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        };
        (!name.is_empty() && job.match_indices(name).any(|(at, _)| is_word(at))).then_some(name.len())
    };
    let found = groups.iter().enumerate().filter_map(|(i, group)| named(group).map(|length| (length, i)));
    // Of equal ones the first.
    found.max_by_key(|&(length, i)| (length, std::cmp::Reverse(i))).map(|(_, i)| GroupId(i as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RunBuilder;

    fn jobs(names: &[&str]) -> Run {
        let mut builder = RunBuilder::new();
        for name in names {
            let name = builder.intern(name);
            let step = Step { name, start_us: None, stop_us: None, outcome: Outcome::Passed };
            builder.jobs.push(Job {
                name,
                group: None,
                queued_us: Some(1),
                start_us: Some(3),
                stop_us: Some(9),
                outcome: Outcome::Failed,
                steps: vec![step],
            });
        }
        builder.finish()
    }

    #[test]
    fn jobs_are_taken_over_with_their_names_and_find_their_groups() {
        let mut builder = RunBuilder::new();
        for group in ["unit", "unit-slow", "api"] {
            let group = builder.group(group);
            builder.test(Some(group), "a.py::x", 6);
        }
        let mut run = builder.finish();
        run.take_jobs(&[&jobs(&["test (unit)", "test (unit-slow)", "community"]), &jobs(&["unit", "build"])]);
        let found: Vec<_> = run
            .jobs
            .iter()
            .map(|j| (run.strings.get(j.name), j.group.map_or("", |g| run.group_name(g)), j.steps.len()))
            .collect();
        assert_eq!(
            found,
            [
                ("test (unit)", "unit", 1),
                ("test (unit-slow)", "unit-slow", 1),
                ("community", "", 1),
                ("unit", "unit", 1),
                ("build", "", 1),
            ]
        );
        assert_eq!(run.jobs_window_us(), Some((1, 9)));
        assert_eq!(run.test_id(crate::TestId(2)), "a.py::x");
    }
}

//! A run once more, test by test: what its tests stand in is taken over at once.

use std::borrow::Cow;

use crate::{AttemptId, AttemptRow, GroupId, Job, Run, RunBuilder, Step, TestId, TextKind, WorkerId};

/// The groups and workers of a run as a builder has them that took them over.
#[derive(Debug)]
pub struct Frame {
    groups: Vec<GroupId>,
    workers: Vec<WorkerId>,
}

impl Frame {
    /// The builder's group of the run's test.
    #[must_use]
    pub fn group(&self, run: &Run, test: TestId) -> Option<GroupId> {
        run.tests.group(test).and_then(|group| self.groups.get(group.index()).copied())
    }
}

impl Run {
    /// What is known of an attempt, all but its texts.
    #[must_use]
    pub fn attempt_row(&self, attempt: AttemptId, test: TestId) -> AttemptRow {
        self.attempts.row(attempt, test)
    }
}

impl RunBuilder {
    /// Takes over what is known of the run as a whole, its groups, workers and jobs. `worker` names a worker, by its
    /// number and name; `job` a job or a step of one.
    pub fn take_frame<'a>(
        &mut self,
        run: &'a Run,
        worker: &dyn Fn(usize, &'a str) -> Cow<'a, str>,
        job: &dyn Fn(&'a str) -> Cow<'a, str>,
    ) -> Frame {
        self.meta.clone_from(&run.meta);
        let name = |id| run.strings.get(id);
        let groups = run.groups.iter().map(|group| self.group(name(group.name))).collect();
        let mut workers = Vec::new();
        for (number, known) in run.workers.iter().enumerate() {
            let id = self.worker(&worker(number, name(known.name)));
            if known.crashed {
                self.worker_crashed(id);
            }
            workers.push(id);
        }
        for known in &run.jobs {
            let mut steps = Vec::new();
            for step in &known.steps {
                steps.push(Step { name: self.intern(&job(name(step.name))), ..*step });
            }
            let name = self.intern(&job(name(known.name)));
            self.jobs.push(Job { name, steps, ..*known });
        }
        Frame { groups, workers }
    }

    /// Takes over the attempts of a test of the run for the builder's test `known`, each as `change` makes it, with the
    /// texts that `text` leaves.
    pub fn take_attempts<'a>(
        &mut self,
        (run, test): (&'a Run, TestId),
        known: TestId,
        frame: &Frame,
        change: &dyn Fn(AttemptRow) -> AttemptRow,
        text: &dyn Fn(TextKind, &'a str) -> Cow<'a, str>,
    ) {
        for attempt in run.tests.attempts(test) {
            let mut row = run.attempt_row(attempt, known);
            row.worker = row.worker.and_then(|worker| frame.workers.get(worker.index()).copied());
            let new = self.attempt(change(row));
            for kind in TextKind::ALL {
                self.set_text(new, kind, &text(kind, run.text(attempt, kind)));
            }
        }
    }
}

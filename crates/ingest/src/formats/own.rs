//! What Lanescope adds to the formats that it writes, where these have no field for it: properties `lanescope.…` in JUnit
//! XML, `extra.lanescope` in CTRF. Such a file tells all that the run told: workers, phases, each attempt to the microsecond.
//!
//! - Facts are pairs of names and values: `label`, `commit`, `branch`, `url`, `dist_mode`, `declared_workers`, `sequential`,
//!   `simulated`, `interrupted`, `timeout_us`, `session_start_us`, `session_length_us`, `environment.NAME`, and in their
//!   order `group`, `worker` and `worker.crashed`.
//! - A test is `GROUP,NAME_AT;ATTEMPT;…`: the number of its group, the byte at which its name begins, and of each attempt
//!   `WORKER,START,STOP,TOTAL,SETUP,TEARDOWN,OUTCOME` in microseconds. What is not known is empty.

use lanescope_model::{AttemptId, AttemptRow, GroupId, Outcome, RunBuilder, TestId, WorkerId};

/// More workers or groups than this are named by no file that was written here.
const MOST: usize = 50_000;

/// What a file of our own says beside its format.
#[derive(Default)]
pub(crate) struct Own {
    groups: Vec<GroupId>,
    workers: Vec<WorkerId>,
}

impl Own {
    /// Takes in a fact.
    pub(crate) fn fact(&mut self, run: &mut RunBuilder, name: &str, value: &str) {
        let meta = &mut run.meta;
        let text = || Some(value.to_owned());
        let number = value.parse::<i64>().ok();
        match name {
            "label" => value.clone_into(&mut meta.label),
            "commit" => meta.commit = text(),
            "branch" => meta.branch = text(),
            "url" => meta.url = text(),
            "dist_mode" => meta.dist_mode = text(),
            "declared_workers" => meta.declared_workers = value.parse().ok(),
            "sequential" => meta.sequential = true,
            "simulated" => meta.simulated = true,
            "interrupted" => meta.interrupted = true,
            "timeout_us" => meta.timeout_us = number,
            "session_start_us" => meta.session.start_us = number,
            "session_length_us" => meta.session.length_us = number,
            "group" if self.groups.len() < MOST => self.groups.push(run.group(value)),
            "worker" | "worker.crashed" if self.workers.len() < MOST => {
                let worker = run.worker(value);
                if name == "worker.crashed" {
                    run.worker_crashed(worker);
                }
                self.workers.push(worker);
            }
            name => {
                if let Some(name) = name.strip_prefix("environment.") {
                    meta.environment.push((name.to_owned(), value.to_owned()));
                }
            }
        }
    }

    /// The test of this suite path and name that a text describes, and its attempts; `None` where it describes none.
    pub(crate) fn test(
        &self,
        run: &mut RunBuilder,
        suite: &str,
        name: &str,
        text: &str,
    ) -> Option<(TestId, Vec<AttemptId>)> {
        let mut parts = text.split(';');
        let (group, name_at) = parts.next()?.split_once(',')?;
        let name_at: usize = name_at.parse().ok()?;
        let separator = match name_at.checked_sub(suite.len())? {
            0 => "",
            2 => "::",
            5 => " › ",
            _ => return None,
        };
        let group = group.parse::<usize>().ok().and_then(|at| self.groups.get(at)).copied();
        let test = run.test(group, &format!("{suite}{separator}{name}"), name_at);
        let mut attempts = Vec::new();
        for part in parts {
            let mut fields = part.split(',');
            let worker = fields.next().and_then(|at| self.workers.get(at.parse::<usize>().ok()?)).copied();
            let mut us = || fields.next().and_then(|us| us.parse::<i64>().ok());
            let (start_us, stop_us, total_us, setup_us, teardown_us) = (us(), us(), us(), us(), us());
            let outcome = fields.next().and_then(Outcome::parse).unwrap_or_default();
            attempts.push(run.attempt(AttemptRow {
                test,
                worker,
                start_us,
                stop_us,
                total_us,
                setup_us,
                teardown_us,
                outcome,
            }));
        }
        Some((test, attempts))
    }
}

//! The jobs of a workflow run, as GitHub's API lists them: `{total_count, jobs}`, several of these one after the other
//! (pages), or the list alone.
//!
//! | GitHub | becomes |
//! | --- | --- |
//! | `created_at`, `started_at`, `completed_at` | queued, start, stop of a job; times have a resolution of a second |
//! | `conclusion` success, neutral | passed |
//! | failure | failed |
//! | `timed_out`, `startup_failure` | error |
//! | skipped | skipped |
//! | cancelled, none yet | unknown |
//! | `head_sha`, `head_branch`, `workflow_name` | commit, branch, label of the run |

use std::borrow::Cow;

use lanescope_model::{Job, Outcome, Place, RunBuilder, Step};

use super::{Parsed, Parser, Session, has_room_for_run};
use crate::input::Input;
use crate::json::Cursor;
use crate::notes::Notes;

/// Lists are small: a page has at most a hundred jobs.
const MAX_BYTES: usize = 64 << 20;

pub(crate) struct GithubJobs {
    input: Input,
    notes: Notes,
}

/// A run of a workflow while its jobs come in.
struct WorkflowRun {
    id: Option<i64>,
    name: String,
    run: RunBuilder,
    /// Which attempt of the run each job is of.
    attempts: Vec<i64>,
}

#[derive(Default)]
struct ApiJob<'a> {
    run_id: Option<i64>,
    attempt: i64,
    workflow: Cow<'a, str>,
    name: Cow<'a, str>,
    branch: Cow<'a, str>,
    commit: Cow<'a, str>,
    url: Cow<'a, str>,
    outcome: Outcome,
    queued_us: Option<i64>,
    start_us: Option<i64>,
    stop_us: Option<i64>,
    steps: Vec<ApiStep<'a>>,
}

#[derive(Default)]
struct ApiStep<'a> {
    name: Cow<'a, str>,
    outcome: Outcome,
    start_us: Option<i64>,
    stop_us: Option<i64>,
}

impl GithubJobs {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        Self { input, notes }
    }
}

impl Parser for GithubJobs {
    fn step(&mut self, bytes: usize) -> bool {
        let wanted = self.input.unused().len().saturating_add(bytes);
        self.input.look_ahead(wanted.min(MAX_BYTES));
        self.input.at_end() || self.input.unused().len() >= MAX_BYTES
    }

    fn tests(&self) -> usize {
        0
    }

    fn finish(self: Box<Self>) -> Parsed {
        let content = String::from_utf8_lossy(self.input.unused());
        let mut runs: Vec<WorkflowRun> = Vec::new();
        let mut c = Cursor::new(&content);
        let mut whole = Some(());
        // Pages stand one after the other without anything between them.
        while whole.is_some() && c.peek().is_some() {
            whole = if c.peek() == Some(b'[') {
                jobs(&mut c, &mut runs, &self.notes)
            } else {
                c.members(&mut |c, key| if key == "jobs" { jobs(c, &mut runs, &self.notes) } else { c.skip() })
            };
        }
        let n: usize = runs.iter().map(|r| r.run.jobs.len()).sum();
        if whole.is_none() {
            let text = format!("the list of jobs ends too early or is no valid JSON; its first {n} jobs are used");
            self.notes.warn_at(Place::Byte(content.len() as u64), text);
        }
        if n == 0 {
            self.notes.warn("no jobs in this list");
        }
        let sessions = runs.into_iter().map(WorkflowRun::finish).collect();
        Parsed { dialect: Some("github-actions".to_owned()), sessions, other: None }
    }
}

fn jobs<'a>(c: &mut Cursor<'a>, runs: &mut Vec<WorkflowRun>, notes: &Notes) -> Option<()> {
    c.elements(&mut |c| {
        let job = job(c)?;
        let known = runs.iter().position(|r| r.id == job.run_id);
        let at = known.unwrap_or(runs.len());
        if known.is_none() && has_room_for_run(at, notes) {
            let (run, name) = (RunBuilder::new(), job.workflow.to_string());
            runs.push(WorkflowRun { id: job.run_id, name, run, attempts: Vec::new() });
        }
        if let Some(run) = runs.get_mut(at) {
            run.add(job);
        }
        Some(())
    })
}

fn job<'a>(c: &mut Cursor<'a>) -> Option<ApiJob<'a>> {
    let mut job = ApiJob { attempt: 1, ..ApiJob::default() };
    c.members(&mut |c, key| {
        match key {
            "run_id" => job.run_id = c.int()?,
            "run_attempt" => job.attempt = c.int()?.unwrap_or(1),
            "workflow_name" => job.workflow = c.string()?,
            "name" => job.name = c.string()?,
            "head_branch" => job.branch = c.string()?,
            "head_sha" => job.commit = c.string()?,
            "html_url" => job.url = c.string()?,
            "conclusion" => job.outcome = outcome(&c.string()?),
            "created_at" => job.queued_us = time(c)?,
            "started_at" => job.start_us = time(c)?,
            "completed_at" => job.stop_us = time(c)?,
            "steps" => {
                return c.elements(&mut |c| {
                    job.steps.push(step(c)?);
                    Some(())
                });
            }
            _ => return c.skip(),
        }
        Some(())
    })?;
    Some(job)
}

fn step<'a>(c: &mut Cursor<'a>) -> Option<ApiStep<'a>> {
    let mut step = ApiStep::default();
    c.members(&mut |c, key| {
        match key {
            "name" => step.name = c.string()?,
            "conclusion" => step.outcome = outcome(&c.string()?),
            "started_at" => step.start_us = time(c)?,
            "completed_at" => step.stop_us = time(c)?,
            _ => return c.skip(),
        }
        Some(())
    })?;
    Some(step)
}

/// A point in time with its offset, which may be another one for the steps than for their job.
fn time(c: &mut Cursor<'_>) -> Option<Option<i64>> {
    c.string().map(|text| crate::time::point(&text).map(|p| p.us))
}

fn outcome(conclusion: &str) -> Outcome {
    match conclusion {
        "success" | "neutral" => Outcome::Passed,
        "failure" => Outcome::Failed,
        "timed_out" | "startup_failure" => Outcome::Error,
        "skipped" => Outcome::Skipped,
        _ => Outcome::Unknown,
    }
}

impl WorkflowRun {
    fn add(&mut self, api: ApiJob<'_>) {
        let meta = &mut self.run.meta;
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        meta.commit = meta.commit.take().or_else(|| known(&api.commit));
        meta.branch = meta.branch.take().or_else(|| known(&api.branch));
        // A job's page lies below that of its run.
        meta.url = meta.url.take().or_else(|| known(api.url.split("/job/").next().unwrap_or("")));
        let run = &mut self.run;
        // Ends before starts are those of jobs that were skipped; they took no time.
        let stop = |start: Option<i64>, stop: Option<i64>| stop.map(|stop| start.map_or(stop, |start| stop.max(start)));
        let steps = api.steps.iter().map(|s| Step {
            name: run.intern(&s.name),
            start_us: s.start_us,
            stop_us: stop(s.start_us, s.stop_us),
            outcome: s.outcome,
        });
        let steps = steps.collect();
        let name = run.intern(&api.name);
        let job = Job {
            name,
            group: None,
            // A job that is run again keeps its start and gets a later request.
            queued_us: api.queued_us.filter(|&queued| api.start_us.is_none_or(|start| queued <= start)),
            start_us: api.start_us,
            stop_us: stop(api.start_us, api.stop_us),
            outcome: api.outcome,
            steps,
        };
        run.jobs.push(job);
        self.attempts.push(api.attempt);
    }

    fn finish(self) -> Session {
        let Self { id, name, mut run, attempts } = self;
        if attempts.iter().any(|a| Some(a) != attempts.first()) {
            for (i, attempt) in attempts.iter().enumerate() {
                let Some(old) = run.jobs.get(i).map(|job| job.name) else { continue };
                let new = format!("{} (attempt {attempt})", run.strings().get(old));
                let new = run.intern(&new);
                if let Some(job) = run.jobs.get_mut(i) {
                    job.name = new;
                }
            }
        }
        run.meta.session.start_us = run.jobs.iter().filter_map(|j| j.start_us).min();
        run.meta.label.clone_from(&name);
        Session { run: run.finish(), name: id.map(|id| format!("run {id}")), naive_clock: false, shard: None }
    }
}

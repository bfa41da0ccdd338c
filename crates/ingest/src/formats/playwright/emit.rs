//! From what Playwright says of tests and results to the model; shared by its JSON and its blob reports.
//!
//! | Playwright | becomes |
//! | --- | --- |
//! | project | group |
//! | file › describe titles › title | identity; a further one that is equal (`repeatEach`) gets a number |
//! | result | attempt, on the lane (shard, `parallelIndex`): `workerIndex` changes after every failure |
//! | result with `parallelIndex` -1 | an attempt that never started: no worker, no start |
//! | `timedOut`, `interrupted`, a worker that exited | error |
//! | `failed` where failure is expected, `passed` where it is | xfailed, xpassed |
//! | test without a result | skipped: it did not run |
//! | error outside of tests | a test of its own, with outcome error |

use std::borrow::Cow;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::{AttemptId, AttemptRow, GroupId, Outcome, RunBuilder, TestId, TextKind, WorkerId};

use super::super::{Session, Shard};
use crate::inherited::{Inherited, path};
use crate::notes::Notes;

/// What stands between titles.
pub(super) const SEPARATOR: &str = " › ";
/// Starts that lie before the last stop on a lane by less than this are the rounding of two clocks.
const OVERLAP_US: i64 = 20_000;
/// So many workers are looked at one by one; any other is asked for by its name.
const LIKELY_WORKERS: usize = 32;
/// Of the attempts with a worker, at least one in so many must overlap for lanes not to be believed.
const OVERLAPPING_SHARE: usize = 50;
/// What Playwright writes when the process of a worker ends in a test.
const WORKER_EXITED: &str = "worker process exited unexpectedly";

/// What stands around all tests of a file.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) shard: Option<Shard>,
    pub(super) workers: Option<u32>,
    pub(super) root: String,
    pub(super) commit: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) url: Option<String>,
}

/// A test as a report lists it.
#[derive(Debug, Default)]
pub(super) struct TestInfo<'a> {
    pub(super) project: Cow<'a, str>,
    pub(super) title: Cow<'a, str>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: Option<u32>,
    pub(super) tags: Vec<Cow<'a, str>>,
}

/// One result of a test.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcoming {
    pub(super) parallel_index: Option<i64>,
    pub(super) shard: Option<u32>,
    pub(super) status: String,
    pub(super) start_us: Option<i64>,
    pub(super) total_us: Option<i64>,
    pub(super) message: String,
    pub(super) trace: String,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

pub(super) struct Emit {
    pub(super) run: RunBuilder,
    pub(super) settings: Settings,
    pub(super) notes: Notes,
    /// Titles of the suites around the next test; empty ones are left out of its identity.
    pub(super) titles: Vec<String>,
    /// Workers by shard and parallel index.
    /// Those named last.
    workers: Vec<((Option<u32>, i64), WorkerId)>,
    /// How often an identity was met, where more than once.
    repeats: HashMap<TestId, u32, FixedState>,
    timeout: Option<Timeout>,
    inherited: Inherited,
    id: String,
    no_index: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Timeout {
    All(i64),
    Different,
}

impl Emit {
    pub(super) fn new(notes: Notes) -> Self {
        Self {
            run: RunBuilder::new(),
            settings: Settings::default(),
            notes,
            titles: Vec::new(),
            workers: Vec::new(),
            repeats: HashMap::default(),
            timeout: None,
            id: String::new(),
            inherited: Inherited::default(),
            no_index: false,
        }
    }

    /// A new test, under the suites of [`Self::titles`].
    pub(super) fn test(&mut self, info: &TestInfo<'_>) -> TestId {
        let group = (!info.project.is_empty()).then(|| self.run.group(&info.project));
        self.id.clear();
        let titles = path(&mut self.titles.iter().map(String::as_str).filter(|t| !t.is_empty()), SEPARATOR);
        if !titles.is_empty() {
            self.id.push_str(self.inherited.of(&titles, &self.notes));
            self.id.push_str(SEPARATOR);
        }
        let name_at = self.id.len();
        self.id.push_str(&info.title);
        let test = self.unique(group, name_at);
        if !info.file.is_empty() {
            self.run.test_place(test, &info.file, info.line);
        }
        if !info.tags.is_empty() {
            let tags: Vec<&str> = info.tags.iter().map(|t| t.trim_start_matches('@')).collect();
            self.run.test_markers(test, &tags.join(" "));
        }
        test
    }

    /// A test of this identity that is not there yet: with `repeatEach`, and in merged reports, tests are equal.
    fn unique(&mut self, group: Option<GroupId>, name_at: usize) -> TestId {
        let known = self.run.test_count();
        let first = self.run.test(group, &self.id, name_at);
        let mut test = first;
        let length = self.id.len();
        while self.run.test_count() == known {
            let n = self.repeats.entry(first).or_insert(1);
            *n += 1;
            let number = format!(" ({n})");
            self.id.truncate(length);
            self.id.push_str(&number);
            test = self.run.test(group, &self.id, name_at);
        }
        test
    }

    /// The time limit of a test in milliseconds; 0 for none.
    pub(super) fn timeout(&mut self, ms: i64) {
        self.timeout = match self.timeout {
            None => Some(Timeout::All(ms)),
            Some(Timeout::All(known)) if known == ms => self.timeout,
            Some(_) => Some(Timeout::Different),
        };
    }

    pub(super) fn attempt(&mut self, test: TestId, expected: &str, result: &Outcoming) -> AttemptId {
        let never_started = result.parallel_index.is_some_and(|i| i < 0);
        let worker = result.parallel_index.filter(|&i| i >= 0).map(|i| self.worker(result.shard, i));
        self.no_index |= result.parallel_index.is_none();
        let outcome = self.outcome(expected, result);
        let start_us = result.start_us.filter(|_| !never_started);
        let total_us = result.total_us.filter(|&us| us >= 0 && !never_started);
        let stop_us = start_us.zip(total_us).and_then(|(start, total)| start.checked_add(total));
        let row = AttemptRow { worker, start_us, stop_us, total_us, outcome, ..AttemptRow::new(test) };
        let id = self.run.attempt(row);
        self.run.set_text(id, TextKind::Message, &result.message);
        if result.trace != result.message {
            self.run.set_text(id, TextKind::Trace, &result.trace);
        }
        self.run.set_text(id, TextKind::Stdout, &result.stdout);
        self.run.set_text(id, TextKind::Stderr, &result.stderr);
        id
    }

    fn outcome(&self, expected: &str, result: &Outcoming) -> Outcome {
        match result.status.as_str() {
            "passed" if matches!(expected, "failed" | "timedOut") => Outcome::XPassed,
            "passed" => Outcome::Passed,
            "failed" | "timedOut" if result.status == expected => Outcome::XFailed,
            "failed" if result.message.contains(WORKER_EXITED) => Outcome::Error,
            "failed" => Outcome::Failed,
            "timedOut" | "interrupted" => Outcome::Error,
            "skipped" => Outcome::Skipped,
            other => {
                let shown: String = other.chars().take(40).collect();
                self.notes.warn(format!("the status “{shown}” is not known; it counts as unknown"));
                Outcome::Unknown
            }
        }
    }

    /// A test that is listed and has no result.
    pub(super) fn did_not_run(&mut self, test: TestId) {
        let row = AttemptRow { outcome: Outcome::Skipped, ..AttemptRow::new(test) };
        let id = self.run.attempt(row);
        self.run.set_text(id, TextKind::Message, "did not run");
    }

    /// An error that belongs to no test: a file that cannot be loaded, a set-up or tear-down of the whole run.
    pub(super) fn error_outside(&mut self, file: &str, line: Option<u32>, message: &str, trace: &str) {
        let inside = file.strip_prefix(self.settings.root.as_str()).unwrap_or(file).trim_start_matches('/');
        let titles = std::mem::take(&mut self.titles);
        if !inside.is_empty() {
            self.titles.push(inside.to_owned());
        }
        let info = TestInfo { title: "(outside of tests)".into(), file: inside.into(), line, ..TestInfo::default() };
        let test = self.test(&info);
        self.titles = titles;
        let id = self.run.attempt(AttemptRow { outcome: Outcome::Error, ..AttemptRow::new(test) });
        self.run.set_text(id, TextKind::Message, message);
        self.run.set_text(id, TextKind::Trace, if trace == message { "" } else { trace });
    }

    fn worker(&mut self, shard: Option<u32>, index: i64) -> WorkerId {
        // The configuration stands before the tests and names the shard; results of some reports name their own.
        let shard = shard.or(self.settings.shard.map(|s| s.current));
        // The workers named last are the likely ones.
        if let Some((_, worker)) = self.workers.iter().rev().find(|(key, _)| *key == (shard, index)) {
            return *worker;
        }
        let name = match (shard, self.settings.shard) {
            (Some(current), Some(Shard { total, .. })) => format!("{current}/{total} · worker {index}"),
            (Some(current), None) => format!("shard {current} · worker {index}"),
            (None, _) => format!("worker {index}"),
        };
        let worker = self.run.worker(&name);
        if self.workers.len() == LIKELY_WORKERS {
            self.workers.remove(0);
        }
        self.workers.push(((shard, index), worker));
        worker
    }

    pub(super) fn finish(mut self, complete: bool) -> Session {
        let Settings { shard, workers, commit, branch, url, .. } = std::mem::take(&mut self.settings);
        if let Some(Timeout::All(ms)) = self.timeout {
            self.run.meta.timeout_us = ms.checked_mul(1_000).filter(|&us| us > 0);
        }
        let meta = &mut self.run.meta;
        (meta.commit, meta.branch, meta.url) = (commit, branch, url);
        meta.declared_workers = workers;
        meta.interrupted = !complete;
        meta.sequential = workers == Some(1) && shard.is_none() && self.workers.len() <= 1 && !self.no_index;
        if self.no_index && self.run.attempt_count() > 0 {
            self.notes.info(
                "the report comes from a version of Playwright that does not name the lane of a worker \
                 (parallelIndex); lanes are packed from the recorded times",
            );
        }
        if self.run.test_count() == 0 {
            self.notes.warn("no tests in this file");
        }
        if shard.is_none() && overlaps(&self.run) {
            self.notes.info(
                "tests overlap on one worker, as in a report merged from shards that does not say which test ran in \
                 which; lanes are packed from the recorded times",
            );
            self.run.forget_workers();
        }
        Session { run: self.run.finish(), name: None, naive_clock: false, shard }
    }
}

/// Whether one worker ran several tests at once, too often for a rounding of clocks.
fn overlaps(run: &RunBuilder) -> bool {
    let rows = (0..run.attempt_count() as u32).map(|i| run.attempt_row(AttemptId(i)));
    let mut spans: Vec<(WorkerId, i64, i64)> =
        rows.filter_map(|row| Some((row.worker?, row.start_us?, row.stop_us?))).collect();
    lanescope_model::order::sort(&mut spans, &|a, b| a.cmp(b));
    let (mut last, mut end, mut overlapping) = (None, i64::MIN, 0_usize);
    for &(worker, start, stop) in &spans {
        if last != Some(worker) {
            (last, end) = (Some(worker), i64::MIN);
        }
        overlapping += usize::from(start < end.saturating_sub(OVERLAP_US));
        end = end.max(stop);
    }
    overlapping > 1 && overlapping * OVERLAPPING_SHARE >= spans.len()
}

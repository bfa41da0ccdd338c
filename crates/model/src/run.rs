//! A run: one execution of a test suite.

use std::ops::Deref;
use std::sync::Arc;

use crate::{
    AttemptId, Attempts, Benchmarks, Coverage, Job, OutcomeCounts, StrId, Strings, TestId, Tests, TextKind, Texts,
    WorkerId,
};

/// A matrix job or project inside a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: StrId,
}

/// A process or thread that executed tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Its name in the files, such as `gw0`; `main` for a run without worker processes.
    pub name: StrId,
    /// Whether it died before the end of the run.
    pub crashed: bool,
}

/// The session around the tests, as far as a file records it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// When the session started: microseconds since the Unix epoch.
    pub start_us: Option<i64>,
    /// How long it took, with spawning, collecting and reporting: microseconds.
    pub length_us: Option<i64>,
}

/// What is known of a run as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunMeta {
    /// Stable id: the same input gives the same id.
    pub id: String,
    /// A name for people, from the files' names.
    pub label: String,
    /// The session around the tests.
    pub session: Session,
    /// Commit, if a file names one.
    pub commit: Option<String>,
    /// Branch, if a file names one.
    pub branch: Option<String>,
    /// Address of the CI run, if a file names one.
    pub url: Option<String>,
    /// Distribution mode in pytest-xdist's words (`load`, `worksteal`, `loadscope`, …), if known.
    pub dist_mode: Option<String>,
    /// Number of workers that a file states, where it may differ from the workers seen at work.
    pub declared_workers: Option<u32>,
    /// Whether the run is known to have had one worker only, by a source that would name others.
    pub sequential: bool,
    /// Whether it never happened: its times and workers come from a model.
    pub simulated: bool,
    /// Whether the files end before the session did.
    pub interrupted: bool,
    /// Time limit of a test that the files declare, microseconds, where all tests share one.
    pub timeout_us: Option<i64>,
    /// What else the files say of where it ran, as names and values: `os`, `python`, `runner`.
    pub environment: Vec<(String, String)>,
}

/// What a run is made of.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Its strings.
    pub strings: Strings,
    /// Messages, traces and outputs.
    pub texts: Texts,
    /// Its groups, in the order in which they are shown: by name, or as somebody put them ([`Self::order_groups`]);
    /// empty where no file tells groups apart.
    pub groups: Vec<Group>,
    /// Its workers, in the order in which the files first name them.
    pub workers: Vec<Worker>,
    /// Its tests.
    pub tests: Tests,
    /// Its attempts, ordered by test.
    pub attempts: Attempts,
    /// The jobs of the CI service around it, in the order of the file; empty where no file tells of any.
    pub jobs: Vec<Job>,
    /// Reports of coverage, each of its own file; empty where no file tells of any. They are not to be added up.
    pub coverage: Vec<Coverage>,
    /// Reports of benchmarks, each of its own file; empty where no file tells of any.
    pub benchmarks: Vec<Benchmarks>,
}

/// One execution of a test suite. Never changed after it is built.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What is known of it as a whole.
    pub meta: RunMeta,
    /// Copies of a run share it: a file that says something of two hundred runs is no reason to keep each of them twice.
    tables: Arc<Tables>,
}

impl Deref for Run {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        &self.tables
    }
}

impl Run {
    /// A run of what is known of it and what it is made of.
    #[must_use]
    pub fn new(meta: RunMeta, tables: Tables) -> Self {
        Self { meta, tables: Arc::new(tables) }
    }

    /// Its tables, to be changed, where it has them to itself: a run that was just read has.
    pub fn own_tables(&mut self) -> Option<&mut Tables> {
        Arc::get_mut(&mut self.tables)
    }

    /// Its tables, to be changed: copies of it keep theirs.
    pub fn tables_mut(&mut self) -> &mut Tables {
        Arc::make_mut(&mut self.tables)
    }
}

impl Run {
    /// Full identity of a test inside its group, such as `tests/test_a.py::TestX::test_y[1]`.
    #[must_use]
    pub fn test_id(&self, test: TestId) -> &str {
        self.strings.get(self.tests.id(test))
    }

    /// Which attempt of its test one is, from 1, and how many there are. Attempts of a test stand beside each other.
    #[must_use]
    pub fn attempt_number(&self, attempt: AttemptId) -> (u32, u32) {
        let mut all = self.tests.attempts(self.attempts.test(attempt));
        let of = all.len() as u32;
        (all.next().map_or(1, |first| attempt.0.saturating_sub(first.0) + 1), of)
    }

    /// Name of a test, with its parameters.
    #[must_use]
    pub fn test_name(&self, test: TestId) -> &str {
        let id = self.test_id(test);
        id.get(self.tests.name_at(test)..).unwrap_or(id)
    }

    /// Suite path of a test: what stands before its name, without the separator.
    #[must_use]
    pub fn suite(&self, test: TestId) -> &str {
        let id = self.test_id(test);
        let suite = id.get(..self.tests.name_at(test)).unwrap_or("");
        // pytest's separator, or the one of tools whose names are titles.
        suite.strip_suffix("::").or_else(|| suite.strip_suffix(" › ")).unwrap_or(suite)
    }

    /// Name of a worker.
    #[must_use]
    pub fn worker_name(&self, worker: WorkerId) -> &str {
        self.workers.get(worker.index()).map_or("", |w| self.strings.get(w.name))
    }

    /// A text of an attempt; empty if it has none.
    #[must_use]
    pub fn text(&self, attempt: AttemptId, kind: TextKind) -> &str {
        self.attempts.text(attempt).map_or("", |id| self.texts.get(id, kind))
    }

    /// Tests by final outcome.
    #[must_use]
    pub fn counts(&self) -> OutcomeCounts {
        let mut counts = OutcomeCounts::default();
        for test in self.tests.ids() {
            counts.add(self.tests.outcome(test));
        }
        counts
    }

    /// How many tests passed after at least one failing attempt.
    #[must_use]
    pub fn flaky_count(&self) -> u32 {
        self.tests.flaky.iter().filter(|&&flaky| flaky).count() as u32
    }

    /// First start and last stop of all attempts, in microseconds since the Unix epoch, if any is recorded.
    #[must_use]
    pub fn window_us(&self) -> Option<(i64, i64)> {
        let first = self.attempts.ids().filter_map(|a| self.attempts.start_us(a)).min()?;
        let last = self.attempts.ids().filter_map(|a| self.attempts.stop_us(a)).max()?;
        (last >= first).then_some((first, last))
    }
}

#[cfg(test)]
mod tests {
    use crate::RunBuilder;

    #[test]
    fn copies_share_their_tables_until_one_of_them_is_changed() {
        let mut builder = RunBuilder::new();
        let group = builder.group("unit");
        builder.test(Some(group), "a.py::x", 6);
        let mut run = builder.finish();
        assert!(run.own_tables().is_some());
        let mut copy = run.clone();
        copy.meta.commit = Some("abc".to_owned());
        assert!(std::ptr::eq(&raw const run.tests, &raw const copy.tests));
        assert!(run.own_tables().is_none());
        copy.tables_mut().groups.clear();
        assert_eq!((run.groups.len(), copy.groups.len(), &run.meta.commit), (1, 0, &None));
        assert_eq!(run.test_id(crate::TestId(0)), copy.test_id(crate::TestId(0)));
    }
}

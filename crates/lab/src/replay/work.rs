//! The work of a run: what there is to deal out, and how it was dealt out.

use lanescope_analysis::{Layout, Placement, figures, time_us};
use lanescope_model::{GroupId, Provenance, Run, TestId, us_to_s};
use lanescope_protocol::{Mode, WorkSummary};

use super::keys::bare;
use super::recorded::{Recorded, Waits, recorded, shares_files};
use super::tests_table::{TestTable, at};
use super::{keys, order, setup};

/// The work of a run.
///
/// A test's time is that of all its attempts: reruns follow on the same worker (pytest-rerunfailures, nextest), and what
/// the runner waits between them (nextest's delay, Playwright's new worker) holds the worker and stands beside it. Under
/// `--dist each` the first attempt counts.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The run's id.
    pub run: String,
    /// Its name for people.
    pub label: String,
    /// The tests, in the order of collection.
    pub tests: TestTable,
    /// Which test of the run each row is.
    pub test_ids: Vec<TestId>,
    /// Hash of each row's name ([`lanescope_protocol::Split::Hash`]).
    pub hashes: Vec<u64>,
    /// Whether the order is recorded or rebuilt.
    pub order: Provenance,
    /// Tests without a time.
    pub untimed: u32,
    /// Whether shared setup could be told apart.
    pub knows_setup: bool,
    /// How many files, scopes and `loadgroup` pieces there are.
    pub pieces: [u32; 3],
    /// How the run was made.
    pub recorded: Recorded,
    /// Whether it is a run of pytest.
    pub pytest: bool,
    /// Whether its runner, another one, hands out whole files.
    pub files_stay: bool,
    /// How many groups the run has.
    pub groups: u32,
}

impl Work {
    /// The work of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let layout = Layout::of(run, None);
        let figures = figures(run, &layout);
        let workers = figures.workers.value;
        let (test_ids, order) = order::of(run, workers);
        let each = run.meta.dist_mode.as_deref() == Some("each");
        let pytest = run.tests.ids().next().is_some_and(|t| keys::file(run, t).ends_with(".py"));
        let mut work = Self {
            run: run.meta.id.clone(),
            label: run.meta.label.clone(),
            order,
            groups: run.groups.len() as u32,
            recorded: recorded(run, &layout, &figures, pytest),
            pytest,
            ..Self::default()
        };
        let script = |t: TestId| keys::file(run, t).rsplit_once('.').is_some_and(|(_, end)| SCRIPTS.contains(&end));
        work.files_stay =
            !work.pytest && (layout.placement == Placement::Recorded || run.tests.ids().next().is_some_and(script));
        let (mut files, mut scopes, mut groups) =
            (keys::Numbers::default(), keys::Numbers::default(), keys::Numbers::default());
        let waits = Waits::of(run, &layout);
        let mut row_of = vec![u32::MAX; run.tests.len()];
        for (row, &test) in (0..).zip(&test_ids) {
            let of = run.tests.group(test).unwrap_or(GroupId::NONE);
            let attempts = run.tests.attempts(test).take(if each { 1 } else { usize::MAX });
            let (mut us, mut waited, mut timed, mut failures, mut bad) = (0_i64, 0_i64, false, 0, false);
            for a in attempts {
                if let Some(time) = time_us(run, a) {
                    (us, timed) = (us.saturating_add(time), true);
                }
                let wait_us = waits.before(a);
                waited = waited.saturating_add(wait_us.unwrap_or(0));
                // A new worker that the time does not show.
                failures += u32::from(bad && wait_us.is_none());
                bad = run.attempts.outcome(a).is_bad();
            }
            work.untimed += u32::from(!timed);
            work.tests.us.push(us);
            work.tests.file.push(files.of(of, keys::file(run, test)));
            work.tests.scope.push(scopes.of(of, keys::scope(run, test)));
            work.tests.group.push(groups.of(of, keys::group(run, test)));
            work.tests.waits_us.push(waited);
            work.tests.failures.push(failures);
            work.tests.ends_bad.push(bad);
            work.tests.row.push(row);
            work.hashes.push(keys::name_hash(run.test_name(test)));
            if let Some(slot) = row_of.get_mut(test.index()) {
                *slot = row;
            }
        }
        work.pieces = [files.len(), scopes.len(), groups.len()];
        work.tests.file_us = vec![0; files.len() as usize];
        work.tests.scope_us = vec![0; scopes.len() as usize];
        work.knows_setup = setup::take_out(run, &layout, &mut work.tests, &row_of);
        work.recorded.fully_parallel = work.files_stay && shares_files(run, &work.tests.file, &row_of);
        work.test_ids = test_ids;
        work
    }

    /// Takes the order of collection from a run that has it recorded; tests that it does not have stay behind those
    /// that stand before them.
    #[must_use]
    pub fn ordered_as(mut self, run: &Run, other: &Self, other_run: &Run) -> Self {
        if self.order == Provenance::Recorded || other.order != Provenance::Recorded {
            return self;
        }
        let mut known: Vec<(&str, &str, u32)> = Vec::with_capacity(other.test_ids.len());
        for (place, &test) in (0..).zip(&other.test_ids) {
            let group = other_run.tests.group(test).map_or("", |g| other_run.group_name(g));
            known.push((bare(other_run.test_id(test)), group, place));
        }
        lanescope_model::order::sort(&mut known, &|a, b| a.cmp(b));
        let mut last = 0;
        let mut places = Vec::with_capacity(self.test_ids.len());
        let mut found = 0_usize;
        for &test in &self.test_ids {
            let group = run.tests.group(test).map_or("", |g| run.group_name(g));
            let key = (bare(run.test_id(test)), group);
            if let Ok(i) = known.binary_search_by(|k| (k.0, k.1).cmp(&key)) {
                last = known.get(i).map_or(last, |k| k.2);
                found += 1;
            }
            places.push(last);
        }
        if found * 10 < self.test_ids.len() * 9 {
            return self;
        }
        let order = lanescope_model::order::places(places.len(), &|a, b| places.get(a).cmp(&places.get(b)));
        self.reorder(&order);
        self.order = Provenance::Recorded;
        self
    }

    fn reorder(&mut self, order: &[u32]) {
        fn column<T: Copy + Default>(column: &mut Vec<T>, order: &[u32]) {
            *column = order.iter().map(|&row| at(column, row)).collect();
        }
        column(&mut self.tests.us, order);
        if !self.tests.whole_us.is_empty() {
            column(&mut self.tests.whole_us, order);
        }
        column(&mut self.tests.file, order);
        column(&mut self.tests.scope, order);
        column(&mut self.tests.group, order);
        column(&mut self.tests.waits_us, order);
        column(&mut self.tests.failures, order);
        column(&mut self.tests.ends_bad, order);
        column(&mut self.hashes, order);
        self.test_ids =
            order.iter().map(|&row| self.test_ids.get(row as usize).copied().unwrap_or(TestId::NONE)).collect();
        self.tests.row = (0..order.len() as u32).collect();
    }

    /// The identity of a row's test as the page has it: the group first where the run has groups.
    #[must_use]
    pub fn test_name(&self, run: &Run, row: u32) -> Option<String> {
        let test = self.test_ids.get(row as usize).copied()?;
        let id = run.test_id(test);
        Some(match run.tests.group(test) {
            Some(group) => format!("{} › {id}", run.group_name(group)),
            None => id.to_owned(),
        })
    }

    /// What the page shows of it.
    #[must_use]
    pub fn summary(&self) -> WorkSummary {
        let seconds = |us: Option<i64>| us.map(us_to_s);
        let setup = |us: i64| self.knows_setup.then(|| us_to_s(us));
        WorkSummary {
            run: self.run.clone(),
            label: self.label.clone(),
            tests: self.tests.len() as u32,
            untimed: self.untimed,
            busy_s: us_to_s(self.tests.busy_us()),
            order: match self.order {
                Provenance::Recorded => lanescope_protocol::Provenance::Recorded,
                _ => lanescope_protocol::Provenance::Rebuilt,
            },
            mode: self.recorded.mode,
            runs_as: self.runs_as(),
            workers: self.recorded.workers,
            makespan_s: seconds(self.recorded.makespan_us),
            start_up_s: seconds(self.recorded.start_up_us),
            ramp_s: seconds(self.recorded.ramp_us),
            gap_s: seconds(self.recorded.gap_us),
            after_s: seconds(self.recorded.after_us),
            session_fixture_s: setup(self.tests.session_us),
            module_fixture_s: setup(self.tests.file_us.iter().fold(0_i64, |sum, us| sum.saturating_add(*us))),
            files: self.pieces[0],
            scopes: self.pieces[1],
            groups: self.pieces[2],
            modes: self.modes(),
            notes: self.notes(),
        }
    }

    /// The modes that the runner of the run offers, and those that any runner could have.
    #[must_use]
    pub fn modes(&self) -> Vec<Mode> {
        if self.pytest {
            let xdist = [Mode::Load, Mode::Worksteal, Mode::Loadfile, Mode::Loadscope, Mode::Loadgroup];
            let mut modes = xdist.to_vec();
            modes.extend([Mode::Lpt, Mode::Shards]);
            return modes;
        }
        match self.runs_as() {
            Some(Mode::Playwright) => vec![Mode::Playwright, Mode::Slots, Mode::Lpt, Mode::Shards],
            _ => vec![Mode::Slots, Mode::Playwright, Mode::Lpt, Mode::Shards],
        }
    }

    /// The mode that the run is replayed in: what is recorded; of other runners than pytest a queue of files where files
    /// name the workers or are those of JavaScript (Playwright, Jest, Vitest), else one of tests (nextest).
    #[must_use]
    pub fn runs_as(&self) -> Option<Mode> {
        let other = || if self.files_stay { Mode::Playwright } else { Mode::Slots };
        self.recorded.mode.or_else(|| (!self.pytest).then(other))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes =
            vec!["A test counts with all its attempts: reruns follow at once on the same worker.".to_owned()];
        if self.groups > 1 {
            notes.push("The groups are replayed together, as one suite on the same workers.".to_owned());
        }
        if self.untimed > 0 {
            notes.push(format!("{} tests have no time on record and count as none.", self.untimed));
        }
        if self.order != Provenance::Recorded {
            notes.push(
                "The order of collection is rebuilt from files, lines and starts; open a run with one worker for the true one."
                    .to_owned(),
            );
        }
        if !self.knows_setup {
            notes.push("Setup that tests share is not told apart: it counts with the tests that paid it.".to_owned());
        }
        if self.recorded.gap_us.is_none() {
            notes.push("Gaps between tests are not recorded and count as none.".to_owned());
        }
        notes
    }
}

/// Endings of files that runners of JavaScript hand out whole.
const SCRIPTS: [&str; 8] = ["js", "ts", "mjs", "mts", "cjs", "cts", "jsx", "tsx"];

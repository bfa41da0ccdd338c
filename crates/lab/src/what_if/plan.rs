//! A plan made ready: its tests, in its order, with its times; and what it predicts.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lanescope_model::order::by;
use lanescope_model::{Run, TestId, s_to_us, us_to_s, within};
use lanescope_protocol::{Contention, Mode, Plan, Point, TestOrder};

use super::Calibration;
use crate::replay::{
    Inflation, MAX_WORKERS, Schedule, Setting, TestTable, Trace, Work, lower_bound_us, schedule, simulate, split,
};

/// Parts into which one test may be cut.
const MOST_PARTS: u32 = 64;

/// A plan made ready for a work: what [`Plan`] says by name is looked up once.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Its tests. [`TestTable::row`] leads back to the work; a test that is cut has several rows.
    pub tests: TestTable,
    /// The rows in the order of the runner.
    pub rows: Vec<u32>,
    /// Identities that the run does not have.
    pub unknown: Vec<String>,
    hashes: Vec<u64>,
    /// The rows longest first, so that no point of a curve need sort them again.
    longest_first: Vec<u32>,
    gap_us: i64,
    ramp_us: i64,
    /// When each worker of the recorded run was ready; empty if another ramp is asked for.
    ready_us: Vec<i64>,
    restart_us: i64,
    /// Whether tests of a file need not stay together (Playwright).
    pub(crate) fully_parallel: bool,
    start_up_us: Option<i64>,
    after_us: Option<i64>,
    measured_workers: Option<u32>,
    declared: Option<u32>,
}

/// A prediction in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// First start to last stop.
    pub makespan_us: i64,
    /// Time in tests, all workers.
    pub busy_us: i64,
    /// No schedule takes less.
    pub lower_bound_us: i64,
    /// The row of [`Planned::tests`] that ends last.
    pub last_row: Option<u32>,
    /// The inflation that it rests on.
    pub inflation: Inflation,
}

fn us(seconds: f64) -> i64 {
    s_to_us(seconds).unwrap_or(0).clamp(0, 1_000_000_000_000)
}

impl Planned {
    /// Makes a plan ready.
    #[must_use]
    pub fn new(run: &Run, work: &Work, plan: &Plan) -> Self {
        let recorded = &work.recorded;
        let or_recorded = |planned: Option<f64>, recorded: Option<i64>| planned.map(us).or(recorded);
        let start_up_us = or_recorded(plan.start_up_s, recorded.start_up_us);
        let mut planned = Self {
            plan: plan.clone(),
            gap_us: or_recorded(plan.gap_s, recorded.gap_us).unwrap_or(0),
            ramp_us: or_recorded(plan.ramp_s, recorded.ramp_us).unwrap_or(0),
            ready_us: if plan.ramp_s.is_none() { recorded.ready_us.clone() } else { Vec::new() },
            restart_us: or_recorded(plan.restart_s, recorded.restart_us.or(start_up_us)).unwrap_or(0),
            fully_parallel: plan.fully_parallel.unwrap_or(recorded.fully_parallel),
            start_up_us,
            after_us: or_recorded(plan.after_s, recorded.after_us),
            measured_workers: recorded.workers,
            declared: recorded.declared,
            ..Self::default()
        };
        planned.fill(run, work);
        if plan.order == TestOrder::SlowFirst {
            let us = &planned.tests.us;
            let us = |row: u32| us.get(row as usize).copied().unwrap_or(0);
            by(&mut planned.rows, &|a, b| us(b).cmp(&us(a)));
        }
        let tests = &planned.tests;
        planned.longest_first.clone_from(&planned.rows);
        by(&mut planned.longest_first, &|a, b| tests.whole(b).cmp(&tests.whole(a)));
        planned
    }

    /// All rows in an order that the mode sorts at once.
    fn rows_for(&self, mode: Mode) -> &[u32] {
        // Whoever changes the rows of a copy keeps their number or means another order.
        let sorted = mode == Mode::Lpt && self.longest_first.len() == self.rows.len();
        if sorted { &self.longest_first } else { &self.rows }
    }

    fn fill(&mut self, run: &Run, work: &Work) {
        let plan = &self.plan;
        let changes = changes(run, plan, &mut self.unknown);
        let t = &work.tests;
        let mut tests = TestTable { session_us: t.session_us, scope_us: t.scope_us.clone(), ..TestTable::default() };
        if let Some(session) = plan.session_fixture_s {
            tests.session_us = us(session);
        }
        let factor = within(plan.module_fixture_factor, 0.0, 1000.0);
        tests.file_us = t.file_us.iter().map(|&us| (us as f64 * factor).round() as i64).collect();
        let mut next_group = work.pieces[2];
        for (row, &test) in (0_u32..).zip(&work.test_ids) {
            let at = |column: &[u32]| column.get(row as usize).copied().unwrap_or(0);
            let change = changes.get(&test).copied().unwrap_or_default();
            if change.dropped {
                continue;
            }
            let by = |us: i64| (us as f64 * change.factor).round() as i64;
            let us = by(t.us.get(row as usize).copied().unwrap_or(0));
            let shared = by(t.whole(row)).saturating_sub(us).max(0);
            for part in 0..change.parts {
                let (each, more) = (us / i64::from(change.parts), us % i64::from(change.parts));
                let us = each + i64::from(i64::from(part) < more);
                tests.us.push(us);
                tests.whole_us.push(if part == 0 { us.saturating_add(shared) } else { us });
                tests.file.push(at(&t.file));
                tests.scope.push(at(&t.scope));
                // Parts of a test of no group are pieces of their own, as it was.
                tests.group.push(if part == 0 { at(&t.group) } else { next_group });
                next_group += u32::from(part > 0);
                let waits_us = if part == 0 { t.waits_us.get(row as usize).copied() } else { None };
                tests.waits_us.push(waits_us.unwrap_or(0));
                tests.failures.push(if part == 0 { at(&t.failures) } else { 0 });
                tests.ends_bad.push(t.ends_bad.get(row as usize).is_some_and(|&bad| bad));
                tests.priority.push(change.priority);
                tests.row.push(row);
                self.hashes.push(work.hashes.get(row as usize).copied().unwrap_or(0).rotate_left(part));
            }
        }
        self.rows = (0..tests.len() as u32).collect();
        self.tests = tests;
    }

    /// The setting of a mode on so many workers, with an inflation.
    #[must_use]
    pub fn setting(&self, mode: Mode, workers: u32, inflation: f64) -> Setting<'_> {
        let gap_us = (self.gap_us as f64 * inflation).round() as i64;
        // With as many workers as were recorded each is ready when it was; of others only the ramp is known. There may
        // have been more workers than work.
        let as_recorded = [self.measured_workers, self.declared].contains(&Some(workers));
        Setting {
            ready_us: if as_recorded { &self.ready_us } else { &[] },
            max_chunk: self.plan.max_chunk.filter(|&n| n > 0),
            reorder: self.plan.reorder_scopes,
            ramp_us: self.ramp_us,
            gap_us,
            restart_us: self.restart_us,
            fully_parallel: self.fully_parallel,
            split: self.plan.split,
            inflation,
            ..Setting::new(mode, workers)
        }
    }

    /// The inflation on so many workers of one machine. Shards are machines of their own.
    #[must_use]
    pub fn inflation(&self, mode: Mode, workers: u32, calibration: &Calibration) -> Inflation {
        let workers = if mode == Mode::Shards { 1 } else { workers };
        match (self.plan.contention, self.measured_workers) {
            (Contention::None, _) => Inflation::NONE,
            (Contention::Capacity(capacity), measured) => Inflation::capacity(capacity, measured.unwrap_or(1), workers),
            (Contention::Estimated, Some(_)) => Inflation::at(workers, &calibration.measurements),
            // How many workers the times rest on is not known: any number may be the right one.
            (Contention::Estimated, None) => Inflation::NONE,
        }
    }

    /// The rows of each machine: one, unless the plan has several.
    fn machines(&self, mode: Mode) -> Vec<Vec<u32>> {
        let shards = self.plan.shards.clamp(1, MAX_WORKERS);
        if shards == 1 || mode == Mode::Shards {
            return Vec::new();
        }
        let mut machines = vec![Vec::new(); shards as usize];
        let hash = |row| self.hash(row);
        let shard_of = split(&self.tests, &self.rows, self.plan.split, shards, self.fully_parallel, &hash);
        for (&row, &shard) in self.rows.iter().zip(&shard_of) {
            if let Some(machine) = machines.get_mut(shard as usize) {
                machine.push(row);
            }
        }
        machines
    }

    fn hash(&self, row: u32) -> u64 {
        self.hashes.get(row as usize).copied().unwrap_or(0)
    }

    /// How many workers there are in all.
    #[must_use]
    pub fn workers_in_all(&self, mode: Mode, workers: u32) -> u32 {
        let shards = if mode == Mode::Shards { 1 } else { self.plan.shards.clamp(1, MAX_WORKERS) };
        shards.saturating_mul(workers.clamp(1, MAX_WORKERS))
    }

    /// What the plan predicts in a mode on so many workers of each machine.
    #[must_use]
    pub fn predict(&self, mode: Mode, workers: u32, calibration: &Calibration) -> Prediction {
        let inflation = self.inflation(mode, workers, calibration);
        let setting = self.setting(mode, workers, inflation.factor);
        let lower_bound_us = lower_bound_us(&self.tests, &setting, self.workers_in_all(mode, workers));
        let mut all = Prediction { makespan_us: 0, busy_us: 0, lower_bound_us, last_row: None, inflation };
        let mut add = |trace: &Trace| {
            all.busy_us = all.busy_us.saturating_add(trace.busy_us(setting.gap_us));
            let makespan_us = trace.makespan_us();
            if makespan_us > all.makespan_us || all.last_row.is_none() {
                (all.makespan_us, all.last_row) = (makespan_us, trace.last_row());
            }
        };
        let machines = self.machines(mode);
        if machines.is_empty() {
            add(&simulate(&self.tests, self.rows_for(mode), &setting, &|row| self.hash(row)));
        }
        for rows in machines {
            add(&simulate(&self.tests, &rows, &setting, &|row| self.hash(row)));
        }
        // A worker that waits for another attempt is in no test.
        let waits_us = self.tests.waits_us.iter().fold(0_i64, |sum, us| sum.saturating_add(*us));
        all.busy_us = all.busy_us.saturating_sub(waits_us).max(0);
        all
    }

    /// Worker and start of every test, for [`super::predicted_run`].
    #[must_use]
    pub fn schedule(&self, mode: Mode, workers: u32, calibration: &Calibration) -> Schedule {
        let inflation = self.inflation(mode, workers, calibration);
        let setting = self.setting(mode, workers, inflation.factor);
        let machines = self.machines(mode);
        let of = |rows: &[u32]| schedule(&self.tests, rows, &setting, &|row| self.hash(row));
        if machines.is_empty() {
            return of(self.rows_for(mode));
        }
        let n = self.tests.len();
        let mut all = Schedule { worker: vec![u32::MAX; n], start_us: vec![0; n], length_us: vec![0; n], ..of(&[]) };
        (all.makespan_us, all.busy_us, all.last_row) = (0, 0, None);
        for (i, rows) in (0..).zip(&machines) {
            all.merge(&of(rows), setting.workers.saturating_mul(i));
        }
        all.workers = self.workers_in_all(mode, workers);
        all.lower_bound_us = lower_bound_us(&self.tests, &setting, all.workers);
        all
    }

    /// A prediction as the page has it.
    #[must_use]
    pub fn point(&self, run: &Run, work: &Work, mode: Mode, workers: u32, calibration: &Calibration) -> Point {
        let workers = workers.clamp(1, MAX_WORKERS);
        let p = self.predict(mode, workers, calibration);
        let in_all = self.workers_in_all(mode, workers);
        let makespan_s = us_to_s(p.makespan_us);
        let (low, high) = calibration.band(&p);
        let around = self.start_up_us.zip(self.after_us).map(|(start, after)| us_to_s(start.saturating_add(after)));
        let several = mode == Mode::Shards || self.plan.shards > 1;
        let machine_s = if several { within(self.plan.shard_start_s, 0.0, 1e9) } else { 0.0 };
        let session_s = around.map(|around| around + makespan_s + machine_s);
        let worker_minutes = session_s.unwrap_or(makespan_s) * f64::from(in_all) / 60.0;
        let whole = p.makespan_us as f64 * f64::from(in_all);
        let price = self.plan.price_per_minute.filter(|p| p.is_finite() && *p >= 0.0);
        Point {
            mode,
            shards: if mode == Mode::Shards { workers } else { self.plan.shards.clamp(1, MAX_WORKERS) },
            workers: if mode == Mode::Shards { 1 } else { workers },
            makespan_s,
            low_s: low,
            high_s: high,
            session_s,
            lower_bound_s: us_to_s(p.lower_bound_us),
            utilisation: if whole > 0.0 { (p.busy_us as f64 / whole).min(1.0) } else { 0.0 },
            worker_minutes,
            cost: price.map(|price| price * worker_minutes),
            last_test: p
                .last_row
                .and_then(|row| self.tests.row.get(row as usize))
                .and_then(|&r| work.test_name(run, r)),
        }
    }
}

/// What a plan does to one test.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Change {
    dropped: bool,
    factor: f64,
    parts: u32,
    priority: i32,
}

impl Default for Change {
    fn default() -> Self {
        Self { dropped: false, factor: 1.0, parts: 1, priority: 0 }
    }
}

/// What a plan does to the tests that it names; identities that the run does not have go to `unknown`.
fn changes(run: &Run, plan: &Plan, unknown: &mut Vec<String>) -> HashMap<TestId, Change, FixedState> {
    let mut named: HashMap<&str, (Change, bool), FixedState> = HashMap::default();
    for test in &plan.drop {
        named.entry(test).or_default().0.dropped = true;
    }
    for speed in plan.speed.iter().filter(|s| s.factor.is_finite()) {
        named.entry(&speed.test).or_default().0.factor = within(speed.factor, 0.0, 1000.0);
    }
    for cut in &plan.cut {
        named.entry(&cut.test).or_default().0.parts = cut.parts.clamp(1, MOST_PARTS);
    }
    for (test, priority) in &plan.priorities {
        named.entry(test).or_default().0.priority = (*priority).clamp(-100, 100);
    }
    let mut found = HashMap::default();
    if named.is_empty() {
        return found;
    }
    for test in run.tests.ids() {
        let id = run.test_id(test);
        let entry = match run.tests.group(test) {
            Some(group) => named.get_mut(format!("{} › {id}", run.group_name(group)).as_str()),
            None => named.get_mut(id),
        };
        if let Some((change, seen)) = entry {
            *seen = true;
            found.insert(test, *change);
        }
    }
    let mut missing: Vec<String> = Vec::new();
    let names = plan.drop.iter().chain(plan.speed.iter().map(|s| &s.test)).chain(plan.cut.iter().map(|c| &c.test));
    for name in names.chain(plan.priorities.iter().map(|p| &p.0)) {
        if named.get(name.as_str()).is_some_and(|(_, seen)| !seen) && !missing.contains(name) {
            missing.push(name.clone());
        }
    }
    unknown.append(&mut missing);
    found
}

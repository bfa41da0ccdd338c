//! Take it home: the text of files that bring a better setting into a project.
//!
//! Names of tests come from reports and may hold anything: every one is written as a string of the file's own language
//! ([`quoted`]), or for a shell ([`shell_quoted`]). What the replay promises stands beside each file.

mod conftest;
mod nextest;
mod pytest;
mod quote;
mod shards;

use lanescope_model::{Run, us_to_s};
use lanescope_protocol::{Mode, Plan, TakeHome, TakeHomeKind};

use crate::replay::{Work, bare, simulate};
use crate::what_if::{Calibration, Planned, what_if};

pub use quote::{quoted, shell_quoted};

/// What a file is made from.
pub(crate) struct Around<'a> {
    run: &'a Run,
    work: &'a Work,
    planned: &'a Planned,
    calibration: &'a Calibration,
}

/// A file as its maker gives it.
pub(crate) struct Made {
    name: &'static str,
    mime: &'static str,
    text: String,
    how: String,
    to_us: Option<i64>,
}

/// A file to take home for a plan.
#[must_use]
pub fn take_home(run: &Run, work: &Work, plan: &Plan, calibration: &Calibration, kind: TakeHomeKind) -> TakeHome {
    let planned = Planned::new(run, work, plan);
    let around = Around { run, work, planned: &planned, calibration };
    let made = match kind {
        TakeHomeKind::PytestCommand => pytest::command(&around),
        TakeHomeKind::PytestIni => pytest::ini(&around),
        TakeHomeKind::NodeIds => pytest::node_ids(&around),
        TakeHomeKind::ConftestSlowFirst => conftest::slow_first(&around),
        TakeHomeKind::ConftestGroups => conftest::groups(&around),
        TakeHomeKind::TestDurations => shards::durations(&around),
        TakeHomeKind::GithubMatrix => shards::matrix(&around),
        TakeHomeKind::NextestToml => nextest::overrides(&around),
        TakeHomeKind::PlaywrightShards => shards::playwright(&around),
    };
    let before = what_if(run, work, plan, calibration).before;
    TakeHome {
        kind,
        name: made.name.to_owned(),
        mime: made.mime.to_owned(),
        text: made.text,
        how: made.how,
        from_s: before.map(|point| point.makespan_s),
        to_s: made.to_us.map(us_to_s),
    }
}

impl Around<'_> {
    /// The makespan of the plan's tests in other orders, modes or pieces: `change` may alter a copy.
    pub(crate) fn makespan_us(&self, mode: Mode, change: &dyn Fn(&mut Planned)) -> i64 {
        let mut planned = self.planned.clone();
        change(&mut planned);
        planned.predict(mode, planned.plan.workers, self.calibration).makespan_us
    }

    /// The longest of machines that run these rows, each with the plan's mode and workers.
    pub(crate) fn longest_of_us(&self, machines: &[Vec<u32>], mode: Mode, workers: u32) -> i64 {
        let inflation = self.planned.inflation(mode, workers, self.calibration);
        let setting = self.planned.setting(mode, workers, inflation.factor);
        let of = |rows: &Vec<u32>| simulate(&self.planned.tests, rows, &setting, &|_| 0).makespan_us();
        machines.iter().map(of).max().unwrap_or(0)
    }

    /// The node id of a row, without the group that `--dist loadgroup` appends.
    pub(crate) fn node_id(&self, row: u32) -> &str {
        let row = self.planned.tests.row.get(row as usize).copied().unwrap_or(u32::MAX);
        let id = self.work.test_ids.get(row as usize).map_or("", |&test| self.run.test_id(test));
        bare(id)
    }

    /// The file part of its node id.
    pub(crate) fn file(&self, row: u32) -> &str {
        let id = self.node_id(row);
        id.split_once("::").map_or(id, |(file, _)| file)
    }

    /// Rows, slowest first; equal ones in the order of the run.
    pub(crate) fn slowest(&self) -> Vec<u32> {
        let tests = &self.planned.tests;
        let mut rows = self.planned.rows.clone();
        lanescope_model::order::by(&mut rows, &|a, b| tests.whole(b).cmp(&tests.whole(a)).then(a.cmp(&b)));
        rows
    }
}

//! The measures of a run that its bottlenecks are made of, in seconds.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lanescope_analysis::{CriticalEnd, Placement, critical_end, group_of, time_us};
use lanescope_model::{Provenance, TestId, us_to_s};

use super::Around;
use crate::speedup::Case;

/// A piece of work that stays on one worker.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Identity of the test, or name of the group.
    pub(super) name: String,
    pub(super) seconds: f64,
    /// Tests in it.
    pub(super) tests: u32,
}

/// The measures of a run.
pub(super) struct Measures<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) around: &'a Around<'a>,
    pub(super) workers: Option<u32>,
    /// First start to last stop, where starts are recorded.
    pub(super) wall: Option<f64>,
    pub(super) session: Option<f64>,
    pub(super) busy: f64,
    /// Tests by their longest attempt, longest first; a few.
    pub(super) tests: Vec<Piece>,
    /// Groups that stay on one worker in this run's mode, longest first; a few. Empty where tests are free.
    pub(super) groups: Vec<Piece>,
    /// Whether the mode is not recorded, and files seem to stay whole.
    pub(super) files_whole: bool,
    pub(super) end: Option<CriticalEnd>,
}

/// Pieces kept: the longest, and what comes behind it.
const KEPT: usize = 3;

impl<'a> Measures<'a> {
    pub(super) fn of(case: &'a Case<'a>, around: &'a Around<'a>) -> Self {
        let f = &case.figures;
        let files_whole = files_whole(case);
        Self {
            case,
            around,
            workers: case.workers(),
            wall: case.wall_s(),
            session: case.session_s(),
            busy: us_to_s(f.busy_us.value.unwrap_or(0)),
            tests: tests(case),
            groups: groups(case, files_whole),
            files_whole,
            end: critical_end(case.run, &case.layout, f),
        }
    }

    /// What one waits for: the session, or the tests where no session is recorded.
    pub(super) fn whole_s(&self) -> Option<f64> {
        self.session.or(self.wall)
    }

    /// The even share of the time in tests over `workers`.
    pub(super) fn share(&self, workers: u32) -> f64 {
        self.busy / f64::from(workers.max(1))
    }

    /// The longest piece that cannot be split: a test, or a group.
    pub(super) fn longest(&self) -> f64 {
        let first = |pieces: &[Piece]| pieces.first().map_or(0.0, |p| p.seconds);
        first(&self.tests).max(first(&self.groups))
    }

    /// A bound: no schedule of these times on so many workers is shorter.
    pub(super) fn bound(&self, workers: u32) -> f64 {
        self.share(workers).max(self.longest())
    }

    /// How the lanes are known: what rests on starts and workers is known no better.
    pub(super) fn provenance(&self) -> Provenance {
        let f = &self.case.figures;
        self.case.layout.provenance().weaker(f.wall_us.provenance).weaker(f.busy_us.provenance)
    }

    /// Says what is unknown, and why.
    pub(super) fn unknown(&self, unknown: &mut Vec<String>) {
        let mut say = |text: &str| unknown.push(text.to_owned());
        match self.case.layout.placement {
            Placement::Recorded => {}
            Placement::Packed => say(
                "Which worker ran which test is not recorded: start-up, gaps and the load of each worker are unknown, \
                 and the end is judged from lanes that were rebuilt.",
            ),
            Placement::BackToBack => say(
                "When each test started is not recorded: the end, the gaps and the start-up of this run are unknown.",
            ),
            Placement::Scheduled(_) => say(
                "Neither starts nor workers are recorded: the end, the gaps, the start-up and the balance of this run \
                 are unknown.",
            ),
            Placement::Nothing => say("No times are recorded: nothing can be said of where they went."),
        }
        if self.workers.is_none() && self.case.layout.placement != Placement::Nothing {
            say("How many workers there were is not recorded: whether there were too few or too many is unknown.");
        }
        if self.session.is_none() && self.wall.is_some() {
            say("The length of the session is not recorded: what stands before and after the tests is unknown.");
        }
        if self.case.run.meta.interrupted {
            say("The record ends before the session did: what came after is unknown.");
        }
        let alone = self.workers.is_some_and(|n| n > 1) && self.around.base.is_none();
        if alone {
            say("There is no sequential run of the same tests: how much they slow each other down is unknown.");
        }
    }
}

/// The tests of the longest attempts.
fn tests(case: &Case<'_>) -> Vec<Piece> {
    let run = case.run;
    let longest = |test: TestId| run.tests.attempts(test).filter_map(|a| time_us(run, a)).max();
    let mut best: Vec<(i64, TestId)> = Vec::new();
    for test in run.tests.ids() {
        let Some(us) = longest(test) else { continue };
        let at = best.iter().take_while(|b| b.0 >= us).count();
        if at < KEPT {
            best.insert(at, (us, test));
            best.truncate(KEPT);
        }
    }
    let piece = |(us, test): (i64, TestId)| Piece { name: case.test_name(test), seconds: us_to_s(us), tests: 1 };
    best.into_iter().map(piece).collect()
}

/// Files with so many tests would be shared by workers if tests were dealt out one by one.
const MANY: u32 = 5;
/// So many such files, of which none is shared, are no chance.
const SEVERAL: usize = 3;

/// Whether a run of pytest that does not tell its mode had each file on one worker, as under `loadfile`.
fn files_whole(case: &Case<'_>) -> bool {
    let run = case.run;
    let parallel = case.workers().is_some_and(|n| n > 1) && case.layout.placement == Placement::Recorded;
    if !parallel || run.meta.dist_mode.is_some() {
        return false;
    }
    let mut files: HashMap<&str, (u32, u32), FixedState> = HashMap::default();
    for test in run.tests.ids() {
        let Some(worker) = run.tests.attempts(test).find_map(|a| run.attempts.worker(a)) else { continue };
        let Some(file) = group_of(run.test_id(test), "loadfile").filter(|file| file.ends_with(".py")) else { continue };
        let known = files.entry(file).or_insert((0, worker.0));
        if known.1 != worker.0 {
            return false;
        }
        known.0 += 1;
    }
    files.values().filter(|file| file.0 >= MANY).count() >= SEVERAL
}

/// The longest groups that stay on one worker; matrix jobs are sessions of their own.
fn groups(case: &Case<'_>, files_whole: bool) -> Vec<Piece> {
    let run = case.run;
    let mode = if files_whole { "loadfile" } else { run.meta.dist_mode.as_deref().unwrap_or("") };
    if group_of("", mode).is_none() {
        return Vec::new();
    }
    let mut sums: HashMap<(u32, &str), (i64, u32), FixedState> = HashMap::default();
    for test in run.tests.ids() {
        let Some(name) = group_of(run.test_id(test), mode) else { continue };
        let us = run.tests.attempts(test).filter_map(|a| time_us(run, a)).fold(0, i64::saturating_add);
        let sum = sums.entry((run.tests.group(test).map_or(u32::MAX, |g| g.0), name)).or_insert((0, 0));
        *sum = (sum.0.saturating_add(us), sum.1 + 1);
    }
    let mut all: Vec<(&str, i64, u32)> = sums.into_iter().map(|((_, name), (us, n))| (name, us, n)).collect();
    lanescope_model::order::sort(&mut all, &|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let piece = |(name, us, tests): (&str, i64, u32)| Piece { name: name.to_owned(), seconds: us_to_s(us), tests };
    all.into_iter().filter(|g| g.2 > 1).take(KEPT).map(piece).collect()
}

//! Setup time by the scope of the fixtures that it went to.
//!
//! No report names fixtures, so scopes are inferred from where setup is long. pytest sets a fixture up with the
//! first test that needs it: what setup takes beyond the usual (the median) of its file's or class's other tests
//! went to something wider than a function. At the first test of a file on a worker, what every entry into the
//! file costs (the least of them, taken over all workers) is the module's; what comes on top, once, is the
//! session's. At the first test of a class it is the class's. The rest is the functions'.

use foldhash::fast::FixedState;
use lanescope_model::{AttemptId, Outcome, Run, order};
use std::collections::HashMap;

use crate::{Layout, Placement};

/// How wide a fixture reaches, widest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Scope {
    /// Once per worker.
    Session,
    /// Once per file on a worker.
    Module,
    /// Once per class on a worker.
    Class,
    /// For every test.
    Function,
}

/// Setup time of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeTime {
    /// The scope.
    pub scope: Scope,
    /// Microseconds of setup, all workers.
    pub us: i64,
    /// How many times it was paid.
    pub times: u32,
    /// Where most of it was paid (workers for sessions, else files or classes): name, microseconds, times.
    pub worst: Vec<(String, i64, u32)>,
}

/// Places named per scope.
const WORST: usize = 5;
/// Less than this beyond the usual is noise, microseconds.
const NOISE_US: i64 = 1_000;
/// Less than this on top of what a file's entry costs is no session's fixture, microseconds.
const SESSION_US: i64 = 5_000;
const NONE: u32 = u32::MAX;

/// One setup, in the order of its lane.
#[derive(Clone, Copy)]
struct Setup {
    attempt: AttemptId,
    lane: u32,
    file: u32,
    class: u32,
    us: i64,
    /// The test before it on the lane was of another file.
    enters_file: bool,
    /// It enters the file for the first time on this lane.
    first_entry: bool,
    /// The test before it on the lane was of another class.
    enters_class: bool,
    /// The least that this test's setup takes beyond the median, of which class and wider scopes are made.
    beyond: i64,
}

/// Setup time by scope, widest first; their sum is the setup of all attempts. Empty where no setup is recorded,
/// or the order of tests on the workers is not.
#[must_use]
pub fn fixtures(run: &Run, layout: &Layout) -> Vec<ScopeTime> {
    if !matches!(layout.placement, Placement::Recorded | Placement::BackToBack) {
        return Vec::new();
    }
    let mut names = Names::default();
    let mut setups = collect(run, layout, &mut names);
    let total = run
        .attempts
        .ids()
        .filter_map(|a| run.attempts.setup_us(a))
        .fold(None, |sum: Option<i64>, us| Some(sum.unwrap_or(0).saturating_add(us.max(0))));
    let Some(total) = total else { return Vec::new() };
    measure_beyond(&mut setups);
    let mut paid = Paid::default();
    share(&setups, &mut |_, scope, place, us| paid.add(scope, place, us));
    let on_lanes = setups.iter().fold(0_i64, |sum, s| sum.saturating_add(s.us));
    // Attempts that no lane holds, and those that were skipped, set up nothing that others share.
    paid.rest = total.saturating_sub(on_lanes);
    paid.finish(layout, &names)
}

/// An attempt that enters a file or a class on its worker, and what of its setup went to wider scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedSetup {
    /// The attempt.
    pub attempt: AttemptId,
    /// The session's share of its setup, microseconds.
    pub session_us: i64,
    /// The module's share, microseconds.
    pub module_us: i64,
    /// The class's share, microseconds.
    pub class_us: i64,
    /// Whether the test before it on the worker was of another file.
    pub enters_file: bool,
    /// Whether the test before it on the worker was of another class.
    pub enters_class: bool,
}

/// Every entry into a file or a class, lane by lane, in order of time: what [`fixtures`] sums up. Empty where that is.
#[must_use]
pub fn shared_setup(run: &Run, layout: &Layout) -> Vec<SharedSetup> {
    if !matches!(layout.placement, Placement::Recorded | Placement::BackToBack) {
        return Vec::new();
    }
    let mut setups = collect(run, layout, &mut Names::default());
    measure_beyond(&mut setups);
    let mut entries: Vec<SharedSetup> = Vec::new();
    share(&setups, &mut |s, scope, _, us| {
        if !s.enters_file && !s.enters_class {
            return;
        }
        if entries.last().is_none_or(|last| last.attempt != s.attempt) {
            let (enters_file, enters_class) = (s.enters_file, s.enters_class);
            let none =
                SharedSetup { attempt: s.attempt, session_us: 0, module_us: 0, class_us: 0, enters_file, enters_class };
            entries.push(none);
        }
        let Some(entry) = entries.last_mut() else { return };
        match scope {
            Scope::Session => entry.session_us += us,
            Scope::Module => entry.module_us += us,
            Scope::Class => entry.class_us += us,
            Scope::Function => {}
        }
    });
    entries
}

/// Files and classes by number.
#[derive(Default)]
struct Names<'a> {
    known: HashMap<&'a str, u32, FixedState>,
    names: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> u32 {
        *self.known.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() as u32 - 1
        })
    }
}

fn collect<'a>(run: &'a Run, layout: &Layout, names: &mut Names<'a>) -> Vec<Setup> {
    let mut setups = Vec::new();
    // By file: the last lane that was in it.
    let mut seen_on: Vec<u32> = Vec::new();
    for (lane, on) in layout.lanes.iter().enumerate() {
        let lane = lane as u32;
        let (mut suite, mut file, mut class) = (None, NONE, NONE);
        for bar in on.index.bars() {
            let attempt = AttemptId(bar.attempt);
            // A skipped test asks for no fixture.
            let Some(us) = run.attempts.setup_us(attempt).filter(|_| bar.outcome != Outcome::Skipped) else { continue };
            let test = run.attempts.test(attempt);
            let (last_file, last_class) = (file, class);
            let its_suite = run.suite(test);
            if suite != Some(its_suite) {
                suite = Some(its_suite);
                let path = its_suite.split("::").next().unwrap_or(its_suite);
                file = names.number(path);
                class = if path.len() < its_suite.len() { names.number(its_suite) } else { NONE };
            }
            if seen_on.len() <= file as usize {
                seen_on.resize(file as usize + 1, NONE);
            }
            let first_entry = seen_on.get_mut(file as usize).is_some_and(|on| std::mem::replace(on, lane) != lane);
            let enters_file = file != last_file;
            let enters_class = class != NONE && (enters_file || class != last_class);
            let us = us.max(0);
            setups.push(Setup { attempt, lane, file, class, us, enters_file, first_entry, enters_class, beyond: 0 });
        }
    }
    setups
}

/// Lower medians of setups by a key, of the setups that enter neither file nor class.
fn medians(setups: &[Setup], key: &dyn Fn(&Setup) -> u32, all: &mut Vec<(u32, i64)>) -> HashMap<u32, i64, FixedState> {
    all.clear();
    let usual = setups.iter().filter(|s| !s.enters_file && !s.enters_class);
    all.extend(usual.map(|s| (key(s), s.us)).filter(|(key, _)| *key != NONE));
    order::sort(all, &|a, b| a.cmp(b));
    let of_one = all.chunk_by(|a, b| a.0 == b.0);
    of_one.filter_map(|of_one| of_one.get((of_one.len() - 1) / 2).copied()).collect()
}

/// Finds out how much each setup that enters a file or a class takes beyond the usual.
fn measure_beyond(setups: &mut [Setup]) {
    let mut room = Vec::new();
    let by_class = medians(setups, &|s| s.class, &mut room);
    let by_file = medians(setups, &|s| s.file, &mut room);
    // For a file with one test there is nothing to compare with but the whole run.
    let by_run = medians(setups, &|_| 0, &mut room);
    for setup in setups.iter_mut().filter(|s| s.enters_file || s.enters_class) {
        let usual = by_class.get(&setup.class).or_else(|| by_file.get(&setup.file)).or_else(|| by_run.get(&0));
        let beyond = setup.us - usual.copied().unwrap_or(0).min(setup.us);
        setup.beyond = if beyond >= NOISE_US { beyond } else { 0 };
    }
}

fn least(of: &mut HashMap<u32, i64, FixedState>, key: u32, us: i64) {
    of.entry(key).and_modify(|least| *least = (*least).min(us)).or_insert(us);
}

/// Shares what is beyond the usual among the scopes: tells of each setup, by scope, the place and the microseconds.
fn share(setups: &[Setup], paid: &mut dyn FnMut(&Setup, Scope, u32, i64)) {
    // What entering a class costs where the file was entered before.
    let mut class_cost = HashMap::with_hasher(FixedState::default());
    for s in setups.iter().filter(|s| s.enters_class && !s.enters_file) {
        least(&mut class_cost, s.class, s.beyond);
    }
    let of_class = |s: &Setup| match class_cost.get(&s.class) {
        Some(&cost) if s.enters_class => cost.min(s.beyond),
        _ => 0,
    };
    // What entering a file costs: the least over all entries but those that are a worker's first costly one,
    // which may hold a session's fixture.
    let mut file_cost = HashMap::with_hasher(FixedState::default());
    let mut begun = NONE;
    for s in setups.iter().filter(|s| s.enters_file) {
        let beyond = s.beyond - of_class(s);
        if beyond >= SESSION_US && begun != s.lane {
            begun = s.lane;
        } else {
            least(&mut file_cost, s.file, beyond);
        }
    }
    // Where a file was entered no other way, what other files cost at their entry is the best guess.
    let mut costs: Vec<i64> = file_cost.values().copied().collect();
    order::numbers(&mut costs);
    let typical = costs.get(costs.len().saturating_sub(1) / 2).copied().unwrap_or(0);

    let mut begun = NONE;
    for s in setups {
        let class = of_class(s);
        let wider = s.beyond - class;
        if s.enters_class && !s.enters_file {
            paid(s, Scope::Class, s.class, s.beyond);
        } else if s.enters_file {
            paid(s, Scope::Class, s.class, class);
            let known = file_cost.get(&s.file).copied();
            let cost = known.unwrap_or(typical).min(wider);
            let more = wider - cost;
            // A session's fixture is paid once: at the first entry, or as the first costly thing on the worker.
            let once = if known.is_some() { s.first_entry } else { begun != s.lane };
            let session = if once && more >= SESSION_US.max(cost / 2) { more } else { 0 };
            paid(s, Scope::Session, s.lane, session);
            paid(s, Scope::Module, s.file, wider - session);
            if wider >= SESSION_US {
                begun = s.lane;
            }
        }
        paid(s, Scope::Function, if s.class == NONE { s.file } else { s.class }, s.us - s.beyond);
    }
}

/// What was paid, by scope and place.
#[derive(Default)]
struct Paid {
    places: [HashMap<u32, (i64, u32), FixedState>; 4],
    /// Setup of attempts without a place.
    rest: i64,
}

impl Paid {
    fn add(&mut self, scope: Scope, place: u32, us: i64) {
        if let (Some(places), true) = (self.places.get_mut(scope as usize), us > 0) {
            let at = places.entry(place).or_insert((0, 0));
            *at = (at.0.saturating_add(us), at.1 + 1);
        }
    }

    fn finish(self, layout: &Layout, names: &Names<'_>) -> Vec<ScopeTime> {
        let rest = self.rest;
        let scopes = [Scope::Session, Scope::Module, Scope::Class, Scope::Function];
        let scope = |(scope, places): (Scope, HashMap<u32, (i64, u32), FixedState>)| {
            let mut rows: Vec<(u32, (i64, u32))> = places.into_iter().collect();
            order::sort(&mut rows, &|a, b| (b.1.0, a.0).cmp(&(a.1.0, b.0)));
            let mut us = rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.1.0));
            if scope == Scope::Function {
                us = us.saturating_add(rest);
            }
            let name = |place: u32| match scope {
                Scope::Session => layout.lanes.get(place as usize).map_or("", |lane| lane.name.as_str()),
                _ => names.names.get(place as usize).copied().unwrap_or(""),
            };
            let worst = rows.iter().take(WORST).map(|&(place, (us, times))| (name(place).to_owned(), us, times));
            ScopeTime { scope, us, times: rows.iter().map(|row| row.1.1).sum(), worst: worst.collect() }
        };
        scopes.into_iter().zip(self.places).map(scope).collect()
    }
}

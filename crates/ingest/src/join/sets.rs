//! Runs of several files or jobs: what their paths say that they are together.
//!
//! - a file for each class of tests, as Surefire and Gradle write them (`TEST-*.xml` in one folder),
//! - attempts of one job: the paths differ in `attempt-2`, `rerun` or `retry` only, and tests are executed again,
//! - jobs of a matrix: the paths differ in words only that name a job.
//!
//! What started further apart than [`FURTHEST_US`] is not together, unless the user gave the rule.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::order::{numbers, sort};
use lanescope_model::{Issue, Severity};

use super::facets::{BY_HAND, Facets, facets};
use super::facts::{hash, overlap, test_key};
use super::merge::{self, Beside};
use super::shards::FURTHEST_US;
use super::{clocks, start};
use crate::{Format, Grouping, Joined, Rule, Source, label};

/// A run so far, with what its path says.
struct Unit {
    joined: Joined,
    facets: Facets,
    start: Option<i64>,
    keys: Vec<i64>,
}

pub(super) fn unite(sources: &[Source], runs: Vec<Joined>, grouping: &Grouping) -> Vec<Joined> {
    let mut units: Vec<Unit> = runs.into_iter().map(|joined| unit(sources, joined, grouping)).collect();
    // In the order of their starts, so that sets are of what is close.
    sort(&mut units, &|a, b| a.start.unwrap_or(i64::MAX).cmp(&b.start.unwrap_or(i64::MAX)));
    let free = !matches!(grouping.base(), Grouping::Auto | Grouping::None);
    if !free {
        let folder = |u: &Unit| class_folder(sources, u);
        units = sets(units, &folder, &|u| u.keys.clone(), &|_| true, None)
            .into_iter()
            .map(|set| make(sources, set, Rule::Classes, grouping))
            .collect();
    }
    let job = |u: &Unit| (u.facets.attempt > 0).then(|| format!("{}\0{}", u.facets.key, u.facets.group));
    let attempt = |u: &Unit| vec![u.facets.attempt.into()];
    units = sets(units, &job, &attempt, &|_| true, Some(&|a, b| overlap(&a.keys, &b.keys) > 0))
        .into_iter()
        .map(|set| make(sources, set, Rule::Retries, grouping))
        .collect();
    let key = |u: &Unit| (!u.facets.group.is_empty()).then(|| u.facets.key.clone());
    let group = |u: &Unit| vec![hash(&u.facets.group).cast_signed()];
    sets(units, &key, &group, &|u| !free && u.facets.key != BY_HAND, None)
        .into_iter()
        .map(|set| make(sources, set, Rule::Matrix, grouping).joined)
        .collect()
}

fn unit(sources: &[Source], joined: Joined, grouping: &Grouping) -> Unit {
    let paths = || joined.sources.iter().filter_map(|&i| sources.get(i)).map(|s| &*s.path);
    // One file of several may have been named; else the best says what it is.
    let path = paths().find(|path| grouping.by_hand(path).is_some()).or_else(|| paths().next()).unwrap_or("");
    let run = &joined.run;
    let mut keys: Vec<i64> = run.tests.ids().map(|t| test_key(run, t, run.test_id(t))).collect();
    numbers(&mut keys);
    let start = start(run);
    Unit { facets: facets(path, grouping), start, keys, joined }
}

/// The folder of a file that holds one class of many.
fn class_folder(sources: &[Source], unit: &Unit) -> Option<String> {
    let [only] = unit.joined.sources.as_slice() else { return None };
    let source = sources.get(*only).filter(|s| s.format == Format::JunitXml)?;
    let folder = label::folder(&source.path);
    let name = source.path.get(folder.len()..).unwrap_or("").trim_start_matches(['/', '!']);
    name.starts_with("TEST-").then(|| folder.to_owned())
}

/// Sets of one key that a unit may still go to: the last ones.
const MOST_OPEN: usize = 1_024;

/// Units that go together, and what is known of all of them.
struct Set {
    key: Option<String>,
    units: Vec<Unit>,
    /// What each of them claims for itself.
    claimed: HashMap<i64, usize, FixedState>,
    /// The first and the last start.
    starts: Option<(i64, i64)>,
}

impl Set {
    /// Whether the units started close to this one.
    fn is_close(&self, unit: &Unit) -> bool {
        let furthest = |(first, last): (i64, i64), start: i64| start.abs_diff(first).max(start.abs_diff(last));
        self.starts.zip(unit.start).is_none_or(|(starts, start)| furthest(starts, start) <= FURTHEST_US as u64)
    }

    fn add(&mut self, unit: Unit, claims: Vec<i64>) {
        for claim in claims {
            self.claimed.insert(claim, 0);
        }
        if let Some(start) = unit.start {
            let (first, last) = self.starts.unwrap_or((start, start));
            self.starts = Some((first.min(start), last.max(start)));
        }
        self.units.push(unit);
    }
}

/// Whether two units may be in one set.
type Fits<'a> = &'a dyn Fn(&Unit, &Unit) -> bool;

/// Sets of units of which each has the same key as the others, claims nothing that another claims, is close to them if
/// `near` says that it must be, and fits each of them where there is more to ask.
fn sets(
    units: Vec<Unit>,
    key: &dyn Fn(&Unit) -> Option<String>,
    claims: &dyn Fn(&Unit) -> Vec<i64>,
    near: &dyn Fn(&Unit) -> bool,
    fits: Option<Fits<'_>>,
) -> Vec<Vec<Unit>> {
    let mut keyed: Vec<(Option<String>, usize, Unit)> =
        units.into_iter().enumerate().map(|(i, u)| (key(&u), i, u)).collect();
    // Those of one key stand beside one another, in the order of their starts.
    sort(&mut keyed, &|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut all: Vec<Set> = Vec::new();
    for (key, _, unit) in keyed {
        let own = if key.is_some() { claims(&unit) } else { Vec::new() };
        let must_be_near = near(&unit);
        let open = all.iter_mut().rev().take(MOST_OPEN).take_while(|set| key.is_some() && set.key == key);
        let mut fitting = open.filter(|set| {
            own.iter().all(|claim| !set.claimed.contains_key(claim))
                && (!must_be_near || set.is_close(&unit))
                && fits.is_none_or(|fits| set.units.iter().all(|other| fits(other, &unit)))
        });
        match fitting.next() {
            Some(set) => set.add(unit, own),
            None => {
                let mut set = Set { key, units: Vec::new(), claimed: HashMap::default(), starts: None };
                set.add(unit, own);
                all.push(set);
            }
        }
    }
    all.into_iter().map(|set| set.units).collect()
}

/// One unit of a set.
fn make(sources: &[Source], mut set: Vec<Unit>, rule: Rule, grouping: &Grouping) -> Unit {
    if set.len() == 1
        && let Some(only) = set.pop()
    {
        return only;
    }
    match rule {
        Rule::Retries => sort(&mut set, &|a, b| a.facets.attempt.cmp(&b.facets.attempt)),
        _ => sort(&mut set, &|a, b| a.facets.group.cmp(&b.facets.group)),
    }
    let name = |u: &Unit| match rule {
        Rule::Matrix => Some(u.facets.group.clone()),
        Rule::Retries => Some(format!("attempt {}", u.facets.attempt)),
        _ => None,
    };
    let names: Vec<Option<String>> = set.iter().map(name).collect();
    let mut notes = Vec::new();
    let shifts = clocks::align(sources, &set.iter().map(|u| &u.joined).collect::<Vec<_>>(), &mut notes);
    let beside: Vec<Beside<'_>> = set
        .iter()
        .zip(&names)
        .zip(&shifts)
        .map(|((u, name), &shift_us)| Beside {
            run: &u.joined.run,
            group: name.as_deref().filter(|_| rule == Rule::Matrix),
            workers: name.as_deref(),
            shift_us,
        })
        .collect();
    let mut run = merge::beside(&beside);
    if rule == Rule::Retries {
        // Between two attempts of a job nothing runs: their sessions are no session of the whole.
        run.meta.session.length_us = None;
    }
    let by_hand = set.first().is_some_and(|unit| unit.facets.key == BY_HAND);
    let text = reason(rule, set.len(), &names, grouping, by_hand);
    notes.insert(0, Issue::new(Severity::Info, text.as_str()));
    let mut rules = Vec::new();
    let mut members = Vec::new();
    let mut parts = Vec::new();
    for unit in &mut set {
        notes.append(&mut unit.joined.notes);
        for rule in std::mem::take(&mut unit.joined.rules) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        members.append(&mut unit.joined.sources);
        for mut part in std::mem::take(&mut unit.joined.parts) {
            match rule {
                Rule::Matrix => part.group = Some(unit.facets.group.clone()),
                Rule::Retries => part.attempt = Some(unit.facets.attempt),
                _ => {}
            }
            parts.push(part);
        }
    }
    rules.push((rule, text));
    let paths: Vec<&str> = members.iter().filter_map(|&i| sources.get(i)).map(|s| &*s.path).collect();
    run.meta.label = match rule {
        Rule::Classes => label::folder_label(paths.first().copied().unwrap_or("")),
        _ => label::common_label(&paths),
    };
    run.meta.id = label::id(&run, 0);
    let facets = set.first().map(|u| u.facets.clone()).unwrap_or_default();
    let joined = Joined { run: Arc::new(run), sources: members, notes, rules, parts };
    let mut made = unit(sources, joined, grouping);
    made.facets = facets;
    made
}

fn reason(rule: Rule, n: usize, names: &[Option<String>], grouping: &Grouping, by_hand: bool) -> String {
    let listed: Vec<&str> = names.iter().flatten().take(12).map(String::as_str).collect();
    let listed = listed.join(", ");
    match rule {
        Rule::Classes => {
            format!(
                "joined from {n} files of one folder, each with its own classes (TEST-*.xml), started within six hours"
            )
        }
        Rule::Retries => {
            format!(
                "joined from {n} attempts of one job: the paths differ in the attempt only ({listed}), and tests ran again"
            )
        }
        _ if by_hand => format!("joined from {n} groups that were named by hand ({listed})"),
        _ if *grouping.base() == Grouping::Auto => format!(
            "joined from {n} jobs of a matrix: the paths differ only in words that name a job ({listed}), and they started \
             within six hours"
        ),
        _ => format!("joined from {n} groups by the rule that was given ({listed})"),
    }
}

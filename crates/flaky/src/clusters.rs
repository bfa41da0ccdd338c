//! Tests that fail in the same runs, and failures that say the same.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::order::{numbers, sort};
use lanescope_protocol::{Cluster, ClusterKind, FlakyClass};

use crate::stats::Factorials;
use crate::verdicts::Verdict;
use crate::words::{clip, count, message_of, numbers as run_numbers};
use crate::{History, mask};

/// Two tests fail together if at least this share of the runs in which either fails are runs of both, ...
const SHARE: f64 = 0.5;
/// ... and chance makes that so seldom, for all pairs of tests.
const LIKELY: f64 = 0.01;
/// A message counts as a cluster from so many tests, or so many runs, on.
const AT_LEAST: usize = 2;
/// More clusters of either kind are not told.
const MOST: usize = 100;
/// Tests that failed most are compared pair by pair; more would take too long.
const MOST_TESTS: usize = 1000;

/// All clusters: those of tests first, each kind by size.
#[must_use]
pub fn clusters(history: &History, verdicts: &[Verdict], factorials: &Factorials) -> Vec<Cluster> {
    let mut all = together(history, verdicts, factorials);
    all.extend(messages(history, verdicts));
    all
}

/// Tests that are not broken and fail in the same runs. Runs that were set aside say nothing.
fn together(history: &History, verdicts: &[Verdict], factorials: &Factorials) -> Vec<Cluster> {
    let shaky = |v: &&Verdict| v.row.class == FlakyClass::Flaky && v.row.counted_failed >= 2;
    let tests: Vec<&Verdict> = verdicts.iter().filter(shaky).take(MOST_TESTS).collect();
    let failing = |v: &Verdict| v.counted.iter().filter(|c| c.1).map(|c| c.0).collect::<Vec<_>>();
    let sets: Vec<Vec<usize>> = tests.iter().map(|v| failing(v)).collect();
    let n = history.runs().len() as u32;
    let pairs = (sets.len() * sets.len().saturating_sub(1) / 2).max(1) as f64;
    let mut leader: Vec<usize> = (0..sets.len()).collect();
    for (i, a) in sets.iter().enumerate() {
        for (j, b) in sets.iter().enumerate().skip(i + 1) {
            let both = a.iter().filter(|run| b.binary_search(run).is_ok()).count();
            let either = a.len() + b.len() - both;
            if (both as f64) < SHARE * either as f64 || both < 2 {
                continue;
            }
            let (x, y, z) = (both as u32, (a.len() - both) as u32, (b.len() - both) as u32);
            let p = factorials.fisher([x, y, z, n.saturating_sub(x + y + z)]) * pairs;
            if p <= LIKELY {
                let (from, to) = (leader.get(j).copied().unwrap_or(j), leader.get(i).copied().unwrap_or(i));
                for l in leader.iter_mut().filter(|l| **l == from) {
                    *l = to;
                }
            }
        }
    }
    let mut found = Vec::new();
    for first in 0..sets.len() {
        let members: Vec<usize> = (0..sets.len()).filter(|&m| leader.get(m) == Some(&first)).collect();
        if members.len() < AT_LEAST {
            continue;
        }
        let mut runs: Vec<i64> = members.iter().filter_map(|&m| sets.get(m)).flatten().map(|&r| r as i64 + 1).collect();
        let attempts = runs.len() as u32;
        numbers(&mut runs);
        runs.dedup();
        let runs: Vec<u32> = runs.into_iter().map(|r| r as u32).collect();
        found.push(Cluster {
            kind: ClusterKind::Together,
            text: format!("{} that fail in the same runs: {}", count(members.len(), "test"), run_numbers(&runs)),
            tests: members.iter().filter_map(|&m| tests.get(m)).map(|v| v.row.test.clone()).collect(),
            runs,
            attempts,
        });
    }
    by_size(&mut found);
    found
}

fn by_size(clusters: &mut Vec<Cluster>) {
    sort(clusters, &|a, b| {
        (b.tests.len(), b.attempts).cmp(&(a.tests.len(), a.attempts)).then_with(|| a.text.cmp(&b.text))
    });
    clusters.truncate(MOST);
}

/// Failures by the fingerprint of their message, over all tests and runs, also those set aside.
fn messages(history: &History, verdicts: &[Verdict]) -> Vec<Cluster> {
    let mut known: HashMap<String, usize, FixedState> = HashMap::default();
    let mut found: Vec<Cluster> = Vec::new();
    for verdict in verdicts.iter().filter(|v| v.row.last_failed.is_some()) {
        for (at, run) in history.runs().iter().enumerate() {
            if !history.cell(verdict.test, at).failed_once() {
                continue;
            }
            let Some(row) = history.row(verdict.test, at) else { continue };
            for a in run.tests.attempts(row).filter(|&a| run.attempts.outcome(a).is_bad()) {
                let print = mask::message(message_of(run, a));
                if print.is_empty() {
                    continue;
                }
                let next = found.len();
                let place = *known.entry_ref(print.as_str()).or_insert(next);
                if place == next {
                    found.push(Cluster {
                        kind: ClusterKind::Message,
                        text: clip(&print, 300),
                        tests: Vec::new(),
                        runs: Vec::new(),
                        attempts: 0,
                    });
                }
                if let Some(cluster) = found.get_mut(place) {
                    cluster.attempts += 1;
                    if cluster.tests.last() != Some(&verdict.row.test) {
                        cluster.tests.push(verdict.row.test.clone());
                    }
                    if let Err(free) = cluster.runs.binary_search(&(at as u32 + 1)) {
                        cluster.runs.insert(free, at as u32 + 1);
                    }
                }
            }
        }
    }
    found.retain(|c| c.tests.len() >= AT_LEAST || c.runs.len() >= AT_LEAST);
    by_size(&mut found);
    found
}

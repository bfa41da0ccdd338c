//! Which files are shards of one run.
//!
//! A file that says "shard 2 of 3", or else whose path says it, belongs with those of the same format that say another number of the same total, if
//! they have no test in common and started within some hours of each other: machines are waited for, but not for days.
//! Where a folder holds the shards of many runs, the pairs that are closest by the names of their files and by their
//! starts are taken first.

use super::evidence::names;
use super::facts::{Facts, overlap};

/// Starts of shards of one run are no further apart.
pub(super) const FURTHEST_US: i64 = 6 * 3_600_000_000;

/// Sets of sets of sources: the shards of each run, in their order, each a set of sources that [`super::group`] found.
pub(super) fn group(facts: &[Facts<'_>], groups: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    let best = |group: &[usize]| group.first().and_then(|&i| facts.get(i));
    let mut pairs = Vec::new();
    for (i, a) in groups.iter().enumerate() {
        let Some(a) = best(a).filter(|f| f.shard.is_some()) else { continue };
        for (j, b) in groups.iter().enumerate().skip(i + 1) {
            if let Some(score) = best(b).and_then(|b| score(a, b)) {
                pairs.push((score, i, j));
            }
        }
    }
    let mut runs = super::closest(groups.len(), pairs, None);
    let number = |&i: &usize| groups.get(i).and_then(|g| best(g)).and_then(|f| f.shard).map_or(0, |s| s.current);
    for run in &mut runs {
        lanescope_model::order::sort(run, &|a, b| number(a).cmp(&number(b)));
    }
    runs.into_iter().map(|run| run.into_iter().filter_map(|i| groups.get(i).cloned()).collect()).collect()
}

/// How close two shards are; `None` where they cannot be of one run.
fn score(a: &Facts<'_>, b: &Facts<'_>) -> Option<f64> {
    let (x, y) = (a.shard?, b.shard?);
    if a.source.format != b.source.format || x.total != y.total || x.current == y.current {
        return None;
    }
    let start = |f: &Facts<'_>| f.run.meta.session.start_us.or(f.window.map(|w| w.0));
    let apart = match (start(a), start(b)) {
        (Some(a), Some(b)) => a.abs_diff(b) as f64 / FURTHEST_US as f64,
        _ => 1.0,
    };
    (apart <= 1.0 && overlap(a.keys(), b.keys()) == 0).then(|| names(a, b) + 2.0 * (1.0 - apart))
}

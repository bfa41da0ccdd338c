//! Which files are shards of one run.
//!
//! A file that says "shard 2 of 3", or else whose path says it, belongs with those of the same format that say another number of the same total, if
//! they have no test in common and started within some hours of each other: machines are waited for, but not for days.
//! Where a folder holds the shards of many runs, the pairs that are closest by the names of their files and by their
//! starts are taken first.

use lanescope_model::order::places;
use lanescope_model::thousands;

use super::closest::{MOST_COMPARED, Pairs};
use super::evidence::names;
use super::facts::{Facts, overlap};

/// Starts of shards of one run are no further apart.
pub(super) const FURTHEST_US: i64 = 6 * 3_600_000_000;

/// Shards of one run at most.
const MOST_SHARDS: u32 = 1_024;

/// Sets of sets of sources: the shards of each run, in their order, each a set of sources that [`super::group`] found.
pub(super) fn group(facts: &[Facts<'_>], groups: Vec<Vec<usize>>, limits: &mut Vec<String>) -> Vec<Vec<Vec<usize>>> {
    let best = |group: &[usize]| group.first().and_then(|&i| facts.get(i));
    let facts_of = |at: usize| groups.get(at).and_then(|group| best(group));
    let fits = |i: usize, j: usize| facts_of(i).zip(facts_of(j)).and_then(|(a, b)| score(a, b));
    let key = |at: usize| facts_of(at).map(|f| (f.source.format, f.shard.map(|s| s.total), start(f)));
    let mut shards = places(groups.len(), &|a, b| key(a).cmp(&key(b)));
    shards.retain(|&at| facts_of(at as usize).is_some_and(|f| f.shard.is_some()));
    let shard = |at: &u32| facts_of(*at as usize).map(|f| (f.source.format, f.shard.map(|s| s.total)));
    let number = |at: &u32| facts_of(*at as usize).and_then(|f| f.shard).map_or(0, |s| s.total.max(s.current));
    let alike = shards.chunk_by(|a, b| shard(a) == shard(b));
    let few: Vec<u32> =
        alike.filter(|some| some.iter().all(|at| number(at) <= MOST_SHARDS)).flatten().copied().collect();
    if few.len() < shards.len() {
        let most = thousands(MOST_SHARDS.into());
        limits.push(format!("there are more than {most} shards of one run: they are shown as runs of their own"));
        shards = few;
    }
    // Those of one run started one after another: of very many only the next are looked at.
    let near = MOST_COMPARED / shards.len().max(1);
    let mut pairs = Pairs::new(groups.len(), &fits);
    for (n, &i) in shards.iter().enumerate() {
        shards.iter().skip(n + 1).take(near).for_each(|&j| pairs.look(i as usize, j as usize));
    }
    let mut runs = pairs.sets();
    let number = |&i: &usize| groups.get(i).and_then(|g| best(g)).and_then(|f| f.shard).map_or(0, |s| s.current);
    for run in &mut runs {
        lanescope_model::order::sort(run, &|a, b| number(a).cmp(&number(b)));
    }
    runs.into_iter().map(|run| run.into_iter().filter_map(|i| groups.get(i).cloned()).collect()).collect()
}

fn start(f: &Facts<'_>) -> Option<i64> {
    f.run.meta.session.start_us.or(f.window.map(|w| w.0))
}

/// How close two shards are; `None` where they cannot be of one run.
fn score(a: &Facts<'_>, b: &Facts<'_>) -> Option<f64> {
    let (x, y) = (a.shard?, b.shard?);
    if a.source.format != b.source.format || x.total != y.total || x.current == y.current {
        return None;
    }
    let apart = match (start(a), start(b)) {
        (Some(a), Some(b)) => a.abs_diff(b) as f64 / FURTHEST_US as f64,
        _ => 1.0,
    };
    let beside = if a.key == b.key { 1.0 } else { 0.0 };
    (apart <= 1.0 && overlap(a.keys(), b.keys()) == 0).then(|| names(a, b) + beside + 2.0 * (1.0 - apart))
}

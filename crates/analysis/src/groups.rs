//! Which lanes belong together, and which worker came in the place of which.

use lanescope_model::{GroupId, Run, WorkerId, order};

use crate::Lane;

/// Lanes that ran tests of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneGroup {
    /// The group.
    pub group: GroupId,
    /// How many lanes.
    pub lanes: u32,
    /// First start on them, microseconds on the timeline.
    pub from_us: i64,
    /// Last stop on them, microseconds on the timeline.
    pub to_us: i64,
    /// Time in tests on them, microseconds.
    pub busy_us: i64,
}

/// Gives each lane the group of most of its attempts. Gives nothing where workers took tests of several groups
/// as they came: unless nine of ten attempts belong to the group of their lane, a lane is of no group.
///
/// The groups are ordered by name, numbers by value; a lane's `group` is an index into them.
pub(crate) fn group_lanes(run: &Run, lanes: &mut [Lane]) -> Vec<LaneGroup> {
    if run.groups.is_empty() {
        return Vec::new();
    }
    let mut counts = vec![0_u32; run.groups.len()];
    let (mut at_home, mut all) = (0_u64, 0_u64);
    let mut homes: Vec<Option<GroupId>> = Vec::with_capacity(lanes.len());
    for lane in lanes.iter() {
        let mut seen: Vec<GroupId> = Vec::new();
        for bar in lane.index.bars() {
            let test = run.attempts.test(lanescope_model::AttemptId(bar.attempt));
            let Some(group) = run.tests.group(test) else { continue };
            if let Some(n) = counts.get_mut(group.index()) {
                if *n == 0 {
                    seen.push(group);
                }
                *n += 1;
            }
        }
        let count = |g: &GroupId| counts.get(g.index()).copied().unwrap_or(0);
        let home = seen.iter().copied().max_by_key(|g| (count(g), std::cmp::Reverse(g.0)));
        at_home += u64::from(home.as_ref().map_or(0, count));
        all += lane.index.len() as u64;
        homes.push(home);
        for group in seen {
            counts.iter_mut().skip(group.index()).take(1).for_each(|n| *n = 0);
        }
    }
    if at_home * 10 < all * 9 {
        return Vec::new();
    }
    let mut named: Vec<GroupId> = homes.iter().copied().flatten().collect();
    order::sort(&mut named, &|a, b| a.cmp(b));
    named.dedup();
    let mut groups: Vec<LaneGroup> = named
        .into_iter()
        .map(|group| LaneGroup { group, lanes: 0, from_us: i64::MAX, to_us: i64::MIN, busy_us: 0 })
        .collect();
    let mut place = vec![None; run.groups.len()];
    for (group, i) in groups.iter().zip(0_u32..) {
        place.iter_mut().skip(group.group.index()).take(1).for_each(|slot| *slot = Some(i));
    }
    for (lane, home) in lanes.iter_mut().zip(homes) {
        lane.group = home.and_then(|g| place.get(g.index()).copied().flatten());
        if let Some(group) = lane.group.and_then(|i| groups.get_mut(i as usize)) {
            group.lanes += 1;
            group.from_us = group.from_us.min(lane.first_us);
            group.to_us = group.to_us.max(lane.last_us);
            group.busy_us = group.busy_us.saturating_add(lane.busy_us);
        }
    }
    groups
}

/// Says which crashed worker a later one replaced, by pytest-xdist's way: it replaces a crashed `gwN` by a
/// worker with the next free number (`xdist/dsession.py`, `worker_errordown`). So the workers with the highest
/// numbers, as many as crashed, are replacements, unless the number of workers is known; each crash, by time,
/// takes the next of them that starts after it.
pub(crate) fn find_replaced(run: &Run, lanes: &mut [Lane]) {
    let mut crashed: Vec<(i64, String, u32, WorkerId)> = Vec::new();
    for lane in lanes.iter().filter(|l| l.crashed) {
        if let (Some(worker), Some((before, number))) = (lane.worker, numbered(&lane.name)) {
            crashed.push((lane.last_us, before.to_owned(), number, worker));
        }
    }
    order::sort(&mut crashed, &|a, b| a.cmp(b));
    let mut taken = vec![false; lanes.len()];
    for (at_us, before, _, worker) in &crashed {
        let of_kind = |name: &str| numbered(name).filter(|n| n.0 == before).map(|n| n.1);
        let first_new = run.meta.declared_workers.filter(|&n| n > 0).unwrap_or_else(|| {
            let last = run.workers.iter().filter_map(|w| of_kind(run.strings.get(w.name))).max().unwrap_or(0);
            let crashes = crashed.iter().filter(|c| c.1 == *before).count() as u32;
            (last + 1).saturating_sub(crashes).max(1)
        });
        let after = |lane: &Lane| lane.first_us >= *at_us && lane.worker != Some(*worker);
        let free = lanes.iter().enumerate().filter(|&(i, lane)| taken.get(i) == Some(&false) && after(lane));
        let numbers = free.filter_map(|(i, lane)| of_kind(&lane.name).map(|n| (n, i)));
        if let Some((_, i)) = numbers.filter(|&(n, _)| n >= first_new).min() {
            taken.iter_mut().skip(i).take(1).for_each(|t| *t = true);
            lanes.iter_mut().skip(i).take(1).for_each(|lane| lane.replaces = Some(*worker));
        }
    }
}

/// A name such as `gw12`, or `unit/gw12`: what stands before the number, and the number.
fn numbered(name: &str) -> Option<(&str, u32)> {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name.get(digits.len()..)?.parse().ok()?;
    digits.ends_with("gw").then_some((digits, number))
}

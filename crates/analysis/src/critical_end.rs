//! What holds the end of a run up: the last tests, the workers that were idle meanwhile, and what could be saved.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lanescope_model::{AttemptId, Run, TestId, order};

use crate::{Bar, Figures, Lane, Layout, Placement, time_us};

/// Attempts listed as the last to finish.
const LAST: usize = 10;

/// An attempt near the end. Points in time are microseconds on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndPiece {
    /// The attempt.
    pub attempt: AttemptId,
    /// Row of its lane in the layout.
    pub lane: u32,
    /// Start.
    pub from_us: i64,
    /// Stop.
    pub to_us: i64,
    /// Time of it after the first worker had nothing more to do, microseconds.
    pub tail_us: i64,
}

/// A lane near the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndLane {
    /// Row of the lane in the layout.
    pub lane: u32,
    /// Its last stop, microseconds on the timeline.
    pub last_us: i64,
    /// Idle time after the first worker had nothing more to do, microseconds; 0 for a worker that died.
    pub idle_us: i64,
    /// Time in tests after that, microseconds.
    pub busy_us: i64,
    /// Attempts that ran, at least in part, after that.
    pub attempts: u32,
}

/// A test that stayed in its worker's queue while another worker had nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unstealable {
    /// The first attempt of the test that waited.
    pub piece: EndPiece,
    /// The test that ran before it on the lane.
    pub behind: TestId,
    /// When another worker had nothing more to do, microseconds on the timeline.
    pub idle_since_us: i64,
    /// How long it waited from then on, microseconds.
    pub waited_us: i64,
}

/// A group of tests that must stay on one worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndGroup {
    /// Its name: file, scope or xdist group.
    pub name: String,
    /// Row of its lane in the layout.
    pub lane: u32,
    /// First start on that lane, microseconds on the timeline.
    pub from_us: i64,
    /// Last stop on that lane, microseconds on the timeline.
    pub to_us: i64,
    /// Time in its tests on that lane, microseconds.
    pub us: i64,
    /// Its attempts on that lane.
    pub attempts: u32,
    /// Time of it after the first worker had nothing more to do, microseconds.
    pub tail_us: i64,
    /// Whether it alone is longer than the workers' even share.
    pub decides_bound: bool,
}

/// What holds the end of a run up. Points in time are microseconds on the timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CriticalEnd {
    /// When the first worker had nothing more to do. A worker that died is not counted: it was not idle.
    pub drain_us: i64,
    /// The last stop of all.
    pub end_us: i64,
    /// Idle time over all lanes between the two, microseconds.
    pub idle_us: i64,
    /// The last attempts to finish, latest first.
    pub last: Vec<EndPiece>,
    /// The lanes, in order.
    pub lanes: Vec<EndLane>,
    /// The attempt with the most time in between.
    pub holder: Option<EndPiece>,
    /// How much sooner the end could come, had the work after `drain_us` been spread evenly over the workers,
    /// microseconds; never more than `saved_bound_us`.
    pub saved_us: i64,
    /// Wall minus the bound, microseconds: no schedule of these times on these workers saves more.
    pub saved_bound_us: i64,
    /// The larger of the workers' even share and the longest piece that cannot be split, microseconds.
    pub bound_us: i64,
    /// With `worksteal`: tests that no idle worker could take, longest waiting first.
    pub unstealable: Vec<Unstealable>,
    /// With `loadscope`, `loadfile` and `loadgroup`: the group that ran last.
    pub group: Option<EndGroup>,
}

/// What holds the end of a run up; `None` where no starts are recorded, or nothing ran.
#[must_use]
pub fn critical_end(run: &Run, layout: &Layout, figures: &Figures) -> Option<CriticalEnd> {
    if !matches!(layout.placement, Placement::Recorded | Placement::Packed) || layout.lanes.is_empty() {
        return None;
    }
    let end_us = layout.to_us;
    let alive: Vec<bool> = {
        let any = layout.lanes.iter().any(|lane| !lane.crashed);
        layout.lanes.iter().map(|lane| !lane.crashed || !any).collect()
    };
    let living = || layout.lanes.iter().zip(&alive).filter(|(_, alive)| **alive).map(|(lane, _)| lane);
    let drain_us = living().map(|lane| lane.last_us).min()?;
    let lanes: Vec<EndLane> = layout
        .lanes
        .iter()
        .zip(&alive)
        .enumerate()
        .map(|(row, (lane, &alive))| end_lane(row as u32, lane, alive, drain_us, end_us))
        .collect();
    let sum = |part: &dyn Fn(&EndLane) -> i64| lanes.iter().map(part).fold(0, i64::saturating_add);

    let workers = figures.workers.value.map_or(layout.lanes.len() as i64, i64::from).max(1);
    let mode = run.meta.dist_mode.as_deref().unwrap_or("");
    let busy_us = figures.busy_us.value.unwrap_or(0);
    let share_us = busy_us.saturating_add(workers - 1) / workers;
    let longest_us = figures.longest.value.map_or(0, |longest| longest.1);
    let whole_us = longest_group_us(run, mode).unwrap_or(0);
    let bound_us = share_us.max(longest_us).max(whole_us);
    let at_work = living().count() as i64;
    let even_us = drain_us.saturating_add(sum(&|l| l.busy_us).saturating_add(at_work - 1) / at_work.max(1));
    let possible_us = even_us.max(bound_us);

    let all = layout.lanes.iter().enumerate();
    let in_tail = |row: usize, bar: Bar| piece(row as u32, bar, drain_us);
    let tail = all.clone().flat_map(|(row, lane)| lane.index.overlapping(drain_us, end_us).map(move |bar| (row, bar)));
    let holder =
        tail.map(|(row, bar)| in_tail(row, bar)).max_by_key(|p| (p.tail_us, p.to_us, std::cmp::Reverse(p.lane)));
    let mut last: Vec<EndPiece> =
        all.flat_map(|(row, lane)| lane.index.bars().rev().take(LAST).map(move |bar| in_tail(row, bar))).collect();
    order::sort(&mut last, &|a, b| {
        (b.to_us, a.lane, b.from_us, a.attempt).cmp(&(a.to_us, b.lane, a.from_us, b.attempt))
    });
    last.truncate(LAST);
    let mut unstealable = Vec::new();
    // Whose queue a test stood in is known where its worker is.
    if mode == "worksteal" && layout.placement == Placement::Recorded {
        unstealable.extend((0..layout.lanes.len()).filter_map(|row| stuck(run, layout, &alive, row, drain_us)));
        order::sort(&mut unstealable, &|a: &Unstealable, b: &Unstealable| {
            (b.waited_us, a.piece.lane).cmp(&(a.waited_us, b.piece.lane))
        });
    }
    let group = last.first().filter(|_| layout.placement == Placement::Recorded);
    let group = group.and_then(|last| end_group(run, layout, mode, last, drain_us, share_us));
    Some(CriticalEnd {
        drain_us,
        end_us,
        idle_us: sum(&|l| l.idle_us),
        last,
        holder: holder.filter(|h| h.tail_us > 0),
        saved_us: (end_us - possible_us).max(0),
        saved_bound_us: (end_us - bound_us).max(0),
        bound_us,
        lanes,
        unstealable,
        group,
    })
}

fn piece(lane: u32, bar: Bar, drain_us: i64) -> EndPiece {
    let tail_us = (bar.to_us - bar.from_us.max(drain_us)).max(0);
    EndPiece { attempt: AttemptId(bar.attempt), lane, from_us: bar.from_us, to_us: bar.to_us, tail_us }
}

fn end_lane(row: u32, lane: &Lane, alive: bool, drain_us: i64, end_us: i64) -> EndLane {
    let (mut busy_us, mut attempts, mut reach) = (0, 0, drain_us);
    for bar in lane.index.overlapping(drain_us, end_us) {
        busy_us += (bar.to_us - bar.from_us.max(reach)).max(0);
        reach = reach.max(bar.to_us);
        attempts += 1;
    }
    let idle_us = if alive { (end_us - drain_us) - busy_us } else { 0 };
    EndLane { lane: row, last_us: lane.last_us, idle_us, busy_us, attempts }
}

/// The last test of a lane, where it waited behind the one before while another worker had nothing more to do.
/// A worker keeps two tests in its queue, the one that it runs and the next: those are never given away.
fn stuck(run: &Run, layout: &Layout, alive: &[bool], row: usize, drain_us: i64) -> Option<Unstealable> {
    let lane = layout.lanes.get(row)?;
    // Attempts of one test are one entry of the queue.
    let mut bars = lane.index.bars().rev();
    let test_of = |bar: &Bar| run.attempts.test(AttemptId(bar.attempt));
    let mut last = bars.next()?;
    let behind = loop {
        let bar = bars.next()?;
        if test_of(&bar) != test_of(&last) {
            break bar;
        }
        last = bar;
    };
    let behind_test = test_of(&behind);
    let first_of_behind = bars.take_while(|bar| test_of(bar) == behind_test).last().unwrap_or(behind);
    let others = layout.lanes.iter().zip(alive).enumerate().filter(|&(i, (_, alive))| i != row && *alive);
    let idle_since_us = others.map(|(_, (lane, _))| lane.last_us).min()?;
    let waited_us = last.from_us - first_of_behind.from_us.max(idle_since_us);
    let piece = piece(row as u32, last, drain_us);
    (waited_us > 0).then_some(Unstealable { piece, behind: behind_test, idle_since_us, waited_us })
}

/// What stays on one worker together with this test, in pytest-xdist's words; `None` where tests are free.
#[must_use]
pub fn group_of<'a>(id: &'a str, mode: &str) -> Option<&'a str> {
    match mode {
        "loadfile" => Some(id.split("::").next().unwrap_or(id)),
        "loadscope" => Some(id.rsplit_once("::").map_or(id, |(scope, _)| scope)),
        // An ungrouped test is a group of its own. A parameter may hold an @, and stands in brackets.
        "loadgroup" => Some(id.rsplit_once('@').map_or(id, |(_, group)| if group.ends_with(']') { id } else { group })),
        _ => None,
    }
}

/// The most time that one group takes, microseconds.
fn longest_group_us(run: &Run, mode: &str) -> Option<i64> {
    group_of("", mode)?;
    let mut groups: HashMap<(u32, &str), i64, FixedState> = HashMap::default();
    for a in run.attempts.ids() {
        let test = run.attempts.test(a);
        let (Some(us), Some(group)) = (time_us(run, a), group_of(run.test_id(test), mode)) else { continue };
        // Matrix jobs are sessions of their own.
        let sum = groups.entry((run.tests.group(test).map_or(u32::MAX, |g| g.0), group)).or_insert(0);
        *sum = sum.saturating_add(us);
    }
    groups.values().copied().max()
}

fn end_group(
    run: &Run,
    layout: &Layout,
    mode: &str,
    last: &EndPiece,
    drain_us: i64,
    share_us: i64,
) -> Option<EndGroup> {
    let of = |attempt: AttemptId| group_of(run.test_id(run.attempts.test(attempt)), mode);
    let name = of(last.attempt)?;
    let lane = layout.lanes.get(last.lane as usize)?;
    let (mut from_us, mut to_us, mut us, mut attempts, mut tail_us) = (last.from_us, last.to_us, 0_i64, 0, 0_i64);
    for bar in lane.index.bars().filter(|bar| of(AttemptId(bar.attempt)) == Some(name)) {
        (from_us, to_us) = (from_us.min(bar.from_us), to_us.max(bar.to_us));
        us = us.saturating_add(time_us(run, AttemptId(bar.attempt)).unwrap_or(0));
        tail_us = tail_us.saturating_add((bar.to_us - bar.from_us.max(drain_us)).max(0));
        attempts += 1;
    }
    let decides_bound = us > share_us;
    Some(EndGroup { name: name.to_owned(), lane: last.lane, from_us, to_us, us, attempts, tail_us, decides_bound })
}

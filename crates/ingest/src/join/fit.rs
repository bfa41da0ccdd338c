//! The run that a report of coverage or of benchmarks fits best: of those that lie near it, or ran when it was written.

use std::cell::OnceCell;

use lanescope_model::Run;
use lanescope_model::order::{numbers, places};

use super::evidence;
use super::facts::{Facts, key, overlap};
use super::measures::{A_LOOK, SLACK_US, Unit};
use super::near::{Folders, Looks, Lying, Spans, cost};
use crate::Joined;

/// Clocks differ a little.
const BEFORE_US: i64 = 2_000_000;
/// Offsets of time zones are multiples of this.
const ZONE_STEP_US: i64 = 900_000_000;
/// What a time is worth that fits only if a clock is off.
const SHIFTED: f64 = 0.1;
const LARGEST_ZONE_US: i64 = 14 * 3_600_000_000;

/// The run that a report is of.
pub(super) struct Fit {
    pub(super) run: usize,
    /// How close it lies, as in [`Folders::place`].
    pub(super) place: u8,
    /// Whether its time says so too.
    pub(super) timed: bool,
    /// By how much a clock is taken to be off.
    pub(super) shift_us: i64,
}

/// A run with tests.
struct Tested<'a> {
    at: usize,
    run: &'a Run,
    sources: &'a [usize],
    span: Option<(i64, i64)>,
    naive_clock: bool,
    size: Size,
    keys: OnceCell<Vec<i64>>,
}

impl<'a> Tested<'a> {
    fn new(facts: &[Facts<'_>], at: usize, joined: &'a Joined) -> Self {
        let run = &*joined.run;
        let session = run.meta.session;
        let whole = || Some((session.start_us?, session.start_us?.checked_add(session.length_us?)?));
        Self {
            at,
            run,
            sources: &joined.sources,
            span: whole().or_else(|| run.window_us()),
            naive_clock: files(facts, &joined.sources).all(|f| f.source.naive_clock),
            size: Size {
                files: 1 + files(facts, &joined.sources).map(|f| cost(&f.source.path)).sum::<usize>(),
                words: files(facts, &joined.sources).map(|f| f.words.len()).sum(),
                tests: run.tests.len(),
            },
            keys: OnceCell::new(),
        }
    }

    fn keys(&self) -> &[i64] {
        self.keys.get_or_init(|| {
            let mut keys: Vec<i64> = self.run.tests.ids().map(|t| key(self.run.test_id(t))).collect();
            numbers(&mut keys);
            keys
        })
    }
}

fn files<'f, 's>(facts: &'f [Facts<'s>], sources: &'f [usize]) -> impl Iterator<Item = &'f Facts<'s>> + Clone {
    sources.iter().filter_map(|&i| facts.get(i))
}

/// How much there is to look at in some runs.
#[derive(Clone, Copy, Default)]
struct Size {
    files: usize,
    words: usize,
    tests: usize,
}

/// The run of each report that fits it best.
pub(super) fn fits(
    facts: &[Facts<'_>],
    folders: &Folders<'_>,
    units: &[Unit],
    kinds: &[(usize, usize)],
    runs: &[Joined],
    looks: &mut Looks,
) -> Vec<Option<Fit>> {
    let tested = runs.iter().enumerate().filter(|(_, joined)| !joined.run.tests.is_empty());
    let tested: Vec<Tested<'_>> = tested.map(|(at, joined)| Tested::new(facts, at, joined)).collect();
    let lies = tested.iter().enumerate().flat_map(|(n, one)| one.sources.iter().map(move |&i| (folders.of(i), n)));
    let lying = Lying::new(&mut { lies });
    let spans = tested.iter().enumerate().filter_map(|(n, one)| one.span.map(|(from, to)| (from, to, n as u32, 0)));
    let spans = Spans::new(spans.collect());
    let mut found: Vec<Option<Fit>> = units.iter().map(|_| None).collect();
    let folder = |at: usize| units.get(at).map_or(0, |unit| folders.of(unit.file()));
    let order = places(units.len(), &|a, b| folder(a).cmp(&folder(b)));
    for here in order.chunk_by(|&a, &b| folder(a as usize) == folder(b as usize)) {
        // What lies in the folder or in one around or below it is the same for all reports in there.
        let near = here.first().map(|&at| folders.near(folder(at as usize))).unwrap_or_default();
        let near = || near.iter().map(|near| lying.within(near));
        if !looks.take(near().map(<[_]>::len).sum()) {
            continue;
        }
        let mut near: Vec<i64> = near().flatten().map(|&(.., n, _)| n.into()).collect();
        let size = distinct(&tested, &mut near);
        for at in here.iter().map(|&at| at as usize) {
            let (Some(unit), Some(kind)) = (units.get(at), kinds.get(at)) else { continue };
            let side_by_side = tested.len() == 1 && kind.1 == 1;
            let mut more: Vec<i64> = if side_by_side { vec![0] } else { Vec::new() };
            let timed = unit.written_us.is_none_or(|at| {
                let (start, end) = (at.saturating_add(BEFORE_US), at.saturating_sub(SLACK_US));
                spans.around(start, end, &mut more, looks).is_some()
            });
            if !timed || (!more.is_empty() && !looks.take(more.len() + near.len())) {
                continue;
            }
            let (candidates, size) = if more.is_empty() {
                (&near, size)
            } else {
                more.extend(&near);
                let size = distinct(&tested, &mut more);
                (&more, size)
            };
            let candidates = candidates.iter().filter_map(|&n| tested.get(n as usize));
            if let Some(slot) = found.get_mut(at) {
                *slot = fitting(facts, folders, unit, &mut { candidates }, size, side_by_side, looks);
            }
        }
    }
    found
}

/// Brings the numbers of runs in order, each once, and says how much there is to look at.
fn distinct(tested: &[Tested<'_>], runs: &mut Vec<i64>) -> Size {
    numbers(runs);
    runs.dedup();
    let sizes = runs.iter().filter_map(|&n| tested.get(n as usize)).map(|tested| tested.size);
    sizes.fold(Size::default(), |all, one| Size {
        files: all.files + one.files,
        words: all.words + one.words,
        tests: all.tests + one.tests,
    })
}

/// The run that fits best, if one does and no other fits as well. Folders `side_by_side` are of one run only where there is
/// no other run, and no other such report; a time may say otherwise.
fn fitting<'a>(
    facts: &[Facts<'_>],
    folders: &Folders<'_>,
    unit: &Unit,
    candidates: &mut dyn Iterator<Item = &'a Tested<'a>>,
    size: Size,
    side_by_side: bool,
    looks: &mut Looks,
) -> Option<Fit> {
    let mine = facts.get(unit.file()).filter(|_| !unit.baseline)?;
    // Benchmarks of pytest are tests, and stand in the report of the tests.
    let mut named: Vec<i64> = (unit.run.benchmarks.iter().filter(|report| report.format == "pytest-benchmark"))
        .flat_map(|report| &report.rows)
        .map(|row| key(unit.run.strings.get(row.name)))
        .collect();
    numbers(&mut named);
    let tests = if named.is_empty() { 0 } else { size.tests + size.files * named.len() };
    if !looks.take(size.files * cost(&mine.source.path) + (tests + size.words * mine.words.len()) / A_LOOK) {
        return None;
    }
    let mut best: Option<(f64, Fit)> = None;
    let mut second: Option<f64> = None;
    for tested in candidates {
        if !is_of(unit, &named, tested) {
            continue;
        }
        let Some((time, shift_us)) = time(mine, unit, tested) else { continue };
        let theirs = files(facts, tested.sources);
        let timed = time > 0.0 && shift_us == 0;
        let place = tested.sources.iter().map(|&file| folders.place(unit.file(), file)).max().unwrap_or(0);
        let near = place > 1 || (place == 1 && side_by_side && shift_us == 0);
        if !(near || timed) || !jobs_fit(mine, &theirs) {
            continue;
        }
        let names = theirs.map(|f| evidence::names(mine, f)).fold(0.0, f64::max);
        let score = 3.0 * time + f64::from(place) + names;
        let before = best.as_ref().map(|best| best.0);
        if before.is_none_or(|before| score > before) {
            second = before.or(second);
            best = Some((score, Fit { run: tested.at, place, timed, shift_us }));
        } else {
            second = Some(second.map_or(score, |second| second.max(score)));
        }
    }
    let (score, first) = best?;
    second.is_none_or(|second| score - second > 0.05).then_some(first)
}

/// Whether nothing that is measured speaks against the run.
fn is_of(unit: &Unit, named: &[i64], tested: &Tested<'_>) -> bool {
    let apart = unit.run.meta.commit.as_deref().zip(tested.run.meta.commit.as_deref());
    if apart.is_some_and(|(a, b)| !a.starts_with(b) && !b.starts_with(a)) {
        return false;
    }
    named.is_empty() || overlap(named, tested.keys()) * 2 >= named.len()
}

/// From 0 (nothing known) to 1 (written at its end), and by how much the clock of the report, or of the tests, is taken to
/// be off; `None` where it was written at another time.
fn time(mine: &Facts<'_>, unit: &Unit, tested: &Tested<'_>) -> Option<(f64, i64)> {
    let (Some(at), Some((start, stop))) = (unit.written_us, tested.span) else { return Some((0.0, 0)) };
    if let Some(fit) = late(at, (start, stop)) {
        return Some((fit, 0));
    }
    // Of two clocks one may name no zone, and be off by whole steps: then some step fits any report of the same day, which
    // says little. Two such clocks are of one zone.
    if mine.source.naive_clock == tested.naive_clock {
        return None;
    }
    shifted(at, (start, stop))
}

/// How well a time fits a run: the less, the later it is.
fn late(at: i64, (start, stop): (i64, i64)) -> Option<f64> {
    let late = at.saturating_sub(stop).max(0);
    (at >= start.saturating_sub(BEFORE_US) && late <= SLACK_US).then(|| 1.0 - 0.5 * late as f64 / SLACK_US as f64)
}

/// How well a time fits a run after the step that makes it fit best, and that step.
fn shifted(at: i64, (start, stop): (i64, i64)) -> Option<(f64, i64)> {
    // Of those with which it is not too early the least is the best.
    let early = start.saturating_sub(BEFORE_US).saturating_sub(at);
    let most = LARGEST_ZONE_US / ZONE_STEP_US;
    let step = early.saturating_neg().div_euclid(ZONE_STEP_US).saturating_neg().max(-most);
    let shift = (step <= most).then(|| step * ZONE_STEP_US)?;
    late(at.saturating_add(shift), (start, stop)).map(|fit| (fit * SHIFTED, shift))
}

/// Whether the job, the shard and the attempt that a path names are among those of a run's files.
fn jobs_fit<'f>(mine: &Facts<'_>, theirs: &(impl Iterator<Item = &'f Facts<'f>> + Clone)) -> bool {
    let named = |of: &dyn Fn(&Facts<'_>) -> Option<bool>| {
        let mut told = theirs.clone().filter_map(of).peekable();
        told.peek().is_none() || told.any(|fits| fits)
    };
    let group = |f: &Facts<'_>| (!f.facets.group.is_empty()).then_some(f.group == mine.group);
    let shard = mine.shard.is_none_or(|mine| named(&|f| f.shard.map(|s| s.current == mine.current)));
    (mine.facets.group.is_empty() || named(&group)) && shard
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_best_step_is_found_as_a_look_at_each_does(
            at in -70_i64..70, seconds in -1_800_i64..1_800, start in -4_i64..4, length in 0_i64..8,
        ) {
            let (at, start) = (at * ZONE_STEP_US + seconds * 1_000_000, start * ZONE_STEP_US);
            let span = (start, start + length * ZONE_STEP_US / 3);
            let steps = LARGEST_ZONE_US / ZONE_STEP_US;
            let mut best: Option<(f64, i64)> = None;
            for shift in (-steps..=steps).map(|n| n * ZONE_STEP_US) {
                if let Some(fit) = late(at + shift, span).map(|fit| fit * SHIFTED)
                    && best.is_none_or(|best| fit > best.0)
                {
                    best = Some((fit, shift));
                }
            }
            prop_assert_eq!(shifted(at, span), best);
        }
    }

    #[test]
    fn a_time_that_is_no_time_fits_nothing() {
        for at in [i64::MIN, i64::MAX] {
            assert_eq!((shifted(at, (0, 1)), late(at, (0, 1))), (None, None));
            assert_eq!(shifted(0, (at, at)), None);
        }
    }
}

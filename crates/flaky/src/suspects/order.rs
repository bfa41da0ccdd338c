//! Suspects among the other tests: what ran before on the same worker, and what ran meanwhile on others.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_analysis::span_us;
use lanescope_model::order::{Keyed, by_keys};
use lanescope_protocol::SuspectKind;

use super::{Candidate, Context};
use crate::History;
use crate::stats::Factorials;

/// Of each kind, only so many of the most striking candidates are told further.
const BEST: usize = 4;

/// Who ran where and when, run by run.
pub(crate) struct Lanes {
    /// By run: worker, start, test of the history and stop, ordered by worker and start. Empty where a file does not
    /// tell workers and starts.
    runs: Vec<Vec<Keyed>>,
    stops: Vec<Vec<i64>>,
    /// By test, a number that tests share that differ in parameters only.
    functions: Vec<u32>,
}

impl Lanes {
    /// The lanes of all runs.
    pub(crate) fn new(history: &History) -> Self {
        let (mut runs, mut stops) = (Vec::new(), Vec::new());
        for (at, run) in history.runs().iter().enumerate() {
            let mut lanes: Vec<Keyed> = Vec::new();
            let mut ends = Vec::new();
            if run.workers.is_empty() {
                runs.push(lanes);
                stops.push(ends);
                continue;
            }
            let tests = history.tests_of(at);
            for a in run.attempts.ids() {
                let (Some(worker), Some((start, stop))) = (run.attempts.worker(a), span_us(run, a)) else { continue };
                let Some(&test) = tests.get(run.attempts.test(a).index()) else { continue };
                lanes.push((i64::from(worker.0), start, test, ends.len() as u32));
                ends.push(stop);
            }
            by_keys(&mut lanes);
            runs.push(lanes);
            stops.push(ends);
        }
        let mut known: HashMap<&str, u32, FixedState> = HashMap::default();
        let function = |test: usize| {
            let name = history.name(test);
            let next = known.len() as u32;
            *known.entry(name.split('[').next().unwrap_or(name)).or_insert(next)
        };
        let functions = (0..history.tests()).map(function).collect();
        Self { runs, stops, functions }
    }

    fn stop(&self, run: usize, entry: &Keyed) -> i64 {
        self.stops.get(run).and_then(|s| s.get(entry.3 as usize)).copied().unwrap_or(entry.1)
    }
}

/// Failing and passing cases by test (or function), counted once a case.
struct Tally {
    counts: Vec<[u32; 2]>,
    seen: Vec<u32>,
}

impl Tally {
    fn new(len: usize) -> Self {
        Self { counts: vec![[0; 2]; len], seen: vec![u32::MAX; len] }
    }

    fn add(&mut self, item: u32, case: u32, failed: bool) {
        let (Some(seen), Some([bad, good])) = (self.seen.get_mut(item as usize), self.counts.get_mut(item as usize))
        else {
            return;
        };
        if *seen != case {
            *seen = case;
            *(if failed { bad } else { good }) += 1;
        }
    }
}

/// Candidates by kind, each with the number of tests that could have been suspects.
pub(super) fn candidates(
    context: &Context<'_>,
    lanes: &Lanes,
    factorials: &Factorials,
) -> Vec<(Vec<Candidate>, usize)> {
    let n = context.history.tests();
    let (mut before, mut meanwhile, mut functions) = (Tally::new(n), Tally::new(n), Tally::new(n));
    let own_function = lanes.functions.get(context.verdict.test).copied();
    let mut known = [0_u32; 2];
    for (number, case) in context.cases.iter().enumerate() {
        let number = number as u32;
        let Some(run) = context.history.run(case.run) else { continue };
        let Some(lane) = lanes.runs.get(case.run).filter(|l| !l.is_empty()) else { continue };
        let (Some(worker), Some((start, stop))) = (run.attempts.worker(case.attempt), span_us(run, case.attempt))
        else {
            continue;
        };
        let [bad, good] = &mut known;
        *(if case.failed { bad } else { good }) += 1;
        for entry in lane {
            let test = entry.2;
            if test as usize == context.verdict.test {
                continue;
            }
            if entry.0 == i64::from(worker.0) {
                if entry.1 < start {
                    before.add(test, number, case.failed);
                }
            } else if entry.1 < stop && lanes.stop(case.run, entry) > start {
                meanwhile.add(test, number, case.failed);
                if let Some(&function) = lanes.functions.get(test as usize) {
                    functions.add(function, number, case.failed);
                }
            }
        }
    }
    // Cases of which the order is not known are in no table.
    if known.contains(&0) {
        return Vec::new();
    }
    let [bad, good] = known;
    let name = |test: usize| context.history.name(test);
    let polluter = |with: [u32; 2], test: usize| Candidate {
        kind: SuspectKind::Polluter,
        test: Some(test),
        text: format!("{} ran before it on the same worker", name(test)),
        with,
        of: known,
        command: context.pytest("-p no:randomly", &[test, context.verdict.test]),
    };
    let setter = |with: [u32; 2], test: usize| Candidate {
        kind: SuspectKind::StateSetter,
        test: Some(test),
        text: format!("{} did not run before it on the same worker", name(test)),
        with,
        of: known,
        command: context.pytest("-p no:randomly", &[context.verdict.test]),
    };
    let overlap = |with: [u32; 2], test: usize| Candidate {
        kind: SuspectKind::Overlap,
        test: Some(test),
        text: format!("{} ran at the same time on another worker", name(test)),
        with,
        of: known,
        command: context.pytest("-n 2 --dist load", &[context.verdict.test, test]),
    };
    let siblings = |with: [u32; 2], function: usize| {
        let of = |test: &usize| lanes.functions.get(*test) == Some(&(function as u32)) && *test != context.verdict.test;
        let test = (0..n).find(of);
        let all = name(test.unwrap_or(0)).split('[').next().unwrap_or("");
        let mut command = context.pytest("-n 4 --dist load", &[]);
        if !command.is_empty() {
            command.push_str(&crate::words::quoted(all));
        }
        Candidate {
            kind: SuspectKind::Overlap,
            test,
            text: format!("{all} ran at the same time on another worker, with any other parameters"),
            with,
            of: known,
            command,
        }
    };
    let plain = |c: [u32; 2]| c;
    let without = |c: [u32; 2]| [bad - c[0].min(bad), good - c[1].min(good)];
    let mut several = vec![0_u32; n];
    for &f in &lanes.functions {
        several.iter_mut().skip(f as usize).take(1).for_each(|k| *k += 1);
    }
    let best = |tally: &Tally, with: &dyn Fn([u32; 2]) -> [u32; 2], only: &dyn Fn(usize) -> bool| {
        best(tally, with, only, [bad, good], factorials)
    };
    let any = |_: usize| true;
    let mut all = Vec::new();
    let mut take = |found: (Vec<([u32; 2], usize)>, usize), make: &dyn Fn([u32; 2], usize) -> Candidate| {
        all.push((found.0.into_iter().map(|(with, item)| make(with, item)).collect(), found.1));
    };
    take(best(&before, &plain, &any), &polluter);
    take(best(&before, &without, &any), &setter);
    take(best(&meanwhile, &plain, &any), &overlap);
    let related = |f: usize| several.get(f).is_some_and(|&k| k > 2) && Some(f as u32) == own_function;
    take(best(&functions, &plain, &related), &siblings);
    all
}

/// The most striking items of a tally, and how many items there are that are not in all cases or in none.
fn best(
    tally: &Tally,
    with: &dyn Fn([u32; 2]) -> [u32; 2],
    only: &dyn Fn(usize) -> bool,
    [bad, good]: [u32; 2],
    factorials: &Factorials,
) -> (Vec<([u32; 2], usize)>, usize) {
    let mut tried = 0;
    // Probability in billionths, in the order of places for equal ones.
    let mut found: Vec<Keyed> = Vec::new();
    for (item, &counts) in tally.counts.iter().enumerate().filter(|(item, _)| only(*item)) {
        let [a, b] = with(counts);
        if a + b == 0 || a + b == bad + good {
            continue;
        }
        tried += 1;
        // What is no more frequent among failures is no suspect.
        if u64::from(a) * u64::from(good) > u64::from(b) * u64::from(bad) {
            let p = factorials.fisher([a, b, bad - a.min(bad), good - b.min(good)]);
            found.push(((p.max(1e-300).ln() * 1e9) as i64, -i64::from(a), item as u32, 0));
        }
    }
    by_keys(&mut found);
    let told =
        found.into_iter().take(BEST).filter_map(|k| Some((with(*tally.counts.get(k.2 as usize)?), k.2 as usize)));
    (told.collect(), tried)
}

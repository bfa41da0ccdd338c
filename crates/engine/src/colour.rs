//! The classes that colours stand for.

use std::collections::BTreeMap;

use lanescope_analysis::time_us;
use lanescope_model::{Outcome, Run, StrId, TestId, order, us_to_s};
use lanescope_protocol::{ColourBy, Legend, LegendItem};

use crate::query;
use crate::run_state::RunState;

/// A colouring has no more classes than this: more colours are not told apart.
const MOST: usize = 9;
/// Stands for "none" among keys.
const NONE: u32 = u32::MAX;

/// The class of each attempt of a run.
pub(crate) struct Classes {
    /// By row of the attempt.
    of: Vec<u8>,
    items: Vec<LegendItem>,
}

impl Classes {
    /// Class of an attempt.
    pub(crate) fn tint(&self, attempt: u32) -> u8 {
        self.of.get(attempt as usize).copied().unwrap_or(0)
    }
}

/// The legend of a colouring.
pub(crate) fn legend(state: &RunState, colour: ColourBy) -> Legend {
    Legend { colour, items: state.looks.classes(state, colour).items.clone() }
}

/// Sorts the attempts into classes.
pub(crate) fn classes(state: &RunState, colour: ColourBy) -> Classes {
    let run = &state.run;
    let words = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<String>>();
    match colour {
        ColourBy::Outcome => {
            let of = run.attempts.ids().map(|a| run.attempts.outcome(a) as u8).collect();
            count(run, of, words(&Outcome::ALL.map(Outcome::as_str)), 0)
        }
        ColourBy::Group => {
            let keys: Vec<u32> = run.tests.ids().map(|t| run.tests.group(t).map_or(NONE, |g| g.0)).collect();
            let names: Vec<&str> = run.groups.iter().map(|g| run.strings.get(g.name)).collect();
            by_key(run, &keys, &names, "no group")
        }
        ColourBy::File => {
            let (keys, names) = files(run);
            by_key(run, &keys, &names, "no file")
        }
        ColourBy::Marker => markers(run),
        ColourBy::Duration => durations(run),
        ColourBy::Flakiness => {
            let of_test = |t: TestId| match () {
                () if run.tests.is_flaky(t) => 0,
                () if run.tests.outcome(t).is_bad() => 1,
                () if run.tests.attempts(t).len() > 1 => 2,
                () => 3,
            };
            let of = run.attempts.ids().map(|a| of_test(run.attempts.test(a))).collect();
            count(run, of, words(&["flaky", "failing", "retried", "steady"]), 0)
        }
    }
}

/// Counts the classes. The first `ranked` of them are put in the order of their time, most first; those that no
/// attempt has are left out of the legend.
fn count(run: &Run, mut of: Vec<u8>, texts: Vec<String>, ranked: usize) -> Classes {
    let mut sums = vec![(0_u32, 0_i64); texts.len()];
    for (attempt, class) in run.attempts.ids().zip(&of) {
        if let Some((attempts, us)) = sums.get_mut(usize::from(*class)) {
            *attempts += 1;
            *us = us.saturating_add(time_us(run, attempt).unwrap_or(0));
        }
    }
    let mut ranking: Vec<u32> = (0..texts.len() as u32).collect();
    if let Some(ranked) = ranking.get_mut(..ranked) {
        let weight = |i: u32| sums.get(i as usize).map_or((0, 0), |s| (s.1, s.0));
        order::by(ranked, &|a, b| weight(b).cmp(&weight(a)));
    }
    let mut tints = vec![0_u8; texts.len()];
    for (tint, class) in (0_u8..).zip(&ranking) {
        tints.iter_mut().skip(*class as usize).take(1).for_each(|slot| *slot = tint);
    }
    for class in &mut of {
        *class = tints.get(usize::from(*class)).copied().unwrap_or(0);
    }
    let item = |(tint, class): (u8, u32)| {
        let class = class as usize;
        let &(attempts, us) = sums.get(class)?;
        let text = texts.get(class)?.clone();
        (attempts > 0).then(|| LegendItem { tint, text, attempts, seconds: us_to_s(us) })
    };
    let items = (0_u8..).zip(ranking).filter_map(item).collect();
    Classes { of, items }
}

/// Which keys have a class of their own, given the time of each: those with most time. `behind` is how many
/// classes are needed besides, without the one for what is left over.
fn largest(us: &[i64], behind: usize) -> Vec<u32> {
    let mut keys: Vec<u32> = (0..us.len() as u32).collect();
    let room = MOST - behind;
    if keys.len() > room {
        let weight = |k: u32| us.get(k as usize).copied().unwrap_or(0);
        order::by(&mut keys, &|a, b| weight(b).cmp(&weight(a)));
        keys.truncate(room - 1);
    }
    keys
}

/// Time in the attempts of a test, microseconds.
fn test_us(run: &Run, test: TestId) -> i64 {
    run.tests.attempts(test).filter_map(|a| time_us(run, a)).fold(0, i64::saturating_add)
}

/// A class for each of the largest keys; one for the other keys, and one for tests without.
fn by_key(run: &Run, keys: &[u32], names: &[&str], none: &str) -> Classes {
    let mut us = vec![0_i64; names.len()];
    for (test, &key) in run.tests.ids().zip(keys) {
        if let Some(sum) = us.get_mut(key as usize) {
            *sum = sum.saturating_add(test_us(run, test));
        }
    }
    let any_none = keys.contains(&NONE);
    let chosen = largest(&us, usize::from(any_none));
    let other = chosen.len() as u8;
    let mut class_of = vec![other; names.len()];
    for (class, key) in (0_u8..).zip(&chosen) {
        class_of.iter_mut().skip(*key as usize).take(1).for_each(|slot| *slot = class);
    }
    let of_test = |t: TestId| {
        let key = keys.get(t.index()).copied().unwrap_or(NONE);
        class_of.get(key as usize).copied().unwrap_or(other + 1)
    };
    let of = run.attempts.ids().map(|a| of_test(run.attempts.test(a))).collect();
    let texts = chosen.iter().filter_map(|&key| names.get(key as usize)).map(|&name| name.to_owned());
    let texts = texts.chain(["other".to_owned(), none.to_owned()]).collect();
    count(run, of, texts, chosen.len())
}

/// The file of each test as a number, and the names of the files.
fn files(run: &Run) -> (Vec<u32>, Vec<&str>) {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    let mut names = Vec::new();
    // Tests of one file mostly come one after the other.
    let mut last = ("", NONE);
    let keys = run.tests.ids().map(|test| {
        let file = query::file(run, test);
        if file != last.0 {
            let key = *known.entry(file).or_insert_with(|| {
                names.push(file);
                names.len() as u32 - 1
            });
            last = (file, key);
        }
        last.1
    });
    (keys.collect(), names)
}

/// One combination of markers.
struct Combination {
    markers: Vec<u32>,
    tests: u32,
    us: i64,
}

/// By markers: the rule stands at [`ColourBy::Marker`]. Whole modules share their markers, so there are few
/// combinations of them, and each is looked at once.
fn markers(run: &Run) -> Classes {
    let mut combination_of: BTreeMap<StrId, usize> = BTreeMap::new();
    let mut combinations: Vec<Combination> = Vec::new();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let mut names: Vec<&str> = Vec::new();
    let mut last: Option<(StrId, usize)> = None;
    let mut of_test = Vec::with_capacity(run.tests.len());
    for test in run.tests.ids() {
        let joined = run.tests.markers(test);
        let at = match last {
            Some((known, at)) if known == joined => at,
            _ => *combination_of.entry(joined).or_insert_with(|| {
                let words = run.strings.get(joined).split(' ').filter(|m| !m.is_empty());
                let number = |word| {
                    *numbers.entry(word).or_insert_with(|| {
                        names.push(word);
                        names.len() as u32 - 1
                    })
                };
                let mut markers: Vec<u32> = words.map(number).collect();
                order::by(&mut markers, &|a, b| a.cmp(&b));
                markers.dedup();
                combinations.push(Combination { markers, tests: 0, us: 0 });
                combinations.len() - 1
            }),
        };
        last = Some((joined, at));
        of_test.push(at);
        if let Some(combination) = combinations.get_mut(at) {
            combination.tests += 1;
            combination.us = combination.us.saturating_add(test_us(run, test));
        }
    }
    let (mut us, mut tests) = (vec![0_i64; names.len()], vec![0_u32; names.len()]);
    for combination in &combinations {
        for &marker in &combination.markers {
            if let (Some(us), Some(tests)) = (us.get_mut(marker as usize), tests.get_mut(marker as usize)) {
                *us = us.saturating_add(combination.us);
                *tests += combination.tests;
            }
        }
    }
    let any_none = combinations.iter().any(|c| c.markers.is_empty());
    let chosen = largest(&us, usize::from(any_none));
    let rarity = |marker: u32| (tests.get(marker as usize).copied().unwrap_or(0), names.get(marker as usize));
    let (other, none) = (chosen.len() as u8, chosen.len() as u8 + 1);
    let class_of = combinations.iter().map(|c| {
        let own = (0_u8..).zip(&chosen).filter(|(_, marker)| c.markers.contains(marker));
        let rarest = own.min_by_key(|&(_, &marker)| rarity(marker));
        rarest.map_or(if c.markers.is_empty() { none } else { other }, |(class, _)| class)
    });
    let class_of: Vec<u8> = class_of.collect();
    let class = |t: TestId| of_test.get(t.index()).and_then(|&at| class_of.get(at)).copied().unwrap_or(none);
    let of = run.attempts.ids().map(|a| class(run.attempts.test(a))).collect();
    let texts = chosen.iter().filter_map(|&marker| names.get(marker as usize)).map(|&name| name.to_owned());
    let texts = texts.chain(["other markers".to_owned(), "no marker".to_owned()]).collect();
    count(run, of, texts, chosen.len())
}

/// By the attempt's own time, in steps of ten, or of about three where the run spans little.
fn durations(run: &Run) -> Classes {
    let times = || run.attempts.ids().filter_map(|a| time_us(run, a));
    let (shortest, longest) = (times().min().unwrap_or(0).max(1), times().max().unwrap_or(0).max(1));
    let fine = longest / shortest < 3000;
    let mut steps: Vec<i64> = Vec::new();
    let mut decade = 1_i64;
    while decade <= longest {
        steps.push(decade);
        if fine {
            steps.push(decade.saturating_mul(3));
        }
        decade = decade.saturating_mul(10);
        if decade == i64::MAX {
            break;
        }
    }
    steps.retain(|&step| step > shortest && step <= longest);
    // One class more than steps, and one for unknown times.
    let steps = steps.split_off(steps.len().saturating_sub(MOST - 2));
    let unknown = steps.len() as u8 + 1;
    let class = |us: Option<i64>| us.map_or(unknown, |us| steps.partition_point(|&step| step <= us) as u8);
    let of = run.attempts.ids().map(|a| class(time_us(run, a))).collect();
    let mut texts: Vec<String> = match (steps.first(), steps.last()) {
        (Some(&first), Some(&last)) => {
            let between = steps.iter().zip(steps.iter().skip(1)).map(|(&a, &b)| format!("{} to {}", step(a), step(b)));
            let below = std::iter::once(format!("< {}", step(first)));
            below.chain(between).chain(std::iter::once(format!("≥ {}", step(last)))).collect()
        }
        _ => vec![lanescope_analysis::duration(us_to_s(longest))],
    };
    texts.push("unknown".to_owned());
    count(run, of, texts, 0)
}

/// A step of the scale: one digit and zeros.
fn step(us: i64) -> String {
    let (value, unit) = match us {
        ..1000 => (us, "µs"),
        1000..1_000_000 => (us / 1000, "ms"),
        _ => (us / 1_000_000, "s"),
    };
    format!("{value}\u{a0}{unit}")
}

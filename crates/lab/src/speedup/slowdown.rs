//! Contention: how much the same tests slowed down as workers were added.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lanescope_analysis::time_us;
use lanescope_model::{Run, TestId, us_to_s};
use lanescope_protocol::Slowdown;

use super::Case;
use super::quantile::{quantile, sort};

/// A test that took less than this alone says nothing about slowing down, microseconds.
const LEAST_US: i64 = 1_000;
/// Groups, folders and markers named at most, those with most time.
const NAMED: usize = 20;

/// A test that both ran: its time here and alone, microseconds.
#[derive(Clone, Copy)]
struct Pair {
    here: TestId,
    now_us: i64,
    alone_us: i64,
}

#[derive(Default)]
struct Sum {
    tests: u32,
    now_us: i64,
    alone_us: i64,
    ratios: Vec<f64>,
}

impl Sum {
    fn add(&mut self, pair: &Pair) {
        self.tests += 1;
        self.now_us = self.now_us.saturating_add(pair.now_us);
        self.alone_us = self.alone_us.saturating_add(pair.alone_us);
        if pair.alone_us >= LEAST_US {
            self.ratios.push(pair.now_us as f64 / pair.alone_us as f64);
        }
    }

    fn line(mut self, run: &str, by: &str, name: &str) -> Slowdown {
        sort(&mut self.ratios);
        Slowdown {
            run: run.to_owned(),
            by: by.to_owned(),
            name: name.to_owned(),
            tests: self.tests,
            seconds: us_to_s(self.now_us),
            ratio: (self.alone_us > 0).then(|| self.now_us as f64 / self.alone_us as f64),
            lower: quantile(&self.ratios, 0.25),
            median: quantile(&self.ratios, 0.5),
            upper: quantile(&self.ratios, 0.75),
        }
    }
}

fn total_us(run: &Run, test: TestId) -> Option<i64> {
    run.tests.attempts(test).filter_map(|a| time_us(run, a)).reduce(i64::saturating_add)
}

/// The folder of a test's file; empty for one at the top.
pub(crate) fn folder(run: &Run, test: TestId) -> &str {
    file(run, test).rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The file that a test belongs to: that of its identity, by which tests are also handed out. The file on record may
/// be another one, in which a class that it inherits from is written; it serves where the identity names none.
pub(crate) fn file(run: &Run, test: TestId) -> &str {
    let suite = run.suite(test);
    let file = suite.split("::").next().unwrap_or(suite).split(" › ").next().unwrap_or(suite);
    match run.tests.file(test) {
        Some(on_record) if file.is_empty() => run.strings.get(on_record),
        _ => file,
    }
}

/// How much slower the tests of a run were than in its sequential run: all, by group (by folder where there are no
/// groups), and by marker. Empty where no test has a time in both.
pub(super) fn slowdowns(case: &Case<'_>, base: &Case<'_>) -> Vec<Slowdown> {
    let (run, alone) = (case.run, base.run);
    let pair = |(here, there)| Some(Pair { here, now_us: total_us(run, here)?, alone_us: total_us(alone, there)? });
    let pairs: Vec<Pair> = case.tests.shared(&base.tests).filter_map(pair).collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut all = Sum::default();
    pairs.iter().for_each(|pair| all.add(pair));
    let mut lines = vec![all.line(case.id, "all", "")];
    if run.groups.is_empty() {
        by(case.id, "folder", &pairs, &|test, add| add(folder(run, test)), &mut lines);
    } else {
        by(case.id, "group", &pairs, &|t, add| add(run.tests.group(t).map_or("", |g| run.group_name(g))), &mut lines);
    }
    let markers = |test: TestId, add: &mut dyn FnMut(&str)| {
        run.strings.get(run.tests.markers(test)).split(' ').filter(|m| !m.is_empty()).for_each(add);
    };
    by(case.id, "marker", &pairs, &markers, &mut lines);
    lines
}

/// Gives the names of a test one by one.
type Names<'a> = &'a dyn Fn(TestId, &mut dyn FnMut(&str));

fn by(run: &str, by: &str, pairs: &[Pair], names: Names<'_>, lines: &mut Vec<Slowdown>) {
    let mut places: HashMap<String, usize, FixedState> = HashMap::default();
    let mut sums: Vec<(String, Sum)> = Vec::new();
    for pair in pairs {
        names(pair.here, &mut |name| {
            let at = places.get(name).copied().unwrap_or_else(|| {
                places.insert(name.to_owned(), sums.len());
                sums.push((name.to_owned(), Sum::default()));
                sums.len() - 1
            });
            if let Some((_, sum)) = sums.get_mut(at) {
                sum.add(pair);
            }
        });
    }
    // One name for everything says what all say.
    if sums.len() < 2 {
        return;
    }
    lanescope_model::order::sort(&mut sums, &|a, b| b.1.now_us.cmp(&a.1.now_us).then_with(|| a.0.cmp(&b.0)));
    lines.extend(sums.into_iter().take(NAMED).map(|(name, sum)| sum.line(run, by, &name)));
}

//! Prints how well flaky tests are found in large synthetic histories, by their rate of failure, beside the rules of
//! others; how often the intervals hold the truth; and how long the analysis takes.
//!
//! `cargo run --release -p lanescope-flaky --example synthetic`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "an example prints, and stops at what it did not expect")]

#[path = "../tests/it/rules.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod rules;

use std::time::Instant;

use lanescope_flaky::Flaky;
use lanescope_samplegen::{HistorySample, HistorySpec, Truth};

const SEEDS: u64 = 5;

/// A rule, found and all by rate, and called wrongly.
type Found = (&'static str, Vec<(u32, u32)>, u32);

fn main() {
    let rates = HistorySpec::default().rates;
    let mut found: Vec<Found> = Vec::new();
    let mut covered: Vec<(u32, u32)> = vec![(0, 0); rates.len()];
    let (mut slow_found, mut slow_all, mut slow_wrong) = (0, 0, 0);
    let (mut broken_right, mut broken_all) = (0, 0);
    for seed in 1..=SEEDS {
        let sample = HistorySample::new(&HistorySpec { seed, ..HistorySpec::default() });
        let runs = rules::runs(&sample);
        let start = Instant::now();
        let flaky = Flaky::new(runs);
        println!("seed {seed}: 200 runs of 2,000 tests in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let place = |p: f64| rates.iter().position(|&r| r == p).unwrap();
        for (number, (rule, called)) in rules::rules(&flaky).into_iter().enumerate() {
            if found.len() <= number {
                found.push((rule, vec![(0, 0); rates.len()], 0));
            }
            let (_, by_rate, wrong) = &mut found[number];
            for (truth, called) in sample.truth.iter().zip(called) {
                match *truth {
                    Truth::Flaky(p) => {
                        by_rate[place(p)].0 += u32::from(called);
                        by_rate[place(p)].1 += 1;
                    }
                    _ => *wrong += u32::from(called),
                }
            }
        }
        for row in flaky.tests() {
            let number: usize = row.test.rsplit('_').next().unwrap().parse().unwrap();
            let slow = flaky.slower().iter().find(|s| s.test == row.test);
            match sample.truth[number] {
                Truth::Flaky(p) => {
                    let rate = row.failure_rate.unwrap();
                    covered[place(p)].0 += u32::from(rate.low <= p && p <= rate.high);
                    covered[place(p)].1 += 1;
                    slow_wrong += u32::from(slow.is_some());
                }
                Truth::Slower(from, _) => {
                    slow_all += 1;
                    slow_found += u32::from(slow.is_some_and(|s| s.from_run.abs_diff(from + 1) <= 2));
                }
                Truth::Broken(..) => {
                    use lanescope_protocol::FlakyClass::{Broken, Fixed};
                    broken_all += 1;
                    broken_right += u32::from(matches!(row.class, Broken | Fixed));
                    slow_wrong += u32::from(slow.is_some());
                }
                _ => slow_wrong += u32::from(slow.is_some()),
            }
        }
    }
    println!(
        "\nF1 by rate of failure (the wrongly called tests count against every rate by their share), {SEEDS} histories"
    );
    print!("{:<26}", "rule");
    for rate in &rates {
        print!("{:>7}", format!("{:.1} %", rate * 100.0));
    }
    println!("    all  precision  recall");
    for (rule, by_rate, wrong) in &found {
        print!("{rule:<26}");
        let f1 = |hit: u32, all: u32, wrong: f64| {
            if hit == 0 { 0.0 } else { 2.0 * f64::from(hit) / (f64::from(hit) + wrong + f64::from(all)) }
        };
        for &(hit, all) in by_rate {
            print!("{:>7.2}", f1(hit, all, f64::from(*wrong) / rates.len() as f64));
        }
        let (hit, all) = by_rate.iter().fold((0, 0), |sum, r| (sum.0 + r.0, sum.1 + r.1));
        let precision = f64::from(hit) / f64::from((hit + wrong).max(1));
        println!("  {:.3}  {precision:9.3}  {:6.3}", f1(hit, all, f64::from(*wrong)), f64::from(hit) / f64::from(all));
    }
    print!("{:<26}", "95 % intervals that hold");
    for &(held, all) in &covered {
        print!("{:>7.3}", f64::from(held) / f64::from(all));
    }
    let (held, all) = covered.iter().fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    println!("  {:.3}", f64::from(held) / f64::from(all));
    println!("slower: {slow_found} of {slow_all} found within two runs, {slow_wrong} wrongly");
    println!("broken: {broken_right} of {broken_all} called broken or fixed");
}

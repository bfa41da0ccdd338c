//! Tests cut into shards beforehand, as the splitters do it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use lanescope_model::order::by;
use lanescope_protocol::Split;

use super::grouped;
use super::tests_table::{TestTable, at};

/// The shard of each row of `rows`, 0 to `shards` - 1. `hash` tells the hash of a row's name.
///
/// - `Chunks` and `LeastDuration`: `duration_based_chunks` and `least_duration` of pytest-split 0.11
///   (`algorithms.py`); of tests that take equally long the one that stands first goes first (pytest-split: the one
///   whose name is first).
/// - `Slice` and `Hash`: nextest-runner's `partition.rs`.
/// - `Count`: `filterForShard` of Playwright's `testGroups.ts`: a piece goes where its first test falls. A piece is a
///   file, or with `fully_parallel` a test. (Tests that are declared to be skipped count there as none; reports do not
///   tell them from those that skip themselves.)
#[must_use]
pub fn split(
    tests: &TestTable,
    rows: &[u32],
    how: Split,
    shards: u32,
    fully_parallel: bool,
    hash: &dyn Fn(u32) -> u64,
) -> Vec<u32> {
    let shards = shards.max(1);
    match how {
        Split::Chunks => chunks(tests, rows, shards),
        Split::LeastDuration => least_duration(tests, rows, shards),
        Split::Slice => (0..rows.len() as u32).map(|i| i % shards).collect(),
        Split::Hash => rows.iter().map(|&row| (hash(row) % u64::from(shards)) as u32).collect(),
        Split::Count => by_count(tests, rows, shards, fully_parallel),
    }
}

/// Time that a splitter has on record: with what the test set up for others.
fn known_us(tests: &TestTable, row: u32) -> i64 {
    tests.whole(row).max(0)
}

fn chunks(tests: &TestTable, rows: &[u32], shards: u32) -> Vec<u32> {
    let total = rows.iter().fold(0_i64, |sum, &row| sum.saturating_add(known_us(tests, row)));
    let share = total as f64 / f64::from(shards);
    let (mut shard, mut sum) = (0, 0_i64);
    let place = |&row: &u32| {
        if sum as f64 >= share && shard + 1 < shards {
            (shard, sum) = (shard + 1, 0);
        }
        sum = sum.saturating_add(known_us(tests, row));
        shard
    };
    rows.iter().map(place).collect()
}

fn least_duration(tests: &TestTable, rows: &[u32], shards: u32) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let us = |place: u32| known_us(tests, at(rows, place));
    by(&mut order, &|a, b| us(b).cmp(&us(a)));
    let mut heap: BinaryHeap<Reverse<(i64, u32)>> = (0..shards).map(|i| Reverse((0, i))).collect();
    let mut shard_of = vec![0; rows.len()];
    for place in order {
        let Some(mut least) = heap.peek_mut() else { break };
        let Reverse((sum, shard)) = *least;
        if let Some(slot) = shard_of.get_mut(place as usize) {
            *slot = shard;
        }
        *least = Reverse((sum.saturating_add(us(place)), shard));
    }
    shard_of
}

fn by_count(tests: &TestTable, rows: &[u32], shards: u32, fully_parallel: bool) -> Vec<u32> {
    // The first shards get one test more where it does not come out even.
    let (each, more) = (rows.len() as u32 / shards, rows.len() as u32 % shards);
    let shard_at = |place: u32| {
        let long = more * (each + 1);
        let shard =
            if place < long { place / (each + 1) } else { more + (place - long).checked_div(each).unwrap_or(0) };
        shard.min(shards - 1)
    };
    if fully_parallel {
        return (0..rows.len() as u32).map(shard_at).collect();
    }
    // A parallel run's order mixes the files: each counts from where its first test stands.
    let (dealt, ends) = grouped::pieces(rows, &|row| at(&tests.file, row), false);
    let mut shard_of_file: Vec<u32> = Vec::new();
    let mut from = 0;
    for end in ends {
        let file = at(&tests.file, at(&dealt, from)) as usize;
        if shard_of_file.len() <= file {
            shard_of_file.resize(file + 1, 0);
        }
        if let Some(slot) = shard_of_file.get_mut(file) {
            *slot = shard_at(from);
        }
        from = end;
    }
    rows.iter().map(|&row| at(&shard_of_file, at(&tests.file, row))).collect()
}

//! Pieces of tests that stay together: files, scopes and groups, by number; and the hash of a test's name.

use foldhash::fast::FixedState;
use lanescope_model::{GroupId, Run, TestId};
use std::collections::HashMap;

/// Names by number, counted from 0 in the order of their first use.
#[derive(Default)]
pub(crate) struct Numbers<'a> {
    known: HashMap<(GroupId, &'a str), u32, FixedState>,
    /// The one asked for last: tests of one file mostly come one after the other.
    last: Option<((GroupId, &'a str), u32)>,
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(&mut self, group: GroupId, name: &'a str) -> u32 {
        let key = (group, name);
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == key) {
            return number;
        }
        let next = self.known.len() as u32;
        let number = *self.known.entry(key).or_insert(next);
        self.last = Some((key, number));
        number
    }

    pub(crate) fn len(&self) -> u32 {
        self.known.len() as u32
    }
}

/// The scope of a test under `loadscope`: pytest's node id up to its last `::` (`_split_scope` of `loadscope.py`); for
/// other runners the suite path.
pub(crate) fn scope(run: &Run, test: TestId) -> &str {
    run.test_id(test).rsplit_once("::").map_or_else(|| run.suite(test), |(scope, _)| scope)
}

/// The file of a test under `loadfile`: pytest's node id up to its first `::` (`loadfile.py`); for other runners the
/// source file, or the suite path where that is not known.
pub(crate) fn file(run: &Run, test: TestId) -> &str {
    let id = run.test_id(test);
    if let Some((file, _)) = id.split_once("::") {
        return file;
    }
    run.tests.file(test).map_or_else(|| run.suite(test), |file| run.strings.get(file))
}

/// The piece of a test under `loadgroup`: what stands behind the last `@`, unless that is inside the parameters; else
/// the whole node id (`loadgroup.py`).
pub(crate) fn group(run: &Run, test: TestId) -> &str {
    let id = run.test_id(test);
    match id.rsplit_once('@') {
        Some((_, group)) if !group.contains(']') => group,
        _ => id,
    }
}

/// A node id without the group that `--dist loadgroup` appends.
pub(crate) fn bare(id: &str) -> &str {
    match id.rsplit_once('@') {
        Some((bare, group)) if !group.contains(']') && !group.contains("::") && bare.contains("::") => bare,
        _ => id,
    }
}

/// XXH64 of a text's bytes, seed 0: what the `hash:m/n` of nextest 0.9.143 divides (`partition.rs`; held against
/// recorded partitions in `tests/runners.rs`). After the specification of xxHash, 0.8.
pub(crate) fn name_hash(name: &str) -> u64 {
    const P1: u64 = 0x9E37_79B1_85EB_CA87;
    const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
    const P3: u64 = 0x1656_67B1_9E37_79F9;
    const P4: u64 = 0x85EB_CA77_C2B2_AE63;
    const P5: u64 = 0x27D4_EB2F_1656_67C5;
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |word, &byte| (word << 8) | u64::from(byte));
    let round = |acc: u64, lane: u64| acc.wrapping_add(lane.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    let mut rest = name.as_bytes();
    let mut hash = P5;
    if name.len() >= 32 {
        let (mut a, mut b, mut c, mut d) = (P1.wrapping_add(P2), P2, 0_u64, 0_u64.wrapping_sub(P1));
        while let Some((stripe, after)) = rest.split_at_checked(32) {
            for (acc, lane) in [&mut a, &mut b, &mut c, &mut d].into_iter().zip(stripe.chunks(8)) {
                *acc = round(*acc, word(lane));
            }
            rest = after;
        }
        let turned = [(a, 1), (b, 7), (c, 12), (d, 18)].map(|(acc, by)| acc.rotate_left(by));
        hash = turned.into_iter().fold(0_u64, u64::wrapping_add);
        for acc in [a, b, c, d] {
            hash = (hash ^ round(0, acc)).wrapping_mul(P1).wrapping_add(P4);
        }
    }
    hash = hash.wrapping_add(name.len() as u64);
    while let Some((lane, after)) = rest.split_at_checked(8) {
        hash = (hash ^ round(0, word(lane))).rotate_left(27).wrapping_mul(P1).wrapping_add(P4);
        rest = after;
    }
    if let Some((lane, after)) = rest.split_at_checked(4) {
        hash = (hash ^ word(lane).wrapping_mul(P1)).rotate_left(23).wrapping_mul(P2).wrapping_add(P3);
        rest = after;
    }
    for &byte in rest {
        hash = (hash ^ u64::from(byte).wrapping_mul(P5)).rotate_left(11).wrapping_mul(P1);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(P2);
    hash = (hash ^ (hash >> 29)).wrapping_mul(P3);
    hash ^ (hash >> 32)
}

//! Finding the test of an identity while a run is built.

use crate::GroupId;
use crate::strings::{Table, hash};

/// How many tests of a family are looked through one by one.
const FEW: usize = 64;

/// Tests whose identities begin alike, as those of one file or class do.
#[derive(Clone, Copy, Debug)]
struct Family {
    group: GroupId,
    /// Bytes of an identity that all have in common.
    head_len: u32,
    /// The first of them, and how many rows they are.
    first: u32,
    rows: u32,
    /// Where they are too many, or others stand between them: number of their table, and 1.
    table: u32,
}

/// The tests by their identities.
///
/// One table of all would do, were it not for the size that it has with a million tests: every name is looked for at a
/// place far from the last one's, and waiting for memory was a ninth of all the time that it took to read them. Tests of
/// one family mostly come one after the other, so these are looked for among their neighbours first.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    families: Vec<Family>,
    /// Families by their heads.
    heads: Table,
    /// The family asked for last.
    last: usize,
    /// By test: the hash of what its identity has behind the head.
    hashes: Vec<u32>,
    tables: Vec<Table>,
}

/// Where the part of an identity begins that tells tests of one family apart. Only the text decides. Most tools write a
/// colon before the name of a test.
fn cut(id: &str) -> usize {
    id.rfind(':').or_else(|| id.rfind('.')).or_else(|| id.rfind('/')).map_or(0, |at| at + 1)
}

impl Identities {
    /// The test of this identity: a row of those whose identities `at` tells, or the next one, which it then is.
    pub(crate) fn row<'a>(&mut self, group: GroupId, id: &str, at: &dyn Fn(u32) -> &'a str) -> u32 {
        let Self { families, heads, last, hashes, tables } = self;
        let new = hashes.len() as u32;
        let (head, tail) = id.split_at(cut(id));
        let is_of = |family: &Family| {
            family.group == group && family.head_len as usize == head.len() && at(family.first).starts_with(head)
        };
        if !families.get(*last).is_some_and(is_of) {
            let head_hash = hash(head) ^ group.0;
            let known = heads.find(head_hash, &|number| families.get(number as usize).is_some_and(is_of));
            *last = known.map_or(families.len(), |number| number as usize);
            if known.is_none() {
                heads.insert(head_hash, *last as u32);
                families.push(Family { group, head_len: head.len() as u32, first: new, rows: 0, table: 0 });
            }
        }
        let Some(family) = families.get_mut(*last) else { return new };
        let hash = hash(tail);
        let is = |row| at(row) == id;
        if family.table == 0 {
            let own = family.first as usize..(family.first + family.rows) as usize;
            let near = hashes.get(own.clone()).unwrap_or_default();
            let rows = || near.iter().copied().zip(family.first..);
            // Some at a time; mostly it is new.
            if near.contains(&hash)
                && let Some((_, row)) = rows().find(|&(of, row)| of == hash && is(row))
            {
                return row;
            }
            if own.len() < FEW && own.end == hashes.len() {
                family.rows += 1;
                hashes.push(hash);
                return new;
            }
            let mut table = Table::default();
            rows().for_each(|(of, row)| table.insert(of, row));
            tables.push(table);
            family.table = tables.len() as u32;
        }
        let Some(table) = tables.get_mut(family.table as usize - 1) else { return new };
        if let Some(row) = table.find(hash, &is) {
            return row;
        }
        table.insert(hash, new);
        hashes.push(hash);
        new
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few heads, so that families are long, come back after others, and are looked for in lists and tables alike.
        #[test]
        fn a_test_has_one_row_for_each_group_whatever_stands_between(
            asked in prop::collection::vec((0_u32..3, 0_usize..6, 0_u32..150, 1_usize..40), 0..60),
        ) {
            let heads = ["", "a::", "a.b.", "a.b::", "tests/a.py::T::", "a/"];
            let mut names: Vec<String> = Vec::new();
            let mut known: HashMap<(GroupId, String), u32> = HashMap::new();
            let mut identities = Identities::default();
            for (group, head, from, count) in asked {
                for n in from..from + count as u32 {
                    let (group, id) = (GroupId(group), format!("{}t{n}", heads[head]));
                    let row = identities.row(group, &id, &|row| names[row as usize].as_str());
                    let expected = *known.entry((group, id.clone())).or_insert(names.len() as u32);
                    prop_assert_eq!(row, expected, "{} of {:?}", id, group);
                    if row as usize == names.len() {
                        names.push(id);
                    }
                }
            }
        }
    }
}

//! Which files lie near one another: in one folder, or in one around or below it. Few of many files lie near one, and
//! those are found without a look at the others.

use std::ops::Range;

use lanescope_model::order::{Keyed, by_keys, places};

use super::closest::MOST_COMPARED;
use crate::label;

/// Looks that may still be taken.
pub(super) struct Looks {
    left: usize,
    /// Whether some were refused.
    pub(super) spent: bool,
}

impl Looks {
    /// As many as take some seconds, of which each costs as much as so many simple ones.
    pub(super) const fn new(cost: usize) -> Self {
        Self { left: MOST_COMPARED / cost, spent: false }
    }

    /// Whether so many may be taken. What needs too many is refused, and what needs fewer after it is not.
    pub(super) const fn take(&mut self, n: usize) -> bool {
        let may = n <= self.left;
        self.left -= if may { n } else { 0 };
        self.spent |= !may;
        may
    }
}

/// The folders of files, each once, in the order of their names: those below one follow it.
pub(super) struct Folders<'a> {
    names: Vec<&'a str>,
    /// Of each the place of the longest other one that its name begins with, whether that is around it or not.
    begins: Vec<Option<usize>>,
    /// Of each file the place of its folder.
    of: Vec<usize>,
    /// Of each file the outermost folder, or its name where there is none.
    outermost: Vec<&'a str>,
}

impl<'a> Folders<'a> {
    /// Those of so many files.
    pub(super) fn new(files: usize, path: &dyn Fn(usize) -> &'a str) -> Self {
        let outermost = |at| path(at).split(['/', '!']).find(|part| !part.is_empty() && *part != ".").unwrap_or("");
        let outermost = (0..files).map(outermost).collect();
        let mut found = Self { names: Vec::new(), begins: Vec::new(), of: vec![0; files], outermost };
        let folder = |at| label::folder(path(at));
        for at in places(files, &|a, b| folder(a).cmp(folder(b))) {
            let name = folder(at as usize);
            if found.names.last() != Some(&name) {
                let begins = |&at: &usize| found.names.get(at).is_some_and(|other| name.starts_with(other));
                let last = found.names.len().checked_sub(1);
                let begins = std::iter::successors(last, |&at| found.next(at)).find(begins);
                found.begins.push(begins);
                found.names.push(name);
            }
            if let Some(of) = found.of.get_mut(at as usize) {
                *of = found.names.len() - 1;
            }
        }
        found
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.names.len()
    }

    /// The place of the folder of a file.
    pub(super) fn of(&self, file: usize) -> usize {
        self.of.get(file).copied().unwrap_or(0)
    }

    fn next(&self, at: usize) -> Option<usize> {
        self.begins.get(at).copied().flatten()
    }

    fn name(&self, at: usize) -> &'a str {
        self.names.get(at).copied().unwrap_or("")
    }

    /// How many looks it takes to compare a folder with another.
    pub(super) fn cost(&self, at: usize) -> usize {
        cost(self.name(at))
    }

    /// Whether one folder is around another.
    pub(super) fn holds(&self, outer: usize, inner: usize) -> bool {
        outer != inner && holds(self.name(outer), self.name(inner))
    }

    /// How close two files lie: 3 in one folder, 2 where one folder holds the other, 1 where the outermost is the same.
    pub(super) fn place(&self, a: usize, b: usize) -> u8 {
        let (x, y) = (self.of(a), self.of(b));
        if x == y {
            3
        } else if self.holds(x, y) || self.holds(y, x) {
            2
        } else {
            u8::from(self.outermost.get(a) == self.outermost.get(b))
        }
    }

    /// The places of the folders below one.
    pub(super) fn below(&self, at: usize) -> [Range<usize>; 2] {
        let name = self.name(at);
        if name.is_empty() {
            return [at + 1..self.len(), 0..0];
        }
        // What follows the sign between two folders ends the names that begin with it.
        ["!\"", "/0"].map(|signs| {
            let place = |sign: &str| {
                let name = [name, sign].concat();
                self.names.partition_point(|other| **other < *name)
            };
            let (from, to) = signs.split_at(1);
            place(from)..place(to)
        })
    }

    /// The places of a folder and of those around and below it.
    pub(super) fn near(&self, at: usize) -> Vec<Range<usize>> {
        // As many steps as its name has letters at most.
        let around = std::iter::successors(self.next(at), |&outer| self.next(outer));
        let sign = |outer: usize| self.name(at).as_bytes().get(self.name(outer).len());
        let holds =
            |&outer: &usize| self.name(outer).is_empty() || sign(outer).is_some_and(|sign| b"/!".contains(sign));
        let mut near: Vec<Range<usize>> = around.filter(holds).map(|outer| outer..outer + 1).collect();
        near.push(at..at + 1);
        near.extend(self.below(at));
        near
    }
}

/// How many looks it takes to compare a path with another.
pub(super) const fn cost(path: &str) -> usize {
    1 + path.len() / 256
}

/// Whether one folder is around another, or is the other.
pub(super) fn holds(outer: &str, inner: &str) -> bool {
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['/', '!']))
}

/// What lies in folders: numbers by the places of these.
pub(super) struct Lying(Vec<Keyed>);

impl Lying {
    /// Of pairs of a folder and a number.
    pub(super) fn new(pairs: &mut dyn Iterator<Item = (usize, usize)>) -> Self {
        let mut pairs: Vec<Keyed> = pairs.map(|(folder, number)| (folder as i64, 0, number as u32, 0)).collect();
        by_keys(&mut pairs);
        pairs.dedup();
        Self(pairs)
    }

    /// What lies in folders that follow one another.
    pub(super) fn within(&self, folders: &Range<usize>) -> &[Keyed] {
        let place = |folder: usize| self.0.partition_point(|pair| pair.0 < folder as i64);
        self.0.get(place(folders.start)..place(folders.end)).unwrap_or(&[])
    }
}

/// Spans of time by their starts.
pub(super) struct Spans {
    /// Start, end and number.
    spans: Vec<Keyed>,
    /// The last end so far.
    last: Vec<i64>,
}

impl Spans {
    /// Of starts, ends and numbers.
    pub(super) fn new(mut spans: Vec<Keyed>) -> Self {
        by_keys(&mut spans);
        let mut last = i64::MIN;
        let last = spans.iter().map(|span| {
            last = last.max(span.1);
            last
        });
        Self { last: last.collect(), spans }
    }

    /// Adds the numbers of those that start no later than one time, and end no earlier than another. `None` where that
    /// needs too many looks.
    pub(super) fn around(&self, start: i64, end: i64, found: &mut Vec<i64>, looks: &mut Looks) -> Option<()> {
        let started = self.spans.partition_point(|span| span.0 <= start);
        for (span, &last) in self.spans.iter().zip(&self.last).take(started).rev() {
            if last < end {
                break;
            }
            if !looks.take(1) {
                return None;
            }
            if span.1 >= end {
                found.push(span.2.into());
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folders_are_found_as_a_look_at_each_does(paths in prop::collection::vec("([ab./!-]{0,3}[/!]){0,4}x", 1..40)) {
            let folders = Folders::new(paths.len(), &|at| paths.get(at).map_or("", String::as_str));
            let lying = Lying::new(&mut (0..paths.len()).map(|at| (folders.of(at), at)));
            let within = |ranges: &[Range<usize>]| {
                let mut all: Vec<usize> = ranges.iter().flat_map(|r| lying.within(r)).map(|p| p.2 as usize).collect();
                all.sort_unstable();
                all
            };
            for (at, path) in paths.iter().enumerate() {
                let own = label::folder(path);
                let those = |is: &dyn Fn(&str) -> bool| {
                    (0..paths.len()).filter(|&other| is(label::folder(&paths[other]))).collect::<Vec<_>>()
                };
                let of = folders.of(at);
                prop_assert_eq!(folders.names[of], own);
                prop_assert_eq!(within(&folders.below(of)), those(&|other| other != own && holds(own, other)));
                let near = those(&|other| other == own || holds(own, other) || holds(other, own));
                prop_assert_eq!(within(&folders.near(of)), near);
                for (other, path) in paths.iter().enumerate() {
                    let name = label::folder(path);
                    let place = if own == name { 3 } else { 2 * u8::from(holds(own, name) || holds(name, own)) };
                    prop_assert_eq!(folders.place(at, other).max(1), place.max(1));
                    prop_assert_eq!(folders.holds(of, folders.of(other)), own != name && holds(own, name));
                }
            }
        }

        #[test]
        fn spans_are_found_as_a_look_at_each_does(
            spans in prop::collection::vec((-20_i64..20, -3_i64..20), 0..40), start in -25_i64..45, end in -25_i64..45,
        ) {
            let keyed = spans.iter().enumerate().map(|(i, &(from, length))| (from, from + length, i as u32, 0));
            let index = Spans::new(keyed.collect());
            let mut found = Vec::new();
            index.around(start, end, &mut found, &mut Looks::new(1)).unwrap();
            found.sort_unstable();
            let each = spans.iter().enumerate().filter(|(_, (from, length))| *from <= start && from + length >= end);
            prop_assert_eq!(found, each.map(|(i, _)| i as i64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn files_lie_close_or_far() {
        let paths = ["./a/b/x", "a/b!x", "a/b/c/x", "a/d/x", "d/x", "x", "/d/e/x", "./x"];
        let folders = Folders::new(paths.len(), &|at| paths[at]);
        let of = |at: usize| (0..paths.len()).map(|other| folders.place(at, other)).collect::<Vec<_>>();
        assert_eq!(of(0), [3, 1, 1, 1, 0, 2, 0, 2]);
        assert_eq!(of(1), [1, 3, 2, 1, 0, 2, 0, 0]);
        assert_eq!(of(4), [0, 0, 0, 0, 3, 2, 1, 0]);
        assert_eq!(of(7), [2, 0, 0, 0, 0, 2, 0, 3]);
    }

    #[test]
    fn what_needs_too_many_looks_is_refused_and_what_needs_few_is_not() {
        let mut looks = Looks::new(MOST_COMPARED / 10);
        let few = (looks.take(4), looks.spent);
        assert_eq!(
            (few, looks.take(7), looks.spent, looks.take(6), looks.take(1)),
            ((true, false), false, true, true, false)
        );
        let index = Spans::new((0..20).map(|at| (at, at, at as u32, 0)).collect());
        let mut looks = Looks::new(MOST_COMPARED / 10);
        assert!(index.around(9, 0, &mut Vec::new(), &mut looks).is_some() && !looks.spent);
        assert!(index.around(9, 0, &mut Vec::new(), &mut looks).is_none() && looks.spent);
    }
}

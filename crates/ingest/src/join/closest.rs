//! Puts together what fits best, of many that may.

use lanescope_model::order::{Keyed, by_keys};

/// Pairs that are compared at most: as many take some seconds.
pub(super) const MOST_COMPARED: usize = 1 << 25;
/// With more pairs than this the best of each are kept: a million take 24 MB.
const MOST_PAIRS: usize = 1 << 20;
/// Pairs of each that are kept then. A session has no more files than that.
const PARTNERS: usize = 32;

/// Pairs of numbers below some number that fit, and how well: the higher the score, the better.
pub(super) struct Pairs<'a> {
    n: usize,
    score: &'a dyn Fn(usize, usize) -> Option<f64>,
    /// The score such that the best comes first, and the two numbers.
    pairs: Vec<Keyed>,
    /// Of each number that has enough pairs, the worst of these.
    enough: Vec<Option<Keyed>>,
    /// Whether all that fit are still among them.
    whole: bool,
}

impl<'a> Pairs<'a> {
    /// None yet. A score is not negative.
    pub(super) fn new(n: usize, score: &'a dyn Fn(usize, usize) -> Option<f64>) -> Self {
        Self { n, score, pairs: Vec::new(), enough: vec![None; n], whole: true }
    }

    /// Looks whether two fit.
    pub(super) fn look(&mut self, i: usize, j: usize) {
        let (i, j) = (i.min(j), i.max(j));
        if let Some(score) = (self.score)(i, j) {
            // The bits of floats that are not negative are in the order of the floats.
            let pair = (-score.to_bits().cast_signed(), 0, i as u32, j as u32);
            if [i, j].iter().all(|&at| self.enough.get(at).copied().flatten().is_some_and(|worst| pair > worst)) {
                return;
            }
            self.pairs.push(pair);
            if self.pairs.len() > MOST_PAIRS.max(4 * PARTNERS * self.n) {
                self.keep_best();
            }
        }
    }

    /// Leaves pairs out whose numbers both have better ones.
    #[inline(never)]
    fn keep_best(&mut self) {
        by_keys(&mut self.pairs);
        let mut partners = vec![0_usize; self.n];
        self.pairs.retain(|&pair| {
            let both = [pair.2 as usize, pair.3 as usize];
            let has_room = both.iter().any(|&at| partners.get(at).is_some_and(|&p| p < PARTNERS));
            for at in both.into_iter().filter(|_| has_room) {
                let Some((n, enough)) = partners.get_mut(at).zip(self.enough.get_mut(at)) else { continue };
                *n += 1;
                if *n == PARTNERS {
                    *enough = Some(pair);
                }
            }
            has_room
        });
        self.whole = false;
    }

    /// Sets of the numbers, of which each fits each other. The best are put together first; between equals the order of
    /// the numbers decides.
    #[inline(never)]
    pub(super) fn sets(self) -> Vec<Vec<usize>> {
        let Self { n, score, mut pairs, whole, .. } = self;
        let key = |x: usize, y: usize| (x.min(y) as i64, x.max(y) as i64, 0, 0);
        // A folder of many runs has thousands of pairs, and each asks for others: they are found without a look at all.
        let mut known: Vec<Keyed> = pairs.iter().map(|p| key(p.2 as usize, p.3 as usize)).collect();
        by_keys(&mut known);
        let fit = |x: usize, y: usize| {
            known.binary_search(&key(x, y)).is_ok() || !whole && score(x.min(y), x.max(y)).is_some()
        };
        by_keys(&mut pairs);
        let mut sets: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
        let mut member: Vec<usize> = (0..n).collect();
        for (_, _, i, j) in pairs {
            let (Some(&a), Some(&b)) = (member.get(i as usize), member.get(j as usize)) else { continue };
            let (Some(left), Some(right)) = (sets.get(a), sets.get(b)) else { continue };
            if a == b || !left.iter().all(|&x| right.iter().all(|&y| fit(x, y))) {
                continue;
            }
            let moved = sets.get_mut(b).map(std::mem::take).unwrap_or_default();
            for &m in &moved {
                if let Some(slot) = member.get_mut(m) {
                    *slot = a;
                }
            }
            if let Some(set) = sets.get_mut(a) {
                set.extend(moved);
            }
        }
        sets.retain(|set| !set.is_empty());
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of many runs: numbers of one run fit best, and all fit somehow.
    #[test]
    fn the_best_are_found_among_more_pairs_than_are_kept() {
        let n = 2_000;
        // Two files a run: of the same parity class only one may be in a set.
        let score = |i: usize, j: usize| (i % 2 != j % 2).then_some(if i / 2 == j / 2 { 3.0 } else { 1.0 });
        let mut pairs = Pairs::new(n, &score);
        (0..n).for_each(|i| (i + 1..n).for_each(|j| pairs.look(i, j)));
        let expected: Vec<Vec<usize>> = (0..n / 2).map(|run| vec![2 * run, 2 * run + 1]).collect();
        assert_eq!(pairs.sets(), expected);

        let mut few = Pairs::new(n, &score);
        (0..n).for_each(|i| (i + 1..n).for_each(|j| few.look(i, j)));
        few.keep_best();
        assert!(!few.whole && few.pairs.len() <= n * PARTNERS);
        assert_eq!(few.sets(), expected);
    }

    #[test]
    fn what_is_left_out_may_still_stand_in_one_set() {
        // More files of one session than partners are kept for: all fit all.
        let n = 3 * PARTNERS;
        let score = |_: usize, _: usize| Some(1.0);
        let mut pairs = Pairs::new(n, &score);
        (0..n).for_each(|i| (i + 1..n).for_each(|j| pairs.look(i, j)));
        pairs.keep_best();
        let sets = pairs.sets();
        assert_eq!(sets.len(), 1);
        assert_eq!(sets.concat().len(), n);
    }
}

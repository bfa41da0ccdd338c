//! The few pieces of statistics that everything here rests on.

use lanescope_model::within;
use lanescope_protocol::Rate;

/// Beta(½, ½), Jeffreys' prior: its intervals cover the truth about as often as they say, also of rare failures
/// (Brown, Cai and DasGupta 2001).
const PRIOR: f64 = 0.5;

/// Rate of `failed` of `runs` with the middle 95 % of its Beta posterior; `None` without runs.
#[must_use]
pub fn rate(failed: u32, runs: u32) -> Option<Rate> {
    if runs == 0 {
        return None;
    }
    let failed = failed.min(runs);
    let (k, n) = (f64::from(failed), f64::from(runs));
    let quantile = |p: f64| within(puruspe::invbetai(p, k + PRIOR, n - k + PRIOR), 0.0, 1.0);
    Some(Rate {
        value: k / n,
        low: if failed == 0 { 0.0 } else { quantile(0.025).min(k / n) },
        high: if failed == runs { 1.0 } else { quantile(0.975).max(k / n) },
    })
}

/// Mean of the posterior of a rate.
#[must_use]
pub fn mean(failed: u32, runs: u32) -> f64 {
    (f64::from(failed) + PRIOR) / (f64::from(runs) + 2.0 * PRIOR)
}

/// How many runs without a failure it takes to say with 95 % certainty that a test fails in less than 1 % of runs:
/// (1 − 0.01)^n ≤ 0.05.
pub const CLEAN_RUNS: u32 = 299;

/// Logarithms of factorials, for exact tests. Grows as asked.
#[derive(Clone, Debug)]
pub struct Factorials(Vec<f64>);

impl Factorials {
    /// Those of 0 to `largest`.
    #[must_use]
    pub fn up_to(largest: u32) -> Self {
        let mut sum = 0.0;
        let mut table = vec![0.0];
        for n in 1..=largest {
            sum += f64::from(n).ln();
            table.push(sum);
        }
        Self(table)
    }

    fn of(&self, n: u32) -> f64 {
        self.0.get(n as usize).copied().unwrap_or(f64::INFINITY)
    }

    /// Fisher's exact test of a table of two rows, `[a, b, c, d]`, one-sided: how likely chance alone makes `a` so
    /// large or larger while the sums of rows and columns stay. 1 for what is beyond the table of factorials.
    #[must_use]
    pub fn fisher(&self, table: [u32; 4]) -> f64 {
        let [a, b, c, d] = table;
        let Some(n) = [a, b, c, d].into_iter().try_fold(0_u32, u32::checked_add) else { return 1.0 };
        if n as usize >= self.0.len() {
            return 1.0;
        }
        let (row, other, column, rest) = (a + b, c + d, a + c, b + d);
        let margins = self.of(row) + self.of(other) + self.of(column) + self.of(rest) - self.of(n);
        let mut p = 0.0;
        for x in a..=row.min(column) {
            // The lower right cell cannot be negative here: it is d + (x − a).
            let cells = self.of(x) + self.of(row - x) + self.of(column - x) + self.of(d + (x - a));
            p += (margins - cells).exp();
        }
        p.min(1.0)
    }
}

/// The middle one of some numbers, the mean of the two middle ones of an even number. Brings them out of order.
#[must_use]
pub fn median(numbers: &mut [f32]) -> Option<f32> {
    let middle = numbers.len() / 2;
    let even = numbers.len().is_multiple_of(2);
    if numbers.is_empty() {
        return None;
    }
    let (below, &mut upper, _) = numbers.select_nth_unstable_by(middle, f32::total_cmp);
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f32::total_cmp)?;
    Some((lower + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fishers_test_of_tables_from_the_books() {
        let factorials = Factorials::up_to(50);
        // Fisher's tea: 3 of 4 cups right has 17/70.
        assert!((factorials.fisher([3, 1, 1, 3]) - 17.0 / 70.0).abs() < 1e-12);
        assert!((factorials.fisher([4, 0, 0, 4]) - 1.0 / 70.0).abs() < 1e-12);
        // 1 of C(39, 3).
        assert!((factorials.fisher([3, 0, 0, 36]) - 1.0 / 9139.0).abs() < 1e-12);
        assert_eq!(factorials.fisher([40, 20, 0, 0]), 1.0);
        assert_eq!(factorials.fisher([u32::MAX, 1, 0, 0]), 1.0);
    }

    /// Share of the posterior below `x`, by summing up its density.
    fn below(k: f64, n: f64, x: f64) -> f64 {
        let steps = 200_000;
        let (mut part, mut all) = (0.0, 0.0);
        for i in 0..steps {
            let at = (f64::from(i) + 0.5) / f64::from(steps);
            let density = ((k - 0.5) * at.ln() + (n - k - 0.5) * (1.0 - at).ln()).exp();
            all += density;
            part += if at < x { density } else { 0.0 };
        }
        part / all
    }

    #[test]
    fn intervals_hold_the_middle_of_the_posterior() {
        for (k, n) in [(7, 40), (1, 200), (38, 40), (100, 200)] {
            let rate = rate(k, n).unwrap();
            let (k, n) = (f64::from(k), f64::from(n));
            assert!((below(k, n, rate.low) - 0.025).abs() < 1e-3, "{rate:?}");
            assert!((below(k, n, rate.high) - 0.975).abs() < 1e-3, "{rate:?}");
        }
        assert_eq!(rate(0, 200).unwrap().low, 0.0);
        assert_eq!(rate(5, 5).unwrap().high, 1.0);
        assert_eq!(rate(0, 0), None);
    }

    proptest! {
        #[test]
        fn ends_of_intervals_hold_the_probability_that_they_say(n in 1_u32..5000, share in 0.0_f64..=1.0) {
            let k = (f64::from(n) * share) as u32;
            let rate = rate(k, n).unwrap();
            prop_assert!(0.0 <= rate.low && rate.low <= rate.value && rate.value <= rate.high && rate.high <= 1.0);
            let below = |x: f64| puruspe::betai(f64::from(k) + 0.5, f64::from(n - k) + 0.5, x);
            if k > 0 && rate.low < rate.value {
                prop_assert!((below(rate.low) - 0.025).abs() < 1e-3, "{}", below(rate.low));
            }
            if k < n && rate.high > rate.value {
                prop_assert!((below(rate.high) - 0.975).abs() < 1e-3, "{}", below(rate.high));
            }
        }

        #[test]
        fn the_middle_is_that_of_the_sorted_numbers(mut numbers in prop::collection::vec(-1e6_f32..1e6, 0..50)) {
            let found = median(&mut numbers);
            numbers.sort_by(f32::total_cmp);
            let n = numbers.len();
            let expected = if n == 0 { None } else { Some((numbers[(n - 1) / 2] + numbers[n / 2]) / 2.0) };
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_table_upsets_fishers_test(a in 0_u32..30, b in 0_u32..30, c in 0_u32..30, d in 0_u32..30) {
            let p = Factorials::up_to(120).fisher([a, b, c, d]);
            prop_assert!((0.0..=1.0).contains(&p));
        }
    }
}

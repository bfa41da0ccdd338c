//! Quantiles, mean and spread.

/// Sorts numbers that are no NaN.
pub(crate) fn sort(numbers: &mut [f64]) {
    // Floats that are no NaN order as their bits do, once those of negative ones are turned round: so the one sort
    // of whole numbers serves for them too.
    let turn = |bits: i64| bits ^ (((bits >> 63).cast_unsigned() >> 1).cast_signed());
    let mut keys: Vec<i64> = numbers.iter().map(|x| turn(x.to_bits().cast_signed())).collect();
    lanescope_model::order::numbers(&mut keys);
    for (number, key) in numbers.iter_mut().zip(keys) {
        *number = f64::from_bits(turn(key).cast_unsigned());
    }
}

/// The quantile of sorted numbers, linear between two of them (numpy's default, Hyndman and Fan's type 7).
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, part) = (place.floor(), place - place.floor());
    let a = *sorted.get(below as usize)?;
    let b = sorted.get(below as usize + 1).copied().unwrap_or(a);
    Some(a + (b - a) * part)
}

/// Mean, and standard deviation (n − 1) where there are two or more.
pub(crate) fn mean_and_spread(numbers: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = numbers.len();
    if n == 0 {
        return None;
    }
    let mean = numbers.iter().sum::<f64>() / n as f64;
    let squares: f64 = numbers.iter().map(|x| (x - mean) * (x - mean)).sum();
    Some((mean, (n > 1).then(|| (squares / (n - 1) as f64).sqrt())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn floats_are_sorted_as_the_standard_library_does(mut numbers in prop::collection::vec(-1e9..1e9_f64, 0..50)) {
            let mut expected = numbers.clone();
            expected.sort_by(f64::total_cmp);
            sort(&mut numbers);
            prop_assert_eq!(numbers, expected);
        }
    }

    /// `numpy.quantile([1, 2, 4, 8, 16], [0.25, 0.5, 0.9])`, `numpy.std(…, ddof=1)`.
    #[test]
    fn quantiles_and_spread_are_those_of_numpy() {
        let numbers = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert_eq!([0.25, 0.5, 0.9].map(|q| quantile(&numbers, q)), [Some(2.0), Some(4.0), Some(12.8)]);
        assert_eq!(quantile(&[], 0.5), None);
        let (mean, spread) = mean_and_spread(&numbers).unwrap_or_default();
        assert!((mean - 6.2).abs() < 1e-12 && spread.is_some_and(|s| (s - 6.099_180_272_790_763).abs() < 1e-12));
    }
}

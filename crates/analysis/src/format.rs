//! Numbers for people.

const NBSP: char = '\u{a0}';

/// A length of time with a unit and sensible digits: `412 ms`, `3.4 s`, `2 min 05 s`, `1 h 12 min`.
/// Number and unit are joined by a no-break space.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "unknown".to_owned();
    }
    let sign = if seconds < 0.0 { "−" } else { "" };
    let s = seconds.abs();
    // Each unit ends where rounding would show the next one's first value (999.6 ms is 1.0 s).
    let text = if s == 0.0 {
        format!("0{NBSP}s")
    } else if s < 0.000_999_5 {
        format!("{}{NBSP}µs", fixed((s * 1e6).max(1.0), 0))
    } else if s < 0.009_95 {
        format!("{}{NBSP}ms", fixed(s * 1e3, 1))
    } else if s < 0.999_5 {
        format!("{}{NBSP}ms", fixed(s * 1e3, 0))
    } else if s < 99.95 {
        format!("{}{NBSP}s", fixed(s, 1))
    } else if s < 3599.5 {
        pair(s.round() as u64, 60, "min", "s")
    } else {
        pair((s / 60.0).round() as u64, 60, "h", "min")
    };
    format!("{sign}{text}")
}

fn pair(amount: u64, per: u64, big: &str, small: &str) -> String {
    match (amount / per, amount % per) {
        (whole, 0) => format!("{whole}{NBSP}{big}"),
        (whole, rest) => format!("{whole}{NBSP}{big} {rest:02}{NBSP}{small}"),
    }
}

/// A ratio with sensible digits: `0.94`, `1.79`, `7.9`, `12`.
#[must_use]
pub fn factor(ratio: f64) -> String {
    let size = ratio.abs();
    if size < 1.995 {
        fixed(ratio, 2)
    } else if size < 19.95 {
        fixed(ratio, 1)
    } else {
        fixed(ratio, 0)
    }
}

/// A number with so many decimals, as `{:.2}` writes it: the exact value to the nearest, halves to the even digit.
/// In integers, since the standard library's way takes 10 KB. Sizes from 2⁵³ on have no decimals.
#[must_use]
pub fn fixed(number: f64, decimals: u32) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if !number.is_finite() {
        return if number.is_nan() { "NaN".to_owned() } else { format!("{sign}inf") };
    }
    // The value is mantissa · 2^-places (subnormal ones are nothing at any number of decimals).
    let bits = number.abs().to_bits();
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let places = 1075 - (bits >> 52).cast_signed();
    let scale = 10_u64.pow(decimals.min(3));
    let scaled = mantissa * scale;
    let rounded = match places {
        0 => scaled,
        1..=63 => {
            let (whole, rest, half) = (scaled >> places, scaled & ((1 << places) - 1), 1 << (places - 1));
            whole + u64::from(rest > half || rest == half && whole % 2 == 1)
        }
        64.. => 0,
        _ => return format!("{sign}{}", number.abs() as u64),
    };
    let (whole, part, width) = (rounded / scale, rounded % scale, decimals.min(3) as usize);
    if width == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0>width$}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use lanescope_model::thousands;

    proptest! {
        #[test]
        fn decimals_are_those_of_the_standard_library(number in -1e6..1e6_f64, quarters in -4000_i32..4000) {
            for number in [number, number / 1e6, number / 1e12, f64::from(quarters) / 8.0, f64::from(quarters) / 200.0] {
                prop_assert_eq!(fixed(number, 0), format!("{number:.0}"));
                prop_assert_eq!(fixed(number, 1), format!("{number:.1}"));
                prop_assert_eq!(fixed(number, 2), format!("{number:.2}"));
            }
        }
    }

    #[test]
    fn extreme_numbers_are_written_too() {
        for number in
            [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e15, 9e15, 1.8e19, f64::MIN_POSITIVE, 5e-324]
        {
            assert_eq!(fixed(number, 0), format!("{number:.0}"));
        }
    }

    #[test]
    fn lengths_of_time_have_sensible_digits() {
        let plain = |s: f64| duration(s).replace(NBSP, " ");
        let cases = [
            (0.0, "0 s"),
            (0.000_000_2, "1 µs"),
            (0.000_25, "250 µs"),
            (0.003_44, "3.4 ms"),
            (0.412, "412 ms"),
            (0.999_6, "1.0 s"),
            (3.44, "3.4 s"),
            (62.86, "62.9 s"),
            (110.86, "1 min 51 s"),
            (125.0, "2 min 05 s"),
            (4320.0, "1 h 12 min"),
            (7200.0, "2 h"),
            (-1.5, "−1.5 s"),
        ];
        for (seconds, text) in cases {
            assert_eq!(plain(seconds), text, "{seconds}");
        }
        assert_eq!(duration(f64::NAN), "unknown");
    }

    #[test]
    fn ratios_and_counts_have_sensible_digits() {
        assert_eq!([0.937, 1.794, 7.94, 19.96].map(factor), ["0.94", "1.79", "7.9", "20"]);
        assert_eq!([0, 999, 1000, 6865, 1_234_567].map(thousands), ["0", "999", "1,000", "6,865", "1,234,567"]);
    }
}

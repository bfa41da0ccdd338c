//! Numbers as reports write them.

use lanescope_model::{decimal, s_to_us};

/// A plain decimal number of seconds (`-12.345678`) in whole microseconds, rounded to the nearest.
/// Gives up on anything else: exponents, blanks, more digits than fit.
#[must_use]
pub(crate) fn plain_us(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        bytes => (false, bytes),
    };
    let whole = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (head, tail) = digits.split_at_checked(whole)?;
    let decimals = match tail {
        [] => tail,
        [b'.', rest @ ..] => rest,
        _ => return None,
    };
    // More digits of seconds than this do not fit in microseconds.
    if whole == 0 || whole > 12 {
        return None;
    }
    let mut us: i64 = 0;
    for b in head {
        us = us * 10 + i64::from(b - b'0');
    }
    for i in 0..6 {
        let digit = match decimals.get(i) {
            Some(b @ b'0'..=b'9') => i64::from(b - b'0'),
            Some(_) => return None,
            None => 0,
        };
        us = us * 10 + digit;
    }
    if let Some(rest) = decimals.get(6..) {
        if !rest.iter().all(u8::is_ascii_digit) {
            return None;
        }
        us += i64::from(rest.first().is_some_and(|&b| b >= b'5'));
    }
    Some(if negative { -us } else { us })
}

/// What became of a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seconds {
    /// A usable length, in microseconds.
    Us(i64),
    /// No value at all.
    Missing,
    /// A number that cannot be a length of time in seconds, or no number.
    Unusable,
}

impl Seconds {
    pub(crate) fn us(self) -> Option<i64> {
        match self {
            Self::Us(us) => Some(us),
            _ => None,
        }
    }
}

/// Longest time that is believed, in seconds: what is more (and whole) is a count of nanoseconds.
const LONGEST_S: i64 = 10_000_000;

/// A length in seconds in the spellings found in reports: `0.5`, `0,5`, `2,503.1`, `8.7e-05`, `1.2s`.
#[must_use]
pub(crate) fn seconds(text: &str) -> Seconds {
    let us = match plain_us(text) {
        Some(us) => us,
        None => {
            let text = text.trim();
            if text.is_empty() {
                return Seconds::Missing;
            }
            let number = text.strip_suffix('s').unwrap_or(text).trim_end();
            let number = match (number.contains(','), number.contains('.')) {
                (true, true) => number.replace(',', ""),
                // More than one comma: they group thousands.
                (true, false) if number.matches(',').count() > 1 => number.replace(',', ""),
                (true, false) => number.replace(',', "."),
                _ => number.to_owned(),
            };
            match decimal(&number).and_then(s_to_us) {
                Some(us) => us,
                None => return Seconds::Unusable,
            }
        }
    };
    if (0..=LONGEST_S * 1_000_000).contains(&us) { Seconds::Us(us) } else { Seconds::Unusable }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_spellings_found_in_reports() {
        for (text, us) in [
            ("0", 0),
            ("0.012", 12_000),
            ("12", 12_000_000),
            ("0,014", 14_000),
            ("2,503.1", 2_503_100_000),
            ("1,234,567", 1_234_567_000_000),
            ("8.7e-05", 87),
            (" 1.5 ", 1_500_000),
            ("0.001s", 1_000),
            ("1.0000005", 1_000_001),
        ] {
            assert_eq!(seconds(text), Seconds::Us(us), "{text}");
        }
        assert_eq!(seconds(""), Seconds::Missing);
        for text in ["-1000.79", "<<computed>>", "whatever", "999638317", "NaN", "inf", "1.2.3", "."] {
            assert_eq!(seconds(text), Seconds::Unusable, "{text}");
        }
        assert_eq!(plain_us("1772600401.071315"), Some(1_772_600_401_071_315));
        assert_eq!(plain_us("99999999999999999999"), None);
    }

    proptest! {
        #[test]
        fn plain_numbers_agree_with_floating_point(s in 0_u32..2_000_000_000, frac in "[0-9]{0,12}") {
            let text = format!("{s}.{frac}");
            let float: f64 = text.parse().unwrap_or(f64::NAN);
            let us = plain_us(&text).unwrap_or(i64::MIN);
            prop_assert!((us as f64 - float * 1e6).abs() <= 1.0, "{} {}", us, float);
        }
    }
}

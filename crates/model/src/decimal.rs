//! Decimal numbers, without the tables that a correctly rounded value of every last one would take.

/// A decimal number, with or without sign, decimals and exponent. Exact to the last bit where it has at most 15 digits
/// and 22 places, as times have; else within some billionths of a billionth. `None` for anything else, such as `inf`.
#[must_use]
pub fn decimal(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut digits = 0_u64;
    let mut exponent = 0_i32;
    let (mut any, mut after_point) = (false, false);
    let mut rest = unsigned.as_bytes();
    while let [first, tail @ ..] = rest {
        match first {
            b'0'..=b'9' => {
                any = true;
                // Digits that do not fit only count as places.
                let fits = digits < 1_000_000_000_000_000_000;
                if fits {
                    digits = digits * 10 + u64::from(first - b'0');
                }
                exponent = exponent.saturating_add(i32::from(!fits) - i32::from(after_point));
            }
            b'.' if !after_point => after_point = true,
            b'e' | b'E' if any => {
                exponent = exponent.saturating_add(std::str::from_utf8(tail).ok()?.parse().ok()?);
                break;
            }
            _ => return None,
        }
        rest = tail;
    }
    let mut power = 1.0;
    for _ in 0..exponent.unsigned_abs().min(400) {
        power *= 10.0;
    }
    let digits = digits as f64;
    let size = if digits == 0.0 || exponent == 0 {
        digits
    } else if exponent < 0 {
        digits / power
    } else {
        digits * power
    };
    any.then_some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_spellings_of_numbers() {
        for text in
            ["0", "-0.0", "+1", ".5", "5.", "8.7e-05", "1E5", "1e+3", "-12.345678", "0.000001", "1e400", "1e-400"]
        {
            assert_eq!(decimal(text), text.parse().ok(), "{text}");
        }
        for text in
            ["", ".", "-", "e5", "1e", "1e1.5", "1.2.3", "inf", "NaN", "1 ", "0x1", "--1", "+-1", "1e99999999999"]
        {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_as_the_standard_library_reads_them(whole in 0_u64..10_000_000_000, places in 0_usize..6, part in 0_u32..100_000) {
            let text = format!("{whole}.{part:0>places$}");
            prop_assert_eq!(decimal(&text), text.parse().ok());
        }

        #[test]
        fn any_number_is_near(text in "-?[0-9]{1,30}(\\.[0-9]{0,30})?(e-?[0-9]{1,2})?") {
            let (got, exact): (f64, f64) = (decimal(&text).unwrap(), text.parse().unwrap());
            prop_assert!((got - exact).abs() <= exact.abs() * 1e-14, "{} {}", got, exact);
        }
    }
}

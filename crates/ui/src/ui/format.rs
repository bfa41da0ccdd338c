//! Figures as people read them: sensible digits, units, thin spaces nowhere that a copy would break.

use crate::state::number::fixed;

/// A length of time: `412 ms`, `3.4 s`, `2 min 05 s`, `1 h 12 min`.
pub fn seconds(s: f64) -> String {
    let abs = s.abs();
    if !s.is_finite() {
        return "–".to_owned();
    }
    if abs == 0.0 {
        "0 s".to_owned()
    } else if abs < 0.000_999_5 {
        fixed(s * 1e6, 0) + " µs"
    } else if abs < 0.009_995 {
        fixed(s * 1e3, 1) + " ms"
    } else if abs < 0.999_5 {
        fixed(s * 1e3, 0) + " ms"
    } else if abs < 9.995 {
        fixed(s, 2) + " s"
    } else if abs < 99.95 {
        fixed(s, 1) + " s"
    } else if abs < 3_599.5 {
        let whole = s.round() as i64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        let minutes = (s / 60.0).round() as i64;
        format!("{} h {:02} min", minutes / 60, minutes % 60)
    }
}

/// A factor: `2.10×`, `21.4×`, `1,662×`.
pub fn times(factor: f64) -> String {
    if (99.95..1e15).contains(&factor) {
        return count(factor.round() as u64) + "×";
    }
    fixed(factor, if factor < 9.95 { 2 } else { 1 }) + "×"
}

/// A share: `72 %`.
pub fn percent(share: f64) -> String {
    let p = share * 100.0;
    fixed(p, u8::from(p > 0.0 && p < 0.95)) + " %"
}

/// A count with its thousands apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A mean of counts: `2.9`, `9,121`. Beside thousands the digit behind the point says nothing, and has no room.
pub fn mean(mean: f64) -> String {
    if mean < 1000.0 { fixed(mean, 1) } else { count(mean as u64) }
}

/// Bytes: `3.4 MB`.
pub fn bytes(n: u64) -> String {
    let n = n as f64;
    if n < 1e3 {
        fixed(n, 0) + " B"
    } else if n < 1e6 {
        fixed(n / 1e3, 0) + " kB"
    } else if n < 1e9 {
        fixed(n / 1e6, 1) + " MB"
    } else {
        fixed(n / 1e9, 2) + " GB"
    }
}

/// `1 test`, `2 tests`.
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A start such as `2026-03-02T08:12:41.25Z` as `2 Mar 2026, 08:12:41 UTC`.
pub fn started(rfc3339: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts = || {
        let (date, time) = rfc3339.split_once('T')?;
        let mut date = date.splitn(3, '-');
        let (year, month, day) = (date.next()?, date.next()?.parse::<usize>().ok()?, date.next()?.parse::<u32>().ok()?);
        let month = MONTHS.get(month.checked_sub(1)?)?;
        Some(format!("{day} {month} {year}, {} UTC", time.get(..8)?))
    };
    parts().unwrap_or_else(|| rfc3339.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_keep_about_three_digits_and_their_unit() {
        let cases = [
            (0.0, "0 s"),
            (0.000_04, "40 µs"),
            (0.004_2, "4.2 ms"),
            (0.412, "412 ms"),
            (0.999_6, "1.00 s"),
            (3.4, "3.40 s"),
            (61.25, "61.2 s"),
            (99.97, "1 min 40 s"),
            (4_320.0, "1 h 12 min"),
        ];
        for (s, text) in cases {
            assert_eq!(seconds(s), text);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!([2.1, 21.44, 99.96, 1662.3].map(times), ["2.10×", "21.4×", "100×", "1,662×"]);
        assert_eq!(started("2026-03-02T08:12:41.5Z"), "2 Mar 2026, 08:12:41 UTC");
    }
}

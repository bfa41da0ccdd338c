//! Points in time as reports write them.

use std::borrow::Cow;

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// A point in time that a report names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Microseconds since the Unix epoch; where the zone is unknown, as if it were UTC.
    pub(crate) us: i64,
    /// Whether the report says in which zone this is.
    pub(crate) zoned: bool,
}

/// Points before 1980 or after 2200 are no test runs: an unset clock, a zero, a placeholder.
const FIRST_US: i64 = 315_532_800_000_000;
const LAST_US: i64 = 7_258_118_400_000_000;

/// Reads a point in time in the spellings found in reports; `None` for what is none or cannot be meant.
#[must_use]
pub(crate) fn point(text: &str) -> Option<Point> {
    let text = text.trim();
    let (us, zoned) = read(text)?;
    (FIRST_US..LAST_US).contains(&us).then_some(Point { us, zoned })
}

fn read(text: &str) -> Option<(i64, bool)> {
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return epoch(text).map(|us| (us, true));
    }
    // As most reports write it, and as it stands: without a copy.
    if let Ok(t) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some((micros(t), true));
    }
    let spelled = spelled(text);
    if let Ok(t) = OffsetDateTime::parse(&spelled, &Rfc3339) {
        return Some((micros(t), true));
    }
    // Without a zone: read as if it were UTC, and said so.
    if let Some(t) = utc(&spelled) {
        return Some((t, false));
    }
    if let Some(naive) = spelled.strip_suffix("UTC").or_else(|| spelled.strip_suffix("GMT"))
        && let Some(t) = utc(naive.trim_end())
    {
        return Some((t, true));
    }
    // `Sat, 03 Dec 2022 23:10:07 GMT`, with and without the day of the week.
    if let Ok(t) = OffsetDateTime::parse(&spelled, &Rfc2822) {
        return Some((micros(t), true));
    }
    (spelled.len() == 10).then(|| utc(&format!("{spelled}T00:00:00"))).flatten().map(|t| (t, false))
}

fn micros(t: OffsetDateTime) -> i64 {
    i64::try_from(t.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// A date and time without a zone, as if it were UTC.
fn utc(text: &str) -> Option<i64> {
    OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339).ok().map(micros)
}

/// The spellings of reports brought to that of RFC 3339: a `T` between date and time and nothing else there, seconds,
/// and a colon in the offset.
fn spelled(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let dated = bytes.len() > 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let Some((date, rest)) = text.split_at_checked(10).filter(|_| dated) else { return Cow::Borrowed(text) };
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else { return Cow::Borrowed(text) };
    let time = time.trim_start();
    let (clock, zone) = match time.find(['+', '-', 'Z', 'z', ' ', 'U', 'G']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    let zone = zone.trim_start();
    match zone.as_bytes() {
        [b'+' | b'-', rest @ ..] if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit) => {
            let (hours, minutes) = zone.split_at(3);
            Cow::Owned(format!("{date}T{clock}{seconds}{hours}:{minutes}"))
        }
        [b'+' | b'-', rest @ ..] if rest.len() == 2 => Cow::Owned(format!("{date}T{clock}{seconds}{zone}:00")),
        _ => Cow::Owned(format!("{date}T{clock}{seconds}{zone}")),
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn epoch(text: &str) -> Option<i64> {
    let whole = text.split('.').next().unwrap_or("");
    let count = || whole.parse::<i64>().ok();
    match whole.len() {
        9..=10 => crate::number::plain_us(text),
        12..=13 => count().map(|ms| ms * 1_000),
        15..=16 => count(),
        18..=19 => count().map(|ns| ns / 1_000),
        _ => None,
    }
}

/// The time at the start of a log line and how many bytes it takes, with the blank after it.
/// Read are `2026-11-23T01:27:33.8116040Z `, the same in brackets, and a blank for the `T`.
#[must_use]
pub(crate) fn line_stamp(line: &str) -> Option<(Point, usize)> {
    let open = usize::from(line.starts_with('['));
    let bytes = line.as_bytes().get(open..)?;
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let is = |i: usize, any: &[u8]| bytes.get(i).is_some_and(|b| any.contains(b));
    let shape = (0..4).all(digit)
        && is(4, b"-")
        && is(7, b"-")
        && is(10, b"T ")
        && digit(11)
        && is(13, b":")
        && is(16, b":")
        && digit(17)
        && digit(18);
    if !shape {
        return None;
    }
    let rest = bytes.get(19..)?;
    let mut len = 19 + rest.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
    if is(len, b"Z") {
        len += 1;
    } else if is(len, b"+-") {
        len += 1 + bytes.get(len + 1..)?.iter().take_while(|b| b.is_ascii_digit() || **b == b':').count();
    }
    let stamp = line.get(open..open + len)?;
    let point = match stamp.contains(',') {
        true => point(&stamp.replace(',', ".")),
        false => point(stamp),
    }?;
    let mut end = open + len;
    if open == 1 {
        line.get(end..)?.starts_with(']').then_some(())?;
        end += 1;
    }
    match line.as_bytes().get(end) {
        Some(b' ' | b'\t') => Some((point, end + 1)),
        None => Some((point, end)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_many_spellings() {
        let us = 1_772_600_767_000_000;
        for text in [
            "2026-03-04T05:06:07Z",
            "2026-03-04T07:06:07+02:00",
            "2026-03-04T05:06:07.000000+00:00",
            "2026-03-04 05:06:07Z",
            "2026-03-04 05:06:07 UTC",
            "Wed, 04 Mar 2026 05:06:07 GMT",
            "Wed, 04 Mar 2026 05:06:07 +0000",
            "4 Mar 2026 05:06:07 GMT",
            "1772600767",
            "1772600767000",
            "1772600767.000",
        ] {
            assert_eq!(point(text), Some(Point { us, zoned: true }), "{text}");
        }
        for text in ["2026-03-04T05:06:07", "2026-03-04 05:06:07", "2026-03-04T 05:06:07"] {
            assert_eq!(point(text), Some(Point { us, zoned: false }), "{text}");
        }
        assert_eq!(point("2026-03-04").map(|p| p.zoned), Some(false));
        assert_eq!(point("2022-01-18T14:44:48.5-01:00").map(|p| p.us % 1_000_000), Some(500_000));
    }

    #[test]
    fn what_cannot_be_meant_is_unknown() {
        for text in [
            "",
            "yesterday",
            "2026-02-30T00:00:00",
            "1970-01-01T00:00:00Z",
            "1901-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "+275760-09-13T00:00:00.001Z",
            "3/4/2026 5:06:07 AM",
            "0",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
    }

    #[test]
    fn stamps_of_log_lines() {
        let (p, n) = line_stamp("2026-11-23T01:27:33.8116040Z rest").unwrap_or((Point { us: 0, zoned: false }, 0));
        assert_eq!((p.us, p.zoned, n), (1_795_397_253_811_604, true, 29));
        assert!(line_stamp("[2026-11-23T01:27:33.811Z] rest").is_some());
        assert!(line_stamp("2026-11-23 01:27:33,811 INFO").is_some());
        assert!(line_stamp("2026-11-23 is a date").is_none());
        assert!(line_stamp("tests/test_a.py::test_x ").is_none());
    }
}

//! Days and dates of the Gregorian calendar.
//!
//! The arithmetic counts years from March, so that the leap day is the last of its year, in eras of 400 years
//! (H. Hinnant, "chrono-compatible low-level date algorithms").

const DAYS_PER_ERA: i64 = 146_097;
/// From the 1st of March of the year 0 to the first of January 1970.
const EPOCH: i64 = 719_468;

/// Days from the start of 1970 to a date; `None` where there is no such day. Months and days count from 1.
#[must_use]
pub fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let from_march = (month + 9) % 12;
    let years = year - i64::from(month <= 2);
    let (era, of_era) = (years.div_euclid(400), years.rem_euclid(400));
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    let days = era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH;
    (date_of(days) == (year, month, day)).then_some(days)
}

/// The year, month and day that so many days after the start of 1970 are.
#[must_use]
pub fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    (era * 400 + years + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_thousand_years_has_its_date() {
        let mut days = days_of(1600, 1, 1).unwrap_or_default();
        assert_eq!(days_of(1970, 1, 1), Some(0));
        assert_eq!(date_of(20_516), (2026, 3, 4));
        for year in 1600..2600 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for month in 1..=12 {
                let length = match month {
                    2 => 28 + i64::from(leap),
                    4 | 6 | 9 | 11 => 30,
                    _ => 31,
                };
                for day in 1..=length {
                    assert_eq!((days_of(year, month, day), date_of(days)), (Some(days), (year, month, day)));
                    days += 1;
                }
                assert_eq!((days_of(year, month, 0), days_of(year, month, length + 1)), (None, None));
            }
            assert_eq!((days_of(year, 0, 1), days_of(year, 13, 1)), (None, None));
        }
    }
}

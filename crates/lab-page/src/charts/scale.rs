//! Where a value lies on an axis, and which values are written there.

use lanescope_ui::state::number::{fixed, plain};
use lanescope_ui::ui::format;

/// What the values of an axis are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    #[default]
    Count,
    /// Seconds.
    Seconds,
    /// Factors, such as 2.1×.
    Times,
    /// Minutes.
    Minutes,
    /// Money, in whatever currency.
    Money,
}

impl Unit {
    /// A value for people, with its unit.
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Count if value.fract() == 0.0 && value >= 0.0 => format::count(value as u64),
            Self::Count => fixed(value, 1),
            Self::Seconds => format::seconds(value),
            Self::Times => format::times(value),
            Self::Minutes => fixed(value, if value < 9.95 { 2 } else { 1 }) + " min",
            Self::Money => fixed(value, if value < 9.95 { 3 } else { 2 }),
        }
    }

    /// A round value at an axis: no more digits than it has.
    pub fn tick(self, value: f64) -> String {
        let short = |value: f64| plain((value * 1e6).round() / 1e6);
        match self {
            _ if value == 0.0 => "0".to_owned(),
            Self::Seconds if value < 0.000_999 => short(value * 1e6) + " µs",
            Self::Seconds if value < 0.999 => short(value * 1e3) + " ms",
            // A whole minute stands beside two and five.
            Self::Seconds if value < 119.0 && value != 60.0 => short(value) + " s",
            Self::Seconds if value < 7_199.0 => short((value / 6.0).round() / 10.0) + " min",
            Self::Seconds => short((value / 360.0).round() / 10.0) + " h",
            Self::Times => short(value) + "×",
            Self::Minutes => short(value) + " min",
            Self::Count if value.fract() == 0.0 && value > 0.0 => format::count(value as u64),
            Self::Count | Self::Money => short(value),
        }
    }
}

/// How values are spaced along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spacing {
    /// Evenly.
    #[default]
    Even,
    /// Each doubling takes the same room.
    Doubling,
    /// Each power of ten takes the same room.
    Decades,
}

impl Spacing {
    fn of(self, value: f64) -> f64 {
        match self {
            Self::Even => value,
            Self::Doubling | Self::Decades => value.max(1e-9).ln(),
        }
    }

    /// Where a value lies between two others: 0 at `from`, 1 at `to`.
    pub fn share(self, value: f64, from: f64, to: f64) -> f64 {
        let (value, from, to) = (self.of(value), self.of(from), self.of(to));
        if to > from { (value - from) / (to - from) } else { 0.5 }
    }

    /// Values to write at an axis, about `most` of them.
    pub fn ticks(self, from: f64, to: f64, most: usize, unit: Unit) -> Vec<f64> {
        match self {
            Self::Even => even(from, to, most.max(1), unit),
            Self::Doubling => powers(from, to, 2.0, most),
            Self::Decades => {
                let powers = powers(from, to, 10.0, most);
                if powers.len() > 3 { powers } else { between(from, to, most, unit) }
            }
        }
    }
}

fn even(from: f64, to: f64, most: usize, unit: Unit) -> Vec<f64> {
    let length = to - from;
    if length <= 0.0 || !length.is_finite() {
        return vec![from];
    }
    let least = length / most as f64;
    let step = match unit {
        // Beyond two minutes the marks are whole minutes and hours.
        Unit::Seconds if length >= 120.0 => {
            const STEPS: [f64; 13] = [
                15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 43_200.0, 86_400.0,
            ];
            STEPS.into_iter().find(|&step| step >= least).unwrap_or_else(|| round(least))
        }
        Unit::Count => round(least).max(1.0),
        _ => round(least),
    };
    let first = (from / step - 1e-9).ceil();
    let count = ((to / step + 1e-9).floor() - first).max(0.0) as usize;
    (0..=count.min(50)).map(|i| (first + i as f64) * step).collect()
}

/// The next of 1, 2, 5, 10, ….
fn round(least: f64) -> f64 {
    let decade = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|n| n * decade).find(|&n| n >= least * 0.999).unwrap_or(10.0 * decade)
}

fn powers(from: f64, to: f64, base: f64, most: usize) -> Vec<f64> {
    let exponent = |value: f64| value.max(1e-9).ln() / base.ln();
    let (first, last) = ((exponent(from) - 1e-6).ceil(), (exponent(to) + 1e-6).floor());
    let count = (last - first).max(0.0) as usize;
    let every = (count + 1).div_ceil(most.max(1));
    (0..=count.min(60)).step_by(every).map(|i| base.powf(first + i as f64)).collect()
}

/// Of few powers of ten, those between them too: 1, 2, 5, 10, …; evenly spaced values where not even these are enough.
fn between(from: f64, to: f64, most: usize, unit: Unit) -> Vec<f64> {
    const LONG: [f64; 12] =
        [60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 36_000.0, 86_400.0, 172_800.0];
    let decade = 10_f64.powf(from.max(1e-9).log10().floor());
    let all = (0..5_i32).flat_map(|e| [1.0, 2.0, 5.0].map(|n| n * decade * 10_f64.powi(e)));
    // Minutes and hours have round numbers of their own.
    let short = all.filter(|value| unit != Unit::Seconds || *value < 49.0);
    let long = LONG.into_iter().filter(|_| unit == Unit::Seconds);
    let inside: Vec<f64> = short.chain(long).filter(|value| *value >= from * 0.999 && *value <= to * 1.001).collect();
    if inside.len() > 2 { inside } else { even(from, to, most.min(4), unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_inside() {
        assert_eq!(even(0.0, 10.88, 5, Unit::Seconds), [0.0, 5.0, 10.0]);
        assert_eq!(even(0.0, 340.0, 6, Unit::Seconds), [0.0, 60.0, 120.0, 180.0, 240.0, 300.0]);
        assert_eq!(even(0.0, 3.0, 6, Unit::Count), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(powers(1.0, 64.0, 2.0, 9), [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]);
        assert_eq!(between(3.0, 60.0, 5, Unit::Times), [5.0, 10.0, 20.0, 50.0]);
        assert_eq!(between(8.0, 400.0, 5, Unit::Seconds), [10.0, 20.0, 60.0, 120.0, 300.0]);
        assert_eq!(even(2.0, 2.0, 5, Unit::Times), [2.0]);
        for (value, unit, text) in [
            (0.0, Unit::Seconds, "0"),
            (0.05, Unit::Seconds, "50 ms"),
            (60.0, Unit::Seconds, "1 min"),
            (180.0, Unit::Seconds, "3 min"),
        ] {
            assert_eq!(unit.tick(value), text);
        }
    }

    #[test]
    fn doublings_take_the_same_room() {
        let at = |value| Spacing::Doubling.share(value, 1.0, 64.0);
        assert!((at(8.0) - 0.5).abs() < 1e-9 && at(1.0) == 0.0 && (at(64.0) - 1.0).abs() < 1e-9);
    }
}

//! A logarithmic axis, and amounts in the unit that suits them.

use lanescope_ui::state::number::fixed;

/// An amount in its unit; times as people read them.
pub fn amount(value: f64, unit: &str) -> String {
    let (scale, unit) = match unit {
        "s" if value >= 1.0 => (1.0, "s"),
        "s" if value >= 1e-3 => (1e3, "ms"),
        "s" if value >= 1e-6 => (1e6, "µs"),
        "s" => (1e9, "ns"),
        other => (1.0, other),
    };
    let value = value * scale;
    let digits = match value {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    format!("{}\u{a0}{unit}", fixed(value, digits))
}

/// A stretch of a logarithmic axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Logarithm of the left end.
    low: f64,
    /// Logarithm of the right end.
    high: f64,
}

impl Axis {
    /// Around all of these, with a little room; `None` where none is above 0.
    pub fn around(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|v| *v > 0.0 && v.is_finite()) {
            low = low.min(value.ln());
            high = high.max(value.ln());
        }
        if low > high {
            return None;
        }
        let room = ((high - low) * 0.04).max(0.05);
        Some(Self { low: low - room, high: high + room })
    }

    /// Where a value stands, 0 to 1.
    pub fn place(self, value: f64) -> f64 {
        (value.max(f64::MIN_POSITIVE).ln() - self.low) / (self.high - self.low)
    }

    /// Round values in it, at most so many: powers of ten, with 2 and 5 between where there is room.
    pub fn ticks(self, most: usize) -> Vec<f64> {
        let within = |steps: &[f64]| {
            let from = (self.low / std::f64::consts::LN_10).floor() as i32 - 1;
            let to = (self.high / std::f64::consts::LN_10).ceil() as i32;
            let all = (from..=to).flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
            all.filter(|v| (0.0..=1.0).contains(&self.place(*v))).collect::<Vec<f64>>()
        };
        const FINE: [f64; 16] = [1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0];
        let finest = [&FINE[..], &[1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let mut ticks = finest
            .iter()
            .map(|steps| within(steps))
            .find(|ticks| ticks.len() <= most)
            .unwrap_or_else(|| within(&[1.0]));
        while ticks.len() > most.max(1) {
            ticks = ticks.into_iter().step_by(2).collect();
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn amounts_have_their_unit() {
        assert_eq!(amount(2.5e-5, "s"), "25.0\u{a0}µs");
        assert_eq!(amount(4.2e-9, "s"), "4.20\u{a0}ns");
        assert_eq!(amount(1.5, "s"), "1.50\u{a0}s");
        assert_eq!(amount(653.0, "cycles"), "653\u{a0}cycles");
    }

    #[test]
    fn ticks_are_round_and_few() {
        let wide = Axis::around([1e-9, 1e-3].into_iter()).unwrap();
        assert!(wide.ticks(8).len() <= 8 && wide.ticks(8).len() >= 4);
        let narrow = Axis::around([2.0e-6, 2.2e-6].into_iter()).unwrap();
        assert!(!narrow.ticks(8).is_empty());
        assert!(Axis::around([0.0].into_iter()).is_none());
        assert!((wide.place(1e-6) - 0.5).abs() < 1e-9);
    }
}

//! Ticks of the time axis: steps that people count in, labels with their unit.

use crate::charts::lanes::span::Span;
use crate::state::number;
use crate::state::number::Within;
use crate::ui::format;

/// Steps above ten seconds; below, 1, 2 and 5 of each power of ten.
const LONG_STEPS_S: [f64; 15] = [
    10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 18_000.0, 36_000.0, 86_400.0,
    864_000.0,
];

/// The smallest step that is no smaller than this, seconds.
pub fn step_s(at_least_s: f64) -> f64 {
    let at_least_s = at_least_s.within(1e-7, 1e9);
    if at_least_s > 5.0 {
        let step = LONG_STEPS_S.into_iter().find(|&step| step >= at_least_s);
        return step.unwrap_or_else(|| round_step(at_least_s));
    }
    round_step(at_least_s)
}

fn round_step(at_least_s: f64) -> f64 {
    let power = 10_f64.powf(at_least_s.log10().floor());
    // A hair is forgiven: 0.2 is not exactly two tenths.
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * power >= at_least_s * (1.0 - 1e-9));
    power * factor.unwrap_or(10.0)
}

/// Distance of two ticks at least, pixels.
pub fn apart_px(width: f64) -> f64 {
    if width < 500.0 { 64.0 } else { 84.0 }
}

/// A moment with as many digits as the window around it needs.
pub fn moment(s: f64, window_s: f64) -> String {
    let digits = (2.0 - window_s.max(1e-9).log10()).ceil().within(0.0, 6.0) as u8;
    if s.abs() >= 600.0 && digits <= 1 {
        return format::seconds(s);
    }
    (number::fixed(s, digits) + " s").replace('-', "−")
}

/// Ticks of a stretch, at least `apart_px` apart.
pub fn ticks(span: Span, width_px: f64, apart_px: f64) -> Vec<(f64, String)> {
    if !(span.len_s() > 0.0 && width_px > 0.0) {
        return Vec::new();
    }
    let step = step_s(span.len_s() * apart_px / width_px);
    let first = (span.from_s / step).ceil() as i64;
    let last = (span.to_s / step).floor() as i64;
    (first..=last.min(first + 400)).map(|i| (i as f64 * step, label(i, step))).collect()
}

/// The label of the `i`th tick.
fn label(i: i64, step: f64) -> String {
    let s = i as f64 * step;
    if i == 0 {
        return "0 s".to_owned();
    }
    if step >= 10.0 && s.abs() >= 60.0 {
        return minutes(s, step);
    }
    let digits = (-step.log10() - 1e-9).ceil().within(0.0, 7.0) as u8;
    (number::fixed(s, digits) + " s").replace('-', "−")
}

fn minutes(s: f64, step: f64) -> String {
    let sign = if s < 0.0 { "−" } else { "" };
    let whole = s.abs().round() as i64;
    let (h, min, sec) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (h, step >= 60.0) {
        (0, true) => format!("{sign}{min} min"),
        (0, false) if sec == 0 => format!("{sign}{min} min"),
        (0, false) => format!("{sign}{min} min {sec:02} s"),
        (_, _) if step >= 3600.0 => format!("{sign}{h} h"),
        (_, true) => format!("{sign}{h} h {min:02} min"),
        (_, false) => format!("{sign}{h}:{min:02}:{sec:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_that_people_count_in() {
        let cases = [
            (0.000_001_3, 0.000_002),
            (0.03, 0.05),
            (0.2, 0.2),
            (0.7, 1.0),
            (3.0, 5.0),
            (6.0, 10.0),
            (11.0, 20.0),
            (45.0, 60.0),
            (700.0, 1_200.0),
            (4_000.0, 7_200.0),
        ];
        for (least, step) in cases {
            assert!((step_s(least) / step - 1.0).abs() < 1e-9, "{least} gives {}", step_s(least));
        }
    }

    #[test]
    fn ends_of_a_narrow_window_differ() {
        assert_eq!(moment(12.345_678, 0.01), "12.3457 s");
        assert_eq!(moment(-1.5, 20.0), "−1.5 s");
        assert_eq!(moment(4_320.0, 900.0), "1 h 12 min");
    }

    #[test]
    fn ticks_say_their_unit_and_stand_apart() {
        let labels = |from: f64, to: f64| {
            ticks(Span::new(from, to), 800.0, 80.0).into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(labels(-2.0, 18.0)[..3], ["−2 s", "0 s", "2 s"]);
        assert_eq!(labels(1.0, 1.01)[1], "1.001 s");
        assert_eq!(labels(50.0, 250.0)[..3], ["1 min", "1 min 20 s", "1 min 40 s"]);
        assert_eq!(labels(0.0, 6_000.0)[1], "10 min");
        for (from, to) in [(0.0, 1e-4), (-3.0, 700.0), (1e4, 1e5), (0.0, 0.0)] {
            assert!(ticks(Span::new(from, to), 800.0, 80.0).len() <= 11);
        }
    }
}

//! The fits recover what made the times, and their intervals cover it as often as they say.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it did not expect")]

use super::*;

/// Normally distributed (Box and Muller): another way than that of the draws.
fn normal(lot: &mut Lot) -> f64 {
    let (a, b) = (1.0 - lot.unit(), lot.unit());
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

fn theta_of(law: Law, one: f64, serial: f64, coherency: f64) -> Theta {
    match law {
        Law::Gustafson => [1.0 / one, (1.0 - serial) / one, 0.0],
        _ => [one, one * serial, one * coherency],
    }
}

/// Times by a law, with relative normal noise.
fn times(law: Law, theta: &Theta, counts: &[u32], noise: f64, lot: &mut Lot) -> Vec<(u32, f64)> {
    counts.iter().map(|&n| (n, law.seconds(theta, f64::from(n)) * (1.0 + noise * normal(lot)))).collect()
}

fn parameter<'a>(fit: &'a SpeedupFit, name: &str) -> &'a Estimate {
    fit.parameters.iter().find(|p| p.name == name).unwrap()
}

#[test]
fn exact_times_give_exact_parameters() {
    let counts = [1, 2, 4, 8, 10];
    for (law, serial, coherency) in [(Law::Amdahl, 0.05, 0.0), (Law::Gustafson, 0.2, 0.0), (Law::Usl, 0.04, 0.002)] {
        let theta = theta_of(law, 100.0, serial, coherency);
        let fit = fit(law, "wall", None, &times(law, &theta, &counts, 0.0, &mut Lot::new(1)));
        let first = &fit.parameters[0];
        assert!((first.value.unwrap() - serial).abs() < 1e-9, "{fit:?}");
        assert!(fit.worst_miss.unwrap() < 1e-9);
        if law == Law::Usl {
            assert!((parameter(&fit, "coherency").value.unwrap() - coherency).abs() < 1e-9);
            let peak: f64 = ((1.0 - serial) / coherency).sqrt();
            assert!((parameter(&fit, "peak_workers").value.unwrap() - peak).abs() < 1e-6);
        }
    }
}

/// Over 200 seeded repetitions each; 95 % is meant.
#[test]
fn intervals_cover_what_made_the_times() {
    let designs: [(&str, Vec<u32>); 3] = [
        ("one run each", vec![1, 2, 4, 8, 10]),
        ("two runs each", vec![1, 1, 2, 2, 4, 4, 8, 8]),
        ("three runs each", vec![1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8]),
    ];
    let mut wrong = Vec::new();
    for (design, counts) in &designs {
        for (law, serial, coherency) in [(Law::Amdahl, 0.08, 0.0), (Law::Gustafson, 0.3, 0.0), (Law::Usl, 0.1, 0.01)] {
            let theta = theta_of(law, 60.0, serial, coherency);
            let mut lot = Lot::new(7 + counts.len() as u64);
            let mut covered = [0_u32; 3];
            let repetitions = 200;
            for _ in 0..repetitions {
                let fit = fit_up_to(law, "wall", None, &times(law, &theta, counts, 0.03, &mut lot), 0);
                let inside = |e: &Estimate, truth: f64| {
                    e.low.is_none_or(|low| low <= truth) && e.high.is_none_or(|high| truth <= high)
                };
                covered[0] += u32::from(inside(&fit.parameters[0], serial));
                if law == Law::Usl {
                    covered[1] += u32::from(inside(parameter(&fit, "coherency"), coherency));
                    let peak = ((1.0 - serial) / coherency).sqrt();
                    covered[2] += u32::from(inside(parameter(&fit, "peak_workers"), peak));
                }
            }
            let figures = if law == Law::Usl { 3 } else { 1 };
            for (figure, &n) in covered.iter().take(figures).enumerate() {
                let share = f64::from(n) / f64::from(repetitions);
                let line = format!("{design}, {}, figure {figure}: {share}", law.name());
                println!("{line}");
                if !(0.90..=0.99).contains(&share) {
                    wrong.push(line);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The reference: numpy 2.4.6, weighted least squares in 50 rounds; scipy 1.17.1 finds the same parameters as the
/// minimum of the gamma deviance, Σ ln(Xθ) + y/(Xθ), which these rounds solve.
#[test]
fn fits_are_those_of_numpy_and_scipy() {
    let times = [(1, 100.0), (2, 53.1), (4, 29.8), (8, 19.2), (10, 18.4)];
    let of = |law| fit(law, "wall", None, &times);
    let close = |e: Option<f64>, truth: f64| assert!((e.unwrap() - truth).abs() < 1e-7, "{e:?}, not {truth}");
    let usl = of(Law::Usl);
    close(parameter(&usl, "contention").value, 0.037_240_005_787_431_65);
    close(parameter(&usl, "coherency").value, 0.005_232_131_025_161_677_5);
    close(usl.worst_miss, 0.018_437_999_548_108_125);
    assert!((parameter(&usl, "peak_workers").value.unwrap() - 13.564_997).abs() < 1e-4);
    let amdahl = of(Law::Amdahl);
    close(parameter(&amdahl, "serial").value, 0.089_333_512_229_361);
    close(amdahl.worst_miss, 0.045_043_807_440_875_64);
    close(parameter(&of(Law::Gustafson), "serial").value, 0.468_693_137_205_012);
    // The curve is the law's, and its interval holds it.
    assert_eq!(usl.curve_workers.len(), usl.curve.len());
    assert_eq!(usl.curve_workers.last(), Some(&20));
    for ((low, value), high) in usl.curve_low.iter().zip(&usl.curve).zip(&usl.curve_high) {
        assert!(low <= value && value <= high);
    }
}

#[test]
fn what_cannot_be_fitted_is_refused_with_the_reason() {
    let three = [(1, 100.0), (4, 30.0), (8, 20.0), (8, 21.0), (4, 31.0)];
    let usl = fit(Law::Usl, "wall", None, &three);
    let reason = "The Universal Scalability Law is not fitted: it needs runs at 4 different worker counts, and there are \
                  3 counts.";
    assert_eq!(usl.refused.as_deref(), Some(reason));
    assert!(usl.parameters.is_empty() && usl.curve.is_empty());
    assert!(fit(Law::Amdahl, "wall", None, &three).refused.is_none());
    let scattered = fit(Law::Amdahl, "wall", None, &[(1, 100.0), (2, 10.0), (4, 90.0), (8, 9.0)]);
    assert!(scattered.refused.unwrap().contains("from the nearest curve"));
    assert!(fit(Law::Amdahl, "wall", None, &[(1, 9.0), (2, 5.0)]).refused.is_some());
    assert!(fit(Law::Amdahl, "wall", None, &[]).refused.is_some());
    assert!(fit(Law::Amdahl, "wall", None, &[(0, 1.0), (1, f64::NAN), (2, -1.0), (u32::MAX, 1.0)]).refused.is_some());
}

#[test]
fn shares_stay_shares() {
    // More than twice as fast with two: no serial share. Slower with every worker: nothing but serial.
    let faster = fit(Law::Amdahl, "wall", None, &[(1, 100.0), (2, 40.0), (4, 15.0), (8, 6.0)]);
    assert_eq!(parameter(&faster, "serial").value, Some(0.0));
    assert_eq!(parameter(&faster, "limit").value, None);
    let slower = fit(Law::Amdahl, "wall", None, &[(1, 100.0), (2, 110.0), (4, 130.0), (8, 170.0)]);
    assert!((parameter(&slower, "serial").value.unwrap() - 1.0).abs() < 1e-12);
    let faster = fit(Law::Usl, "wall", None, &[(1, 100.0), (2, 40.0), (4, 15.0), (8, 6.0)]);
    assert!(faster.parameters.iter().all(|p| p.value.is_none_or(|v| v >= 0.0)), "{faster:?}");
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_times_give_sensible_fits_or_a_reason(times in prop::collection::vec((1_u32..40, 0.001..1e5_f64), 0..9)) {
            for law in Law::ALL {
                let fit = fit_up_to(law, "wall", None, &times, 1);
                prop_assert_eq!(fit.refused.is_some(), fit.parameters.is_empty());
                for p in &fit.parameters {
                    let share = p.name == "serial";
                    for x in [p.value, p.low, p.high].into_iter().flatten() {
                        prop_assert!(x.is_finite() && x >= 0.0 && (!share || x <= 1.0 + 1e-9), "{:?}", fit);
                    }
                    prop_assert!(p.low.zip(p.high).is_none_or(|(low, high)| low <= high), "{:?}", fit);
                }
                prop_assert!(fit.curve.iter().all(|s| s.is_finite() && *s >= 0.0), "{:?}", fit);
            }
        }
    }
}

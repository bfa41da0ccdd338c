//! Where the time of a run lies, in words.

use lanescope_analysis::{duration, factor, fixed, thousands};
use lanescope_protocol::Spread;

fn percent(share: f64) -> String {
    format!("{}\u{a0}%", fixed(share * 100.0, u32::from(share < 0.0995)))
}

pub(super) fn words(s: &Spread) -> Vec<String> {
    let mut texts = Vec::new();
    if s.attempts == 0 {
        texts.push("No times are recorded, so nothing can be said of where they went.".to_owned());
        return texts;
    }
    if let (Some(&median), Some(&p99)) = (s.quantiles_s.first(), s.quantiles_s.get(3)) {
        texts.push(format!(
            "Half of the {} attempts take less than {}, 99\u{a0}% less than {}.",
            thousands(u64::from(s.attempts)),
            duration(median),
            duration(p99)
        ));
    }
    let ten = s.tests.get(9).or(s.tests.last()).and_then(|t| t.cumulative);
    if let (Some(first), Some(ten)) = (s.tests.first(), ten) {
        let few = s.tests.len().min(10);
        texts.push(match few {
            1 => format!("All of the time is that of one test, {}.", first.name),
            _ => format!(
                "The {few} slowest tests take {} of all time in tests, {} alone {}.",
                percent(ten),
                first.name,
                duration(first.seconds)
            ),
        });
    }
    if let Some(file) = s.files.first().filter(|_| s.files.len() > 1) {
        texts.push(format!(
            "The slowest file is {}: {}, {} of all.",
            file.name,
            duration(file.seconds),
            percent(file.share)
        ));
    }
    let phase = |name: &str| s.phases.iter().find(|p| p.name == name);
    if let (Some(setup), Some(teardown)) = (phase("setup"), phase("teardown")) {
        let around = setup.share + teardown.share;
        texts.push(format!(
            "Set-up and teardown take {} of the time in tests ({} and {}).",
            percent(around),
            duration(setup.seconds),
            duration(teardown.seconds)
        ));
    }
    match (s.balance_cv, s.balance_peak) {
        (Some(cv), Some(peak)) if s.workers.len() > 1 => texts.push(format!(
            "The busiest worker has {}× the mean load; the loads scatter by {}.",
            factor(peak),
            percent(cv)
        )),
        (None, _) => texts.push("Which worker ran which test is not recorded, so their balance is unknown.".to_owned()),
        _ => {}
    }
    match (s.limit_s, s.near_limit.first()) {
        (Some(limit), Some(near)) => texts.push(format!(
            "{} came near the limit of {}: {} took {} of it.",
            if s.near_limit.len() == 1 { "One attempt".to_owned() } else { format!("{} attempts", s.near_limit.len()) },
            duration(limit),
            near.name,
            percent(near.share)
        )),
        (Some(limit), None) => {
            texts.push(format!("No test came within {} of the limit of {}.", percent(s.near_share), duration(limit)));
        }
        (None, _) => {}
    }
    if let Some(first) = s.timed_out.first() {
        texts.push(format!(
            "{} ran into a time limit: {}{}.",
            if s.timed_out.len() == 1 { "One attempt".to_owned() } else { format!("{} attempts", s.timed_out.len()) },
            first.name,
            if s.timed_out.len() > 1 { " and others" } else { "" }
        ));
    }
    texts
}

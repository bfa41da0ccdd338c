//! Whether a test is flaky, or was broken by a change: which of the two explains its outcomes better.
//!
//! A hidden Markov chain over the runs of a branch has two states, the second in two kinds. Sound: the test fails with a probability p of its
//! own, which is nearly 0 for a test that is not flaky. Broken: it nearly always fails, until somebody
//! repairs it, soon or after long. The state changes where the commit does, and hardly ever elsewhere. The likelihood of the outcomes under each p, times how likely such a p is beforehand, gives the
//! probability that the test is flaky; the most likely sequence of states gives the stretches in which it was broken.

/// What a run showed of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// It failed, and then passed.
    Both,
}

/// One run in a chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The run's place in the history.
    pub run: usize,
    /// What it showed.
    pub seen: Seen,
    /// Whether it is of another commit than the one before it in its chain, as far as is known.
    pub changed: bool,
    /// Whether it is the first of its chain.
    pub first: bool,
    /// For the first of a chain: whether the test failed on the main branch just before.
    pub failed_before: bool,
    /// Probability that a sound test fails in this run through no fault of its own.
    pub noise: f64,
}

/// What the chains tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// Probability that the test is flaky.
    pub flaky: f64,
    /// For each link, whether the test was broken in it.
    pub broken: Vec<bool>,
}

/// Beforehand: share of tests that are flaky.
const FLAKY: f64 = 0.05;
/// Failure probabilities of flaky tests, equally likely beforehand.
const RATES: [f64; 12] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9];
/// A change breaks a test this often.
const BREAKS: f64 = 0.001;
/// Of the tests that a change breaks, nobody cares about this share for long.
const ABANDONED: f64 = 0.2;
/// Of the tests that are broken from the beginning, most were abandoned before.
const LONG_ABANDONED: f64 = 0.8;
/// A change repairs a broken test this often, ...
const REPAIRS: f64 = 0.3;
/// ... and an abandoned one.
const REPAIRS_LATE: f64 = 0.01;
/// Where the commit stays the same, something else than the code may have changed, so much more seldom.
const ELSEWHERE: f64 = 0.02;
/// A broken test passes this often.
const SLIPS: f64 = 0.005;
/// A test is broken this often where a history begins, or a branch leaves the main one.
const BORN_BROKEN: f64 = 0.05;
/// Noise that is there in every run.
pub const NOISE: f64 = 2e-5;

/// Probability of what was seen, if the test fails with probability `p`.
fn chance(seen: Seen, p: f64) -> f64 {
    match seen {
        Seen::Passed => 1.0 - p,
        Seen::Failed => p,
        Seen::Both => p * (1.0 - p),
    }
}

/// Sound, broken, and broken and abandoned: the probability of each, or its logarithm.
type States = [f64; 3];

/// Where a state goes from one link to the next.
fn step(link: &Link, from: usize) -> States {
    if link.first {
        let born = if link.failed_before { 1.0 - BORN_BROKEN } else { BORN_BROKEN };
        return [1.0 - born, born * (1.0 - LONG_ABANDONED), born * LONG_ABANDONED];
    }
    let often = if link.changed { 1.0 } else { ELSEWHERE };
    match from {
        0 => [1.0 - BREAKS * often, BREAKS * often * (1.0 - ABANDONED), BREAKS * often * ABANDONED],
        1 => [REPAIRS * often, 1.0 - REPAIRS * often, 0.0],
        _ => [REPAIRS_LATE * often, 0.0, 1.0 - REPAIRS_LATE * often],
    }
}

/// Probability of what was seen in each state.
fn seen(link: &Link, rate: f64) -> States {
    let broken = chance(link.seen, 1.0 - SLIPS);
    [chance(link.seen, own(link, rate)), broken, broken]
}

/// Probability to fail in a run, of a test with this rate of its own.
fn own(link: &Link, rate: f64) -> f64 {
    rate + link.noise - rate * link.noise
}

/// Logarithm of the likelihood of all that was seen, for a test with this rate.
fn likelihood(links: &[Link], rate: f64) -> f64 {
    let mut log = 0.0;
    let mut state: States = [1.0, 0.0, 0.0];
    for link in links {
        let mut next: States = [0.0; 3];
        for (from, share) in state.iter().enumerate() {
            for (to, probability) in next.iter_mut().zip(step(link, from)) {
                *to += share * probability;
            }
        }
        for (to, probability) in next.iter_mut().zip(seen(link, rate)) {
            *to *= probability;
        }
        let sum: f64 = next.iter().sum();
        log += sum.ln();
        state = next.map(|share| share / sum);
    }
    log
}

/// Judges a test by its links, chain after chain.
#[must_use]
pub fn judge(links: &[Link]) -> Judged {
    let sound = likelihood(links, 0.0) + (1.0 - FLAKY).ln();
    let each = (FLAKY / RATES.len() as f64).ln();
    let rates = RATES.map(|rate| (rate, likelihood(links, rate) + each));
    let best = rates.iter().fold((0.0, sound), |best, &found| if found.1 > best.1 { found } else { best });
    let flaky: f64 = rates.iter().map(|r| (r.1 - best.1).exp()).sum();
    let flaky = flaky / (flaky + (sound - best.1).exp());
    // The states are asked for of what the test is more likely to be.
    let rate = if flaky >= 0.5 {
        rates.iter().fold((0.0, f64::NEG_INFINITY), |best, &found| if found.1 > best.1 { found } else { best }).0
    } else {
        0.0
    };
    Judged { flaky, broken: most_likely(links, rate) }
}

/// The most likely sequence of states (Viterbi), as whether the test was broken.
fn most_likely(links: &[Link], rate: f64) -> Vec<bool> {
    let mut score: States = [0.0, f64::NEG_INFINITY, f64::NEG_INFINITY];
    // For each link and state, the state before it on the best way there.
    let mut ways: Vec<[usize; 3]> = Vec::with_capacity(links.len());
    for link in links {
        let mut next: States = [f64::NEG_INFINITY; 3];
        let mut way = [0; 3];
        for (from, before) in score.iter().enumerate() {
            for ((to, way), probability) in next.iter_mut().zip(&mut way).zip(step(link, from)) {
                let there = before + probability.ln();
                if there > *to {
                    (*to, *way) = (there, from);
                }
            }
        }
        for (to, probability) in next.iter_mut().zip(seen(link, rate)) {
            *to += probability.ln();
        }
        ways.push(way);
        score = next;
    }
    let last =
        score.iter().enumerate().fold((0, f64::NEG_INFINITY), |best, (i, &s)| if s > best.1 { (i, s) } else { best });
    let mut state = last.0;
    let mut broken = vec![false; links.len()];
    for (slot, way) in broken.iter_mut().zip(&ways).rev() {
        *slot = state > 0;
        state = way.get(state).copied().unwrap_or(0);
    }
    broken
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `.` passed, `F` failed, `R` both; a blank stands between two commits where `commits` is true.
    fn links(text: &str) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        let mut changed = false;
        for c in text.chars() {
            let seen = match c {
                '.' => Seen::Passed,
                'F' => Seen::Failed,
                'R' => Seen::Both,
                _ => {
                    changed = true;
                    continue;
                }
            };
            let first = links.is_empty();
            links.push(Link { run: links.len(), seen, changed, first, failed_before: false, noise: NOISE });
            changed = false;
        }
        links
    }

    fn spaced(text: &str) -> Vec<Link> {
        links(&text.chars().flat_map(|c| [c, ' ']).collect::<String>())
    }

    fn stretch(judged: &Judged) -> String {
        judged.broken.iter().map(|&b| if b { 'B' } else { '-' }).collect()
    }

    #[test]
    fn a_stretch_of_failures_between_two_commits_is_a_breakage() {
        let judged = judge(&spaced("..........FFFFF............"));
        assert!(judged.flaky < 0.05, "{judged:?}");
        assert_eq!(stretch(&judged), "----------BBBBB------------");
        let judged = judge(&spaced("...................FFFFFFFF"));
        assert!(judged.flaky < 0.05, "{judged:?}");
        assert_eq!(stretch(&judged), "-------------------BBBBBBBB");
        assert!(judge(&spaced("FFFFFFFFFFFFFFFFFFFFFF")).flaky < 0.1);
    }

    #[test]
    fn failures_here_and_there_are_flaky() {
        for text in [
            "...F.......F.........",
            "F.F..FF.F...F.FFF.F..",
            "......R..............",
            ".....F......................................................F...................................",
        ] {
            let judged = judge(&spaced(text));
            assert!(judged.flaky > 0.5, "{text} {judged:?}");
        }
        // Of one commit, one failure is enough: no change explains it.
        assert!(judge(&links("......F......")).flaky > 0.5);
        // Of many commits it may have been one change and the next.
        assert!(judge(&spaced(&format!("{}F{}", ".".repeat(40), ".".repeat(40)))).flaky < 0.5);
    }

    #[test]
    fn a_flaky_test_can_be_broken_as_well() {
        let judged = judge(&spaced(".F....F..R.....F...FFFFFFFFFFFFFFFF..F....F...."));
        assert!(judged.flaky > 0.9);
        assert_eq!(stretch(&judged), "-------------------BBBBBBBBBBBBBBBB------------");
    }

    #[test]
    fn a_test_that_nobody_repairs_is_not_flaky() {
        assert!(judge(&spaced(&"F".repeat(400))).flaky < 0.1);
        assert!(judge(&spaced(&format!("{}{}", ".".repeat(50), "F".repeat(300)))).flaky < 0.1);
    }

    #[test]
    fn a_long_breakage_may_begin_without_a_commit() {
        let mut links = spaced("..................................FFFFFFFF..................................");
        for link in links.iter_mut().filter(|l| l.run == 34) {
            link.changed = false;
        }
        let judged = judge(&links);
        assert!(judged.flaky < 0.05, "{judged:?}");
        assert_eq!(judged.broken.iter().filter(|b| **b).count(), 8);
    }

    #[test]
    fn a_bad_day_explains_a_failure() {
        let mut links = links("......F......");
        for link in &mut links {
            link.noise = if link.run == 6 { 0.3 } else { NOISE };
        }
        assert!(judge(&links).flaky < 0.05);
    }

    proptest! {
        #[test]
        fn any_sequence_is_judged(text in "[.FR ]{0,400}") {
            let links = links(&text);
            let judged = judge(&links);
            prop_assert!((0.0..=1.0).contains(&judged.flaky), "{}", judged.flaky);
            prop_assert_eq!(judged.broken.len(), links.len());
        }
    }
}

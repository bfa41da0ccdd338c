//! Too few workers, too many, and tests that slow each other down.

use lanescope_analysis::{duration, factor, fixed};
use lanescope_protocol::{Bottleneck, Provenance};

use super::measures::Measures;
use crate::speedup::quantile::mean_and_spread;
use crate::speedup::{Case, forecast, known};

/// From this slowing down on, contention is worth a word.
const SLOWED: f64 = 1.1;
/// From this on, more workers are no advice.
const FULL: f64 = 1.5;
/// Share of the workers' time in tests from which on a run is packed so well that only more workers help.
const PACKED: f64 = 0.8;

fn slowed(m: &Measures<'_>) -> Option<f64> {
    m.around.base.and_then(|(_, c)| c.contention)
}

/// The same tests take longer side by side.
pub(super) fn contention(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let (Some(workers), Some(slowed)) = (m.workers.filter(|&n| n > 1), slowed(m).filter(|&c| c >= SLOWED)) else {
        return;
    };
    let Some(wall) = m.wall else { return };
    let alone = m.busy / slowed;
    let cost = (m.busy - alone) / f64::from(workers);
    // The longest piece is one of these tests, so it may have been slowed down too.
    let most = wall - (alone / f64::from(workers)).min(wall);
    let even =
        m.around.base.map_or(alone, |(base, _)| lanescope_model::us_to_s(base.figures.busy_us.value.unwrap_or(0)));
    let text = format!(
        "Side by side the tests take {}× as long as alone: {} of test time became {}, {} for each worker.",
        factor(slowed),
        duration(even),
        duration(m.busy),
        duration(cost)
    );
    let done = alone / wall;
    let advice = if slowed >= FULL {
        format!(
            "More cores, not more workers: {workers} workers get no more done here than {} undisturbed ones would.",
            fixed(done, 1)
        )
    } else {
        "Look for what they share: cores, a database, files, locks, ports, and set-up that each worker repeats."
            .to_owned()
    };
    found.push(Bottleneck {
        kind: "contention".to_owned(),
        subject: String::new(),
        cost_s: cost,
        saves_s: None,
        saves_at_most_s: most,
        of_session: false,
        provenance: known(m.case.figures.busy_us.provenance),
        text,
        advice,
        next: String::new(),
    });
}

/// What one waits for in a run, where this and the run under judgement tell the same of it.
fn length(m: &Measures<'_>, case: &Case<'_>) -> Option<f64> {
    if m.session.is_some() { case.session_s() } else { case.wall_s() }
}

/// Runs of the same workers and mode, taken together.
struct Others<'a> {
    workers: u32,
    mode: Option<&'a str>,
    /// Mean of what one waits for, seconds.
    mean: f64,
    runs: u32,
}

/// The other runs of the suite by workers and mode, and the relative spread of repeated runs (pooled; 0 where no run
/// was repeated).
fn others<'a>(m: &Measures<'a>) -> (Vec<Others<'a>>, f64) {
    let mut all: Vec<Others<'a>> = Vec::new();
    let mut lengths: Vec<Vec<f64>> = Vec::new();
    let mine = (m.workers.unwrap_or(0), m.case.mode());
    for &case in m.around.suite {
        let (Some(workers), Some(length)) = (case.workers(), length(m, case).filter(|&l| l > 0.0)) else { continue };
        let key = (workers, case.mode());
        match all.iter().position(|o| (o.workers, o.mode) == key).and_then(|at| lengths.get_mut(at)) {
            Some(of) => of.push(length),
            None => {
                all.push(Others { workers, mode: key.1, mean: 0.0, runs: 0 });
                lengths.push(vec![length]);
            }
        }
    }
    let (mut squares, mut free) = (0.0, 0);
    for (other, of) in all.iter_mut().zip(&lengths) {
        let Some((mean, spread)) = mean_and_spread(of) else { continue };
        (other.mean, other.runs) = (mean, of.len() as u32);
        if let Some(spread) = spread {
            squares += (spread / mean).powi(2) * (of.len() - 1) as f64;
            free += of.len() - 1;
        }
    }
    all.retain(|o| (o.workers, o.mode) != mine);
    (all, if free > 0 { (squares / free as f64).sqrt() } else { 0.0 })
}

/// How many standard errors a difference must have to be no noise.
const CLEAR: f64 = 2.0;

/// The other workers or mode with which the runs of the suite were shorter than this one by most, and by how much:
/// fewer workers, more, or as many in another mode, as `right` says.
fn shorter<'a>(m: &Measures<'a>, right: &dyn Fn(&Others<'a>, u32) -> bool) -> Option<(Others<'a>, f64)> {
    let (mine, my_workers) = (m.whole_s()?, m.workers?);
    let (others, spread) = others(m);
    let clear = |o: &Others<'_>| mine - o.mean > CLEAR * spread * mine * (1.0 + 1.0 / f64::from(o.runs.max(1))).sqrt();
    let there = others.into_iter().filter(|o| right(o, my_workers) && o.mean < mine && clear(o));
    let best = there.reduce(|best, next| if next.mean < best.mean { next } else { best })?;
    let saves = mine - best.mean;
    Some((best, saves))
}

fn on_fewer(o: &Others<'_>, mine: u32) -> bool {
    o.workers < mine
}

fn on_more(o: &Others<'_>, mine: u32) -> bool {
    o.workers > mine
}

/// "With 8 workers the session took 2 min 04 s, with 4 workers only 89.8 s."
fn measured(m: &Measures<'_>, other: &Others<'_>, saves: f64) -> String {
    let mean = if other.runs > 1 { format!(" (mean of {} runs)", other.runs) } else { String::new() };
    let mine = m.whole_s().unwrap_or(0.0);
    let (with, than) = if m.workers == Some(other.workers) {
        (format!("--dist {}", m.case.mode().unwrap_or("")), format!("--dist {}", other.mode.unwrap_or("")))
    } else {
        (workers(m.workers.unwrap_or(0)), workers(other.workers))
    };
    format!("With {with} {} took {}, with {than} only {}{mean}.", what(m), duration(mine), duration(mine - saves))
}

fn what(m: &Measures<'_>) -> &'static str {
    if m.session.is_some() { "the session" } else { "the tests" }
}

fn workers(n: u32) -> String {
    if n == 1 { "one worker".to_owned() } else { format!("{n} workers") }
}

/// A run on fewer workers, or in another mode on as many, was shorter: measured, not guessed.
pub(super) fn too_many(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let mut push = |kind: &str, other: &Others<'_>, saves: f64, advice: String| {
        found.push(Bottleneck {
            kind: kind.to_owned(),
            subject: String::new(),
            cost_s: saves,
            saves_s: Some(saves),
            saves_at_most_s: saves,
            of_session: m.session.is_some(),
            provenance: Provenance::Recorded,
            text: measured(m, other, saves),
            advice,
            next: String::new(),
        });
    };
    if let Some((other, saves)) = shorter(m, &on_fewer) {
        push(
            "too_many_workers",
            &other,
            saves,
            format!("Use {}{}, as measured.", workers(other.workers), dist(other.mode)),
        );
    }
    let in_other_mode = |o: &Others<'_>, mine: u32| o.workers == mine && o.mode.is_some() && m.case.mode().is_some();
    if let Some((other, saves)) = shorter(m, &in_other_mode) {
        push("mode", &other, saves, format!("Use --dist {}, as measured.", other.mode.unwrap_or("")));
    }
}

fn dist(mode: Option<&str>) -> String {
    mode.map(|mode| format!(" (--dist {mode})")).unwrap_or_default()
}

/// The workers have all they can do, or a run on more workers was shorter.
pub(super) fn too_few(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let (Some(n), Some(wall)) = (m.workers, m.wall) else { return };
    let useful = (m.busy / m.longest().max(1e-6)).ceil().min(1e6) as u32;
    let bound = wall - m.bound(n.saturating_mul(2));
    let around = m.session.map_or(0.0, |session| session - wall);
    let longest = m.groups.first().filter(|g| g.seconds >= m.longest()).or(m.tests.first());
    let cap = longest.map(|p| format!("; beyond {useful} workers {} ({}) sets the pace", p.name, duration(p.seconds)));
    if let Some((other, saves)) = shorter(m, &on_more) {
        let mine = m.whole_s().unwrap_or(wall);
        let least = m.bound(other.workers) + if m.session.is_some() { around } else { 0.0 };
        found.push(Bottleneck {
            kind: "too_few_workers".to_owned(),
            subject: String::new(),
            cost_s: saves,
            saves_s: Some(saves),
            saves_at_most_s: (mine - least).max(saves),
            of_session: m.session.is_some(),
            provenance: Provenance::Recorded,
            text: measured(m, &other, saves),
            advice: format!("Use {}{}, as measured.", workers(other.workers), dist(other.mode)),
            next: String::new(),
        });
        return;
    }
    let packed = m.busy / (f64::from(n) * wall.max(1e-6)) >= PACKED && m.share(n) > m.longest();
    // Where they already slow each other down, or fewer did better, more workers are no advice.
    if !packed || slowed(m).is_some_and(|c| c >= FULL) || shorter(m, &on_fewer).is_some() || useful <= n {
        return;
    }
    let twice = n.saturating_mul(2);
    // With a curve of measured runs there is something to expect; else there is the bound alone.
    let expected = forecast(m.around.walls, n, twice).map(|part| wall * (1.0 - part));
    let text = format!(
        "{} busy for {}\u{a0}% of the time{}.",
        if n == 1 { "The one worker was".to_owned() } else { format!("The {n} workers were") },
        fixed((m.busy / (f64::from(n) * wall)).min(1.0) * 100.0, 0),
        cap.unwrap_or_default()
    );
    let advice = match expected {
        Some(saves) => format!(
            "Try {}: about {} instead of {} if they go on as the measured runs do (Amdahl’s law), and never below {}.",
            workers(twice),
            duration(wall - saves),
            duration(wall),
            duration(wall - bound)
        ),
        None => format!(
            "Try {}: never below {} instead of {}, and longer if they slow each other down.",
            workers(twice),
            duration(wall - bound),
            duration(wall)
        ),
    };
    found.push(Bottleneck {
        kind: "too_few_workers".to_owned(),
        subject: String::new(),
        cost_s: bound,
        saves_s: expected,
        saves_at_most_s: bound,
        of_session: false,
        provenance: if expected.is_some() { Provenance::Simulated } else { Provenance::Rebuilt },
        text,
        advice,
        next: String::new(),
    });
}

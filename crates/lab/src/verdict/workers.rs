//! Too few workers, too many, and tests that slow each other down.

use lanescope_analysis::{duration, factor, fixed};
use lanescope_protocol::{Bottleneck, Provenance};

use super::measures::Measures;
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
    let cores = alone / wall;
    let advice = if slowed >= FULL {
        format!(
            "More cores, or fewer workers on these: measured in undisturbed test time, the machine did the work of {} \
             sequential runs at once.",
            fixed(cores, 1)
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

/// The other run of the suite that is shorter than this one by most, on fewer workers or on more.
fn shorter<'a>(m: &Measures<'a>, fewer: bool) -> Option<(&'a Case<'a>, f64, u32)> {
    let (mine, my_workers) = (m.whole_s()?, m.workers?);
    let others = m.around.suite.iter().filter(|c| c.id != m.case.id);
    let measured = others.filter_map(|&c| Some((c, mine - length(m, c)?, c.workers()?)));
    let right = |n: u32| if fewer { n < my_workers } else { n > my_workers };
    measured
        .filter(|&(_, saves, n)| right(n) && saves > 0.0)
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
}

fn what(m: &Measures<'_>) -> &'static str {
    if m.session.is_some() { "the session" } else { "the tests" }
}

fn workers(n: u32) -> String {
    if n == 1 { "one worker".to_owned() } else { format!("{n} workers") }
}

/// A run on fewer workers was shorter: measured, not guessed.
pub(super) fn too_many(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let (Some((best, saves, n)), Some(mine)) = (shorter(m, true), m.whole_s()) else { return };
    let text = format!(
        "With {} {} took {}, with {} only {}.",
        workers(m.workers.unwrap_or(0)),
        what(m),
        duration(mine),
        workers(n),
        duration(mine - saves)
    );
    let mode = best.mode().map(|mode| format!(" (--dist {mode})")).unwrap_or_default();
    found.push(Bottleneck {
        kind: "too_many_workers".to_owned(),
        subject: String::new(),
        cost_s: saves,
        saves_s: Some(saves),
        saves_at_most_s: saves,
        of_session: m.session.is_some(),
        provenance: Provenance::Recorded,
        text,
        advice: format!("Use {}{mode}, as measured.", workers(n)),
        next: String::new(),
    });
}

/// The workers have all they can do, or a run on more workers was shorter.
pub(super) fn too_few(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let (Some(n), Some(wall)) = (m.workers, m.wall) else { return };
    let useful = (m.busy / m.longest().max(1e-6)).ceil().min(1e6) as u32;
    let bound = wall - m.bound(n.saturating_mul(2));
    let around = m.session.map_or(0.0, |session| session - wall);
    let longest = m.groups.first().filter(|g| g.seconds >= m.longest()).or(m.tests.first());
    let cap = longest.map(|p| format!("; beyond {useful} workers {} ({}) sets the pace", p.name, duration(p.seconds)));
    if let Some((best, saves, more)) = shorter(m, false) {
        let mine = m.whole_s().unwrap_or(wall);
        let text = format!(
            "With {} {} took {}, with {} only {}.",
            workers(n),
            what(m),
            duration(mine),
            workers(more),
            duration(mine - saves)
        );
        let mode = best.mode().map(|mode| format!(" (--dist {mode})")).unwrap_or_default();
        let least = m.bound(more) + if m.session.is_some() { around } else { 0.0 };
        found.push(Bottleneck {
            kind: "too_few_workers".to_owned(),
            subject: String::new(),
            cost_s: saves,
            saves_s: Some(saves),
            saves_at_most_s: (mine - least).max(saves),
            of_session: m.session.is_some(),
            provenance: Provenance::Recorded,
            text,
            advice: format!("Use {}{mode}, as measured.", workers(more)),
            next: String::new(),
        });
        return;
    }
    let packed = m.busy / (f64::from(n) * wall.max(1e-6)) >= PACKED && m.share(n) > m.longest();
    // Where they already slow each other down, or fewer did better, more workers are no advice.
    if !packed || slowed(m).is_some_and(|c| c >= FULL) || shorter(m, true).is_some() || useful <= n {
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

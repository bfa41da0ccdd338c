//! Suspects that are no tests: the worker, the place in its order, the time, the number of workers, the machine.

use lanescope_analysis::{stated_limit_us, time_us};
use lanescope_model::TextKind;
use lanescope_protocol::SuspectKind;
use time::OffsetDateTime;

use super::{Candidate, Case, Context};
use crate::history::started_us;

/// Facts of a run that follow from its failures, or number it.
const NO_CAUSES: [&str; 14] = [
    "exit_code",
    "exit_status",
    "conclusion",
    "status",
    "result",
    "outcome",
    "duration",
    "duration_s",
    "run",
    "id",
    "number",
    "run_number",
    "commit_subject",
    "message",
];
/// More values of one fact say nothing.
const MOST_VALUES: usize = 12;

/// Candidates by kind, each with how many were tried.
pub(super) fn candidates(context: &Context<'_>) -> Vec<(Vec<Candidate>, usize)> {
    let kinds = [
        workers(context),
        positions(context),
        times(context),
        dates(context),
        worker_counts(context),
        limits(context),
        environment(context),
    ];
    let all = context.all[0] + context.all[1];
    let worth = |candidates: Vec<Candidate>| {
        let some: Vec<Candidate> =
            candidates.into_iter().filter(|c| (1..all).contains(&(c.with[0] + c.with[1]))).collect();
        let tried = some.len();
        (some, tried)
    };
    let mut all: Vec<_> = kinds.into_iter().map(worth).collect();
    // Windows of time hold one another: the one that tells most is enough.
    for (candidates, _) in all.iter_mut().filter(|(c, _)| c.first().is_some_and(|c| c.kind == SuspectKind::TimeOfDay)) {
        let best = (0..candidates.len()).max_by_key(|&i| {
            candidates.get(i).map(|c| (i64::from(c.with[0]) * 4 - i64::from(c.with[1]) * 4, std::cmp::Reverse(i)))
        });
        if let Some(best) = best {
            *candidates = candidates.drain(..).skip(best).take(1).collect();
        }
    }
    all
}

fn workers(context: &Context<'_>) -> Vec<Candidate> {
    let name = |c: &Case| {
        let run = context.history.run(c.run)?;
        run.attempts.worker(c.attempt).map(|w| run.worker_name(w))
    };
    if context.cases.iter().any(|c| name(c).is_none()) {
        return Vec::new();
    }
    let mut names: Vec<&str> = context.cases.iter().filter_map(name).collect();
    lanescope_model::order::sort(&mut names, &|a, b| a.cmp(b));
    names.dedup();
    let candidate = |worker: &str| Candidate {
        kind: SuspectKind::Worker,
        test: None,
        text: format!("it ran on the worker {worker}"),
        with: context.count(&|c| name(c) == Some(worker)),
        of: context.all,
        command: String::new(),
    };
    names.into_iter().map(candidate).collect()
}

/// Place among the attempts of its worker, from 0, and how many there are.
fn position(context: &Context<'_>, c: &Case) -> Option<(usize, usize)> {
    let run = context.history.run(c.run)?;
    let (worker, start) = (run.attempts.worker(c.attempt)?, run.attempts.start_us(c.attempt)?);
    let (mut before, mut all) = (0, 0);
    for a in run.attempts.ids().filter(|&a| run.attempts.worker(a) == Some(worker)) {
        all += 1;
        before += usize::from(run.attempts.start_us(a)? < start);
    }
    Some((before, all))
}

fn positions(context: &Context<'_>) -> Vec<Candidate> {
    let places: Vec<Option<(usize, usize)>> = context.cases.iter().map(|c| position(context, c)).collect();
    if places.iter().any(Option::is_none) {
        return Vec::new();
    }
    let count = |holds: &dyn Fn(usize, usize) -> bool| {
        let mut with = [0_u32; 2];
        for (case, place) in context.cases.iter().zip(&places) {
            if place.is_some_and(|(before, all)| holds(before, all)) {
                let [failed, passed] = &mut with;
                *(if case.failed { failed } else { passed }) += 1;
            }
        }
        with
    };
    let candidate = |text: &str, with: [u32; 2]| Candidate {
        kind: SuspectKind::Position,
        test: None,
        text: text.to_owned(),
        with,
        of: context.all,
        command: String::new(),
    };
    vec![
        candidate("it was the first test on its worker", count(&|before, _| before == 0)),
        candidate("it ran in the first half of its worker's tests", count(&|before, all| before * 2 < all)),
        candidate("it ran in the second half of its worker's tests", count(&|before, all| before * 2 >= all)),
    ]
}

fn start(context: &Context<'_>, c: &Case) -> Option<OffsetDateTime> {
    let us = context.history.run(c.run).and_then(started_us)?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(us) * 1_000).ok()
}

fn times(context: &Context<'_>) -> Vec<Candidate> {
    let hour = |c: &Case| start(context, c).map(|t| t.hour());
    if context.cases.iter().any(|c| hour(c).is_none()) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for length in [1_u8, 2, 4, 8] {
        for from in 0..24_u8 {
            let within = |c: &Case| hour(c).is_some_and(|h| (h + 24 - from) % 24 < length);
            let to = (from + length) % 24;
            all.push(Candidate {
                kind: SuspectKind::TimeOfDay,
                test: None,
                text: format!("the run began from {from:02}:00 to {to:02}:00 UTC"),
                with: context.count(&within),
                of: context.all,
                command: with_faketime(context, &within),
            });
        }
    }
    all
}

/// A command that runs the test as if it were the time of a run that failed.
fn with_faketime(context: &Context<'_>, holds: &dyn Fn(&Case) -> bool) -> String {
    let failed = context.cases.iter().find(|c| c.failed && holds(c)).and_then(|c| start(context, c));
    let command = context.pytest("-p no:randomly", &[context.verdict.test]);
    match failed {
        Some(t) if !command.is_empty() => {
            format!("TZ=UTC faketime '{} {:02}:{:02}:00' {command}", t.date(), t.hour(), t.minute())
        }
        _ => String::new(),
    }
}

fn dates(context: &Context<'_>) -> Vec<Candidate> {
    if context.cases.iter().any(|c| start(context, c).is_none()) {
        return Vec::new();
    }
    let candidate = |text: String, holds: &dyn Fn(OffsetDateTime) -> bool| {
        let holds = |c: &Case| start(context, c).is_some_and(holds);
        Candidate {
            kind: SuspectKind::Date,
            test: None,
            text,
            with: context.count(&holds),
            of: context.all,
            command: with_faketime(context, &holds),
        }
    };
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let mut all = Vec::new();
    for (i, day) in days.iter().enumerate() {
        let is_it = |t: OffsetDateTime| usize::from(t.weekday().number_days_from_monday()) == i;
        all.push(candidate(format!("the run began on a {day} (UTC)"), &is_it));
    }
    all.push(candidate("the run began on the first day of a month (UTC)".to_owned(), &|t| t.day() == 1));
    all.push(candidate("the run began on the last day of a month (UTC)".to_owned(), &|t| {
        t.day() == t.month().length(t.year())
    }));
    all
}

fn worker_count(context: &Context<'_>, c: &Case) -> Option<u32> {
    let run = context.history.run(c.run)?;
    let said = run.meta.environment.iter().find(|(name, _)| name == "workers").and_then(|(_, n)| n.parse().ok());
    let seen = u32::try_from(run.workers.len()).ok().filter(|&n| n > 0);
    said.or(run.meta.declared_workers).or(seen)
}

fn worker_counts(context: &Context<'_>) -> Vec<Candidate> {
    let mut counts: Vec<i64> = context.cases.iter().filter_map(|c| worker_count(context, c)).map(i64::from).collect();
    if counts.len() < context.cases.len() {
        return Vec::new();
    }
    lanescope_model::order::numbers(&mut counts);
    counts.dedup();
    let mut all = Vec::new();
    for (&few, &many) in counts.iter().zip(counts.iter().skip(1)) {
        let more = |c: &Case| worker_count(context, c).is_some_and(|n| i64::from(n) > few);
        let fewer = |c: &Case| !more(c);
        let candidate = |text: String, with: [u32; 2], n: i64| Candidate {
            kind: SuspectKind::WorkerCount,
            test: None,
            text,
            with,
            of: context.all,
            command: context.pytest(&format!("-n {n}"), &[]),
        };
        all.push(candidate(format!("the run had more than {few} workers"), context.count(&more), many));
        all.push(candidate(format!("the run had {few} workers or fewer"), context.count(&fewer), few));
    }
    all
}

/// Near to a time limit: four fifths of what its own messages, or the run, name.
fn limits(context: &Context<'_>) -> Vec<Candidate> {
    let stated = |c: &Case| {
        let run = context.history.run(c.run)?;
        let texts = [TextKind::Message, TextKind::Trace];
        texts.into_iter().find_map(|kind| stated_limit_us(run.text(c.attempt, kind)))
    };
    let own = context.cases.iter().filter(|c| c.failed).filter_map(stated).max();
    let run_limit = context.cases.iter().find_map(|c| context.history.run(c.run)?.meta.timeout_us);
    let Some(limit) = own.or(run_limit).filter(|&us| us > 0) else { return Vec::new() };
    let near = |c: &Case| {
        let time = context.history.run(c.run).and_then(|run| time_us(run, c.attempt));
        stated(c).is_some() || time.is_some_and(|us| us >= limit / 5 * 4)
    };
    let limit = lanescope_analysis::duration(lanescope_model::us_to_s(limit));
    vec![Candidate {
        kind: SuspectKind::Timeout,
        test: None,
        text: format!("it took at least four fifths of the limit of {limit}"),
        with: context.count(&near),
        of: context.all,
        command: String::new(),
    }]
}

fn environment(context: &Context<'_>) -> Vec<Candidate> {
    let runs = || context.cases.iter().filter_map(|c| context.history.run(c.run));
    let mut facts: Vec<(&str, &str)> = Vec::new();
    for run in runs() {
        let said = run.meta.environment.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        for fact in said.chain(run.meta.branch.as_deref().map(|b| ("branch", b))) {
            if fact.0 != "workers" && !NO_CAUSES.contains(&fact.0) && !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
    let values = |name: &str| facts.iter().filter(|f| f.0 == name).count();
    let candidate = |&(name, value): &(&str, &str)| {
        let has = |c: &Case| {
            let Some(run) = context.history.run(c.run) else { return false };
            let said = run.meta.environment.iter().any(|(n, v)| n == name && v == value);
            said || name == "branch" && run.meta.branch.as_deref() == Some(value)
        };
        Candidate {
            kind: SuspectKind::Environment,
            test: None,
            text: format!("{name} was {value}"),
            with: context.count(&has),
            of: context.all,
            command: String::new(),
        }
    };
    facts.iter().filter(|f| (2..=MOST_VALUES).contains(&values(f.0))).map(candidate).collect()
}

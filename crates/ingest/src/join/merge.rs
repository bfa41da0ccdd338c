//! One run of several sources: per field the best source that has it.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::{AttemptId, AttemptRow, Issue, Outcome, Run, RunBuilder, Session, Severity, TestId, TextKind};

use super::facts::{Paths, Prefix, hash, prefix, test_key};
use crate::{Format, Source};

/// Attempts of a test that are looked through for the one of the same worker: more than anybody has workers.
const MOST_LOOKED_AT: usize = 1_000;

/// What is known of an attempt, from all sources.
struct Attempt<'a> {
    row: AttemptRow,
    /// Name of its worker; ids of workers differ between sources.
    worker: Option<&'a str>,
    /// Where its texts are, best first.
    texts: Vec<(&'a Run, AttemptId)>,
}

struct Test<'a> {
    /// The run and test that name it.
    named: (&'a Run, TestId),
    file: Option<&'a str>,
    line: Option<u32>,
    markers: &'a str,
    attempts: Vec<Attempt<'a>>,
}

/// Merges sources, best first.
pub(super) fn merge(members: &[&Source], notes: &mut Vec<Issue>) -> Run {
    let mut tests: Vec<Test<'_>> = Vec::new();
    let mut by_key: HashMap<i64, usize, FixedState> = HashMap::default();
    let mut contradictions: Vec<String> = Vec::new();
    for (n, source) in members.iter().enumerate() {
        let run = source.run.as_ref();
        let shift = match members.first().filter(|_| n > 0) {
            Some(best) => needed_prefix(&best.run, run),
            None => Prefix::default(),
        };
        for test in run.tests.ids() {
            // Ids of further sources are brought to the words of the best one; its own stay as they are.
            let id = shift.second_id(run.test_id(test));
            let test_key = if shift.first.is_empty() {
                test_key(run, test, id)
            } else {
                test_key(run, test, &format!("{}{id}", shift.first))
            };
            match by_key.get(&test_key).and_then(|&i| tests.get_mut(i)) {
                Some(known) => {
                    if let Some(text) = add(known, run, test, source.format) {
                        contradictions.push(text);
                    }
                }
                None => {
                    by_key.insert(test_key, tests.len());
                    tests.push(new_test(run, test));
                }
            }
        }
    }
    if let Some(first) = contradictions.first() {
        let n = contradictions.len();
        notes.push(Issue::new(
            Severity::Warning,
            format!("the files disagree on the outcome of {n} tests, for example {first}; the best source is believed"),
        ));
    }
    build(members, &tests)
}

fn needed_prefix(best: &Run, other: &Run) -> Prefix {
    let known: hashbrown::HashSet<i64, FixedState> =
        best.tests.ids().map(|t| test_key(best, t, best.test_id(t))).collect();
    let direct = other.tests.ids().take(50).filter(|&t| known.contains(&test_key(other, t, other.test_id(t)))).count();
    if direct * 2 >= other.tests.len().min(50) {
        return Prefix::default();
    }
    prefix((best, &Paths::of(best)), (other, &Paths::of(other))).unwrap_or_default()
}

fn attempt_of(run: &Run, id: AttemptId) -> Attempt<'_> {
    let a = &run.attempts;
    let row = AttemptRow {
        start_us: a.start_us(id),
        stop_us: a.stop_us(id),
        total_us: a.total_us(id),
        setup_us: a.setup_us(id),
        teardown_us: a.teardown_us(id),
        outcome: a.outcome(id),
        ..AttemptRow::new(a.test(id))
    };
    Attempt { row, worker: a.worker(id).map(|w| run.worker_name(w)), texts: vec![(run, id)] }
}

fn new_test(run: &Run, test: TestId) -> Test<'_> {
    Test {
        named: (run, test),
        file: run.tests.file(test).map(|s| run.strings.get(s)),
        line: run.tests.line(test),
        markers: run.strings.get(run.tests.markers(test)),
        attempts: run.tests.attempts(test).map(|a| attempt_of(run, a)).collect(),
    }
}

/// Adds what a further source knows of a test; the contradiction, if there is one.
fn add<'a>(known: &mut Test<'a>, run: &'a Run, test: TestId, format: Format) -> Option<String> {
    known.file = known.file.or_else(|| run.tests.file(test).map(|s| run.strings.get(s)));
    known.line = known.line.or_else(|| run.tests.line(test));
    if known.markers.is_empty() {
        known.markers = run.strings.get(run.tests.markers(test));
    }
    let before = final_outcome(known.attempts.iter().map(|a| a.row.outcome));
    let theirs = final_outcome(run.tests.attempts(test).map(|a| run.attempts.outcome(a)));
    let others: Vec<Attempt<'a>> = run.tests.attempts(test).map(|a| attempt_of(run, a)).collect();
    if known.attempts.len() == others.len() {
        // In order; where both name workers (`--dist each`), those of the same worker.
        let mut others: Vec<Option<Attempt<'a>>> = others.into_iter().map(Some).collect();
        for (i, mine) in known.attempts.iter_mut().enumerate() {
            let fits = |o: &Attempt<'a>| mine.worker.is_none() || o.worker.is_none() || o.worker == mine.worker;
            let in_order = others.get(i).is_some_and(|o| o.as_ref().is_some_and(fits));
            let fitting = || others.iter().take(MOST_LOOKED_AT).position(|o| o.as_ref().is_some_and(fits));
            let at = if in_order { Some(i) } else { fitting() };
            if let Some(other) = at.and_then(|at| others.get_mut(at)).and_then(Option::take) {
                fill(mine, other);
            }
        }
    } else if let (Some(mine), Some(other)) = (known.attempts.last_mut(), others.into_iter().next_back()) {
        // Attempts that one source does not tell apart: the last one is the same in both. Its times may
        // hold more than one attempt, so only the texts are taken.
        mine.texts.extend(other.texts);
    }
    contradicts(before, theirs, format).then(|| {
        let (named, test) = known.named;
        format!("{} ({} and {})", named.test_id(test), before.as_str(), theirs.as_str())
    })
}

fn final_outcome(outcomes: impl DoubleEndedIterator<Item = Outcome>) -> Outcome {
    outcomes.rev().find(|&o| o != Outcome::Unknown).unwrap_or_default()
}

/// Whether two outcomes cannot both be told of one execution. What a format cannot tell is no contradiction.
fn contradicts(best: Outcome, other: Outcome, format: Format) -> bool {
    match (best, other) {
        (a, b) if a == b => false,
        (Outcome::Unknown, _) | (_, Outcome::Unknown) => false,
        // A crash or a failing teardown is called a failure by some.
        (Outcome::Failed | Outcome::Error, Outcome::Failed | Outcome::Error) => false,
        // JUnit shows unexpected passes as passed.
        (Outcome::XPassed, Outcome::Passed) => format != Format::JunitXml,
        _ => true,
    }
}

fn fill<'a>(mine: &mut Attempt<'a>, other: Attempt<'a>) {
    let (m, o) = (&mut mine.row, other.row);
    if m.start_us.is_none() {
        (m.start_us, m.stop_us) = (o.start_us, o.stop_us);
    }
    m.total_us = m.total_us.or(o.total_us);
    m.setup_us = m.setup_us.or(o.setup_us);
    m.teardown_us = m.teardown_us.or(o.teardown_us);
    if m.outcome == Outcome::Unknown {
        m.outcome = o.outcome;
    }
    mine.worker = mine.worker.or(other.worker);
    mine.texts.extend(other.texts);
}

fn build(members: &[&Source], tests: &[Test<'_>]) -> Run {
    let mut builder = RunBuilder::new();
    meta(members, &mut builder);
    // Workers in the order of the best source that names them.
    for run in members.iter().map(|s| s.run.as_ref()) {
        for worker in &run.workers {
            let id = builder.worker(run.strings.get(worker.name));
            if worker.crashed {
                builder.worker_crashed(id);
            }
        }
    }
    rows(tests, &mut builder);
    members.iter().for_each(|source| builder.take_measures(&source.run));
    builder.finish()
}

/// Tests, with their attempts and texts.
fn rows(tests: &[Test<'_>], builder: &mut RunBuilder) {
    for test in tests {
        let (run, named) = test.named;
        let group = run.tests.group(named).map(|g| builder.group(run.group_name(g)));
        let id = builder.test(group, run.test_id(named), run.tests.name_at(named));
        if let Some(file) = test.file {
            builder.test_place(id, file, test.line);
        }
        if !test.markers.is_empty() {
            builder.test_markers(id, test.markers);
        }
        for attempt in &test.attempts {
            let worker = attempt.worker.map(|name| builder.worker(name));
            let row = AttemptRow { test: id, worker, ..attempt.row };
            let new = builder.attempt(row);
            for kind in TextKind::ALL {
                let text = attempt.texts.iter().map(|(run, a)| run.text(*a, kind)).find(|t| !t.is_empty());
                builder.set_text(new, kind, text.unwrap_or(""));
            }
        }
    }
}

/// A part of a run that stands beside others.
pub(super) struct Beside<'a> {
    pub(super) run: &'a Run,
    /// The group that its tests are of.
    pub(super) group: Option<&'a str>,
    /// What is put before the names of its workers, where other parts have workers of the same name.
    pub(super) workers: Option<&'a str>,
    /// By how much its times are moved.
    pub(super) shift_us: i64,
}

/// One run of parts that ran on machines of their own: their tests side by side, a test that several have with an
/// attempt from each.
pub(super) fn beside(parts: &[Beside<'_>]) -> Run {
    let mut builder = RunBuilder::new();
    // How many parts have a worker of a name, by its hash; each part names a worker once.
    let mut named_by: HashMap<i64, usize, FixedState> = HashMap::default();
    let hashed = |name: &str| hash(name).cast_signed();
    for part in parts {
        for worker in &part.run.workers {
            *named_by.entry(hashed(part.run.strings.get(worker.name))).or_insert(0) += 1;
        }
    }
    for part in parts {
        let run = part.run;
        let known_twice = |name: &str| named_by.get(&hashed(name)).is_some_and(|&parts| parts > 1);
        let named = |name: &str| match part.workers.filter(|_| known_twice(name)) {
            Some(before) => format!("{before} · {name}"),
            None => name.to_owned(),
        };
        let workers: Vec<_> = run
            .workers
            .iter()
            .map(|worker| {
                let id = builder.worker(&named(run.strings.get(worker.name)));
                if worker.crashed {
                    builder.worker_crashed(id);
                }
                id
            })
            .collect();
        for test in run.tests.ids() {
            let own = run.tests.group(test).map(|g| run.group_name(g));
            let group = match (part.group, own) {
                (Some(part), Some(own)) => Some(builder.group(&format!("{part} · {own}"))),
                (Some(name), None) | (None, Some(name)) => Some(builder.group(name)),
                (None, None) => None,
            };
            let id = builder.test(group, run.test_id(test), run.tests.name_at(test));
            if let Some(file) = run.tests.file(test) {
                builder.test_place(id, run.strings.get(file), run.tests.line(test));
            }
            let markers = run.strings.get(run.tests.markers(test));
            if !markers.is_empty() {
                builder.test_markers(id, markers);
            }
            for attempt in run.tests.attempts(test) {
                let row = attempt_of(run, attempt).row;
                let moved = |us: Option<i64>| us.map(|us| us.saturating_add(part.shift_us));
                let worker = run.attempts.worker(attempt).and_then(|w| workers.get(w.index()).copied());
                let (start_us, stop_us) = (moved(row.start_us), moved(row.stop_us));
                let new = builder.attempt(AttemptRow { test: id, worker, start_us, stop_us, ..row });
                for kind in TextKind::ALL {
                    builder.set_text(new, kind, run.text(attempt, kind));
                }
            }
        }
    }
    parts.iter().for_each(|part| builder.take_measures(part.run));
    whole_meta(parts, &mut builder);
    builder.finish()
}

/// What is known of a whole from what is known of its parts.
fn whole_meta(parts: &[Beside<'_>], builder: &mut RunBuilder) {
    let metas = || parts.iter().map(|part| &part.run.meta);
    let starts = || parts.iter().map(|part| Some(part.run.meta.session.start_us?.saturating_add(part.shift_us)));
    let start_us = starts().flatten().min();
    let ends = starts().zip(metas()).map(|(start, m)| start?.checked_add(m.session.length_us?));
    // The session of the whole ends with that of the last part, which is known if those of all are.
    let end_us = ends.reduce(|a, b| Some(a?.max(b?))).flatten();
    let same = |pick: &dyn Fn(&lanescope_model::RunMeta) -> Option<i64>| {
        metas().map(pick).reduce(|a, b| a.filter(|_| a == b)).flatten()
    };
    let meta = &mut builder.meta;
    meta.session = Session { start_us, length_us: start_us.zip(end_us).map(|(start, end)| end - start) };
    meta.commit = metas().find_map(|m| m.commit.clone());
    meta.branch = metas().find_map(|m| m.branch.clone());
    meta.url = metas().find_map(|m| m.url.clone());
    meta.declared_workers = metas().map(|m| m.declared_workers).reduce(|a, b| a?.checked_add(b?)).flatten();
    meta.timeout_us = same(&|m| m.timeout_us);
    // What differs between shards is no property of the run.
    meta.environment = environment(metas().flat_map(|m| &m.environment));
    meta.environment.retain(|(n, v)| metas().all(|m| m.environment.iter().all(|(k, w)| k != n || v == w)));
    meta.interrupted = metas().any(|m| m.interrupted);
}

/// Names with their values; of several values the first.
fn environment<'a>(all: impl Iterator<Item = &'a (String, String)>) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for (name, value) in all {
        if kept.iter().all(|(known, _)| known != name) {
            kept.push((name.clone(), value.clone()));
        }
    }
    kept
}

/// The session's own facts: start and length from JUnit first, the mode from the log.
fn meta(members: &[&Source], builder: &mut RunBuilder) {
    let metas = || members.iter().map(|s| &s.run.meta);
    // Playwright's own reports know the session; its JUnit file has the time of its first test.
    let playwright = members.iter().any(|s| matches!(s.format, Format::PlaywrightJson | Format::PlaywrightBlob));
    let junit = || members.iter().filter(|s| s.format == Format::JunitXml && !playwright);
    let first = |pick: fn(&Session) -> Option<i64>, zoned: bool| {
        let from_junit = junit().filter(|s| !(zoned && s.naive_clock)).find_map(|s| pick(&s.run.meta.session));
        from_junit.or_else(|| metas().find_map(|m| pick(&m.session)))
    };
    // A start without a zone is worth nothing beside points in time that have one.
    let any_zoned = members.iter().any(|s| !s.naive_clock && s.run.window_us().is_some());
    let meta = &mut builder.meta;
    meta.session = Session { start_us: first(|s| s.start_us, any_zoned), length_us: first(|s| s.length_us, false) };
    if any_zoned
        && junit().all(|s| s.naive_clock)
        && metas().all(|m| m.session.start_us.is_none() || m.session.length_us.is_some())
    {
        let zoned = members.iter().filter(|s| !s.naive_clock).find_map(|s| s.run.meta.session.start_us);
        meta.session.start_us = zoned.or(if junit().next().is_none() { meta.session.start_us } else { None });
    }
    meta.commit = metas().find_map(|m| m.commit.clone());
    meta.branch = metas().find_map(|m| m.branch.clone());
    meta.url = metas().find_map(|m| m.url.clone());
    meta.dist_mode = metas().find_map(|m| m.dist_mode.clone());
    meta.timeout_us = metas().find_map(|m| m.timeout_us);
    meta.declared_workers = metas().find_map(|m| m.declared_workers);
    meta.environment = environment(metas().flat_map(|m| &m.environment));
    meta.sequential = metas().any(|m| m.sequential);
    meta.interrupted = members.first().is_some_and(|s| s.run.meta.interrupted);
}

//! Runs to columns.

use lanescope_model::order::places;
use lanescope_model::{AttemptId, GroupId, Issue, Job, Place, Run, TestId, TextKind};

use crate::columns::{Writer, zigzag};
use crate::order::{Lanes, ORDERS, Row, expected, ranks};
use crate::strings::{Table, suite};
use crate::{MAGIC, VERSION, deflate, measures};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Columns of numbers, in the order in which they stand.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    /// Of a run as a whole.
    Run,
    /// Of the tests in the order of the table: name, as the step from the one before.
    Name,
    Group,
    NameAt,
    File,
    Line,
    Markers,
    Attempts,
    /// Of the tests in their own order: where that differs from the one that is expected.
    Order,
    /// Of the attempts lane by lane.
    Test,
    /// Which attempt it is, of tests with several.
    Turn,
    Outcome,
    /// Which texts it has, as bits.
    Texts,
    /// Of the texts: 0 for one that was there before, else its length and 1.
    TextLength,
    /// The number of a text that was there before.
    TextAgain,
    /// Coverage and benchmarks.
    Measures,
    /// Lines that can be reached, as steps: the number twice, and one where it was.
    Marks,
}

pub(crate) const COLUMNS: usize = 17;

/// Columns of times of the attempts: start, total, stop, setup, teardown.
pub(crate) const TIMES: usize = 5;

/// Kinds of texts, by the bits of [`Of::Texts`].
pub(crate) const KINDS: [TextKind; 5] = TextKind::ALL;

#[derive(Default)]
struct Sheet<'a> {
    columns: [Vec<u64>; COLUMNS],
    times: [Vec<Option<i64>>; TIMES],
    texts: Vec<u8>,
    known_texts: HashMap<&'a str, u64, FixedState>,
}

impl Sheet<'_> {
    fn put(&mut self, of: Of, value: u64) {
        if let Some(column) = self.columns.get_mut(of as usize) {
            column.push(value);
        }
    }

    /// A number that may be unknown, among those of the run.
    fn maybe(&mut self, value: Option<i64>) {
        self.put(Of::Run, u64::from(value.is_some()));
        if let Some(value) = value {
            self.put(Of::Run, zigzag(value));
        }
    }
}

pub(crate) fn encode(runs: &[(&Run, &[Issue])]) -> Vec<u8> {
    let whole: Vec<&Run> = runs.iter().map(|(run, _)| *run).collect();
    let notes = runs.iter().flat_map(|(_, notes)| notes.iter());
    let mut said = notes.flat_map(|issue| {
        let path = match &issue.at {
            Some(Place::Path(path)) => path,
            _ => "",
        };
        [issue.text.as_str(), path]
    });
    let strings = Table::new(&whole, &mut said);
    let mut sheet = Sheet::default();
    for (run, notes) in runs {
        meta(run, notes, &strings, &mut sheet);
        rows(run, &strings, &mut sheet);
        let (mut numbers, mut marks) = (Vec::new(), Vec::new());
        measures::write(run, &strings, &mut |n| numbers.push(n), &mut |n| marks.push(n));
        numbers.into_iter().for_each(|n| sheet.put(Of::Measures, n));
        marks.into_iter().for_each(|n| sheet.put(Of::Marks, n));
    }
    let mut to = Writer::default();
    to.number(runs.len() as u64);
    strings.write(&mut to);
    for column in &sheet.columns {
        to.column(column);
    }
    for column in &sheet.times {
        to.times(column);
    }
    to.raw(&sheet.texts);
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    deflate::deflate(&to, &mut bytes);
    bytes
}

fn meta(run: &Run, notes: &[Issue], strings: &Table<'_>, sheet: &mut Sheet<'_>) {
    let meta = &run.meta;
    let of = |text: lanescope_model::StrId| strings.number(run.strings.get(text));
    sheet.put(Of::Run, strings.number(&meta.id));
    sheet.put(Of::Run, strings.number(&meta.label));
    for text in [&meta.commit, &meta.branch, &meta.url, &meta.dist_mode] {
        sheet.put(Of::Run, text.as_ref().map_or(0, |text| strings.number(text) + 1));
    }
    let flags = u64::from(meta.sequential) | u64::from(meta.simulated) << 1 | u64::from(meta.interrupted) << 2;
    sheet.put(Of::Run, flags);
    let declared = meta.declared_workers.map(i64::from);
    for value in [meta.session.start_us, meta.session.length_us, declared, meta.timeout_us] {
        sheet.maybe(value);
    }
    sheet.put(Of::Run, meta.environment.len() as u64);
    for (name, value) in &meta.environment {
        sheet.put(Of::Run, strings.number(name));
        sheet.put(Of::Run, strings.number(value));
    }
    sheet.put(Of::Run, run.groups.len() as u64);
    for group in &run.groups {
        sheet.put(Of::Run, of(group.name));
    }
    sheet.put(Of::Run, run.workers.len() as u64);
    for worker in &run.workers {
        sheet.put(Of::Run, of(worker.name) << 1 | u64::from(worker.crashed));
    }
    sheet.put(Of::Run, run.jobs.len() as u64);
    for job in &run.jobs {
        self::job(job, &of, sheet);
    }
    sheet.put(Of::Run, notes.len() as u64);
    for issue in notes {
        let (kind, at) = match &issue.at {
            None => (0, 0),
            Some(Place::Line(line)) => (1, *line),
            Some(Place::Byte(byte)) => (2, *byte),
            Some(Place::Path(path)) => (3, strings.number(path)),
        };
        sheet.put(Of::Run, issue.severity as u64 | kind << 2);
        sheet.put(Of::Run, at);
        sheet.put(Of::Run, strings.number(&issue.text));
    }
}

fn job(job: &Job, of: &dyn Fn(lanescope_model::StrId) -> u64, sheet: &mut Sheet<'_>) {
    sheet.put(Of::Run, of(job.name));
    sheet.put(Of::Run, job.group.map_or(0, |group| u64::from(group.0) + 1));
    sheet.put(Of::Run, job.outcome as u64);
    for us in [job.queued_us, job.start_us, job.stop_us] {
        sheet.maybe(us);
    }
    sheet.put(Of::Run, job.steps.len() as u64);
    for step in &job.steps {
        sheet.put(Of::Run, of(step.name));
        sheet.put(Of::Run, step.outcome as u64);
        sheet.maybe(step.start_us);
        sheet.maybe(step.stop_us);
    }
}

/// Tests and attempts.
fn rows<'a>(run: &'a Run, strings: &Table<'_>, sheet: &mut Sheet<'a>) {
    let tests = &run.tests;
    let names: Vec<(u64, u64)> = tests
        .ids()
        .map(|t| (strings.number(run.test_id(t)), tests.group(t).map_or(0, |GroupId(g)| u64::from(g) + 1)))
        .collect();
    let order = places(names.len(), &|a, b| names.get(a).cmp(&names.get(b)));
    let place = ranks(&order);
    let (mut before, mut line) = (0, 0);
    for &at in &order {
        let (test, id) = (TestId(at), run.test_id(TestId(at)));
        let (name, group) = names.get(at as usize).copied().unwrap_or_default();
        sheet.put(Of::Name, name - before);
        before = name;
        sheet.put(Of::Group, group);
        sheet.put(Of::NameAt, zigzag(tests.name_at(test) as i64 - name_at(id) as i64));
        let file = tests.file(test).map_or("", |file| run.strings.get(file));
        sheet.put(Of::File, file_code(file, id, strings));
        let own = tests.line(test).map_or(0, i64::from);
        sheet.put(Of::Line, zigzag(own - line));
        line = own;
        sheet.put(Of::Markers, strings.number(run.strings.get(tests.markers(test))));
        sheet.put(Of::Attempts, tests.attempts(test).len() as u64);
    }
    let lanes = Lanes::of(run);
    // How many there are closes what is said of the run.
    sheet.put(Of::Run, order.len() as u64);
    for &count in &lanes.counts {
        sheet.put(Of::Run, count);
    }
    let place_of = |attempt: AttemptId| place.get(run.attempts.test(attempt).index()).copied().unwrap_or(0);
    let mut rows = Vec::with_capacity(lanes.rows.len());
    let mut left = lanes.rows.as_slice();
    let base = run.window_us().map_or(0, |(first, _)| first);
    sheet.put(Of::Run, zigzag(base));
    for &count in &lanes.counts {
        let (lane, rest) = left.split_at_checked(count as usize).unwrap_or((left, &[]));
        left = rest;
        let (mut before, mut end_us) = (-1, base);
        for &attempt in lane {
            let test = place_of(attempt);
            sheet.put(Of::Test, zigzag(i64::from(test) - before - 1));
            before = i64::from(test);
            end_us = self::attempt(run, attempt, end_us, sheet);
            let (start_us, stop_us) = (run.attempts.start_us(attempt), run.attempts.stop_us(attempt));
            rows.push(Row { test, start_us, stop_us });
        }
    }
    let own: Vec<u32> = place;
    let steps = |order: u64| {
        let ranks = ranks(&expected(order, own.len(), &rows));
        let mut next = 0;
        let step = |&at: &u32| {
            let rank = ranks.get(at as usize).copied().map_or(0, i64::from);
            let step = zigzag(rank - next);
            next = rank + 1;
            step
        };
        own.iter().map(step).collect::<Vec<u64>>()
    };
    let tried: Vec<Vec<u64>> = (0..ORDERS).map(steps).collect();
    let news = |steps: &Vec<u64>| steps.iter().filter(|&&step| step > 0).count();
    let best = tried.iter().enumerate().min_by_key(|(_, steps)| news(steps));
    let (order, steps) = best.map_or((0, &[][..]), |(order, steps)| (order, steps.as_slice()));
    sheet.put(Of::Run, order as u64);
    for &step in steps {
        sheet.put(Of::Order, step);
    }
}

/// An attempt; `end_us` is where the one before it on the lane ended. Gives where it ends itself.
fn attempt<'a>(run: &'a Run, attempt: AttemptId, end_us: i64, sheet: &mut Sheet<'a>) -> i64 {
    let a = &run.attempts;
    let mut turns = run.tests.attempts(a.test(attempt));
    if turns.len() > 1 {
        // They stand one after another.
        let first = turns.next().unwrap_or(attempt);
        sheet.put(Of::Turn, u64::from(attempt.0.saturating_sub(first.0)));
    }
    sheet.put(Of::Outcome, a.outcome(attempt) as u64);
    let (start_us, total_us, stop_us) = (a.start_us(attempt), a.total_us(attempt), a.stop_us(attempt));
    let due_us = due_us(start_us, total_us, end_us);
    let times = [
        start_us.map(|us| us.wrapping_sub(end_us)),
        total_us,
        stop_us.map(|us| us.wrapping_sub(due_us)),
        a.setup_us(attempt),
        a.teardown_us(attempt),
    ];
    for (column, us) in sheet.times.iter_mut().zip(times) {
        column.push(us);
    }
    let mut bits = 0;
    let texts = KINDS.map(|kind| run.text(attempt, kind));
    for (bit, text) in texts.iter().enumerate() {
        bits |= u64::from(!text.is_empty()) << bit;
    }
    sheet.put(Of::Texts, bits);
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        let number = sheet.known_texts.len() as u64;
        match sheet.known_texts.get(text).copied() {
            Some(known) => {
                sheet.put(Of::TextLength, 0);
                sheet.put(Of::TextAgain, known);
            }
            None => {
                sheet.known_texts.insert(text, number);
                sheet.put(Of::TextLength, text.len() as u64 + 1);
                sheet.texts.extend_from_slice(text.as_bytes());
            }
        }
    }
    stop_us.or(start_us).unwrap_or(end_us)
}

/// When an attempt should end by what is known of it.
pub(crate) fn due_us(start_us: Option<i64>, total_us: Option<i64>, end_us: i64) -> i64 {
    start_us.unwrap_or(end_us).wrapping_add(total_us.unwrap_or(0))
}

/// Where the name mostly begins in an identity: behind the last separator before the parameters.
pub(crate) fn name_at(id: &str) -> usize {
    let head = id.split_once('[').map_or(id, |(head, _)| head);
    let behind = |separator: &str| head.rfind(separator).map(|at| at + separator.len());
    behind("::").or_else(|| behind(" › ")).unwrap_or(0)
}

/// 0 for no file, 1 for what the identity begins with, else the string's number and 2.
fn file_code(file: &str, id: &str, strings: &Table<'_>) -> u64 {
    match file {
        "" => 0,
        file if file == suite(id) => 1,
        file => strings.number(file) + 2,
    }
}

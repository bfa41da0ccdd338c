//! Columns to runs. Nothing in them is believed: what names nothing, or is not there, is damage.

use lanescope_model::{
    AttemptRow, GroupId, Issue, Job, Outcome, Place, Run, RunBuilder, Session, Severity, Step, StrId, TestId, WorkerId,
};

use crate::columns::{Column, Reader, unzigzag};
use crate::encode::{COLUMNS, KINDS, Of, TIMES, due_us, name_at};
use crate::order::{ORDERS, Row, expected};
use crate::strings::{Texts, suite};
use crate::{PackError, Packed, measures};

/// The most steps of the builder, which finds groups and workers by walking: nobody notices some hundreds in each run,
/// and fifty thousand in a single one take a second.
const MOST_STEPS: u64 = 50_000 * 50_000;

/// Bytes that a run takes, even an empty one, with the tables that it is built with.
const RUN_BYTES: usize = 2 << 10;

struct Sheet<'a> {
    strings: Texts,
    columns: Vec<Column>,
    times: Vec<Column>,
    /// Texts, and where the ones so far lie in them.
    texts: &'a str,
    text_at: usize,
    known_texts: Vec<(usize, usize)>,
    /// What the rows of a run may take while they are put in order.
    most: usize,
    /// What is made of a pack may still take, all runs together.
    room: Room,
    /// Steps that may still be walked.
    steps: u64,
}

/// Bytes that may still be taken. A pack names its strings as often as it likes: what that makes has a limit.
pub(crate) struct Room(usize);

impl Room {
    /// Takes so many of them.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), PackError> {
        self.0 = self.0.checked_sub(bytes).ok_or(PackError::TooLarge)?;
        Ok(())
    }

    /// A string for itself.
    pub(crate) fn owned(&mut self, text: &str) -> Result<String, PackError> {
        self.take(text.len())?;
        Ok(text.to_owned())
    }

    /// A string among those of a run, which takes room only where it is new there.
    pub(crate) fn interned(&mut self, run: &mut RunBuilder, text: &str) -> Result<StrId, PackError> {
        let known = run.strings().len();
        let id = run.intern(text);
        if run.strings().len() > known {
            self.take(text.len())?;
        }
        Ok(id)
    }
}

pub(crate) fn decode(bytes: &[u8], most: usize) -> Result<Vec<Packed>, PackError> {
    let mut from = Reader::new(bytes);
    let runs = from.len()?;
    // In a column, a number of a byte takes eight.
    from.limit(most / 4);
    let strings = Texts::read(&mut from, most)?;
    let columns = (0..COLUMNS).map(|_| from.column()).collect::<Result<Vec<_>, _>>()?;
    let times = (0..TIMES).map(|_| from.times()).collect::<Result<Vec<_>, _>>()?;
    let texts = std::str::from_utf8(from.raw()?).map_err(|_| PackError::Damaged)?;
    if !from.is_empty() {
        return Err(PackError::Damaged);
    }
    let (known_texts, room) = (Vec::new(), Room(most));
    let mut sheet = Sheet { strings, columns, times, texts, text_at: 0, known_texts, most, room, steps: MOST_STEPS };
    let runs = (0..runs).map(|_| sheet.run()).collect::<Result<Vec<_>, _>>()?;
    let all = sheet.columns.iter().chain(&sheet.times).all(|column| column.left() == 0);
    if all && sheet.text_at == texts.len() { Ok(runs) } else { Err(PackError::Damaged) }
}

/// An attempt, and where its texts lie.
#[derive(Clone)]
struct Attempt {
    row: AttemptRow,
    texts: [(usize, usize); KINDS.len()],
}

/// A test, as the table has it.
struct Test {
    name: u64,
    group: Option<GroupId>,
    name_at: i64,
    file: u64,
    line: u32,
    markers: u64,
}

fn outcome(code: u64) -> Result<Outcome, PackError> {
    usize::try_from(code).ok().and_then(|code| Outcome::ALL.get(code)).copied().ok_or(PackError::Damaged)
}

impl Sheet<'_> {
    fn column(&mut self, of: Of) -> Result<&mut Column, PackError> {
        self.columns.get_mut(of as usize).ok_or(PackError::Damaged)
    }

    fn next(&mut self, of: Of) -> Result<u64, PackError> {
        self.column(of)?.next()
    }

    /// How many of something follow, of which each has at least a number in the column.
    fn count(&mut self, of: Of) -> Result<usize, PackError> {
        let count = self.column(Of::Run)?.index()?;
        if count <= self.column(of)?.left() { Ok(count) } else { Err(PackError::Damaged) }
    }

    fn maybe(&mut self) -> Result<Option<i64>, PackError> {
        Ok(match self.next(Of::Run)? {
            0 => None,
            1 => Some(unzigzag(self.next(Of::Run)?)),
            _ => return Err(PackError::Damaged),
        })
    }

    fn text(&mut self) -> Result<String, PackError> {
        let number = self.next(Of::Run)?;
        self.string(number)
    }

    fn string(&mut self, number: u64) -> Result<String, PackError> {
        self.room.owned(self.strings.get(number)?)
    }

    /// The next string, as one of the run.
    fn name(&mut self, run: &mut RunBuilder) -> Result<StrId, PackError> {
        let number = self.next(Of::Run)?;
        self.room.interned(run, self.strings.get(number)?)
    }

    fn maybe_text(&mut self) -> Result<Option<String>, PackError> {
        match self.next(Of::Run)? {
            0 => Ok(None),
            number => self.string(number - 1).map(Some),
        }
    }

    fn run(&mut self) -> Result<Packed, PackError> {
        self.room.take(RUN_BYTES)?;
        let mut run = RunBuilder::new();
        self.meta(&mut run)?;
        let mut groups = Vec::new();
        for _ in 0..self.few()? {
            let number = self.next(Of::Run)?;
            let name = self.strings.get(number)?;
            self.room.interned(&mut run, name)?;
            groups.push(run.group(name));
        }
        let mut workers = Vec::new();
        for _ in 0..self.few()? {
            let code = self.next(Of::Run)?;
            let name = self.strings.get(code >> 1)?;
            self.room.interned(&mut run, name)?;
            let worker = run.worker(name);
            if code & 1 == 1 {
                run.worker_crashed(worker);
            }
            workers.push(worker);
        }
        for _ in 0..self.count(Of::Run)? {
            let job = self.job(&mut run, &groups)?;
            run.jobs.push(job);
        }
        let notes = self.notes()?;
        self.measures(&mut run)?;
        let run = self.rows(run, &groups, &workers)?;
        Ok(Packed { run, notes })
    }

    fn measures(&mut self, run: &mut RunBuilder) -> Result<(), PackError> {
        match self.columns.get_disjoint_mut([Of::Measures as usize, Of::Marks as usize]) {
            Ok([numbers, marks]) => measures::read(run, &self.strings, &mut self.room, numbers, marks),
            Err(_) => Err(PackError::Damaged),
        }
    }

    /// How many follow of what the builder walks.
    fn few(&mut self) -> Result<usize, PackError> {
        let count = self.count(Of::Run)?;
        let steps = (count as u64).checked_mul(count as u64).and_then(|steps| self.steps.checked_sub(steps));
        self.steps = steps.ok_or(PackError::TooLarge)?;
        Ok(count)
    }

    fn meta(&mut self, run: &mut RunBuilder) -> Result<(), PackError> {
        let meta = &mut run.meta;
        meta.id = self.text()?;
        meta.label = self.text()?;
        for to in [&mut meta.commit, &mut meta.branch, &mut meta.url, &mut meta.dist_mode] {
            *to = self.maybe_text()?;
        }
        let flags = self.next(Of::Run)?;
        (meta.sequential, meta.simulated, meta.interrupted) = (flags & 1 > 0, flags & 2 > 0, flags & 4 > 0);
        meta.session = Session { start_us: self.maybe()?, length_us: self.maybe()? };
        meta.declared_workers = match self.maybe()? {
            Some(count) => Some(u32::try_from(count).map_err(|_| PackError::Damaged)?),
            None => None,
        };
        meta.timeout_us = self.maybe()?;
        for _ in 0..self.count(Of::Run)? {
            let pair = (self.text()?, self.text()?);
            meta.environment.push(pair);
        }
        Ok(())
    }

    fn job(&mut self, run: &mut RunBuilder, groups: &[GroupId]) -> Result<Job, PackError> {
        let name = self.name(run)?;
        let group = group(self.next(Of::Run)?, groups)?;
        let outcome = outcome(self.next(Of::Run)?)?;
        let (queued_us, start_us, stop_us) = (self.maybe()?, self.maybe()?, self.maybe()?);
        let mut job = Job { name, group, queued_us, start_us, stop_us, outcome, steps: Vec::new() };
        for _ in 0..self.count(Of::Run)? {
            let name = self.name(run)?;
            let outcome = self::outcome(self.next(Of::Run)?)?;
            job.steps.push(Step { name, outcome, start_us: self.maybe()?, stop_us: self.maybe()? });
        }
        Ok(job)
    }

    fn notes(&mut self) -> Result<Vec<Issue>, PackError> {
        let mut notes = Vec::new();
        for _ in 0..self.count(Of::Run)? {
            let (code, at) = (self.next(Of::Run)?, self.next(Of::Run)?);
            let severity = match code & 3 {
                0 => Severity::Info,
                1 => Severity::Warning,
                2 => Severity::Error,
                _ => return Err(PackError::Damaged),
            };
            let at = match code >> 2 {
                0 => None,
                1 => Some(Place::Line(at)),
                2 => Some(Place::Byte(at)),
                3 => Some(Place::Path(self.string(at)?)),
                _ => return Err(PackError::Damaged),
            };
            notes.push(Issue { severity, at, text: self.text()? });
        }
        Ok(notes)
    }

    /// Tests and attempts, in the order in which they were.
    fn rows(&mut self, mut run: RunBuilder, groups: &[GroupId], workers: &[WorkerId]) -> Result<Run, PackError> {
        let tests = self.count(Of::Name)?;
        let mut lanes = Vec::new();
        for _ in 0..=workers.len() {
            lanes.push(self.count(Of::Test)?);
        }
        let base = unzigzag(self.next(Of::Run)?);
        // First attempt of each test, by its place in the table.
        let mut first = vec![0_usize];
        let mut attempts = 0_usize;
        let counts = self.column(Of::Attempts)?.take(tests)?;
        for &count in counts {
            let count = usize::try_from(count).map_err(|_| PackError::Damaged)?;
            attempts = attempts.checked_add(count).ok_or(PackError::Damaged)?;
            first.push(attempts);
        }
        let mut left = self.times.iter().map(Column::left).min().unwrap_or(0);
        for of in [Of::Test, Of::Outcome, Of::Texts] {
            left = left.min(self.column(of)?.left());
        }
        if lanes.iter().try_fold(0_usize, |sum, &n| sum.checked_add(n)) != Some(attempts) || attempts > left {
            return Err(PackError::Damaged);
        }
        let bytes =
            attempts.saturating_mul(size_of::<Attempt>()).saturating_add(tests.saturating_mul(size_of::<Test>()));
        if bytes > self.most {
            return Err(PackError::TooLarge);
        }
        let mut placed: Vec<Option<Attempt>> = vec![None; attempts];
        let mut rows = Vec::with_capacity(attempts);
        let names = std::iter::once(None).chain(workers.iter().copied().map(Some));
        for (worker, &count) in names.zip(&lanes) {
            let (mut before, mut end_us) = (-1_i64, base);
            for _ in 0..count {
                let step = self.column(Of::Test)?.signed()?;
                let test = before.checked_add(1).and_then(|next| next.checked_add(step)).ok_or(PackError::Damaged)?;
                before = test;
                let test = usize::try_from(test).map_err(|_| PackError::Damaged)?;
                let (Some(&from), Some(&to)) = (first.get(test), first.get(test + 1)) else {
                    return Err(PackError::Damaged);
                };
                let turn = if to - from > 1 { self.column(Of::Turn)?.index()? } else { 0 };
                let slot = from.checked_add(turn).filter(|&slot| slot < to).and_then(|slot| placed.get_mut(slot));
                let slot = slot.filter(|slot| slot.is_none()).ok_or(PackError::Damaged)?;
                let row = AttemptRow { worker, ..AttemptRow::new(TestId(test as u32)) };
                let attempt = self.attempt(row, &mut end_us)?;
                let (start_us, stop_us) = (attempt.row.start_us, attempt.row.stop_us);
                rows.push(Row { test: test as u32, start_us, stop_us });
                *slot = Some(attempt);
            }
        }
        let order = self.order(tests, &rows)?;
        self.tests(&mut run, tests, groups, &order)?;
        for (number, &at) in order.iter().enumerate() {
            let range = first.get(at as usize).copied().zip(first.get(at as usize + 1).copied());
            let range = range.map_or(0..0, |(from, to)| from..to);
            // Tests have the numbers of their order: no two of them are one.
            let test = TestId(number as u32);
            for Attempt { row, texts } in placed.get(range).unwrap_or_default().iter().flatten() {
                let attempt = run.attempt(AttemptRow { test, ..*row });
                for (kind, &(start, end)) in KINDS.into_iter().zip(texts) {
                    run.set_text(attempt, kind, self.texts.get(start..end).unwrap_or(""));
                }
            }
        }
        Ok(run.finish())
    }

    fn attempt(&mut self, mut row: AttemptRow, end_us: &mut i64) -> Result<Attempt, PackError> {
        row.outcome = outcome(self.next(Of::Outcome)?)?;
        let mut times = [None; TIMES];
        for (to, column) in times.iter_mut().zip(&mut self.times) {
            *to = column.time()?;
        }
        let [start, total_us, stop, setup_us, teardown_us] = times;
        row.start_us = start.map(|us| us.wrapping_add(*end_us));
        row.stop_us = stop.map(|us| us.wrapping_add(due_us(row.start_us, total_us, *end_us)));
        (row.total_us, row.setup_us, row.teardown_us) = (total_us, setup_us, teardown_us);
        *end_us = row.stop_us.or(row.start_us).unwrap_or(*end_us);
        let bits = self.next(Of::Texts)?;
        if bits >= 1 << KINDS.len() {
            return Err(PackError::Damaged);
        }
        let mut texts = [(0, 0); KINDS.len()];
        for (_, span) in texts.iter_mut().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1) {
            *span = self.span()?;
        }
        Ok(Attempt { row, texts })
    }

    /// Where the next text lies.
    fn span(&mut self) -> Result<(usize, usize), PackError> {
        let span = match self.column(Of::TextLength)?.index()? {
            0 => {
                let known = self.column(Of::TextAgain)?.index()?;
                self.known_texts.get(known).copied().ok_or(PackError::Damaged)?
            }
            length => {
                let end = self.text_at.checked_add(length - 1).ok_or(PackError::Damaged)?;
                self.texts.get(self.text_at..end).ok_or(PackError::Damaged)?;
                let span = (self.text_at, end);
                self.text_at = end;
                self.known_texts.push(span);
                span
            }
        };
        self.room.take(span.1 - span.0)?;
        Ok(span)
    }

    /// The places of the tests in the table, in the order of the run.
    fn order(&mut self, tests: usize, rows: &[Row]) -> Result<Vec<u32>, PackError> {
        let order = self.next(Of::Run)?;
        if order >= ORDERS {
            return Err(PackError::Damaged);
        }
        let expected = expected(order, tests, rows);
        let mut seen = vec![false; tests];
        let mut next = 0_i64;
        let mut own = Vec::with_capacity(tests);
        for _ in 0..tests {
            let step = self.column(Of::Order)?.signed()?;
            let rank = next.checked_add(step).ok_or(PackError::Damaged)?;
            next = rank.checked_add(1).ok_or(PackError::Damaged)?;
            let rank = usize::try_from(rank).map_err(|_| PackError::Damaged)?;
            let at = *expected.get(rank).ok_or(PackError::Damaged)?;
            match seen.get_mut(at as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(PackError::Damaged),
            }
            own.push(at);
        }
        Ok(own)
    }

    fn tests(
        &mut self,
        run: &mut RunBuilder,
        tests: usize,
        groups: &[GroupId],
        order: &[u32],
    ) -> Result<(), PackError> {
        let mut table = Vec::with_capacity(tests);
        let (mut name, mut line) = (0_u64, 0_i64);
        for _ in 0..tests {
            name = name.checked_add(self.next(Of::Name)?).ok_or(PackError::Damaged)?;
            let group = group(self.next(Of::Group)?, groups)?;
            let name_at = self.column(Of::NameAt)?.signed()?;
            let file = self.next(Of::File)?;
            line = line.checked_add(self.column(Of::Line)?.signed()?).ok_or(PackError::Damaged)?;
            let line = u32::try_from(line).map_err(|_| PackError::Damaged)?;
            table.push(Test { name, group, name_at, file, line, markers: self.next(Of::Markers)? });
        }
        for test in order.iter().filter_map(|&at| table.get(at as usize)) {
            let id = self.strings.get(test.name)?;
            let at = (name_at(id) as i64).checked_add(test.name_at).and_then(|at| usize::try_from(at).ok());
            // A string may be the name of many tests: what they take all together has a limit.
            self.room.take(id.len())?;
            let known = run.test(test.group, id, at.ok_or(PackError::Damaged)?);
            let file = match test.file {
                0 => "",
                1 => suite(id),
                number => self.strings.get(number - 2)?,
            };
            if !file.is_empty() || test.line > 0 {
                self.room.interned(run, file)?;
                run.test_place(known, file, Some(test.line).filter(|&line| line > 0));
            }
            let markers = self.strings.get(test.markers)?;
            self.room.interned(run, markers)?;
            run.test_markers(known, markers);
        }
        if run.test_count() == tests { Ok(()) } else { Err(PackError::Damaged) }
    }
}

/// 0 for none, else its number and 1.
fn group(code: u64, groups: &[GroupId]) -> Result<Option<GroupId>, PackError> {
    let Some(at) = code.checked_sub(1) else { return Ok(None) };
    let group = usize::try_from(at).ok().and_then(|at| groups.get(at)).copied();
    group.map(Some).ok_or(PackError::Damaged)
}

//! A run as bytes.

use crate::bytes::{Foreign, Sink, Source};
use crate::{
    Attempts, Benchmarks, Coverage, Group, GroupId, Job, Outcome, Run, RunMeta, Session, Step, StrId, Tables, Tests,
    Worker,
};

/// What a run begins with; the last byte is the version of what follows.
const MAGIC: u32 = u32::from_le_bytes(*b"run\x03");

impl Run {
    /// Writes it as bytes.
    pub fn encode(&self, to: &mut Sink<'_>) {
        let Tables { strings, texts, groups, workers, tests, attempts, jobs, coverage, benchmarks } = &**self;
        to.u32(MAGIC);
        encode_meta(&self.meta, to);
        strings.encode(to);
        texts.encode(to);
        to.u32s(&groups.iter().map(|group| group.name.0).collect::<Vec<_>>());
        to.u32s(&workers.iter().map(|worker| worker.name.0).collect::<Vec<_>>());
        to.bytes(&workers.iter().map(|worker| u8::from(worker.crashed)).collect::<Vec<_>>());
        encode_tests(tests, to);
        encode_attempts(attempts, to);
        to.len(jobs.len());
        for job in jobs {
            encode_job(job, to);
        }
        to.len(coverage.len());
        coverage.iter().for_each(|report| report.encode(to));
        to.len(benchmarks.len());
        benchmarks.iter().for_each(|report| report.encode(to));
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When the bytes are not those of a run of this version, or an id in them names nothing.
    pub fn decode(from: &mut Source<'_>) -> Result<Self, Foreign> {
        if from.u32()? != MAGIC {
            return Err(Foreign);
        }
        let meta = decode_meta(from)?;
        let strings = crate::Strings::decode(from)?;
        let texts = crate::Texts::decode(from)?;
        let groups: Vec<Group> = from.u32s()?.into_iter().map(|name| Group { name: StrId(name) }).collect();
        let names = from.u32s()?;
        let crashed = flags(from)?;
        if crashed.len() != names.len() {
            return Err(Foreign);
        }
        let worker = |(name, crashed)| Worker { name: StrId(name), crashed };
        let workers: Vec<Worker> = names.into_iter().zip(crashed).map(worker).collect();
        let tests = decode_tests(from)?;
        let attempts = decode_attempts(from)?;
        // The shortest job, without steps.
        let count = from.len(44)?;
        let jobs = (0..count).map(|_| decode_job(from)).collect::<Result<Vec<_>, _>>()?;
        // The shortest reports, without a path, a file or a benchmark.
        let count = from.len(8)?;
        let coverage = (0..count).map(|_| Coverage::decode(from)).collect::<Result<Vec<_>, _>>()?;
        let count = from.len(8)?;
        let benchmarks = (0..count).map(|_| Benchmarks::decode(from)).collect::<Result<Vec<_>, _>>()?;
        let tables = Tables { strings, texts, groups, workers, tests, attempts, jobs, coverage, benchmarks };
        let run = Self::new(meta, tables);
        if run.is_sound() { Ok(run) } else { Err(Foreign) }
    }

    /// Whether every column has its length and every id names something.
    fn is_sound(&self) -> bool {
        let (t, a) = (&self.tests, &self.attempts);
        let string = |id: &StrId| id.index() < self.strings.len();
        // A column that tells nothing is not there.
        let is_whole = |len: usize, of: usize| len == of || len == 0;
        let [ids, files, markers, groups, names_at, lines, firsts] = &t.numbers;
        let [tests, workers, texts] = &a.ids;
        let of_tests = [files.len(), markers.len(), groups.len(), names_at.len(), lines.len(), t.flaky.len()];
        of_tests.iter().all(|&len| is_whole(len, t.len()))
            && [workers, texts].into_iter().all(|column| is_whole(column.len(), a.len()))
            && a.times.iter().all(|column| is_whole(column.len(), a.len()))
            && (t.outcome.len(), a.outcome.len()) == (t.len(), a.len())
            // A run that was never built has no first attempts at all.
            && (firsts.len() == t.len() + 1 || firsts.is_empty() && t.is_empty())
            && firsts.is_sorted()
            && firsts.last().is_none_or(|&last| last as usize <= a.len())
            && [ids, files, markers].into_iter().all(|column| name_rows(column, self.strings.len()))
            && name_rows_or_none(groups, self.groups.len())
            && name_rows(tests, t.len())
            && name_rows_or_none(workers, self.workers.len())
            && name_rows_or_none(texts, self.texts.len())
            && self.coverage.iter().all(|report| report.is_sound(&string))
            && self.benchmarks.iter().all(|report| report.is_sound(&string))
            && self.groups.iter().all(|group| string(&group.name))
            && self.workers.iter().all(|worker| string(&worker.name))
            && self.jobs.iter().all(|job| {
                string(&job.name)
                    && job.group.is_none_or(|id| id.index() < self.groups.len())
                    && job.steps.iter().all(|step| string(&step.name))
            })
    }
}

fn encode_meta(meta: &RunMeta, to: &mut Sink<'_>) {
    to.text(&meta.id);
    to.text(&meta.label);
    to.maybe_us(meta.session.start_us);
    to.maybe_us(meta.session.length_us);
    for text in [&meta.commit, &meta.branch, &meta.url, &meta.dist_mode] {
        to.maybe_text(text.as_deref());
    }
    to.maybe_us(meta.declared_workers.map(i64::from));
    to.bool(meta.sequential);
    to.bool(meta.simulated);
    to.bool(meta.interrupted);
    to.maybe_us(meta.timeout_us);
    to.len(meta.environment.len());
    for (name, value) in &meta.environment {
        to.text(name);
        to.text(value);
    }
}

fn decode_meta(from: &mut Source<'_>) -> Result<RunMeta, Foreign> {
    let mut meta = RunMeta {
        id: from.text()?,
        label: from.text()?,
        session: Session { start_us: from.maybe_us()?, length_us: from.maybe_us()? },
        commit: from.maybe_text()?,
        branch: from.maybe_text()?,
        url: from.maybe_text()?,
        dist_mode: from.maybe_text()?,
        declared_workers: match from.maybe_us()? {
            Some(n) => Some(u32::try_from(n).map_err(|_| Foreign)?),
            None => None,
        },
        sequential: from.bool()?,
        simulated: from.bool()?,
        interrupted: from.bool()?,
        timeout_us: from.maybe_us()?,
        environment: Vec::new(),
    };
    // The bytes of two empty texts.
    for _ in 0..from.len(8)? {
        meta.environment.push((from.text()?, from.text()?));
    }
    Ok(meta)
}

/// Whether every id is that of one of so many rows.
fn name_rows(ids: &[u32], rows: usize) -> bool {
    ids.iter().all(|&id| (id as usize) < rows)
}

/// [`name_rows`], where an id may be of none.
fn name_rows_or_none(ids: &[u32], rows: usize) -> bool {
    ids.iter().all(|&id| id == u32::MAX || (id as usize) < rows)
}

fn encode_tests(tests: &Tests, to: &mut Sink<'_>) {
    tests.numbers.iter().for_each(|column| to.u32s(column));
    encode_outcomes(&tests.outcome, to);
    to.bytes(&tests.flaky.iter().map(|&flaky| u8::from(flaky)).collect::<Vec<_>>());
}

fn decode_tests(from: &mut Source<'_>) -> Result<Tests, Foreign> {
    let mut tests = Tests::default();
    for column in &mut tests.numbers {
        *column = from.u32s()?.into();
    }
    tests.outcome = decode_outcomes(from)?.into();
    tests.flaky = flags(from)?.into();
    Ok(tests)
}

fn encode_attempts(attempts: &Attempts, to: &mut Sink<'_>) {
    attempts.ids.iter().for_each(|column| to.u32s(column));
    attempts.times.iter().for_each(|column| to.i64s(column));
    encode_outcomes(&attempts.outcome, to);
}

fn decode_attempts(from: &mut Source<'_>) -> Result<Attempts, Foreign> {
    let mut attempts = Attempts::default();
    for column in &mut attempts.ids {
        *column = from.u32s()?.into();
    }
    for column in &mut attempts.times {
        *column = from.i64s()?.into();
    }
    attempts.outcome = decode_outcomes(from)?.into();
    Ok(attempts)
}

fn encode_outcomes(outcomes: &[Outcome], to: &mut Sink<'_>) {
    to.bytes(&outcomes.iter().map(|&outcome| outcome as u8).collect::<Vec<_>>());
}

fn decode_outcomes(from: &mut Source<'_>) -> Result<Vec<Outcome>, Foreign> {
    let codes = from.bytes()?;
    if codes.iter().any(|&code| usize::from(code) >= Outcome::ALL.len()) {
        return Err(Foreign);
    }
    Ok(codes.into_iter().map(Outcome::from_code).collect())
}

fn flags(from: &mut Source<'_>) -> Result<Vec<bool>, Foreign> {
    let codes = from.bytes()?;
    if codes.iter().any(|&code| code > 1) {
        return Err(Foreign);
    }
    Ok(codes.into_iter().map(|code| code == 1).collect())
}

fn encode_job(job: &Job, to: &mut Sink<'_>) {
    to.u32(job.name.0);
    to.u32(job.group.unwrap_or(GroupId::NONE).0);
    to.maybe_us(job.queued_us);
    to.maybe_us(job.start_us);
    to.maybe_us(job.stop_us);
    to.u8(job.outcome as u8);
    to.len(job.steps.len());
    for step in &job.steps {
        to.u32(step.name.0);
        to.maybe_us(step.start_us);
        to.maybe_us(step.stop_us);
        to.u8(step.outcome as u8);
    }
}

fn decode_job(from: &mut Source<'_>) -> Result<Job, Foreign> {
    let mut job = Job {
        name: StrId(from.u32()?),
        group: GroupId(from.u32()?).some(),
        queued_us: from.maybe_us()?,
        start_us: from.maybe_us()?,
        stop_us: from.maybe_us()?,
        outcome: outcome(from)?,
        steps: Vec::new(),
    };
    // The bytes of a step.
    for _ in 0..from.len(23)? {
        job.steps.push(Step {
            name: StrId(from.u32()?),
            start_us: from.maybe_us()?,
            stop_us: from.maybe_us()?,
            outcome: outcome(from)?,
        });
    }
    Ok(job)
}

fn outcome(from: &mut Source<'_>) -> Result<Outcome, Foreign> {
    Outcome::ALL.get(usize::from(from.u8()?)).copied().ok_or(Foreign)
}

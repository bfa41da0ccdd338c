//! Coverage and benchmarks of a run, as numbers.

use lanescope_model::{Benchmark, Benchmarks, Coverage, Covered, CoveredFile, Gate, Run, RunBuilder, Stats, StrId};

use crate::PackError;
use crate::columns::{Column, unzigzag, zigzag};
use crate::decode::Room;
use crate::strings::{Table, Texts};

/// The strings of what was measured.
pub(crate) fn strings<'a>(run: &'a Run, found: &mut dyn FnMut(&'a str)) {
    let name = |id| run.strings.get(id);
    for report in &run.coverage {
        found(&report.source);
        found(&report.format);
        for file in &report.files {
            found(name(file.path));
            found(name(file.package));
        }
    }
    for report in &run.benchmarks {
        found(&report.source);
        found(&report.format);
        for row in &report.rows {
            for text in [row.name, row.group, row.params, row.unit] {
                found(name(text));
            }
        }
    }
}

fn figures(stats: &Stats) -> [Option<f64>; 9] {
    let s = stats;
    [s.mean, s.mean_low, s.mean_high, s.median, s.stddev, s.min, s.max, s.q1, s.q3]
}

/// Writes all of it: numbers to `to`, lines to `marks`.
pub(crate) fn write(run: &Run, table: &Table<'_>, to: &mut dyn FnMut(u64), marks: &mut dyn FnMut(u64)) {
    let name = |id: StrId| table.number(run.strings.get(id));
    let covered = |covered: Option<Covered>| match covered {
        None => [0, 0],
        Some(of) => [u64::from(of.covered) + 1, u64::from(of.total)],
    };
    let point = |us: Option<i64>| [u64::from(us.is_some()), zigzag(us.unwrap_or(0))];
    to(run.coverage.len() as u64);
    for report in &run.coverage {
        to(table.number(&report.source));
        to(table.number(&report.format));
        let [known, us] = point(report.at_us);
        to(known | u64::from(report.gate.is_some()) << 1);
        to(us);
        if let Some(gate) = report.gate {
            to(u64::from(gate.least));
            to(gate.found.map_or(0, |found| u64::from(found) + 1));
        }
        [covered(report.lines), covered(report.branches)].into_iter().flatten().for_each(&mut *to);
        to(report.files.len() as u64);
        for (at, file) in report.files.iter().enumerate() {
            to(name(file.path));
            to(name(file.package));
            [covered(file.lines), covered(file.branches)].into_iter().flatten().for_each(&mut *to);
            let lines = report.marks_of(at);
            to(lines.len() as u64);
            let mut before = 0;
            for &mark in lines {
                marks(zigzag(i64::from(mark) - before));
                before = i64::from(mark);
            }
        }
    }
    to(run.benchmarks.len() as u64);
    for report in &run.benchmarks {
        to(table.number(&report.source));
        to(table.number(&report.format));
        point(report.at_us).into_iter().for_each(&mut *to);
        to(report.rows.len() as u64);
        for row in &report.rows {
            [row.name, row.group, row.params, row.unit].map(name).into_iter().for_each(&mut *to);
            // What is no number is not known.
            let bits = figures(&row.stats).map(|f| f.filter(|f| f.is_finite()).map(f64::to_bits));
            let values: Vec<Option<u64>> = bits.into_iter().chain([row.rounds, row.iterations]).collect();
            let known =
                values.iter().enumerate().fold(0, |known, (bit, value)| known | u64::from(value.is_some()) << bit);
            to(known);
            values.into_iter().flatten().for_each(&mut *to);
        }
    }
}

/// Reads it back.
pub(crate) fn read(
    run: &mut RunBuilder,
    strings: &Texts,
    room: &mut Room,
    from: &mut Column,
    marks: &mut Column,
) -> Result<(), PackError> {
    for _ in 0..count(from)? {
        room.take(size_of::<Coverage>())?;
        let mut report = Coverage {
            source: room.owned(strings.get(from.next()?)?)?,
            format: room.owned(strings.get(from.next()?)?)?,
            ..Coverage::default()
        };
        let (known, us) = (from.next()?, from.signed()?);
        report.at_us = (known & 1 == 1).then_some(us);
        if known & 2 == 2 {
            report.gate = Some(Gate { least: number(from)?, found: number(from)?.checked_sub(1) });
        }
        report.lines = covered(from)?;
        report.branches = covered(from)?;
        for _ in 0..count(from)? {
            let first_mark = u32::try_from(report.marks.len()).map_err(|_| PackError::TooLarge)?;
            let (path, package) = (strings.get(from.next()?)?, strings.get(from.next()?)?);
            let (path, package) = (room.interned(run, path)?, room.interned(run, package)?);
            let (lines, branches) = (covered(from)?, covered(from)?);
            report.files.push(CoveredFile { path, package, lines, branches, first_mark });
            let mut mark = 0_i64;
            let len = from.index()?;
            for &step in marks.take(len)? {
                mark = mark.checked_add(unzigzag(step)).ok_or(PackError::Damaged)?;
                report.marks.push(u32::try_from(mark).map_err(|_| PackError::Damaged)?);
            }
        }
        run.coverage.push(report);
    }
    for _ in 0..count(from)? {
        room.take(size_of::<Benchmarks>())?;
        let mut report = Benchmarks {
            source: room.owned(strings.get(from.next()?)?)?,
            format: room.owned(strings.get(from.next()?)?)?,
            at_us: point(from)?,
            rows: Vec::new(),
        };
        for _ in 0..count(from)? {
            room.take(size_of::<Benchmark>())?;
            let mut names = [StrId(0); 4];
            for name in &mut names {
                *name = room.interned(run, strings.get(from.next()?)?)?;
            }
            let known = from.next()?;
            let mut values = [None; 11];
            for (_, value) in values.iter_mut().enumerate().filter(|(bit, _)| known >> bit & 1 == 1) {
                *value = Some(from.next()?);
            }
            let [mean, mean_low, mean_high, median, stddev, min, max, q1, q3, rounds, iterations] = values;
            let figure = |bits: Option<u64>| bits.map(f64::from_bits).filter(|figure| figure.is_finite());
            let [name, group, params, unit] = names;
            let stats = Stats {
                mean: figure(mean),
                mean_low: figure(mean_low),
                mean_high: figure(mean_high),
                median: figure(median),
                stddev: figure(stddev),
                min: figure(min),
                max: figure(max),
                q1: figure(q1),
                q3: figure(q3),
            };
            report.rows.push(Benchmark { name, group, params, unit, stats, rounds, iterations });
        }
        run.benchmarks.push(report);
    }
    Ok(())
}

/// How many follow, each of at least a number.
fn count(from: &mut Column) -> Result<usize, PackError> {
    let count = from.index()?;
    if count <= from.left() { Ok(count) } else { Err(PackError::Damaged) }
}

fn number(from: &mut Column) -> Result<u32, PackError> {
    from.next().and_then(|n| u32::try_from(n).map_err(|_| PackError::Damaged))
}

fn point(from: &mut Column) -> Result<Option<i64>, PackError> {
    let (known, us) = (from.next()?, from.signed()?);
    Ok((known > 0).then_some(us))
}

fn covered(from: &mut Column) -> Result<Option<Covered>, PackError> {
    let (covered, total) = (number(from)?, number(from)?);
    Ok(covered.checked_sub(1).map(|covered| Covered { covered: covered.min(total), total }))
}

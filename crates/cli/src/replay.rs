//! `lanescope replay`.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use lanescope_engine::{Engine, duration};
use lanescope_lab::replay::{MAX_WORKERS, Work};
use lanescope_lab::what_if::{Calibration, Planned};
use lanescope_protocol::{Mode, Plan, REPLAY_SCHEMA, Replay, ReplayMeasured, ReplayResult};

use crate::input::Sources;
use crate::table::{Table, wrap};
use crate::{UNUSABLE, summary};

/// What is asked of `lanescope replay`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print JSON (schema lanescope.replay/1)
    #[arg(long)]
    json: bool,
    /// Modes; without it all of them
    #[arg(long = "mode", value_enum, value_delimiter = ',', value_name = "M,…")]
    modes: Vec<Word>,
    /// Numbers of workers, 1 to 256; without it 1, 2, 4, 8, 16 and that of the run
    #[arg(long, value_delimiter = ',', value_name = "N,…", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_WORKERS)))]
    workers: Vec<u32>,
    /// The run, by its id; without it the one that the page would show
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    #[command(flatten)]
    sources: Sources,
}

/// The modes of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Word {
    /// pytest-xdist --dist load
    Load,
    /// pytest-xdist --dist worksteal
    Worksteal,
    /// pytest-xdist --dist loadscope
    Loadscope,
    /// pytest-xdist --dist loadfile
    Loadfile,
    /// pytest-xdist --dist loadgroup
    Loadgroup,
    /// Longest first, each to the worker that is free first
    Lpt,
    /// Static shards of one worker each, as pytest-split cuts them
    Shards,
}

impl Word {
    fn mode(self) -> Mode {
        match self {
            Self::Load => Mode::Load,
            Self::Worksteal => Mode::Worksteal,
            Self::Loadscope => Mode::Loadscope,
            Self::Loadfile => Mode::Loadfile,
            Self::Loadgroup => Mode::Loadgroup,
            Self::Lpt => Mode::Lpt,
            Self::Shards => Mode::Shards,
        }
    }
}

/// Reads the inputs, replays one run of them and prints the predictions. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let opened = match asked.sources.runs(err)? {
        Ok(opened) => opened,
        Err(status) => return Ok(status),
    };
    let Some(id) = asked.run.clone().or_else(|| opened.show.clone()) else { return Ok(UNUSABLE) };
    let Some(replay) = replay(&opened.engine, &id, asked) else { return opened.no_run(&id, err) };
    if replay.results.is_empty() {
        writeln!(err, "lanescope: no test of run “{id}” has a time, so there is nothing to replay")?;
        return Ok(UNUSABLE);
    }
    if asked.json {
        serde_json::to_writer_pretty(&mut *out, &replay)?;
        writeln!(out)?;
    } else {
        for_people(&replay, out)?;
    }
    out.flush()?;
    Ok(opened.status())
}

fn replay(engine: &Engine, id: &str, asked: &Arguments) -> Option<Replay> {
    let run = engine.loaded(id)?;
    let others: Vec<_> =
        engine.runs().filter(|(of, _)| *of != id).map(|(id, run)| (id, run.as_ref(), Work::of(run))).collect();
    let mut work = Work::of(run);
    id.clone_into(&mut work.run);
    for (_, other_run, other) in &others {
        work = work.ordered_as(run, other, other_run);
    }
    let pairs: Vec<_> = others.iter().map(|(_, run, work)| (*run, work)).collect();
    let calibration = Calibration::of(run, &work, &pairs);
    let modes: Vec<Word> = if asked.modes.is_empty() { Word::value_variants().to_vec() } else { asked.modes.clone() };
    let recorded = &work.recorded;
    let mut workers = asked.workers.clone();
    if workers.is_empty() {
        workers = vec![1, 2, 4, 8, 16];
        workers.extend(recorded.workers.filter(|n| (1..=MAX_WORKERS).contains(n)));
        workers.sort_unstable();
        workers.dedup();
    }
    let planned = Planned::new(run, &work, &Plan::default());
    let timed = work.untimed < work.tests.len() as u32;
    let mut results = Vec::new();
    for mode in modes.iter().map(|word| word.mode()).filter(|_| timed) {
        for &n in &workers {
            let point = planned.point(run, &work, mode, n, &calibration);
            results.push(ReplayResult {
                mode: mode.as_str().to_owned(),
                workers: n,
                makespan_s: point.makespan_s,
                low_s: point.low_s,
                high_s: point.high_s,
                lower_bound_s: point.lower_bound_s,
                utilisation: point.utilisation,
                last_test: point.last_test,
            });
        }
    }
    let own = calibration.measured.first().filter(|m| m.run == work.run || m.run == run.meta.id);
    let measured = recorded.workers.is_some() || recorded.makespan_us.is_some();
    let summary = work.summary();
    let measured = measured.then(|| ReplayMeasured {
        mode: run.meta.dist_mode.clone(),
        workers: recorded.workers,
        makespan_s: summary.makespan_s,
        predicted_s: own.and_then(|m| m.predicted_s),
    });
    Some(Replay { schema: REPLAY_SCHEMA.to_owned(), run: id.to_owned(), measured, model: calibration.error, results })
}

fn for_people(replay: &Replay, out: &mut dyn Write) -> io::Result<()> {
    let seconds = |s: f64| duration(s).replace('\u{a0}', " ");
    let mut modes: Vec<&str> = Vec::new();
    let mut workers: Vec<u32> = Vec::new();
    for result in &replay.results {
        if !modes.contains(&result.mode.as_str()) {
            modes.push(&result.mode);
        }
        if !workers.contains(&result.workers) {
            workers.push(result.workers);
        }
    }
    let of = |mode: &str, n: u32| replay.results.iter().find(|r| r.mode == mode && r.workers == n);
    let mut table = Table::default();
    let bound = "no schedule beats";
    table.names("makespan with workers", modes.iter().copied().chain([bound]).map(str::to_owned));
    for &n in &workers {
        let cells = modes.iter().map(|mode| of(mode, n).map(|r| seconds(r.makespan_s)).unwrap_or_default());
        // Modes that keep groups together have larger bounds of their own; the least holds for all.
        let least = replay.results.iter().filter(|r| r.workers == n).map(|r| r.lower_bound_s).reduce(f64::min);
        table.numbers(&n.to_string(), 0, cells.chain([least.map(seconds).unwrap_or_default()]));
    }
    let width = summary::width();
    write!(out, "{}", table.render(width))?;
    writeln!(out)?;
    let mut words = Vec::new();
    if let Some(measured) = &replay.measured {
        let mode = measured.mode.as_deref().unwrap_or("an unknown mode");
        let n = measured.workers.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string());
        let took = measured.makespan_s.map_or_else(|| "an unknown time".to_owned(), seconds);
        words.push(format!("Recorded: {took} in {mode} with {n} workers."));
    }
    words.push(replay.model.explanation.clone());
    if let Some(widest) =
        replay.results.iter().max_by(|a, b| (a.high_s / a.low_s.max(1e-9)).total_cmp(&(b.high_s / b.low_s.max(1e-9))))
    {
        words.push(format!(
            "The widest band is that of {} with {} workers: {} to {}.",
            widest.mode,
            widest.workers,
            seconds(widest.low_s),
            seconds(widest.high_s)
        ));
    }
    for text in words {
        for line in wrap(&text, width.min(100)) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

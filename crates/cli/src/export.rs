//! `lanescope export`.

use std::io::{self, Cursor, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lanescope_engine::{Engine, OpenFile};
use lanescope_exchange::{STEP_SUMMARY, ctrf, junit, markdown, tests_csv};
use lanescope_model::{Issue, Run};
use lanescope_pack::{PackOptions, pack_noted};
use lanescope_protocol::{Answer, ExportKind, ExportRequest, LaneSort, Request, TimelineRequest};

use crate::UNUSABLE;
use crate::input::{Opened, Sources};
use crate::telling::Telling;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Chrome trace events as JSON
    ChromeTrace,
    /// A row per attempt, by lane
    Csv,
    /// A row per test
    TestsCsv,
    /// CTRF JSON
    Ctrf,
    /// One JUnit XML document, whatever files the run came from
    Junit,
    /// A summary in Markdown, for a job's summary or a comment
    Markdown,
    /// Tables of runs, tests and attempts below the folder -o, for DuckDB and the like; all runs, or one with --run
    Parquet,
    /// A compact file of all runs, or of one with --run, that Lanescope opens again
    Pack,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to write
    #[arg(long, value_enum)]
    format: Format,
    /// The file to write; standard output without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The run, by its id; without it the one that the page would show
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Bytes that Markdown may take: 1048576 as a step's summary on GitHub, 65535 as a comment
    #[arg(long, value_name = "BYTES", default_value_t = STEP_SUMMARY)]
    max_bytes: usize,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    sources: Sources,
}

/// Reads the inputs and writes runs of them. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let mut opened = match asked.sources.runs(err)? {
        Ok(opened) => opened,
        Err(status) => return Ok(status),
    };
    let Some(shown) = asked.run.clone().or_else(|| opened.show.clone()) else { return Ok(UNUSABLE) };
    let bytes = match asked.format {
        Format::Parquet => return tables(&opened, asked, &shown, err),
        Format::ChromeTrace | Format::Csv => lanes(&mut opened.engine, asked, &shown, err)?,
        _ => of_runs(&opened, asked, &shown, err)?,
    };
    let Some(bytes) = bytes else { return opened.no_run(&shown, err) };
    match &asked.output {
        Some(path) => {
            if let Err(e) = std::fs::write(path, &bytes) {
                writeln!(err, "lanescope: {}: {e}", path.display())?;
                return Ok(UNUSABLE);
            }
        }
        None => out.write_all(&bytes)?,
    }
    out.flush()?;
    Ok(opened.status())
}

/// Lanes of the run, as far as it is told.
fn lanes(engine: &mut Engine, asked: &Arguments, shown: &str, err: &mut dyn Write) -> io::Result<Option<Vec<u8>>> {
    let Some(run) = chosen(engine, asked, shown).next().map(|(_, run)| asked.telling.cleaned(run)) else {
        return Ok(None);
    };
    warn(asked, std::slice::from_ref(&run), err)?;
    if asked.telling.is_all() {
        return Ok(of_engine(engine, asked.format, shown));
    }
    let options = PackOptions { names: asked.telling.names(), ..PackOptions::default() };
    let pack = pack_noted(&[(&run, &[])], &options);
    let mut told = Engine::new();
    let size = Some(pack.len() as u64);
    told.open(vec![OpenFile { path: "run.lanescope".to_owned(), size, reader: Box::new(Cursor::new(pack)) }]);
    let id = told.runs().next().map(|(id, _)| id.to_owned());
    Ok(id.and_then(|id| of_engine(&mut told, asked.format, &id)))
}

/// Says what looks like a secret; a file is written all the same.
fn warn(asked: &Arguments, cleaned: &[Run], err: &mut dyn Write) -> io::Result<()> {
    if !asked.telling.may_leave(cleaned, err)? {
        writeln!(err, "lanescope: --remove-secrets takes out what looks like a secret")?;
    }
    Ok(())
}

/// What the engine draws or lists itself.
fn of_engine(engine: &mut Engine, format: Format, run: &str) -> Option<Vec<u8>> {
    let asked = ExportRequest {
        timeline: TimelineRequest { run: run.to_owned(), sort: LaneSort::Name, workers: None },
        kind: if format == Format::ChromeTrace { ExportKind::ChromeTrace } else { ExportKind::LanesCsv },
        from_s: 0.0,
        to_s: 0.0,
        width_px: 0,
        height_px: 0,
        colours: Vec::new(),
        dark: false,
    };
    match engine.answer(&Request::Export(asked)) {
        (Answer::Exported { .. }, bytes) => bytes,
        // The only thing that fails is to find the run.
        _ => None,
    }
}

/// The run that is asked for; where none is, a pack and tables are of all.
fn chosen<'a>(engine: &'a Engine, asked: &'a Arguments, shown: &'a str) -> impl Iterator<Item = (&'a str, &'a Run)> {
    let all = matches!(asked.format, Format::Pack | Format::Parquet) && asked.run.is_none();
    let runs = engine.runs().map(|(id, run)| (id, run.as_ref()));
    runs.filter(move |(id, run)| if all { !(run.tests.is_empty() && run.jobs.is_empty()) } else { *id == shown })
}

/// Writes tables below the folder that is named. Gives the exit status.
fn tables(opened: &Opened, asked: &Arguments, shown: &str, err: &mut dyn Write) -> io::Result<u8> {
    let Some(folder) = &asked.output else {
        writeln!(err, "lanescope: Parquet is a folder of files: name it with -o")?;
        return Ok(UNUSABLE);
    };
    let (ids, runs): (Vec<&str>, Vec<&Run>) = chosen(&opened.engine, asked, shown).unzip();
    if runs.is_empty() {
        return opened.no_run(shown, err);
    }
    let cleaned: Vec<Run> = runs.iter().map(|run| asked.telling.cleaned(run)).collect();
    warn(asked, &cleaned, err)?;
    for (id, run) in ids.iter().zip(&asked.telling.masked(cleaned)) {
        if let Err(e) = crate::parquet::write(run, id, folder) {
            writeln!(err, "lanescope: {}: {e}", folder.display())?;
            return Ok(UNUSABLE);
        }
    }
    Ok(opened.status())
}

/// What leaves as a file of tests.
fn of_runs(opened: &Opened, asked: &Arguments, shown: &str, err: &mut dyn Write) -> io::Result<Option<Vec<u8>>> {
    let (cleaned, notes): (Vec<Run>, Vec<Vec<Issue>>) = chosen(&opened.engine, asked, shown)
        .map(|(id, run)| (asked.telling.cleaned(run), asked.telling.notes(opened, id, run)))
        .unzip();
    if cleaned.is_empty() {
        return Ok(None);
    }
    warn(asked, &cleaned, err)?;
    if asked.format == Format::Pack {
        // A pack masks names itself, and leaves out what was said of files with them.
        let options = PackOptions { names: asked.telling.names(), ..PackOptions::default() };
        let noted: Vec<(&Run, &[Issue])> =
            cleaned.iter().zip(&notes).map(|(run, notes)| (run, notes.as_slice())).collect();
        return Ok(Some(pack_noted(&noted, &options)));
    }
    let told = asked.telling.masked(cleaned);
    Ok(told.first().map(|run| match asked.format {
        Format::Ctrf => ctrf(run).into_bytes(),
        Format::Junit => junit(run).into_bytes(),
        Format::Markdown => markdown(run, asked.max_bytes).into_bytes(),
        _ => tests_csv(run).into_bytes(),
    }))
}

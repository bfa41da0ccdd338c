//! `lanescope export`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use lanescope_engine::{Engine, Grouping};
use lanescope_protocol::{Answer, ExportKind, ExportRequest, LaneSort, Request, TimelineRequest};

use crate::summary::complain;
use crate::{UNUSABLE, input};

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Chrome trace events as JSON
    ChromeTrace,
    /// A row per attempt
    Csv,
}

/// Reads the inputs and writes one run of them. Gives the exit status.
pub(crate) fn run(
    format: Format,
    output: Option<&Path>,
    run: Option<&str>,
    group: Grouping,
    inputs: &[String],
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let inputs = input::collect(inputs);
    for problem in &inputs.problems {
        writeln!(err, "lanescope: {problem}")?;
    }
    if inputs.files.is_empty() {
        return Ok(UNUSABLE);
    }
    let found: BTreeSet<String> = inputs.found.into_iter().collect();
    let mut engine = Engine::new();
    engine.group_by(group);
    let show = engine.open(inputs.files).0.show;
    let summary = engine.summary();
    complain(&summary, &found, err)?;
    let Some(run) = run.map(str::to_owned).or(show) else {
        writeln!(err, "lanescope: nothing in the input could be read as a test report")?;
        return Ok(UNUSABLE);
    };
    let asked = ExportRequest {
        timeline: TimelineRequest { run, sort: LaneSort::Name, workers: None },
        kind: match format {
            Format::ChromeTrace => ExportKind::ChromeTrace,
            Format::Csv => ExportKind::LanesCsv,
        },
        from_s: 0.0,
        to_s: 0.0,
        width_px: 0,
        height_px: 0,
        colours: Vec::new(),
        dark: false,
    };
    let bytes = match engine.answer(&Request::Export(asked)) {
        (Answer::Exported { .. }, Some(bytes)) => bytes,
        (Answer::Failed { text }, _) => {
            let ids: Vec<&str> = summary.runs.iter().map(|r| r.id.as_str()).collect();
            writeln!(err, "lanescope: {text} The runs are: {}", ids.join(", "))?;
            return Ok(UNUSABLE);
        }
        _ => return Ok(UNUSABLE),
    };
    match output {
        Some(path) => {
            if let Err(e) = std::fs::write(path, &bytes) {
                writeln!(err, "lanescope: {}: {e}", path.display())?;
                return Ok(UNUSABLE);
            }
        }
        None => out.write_all(&bytes)?,
    }
    out.flush()?;
    Ok(if inputs.problems.is_empty() { 0 } else { UNUSABLE })
}

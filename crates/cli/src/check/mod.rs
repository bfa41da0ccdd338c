//! `lanescope check`: gates for CI. Each file here holds the gates of one kind, with their arguments.

mod flaky;
mod measures;
mod summary;

use std::io::{self, Write};

use clap::Args;

use crate::UNUSABLE;
use crate::input::{Opened, Sources};

/// Exit status when a gate does not hold.
const DOES_NOT_HOLD: u8 = 1;

/// What is asked of `lanescope check`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    summary: summary::Gates,
    #[command(flatten)]
    flaky: flaky::Gates,
    #[command(flatten)]
    measures: measures::Gates,
    #[command(flatten)]
    sources: Sources,
}

/// What a gate says.
pub(crate) enum Verdict {
    /// It holds.
    Holds(String),
    /// It does not, and why.
    Fails(String),
}

/// Reads the inputs and holds every run against the gates. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    if !asked.summary.any() && !asked.flaky.any() && !asked.measures.any() {
        writeln!(err, "lanescope: no gate is named; see lanescope check --help")?;
        return Ok(UNUSABLE);
    }
    let Opened { engine, runs, .. } = match asked.sources.all_runs(err)? {
        Ok(opened) => opened,
        Err(status) => return Ok(status),
    };
    let mut verdicts = asked.summary.check(&engine, &runs);
    match asked.flaky.check(&engine, &asked.sources.rule, err)? {
        Ok(said) => verdicts.extend(said.into_iter().map(|said| match said {
            Ok(text) => Verdict::Holds(text),
            Err(text) => Verdict::Fails(text),
        })),
        Err(status) => return Ok(status),
    }
    match asked.measures.check(&engine, &runs, &asked.sources.rule, err)? {
        Ok(said) => verdicts.extend(said),
        Err(status) => return Ok(status),
    }
    let mut holds = true;
    for verdict in verdicts {
        match verdict {
            Verdict::Holds(text) => writeln!(out, "ok: {text}")?,
            Verdict::Fails(text) => {
                holds = false;
                writeln!(out, "fails: {text}")?;
            }
        }
    }
    out.flush()?;
    Ok(if holds { 0 } else { DOES_NOT_HOLD })
}

/// A number that is finite and not negative.
pub(crate) fn amount(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number >= 0.0 { Ok(number) } else { Err("must be a number from 0 on".to_owned()) }
}

/// A share, 0 to 1.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    amount(text).ok().filter(|&share| share <= 1.0).ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

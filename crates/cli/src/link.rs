//! `lanescope link`.

use std::io::{self, Write};

use clap::Args;
use lanescope_exchange::{TooLong, link};
use lanescope_model::{Issue, Run};
use lanescope_pack::PackOptions;

use crate::UNUSABLE;
use crate::input::Sources;
use crate::telling::Telling;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Address of the page that opens it
    #[arg(long, value_name = "URL")]
    base: String,
    /// Length that the link may have, in KB of 1024 characters
    #[arg(long, value_name = "KB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_kb: u32,
    #[command(flatten)]
    telling: Telling,
    /// Only this run, by its id; all without it
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    #[command(flatten)]
    sources: Sources,
}

/// Prints a link with the runs of the inputs. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let opened = match asked.sources.runs(err)? {
        Ok(opened) => opened,
        Err(status) => return Ok(status),
    };
    let wanted = |id: &str| asked.run.as_deref().is_none_or(|run| run == id);
    let runs: Vec<(&Run, Vec<Issue>)> = opened
        .engine
        .runs()
        .filter(|(id, run)| wanted(id) && !(run.tests.is_empty() && run.jobs.is_empty()))
        .map(|(id, run)| (run.as_ref(), asked.telling.notes(&opened, id, run)))
        .collect();
    if runs.is_empty() {
        if let Some(run) = &asked.run {
            return opened.no_run(run, err);
        }
        writeln!(err, "lanescope: there is no run with tests in it")?;
        return Ok(UNUSABLE);
    }
    let told: Vec<Run> = runs.iter().map(|(run, _)| asked.telling.cleaned(run)).collect();
    if !asked.telling.may_leave(&told, err)? {
        writeln!(
            err,
            "lanescope: there is no link while something looks like a secret: --remove-secrets takes it out, --texts none \
             leaves all texts out, and --allow-secrets goes on as it is"
        )?;
        return Ok(UNUSABLE);
    }
    let noted: Vec<(&Run, &[Issue])> =
        told.iter().zip(&runs).map(|(run, (_, notes))| (run, notes.as_slice())).collect();
    let options = PackOptions { texts: asked.telling.texts(), names: asked.telling.names(), ..PackOptions::default() };
    // What stands before the data. A fragment of its own would not be the page's.
    let head = format!("{}#/overview?data=", asked.base.split('#').next().unwrap_or_default());
    let most = asked.max_kb as usize * 1024;
    let tests: usize = noted.iter().map(|(run, _)| run.tests.len()).sum();
    let what = format!("{} with {}", counted(noted.len(), "run"), counted(tests, "test"));
    match link(&noted, &options, most.saturating_sub(head.len())) {
        Ok(link) => {
            let length = head.len() + link.data.len();
            writeln!(err, "lanescope: {what} in a link of {length} characters ({:.1} KB)", length as f64 / 1024.0)?;
            if !link.left_out.is_empty() {
                let left_out = link.left_out.join("; ");
                writeln!(err, "lanescope: left out to fit into {} KB: {left_out}", asked.max_kb)?;
            }
            writeln!(out, "{head}{}", link.data)?;
            out.flush()?;
            Ok(opened.status())
        }
        Err(TooLong { bytes }) => {
            let kb = (head.len() + bytes).div_ceil(1024);
            let mut ways = vec![format!("--max-kb {kb}")];
            if !asked.telling.mask_names {
                ways.push("--mask-names".to_owned());
            }
            if noted.len() > 1 {
                ways.push("--run with one of the runs".to_owned());
            }
            writeln!(
                err,
                "lanescope: {what} take {kb} KB without texts and with times in milliseconds, and may take {}: try {}",
                asked.max_kb,
                ways.join(", or ")
            )?;
            Ok(UNUSABLE)
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

//! `lanescope flaky`.

use std::io::{self, Write};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use lanescope_engine::Engine;
use lanescope_flaky::Flaky;
use lanescope_protocol::{FlakyClass, FlakyTest, HistoryAnswer, HistoryRequest, Quarantine};

use crate::input::Sources;
use crate::summary::width;
use crate::table::{Table, clip_middle, wrap};
use crate::{UNUSABLE, measures};

/// What is asked of `lanescope flaky`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print JSON (schema lanescope.flaky/1)
    #[arg(long)]
    json: bool,
    /// Print a list of the flaky tests instead, in this form
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    quarantine: Option<Form>,
    /// Print an issue about this test instead, as Markdown
    #[arg(long, value_name = "TEST", conflicts_with_all = ["json", "quarantine"])]
    issue: Option<String>,
    #[command(flatten)]
    sources: Sources,
}

/// The forms of a list.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// Arguments for `pytest @FILE`
    PytestDeselect,
    /// A conftest.py
    PytestConftest,
    /// For -Dsurefire.excludesFile
    Surefire,
    /// For cargo nextest run -E
    Nextest,
    /// For --grep-invert
    Playwright,
    /// For anything else
    Json,
    /// Issues, with the evidence
    Markdown,
}

impl Form {
    fn form(self) -> Quarantine {
        match self {
            Self::PytestDeselect => Quarantine::PytestDeselect,
            Self::PytestConftest => Quarantine::PytestConftest,
            Self::Surefire => Quarantine::Surefire,
            Self::Nextest => Quarantine::Nextest,
            Self::Playwright => Quarantine::Playwright,
            Self::Json => Quarantine::Json,
            Self::Markdown => Quarantine::Markdown,
        }
    }
}

/// The analysis of all runs of an engine.
pub(crate) fn analyse(engine: &Engine) -> Flaky {
    Flaky::new(engine.runs().map(|(_, run)| Arc::clone(run)).collect())
}

/// Reads the inputs and prints which failures are real. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let engine = match asked.sources.all_runs(err)? {
        Ok(opened) => opened.engine,
        Err(status) => return Ok(status),
    };
    let flaky = analyse(&engine);
    if asked.json {
        serde_json::to_writer_pretty(&mut *out, &measures::with_history(flaky.report(), &engine))?;
        writeln!(out)?;
    } else if let Some(form) = asked.quarantine {
        let request = HistoryRequest::Quarantine { form: form.form(), tests: Vec::new() };
        if let HistoryAnswer::Quarantine { text, .. } = flaky.answer(&request) {
            write!(out, "{text}")?;
        }
    } else if let Some(test) = &asked.issue {
        let Some(detail) = flaky.detail(test) else {
            writeln!(err, "lanescope: there is no test {test} in these runs")?;
            return Ok(UNUSABLE);
        };
        write!(out, "{}", detail.issue)?;
    } else {
        for_people(&flaky, out)?;
        measures::steps(&engine, out)?;
    }
    out.flush()?;
    Ok(0)
}

fn for_people(flaky: &Flaky, out: &mut dyn Write) -> io::Result<()> {
    let width = width();
    let runs = flaky.trend();
    writeln!(out, "{} runs, {} tests", runs.len(), flaky.history().tests())?;
    for run in runs.iter().filter(|r| r.set_aside.is_some()) {
        let why = run.set_aside.as_deref().unwrap_or("");
        writeln!(out, "set aside: run {} ({}): {why}", run.number, run.label)?;
    }
    for (class, title) in [
        (FlakyClass::Flaky, "Flaky"),
        (FlakyClass::Broken, "Broken"),
        (FlakyClass::Fixed, "Broken, then fixed"),
        (FlakyClass::TooFewRuns, "Failed, in too few runs to say more"),
    ] {
        let tests: Vec<&FlakyTest> = flaky.tests().filter(|t| t.class == class && t.last_failed.is_some()).collect();
        if !tests.is_empty() {
            writeln!(out, "\n{title}: {}", tests.len())?;
            write!(out, "{}", table(&tests, width))?;
        }
    }
    for (title, steps) in [("Slower", flaky.slower()), ("Faster", flaky.faster())] {
        if !steps.is_empty() {
            writeln!(out, "\n{title}: {}", steps.len())?;
        }
        for step in steps {
            let little = if step.gradual { ", little by little" } else { "" };
            let (before, after) = (lanescope_engine::duration(step.before_s), lanescope_engine::duration(step.after_s));
            let line = format!("{} from run {}: {before} → {after}{little}", step.test, step.from_run);
            writeln!(out, "  {}", clip_middle(&line, width.saturating_sub(2)))?;
        }
    }
    suspects(flaky, width, out)?;
    cost(flaky, width, out)
}

fn table(tests: &[&FlakyTest], width: usize) -> String {
    let mut table = Table::default();
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    table.names("test", tests.iter().map(|t| t.test.clone()));
    table.numbers("fails", 0, tests.iter().map(|t| format!("{}/{}", t.counted_failed, t.counted_runs)));
    table.numbers("rate", 1, tests.iter().map(|t| t.failure_rate.map_or(String::new(), |r| percent(r.value))));
    let interval = |t: &&FlakyTest| {
        t.failure_rate.map_or(String::new(), |r| format!("{:.1}–{} ", r.low * 100.0, percent(r.high)).trim().to_owned())
    };
    table.numbers("95 %", 3, tests.iter().map(interval));
    let some = |n: u32| if n == 0 { String::new() } else { n.to_string() };
    table.numbers("retries", 4, tests.iter().map(|t| some(t.retry_runs)));
    table.numbers("commits", 4, tests.iter().map(|t| some(t.mixed_commits)));
    table.numbers("flips", 5, tests.iter().map(|t| some(t.flips)));
    table.numbers("score", 5, tests.iter().map(|t| format!("{:.2}", t.score)));
    let since = |t: &&FlakyTest| t.broken_from.map(|n| n.to_string()).unwrap_or_default();
    table.numbers("from run", 0, tests.iter().map(since));
    table.numbers("to run", 0, tests.iter().map(|t| t.fixed_at.map(|n| n.to_string()).unwrap_or_default()));
    table.render(width)
}

fn suspects(flaky: &Flaky, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for test in flaky.tests().filter(|t| !t.suspects.is_empty()) {
        if first {
            writeln!(out, "\nSuspects (no proof)")?;
            first = false;
        }
        writeln!(out, "  {}", clip_middle(&test.test, width.saturating_sub(2)))?;
        for s in test.suspects.iter().take(3) {
            let [a, b, c, d] = s.table;
            let line = format!("{}: {a} of {} failed, without {c} of {} (p {:.1e})", s.text, a + b, c + d, s.p_value);
            writeln!(out, "    {}", clip_middle(&line, width.saturating_sub(4)))?;
            if !s.command.is_empty() {
                writeln!(out, "      {}", clip_middle(&s.command, width.saturating_sub(6)))?;
            }
        }
    }
    Ok(())
}

fn cost(flaky: &Flaky, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let cost = flaky.cost();
    let [none, one, two] = cost.red_chance.map(|c| format!("{:.1} %", c * 100.0));
    let mut text = format!(
        "A clean commit fails because of flaky tests with {none} probability without retries, {one} with one and {two} with two."
    );
    if let Some(seconds) = cost.retry_worker_s.filter(|_| cost.retries > 0) {
        text += &format!(" {} retries took {} of workers' time.", cost.retries, lanescope_engine::duration(seconds));
    }
    if !cost.halve.is_empty() {
        text += &format!(
            " Repairing {} of the flaky tests, the first in the list by rate, halves the chance.",
            cost.halve.len()
        );
    }
    writeln!(out)?;
    for line in wrap(&text, width.min(100)) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

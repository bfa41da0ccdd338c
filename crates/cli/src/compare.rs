//! `lanescope compare`.

use std::io::{self, Write};

use clap::Args;
use lanescope_protocol::{CompareReport, TimeChange};

use crate::input::{Rule, Sources};
use crate::summary::width;
use crate::table::clip_middle;
use crate::{UNUSABLE, measures};

/// What is asked of `lanescope compare`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print JSON (schema lanescope.compare/1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    rule: Rule,
    /// The run before: a file or a directory; of several runs in it the newest
    base: String,
    /// The run after
    head: String,
}

/// Reads two runs and prints what changed. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let mut runs = Vec::new();
    let mut before = Vec::new();
    for input in [&asked.base, &asked.head] {
        let engine = match Sources::of(input, &asked.rule).all_runs(err)? {
            Ok(opened) => opened.engine,
            Err(status) => return Ok(status),
        };
        // Coverage or benchmarks alone are compared where there is nothing else.
        let mut all: Vec<_> = engine.runs().filter(|(_, run)| !run.tests.is_empty()).collect();
        if all.is_empty() {
            all = engine.runs().filter(|(_, run)| !run.coverage.is_empty() || !run.benchmarks.is_empty()).collect();
        }
        if all.len() > 1 {
            writeln!(err, "lanescope: {input}: there are {} runs in it, the newest is compared", all.len())?;
        }
        match all.last() {
            Some((_, run)) => {
                if before.is_empty() {
                    before = all.iter().map(|(_, run)| std::sync::Arc::clone(run)).collect();
                }
                runs.push(std::sync::Arc::clone(run));
            }
            None => {
                writeln!(err, "lanescope: {input}: there is no run with tests in it")?;
                return Ok(UNUSABLE);
            }
        }
    }
    let [base, head] = runs.as_slice() else { return Ok(UNUSABLE) };
    let whole = measures::compared(lanescope_flaky::compare(base, head), &before, head);
    if asked.json {
        serde_json::to_writer_pretty(&mut *out, &whole)?;
        writeln!(out)?;
    } else {
        for_people(&whole.report, out)?;
        measures::changes(&whole, width(), out)?;
    }
    out.flush()?;
    Ok(0)
}

fn for_people(report: &CompareReport, out: &mut dyn Write) -> io::Result<()> {
    let width = width();
    let name = |run: &lanescope_protocol::HistoryRun| {
        let commit = run.commit.as_deref().map(|c| format!(" at {}", c.chars().take(12).collect::<String>()));
        format!("{}{}", run.label, commit.unwrap_or_default())
    };
    writeln!(out, "{} → {}", name(&report.base), name(&report.head))?;
    writeln!(out, "{} tests in both", report.shared)?;
    let duration = |s: f64| lanescope_engine::duration(s);
    if let (Some(a), Some(b)) = (report.wall_s.before, report.wall_s.after) {
        writeln!(out, "wall {} → {}", duration(a), duration(b))?;
    }
    if let (Some(a), Some(b)) = (report.parallelism.before, report.parallelism.after) {
        writeln!(out, "at a time {a:.2} → {b:.2}")?;
    }
    for (title, tests) in [
        ("New failures", &report.new_failures),
        ("Fixed", &report.fixed),
        ("Still failing", &report.still_failing),
        ("New flaky", &report.new_flaky),
        ("Added", &report.added),
        ("Removed", &report.removed),
    ] {
        if tests.is_empty() {
            continue;
        }
        writeln!(out, "\n{title}: {}", tests.len())?;
        for test in tests {
            writeln!(out, "  {}", clip_middle(test, width.saturating_sub(2)))?;
        }
    }
    times("Slower", &report.slower, width, out)?;
    times("Faster", &report.faster, width, out)?;
    if !report.renamed.is_empty() {
        writeln!(out, "\nMatched in spite of parameters that change from run to run: {}", report.renamed.len())?;
        for renamed in &report.renamed {
            let line = format!("{} ({} → {})", renamed.test, renamed.base, renamed.head);
            writeln!(out, "  {}", clip_middle(&line, width.saturating_sub(2)))?;
        }
    }
    Ok(())
}

fn times(title: &str, changes: &[TimeChange], width: usize, out: &mut dyn Write) -> io::Result<()> {
    if !changes.is_empty() {
        writeln!(out, "\n{title}: {}", changes.len())?;
    }
    for change in changes {
        let (before, after) = (lanescope_engine::duration(change.before_s), lanescope_engine::duration(change.after_s));
        writeln!(out, "  {}", clip_middle(&format!("{}: {before} → {after}", change.test), width.saturating_sub(2)))?;
    }
    Ok(())
}

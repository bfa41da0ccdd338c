//! `lanescope speedup`.

use std::io::{self, Write};

use lanescope_engine::duration;
use lanescope_protocol::{Provenance, Speedup, SpeedupRun, SpeedupSuite};

use crate::input::Sources;
use crate::summary::width;
use crate::table::{Table, wrap};

/// Bottlenecks shown of a run.
const SHOWN: usize = 3;

/// Reads the inputs and prints what more workers brought. Gives the exit status.
pub(crate) fn run(json: bool, sources: &Sources, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let opened = sources.read(err)?;
    let runs: Vec<_> = opened.engine.runs().map(|(id, run)| (id, run.as_ref())).collect();
    let speedup = lanescope_lab::speedup::speedup(&runs);
    if json {
        serde_json::to_writer_pretty(&mut *out, &speedup)?;
        writeln!(out)?;
    } else if opened.any {
        for_people(&speedup, out)?;
    }
    out.flush()?;
    Ok(opened.status())
}

fn for_people(speedup: &Speedup, out: &mut dyn Write) -> io::Result<()> {
    let width = width();
    for (i, suite) in speedup.suites.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        paragraph(out, &suite.verdict, 0, width)?;
        writeln!(out)?;
        write!(out, "{}", table(&suite.runs, width))?;
        for difference in &suite.differences {
            paragraph(out, &difference.text, 0, width)?;
        }
        for (at, (run, verdict)) in suite.runs.iter().zip(&suite.verdicts).enumerate() {
            // Of runs alike the newest: a history would say the same over and over.
            let next = suite.runs.get(at + 1);
            if next.is_some_and(|next| (next.workers, &next.mode) == (run.workers, &run.mode)) {
                continue;
            }
            writeln!(out)?;
            paragraph(out, &name(run), 0, width)?;
            paragraph(out, &verdict.text, 2, width)?;
            // The first stands in the verdict.
            for bottleneck in verdict.bottlenecks.iter().skip(1).take(SHOWN - 1) {
                paragraph(out, &format!("- {} {}", bottleneck.text, bottleneck.advice), 2, width)?;
            }
            if let Some(slowed) = slowed(suite, run) {
                paragraph(out, &slowed, 2, width)?;
            }
            for unknown in &verdict.unknown {
                paragraph(out, unknown, 2, width)?;
            }
        }
        fits(suite, width, out)?;
        for note in &suite.notes {
            paragraph(out, note, 0, width)?;
        }
    }
    Ok(())
}

/// "The same tests took 4.5× as long as alone (the median test 4.1×, half of them 3.0× to 5.2×); most in …"
fn slowed(suite: &SpeedupSuite, run: &SpeedupRun) -> Option<String> {
    let mut lines = suite.slowdowns.iter().filter(|s| s.run == run.run);
    let all = lines.next()?;
    let times = |x: f64| format!("{x:.2}×");
    let mut text = format!("The same tests took {} as long as alone", times(all.ratio?));
    if let (Some(lower), Some(median), Some(upper)) = (all.lower, all.median, all.upper) {
        text.push_str(&format!(
            " (the median test {}, the middle half of them {} to {})",
            times(median),
            times(lower),
            times(upper)
        ));
    }
    // What takes a small part of the time may have slowed down by any amount, and matters little.
    let large = lines.filter(|s| s.seconds * 20.0 >= all.seconds && s.ratio > all.ratio);
    if let Some(worst) = large.max_by(|a, b| a.ratio.unwrap_or(0.0).total_cmp(&b.ratio.unwrap_or(0.0))) {
        text.push_str(&format!(", {} {} most: {}", worst.by, worst.name, times(worst.ratio?)));
    }
    text.push('.');
    Some(text)
}

fn fits(suite: &SpeedupSuite, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if suite.fits.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    // Why a law is not fitted is the same for tests and sessions.
    let mut told: Vec<&str> = Vec::new();
    for fit in &suite.fits {
        if !told.contains(&fit.text.as_str()) {
            paragraph(out, &fit.text, 0, width)?;
            told.push(&fit.text);
        }
    }
    Ok(())
}

fn paragraph(out: &mut dyn Write, text: &str, indent: usize, width: usize) -> io::Result<()> {
    for line in wrap(text, width.min(100) - indent) {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

fn name(run: &SpeedupRun) -> String {
    if run.label.is_empty() { run.run.clone() } else { run.label.clone() }
}

/// A line per run; columns that no run fills are left out.
fn table(runs: &[SpeedupRun], width: usize) -> String {
    let mut table = Table::default();
    table.names("run", runs.iter().map(name));
    let ratio = |x: Option<f64>| x.map(|x| format!("{x:.2}")).unwrap_or_default();
    let times = |x: Option<f64>| x.map(|x| format!("{x:.2}×")).unwrap_or_default();
    let seconds = |s: Option<f64>| s.map(|s| duration(s).replace('\u{a0}', " ")).unwrap_or_default();
    let marked = |r: &SpeedupRun| {
        let mark = if r.wall_provenance == Provenance::Rebuilt { "~" } else { "" };
        format!("{mark}{}", seconds(r.wall_s))
    };
    table.numbers("workers", 0, runs.iter().map(|r| r.workers.map(|n| n.to_string()).unwrap_or_default()));
    table.numbers("mode", 6, runs.iter().map(|r| r.mode.clone().unwrap_or_default()));
    table.numbers("wall", 0, runs.iter().map(marked));
    table.numbers("session", 1, runs.iter().map(|r| seconds(r.session_s)));
    table.numbers("speedup", 0, runs.iter().map(|r| times(r.speedup)));
    table.numbers("of session", 1, runs.iter().map(|r| times(r.session_speedup)));
    table.numbers("efficiency", 4, runs.iter().map(|r| ratio(r.efficiency)));
    table.numbers("Karp–Flatt", 5, runs.iter().map(|r| ratio(r.karp_flatt)));
    table.numbers("contention", 3, runs.iter().map(|r| times(r.contention)));
    let text = table.render(width);
    if text.contains('~') { format!("{text}~ the session’s, since no starts are recorded\n") } else { text }
}

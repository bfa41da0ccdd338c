//! `lanescope summary`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use lanescope_engine::Engine;
use lanescope_protocol::{FileSummary, Provenance, RunSummary};

use crate::input::Sources;
use crate::measures;
use crate::table::{Table, clip_middle, wrap};

/// Reads the inputs and prints what is in there. Gives the exit status.
pub(crate) fn run(json: bool, sources: &Sources, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let opened = sources.read(err)?;
    if json {
        serde_json::to_writer_pretty(&mut *out, &measures::whole(&opened.engine, &opened.runs))?;
        writeln!(out)?;
    } else {
        for_people(&opened.engine, &opened.runs, out)?;
    }
    out.flush()?;
    Ok(opened.status())
}

/// Width of the terminal in columns, as the shell tells; a usual one if it does not.
pub(crate) fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|&w| w >= 40).unwrap_or(120)
}

fn for_people(engine: &Engine, runs: &[RunSummary], out: &mut dyn Write) -> io::Result<()> {
    let width = width();
    if runs.is_empty() {
        return Ok(());
    }
    write!(out, "{}", figures(runs, width))?;
    for run in runs {
        writeln!(out)?;
        writeln!(out, "{}", clip_middle(&title(run), width))?;
        let verdict = engine.verdict(&run.id).unwrap_or_default();
        for line in wrap(&verdict, width.min(100) - 2) {
            writeln!(out, "  {line}")?;
        }
        if let Some(breakdown) = breakdown(run) {
            for line in wrap(&breakdown, width.min(100) - 2) {
                writeln!(out, "  {line}")?;
            }
        }
        if let Some(found) = measures::run(engine, &run.id) {
            measures::for_people(found, width.min(100) - 2, out)?;
        }
    }
    Ok(())
}

fn title(run: &RunSummary) -> String {
    let at = run.started_at.as_deref().map(|at| format!(", {at}")).unwrap_or_default();
    let id = if run.label.is_empty() { &run.id } else { &run.label };
    format!("{id}{at}")
}

/// A line per run; columns that no run fills are left out, and those that do not fit, the least needed first.
fn figures(runs: &[RunSummary], width: usize) -> String {
    let mut table = Table::default();
    let label = |r: &RunSummary| if r.label.is_empty() { r.id.clone() } else { r.label.clone() };
    table.names("run", runs.iter().map(label));
    let count = |n: u32| if n == 0 { String::new() } else { n.to_string() };
    // The number says how dearly the column is needed; 0 is never left out.
    table.numbers("tests", 0, runs.iter().map(|r| r.tests.to_string()));
    table.numbers("passed", 3, runs.iter().map(|r| count(r.passed)));
    table.numbers("failed", 0, runs.iter().map(|r| count(r.failed)));
    table.numbers("errors", 0, runs.iter().map(|r| count(r.errors)));
    table.numbers("skipped", 6, runs.iter().map(|r| count(r.skipped)));
    table.numbers("xfailed", 8, runs.iter().map(|r| count(r.xfailed)));
    table.numbers("xpassed", 8, runs.iter().map(|r| count(r.xpassed)));
    table.numbers("unknown", 2, runs.iter().map(|r| count(r.unknown)));
    table.numbers("flaky", 1, runs.iter().map(|r| count(r.flaky)));
    table.numbers("workers", 2, runs.iter().map(|r| r.workers.map(|n| n.to_string()).unwrap_or_default()));
    let known = |r: &RunSummary, name: &str, value: Option<f64>, show: &dyn Fn(f64) -> String| {
        let mark = match r.provenance.get(name) {
            Some(Provenance::Rebuilt | Provenance::Simulated) => "~",
            _ => "",
        };
        value.map(|v| format!("{mark}{}", show(v))).unwrap_or_default()
    };
    let duration = |s: f64| lanescope_engine::duration(s).replace('\u{a0}', " ");
    let ratio = |x: f64| format!("{x:.2}");
    let share = |x: f64| format!("{:.0} %", x * 100.0);
    let times = |x: f64| format!("{x:.2}×");
    table.numbers("wall", 0, runs.iter().map(|r| known(r, "wall_s", r.wall_s, &duration)));
    table.numbers("session", 4, runs.iter().map(|r| known(r, "session_s", r.session_s, &duration)));
    table.numbers("busy", 5, runs.iter().map(|r| known(r, "busy_s", r.busy_s, &duration)));
    table.numbers("at a time", 2, runs.iter().map(|r| known(r, "parallelism", r.parallelism, &ratio)));
    table.numbers("utilised", 4, runs.iter().map(|r| known(r, "utilisation", r.utilisation, &share)));
    let base =
        |r: &RunSummary, of: &dyn Fn(&lanescope_protocol::Baseline) -> Option<f64>| r.baseline.as_deref().and_then(of);
    table.numbers("speedup", 1, runs.iter().map(|r| known(r, "speedup", base(r, &|b| b.speedup), &times)));
    table.numbers(
        "of session",
        5,
        runs.iter().map(|r| known(r, "session_speedup", base(r, &|b| b.session_speedup), &times)),
    );
    let text = table.render(width);
    if text.contains('~') { format!("{text}~ rebuilt from other times, not recorded itself\n") } else { text }
}

/// "Workers' time: 62 % tests, 30 % start-up, …"
fn breakdown(run: &RunSummary) -> Option<String> {
    let b = run.breakdown_s.as_ref()?;
    let parts = [
        ("in tests", b.call),
        ("setup", b.setup),
        ("teardown", b.teardown),
        (if b.after.is_none() && run.session_s.is_some() { "start-up and end" } else { "start-up" }, b.start_up),
        ("gaps", b.gap),
        ("tail", b.tail),
        ("after the tests", b.after),
    ];
    let total: f64 = parts.iter().filter_map(|p| p.1).sum();
    let shares = parts.iter().filter_map(|(name, s)| s.map(|s| (name, s / total * 100.0)));
    let words: Vec<String> =
        shares.filter(|(_, share)| *share >= 0.5).map(|(name, share)| format!("{share:.0} % {name}")).collect();
    (total > 0.0).then(|| format!("Workers' time: {}.", words.join(", ")))
}

/// Files with problems go to standard error, with the place and the reason. Of the files that were merely found
/// in a directory, those that are no reports are only counted.
pub(crate) fn complain(
    files: impl Iterator<Item = FileSummary>,
    found: &BTreeSet<String>,
    err: &mut dyn Write,
) -> io::Result<()> {
    let mut passed_over = 0;
    for file in files {
        let told = file.archive.is_some() || found.contains(&file.path);
        if told && file.tests == 0 && (file.no_report || nothing_found(&file)) {
            passed_over += 1;
            continue;
        }
        // What an archive holds beside reports is worth a line.
        for message in file.messages.iter().filter(|m| m.severity != "info" || is_archive(&file)) {
            let at = message.at.as_deref().map(|at| format!(", {at}")).unwrap_or_default();
            writeln!(err, "lanescope: {}: {}{at}: {}", message.severity, file.path, message.text)?;
        }
    }
    if passed_over > 0 {
        let files = if passed_over == 1 { "1 file is" } else { &format!("{passed_over} files are") };
        writeln!(err, "lanescope: {files} no test report that can be read, and passed over")?;
    }
    Ok(())
}

fn is_archive(file: &FileSummary) -> bool {
    matches!(file.format.as_str(), "zip" | "tar")
}

/// A log of something else, or the jobs of a service.
fn nothing_found(file: &FileSummary) -> bool {
    file.format == "github-actions-api" && file.status == "ok"
}

//! Prints the table: `lanescope-conformance FOLDER`, the folder that holds `corpus` and `artifacts`.
//! Or opens changed fixtures for a time: `lanescope-conformance --fuzz SECONDS SEED`; bytes at which it stops are written
//! to `target/fuzz`. Or measures: `--throughput`, how fast each format is read; `--growth`, whether anything that stands in
//! a report again and again takes longer than its size allows.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use lanescope_conformance::fuzz::{Dice, mutated, open};
use lanescope_conformance::{Case, Verdict, growth, hostile, known, table, throughput};

fn all(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for name in ["corpus", "artifacts/formats"] {
        let dir = folder.join(name);
        if dir.is_dir() {
            cases.extend(known(&dir)?);
        }
    }
    let dir = folder.join("artifacts/hostile");
    if dir.is_dir() {
        cases.extend(hostile(&dir)?);
    }
    Ok(cases)
}

/// All files below a folder that are small enough to be changed many times.
fn seeds(folder: &Path, into: &mut Vec<Vec<u8>>) -> anyhow::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            seeds(&path, into)?;
        } else if fs::metadata(&path)?.len() < 200_000 {
            into.push(fs::read(&path)?);
        }
    }
    Ok(())
}

/// The bytes that are being opened, for the hook that writes them down.
static OPEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn fuzz(seconds: u64, seed: u64) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for folder in ["fixtures", "../shared/artifacts/hostile"] {
        if Path::new(folder).is_dir() {
            seeds(Path::new(folder), &mut all)?;
        }
    }
    let file = format!("target/fuzz/seed-{seed}");
    fs::create_dir_all("target/fuzz")?;
    let told = std::panic::take_hook();
    let to = file.clone();
    std::panic::set_hook(Box::new(move |info| {
        if let Ok(bytes) = OPEN.lock() {
            let _ = fs::write(&to, &*bytes);
        }
        eprintln!("the bytes are in {to}");
        told(info);
    }));
    let mut dice = Dice::new(seed);
    let (start, mut opened, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let bytes = mutated(&all, &mut dice);
        if let Ok(mut open) = OPEN.lock() {
            open.clone_from(&bytes);
        }
        let before = Instant::now();
        open(bytes);
        opened += 1;
        if before.elapsed() > slowest {
            slowest = before.elapsed();
            if slowest > Duration::from_secs(2)
                && let Ok(bytes) = OPEN.lock()
            {
                fs::write(format!("{file}-slow-{}ms", slowest.as_millis()), &*bytes)?;
            }
        }
    }
    println!("{opened} files opened, of {} seeds; the slowest took {slowest:?}", all.len());
    Ok(())
}

/// Prints the table, and leaves what was read, and the figures, in `target/throughput`.
fn measure() -> anyhow::Result<()> {
    let to = Path::new("target/throughput");
    let rows = throughput::measure_all(Path::new("fixtures"), Path::new("../shared/artifacts/large"), to)?;
    fs::write(to.join("native.json"), throughput::json(&rows))?;
    print!("{}", throughput::markdown(&rows));
    Ok(())
}

/// Prints what took long, and fails where that grew by more than the size.
fn growth() -> anyhow::Result<()> {
    let (found, tried) = growth::measure_all(Path::new("fixtures"))?;
    for row in found.iter().filter(|row| row.is_steep()) {
        println!("{:.0} ms, {:.1} times a quarter of it: {}: {}", row.large_s * 1e3, row.times, row.file, row.what);
    }
    let steep = found.iter().filter(|row| row.is_steep()).count();
    let slowest = found.first().map_or(0.0, |row| row.large_s * 1e3);
    println!("{tried} reports of 1 MB in which a part stands again and again; the slowest took {slowest:.0} ms");
    if let Some(row) = found.first() {
        println!("which is {}: {}", row.file, row.what);
    }
    anyhow::ensure!(steep == 0, "{steep} take longer than their size allows");
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, or: u64| arguments.get(i).and_then(|n| n.parse().ok()).unwrap_or(or);
    let done = match arguments.first().map(String::as_str) {
        Some("--throughput") => Some(measure()),
        Some("--growth") => Some(growth()),
        Some("--fuzz") => Some(fuzz(number(1, 60), number(2, 1))),
        _ => None,
    };
    match done {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(e)) => {
            eprintln!("{e:#}");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    match all(&folder) {
        Ok(cases) if cases.is_empty() => {
            println!("there are no reports in {}: nothing was compared", folder.display());
            ExitCode::SUCCESS
        }
        Ok(cases) => {
            print!("{}", table(&cases));
            let fine = cases.iter().all(|c| !matches!(c.verdict, Verdict::Differs(_)));
            if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(e) => {
            eprintln!("conformance: {e:#}");
            ExitCode::FAILURE
        }
    }
}

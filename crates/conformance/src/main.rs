//! Prints the table: `lanescope-conformance FOLDER`, the folder that holds `corpus` and `artifacts`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

use std::path::PathBuf;
use std::process::ExitCode;

use lanescope_conformance::{Case, Verdict, hostile, known, table};

fn all(folder: &std::path::Path) -> anyhow::Result<Vec<Case>> {
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

fn main() -> ExitCode {
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

//! What is read of other tools' reports, against what is known of them.
//!
//! A folder of reports has an `oracle.json` beside it with the figures of each file ([`known`]), a folder of broken and
//! malicious ones an `expected.json` that says what has to become of them ([`hostile`]). Each file is read as the command
//! line reads it, and once more under a name that says nothing, which must change nothing.

pub mod amplify;
mod figures;
pub mod fuzz;
pub mod growth;
mod hostile;
mod known;
pub mod repeat;
mod table;
pub mod throughput;

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use lanescope_ingest::{Loaded, OpenFile, Opening};
use lanescope_model::Severity;
use serde_json::Value;

pub use self::hostile::hostile;
pub use self::known::known;
pub use self::table::table;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every figure is as expected.
    Agrees,
    /// It differs, and there is an argument for it.
    Argued(String),
    /// It differs.
    Differs(String),
    /// Its format is recognised, under this name, and not read.
    NotRead(String),
}

/// A file, and what became of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Path inside its folder.
    pub path: String,
    /// Its format, in the words of the expectations.
    pub format: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// Differences that are argued: a line for each, the path, a tab, the argument.
const ARGUED: &str = include_str!("../argued.tsv");

/// A difference, unless there is an argument for it.
fn differs(path: &str, why: String) -> Verdict {
    let argued = ARGUED.lines().filter_map(|line| line.split_once('\t')).find(|(of, _)| *of == path);
    argued.map_or(Verdict::Differs(why), |(_, argument)| Verdict::Argued(argument.to_owned()))
}

/// Reads a file with everything in it; and the same bytes once more as `unknown`, with what that changed.
fn read(path: &Path) -> Result<(Vec<Loaded>, Option<String>)> {
    let said = || format!("reading {}", path.display());
    let size = fs::metadata(path).with_context(said)?.len();
    let reader = Box::new(File::open(path).with_context(said)?);
    let name = path.to_string_lossy().into_owned();
    let loaded = Opening::new(vec![OpenFile { path: name.clone(), size: Some(size), reader }]).read_all();
    let bytes = fs::read(path).with_context(said)?;
    let reader = Box::new(Cursor::new(bytes));
    let again = Opening::new(vec![OpenFile { path: "unknown".to_owned(), size: Some(size), reader }]).read_all();
    let (before, after) = (told(&loaded, &name), told(&again, "unknown"));
    let changed = (before != after).then(|| format!("another name changes it:\n{before}\n{after}"));
    Ok((loaded, changed))
}

/// Everything that reading tells but for the name of the file.
fn told(loaded: &[Loaded], name: &str) -> String {
    let mut out = String::new();
    for file in loaded {
        let report = &file.report;
        let inner = report.path.strip_prefix(name).unwrap_or(&report.path);
        out.push_str(&format!(
            "{inner} {} {:?} {} {:?}\n",
            report.format.as_str(),
            report.dialect,
            report.tests,
            report.issues
        ));
        for source in &file.sources {
            let run = &source.run;
            out.push_str(&format!(
                "  {:?} {:?} {} {:?} {:?} {:?} {}\n",
                source.shard,
                source.naive_clock,
                run.attempts.len(),
                run.counts(),
                run.window_us(),
                run.meta.session,
                run.workers.len()
            ));
        }
    }
    out
}

fn json(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", path.display()))
}

/// The worst that was said of a file or of what is in it.
fn worst(loaded: &[Loaded]) -> Option<Severity> {
    loaded.iter().flat_map(|l| &l.report.issues).map(|i| i.severity).max()
}

/// All messages, each on a line.
fn issues(loaded: &[Loaded]) -> String {
    let mut out = Vec::new();
    for issue in loaded.iter().flat_map(|l| &l.report.issues) {
        let at = issue.at.as_ref().map(|p| format!(" at {p}")).unwrap_or_default();
        out.push(format!("{}{at}: {}", issue.severity.as_str(), issue.text));
    }
    out.join("\n")
}

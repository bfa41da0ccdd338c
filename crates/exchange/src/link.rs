//! Runs in an address.

use lanescope_model::{Issue, Run};
use lanescope_pack::{PackOptions, Texts, Times, pack_noted, to_text};

/// Runs as what stands behind `data=` in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The pack as base64url.
    pub data: String,
    /// What it was packed with.
    pub options: PackOptions,
    /// What was left out beyond what was asked, so that it fits; in words.
    pub left_out: Vec<&'static str>,
}

/// Runs that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// Bytes of the text after all was left out that is left out by itself.
    pub bytes: usize,
}

/// Packs runs into a text of at most `most` bytes. To fit, traces and outputs are left out first, then messages of tests,
/// then those of files, then measures, then what is smaller than a millisecond of each time. Names stay as the options say: a run without them is of little use
/// to who expects them.
///
/// # Errors
/// When it does not fit even so.
pub fn link(runs: &[(&Run, &[Issue])], options: &PackOptions, most: usize) -> Result<Link, TooLong> {
    let mut steps = vec![(*options, true, None)];
    let (mut next, mut noted) = (*options, runs.iter().any(|(_, notes)| !notes.is_empty()));
    if next.texts == Texts::All {
        next.texts = Texts::Messages;
        steps.push((next, noted, Some("traces and outputs of tests")));
    }
    if next.texts == Texts::Messages {
        next.texts = Texts::None;
        steps.push((next, noted, Some("messages of tests")));
    }
    if noted {
        noted = false;
        steps.push((next, noted, Some("messages of files")));
    }
    if !next.no_measures && runs.iter().any(|(run, _)| !run.coverage.is_empty() || !run.benchmarks.is_empty()) {
        next.no_measures = true;
        steps.push((next, noted, Some("coverage and benchmarks")));
    }
    if next.times == Times::Exact {
        next.times = Times::Milliseconds;
        steps.push((next, noted, Some("what is less than a millisecond of each time")));
    }
    let mut left_out = Vec::new();
    let mut bytes = 0;
    let silent: Vec<(&Run, &[Issue])> = runs.iter().map(|(run, _)| (*run, &[][..])).collect();
    for (options, noted, without) in steps {
        left_out.extend(without);
        let data = to_text(&pack_noted(if noted { runs } else { &silent }, &options));
        if data.len() <= most {
            return Ok(Link { data, options, left_out });
        }
        bytes = data.len();
    }
    Err(TooLong { bytes })
}

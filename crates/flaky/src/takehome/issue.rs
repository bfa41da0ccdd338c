//! Markdown for an issue, with the evidence.

use std::fmt::Write;

use lanescope_analysis::fixed;
use lanescope_protocol::{EvidenceKind, FlakyClass};

use super::literal::{cell, code};
use crate::Flaky;
use crate::verdicts::Verdict;
use crate::words::{clip, count, numbers};

/// More failures are not listed.
const MOST: usize = 20;

/// The text for an issue about a test.
pub(crate) fn issue(flaky: &Flaky, verdict: &Verdict) -> String {
    let row = &verdict.row;
    let what = match row.class {
        FlakyClass::Flaky => "Flaky test",
        FlakyClass::Broken => "Broken test",
        FlakyClass::Fixed => "Fixed test",
        FlakyClass::Healthy | FlakyClass::TooFewRuns => "Test",
    };
    let mut out = format!("## {what}: {}\n\n", code(&row.test));
    if let Some(rate) = row.failure_rate {
        let percent = |share: f64| fixed(share * 100.0, 1);
        let _ = writeln!(
            out,
            "Failed in {} of {} ({} %; 95 % interval {} % to {} %).",
            row.counted_failed,
            count(row.counted_runs as usize, "run"),
            percent(rate.value),
            percent(rate.low),
            percent(rate.high)
        );
    }
    let mut said = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    for kind in &row.evidence {
        match kind {
            EvidenceKind::Retry => {
                let runs: Vec<u32> = verdict.retries.iter().map(|&at| at as u32 + 1).collect();
                said(format!("- Failed, then passed, within one run: run {}.", numbers(&runs)));
            }
            EvidenceKind::SameCommit => {
                said(format!("- Passed and failed on one commit: {}.", count(verdict.mixed.len(), "commit")));
            }
            EvidenceKind::Flips => {
                let rate = row.flip_rate.map_or(String::new(), |r| format!(" (flip rate {})", fixed(r, 2)));
                said(format!("- Changed between passing and failing {} times{rate}.", row.flips));
            }
        }
    }
    if let Some(since) = &row.broken_since {
        let commit = |c: &Option<String>| c.as_deref().map_or("unknown".to_owned(), |c| code(&clip(c, 12)));
        let (good, bad) = (commit(&row.last_good_commit), commit(&row.first_bad_commit));
        let fixed = row.fixed_at.map_or(String::new(), |n| format!(", fixed in run {n}"));
        said(format!("- Broken since {since} (last good commit {good}, first bad commit {bad}){fixed}."));
    }
    if row.clean_needed > 0 {
        said(format!(
            "- To be 95 % sure that it fails in less than 1 % of runs, {} more clean runs are needed.",
            row.clean_needed
        ));
    }
    suspects(&mut out, verdict);
    failures(&mut out, flaky, verdict);
    out
}

fn suspects(out: &mut String, verdict: &Verdict) {
    if verdict.row.suspects.is_empty() {
        return;
    }
    out.push_str("\n### Suspects\n\nNot proven: what its failures go together with.\n\n");
    for s in &verdict.row.suspects {
        let [a, b, c, d] = s.table;
        let p = if s.p_value < 0.001 { "below 0.001".to_owned() } else { fixed(s.p_value, 3) };
        let _ = writeln!(
            out,
            "- {}: with it {a} of {} runs failed, without it {c} of {} (p {p}, of {} tried).",
            code(&s.text),
            a + b,
            c + d,
            s.tried
        );
        if !s.command.is_empty() {
            let _ = writeln!(out, "  Try {}", code(&s.command));
        }
    }
}

fn failures(out: &mut String, flaky: &Flaky, verdict: &Verdict) {
    let attempts = flaky.attempts(verdict);
    let failed: Vec<_> = attempts.iter().filter(|a| matches!(a.outcome.as_str(), "failed" | "error")).collect();
    if failed.is_empty() {
        return;
    }
    out.push_str(
        "\n### Failures\n\n| run | started | commit | attempt | worker | message |\n|---|---|---|---|---|---|\n",
    );
    for a in failed.iter().rev().take(MOST) {
        let run = flaky.trend.get(a.run as usize - 1);
        let commit = run.and_then(|r| r.commit.as_deref()).map_or(String::new(), |c| cell(&clip(c, 12)));
        let started = run.and_then(|r| r.started_at.clone()).unwrap_or_default();
        let aside = if a.counted { "" } else { " (set aside)" };
        let worker = a.worker.as_deref().map_or(String::new(), cell);
        let message = if a.message.is_empty() { String::new() } else { cell(&a.message) };
        let _ = writeln!(out, "| {}{aside} | {started} | {commit} | {} | {worker} | {message} |", a.run, a.attempt);
    }
    if failed.len() > MOST {
        let _ = writeln!(out, "\n{} earlier failures are not listed.", failed.len() - MOST);
    }
}

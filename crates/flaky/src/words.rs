//! Words and numbers for people.

use lanescope_model::{Run, TestId, TextKind};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time as RFC 3339 in UTC; `None` beyond the years that this can write.
pub fn rfc3339(epoch_us: i64) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_us) * 1_000).ok()?;
    at.format(&Rfc3339).ok()
}

/// At most so many characters of a text, with a sign where it goes on.
pub(crate) fn clip(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}

/// Numbers of runs, with stretches of them: `3, 5, 25–32`.
pub(crate) fn numbers(runs: &[u32]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(&from) = runs.get(at) {
        let mut to = from;
        while runs.get(at + 1) == Some(&(to + 1)) {
            to += 1;
            at += 1;
        }
        at += 1;
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&from.to_string());
        if to > from {
            out.push_str(if to == from + 1 { ", " } else { "–" });
            out.push_str(&to.to_string());
        }
    }
    out
}

/// A count with its noun: `1 run`, `3 runs`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A word for a POSIX shell, quoted so that nothing in it is anything but text.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What a test's last attempt says of its failure; empty if nothing.
pub(crate) fn message_of(run: &Run, attempt: lanescope_model::AttemptId) -> &str {
    let message = run.text(attempt, TextKind::Message);
    if !message.trim().is_empty() {
        return message;
    }
    let trace = run.text(attempt, TextKind::Trace);
    trace.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("")
}

/// Whether a test is pytest's, by the form of its id.
pub(crate) fn is_pytest(run: &Run, test: TestId) -> bool {
    let id = run.test_id(test);
    id.split("::").next().is_some_and(|file| file.ends_with(".py") && id.len() > file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_in_a_row_are_told_together() {
        assert_eq!(numbers(&[3, 5, 6, 25, 26, 27, 40]), "3, 5, 6, 25–27, 40");
        assert_eq!(numbers(&[]), "");
    }

    #[test]
    fn nothing_gets_out_of_quotes() {
        assert_eq!(quoted("a'; rm -rf '$HOME"), "'a'\\''; rm -rf '\\''$HOME'");
        assert_eq!(clip("ééé", 2), "éé…");
    }
}

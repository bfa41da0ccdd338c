//! Outcomes and places in time, in words.

use lanescope_protocol::{AttemptDetail, TestDetail};

/// An outcome as it begins a sentence.
pub fn outcome(word: &str) -> String {
    let known = match word {
        "xfailed" => "Failed as expected",
        "xpassed" => "Passed, though expected to fail",
        "error" => "Error",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut letters = word.chars();
    letters.next().map_or_else(|| "Unknown".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// How the test ended, over all its attempts: `Failed on all 3 attempts`, `Flaky: passed on attempt 2 of 2`.
pub fn ending(test: &TestDetail) -> String {
    let n = test.attempts.len().max(test.test.attempts as usize);
    let what = outcome(&test.test.outcome);
    if test.test.flaky {
        return format!("Flaky: passed on attempt {n} of {n}");
    }
    let all_same = test.attempts.iter().all(|attempt| attempt.outcome == test.test.outcome);
    match n {
        0 | 1 => what,
        2 if all_same => format!("{what} on both attempts"),
        _ if all_same => format!("{what} on all {n} attempts"),
        _ => format!("{what} on attempt {n} of {n}"),
    }
}

/// The attempt to show first: the last one that says what went wrong, else the last.
pub fn telling(attempts: &[AttemptDetail]) -> usize {
    let bad = |attempt: &AttemptDetail| matches!(attempt.outcome.as_str(), "failed" | "error");
    attempts.iter().rposition(bad).unwrap_or(attempts.len().saturating_sub(1))
}

/// A name cut where its parameters begin, so that both ends can stay on screen.
pub fn split_name(name: &str) -> (&str, &str) {
    match name.find('[') {
        Some(at) if at > 0 && name.ends_with(']') => name.split_at(at),
        _ => (name, ""),
    }
}

/// The beginning of a text that is too long for a row whatever the screen.
pub fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// The end of such a text.
pub fn tail(text: &str, bytes: usize) -> &str {
    let at = text.ceil_char_boundary(text.len().saturating_sub(bytes));
    text.get(at..).unwrap_or(text)
}

/// A time range that shows a test with as much before and after it, seconds.
pub fn range_around(start_s: f64, seconds: f64) -> (f64, f64) {
    // A test of no length is still to be seen among others.
    let span = seconds.max(0.005);
    (start_s - span * 2.0, start_s + span * 3.0)
}

#[cfg(test)]
mod tests {
    use lanescope_protocol::TestLine;

    use super::*;

    fn test(outcome: &str, flaky: bool, attempts: &[&str]) -> TestDetail {
        let attempt = |o: &&str| AttemptDetail { outcome: (*o).to_owned(), ..AttemptDetail::default() };
        TestDetail {
            test: TestLine { outcome: outcome.to_owned(), flaky, ..TestLine::default() },
            attempts: attempts.iter().map(attempt).collect(),
            ..TestDetail::default()
        }
    }

    #[test]
    fn endings_say_what_happened_over_all_attempts() {
        let cases: [(&str, bool, &[&str], &str); 9] = [
            ("passed", false, &["passed"], "Passed"),
            ("failed", false, &["failed", "failed"], "Failed on both attempts"),
            ("failed", false, &["failed", "failed", "failed"], "Failed on all 3 attempts"),
            ("failed", false, &["passed", "failed"], "Failed on attempt 2 of 2"),
            ("passed", true, &["failed", "passed"], "Flaky: passed on attempt 2 of 2"),
            ("error", false, &["failed", "failed", "error"], "Error on attempt 3 of 3"),
            ("xfailed", false, &["xfailed"], "Failed as expected"),
            ("skipped", false, &[], "Skipped"),
            ("", false, &[], "Unknown"),
        ];
        for (outcome, flaky, attempts, words) in cases {
            assert_eq!(ending(&test(outcome, flaky, attempts)), words);
        }
    }

    #[test]
    fn the_attempt_that_tells_most_comes_first() {
        assert_eq!(telling(&test("passed", true, &["failed", "error", "passed"]).attempts), 1);
        assert_eq!(telling(&test("passed", false, &["passed", "passed"]).attempts), 1);
        assert_eq!(telling(&[]), 0);
    }

    #[test]
    fn names_are_cut_only_at_their_parameters() {
        assert_eq!(split_name("test_a[x-[y]]"), ("test_a", "[x-[y]]"));
        assert_eq!(split_name("test_a"), ("test_a", ""));
        assert_eq!(split_name("[all]"), ("[all]", ""));
        assert_eq!(split_name("a[0] b"), ("a[0] b", ""));
        assert_eq!((head("äöü", 3), tail("äöü", 3)), ("ä", "ü"));
    }

    #[test]
    fn a_range_has_room_on_both_sides() {
        assert_eq!(range_around(10.0, 1.0), (8.0, 13.0));
        let (from, to) = range_around(0.0, 0.0);
        assert!(from < 0.0 && to > 0.0);
    }
}

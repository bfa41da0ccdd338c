//! What a file is, by its content and never by its name.

mod json;
mod xml;

use crate::ansi;
use crate::time::line_stamp;
use crate::{More, Named};

/// What is said of text that is no report.
pub(crate) const FOREIGN_TEXT: &str = "this is text, but no test report that is known";

/// What the head of a file looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// JUnit XML that begins after so many bytes.
    Junit {
        skip: usize,
    },
    Reportlog,
    PlaywrightJson,
    PlaywrightBlob,
    GithubJobs,
    /// What is known of a run as a whole: commit, branch, start.
    RunMetadata,
    /// Text with lines of pytest in it.
    Console,
    /// Text; whether pytest comes later is seen by reading on.
    Text,
    /// A format that a reader with all formats reads; it begins after so many bytes.
    More {
        format: More,
        skip: usize,
    },
    /// What is recognised and named, and not read.
    Other(Named),
    /// Something else, in a sentence.
    Nothing(String),
    /// Text or JSON that is well as it is, and tells of something else than tests.
    Foreign(String),
}

/// Looks at the head of the decoded content; `whole` says that there is no more.
pub(crate) fn sniff(head: &[u8], whole: bool) -> Looks {
    if let Some(name) = container(head) {
        return Looks::Nothing(format!(
            "this is {name}, which is not opened here: unpack it, and open what comes out of it"
        ));
    }
    let text = String::from_utf8_lossy(head);
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if trimmed.is_empty() {
        return Looks::Nothing(match (text.is_empty(), whole) {
            (true, _) => "the file is empty (0 bytes)".to_owned(),
            (false, true) => "the file holds nothing but blanks".to_owned(),
            (false, false) => "the file begins with nothing but blanks".to_owned(),
        });
    }
    let skip = text.len() - trimmed.len();
    if trimmed.starts_with('<') {
        return xml::sniff(trimmed, skip);
    }
    if trimmed.starts_with(['{', '[']) {
        // A log line may begin with a bracket as well.
        match json::sniff(trimmed, whole) {
            Some(Looks::More { format, .. }) => return Looks::More { format, skip },
            Some(looks) => return looks,
            None => {}
        }
    }
    if is_binary(head) {
        return Looks::Nothing("this is a binary file, not a test report".to_owned());
    }
    text_kind(&text, whole)
}

/// Containers and packed data that are not read, by their first bytes.
fn container(head: &[u8]) -> Option<&'static str> {
    let magic: [(&[u8], &str); 3] =
        [(b"BZh", "a file packed with bzip2"), (b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"Rar!", "a rar archive")];
    magic.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name)
}

fn is_binary(head: &[u8]) -> bool {
    let sample = head.get(..head.len().min(4096)).unwrap_or(head);
    let odd = sample
        .iter()
        .filter(|&&b| b == 0 || (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x1b | 0x08 | 0x0c | 0x07)))
        .count();
    odd > 0 && odd * 50 > sample.len()
}

/// Text that is neither XML nor JSON from its first character on.
fn text_kind(text: &str, whole: bool) -> Looks {
    let mut lines = 0_usize;
    let mut reportlog = 0_usize;
    // A log of pytest may have these beside its own lines, and they say more.
    if text.contains("##teamcity[testStarted") {
        return Looks::More { format: More::TeamCity, skip: 0 };
    }
    for line in text.lines().take(4000) {
        lines += 1;
        if line.starts_with('{') && line.contains("\"$report_type\"") {
            reportlog += 1;
        }
        let line = line.trim_start_matches('\u{feff}');
        let after_tabs = line.rsplit('\t').next().unwrap_or(line).trim_start_matches('\u{feff}');
        let body = line_stamp(after_tabs).and_then(|(_, n)| after_tabs.get(n..)).unwrap_or(line);
        let body = ansi::strip(body);
        if is_pytest_line(&body) {
            return Looks::Console;
        }
    }
    if reportlog > 0 {
        return Looks::Reportlog;
    }
    if let Some(looks) = other_text(text) {
        return looks;
    }
    // XML or JSON may begin after lines that a tool printed before it.
    if let Some(at) = find_line(text, &["<?xml", "<testsuite"])
        && let Looks::Junit { skip } = xml::sniff(text.get(at..).unwrap_or(""), at)
    {
        return Looks::Junit { skip };
    }
    if let Some(looks) = json_after_text(text, whole) {
        return looks;
    }
    if lines > 1 || !whole {
        return Looks::Text;
    }
    Looks::Foreign(FOREIGN_TEXT.to_owned())
}

/// Texts of other tools than pytest, by their lines.
fn other_text(text: &str) -> Option<Looks> {
    let more = |format| Some(Looks::More { format, skip: 0 });
    let first = text.trim_start_matches('\u{feff}').lines().map(str::trim_end).find(|l| !l.is_empty()).unwrap_or("");
    if ["mode: set", "mode: count", "mode: atomic"].contains(&first) {
        return more(More::GoCoverage);
    }
    if first.starts_with("TN:") || first.starts_with("SF:") {
        return more(More::Lcov);
    }
    let mut found = None;
    for (number, line) in text.lines().take(4000).enumerate() {
        let line = line.trim_start_matches('\u{feff}');
        let after_tabs = line.rsplit('\t').next().unwrap_or(line).trim_start_matches('\u{feff}');
        let body = line_stamp(after_tabs).and_then(|(_, n)| after_tabs.get(n..)).unwrap_or(line);
        let body = ansi::strip(body);
        found = found.or(text_line(&body, number));
        if found.is_some_and(|format| format != More::Tap) {
            break;
        }
    }
    found.and_then(more)
}

/// The tool that prints such a line, if only one does.
fn text_line(line: &str, number: usize) -> Option<More> {
    let trimmed = line.trim_start();
    let starts = |what: &str| trimmed.starts_with(what);
    if starts("##teamcity[test") {
        return Some(More::TeamCity);
    }
    if starts("=== RUN ") || starts("--- PASS: ") || starts("--- FAIL: ") || starts("--- SKIP: ") {
        return Some(More::GoTestText);
    }
    if line.starts_with("Benchmark") && line.contains(" ns/op") {
        return Some(More::GoTestText);
    }
    let tests =
        line.strip_prefix("running ").and_then(|l| l.strip_suffix(" tests").or_else(|| l.strip_suffix(" test")));
    let counted = tests.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if counted || line.starts_with("test result: ok. ") || line.starts_with("test result: FAILED. ") {
        return Some(More::CargoTestText);
    }
    if starts("Nextest run ID ") || (starts("PASS [ ") && line.starts_with(' ') && line.contains("s] ")) {
        return Some(More::CargoTestText);
    }
    if starts("{\"Action\":\"") || (starts("{\"Time\":\"") && line.contains(",\"Action\":\"")) {
        return Some(More::GoTestJson);
    }
    if line.starts_with('{') && line.contains("\"type\"") && line.contains("\"test_count\"") {
        return Some(More::LibtestJson);
    }
    // A plan or a test point says little further down, where it may be output of anything.
    let digits = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let plan = line.strip_prefix("1..").is_some_and(|n| digits(n.trim_end()));
    let point =
        ["ok 1", "not ok 1"].iter().any(|p| line.strip_prefix(p).is_some_and(|r| r.is_empty() || r.starts_with(' ')));
    (starts("TAP version 1") || (number < 10 && (plan || point))).then_some(More::Tap)
}

/// A document of JSON that begins at a line further down, where it is one that is known.
fn json_after_text(text: &str, whole: bool) -> Option<Looks> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(['{', '['])
            && let Some(Looks::More { format, .. }) = json::sniff(text.get(at..).unwrap_or(""), whole)
        {
            return Some(Looks::More { format, skip: at });
        }
        at += line.len();
    }
    None
}

/// The byte at which the first line starts that begins with one of these; text may stand before it in the line.
fn find_line(text: &str, starts: &[&str]) -> Option<usize> {
    starts.iter().filter_map(|s| text.get(..text.len().min(4096)).unwrap_or(text).find(s)).min()
}

/// Whether only pytest prints this.
pub(crate) fn is_pytest_line(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with('=') && line.ends_with('=') {
        let inner = line.trim_matches('=').trim();
        return inner == "test session starts" || inner == "short test summary info";
    }
    if let Some(rest) = line.strip_prefix('[') {
        // [gw0] [ 12%] PASSED tests/test_a.py::test_x
        let Some((worker, rest)) = rest.split_once(']') else { return false };
        return worker.starts_with("gw") && rest.contains("::");
    }
    let Some((id, rest)) = line.split_once(' ') else { return false };
    id.contains(".py::")
        && ["PASSED", "FAILED", "SKIPPED", "ERROR", "XFAIL", "XPASS"].iter().any(|w| rest.starts_with(w))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn formats_are_known_by_their_content() {
        for (text, looks) in [
            ("<?xml version='1.0'?>\n<!-- c --><testsuites/>", Looks::Junit { skip: 0 }),
            ("\n <testsuite name='x'/>", Looks::Junit { skip: 2 }),
            ("{\"pytest_version\": \"9.2.0\", \"$report_type\": \"SessionStart\"}\n", Looks::Reportlog),
            ("==== test session starts ====\n", Looks::Console),
            ("\u{feff}2026-11-23T01:27:33.8116040Z === test session starts ===\n", Looks::Console),
            ("[gw0]\x1b[36m [  6%] \x1b[0m\x1b[32mPASSED\x1b[0m tests/a.py::x \n", Looks::Console),
            ("TAP version 14\nok 1 - a\n", Looks::More { format: More::Tap, skip: 0 }),
            ("{\"config\": {}, \"suites\": []}", Looks::PlaywrightJson),
            ("{\"method\": \"onBlobReportMetadata\"}\n{\"method\": \"onBegin\"}\n", Looks::PlaywrightBlob),
            ("{\"total_count\": 1, \"jobs\": []}", Looks::GithubJobs),
            ("[{\"id\": 1, \"run_id\": 2, \"steps\": []}]", Looks::GithubJobs),
            ("{\"run_attempt\": 1, \"workflow_id\": 2}", Looks::Other(Named::GithubRun)),
            ("some\nlines\n", Looks::Text),
        ] {
            assert_eq!(sniff(text.as_bytes(), true), looks, "{text}");
        }
    }

    #[test]
    fn what_is_no_report_is_named() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"BZh91AY", "bzip2"),
            (b"<html><body>Sign in</body></html>", "HTML"),
            (b"<!DOCTYPE html><p>", "HTML"),
            (b"<project/>", "<project>"),
            (b"{\"a\": 1, \"b\": {\"c\": 2}}", "a, b"),
            (b"null", "no test report"),
            (b"\x00\x01\x02\x03\x04", "binary"),
        ] {
            let (Looks::Nothing(text) | Looks::Foreign(text)) = sniff(bytes, true) else { panic!("{bytes:?}") };
            assert!(text.contains(word), "{text}");
        }
    }
}

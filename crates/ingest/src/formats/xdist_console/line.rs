//! The grammar of pytest's console lines, one line at a time, without colours and time stamps.

use lanescope_model::Outcome;

use crate::number::plain_us;

/// What the word of a result line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A phase came to this.
    Result(Outcome),
    /// The attempt failed and is run again.
    Rerun,
    /// A subtest passed or was skipped.
    Subtest,
    SubtestFailed,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said<'a> {
    /// `==== title ====`
    Section(&'a str),
    /// The last line of a session: counts and seconds.
    Summary { us: i64 },
    /// `____ title ____` in a report of failures.
    Block(&'a str),
    /// `created: 4/4 workers`, `4 workers [125 items]`, `gw0 [33] / gw1 [33]`
    Workers { workers: u32 },
    /// `timeout: 30.0s`, which pytest-timeout prints at the start of a session
    Limit { us: i64 },
    /// `collected 125 items`
    Collected,
    /// `scheduling tests via LoadScheduling`, as the mode's word.
    Mode(&'static str),
    /// `[gw1] node down: Not properly terminated`
    NodeDown { worker: &'a str },
    /// `[gw0] [ 12%] PASSED tests/test_a.py::test_x`
    Finish { worker: &'a str, word: Word, id: &'a str, us: Option<i64> },
    /// `tests/test_a.py::test_x PASSED [ 12%]`
    Plain { id: &'a str, word: Word, reason: Option<&'a str>, us: Option<i64> },
    /// `tests/test_a.py::test_x`, alone or with output of the test behind it.
    Start { id: &'a str, alone: bool },
    /// `PASSED [ 12%]` after output of the test.
    Bare { word: Word },
    /// `!!!! KeyboardInterrupt !!!!`
    Interrupted(&'a str),
    /// Something else.
    Other,
}

const WORDS: [(&str, Word); 8] = [
    ("PASSED", Word::Result(Outcome::Passed)),
    ("FAILED", Word::Result(Outcome::Failed)),
    ("ERROR", Word::Result(Outcome::Error)),
    ("SKIPPED", Word::Result(Outcome::Skipped)),
    ("XFAIL", Word::Result(Outcome::XFailed)),
    ("XPASS", Word::Result(Outcome::XPassed)),
    ("RERUN", Word::Rerun),
    ("xfail", Word::Result(Outcome::XFailed)),
];

fn word(text: &str) -> Option<Word> {
    WORDS.iter().find(|(w, _)| *w == text).map(|(_, word)| *word)
}

/// Reads a line.
pub(crate) fn read(line: &str) -> Said<'_> {
    let bytes = line.as_bytes();
    match bytes.first() {
        Some(b'[') => bracketed(line).unwrap_or(Said::Other),
        Some(b'=') => ruled(line, '=').map_or(Said::Other, section),
        Some(b'_') => ruled(line, '_').map_or(Said::Other, Said::Block),
        Some(b'!') => ruled(line, '!').map_or(Said::Other, Said::Interrupted),
        Some(b' ' | b'\t' | b'>') | None => Said::Other,
        _ => head(line).or_else(|| result(line)).unwrap_or(Said::Other),
    }
}

/// The title between two rules of a character. A long title leaves room for one of them only.
fn ruled(line: &str, rule: char) -> Option<&str> {
    let line = line.trim_end();
    let inner = line.trim_matches(rule);
    let title = inner.strip_prefix(' ')?.strip_suffix(' ')?.trim();
    (!title.is_empty()).then_some(title)
}

fn section(title: &str) -> Said<'_> {
    match summary(title) {
        Some(us) => Said::Summary { us },
        None => Said::Section(title),
    }
}

/// The seconds of `5 failed, 117 passed in 8.46s (0:31:32)`.
fn summary(title: &str) -> Option<i64> {
    let (counts, after) = title.rsplit_once(" in ")?;
    let known = [
        "passed",
        "failed",
        "skipped",
        "error",
        "errors",
        "xfailed",
        "xpassed",
        "deselected",
        "warning",
        "warnings",
        "rerun",
        "ran",
    ];
    let counted = counts.split([',', ' ']).any(|w| known.contains(&w));
    if !counted {
        return None;
    }
    let seconds = after.split(' ').next()?.trim_end_matches('s');
    plain_us(seconds)
}

/// Lines of the head of a session.
fn head(line: &str) -> Option<Said<'_>> {
    if let Some(rest) = line.strip_prefix("scheduling tests via ") {
        return Some(match rest.trim() {
            "LoadScheduling" => Said::Mode("load"),
            "LoadScopeScheduling" => Said::Mode("loadscope"),
            "LoadFileScheduling" => Said::Mode("loadfile"),
            "LoadGroupScheduling" => Said::Mode("loadgroup"),
            "WorkStealingScheduling" => Said::Mode("worksteal"),
            "EachScheduling" => Said::Mode("each"),
            _ => Said::Other,
        });
    }
    if let Some(rest) = line.strip_prefix("created: ") {
        let (_, all) = rest.split_once('/')?;
        let workers = all.split(' ').next()?.parse().ok()?;
        return Some(Said::Workers { workers });
    }
    if let Some(seconds) = line.strip_prefix("timeout: ") {
        let us = seconds.trim_end().strip_suffix('s').and_then(plain_us).filter(|&us| us > 0)?;
        return Some(Said::Limit { us });
    }
    if line.starts_with("collected ") || line.starts_with("collecting ... collected ") {
        return Some(Said::Collected);
    }
    let trimmed = line.trim_end();
    if trimmed.ends_with(']') {
        // 4 workers [125 items], and in old versions gw0 [33] / gw1 [33]
        let (first, rest) = trimmed.split_once(' ')?;
        if rest.starts_with("worker") {
            return first.parse().ok().map(|workers| Said::Workers { workers });
        }
        let each = |part: &str| {
            part.split_once(" [")
                .is_some_and(|(w, n)| w.starts_with("gw") && n.trim_end_matches(']').parse::<u32>().is_ok())
        };
        if first.starts_with("gw") && trimmed.split(" / ").all(each) {
            return u32::try_from(trimmed.split(" / ").count()).ok().map(|workers| Said::Workers { workers });
        }
    }
    // The last line under -q has no rule around it.
    if trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        return summary(trimmed).map(|us| Said::Summary { us });
    }
    None
}

/// Lines that begin with a worker in brackets.
fn bracketed(line: &str) -> Option<Said<'_>> {
    let close = line.find(']')?;
    let worker = line.get(1..close)?;
    if worker.is_empty() || worker.len() > 64 || worker.contains(char::is_whitespace) {
        return None;
    }
    let rest = line.get(close + 1..)?.strip_prefix(' ')?;
    if rest.starts_with("node down: ") {
        return Some(Said::NodeDown { worker });
    }
    let (rest, us) = progress(rest);
    let end = rest.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let after = rest.get(end..)?;
    if let Some(word) = word(name) {
        let id = after.strip_prefix(' ')?.trim();
        return is_id(id).then_some(Said::Finish { worker, word, id, us });
    }
    if name.len() > 3 && name.starts_with("SUB") {
        // SUBFAILED[msg] (k='v') nodeid: the id is the last thing with a separator in it.
        let at = after.find("::").map(|i| after.get(..i).and_then(|h| h.rfind(' ')).map_or(0, |j| j + 1))?;
        let id = after.get(at..)?.trim();
        let word = if name.starts_with("SUBFAIL") { Word::SubtestFailed } else { Word::Subtest };
        return Some(Said::Finish { worker, word, id, us: None });
    }
    None
}

/// Skips what stands between worker and word: a percentage, a count, or a time.
fn progress(rest: &str) -> (&str, Option<i64>) {
    let trimmed = rest.trim_start();
    if let Some(inner) = trimmed.strip_prefix('[') {
        if let Some((share, after)) = inner.split_once("] ")
            && share.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'%' | b'/'))
        {
            return (after.trim_start(), None);
        }
        return (trimmed, None);
    }
    let mut rest = trimmed;
    let mut us = None;
    while let Some((token, after)) = rest.split_once(' ') {
        let Some(part) = duration(token) else { break };
        us = Some(us.unwrap_or(0) + part);
        rest = after.trim_start();
    }
    (rest, us)
}

/// `253.9us`, `5.607ms`, `1.234s`, `2m`, `1h`
fn duration(token: &str) -> Option<i64> {
    let split = token.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = token.split_at_checked(split)?;
    let us = plain_us(number)?;
    Some(match unit {
        "s" => us,
        "ms" => us / 1_000,
        "us" => us / 1_000_000,
        "m" => us.checked_mul(60)?,
        "h" => us.checked_mul(3600)?,
        _ => return None,
    })
}

/// Whether this can be a node id: a path without blanks, then `::`.
fn is_id(id: &str) -> bool {
    match id.split_once("::") {
        Some((path, name)) => !path.is_empty() && !path.contains(' ') && !name.is_empty(),
        None => id.ends_with(".py") && !id.contains(' '),
    }
}

/// Lines of a run without workers, and start lines of one with workers.
fn result(line: &str) -> Option<Said<'_>> {
    let line = line.trim_end();
    let separator = memchr::memmem::find(line.as_bytes(), b"::");
    let path_ok = separator.is_some_and(|i| {
        line.get(..i)
            .is_some_and(|path| !path.is_empty() && !path.contains([' ', '(', '"', '\'']) && path.contains(['.', '/']))
    });
    if !path_ok {
        return bare(line);
    }
    let name_at = separator? + 2;
    for (name, word) in WORDS {
        let mut from = name_at;
        while let Some(i) = line.get(from..)?.find(name) {
            let (start, end) = (from + i, from + i + name.len());
            from = end;
            let before = line.get(..start)?;
            if !before.ends_with(' ') {
                continue;
            }
            if let Some((reason, us)) = tail(line.get(end..)?) {
                return Some(Said::Plain { id: before.trim_end(), word, reason, us });
            }
        }
    }
    if let Some(i) = line.find(" SUB") {
        let rest = line.get(i + 1..)?;
        let word = if rest.starts_with("SUBFAIL") { Word::SubtestFailed } else { Word::Subtest };
        if rest.split(['[', ' ', '(']).next().is_some_and(|w| w.bytes().all(|b| b.is_ascii_uppercase())) {
            return Some(Said::Plain { id: line.get(..i)?.trim_end(), word, reason: None, us: None });
        }
    }
    // The id ends with its parameters, or at the first blank.
    let rest = line.get(name_at..)?;
    let blank = rest.find(' ');
    let alone = match (blank, rest.find('[')) {
        (None, _) => true,
        (Some(b), Some(p)) if p < b => line.ends_with(']'),
        _ => false,
    };
    let id = if alone { line } else { line.get(..name_at + blank.unwrap_or(rest.len()))? };
    Some(Said::Start { id, alone })
}

/// What may follow a word: nothing, a reason in parentheses, the progress.
fn tail(rest: &str) -> Option<(Option<&str>, Option<i64>)> {
    let mut rest = rest.trim();
    let mut us = None;
    if let Some(open) = rest.rfind('[') {
        let share = rest.get(open + 1..)?.strip_suffix(']');
        if share.is_some_and(|s| s.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'%' | b'/'))) {
            rest = rest.get(..open)?.trim_end();
        }
    }
    if let Some(last) = rest.rsplit(' ').next().filter(|t| !t.is_empty())
        && let Some(length) = duration(last)
    {
        us = Some(length);
        rest = rest.get(..rest.len() - last.len())?.trim_end();
    }
    if rest.is_empty() {
        return Some((None, us));
    }
    let reason = rest.strip_prefix('(')?;
    // Long reasons are cut off to fit the line.
    Some((Some(reason.strip_suffix(')').unwrap_or(reason)), us))
}

fn bare(line: &str) -> Option<Said<'_>> {
    for (name, word) in WORDS {
        if let Some(i) = line.rfind(name) {
            let rest = line.get(i + name.len()..)?;
            let alone = i == 0 && tail(rest).is_some();
            let with_progress = rest.trim_end().ends_with("%]") && tail(rest).is_some();
            if alone || with_progress {
                return Some(Said::Bare { word });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSED: Word = Word::Result(Outcome::Passed);

    #[test]
    fn result_lines_of_workers_in_all_styles() {
        let id = "tests/a.py::T::x[a b - c/::d]";
        for (progress, us) in [
            (" [  1%]", None),
            (" [ 12/125]", None),
            ("", None),
            (" 253.9us", Some(253)),
            (" 5.607ms", Some(5_607)),
            (" 2m 5s", Some(125_000_000)),
        ] {
            let line = format!("[gw10]{progress} PASSED {id} ");
            assert_eq!(read(&line), Said::Finish { worker: "gw10", word: PASSED, id, us }, "{line}");
        }
        assert_eq!(read("[gw0] linux -- Python 3.11.7 /venv/bin/python3"), Said::Other);
        assert_eq!(read("[gw1] node down: Not properly terminated"), Said::NodeDown { worker: "gw1" });
        assert_eq!(
            read("[gw2] [  9%] SUBFAILED[count] (colour=\"'blue'\") tests/a.py::x "),
            Said::Finish { worker: "gw2", word: Word::SubtestFailed, id: "tests/a.py::x", us: None }
        );
    }

    #[test]
    fn result_lines_without_workers() {
        let plain = |id, reason| Said::Plain { id, word: Word::Result(Outcome::Skipped), reason, us: None };
        assert_eq!(read("tests/a.py::x SKIPPED (no net)   [ 12%]"), plain("tests/a.py::x", Some("no net")));
        assert_eq!(read("tests/a.py::x[SKIPPED y] SKIPPED [100%]"), plain("tests/a.py::x[SKIPPED y]", None));
        assert_eq!(read("PASSED                    [ 50%]"), Said::Bare { word: PASSED });
        assert_eq!(read("some outputPASSED [ 50%]"), Said::Bare { word: PASSED });
        assert_eq!(read("tests/a.py::x "), Said::Start { id: "tests/a.py::x", alone: true });
        assert_eq!(read("tests/a.py::x[a b] "), Said::Start { id: "tests/a.py::x[a b]", alone: true });
        assert_eq!(read("tests/a.py::x hello there"), Said::Start { id: "tests/a.py::x", alone: false });
        assert_eq!(read("something std::vector<int> PASSED"), Said::Other);
    }

    #[test]
    fn heads_sections_and_summaries() {
        assert_eq!(read("created: 4/4 workers"), Said::Workers { workers: 4 });
        assert_eq!(read("4 workers [125 items]"), Said::Workers { workers: 4 });
        assert_eq!(read("1 worker [1 item]"), Said::Workers { workers: 1 });
        assert_eq!(read("gw0 [33] / gw1 [33]"), Said::Workers { workers: 2 });
        assert_eq!(read("timeout: 30.0s"), Said::Limit { us: 30_000_000 });
        assert_eq!(read("timeout: 0.0s"), Said::Other);
        assert_eq!(read("timeout method: signal"), Said::Other);
        assert_eq!(read("scheduling tests via WorkStealingScheduling"), Said::Mode("worksteal"));
        assert_eq!(read("==== FAILURES ===="), Said::Section("FAILURES"));
        assert_eq!(read("= 5 failed, 117 passed, 2 subtests passed in 8.46s ="), Said::Summary { us: 8_460_000 });
        assert_eq!(read("=== 6784 passed in 89.88s (0:01:29) ==="), Said::Summary { us: 89_880_000 });
        assert_eq!(read("2 passed in 0.01s"), Said::Summary { us: 10_000 });
        assert_eq!(read("____ TestK.test_fail ____"), Said::Block("TestK.test_fail"));
        assert_eq!(read("!!!! KeyboardInterrupt !!!!"), Said::Interrupted("KeyboardInterrupt"));
    }
}

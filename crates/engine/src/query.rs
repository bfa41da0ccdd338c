//! The test query: what is typed into the search box.
//!
//! A query is words with blanks between; a test matches when it matches all of them.
//!
//! | word | matches |
//! | --- | --- |
//! | `import` | tests whose identity (with its group) contains it, in upper or lower case |
//! | `"test a"` | the same with blanks inside |
//! | `-slow` | excludes: any word, also those below, may have the minus |
//! | `outcome:failed` | the final outcome; several with commas: `outcome:failed,error` |
//! | `is:flaky` | `flaky`, `failing` (failed or error), `retried` (more than one attempt), `unplaced` (no start) |
//! | `worker:gw3` | an attempt ran on this worker |
//! | `marker:slow` | it has this marker |
//! | `group:unit` | its group's name contains it |
//! | `file:io` | its file's path contains it |
//! | `duration:>1s` | time in its attempts: `>`, `>=`, `<`, `<=` with `us`, `ms`, `s`, `min` or `h` |
//!
//! Values may stand in quotes: `group:"py 3.12"`. A word that is not understood is named, and the rest applies.

use lanescope_model::{Outcome, Run, TestId, US_PER_S, decimal};

use crate::needle::Needle;

/// A query, read.
#[derive(Debug, Default)]
pub(crate) struct Query {
    terms: Vec<(bool, Term)>,
    /// What could not be understood, for people.
    pub(crate) problem: Option<String>,
}

#[derive(Debug)]
enum Term {
    Text(Needle),
    Outcomes(Vec<Outcome>),
    Flaky,
    Failing,
    Retried,
    Unplaced,
    Worker(String),
    Marker(String),
    Group(Needle),
    File(Needle),
    Duration(Compare, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    More,
    AtLeast,
    Less,
    AtMost,
}

const KEYS: [&str; 7] = ["outcome", "is", "worker", "marker", "group", "file", "duration"];

impl Query {
    /// Reads a query; what is not understood goes into `problem`.
    pub(crate) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for word in words(text) {
            match term(&word) {
                Ok(Some(term)) => query.terms.push((word.exclude, term)),
                Ok(None) => {}
                Err(problem) => {
                    query.problem.get_or_insert(problem);
                }
            }
        }
        query
    }

    /// Which tests match, by row; `total_us` gives the time in a test's attempts.
    pub(crate) fn matching(&self, run: &Run, total_us: impl Fn(TestId) -> Option<i64>) -> Vec<bool> {
        let mut matching = vec![true; run.tests.len()];
        for (exclude, term) in &self.terms {
            // Words in texts are looked for in all of them at once; the rest is quick to tell.
            let found = match term {
                Term::Text(needle) => Some(needle.find_in(run.tests.ids().map(|t| run.test_id(t)))),
                Term::File(needle) => Some(needle.find_in(run.tests.ids().map(|t| file(run, t)))),
                _ => None,
            };
            let groups = match term {
                Term::Text(needle) | Term::Group(needle) => {
                    run.groups.iter().map(|g| needle.is_in(run.strings.get(g.name))).collect()
                }
                _ => Vec::new(),
            };
            for ((slot, test), row) in matching.iter_mut().zip(run.tests.ids()).zip(0..) {
                if *slot {
                    let found = found.as_ref().is_some_and(|found: &Vec<bool>| found.get(row) == Some(&true));
                    let group = run.tests.group(test).is_some_and(|g| groups.get(g.index()) == Some(&true));
                    *slot = (found || group || term.matches(run, test, &total_us)) != *exclude;
                }
            }
        }
        matching
    }
}

impl Term {
    /// Whether a test matches by what is not text.
    fn matches(&self, run: &Run, test: TestId, total_us: impl Fn(TestId) -> Option<i64>) -> bool {
        match self {
            Self::Text(_) | Self::Group(_) | Self::File(_) => false,
            Self::Outcomes(wanted) => wanted.contains(&run.tests.outcome(test)),
            Self::Flaky => run.tests.is_flaky(test),
            Self::Failing => run.tests.outcome(test).is_bad(),
            Self::Retried => run.tests.attempts(test).len() > 1,
            Self::Unplaced => run.tests.attempts(test).all(|a| run.attempts.start_us(a).is_none()),
            Self::Worker(name) => {
                let on_it = |a| run.attempts.worker(a).is_some_and(|w| run.worker_name(w).eq_ignore_ascii_case(name));
                run.tests.attempts(test).any(on_it)
            }
            Self::Marker(name) => {
                run.strings.get(run.tests.markers(test)).split(' ').any(|m| m.eq_ignore_ascii_case(name))
            }
            Self::Duration(compare, us) => total_us(test).is_some_and(|total| match compare {
                Compare::More => total > *us,
                Compare::AtLeast => total >= *us,
                Compare::Less => total < *us,
                Compare::AtMost => total <= *us,
            }),
        }
    }
}

/// The file of a test, or else what stands in its identity where pytest has the file.
pub(crate) fn file(run: &Run, test: TestId) -> &str {
    run.tests
        .file(test)
        .map_or_else(|| run.test_id(test).split_once("::").map_or("", |(file, _)| file), |file| run.strings.get(file))
}

#[derive(Debug, Default)]
struct Word {
    exclude: bool,
    key: Option<String>,
    value: String,
}

/// Splits at blanks, except inside quotes. A quote that is not closed reaches to the end.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut word = Word::default();
        if c == '-' {
            chars.next();
            word.exclude = true;
        }
        let mut quoted = false;
        let mut was_quoted = false;
        while let Some(c) = chars.next_if(|c| quoted || !c.is_whitespace()) {
            // `key:value`, but not the `a::b` of an identity.
            if c == '"' {
                quoted = !quoted;
                was_quoted = true;
            } else if c == ':' && !was_quoted && word.key.is_none() && is_key(&word.value) && chars.peek() != Some(&':')
            {
                word.key = Some(std::mem::take(&mut word.value));
            } else {
                word.value.push(c);
            }
        }
        // A lone minus looks for a minus.
        if word.value.is_empty() && word.key.is_none() && word.exclude && !was_quoted {
            word = Word { value: "-".to_owned(), ..Word::default() };
        }
        words.push(word);
    }
    words
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphabetic())
}

fn term(word: &Word) -> Result<Option<Term>, String> {
    let value = word.value.as_str();
    let Some(key) = &word.key else {
        return Ok((!value.is_empty()).then(|| Term::Text(Needle::new(value))));
    };
    let key = key.to_ascii_lowercase();
    if value.is_empty() && KEYS.contains(&key.as_str()) {
        return Err(format!("`{key}:` needs a value, such as `{}`.", example(&key)));
    }
    let term = match key.as_str() {
        "outcome" => return outcomes(value),
        "is" => match value.to_ascii_lowercase().as_str() {
            "flaky" => Term::Flaky,
            "failing" => Term::Failing,
            "retried" => Term::Retried,
            "unplaced" => Term::Unplaced,
            _ => return Err(format!("`is:{value}` is not known; there are flaky, failing, retried and unplaced.")),
        },
        "worker" => Term::Worker(value.to_owned()),
        "marker" => Term::Marker(value.to_owned()),
        "group" => Term::Group(Needle::new(value)),
        "file" => Term::File(Needle::new(value)),
        "duration" => return duration(value),
        _ => {
            return Err(format!("`{key}:` is not known; there are {}. Quotes search for it as text.", KEYS.join(", ")));
        }
    };
    Ok(Some(term))
}

fn example(key: &str) -> &'static str {
    match key {
        "outcome" => "outcome:failed",
        "is" => "is:flaky",
        "worker" => "worker:gw3",
        "marker" => "marker:slow",
        "group" => "group:unit",
        "file" => "file:test_io",
        _ => "duration:>1s",
    }
}

fn outcomes(value: &str) -> Result<Option<Term>, String> {
    let mut wanted = Vec::new();
    for word in value.split(',').filter(|w| !w.is_empty()) {
        let lower = word.to_ascii_lowercase();
        let outcome = Outcome::parse(if lower == "errors" { "error" } else { &lower });
        wanted.push(outcome.ok_or_else(|| {
            let known = Outcome::ALL.map(Outcome::as_str).join(", ");
            format!("`outcome:{word}` is not known; there are {known}.")
        })?);
    }
    Ok(Some(Term::Outcomes(wanted)))
}

fn duration(value: &str) -> Result<Option<Term>, String> {
    let (compare, rest) = if let Some(rest) = value.strip_prefix(">=") {
        (Compare::AtLeast, rest)
    } else if let Some(rest) = value.strip_prefix("<=") {
        (Compare::AtMost, rest)
    } else if let Some(rest) = value.strip_prefix('>') {
        (Compare::More, rest)
    } else if let Some(rest) = value.strip_prefix('<') {
        (Compare::Less, rest)
    } else {
        return Err(format!("`duration:{value}` needs a comparison, such as `duration:>{value}`."));
    };
    let at = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let (number, unit) = rest.split_at_checked(at).unwrap_or((rest, ""));
    let factor = match unit.to_ascii_lowercase().as_str() {
        "us" | "µs" => 1.0,
        "ms" => 1e3,
        "s" | "" => US_PER_S,
        "m" | "min" => 60.0 * US_PER_S,
        "h" => 3600.0 * US_PER_S,
        _ => return Err(format!("`{unit}` is no unit of time; there are us, ms, s, min and h.")),
    };
    let number =
        decimal(number).ok_or_else(|| format!("`duration:{value}` needs a number, as in `duration:>1.5s`."))?;
    Ok(Some(Term::Duration(compare, (number * factor).round() as i64)))
}

#[cfg(test)]
mod tests {
    use lanescope_model::{AttemptRow, RunBuilder};

    use super::*;

    fn run() -> Run {
        let mut b = RunBuilder::new();
        let rows = [
            ("unit", "tests/test_io.py::TestRead::test_big[a b]", "slow net", Outcome::Failed, 2_000_000, "gw0"),
            ("unit", "tests/test_io.py::test_small", "", Outcome::Passed, 3_000, "gw1"),
            ("api", "tests/test_http.py::test_get", "net", Outcome::Skipped, 500_000, "gw10"),
        ];
        for (group, id, markers, outcome, us, worker) in rows {
            let group = b.group(group);
            let test = b.test(Some(group), id, 0);
            b.test_markers(test, markers);
            let worker = Some(b.worker(worker));
            b.attempt(AttemptRow { worker, total_us: Some(us), outcome, ..AttemptRow::new(test) });
        }
        b.finish()
    }

    fn found(text: &str) -> Vec<u32> {
        let run = run();
        let query = Query::parse(text);
        assert_eq!(query.problem, None, "{text}");
        let total = |t: TestId| run.tests.attempts(t).next().and_then(|a| run.attempts.total_us(a));
        let matching = query.matching(&run, total);
        (0..).zip(matching).filter(|(_, matches)| *matches).map(|(row, _)| row).collect()
    }

    #[test]
    fn words_are_found_and_keys_narrow() {
        let cases: [(&str, &[u32]); 22] = [
            ("", &[0, 1, 2]),
            ("TEST_IO", &[0, 1]),
            ("io small", &[1]),
            ("\"a b\"", &[0]),
            ("a b", &[0]),
            ("test_io.py::TestRead", &[0]),
            ("-io", &[2]),
            ("-\"a b\" io", &[1]),
            ("api", &[2]),
            ("outcome:failed", &[0]),
            ("outcome:Failed,skipped", &[0, 2]),
            ("-outcome:failed", &[1, 2]),
            ("is:failing", &[0]),
            ("is:flaky", &[]),
            ("worker:gw1", &[1]),
            ("marker:net", &[0, 2]),
            ("marker:ne", &[]),
            ("group:\"unit\"", &[0, 1]),
            ("file:io", &[0, 1]),
            ("duration:>500ms", &[0]),
            ("duration:>=0.5", &[0, 2]),
            ("duration:<1s -skip duration:<=3ms", &[1]),
        ];
        for (text, rows) in cases {
            assert_eq!(found(text), rows, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let cases = [
            ("outcom:failed", "`outcom:` is not known"),
            ("outcome:bad", "`outcome:bad` is not known"),
            ("is:red", "`is:red` is not known"),
            ("duration:1s", "needs a comparison"),
            ("duration:>x", "is no unit of time"),
            ("duration:>", "needs a number"),
            ("worker:", "needs a value"),
        ];
        for (text, problem) in cases {
            let query = Query::parse(text);
            assert!(query.problem.as_deref().is_some_and(|p| p.contains(problem)), "{text}: {:?}", query.problem);
            assert!(query.matching(&run(), |_| None).into_iter().all(|m| m), "{text}: the rest applies");
        }
    }

    #[test]
    fn any_text_is_taken() {
        for text in ["\"", "-", "--", "-:", ":", "::", "a:", "é:ö", "duration:>µs", "-\"\"", "duration:>1e999s"] {
            let _ = Query::parse(text);
        }
        assert_eq!(found("::test_small"), [1]);
    }
}

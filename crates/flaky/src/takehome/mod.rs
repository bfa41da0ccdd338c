//! What can be taken home: lists that keep tests out of the way, and a text for an issue.

mod forms;
mod issue;
mod literal;

use lanescope_protocol::{FlakyClass, Quarantine};

use crate::Flaky;
use crate::verdicts::Verdict;

pub(crate) use issue::issue;

/// A test as its own tool names it.
pub(crate) struct Named<'a> {
    pub(crate) verdict: &'a Verdict,
    /// Identity in the newest run that has it.
    pub(crate) id: &'a str,
    /// What stands before its name, and its name.
    pub(crate) suite: &'a str,
    pub(crate) name: &'a str,
    /// Its group.
    pub(crate) group: &'a str,
    /// Its id changes from run to run, and is this up to there.
    pub(crate) changes_after: Option<&'a str>,
}

/// The name of a file, and what is in it: of these tests, or of all flaky ones.
pub(crate) fn quarantine(flaky: &Flaky, form: Quarantine, tests: &[String]) -> (&'static str, String) {
    let chosen: Vec<&Verdict> = if tests.is_empty() {
        flaky.ranked().filter(|v| v.row.class == FlakyClass::Flaky).collect()
    } else {
        tests.iter().filter_map(|test| flaky.verdict(test)).collect()
    };
    let named: Vec<Named<'_>> = chosen.into_iter().filter_map(|v| named(flaky, v)).collect();
    match form {
        Quarantine::PytestDeselect => ("deselect.txt", forms::deselect(&named)),
        Quarantine::PytestConftest => ("conftest.py", forms::conftest(&named)),
        Quarantine::Surefire => ("surefire-excludes.txt", forms::surefire(&named)),
        Quarantine::Nextest => ("nextest-filter.txt", forms::nextest(&named)),
        Quarantine::Playwright => ("grep-invert.txt", forms::playwright(&named)),
        Quarantine::Json => ("quarantine.json", forms::json(&named)),
        Quarantine::Markdown => {
            let texts: Vec<String> = named.iter().map(|n| issue(flaky, n.verdict)).collect();
            ("flaky-tests.md", texts.join("\n---\n\n"))
        }
    }
}

fn named<'a>(flaky: &'a Flaky, verdict: &'a Verdict) -> Option<Named<'a>> {
    let history = &flaky.history;
    let at = (0..history.runs().len()).rev().find(|&at| history.row(verdict.test, at).is_some())?;
    let (run, row) = (history.run(at)?, history.row(verdict.test, at)?);
    let id = run.test_id(row);
    let masked = crate::mask::name(id);
    let same = id.bytes().zip(masked.bytes()).take_while(|(a, b)| a == b).count();
    let changes_after = (id != masked).then(|| id.get(..same).unwrap_or(id));
    let group = run.tests.group(row).map_or("", |g| run.group_name(g));
    Some(Named { verdict, id, suite: run.suite(row), name: run.test_name(row), group, changes_after })
}

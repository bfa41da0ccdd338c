//! What looks like a secret in the words of a run.
//!
//! Test output holds what programs print when they fail: headers of requests, addresses with passwords, environments. What
//! is found here by its form ([`scan`]) is shown before anything leaves, and can be taken out. It is no proof: a secret
//! without a form of its own is not found.

mod scan;
mod value;

use std::borrow::Cow;

use lanescope_model::{Run, RunMeta, TestId, TextKind};

pub use scan::Kind;
use scan::{Hit, hits};

use crate::copy::{Edit, edited};

/// Characters of a secret that are shown, so that who wrote it knows which one it is.
const SHOWN: usize = 4;

/// Characters around it that are shown.
const AROUND: usize = 24;

/// Bytes around it that are looked at for them.
const LOOKED: usize = 200;

/// What stands in place of a secret that is shown in part.
const MASK: &str = "•••";

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// In a text of an attempt of a test: which attempt of the test, from 1, and which text.
    Text {
        /// The test.
        test: TestId,
        /// The attempt, from 1.
        attempt: u32,
        /// The text.
        kind: TextKind,
    },
    /// In the identity, file or markers of a test.
    Name(TestId),
    /// In what is known of the run as a whole: `label`, `branch`, `url`, `commit`, `distribution`, or the name of a value
    /// of its environment.
    Run(String),
    /// In the name of a worker, a group, a job or a step of one, or of what coverage and benchmarks name.
    Part(String),
}

/// Something that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub kind: Kind,
    /// Where it stands.
    pub at: Where,
    /// Byte of the text at which it begins.
    pub offset: usize,
    /// How many bytes it has.
    pub length: usize,
    /// What stands around it, with most of it masked.
    pub excerpt: String,
}

impl Finding {
    /// Where it stands, in words.
    #[must_use]
    pub fn place(&self, run: &Run) -> String {
        match &self.at {
            Where::Text { test, attempt, kind } => {
                let text = match kind {
                    TextKind::Message => "message",
                    TextKind::Trace => "trace",
                    TextKind::Stdout => "output",
                    TextKind::Stderr => "error output",
                    TextKind::Log => "log",
                };
                format!("the {text} of {}, attempt {attempt}", run.test_id(*test))
            }
            Where::Name(_) => "the name of a test".to_owned(),
            Where::Run(name) => format!("the run's {name}"),
            Where::Part(what) => format!("the name of a {what}"),
        }
    }
}

/// Everything in a run that looks like a secret: of the run as a whole first, then test by test.
#[must_use]
pub fn find_secrets(run: &Run) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut look = |text: &str, at: &dyn Fn() -> Where| {
        let hits = hits(text);
        for hit in &hits {
            let Hit { kind, start, end } = *hit;
            let excerpt = excerpt(text, &hits, hit);
            found.push(Finding { kind, at: at(), offset: start, length: end - start, excerpt });
        }
    };
    let meta = &run.meta;
    look(&meta.label, &|| Where::Run("label".to_owned()));
    for (name, text) in
        [("branch", &meta.branch), ("url", &meta.url), ("commit", &meta.commit), ("distribution", &meta.dist_mode)]
    {
        look(text.as_deref().unwrap_or(""), &|| Where::Run(name.to_owned()));
    }
    for (name, value) in &meta.environment {
        // The name is what tells that a value is a secret.
        look(&format!("{name}={value}"), &|| Where::Run(name.clone()));
    }
    let mut part = |text: &str, what: &str| look(text, &|| Where::Part(what.to_owned()));
    let name = |id| run.strings.get(id);
    for worker in &run.workers {
        part(name(worker.name), "worker");
    }
    for group in &run.groups {
        part(name(group.name), "group");
    }
    for job in &run.jobs {
        part(name(job.name), "job");
        for step in &job.steps {
            part(name(step.name), "step");
        }
    }
    for report in &run.coverage {
        part(&report.source, "coverage report");
        for file in &report.files {
            part(name(file.path), "covered file");
            part(name(file.package), "covered package");
        }
    }
    for report in &run.benchmarks {
        part(&report.source, "benchmark report");
        for row in &report.rows {
            for text in [row.name, row.group, row.params, row.unit] {
                part(name(text), "benchmark");
            }
        }
    }
    for test in run.tests.ids() {
        let file = run.tests.file(test).map_or("", |file| run.strings.get(file));
        for text in [run.test_id(test), file, run.strings.get(run.tests.markers(test))] {
            look(text, &|| Where::Name(test));
        }
        for (number, attempt) in run.tests.attempts(test).enumerate() {
            for kind in TextKind::ALL {
                look(run.text(attempt, kind), &|| Where::Text { test, attempt: number as u32 + 1, kind });
            }
        }
    }
    found
}

/// The run with a word in place of everything that [`find_secrets`] finds.
#[must_use]
pub fn remove_secrets(run: &Run) -> Run {
    edited(run, &Removal)
}

/// A text with a word in place of what looks like a secret.
pub(crate) fn without(text: &str) -> Cow<'_, str> {
    let hits = hits(text);
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut from = 0;
    for Hit { kind, start, end } in hits {
        out.push_str(text.get(from..start).unwrap_or(""));
        out.push_str("[removed: ");
        out.push_str(kind.as_str());
        out.push(']');
        from = end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    Cow::Owned(out)
}

/// [`without`], of a value whose name may tell that it is a secret; of the name as well.
pub(crate) fn clean_value(name: &mut String, value: &mut String) {
    *name = without(name).into_owned();
    let whole = format!("{name}={value}");
    *value = without(&whole).get(name.len() + 1..).unwrap_or("").to_owned();
}

/// What is said of a run as a whole beside its label and environment.
pub(crate) fn told(meta: &mut RunMeta) -> impl Iterator<Item = &mut String> {
    [&mut meta.branch, &mut meta.url, &mut meta.commit, &mut meta.dist_mode].into_iter().flatten()
}

struct Removal;

impl Edit for Removal {
    fn meta(&self, meta: &mut RunMeta) {
        meta.label = without(&meta.label).into_owned();
        for text in told(meta) {
            *text = without(text).into_owned();
        }
        for (name, value) in &mut meta.environment {
            clean_value(name, value);
        }
    }

    fn text<'a>(&self, _: TextKind, text: &'a str) -> Cow<'a, str> {
        without(text)
    }

    fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        without(name)
    }

    fn worker<'a>(&self, _: usize, name: &'a str) -> Cow<'a, str> {
        without(name)
    }
}

/// The line around a finding, with all that was found in it masked before it is cut: what is left of a secret is one still.
fn excerpt(text: &str, hits: &[Hit], hit: &Hit) -> String {
    let mut from = hit.start.saturating_sub(LOOKED);
    let mut to = hit.end.saturating_add(LOOKED).min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let whole = text.get(from..hit.start).unwrap_or("").rfind('\n').map(|at| from + at + 1);
    let begins = whole.unwrap_or(from);
    let ends = text.get(hit.end..to).unwrap_or("").find('\n').map_or(to, |at| hit.end + at);
    let before = masked(text, hits, begins, hit.start);
    let skipped = before.chars().count().saturating_sub(AROUND);
    let dots = if skipped > 0 || (whole.is_none() && from > 0) { "…" } else { "" };
    let before: String = before.chars().skip(skipped).collect();
    let after: String = masked(text, hits, hit.end, ends).chars().take(AROUND).collect();
    let secret = text.get(hit.start..hit.end).unwrap_or("");
    let shown: String = secret.chars().take(if secret.len() > 3 * SHOWN { SHOWN } else { 0 }).collect();
    format!("{dots}{before}{shown}{MASK}{after}")
}

/// A stretch of a text, with dots in place of all that was found in it, also where the stretch ends inside.
fn masked(text: &str, hits: &[Hit], from: usize, to: usize) -> String {
    let mut out = String::new();
    let mut at = from;
    let first = hits.partition_point(|hit| hit.end <= from);
    for hit in hits.iter().skip(first).take_while(|hit| hit.start < to) {
        out.push_str(text.get(at..hit.start).unwrap_or(""));
        out.push_str(MASK);
        at = hit.end;
    }
    out.push_str(text.get(at..to).unwrap_or(""));
    out
}

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
    /// In what is known of the run as a whole: `label`, `branch`, `url`, or the name of a value of its environment.
    Run(String),
    /// In the name of a worker or a job, or of a step of one.
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
        for Hit { kind, start, end } in hits(text) {
            let excerpt = excerpt(text, start, end);
            found.push(Finding { kind, at: at(), offset: start, length: end - start, excerpt });
        }
    };
    let meta = &run.meta;
    look(&meta.label, &|| Where::Run("label".to_owned()));
    for (name, text) in [("branch", &meta.branch), ("url", &meta.url)] {
        look(text.as_deref().unwrap_or(""), &|| Where::Run(name.to_owned()));
    }
    for (name, value) in &meta.environment {
        // The name is what tells that a value is a secret.
        look(&format!("{name}={value}"), &|| Where::Run(name.clone()));
    }
    for worker in &run.workers {
        look(run.strings.get(worker.name), &|| Where::Part("worker".to_owned()));
    }
    for job in &run.jobs {
        look(run.strings.get(job.name), &|| Where::Part("job".to_owned()));
        for step in &job.steps {
            look(run.strings.get(step.name), &|| Where::Part("step".to_owned()));
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

/// [`without`], of a value whose name may tell that it is a secret.
pub(crate) fn without_value(name: &str, value: &str) -> String {
    let whole = format!("{name}={value}");
    without(&whole).get(name.len() + 1..).unwrap_or("").to_owned()
}

struct Removal;

impl Edit for Removal {
    fn meta(&self, meta: &mut RunMeta) {
        meta.label = without(&meta.label).into_owned();
        for text in [&mut meta.branch, &mut meta.url].into_iter().flatten() {
            *text = without(text).into_owned();
        }
        for (name, value) in &mut meta.environment {
            *value = without_value(name, value);
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

/// The line around a finding, with most of it masked.
fn excerpt(text: &str, start: usize, end: usize) -> String {
    let line_start = text.get(..start).unwrap_or("").rfind('\n').map_or(0, |at| at + 1);
    let before = text.get(line_start..start).unwrap_or("");
    let skipped = before.chars().count().saturating_sub(AROUND);
    let before: String = before.chars().skip(skipped).collect();
    let after: String = text.get(end..).unwrap_or("").chars().take_while(|c| *c != '\n').take(AROUND).collect();
    let secret = text.get(start..end).unwrap_or("");
    let shown: String = secret.chars().take(if secret.len() > 3 * SHOWN { SHOWN } else { 0 }).collect();
    // What stands around it may be the next secret.
    let dots = if skipped > 0 { "…" } else { "" };
    format!("{dots}{}{shown}•••{}", without(&before), without(&after))
}

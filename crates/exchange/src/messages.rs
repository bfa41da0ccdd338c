//! What was said of the files of a run, on its way out with it.

use lanescope_model::{Issue, Place, Run, Severity};
use lanescope_protocol::{FileSummary, Message};

use crate::Redaction;
use crate::redact::Words;

/// The messages of the files that are part of the run of this id ([`lanescope_protocol::messages`]).
#[must_use]
pub fn messages(files: &[FileSummary], id: &str, run: &Run) -> Vec<Issue> {
    let mut notes = Vec::new();
    let names = [id, run.meta.label.as_str(), run.meta.id.as_str()];
    lanescope_protocol::messages(files, &names, &mut |message, text| {
        notes.push(note(&Message { text, ..message.clone() }));
    });
    notes
}

/// A message as it goes with a run.
#[must_use]
pub fn note(message: &Message) -> Issue {
    let severity = match message.severity.as_str() {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => Severity::Info,
    };
    Issue { severity, at: message.at.clone().map(Place::Path), text: message.text.clone() }
}

/// Messages of a run without what goes, and never with what looks like a secret: nobody looks for one there.
#[must_use]
pub fn redact_notes(run: &Run, notes: Vec<Issue>, redaction: &Redaction) -> Vec<Issue> {
    let redaction = Redaction { secrets: true, ..*redaction };
    let words = Words::of(run, &redaction);
    let clean = |issue: Issue| {
        let at = issue.at.map(|at| match at {
            Place::Path(path) => Place::Path(words.words(&path).into_owned()),
            at => at,
        });
        Issue { text: words.words(&issue.text).into_owned(), at, ..issue }
    };
    notes.into_iter().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use lanescope_model::{RunMeta, Tables};
    use lanescope_protocol::{NO_STARTS, PartOf};

    use super::*;

    fn run(id: &str, label: &str) -> Run {
        let meta = RunMeta { id: id.to_owned(), label: label.to_owned(), ..RunMeta::default() };
        Run::new(meta, Tables::default())
    }

    fn file(path: &str, format: &str, runs: &[&str], texts: &[&str]) -> FileSummary {
        let message = |text: &&str| Message {
            severity: "warning".to_owned(),
            at: Some("line 3".to_owned()),
            text: (*text).to_owned(),
        };
        FileSummary {
            path: path.to_owned(),
            format: format.to_owned(),
            dialect: None,
            status: "warning".to_owned(),
            tests: 1,
            bytes: 1,
            messages: texts.iter().map(message).collect(),
            archive: None,
            no_report: false,
            part_of: runs.iter().map(|run| PartOf { run: (*run).to_owned(), ..PartOf::default() }).collect(),
        }
    }

    #[test]
    fn messages_go_with_the_run_that_they_are_about() {
        let files = [
            file("me/a.zip!b/junit.xml", "junit-xml", &["1"], &["cut off", NO_STARTS]),
            file("other.xml", "junit-xml", &["2"], &["not of this run"]),
            file("old.lanescope", "lanescope-pack", &["1"], &["c.xml: odd"]),
            file(
                "many.lanescope",
                "lanescope-pack",
                &["1", "2"],
                &["nightly: d.xml: mine", "own: e.xml: mine too", "weekly: d.xml: theirs"],
            ),
        ];
        let found = messages(&files, "1", &run("own", "nightly"));
        let texts: Vec<&str> = found.iter().map(|issue| issue.text.as_str()).collect();
        assert_eq!(texts, ["junit.xml: cut off", "c.xml: odd", "d.xml: mine", "e.xml: mine too"]);
        let first = found.first().map(|issue| (issue.severity, issue.at.as_ref().map(ToString::to_string)));
        assert_eq!(first, Some((Severity::Warning, Some("line 3".to_owned()))));
    }

    #[test]
    fn messages_tell_no_secret_and_no_folder() {
        let note = Issue::new(Severity::Info, "at /home/me/project/a.xml: password=hunter21!x");
        let clean = redact_notes(&run("1", ""), vec![note], &Redaction { paths: true, ..Redaction::default() });
        let text = clean.first().map(|issue| issue.text.as_str()).unwrap_or_default();
        assert!(text.contains("…/a.xml") && !text.contains("hunter21") && !text.contains("/home"), "{text}");
    }
}

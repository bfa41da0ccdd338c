//! Runs on their way out.

use std::io::{self, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use lanescope_exchange::{
    COMMENT, Redaction, ctrf, find_secrets, junit, markdown, note, redact, redact_notes, tests_csv,
};
use lanescope_ingest::{FileReport, Format, Loaded, More, Source, codec};
use lanescope_model::{Issue, Run, Severity};
use lanescope_pack::{Names, PackOptions, Texts, Times, pack_noted, to_text};
use lanescope_protocol::{Message, SecretLine, Secrets, ShareForm, ShareTexts, Shared, Sharing};

/// Findings that are named one by one.
const NAMED: usize = 50;

/// The runs as they are told: without what goes beside texts and names, which a pack leaves out itself.
fn told(runs: &[&Run], sharing: &Sharing, names: Names) -> Vec<Run> {
    let redaction = redaction(sharing, names);
    runs.iter().map(|run| redact(run, &redaction)).collect()
}

fn redaction(sharing: &Sharing, names: Names) -> Redaction {
    Redaction {
        texts: texts(sharing),
        names,
        hosts: sharing.hide_hosts,
        paths: sharing.hide_paths,
        secrets: sharing.remove_secrets,
    }
}

fn texts(sharing: &Sharing) -> Texts {
    match sharing.texts {
        ShareTexts::All => Texts::All,
        ShareTexts::Messages => Texts::Messages,
        ShareTexts::None => Texts::None,
    }
}

fn names(sharing: &Sharing) -> Names {
    if sharing.mask_names { Names::Masked } else { Names::Kept }
}

/// What was said of files, by the ids of their runs.
type Notes = [(String, Message)];

/// What was said of the files of a run.
pub(crate) fn noted(notes: &Notes, run: &Run) -> Vec<Issue> {
    notes.iter().filter(|(id, _)| *id == run.meta.id).map(|(_, message)| note(message)).collect()
}

/// What was said of the files of each run, as far as it is told.
fn notes(runs: &[&Run], notes: &Notes, sharing: &Sharing) -> Vec<Vec<Issue>> {
    if sharing.mask_names {
        return runs.iter().map(|_| Vec::new()).collect();
    }
    let redaction = redaction(sharing, Names::Kept);
    runs.iter().map(|run| redact_notes(run, noted(notes, run), &redaction)).collect()
}

fn packed(runs: &[&Run], said: &Notes, sharing: &Sharing) -> Vec<u8> {
    let told = told(runs, sharing, Names::Kept);
    let notes = notes(runs, said, sharing);
    let times = if sharing.rough_times { Times::Milliseconds } else { Times::Exact };
    let options = PackOptions { names: names(sharing), times, ..PackOptions::default() };
    let noted: Vec<(&Run, &[Issue])> = told.iter().zip(&notes).map(|(run, notes)| (run, notes.as_slice())).collect();
    pack_noted(&noted, &options)
}

/// What a reader gives to the engine of these runs, as gzip. They come as those of a pack do: whole, and joined with nothing.
fn report(runs: Vec<Run>, notes: Vec<Vec<Issue>>) -> io::Result<Vec<u8>> {
    let format = Format::More(More::LanescopePack);
    let mut loaded = Vec::new();
    for (run, mut issues) in runs.into_iter().zip(notes) {
        // An error would say that nothing of this file is used.
        issues.iter_mut().for_each(|issue| issue.severity = issue.severity.min(Severity::Warning));
        let path = if run.meta.label.is_empty() { run.meta.id.clone() } else { run.meta.label.clone() };
        let tests = run.tests.len();
        let report = FileReport { path: path.clone(), format, tests, issues, ..FileReport::default() };
        let source = Source { path, format, naive_clock: false, shard: None, run: Arc::new(run) };
        loaded.push(Loaded { report, sources: vec![source] });
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let mut done = Ok(());
    codec::encode(&loaded, &mut |part| {
        if done.is_ok() {
            done = gzip.write_all(part);
        }
    });
    done?;
    gzip.finish()
}

/// The runs in a form, and its bytes.
pub(crate) fn share(runs: &[&Run], said: &Notes, sharing: &Sharing, form: ShareForm) -> (Shared, Option<Vec<u8>>) {
    let whole =
        |runs: &[&Run]| told(runs.get(..1).unwrap_or_default(), sharing, names(sharing)).pop().unwrap_or_default();
    let (ending, mime, bytes) = match form {
        ShareForm::Link => ("txt", "text/plain", to_text(&packed(runs, said, sharing)).into_bytes()),
        ShareForm::LinkLength => {
            // Four letters for three bytes, without padding.
            let bytes = (packed(runs, said, sharing).len() as u64 * 4).div_ceil(3);
            return (Shared { name: String::new(), mime: String::new(), bytes }, None);
        }
        ShareForm::Pack => ("lanescope", "application/octet-stream", packed(runs, said, sharing)),
        ShareForm::Ctrf => ("ctrf.json", "application/json", ctrf(&whole(runs)).into_bytes()),
        ShareForm::Junit => ("junit.xml", "application/xml", junit(&whole(runs)).into_bytes()),
        ShareForm::TestsCsv => ("tests.csv", "text/csv", tests_csv(&whole(runs)).into_bytes()),
        ShareForm::Report => {
            // Nothing is written but into memory.
            let bytes = report(told(runs, sharing, names(sharing)), notes(runs, said, sharing)).unwrap_or_default();
            ("html", "text/html", bytes)
        }
        ShareForm::Markdown => ("md", "text/markdown", markdown(&whole(runs), COMMENT).into_bytes()),
    };
    let label = runs.first().map_or("", |run| run.meta.label.as_str());
    let label = if sharing.mask_names || label.is_empty() { "run" } else { label };
    let clean = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let stem: String = label.chars().take(80).map(clean).collect();
    let name = format!("{}.{ending}", stem.trim_start_matches('.'));
    (Shared { name, mime: mime.to_owned(), bytes: bytes.len() as u64 }, Some(bytes))
}

/// What looks like a secret in what would leave.
pub(crate) fn secrets(runs: &[&Run], sharing: &Sharing) -> Secrets {
    let mut found = Secrets::default();
    if sharing.mask_names {
        return found;
    }
    for run in told(runs, sharing, Names::Kept) {
        for finding in find_secrets(&run) {
            found.total += 1;
            if found.lines.len() < NAMED {
                let kind = finding.kind.as_str().to_owned();
                found.lines.push(SecretLine { kind, place: finding.place(&run), excerpt: finding.excerpt });
            }
        }
    }
    found
}

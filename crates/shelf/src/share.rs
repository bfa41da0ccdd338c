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
use lanescope_pack::{Names, PackOptions, Texts, Times, pack_noted, reduce, to_text};
use lanescope_protocol::{Message, SecretLine, Secrets, ShareForm, ShareTexts, Shared, Sharing};

/// Findings that are named one by one.
const NAMED: usize = 50;

/// The runs without what goes of their words; names and times are as they were.
fn cleaned(runs: &[&Run], sharing: &Sharing) -> Vec<Run> {
    let redaction = redaction(sharing);
    runs.iter().map(|run| redact(run, &redaction)).collect()
}

/// The runs as they are told. All at once: a test has one masked name in all of them.
fn told(runs: &[&Run], sharing: &Sharing) -> Vec<Run> {
    let cleaned = cleaned(runs, sharing);
    let options = options(sharing);
    if options == PackOptions::default() {
        return cleaned;
    }
    reduce(&cleaned.iter().collect::<Vec<_>>(), &options)
}

/// What is left out beside words.
fn options(sharing: &Sharing) -> PackOptions {
    PackOptions {
        names: if sharing.mask_names { Names::Masked } else { Names::Kept },
        times: if sharing.rough_times { Times::Milliseconds } else { Times::Exact },
        ..PackOptions::default()
    }
}

fn redaction(sharing: &Sharing) -> Redaction {
    Redaction {
        texts: texts(sharing),
        names: Names::Kept,
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
    let redaction = redaction(sharing);
    runs.iter().map(|run| redact_notes(run, noted(notes, run), &redaction)).collect()
}

fn packed(runs: &[&Run], said: &Notes, sharing: &Sharing) -> Vec<u8> {
    // A pack leaves out names and times itself.
    let cleaned = cleaned(runs, sharing);
    let notes = notes(runs, said, sharing);
    let noted: Vec<(&Run, &[Issue])> = cleaned.iter().zip(&notes).map(|(run, notes)| (run, notes.as_slice())).collect();
    pack_noted(&noted, &options(sharing))
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
        let path: Arc<str> = path.into();
        let report = FileReport { path: Arc::clone(&path), format, tests, issues, ..FileReport::default() };
        let source = Source { path, format, naive_clock: false, shard: None, run: Arc::new(run) };
        loaded.push(Loaded { report, sources: vec![source], foreign: false });
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

/// The run's label as it is told, for the name of a file.
fn label(run: &Run, sharing: &Sharing) -> String {
    let label = Issue::new(Severity::Info, run.meta.label.clone());
    redact_notes(run, vec![label], &redaction(sharing)).pop().map(|label| label.text).unwrap_or_default()
}

/// The runs in a form, and its bytes.
pub(crate) fn share(runs: &[&Run], said: &Notes, sharing: &Sharing, form: ShareForm) -> (Shared, Option<Vec<u8>>) {
    // These hold one run; whoever asks names it first.
    let whole = |runs: &[&Run]| told(runs.get(..1).unwrap_or_default(), sharing).pop().unwrap_or_default();
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
            let bytes = report(told(runs, sharing), notes(runs, said, sharing)).unwrap_or_default();
            ("html", "text/html", bytes)
        }
        ShareForm::Markdown => ("md", "text/markdown", markdown(&whole(runs), COMMENT).into_bytes()),
    };
    let label = if sharing.mask_names { None } else { runs.first().map(|run| label(run, sharing)) };
    let label = label.filter(|label| !label.is_empty()).unwrap_or_else(|| "run".to_owned());
    let clean = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let stem: String = label.chars().take(80).map(clean).collect();
    let name = format!("{}.{ending}", stem.trim_start_matches('.'));
    (Shared { name, mime: mime.to_owned(), bytes: bytes.len() as u64 }, Some(bytes))
}

/// What looks like a secret in what would leave.
pub(crate) fn secrets(runs: &[&Run], sharing: &Sharing) -> Secrets {
    let mut found = Secrets::default();
    for run in told(runs, sharing) {
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

#[cfg(test)]
mod tests {
    use lanescope_model::{AttemptRow, RunBuilder};

    use super::*;

    /// A run with these tests.
    fn run(label: &str, tests: &[&str]) -> Run {
        let mut builder = RunBuilder::new();
        builder.meta.label = label.to_owned();
        for id in tests {
            let test = builder.test(None, id, 6);
            builder.attempt(AttemptRow { start_us: Some(1_234_567), total_us: Some(2_345), ..AttemptRow::new(test) });
        }
        builder.finish()
    }

    #[test]
    fn a_masked_name_is_one_test_in_all_runs_and_times_are_rough() {
        let (first, second) = (run("", &["a.py::test_a", "a.py::test_b"]), run("", &["a.py::test_b"]));
        let sharing = Sharing { mask_names: true, rough_times: true, ..Sharing::default() };
        let told = told(&[&first, &second], &sharing);
        let ids = |run: &Run| run.tests.ids().map(|test| run.test_id(test).to_owned()).collect::<Vec<_>>();
        let names: Vec<Vec<String>> = told.iter().map(ids).collect();
        assert_eq!(names, [&["file-01::test-0001", "file-01::test-0002"][..], &["file-01::test-0002"]]);
        let times = |run: &Run| run.attempts.ids().filter_map(|a| run.attempts.total_us(a)).collect::<Vec<_>>();
        assert!(told.iter().flat_map(times).all(|us| us == 2_000));
        let (_, csv) = share(&[&second], &[], &Sharing { mask_names: false, ..sharing }, ShareForm::TestsCsv);
        let csv = String::from_utf8(csv.unwrap_or_default()).unwrap_or_default();
        assert!(csv.contains("0.002") && !csv.contains("0.002345"), "{csv}");
    }

    #[test]
    fn masked_names_hide_no_secret_of_the_rest() {
        let token = format!("ghp_{}", "q7Zt1mWx9Kc4Rv8Ls2Hd6Jf3Gb5Np0Ty1234");
        let run = run(&token, &["a.py::test_a"]);
        let masked = Sharing { mask_names: true, ..Sharing::default() };
        assert_eq!(secrets(&[&run], &masked).total, 1);
        assert_eq!(secrets(&[&run], &Sharing { remove_secrets: true, ..masked }).total, 0);
        let (shared, _) = share(&[&run], &[], &Sharing { remove_secrets: true, ..Sharing::default() }, ShareForm::Ctrf);
        assert!(!shared.name.contains("ghp_"), "{}", shared.name);
    }
}

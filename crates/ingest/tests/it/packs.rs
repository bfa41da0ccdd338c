//! Packs of runs: they come back as they were, and nothing is joined to them.

use std::path::Path;
use std::sync::Arc;

use lanescope_ingest::{Format, Loaded, More, Source, join};
use lanescope_model::{Issue, Run, Severity};
use lanescope_pack::{PackOptions, Texts, pack, pack_noted, to_text};

use crate::fixtures::{describe, fixtures};
use crate::shared::{issues, load, load_bytes, open_bytes};

fn fixture(name: &str) -> Loaded {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name))
}

fn sources(loaded: impl IntoIterator<Item = Loaded>) -> Vec<Source> {
    loaded.into_iter().flat_map(|loaded| loaded.sources).collect()
}

#[test]
fn every_fixture_comes_back_out_of_a_pack() {
    let mut all: Vec<Arc<Run>> = Vec::new();
    for path in fixtures() {
        let runs = join(&sources([load(&path)]));
        for joined in &runs {
            let packed = load_bytes(pack(&[&joined.run], &PackOptions::default()));
            assert_eq!(packed.report.format, Format::More(More::LanescopePack), "{}", path.display());
            let [source] = packed.sources.as_slice() else { panic!("{}", issues(&packed)) };
            assert_eq!(source.run.meta, joined.run.meta);
            assert_eq!(describe(&source.run), describe(&joined.run), "{}", path.display());
            assert_eq!(packed.report.tests, joined.run.tests.len());
        }
        all.extend(runs.into_iter().map(|joined| joined.run));
    }
    let whole: Vec<&Run> = all.iter().map(AsRef::as_ref).collect();
    let packed = load_bytes(pack(&whole, &PackOptions::default()));
    assert_eq!(packed.sources.len(), all.len());
    for (source, run) in packed.sources.iter().zip(&all) {
        assert_eq!((&source.run.meta, describe(&source.run)), (&run.meta, describe(run)));
    }
}

#[test]
fn a_pack_is_known_as_bytes_as_text_and_in_an_address() {
    let loaded = fixture("junit-xml/pytest-9.2.0-reruns.xml");
    let run = &loaded.sources.first().expect("a run").run;
    let bytes = pack(&[run], &PackOptions { texts: Texts::None, ..PackOptions::default() });
    let text = to_text(&bytes);
    let address = format!("https://example.org/#/overview?data={text}");
    for content in [bytes, text.clone().into_bytes(), format!("{text}\n").into_bytes(), address.into_bytes()] {
        let loaded = load_bytes(content);
        assert_eq!(loaded.report.format, Format::More(More::LanescopePack));
        assert_eq!(loaded.sources.first().map(|s| &s.run.meta), Some(&run.meta), "{}", issues(&loaded));
    }
    let cut = text.get(..text.len() - 20).expect("it is longer");
    let loaded = load_bytes(cut.as_bytes().to_vec());
    assert_eq!((loaded.report.format, loaded.sources.len()), (Format::More(More::LanescopePack), 0));
    assert!(issues(&loaded).contains("was cut off"), "{}", issues(&loaded));
}

#[test]
fn a_pack_of_the_first_version_is_read_by_every_later_one() {
    let loaded = fixture("lanescope-pack/pytest-9.2.0-reruns.pack");
    let [source] = loaded.sources.as_slice() else { panic!("{}", issues(&loaded)) };
    let text = describe(&source.run);
    insta::assert_snapshot!(text);
}

#[test]
fn what_was_said_of_the_files_of_a_run_is_said_again_with_its_name() {
    let loaded = fixture("lanescope-pack/pytest-9.2.0-two-cut-off.pack");
    assert_eq!(loaded.sources.len(), 2);
    let said: Vec<&str> = loaded.report.issues.iter().map(|issue| issue.text.as_str()).collect();
    for text in [
        "nightly: nightly.xml: the file is cut off at byte 600; the 3 tests that are complete are used",
        "weekly: weekly.jsonl: the last line (18) is cut off and left out",
    ] {
        assert!(said.contains(&text), "{said:?}");
    }
    // Nothing of the pack itself is wrong.
    assert!(loaded.report.issues.iter().all(|issue| issue.severity < Severity::Error));
    // Runs of one label are told apart by their ids.
    let runs: Vec<&Run> = loaded.sources.iter().map(|source| source.run.as_ref()).collect();
    let alike: Vec<Run> = runs
        .iter()
        .map(|run| {
            let mut run = (*run).clone();
            run.meta.label = "nightly".to_owned();
            run
        })
        .collect();
    let notes = [Issue::new(Severity::Info, "odd")];
    let noted: Vec<(&Run, &[Issue])> = alike.iter().map(|run| (run, notes.as_slice())).collect();
    let loaded = load_bytes(pack_noted(&noted, &PackOptions::default()));
    let said: Vec<String> = loaded.report.issues.iter().map(|issue| issue.text.clone()).collect();
    assert_eq!(said, runs.iter().map(|run| format!("{}: odd", run.meta.id)).collect::<Vec<_>>());
}

#[test]
fn a_packed_run_is_joined_with_nothing_and_stands_once() {
    let files =
        sources([fixture("junit-xml/pytest-9.2.0-reruns.xml"), fixture("pytest-reportlog/pytest-9.2.0-reruns.jsonl")]);
    let joined = join(&files);
    let runs: Vec<&Run> = joined.iter().map(|joined| joined.run.as_ref()).collect();
    let packed = sources(open_bytes("history", pack(&runs, &PackOptions::default())));
    // By itself, and twice under two names.
    assert_eq!(join(&packed).len(), runs.len());
    let twice: Vec<Source> = packed.iter().chain(&packed).cloned().collect();
    assert_eq!(join(&twice).len(), runs.len());
    // With the files that it was made of: these tell more, and the pack adds nothing.
    let all: Vec<Source> = packed.iter().chain(&files).cloned().collect();
    let again = join(&all);
    assert_eq!(again.len(), runs.len());
    for (again, joined) in again.iter().zip(&joined) {
        assert_eq!(describe(&again.run), describe(&joined.run));
        assert_eq!(again.sources.len(), joined.sources.len() + 1);
        assert!(again.notes.iter().any(|note| note.text.contains("counts once")));
    }
    // With one of the files only it is another run, and nothing is joined to it.
    let all: Vec<Source> = packed.iter().chain(files.get(..1).unwrap_or_default()).cloned().collect();
    assert_eq!(join(&all).len(), runs.len() + 1);
}

//! Tools that write a file for each attempt: the files of a folder are one run.

use lanescope_ingest::{OpenFile, Opening, Rule, Source, join};
use lanescope_model::Outcome;

use crate::fixtures::fixtures;
use crate::shared::{folder, json, load};

#[test]
fn the_results_of_a_folder_are_one_run_with_its_attempts() {
    let allure = fixtures().into_iter().filter(|p| p.to_string_lossy().contains("/allure-results/"));
    let sources: Vec<Source> = allure.flat_map(|p| load(&p).sources).collect();
    let runs = join(&sources);
    assert_eq!(runs.len(), 1);
    let run = &runs[0].run;
    assert_eq!(runs[0].sources.len(), sources.len());
    assert_eq!(run.attempts.len(), sources.len());
    let flaky: Vec<&str> = run.tests.ids().filter(|&t| run.tests.is_flaky(t)).map(|t| run.test_id(t)).collect();
    assert_eq!(flaky, ["flaky_tests.py::test_second_time"]);
    assert_eq!(run.workers.len(), 2);
}

#[test]
fn sets_of_files_come_to_the_runs_that_they_are() {
    let Some(dir) = folder("corpus") else { return };
    for set in json(&dir.join("sets.json")).as_array().unwrap() {
        let name = set["set"].as_str().unwrap();
        if !name.starts_with("allure") {
            continue;
        }
        let files = set["files"].as_object().unwrap().keys();
        let sources: Vec<Source> = files.flat_map(|path| load(&dir.join(path)).sources).collect();
        let runs = join(&sources);
        assert_eq!(runs.len(), 1, "{name}");
        let (run, wanted) = (&runs[0].run, &set["merged_as_one_run"]);
        let counts = run.counts();
        for (word, found) in [
            ("tests", run.tests.len()),
            ("attempts", run.attempts.len()),
            ("passed", counts.get(Outcome::Passed) as usize),
            ("failed", counts.get(Outcome::Failed) as usize),
            ("workers", run.workers.len()),
            ("flaky", run.flaky_count() as usize),
        ] {
            assert_eq!(found as u64, wanted[word].as_u64().unwrap(), "{name}: {word}");
        }
    }
}

#[test]
fn an_archive_of_ten_thousand_attempts_is_one_run() {
    let Some(dir) = folder("artifacts/large") else { return };
    let path = dir.join("allure-10k.zip");
    let wanted = &json(&dir.join("oracle.json"))["allure-10k.zip"];
    let reader = Box::new(std::fs::File::open(&path).unwrap());
    let file = OpenFile { path: "allure-10k.zip".to_owned(), size: None, reader };
    let sources: Vec<Source> = Opening::new(vec![file]).read_all().into_iter().flat_map(|l| l.sources).collect();
    let runs = join(&sources);
    assert_eq!(runs.len(), 1);
    let (run, counts) = (&runs[0].run, runs[0].run.counts());
    assert_eq!(runs[0].rules[0].0, Rule::Folder);
    let places: Vec<usize> = runs[0].parts.iter().map(|part| part.source).collect();
    assert_eq!(places, runs[0].sources);
    for (word, found) in [
        ("result_files", places.len()),
        ("tests", run.tests.len()),
        ("attempts", run.attempts.len()),
        ("passed", counts.get(Outcome::Passed) as usize),
        ("failed", counts.get(Outcome::Failed) as usize),
        ("error", counts.get(Outcome::Error) as usize),
        ("skipped", counts.get(Outcome::Skipped) as usize),
        ("workers", run.workers.len()),
        ("flaky_passed_on_retry", run.flaky_count() as usize),
    ] {
        assert_eq!(found as u64, wanted[word].as_u64().unwrap(), "{word}");
    }
}

//! Files of one session become one run: folders of real runs against what is known of each.

use std::path::{Path, PathBuf};

use lanescope_ingest::{Joined, Source, join};
use lanescope_model::Outcome;
use serde_json::Value;

use crate::shared::{folder, json, load};

/// All readable files of a folder, read in the order of their names.
fn sources(dir: &Path) -> Vec<Source> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let wanted = |p: &PathBuf| {
        let name = p.file_name().unwrap().to_string_lossy().into_owned();
        ["junit", "log", "xml"].iter().any(|w| name.contains(w)) && !name.contains("oracle")
    };
    paths.iter().filter(|p| wanted(p)).flat_map(|p| load(p).sources).collect()
}

fn by_label<'a>(runs: &'a [Joined], label: &str) -> &'a Joined {
    let found: Vec<&Joined> = runs.iter().filter(|j| j.run.meta.label == label).collect();
    assert_eq!(found.len(), 1, "{label} among {:?}", runs.iter().map(|j| &j.run.meta.label).collect::<Vec<_>>());
    found[0]
}

#[test]
fn runs_of_pytest_xdist_are_put_together_from_their_three_files() {
    for suite in ["networkx", "iosuite"] {
        let Some(dir) = folder(&format!("artifacts/pytest-xdist/{suite}")) else { return };
        let oracle = json(&dir.join("oracle.json"));
        let sources = sources(&dir);
        let runs = join(&sources);
        let present: Vec<&String> =
            oracle.as_object().unwrap().keys().filter(|k| dir.join(format!("{k}.junit.xml")).exists()).collect();
        for j in &runs {
            println!("{} {:?}", j.run.meta.label, j.sources.iter().map(|&i| &sources[i].path).collect::<Vec<_>>());
        }
        // The three files that a suite was split into are shards of one run.
        let (shards, present): (Vec<&String>, Vec<&String>) =
            present.into_iter().partition(|name| name.starts_with("split"));
        assert_eq!(runs.len(), present.len() + usize::from(!shards.is_empty()), "{suite}");
        if !shards.is_empty() {
            let whole = runs.iter().find(|j| j.sources.len() == 3 * shards.len()).unwrap();
            let tests: u64 = shards.iter().map(|name| oracle[*name]["junit"]["testcases"].as_u64().unwrap()).sum();
            assert_eq!(whole.run.tests.len() as u64, tests, "{suite}");
        }
        for name in present {
            let o = &oracle[name];
            let joined = by_label(&runs, name);
            assert_eq!(joined.sources.len(), 3, "{name}");
            assert!(
                joined.notes.iter().all(|n| n.severity < lanescope_model::Severity::Warning),
                "{name}: {:?}",
                joined.notes
            );
            let run = &joined.run;
            let counts = run.counts();
            let summary = |word: &str| o["summary"].get(word).and_then(Value::as_u64).unwrap_or(0);
            assert_eq!(run.tests.len() as u64, o["junit"]["testcases"].as_u64().unwrap(), "{name}");
            for (outcome, word) in
                [(Outcome::Passed, "passed"), (Outcome::Skipped, "skipped"), (Outcome::XFailed, "xfailed")]
            {
                assert_eq!(u64::from(counts.get(outcome)), summary(word), "{name} {word}");
            }
            let workers = o["workers"].as_u64().unwrap_or(0).max(1);
            assert_eq!(run.workers.len() as u64, workers, "{name}");
            assert_eq!(run.meta.sequential, o["workers"].as_u64().unwrap_or(0) == 0, "{name}");
            assert_eq!(run.meta.dist_mode.as_deref(), o["dist"].as_str(), "{name}");
            let (start, stop) = run.window_us().unwrap();
            let span = o["reportlog"]["span_s"].as_f64().unwrap();
            assert!(((stop - start) as f64 / 1e6 - span).abs() < span * 0.01, "{name}");
            let session: f64 = o["junit"]["attrs"]["time"].as_str().unwrap().parse().unwrap();
            assert!((run.meta.session.length_us.unwrap() as f64 / 1e6 - session).abs() < 0.002, "{name}");
        }
    }
}

#[test]
fn forty_folders_with_equal_file_names_are_forty_runs() {
    let Some(dir) = folder("artifacts/pytest-flaky") else { return };
    let oracle = json(&dir.join("oracle.json"));
    let sources = sources(&dir.join("runs"));
    let runs = join(&sources);
    assert_eq!(runs.len(), 40);
    let mut ids: Vec<&String> = runs.iter().map(|j| &j.run.meta.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    for known in oracle["runs"].as_array().unwrap().iter().filter(|r| r["dir"].as_str().unwrap().starts_with("runs/")) {
        let name = known["dir"].as_str().unwrap().strip_prefix("runs/").unwrap();
        let joined = by_label(&runs, name);
        assert_eq!(joined.sources.len(), 3, "{name}");
        let run = &joined.run;
        assert_eq!(run.tests.len() as u64, known["reportlog"]["tests"].as_u64().unwrap(), "{name}");
        let failing = run.counts().get(Outcome::Failed) + run.counts().get(Outcome::Error);
        // In the run that was interrupted, a test whose only attempt failed was to be run again.
        let waiting = u64::from(name == "run-022");
        assert_eq!(u64::from(failing) - waiting, known["reportlog"]["failing_tests"].as_u64().unwrap(), "{name}");
        let flaky = known["reportlog"]["passed_after_rerun"].as_u64().unwrap();
        assert_eq!(u64::from(run.flaky_count()) + waiting, flaky, "{name}");
        for note in joined.notes.iter().filter(|n| n.severity > lanescope_model::Severity::Info) {
            println!("{name}: {}", note.text);
        }
    }
}

#[test]
fn reports_of_one_run_in_a_folder_with_many_find_each_other() {
    let Some(dir) = folder("artifacts/formats") else { return };
    let truth = json(&dir.join("truth.json"));
    let mut sources = sources(&dir.join("oracle-pytest-xdist"));
    sources.extend(self::sources(&dir.join("oracle-timestamped-log")));
    let runs = join(&sources);
    for (name, run) in truth["runs"].as_object().unwrap() {
        let mut files: Vec<&str> = run["files"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, f)| {
                ["junit-xml", "pytest-reportlog", "xdist-console-log", "github-actions-log"]
                    .contains(&f["format"].as_str().unwrap())
            })
            .map(|(p, _)| p.as_str())
            .collect();
        files.sort_unstable();
        if files.len() < 2 || !name.starts_with("pytest") && !name.starts_with("ts") {
            continue;
        }
        let found = runs.iter().any(|j| {
            let mut paths: Vec<&str> = j.sources.iter().map(|&i| &*sources[i].path).collect();
            paths.sort_unstable();
            paths.len() == files.len() && paths.iter().zip(&files).all(|(p, f)| p.ends_with(f))
        });
        let groups: Vec<Vec<&str>> = runs
            .iter()
            .map(|j| j.sources.iter().map(|&i| sources[i].path.rsplit('/').next().unwrap()).collect())
            .collect();
        assert!(found, "{name}: {files:?} among {groups:#?}");
    }
}

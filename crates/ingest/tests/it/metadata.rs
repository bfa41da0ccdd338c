//! What is said of runs as a whole finds its runs.

use lanescope_ingest::{Grouping, Joined, Loader, Source, join, join_by};
use lanescope_model::Run;

fn sources(files: &[(&str, String)]) -> Vec<Source> {
    let load = |(path, text): &(&str, String)| {
        Loader::new(path, None, Box::new(std::io::Cursor::new(text.clone().into_bytes()))).read_all().sources
    };
    files.iter().flat_map(load).collect()
}

fn commits(runs: &[Joined]) -> Vec<Option<&str>> {
    runs.iter().map(|j| j.run.meta.commit.as_deref()).collect()
}

fn report(test: u64) -> String {
    format!(
        r#"<testsuite name="s" timestamp="2026-03-02T08:12:4{test}Z"><testcase classname="a" name="b{test}" time="1"/></testsuite>"#
    )
}

#[test]
fn a_file_about_a_run_goes_to_the_run_in_its_folder() {
    let said = |commit: &str| {
        format!(
            r#"{{"commit": "{commit}", "branch": "main", "started_at": "2026-03-02T08:12:39Z", "os": "linux", "cpus": 4, "nothing": null, "list": [1]}}"#
        )
    };
    let files = [
        ("h/run-2/report.xml", report(1)),
        ("h/run-2/run.json", said("aaa")),
        ("h/run-1/run.json", said("bbb")),
        ("h/run-1/out/report.xml", report(2)),
    ];
    let read = sources(&files);
    let runs = join(&read);
    assert_eq!(commits(&runs), [Some("aaa"), Some("bbb")], "no run is made of what is said of one");
    // Both are kept, the file's run for a later rule: what is large in it must not be there twice.
    let tables = |run: &Run| std::ptr::from_ref(&run.tests);
    let files_run = read.iter().find(|source| source.path.ends_with("run-2/report.xml")).unwrap();
    assert_eq!(tables(&runs.first().unwrap().run), tables(&files_run.run));
    let meta = &runs.first().unwrap().run.meta;
    assert_eq!(meta.branch.as_deref(), Some("main"));
    let environment: Vec<_> = meta.environment.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(environment, [("os", "linux"), ("cpus", "4")]);
}

// A file picker gives names without folders: forty files are all called run.json then.
#[test]
fn of_several_in_one_folder_the_nearest_in_time_speaks() {
    let said = |commit: &str, second: u64| {
        (
            "run.json",
            format!(r#"{{"commit": "{commit}", "branch": "main", "started_at": "2026-03-02T08:12:4{second}Z"}}"#),
        )
    };
    let files = [said("ddd", 6), said("aaa", 0), ("junit.xml", report(1)), said("bbb", 4), ("junit.xml", report(5))];
    assert_eq!(commits(&join(&sources(&files))), [Some("aaa"), Some("bbb")]);
}

#[test]
fn what_is_said_of_another_time_is_left_out() {
    let said = r#"{"sha": "aaa", "started_at": "2025-03-02T08:12:39Z"}"#.to_owned();
    let runs = join(&sources(&[("run/report.xml", report(1)), ("run/run.json", said)]));
    assert_eq!(commits(&runs), [None]);
}

#[test]
fn properties_of_a_suite_name_commit_and_place() {
    let junit = r#"<testsuite name="s"><properties><property name="commit" value="abc"/><property name="branch" value="b"/>
        <property name="java.version" value="21"/><property name="PATH" value="/bin"/></properties>
        <testcase classname="a" name="b" time="1"/></testsuite>"#;
    let runs = join(&sources(&[("a.xml", junit.to_owned())]));
    let meta = &runs.first().unwrap().run.meta;
    assert_eq!((meta.commit.as_deref(), meta.branch.as_deref()), (Some("abc"), Some("b")));
    assert_eq!(meta.environment, [("java.version".to_owned(), "21".to_owned())]);
}

/// How the files are joined, what is said of them as a whole, and how many notes say where a run was spoken of.
fn said(files: &[(&str, String)]) -> (Vec<Joined>, Vec<String>, usize) {
    let mut limits = Vec::new();
    let runs = join_by(&sources(files), &Grouping::Auto, &mut limits);
    let notes = runs.iter().flat_map(|joined| &joined.notes);
    let taken = notes.filter(|note| note.text.contains("are also taken from")).count();
    (runs, limits, taken)
}

#[test]
fn a_run_is_spoken_of_by_some_files_only() {
    let about = |i: usize| (format!("run/about-{i}.json"), r#"{"commit": "aaa", "branch": "main"}"#.to_owned());
    let mut files: Vec<(String, String)> = (0..64).map(about).collect();
    files.push(("run/junit.xml".to_owned(), report(1)));
    let of = |files: &[(String, String)]| {
        let (_, limits, taken) =
            said(&files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect::<Vec<_>>());
        (limits, taken)
    };
    assert_eq!(of(&files), (vec![], 64));
    files.push(about(64));
    let most = "more than 64 files speak of one run as a whole: the first of them are believed";
    assert_eq!(of(&files), (vec![most.to_owned()], 64));
}

#[test]
fn what_is_said_of_very_many_runs_is_not_copied_to_all_of_them() {
    let long = format!("{}.json", "x".repeat(60_000));
    let mut files = vec![(long.as_str(), r#"{"commit": "aaa", "branch": "main"}"#.to_owned())];
    let paths: Vec<String> = (0..600).map(|i| format!("r{i}/junit.xml")).collect();
    files.extend(paths.iter().map(|path| (path.as_str(), report(1))));
    let (_, limits, taken) = said(&files);
    let most = "files speak of very many runs as a whole: no more than 32 MB of it is copied to them";
    assert_eq!((limits, taken), (vec![most.to_owned()], 557));
}

#[test]
fn reports_that_may_be_of_too_many_runs_are_of_none() {
    // Long names take long to compare.
    let coverage = |name: &str| (format!("{name}.info"), "SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n".to_owned());
    let long = "x".repeat(2_000);
    let mut files: Vec<(String, String)> = (0..1_500).map(|i| coverage(&format!("{long}{i}"))).collect();
    files.extend((0..1_500).map(|i| (format!("junit-{i}.xml"), report(1))));
    files.extend([("apart/junit.xml".to_owned(), report(2)), coverage("apart/lcov")]);
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    let (runs, limits, _) = said(&files);
    assert!(
        matches!(limits.as_slice(), [said] if said.contains("pairs of a report of coverage or benchmarks")),
        "{limits:?}"
    );
    let apart = runs.iter().find(|joined| joined.sources.contains(&3_000)).unwrap();
    assert_eq!(apart.sources, [3_000, 3_001], "what needs few looks is found");
}

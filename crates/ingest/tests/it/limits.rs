//! What is more than anybody has is left out, and said.

use std::io::Cursor;

use lanescope_ingest::{Grouping, Loaded, Loader, OpenFile, Opening, Source, join_by};

fn load(path: &str, text: &str) -> Loaded {
    Loader::new(path, None, Box::new(Cursor::new(text.to_owned().into_bytes()))).read_all()
}

fn warnings(loaded: &Loaded) -> Vec<&str> {
    let warnings = loaded.report.issues.iter().filter(|i| i.severity == lanescope_model::Severity::Warning);
    warnings.map(|issue| issue.text.as_str()).collect()
}

/// What is said of the files as a whole, and how many runs they make.
fn joined(files: &[(String, String)]) -> (Vec<String>, usize) {
    let sources: Vec<Source> = files.iter().flat_map(|(path, text)| load(path, text).sources).collect();
    let mut limits = Vec::new();
    let runs = join_by(&sources, &Grouping::Auto, &mut limits);
    (limits, runs.len())
}

fn report(test: usize) -> String {
    format!(r#"<testsuite name="s"><testcase classname="a" name="b{test}" time="1"/></testsuite>"#)
}

#[test]
fn a_log_has_a_thousand_sessions() {
    let session = "==== test session starts ====\na.py::b PASSED [100%]\n==== 1 passed in 0.01s ====\n";
    let whole = load("a.log", &session.repeat(1_024));
    assert_eq!((whole.sources.len(), warnings(&whole)), (1_024, vec![]));
    let cut = load("a.log", &session.repeat(1_025));
    let said = "there are more than 1024 runs in this file: the others are not read";
    assert_eq!((cut.sources.len(), warnings(&cut)), (1_024, vec![said]));
    // Sessions of which only the end is there.
    let cut = load("a.log", &"==== 1 passed, 1 failed in 0.01s ====\nFAILED a.py::b - x\n".repeat(1_100));
    assert!(cut.sources.len() <= 1_024);
}

#[test]
fn a_list_of_jobs_has_a_thousand_runs() {
    let list = |n: usize| {
        let job = |i: usize| format!(r#"{{"run_id":{i},"name":"test","started_at":"2026-03-02T08:00:00Z"}}"#);
        format!(r#"{{"total_count":{n},"jobs":[{}]}}"#, (0..n).map(job).collect::<Vec<_>>().join(","))
    };
    let whole = load("jobs.json", &list(1_024));
    assert_eq!((whole.sources.len(), warnings(&whole)), (1_024, vec![]));
    let cut = load("jobs.json", &list(1_025));
    let said = "there are more than 1024 runs in this file: the others are not read";
    assert_eq!((cut.sources.len(), warnings(&cut)), (1_024, vec![said]));
}

#[test]
fn small_reports_are_counted_and_larger_ones_are_not() {
    let file = |at: usize, text: String| OpenFile {
        path: format!("{at}.xml"),
        size: Some(text.len() as u64),
        reader: Box::new(Cursor::new(text.into_bytes())),
    };
    // Each says 96 bytes, so that 3,712 are kept of it beyond four times that.
    let text = |at: usize| format!("{:96}", report(at));
    let open = |small: usize| {
        let mut files: Vec<OpenFile> = (0..small).map(|at| file(at, text(at))).collect();
        files.push(file(small, report(small) + &" ".repeat(1_024)));
        Opening::new(files).read_all()
    };
    let most = (40 << 20) / 3_712;
    let whole = open(most);
    assert_eq!((whole.len(), warnings(&whole[0])), (most + 1, vec![]));
    let cut = open(most + 2);
    let said = "2 files are left out: so many small reports take over 40 MiB of memory more than four times their size";
    assert_eq!((cut.len(), warnings(&cut[0])), (most + 1, vec![said]));
    assert_eq!(*cut.last().unwrap().report.path, format!("{}.xml", most + 2));
}

#[test]
fn an_archive_whose_reports_are_left_out_is_not_said_to_have_none() {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in [("a.xml", report(0)), ("notes.txt", "hello".to_owned())] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let file = |path: String, bytes: Vec<u8>| OpenFile {
        path,
        size: Some(bytes.len() as u64),
        reader: Box::new(Cursor::new(bytes)),
    };
    let archive = archive.into_inner().unwrap();
    let open = |small: usize| {
        let mut files: Vec<OpenFile> =
            (0..small).map(|at| file(format!("{at}.xml"), format!("{:96}", report(at)).into_bytes())).collect();
        files.push(file("b.tar".to_owned(), archive.clone()));
        let loaded = Opening::new(files).read_all();
        let issues = loaded.iter().flat_map(|loaded| &loaded.report.issues);
        issues.map(|issue| issue.text.clone()).filter(|text| !text.contains("no test report")).collect::<Vec<_>>()
    };
    assert!(open(1).is_empty(), "{:?}", open(1));
    let said = open(12_000);
    assert!(matches!(said.as_slice(), [only] if only.contains("files are left out")), "{said:?}");
}

#[test]
fn a_folder_of_many_small_attempts_is_taken_in_whole() {
    let result = |at: usize| {
        let text = format!(
            r#"{{"uuid":"{at}","historyId":"{at}","fullName":"a.b#c{at}","name":"c{at}","status":"passed","start":1,"stop":2}}"#
        );
        OpenFile {
            path: format!("allure-results/{at}-result.json"),
            size: None,
            reader: Box::new(Cursor::new(format!("{text:540}").into_bytes())),
        }
    };
    // As runs of their own so many of 540 bytes would be too many.
    let loaded = Opening::new((0..25_000).map(result).collect()).read_all();
    assert_eq!((loaded.len(), warnings(&loaded[0])), (25_000, vec![]));
}

#[test]
fn an_environment_has_some_hundred_names() {
    let said = |file: usize| {
        let names = (0..60).map(|i| format!(r#","name{file}_{i}":"x""#)).collect::<String>();
        (format!("run/about{file}.json"), format!(r#"{{"commit":"aaa","branch":"main"{names}}}"#))
    };
    let of = |files: usize| {
        let mut files: Vec<(String, String)> = (0..files).map(said).collect();
        files.push(("run/junit.xml".to_owned(), report(1)));
        joined(&files)
    };
    assert_eq!(of(4), (vec![], 1));
    let most = "files name more than 256 things of the environment of one run: the first are kept";
    assert_eq!(of(5), (vec![most.to_owned()], 1));
}

#[test]
fn shards_are_a_thousand_at_most() {
    let of = |shards: usize| {
        let shard = |i: usize| (format!("shard-{i}-of-{shards}/junit.xml"), report(i));
        joined(&(1..=shards).map(shard).collect::<Vec<_>>())
    };
    assert_eq!(of(1_024), (vec![], 1));
    let most = "there are more than 1,024 shards of one run: they are shown as runs of their own";
    assert_eq!(of(1_025), (vec![most.to_owned()], 1_025));
}

#[test]
fn of_very_many_files_those_of_one_folder_are_compared() {
    let mut files = Vec::new();
    for i in 0..5_793 {
        files.push((format!("junit-{i}/a.xml"), report(i)));
        files.push((format!("log-{i}/a.tap"), format!("TAP version 14\n1..1\nok 1 - b{i}\n")));
    }
    let (limits, _) = joined(&files);
    let [only] = limits.as_slice() else { panic!("{limits:?}") };
    assert!(
        only.ends_with("pairs of files that may be of one session: only files of one folder were compared"),
        "{only}"
    );
}

#[test]
fn of_very_many_files_that_speak_of_runs_some_are_not_compared() {
    let mut files = Vec::new();
    for i in 0..5_900 {
        files.push((format!("junit-{i}.xml"), report(i)));
        files.push((format!("about-{i}.json"), r#"{"commit":"aaa","branch":"main"}"#.to_owned()));
    }
    let (limits, _) = joined(&files);
    assert!(limits.iter().any(|limit| limit.contains("pairs of a run and a file that may speak of it")), "{limits:?}");
}

#[test]
fn tests_without_a_name_of_their_own_are_half_a_million_at_most() {
    let said = "more than 500,000 tests have no name of their own: the others are left out";
    let cases = |n: usize| format!("<testsuite name='a'>{}</testsuite>", "<testcase/>".repeat(n));
    for (path, text, tests) in [
        ("a.tap", "TAP version 13\n".to_owned() + &"ok\n".repeat(500_009), 500_000),
        ("a.xml", cases(500_009), 500_000),
        // The first of them has the name.
        (
            "a.json",
            format!(
                "{{\"version\":\"3\",\"summary\":{{\"example_count\":1}},\"examples\":[{}{{}}]}}",
                "{},".repeat(500_008)
            ),
            500_001,
        ),
    ] {
        let cut = load(path, &text);
        assert_eq!((cut.report.tests, warnings(&cut).contains(&said)), (tests, true), "{path}: {:?}", warnings(&cut));
    }
    assert!(!warnings(&load("a.xml", &cases(1_000))).contains(&said));
}

#[test]
fn attempts_that_are_only_counted_are_half_a_million_at_most() {
    let list = |n: usize| {
        let test = |i: usize| format!(r#"{{"name":"t{i}","status":"failed","retries":100}}"#);
        let tests = (0..n).map(test).collect::<Vec<_>>().join(",");
        format!(r#"{{"results":{{"tool":{{"name":"x"}},"summary":{{"tests":{n}}},"tests":[{tests}]}}}}"#)
    };
    let said = "more than 500,000 attempts are only counted in this file: the others are left out";
    for (n, attempts, cut) in [(5_000, 505_000, false), (5_100, 505_100, true)] {
        let loaded = load("ctrf.json", &list(n));
        assert_eq!(loaded.sources[0].run.attempts.len(), attempts);
        assert_eq!(warnings(&loaded).contains(&said), cut, "{:?}", warnings(&loaded));
    }
}

#[test]
fn a_testcase_has_a_thousand_results() {
    let case = |n: usize| {
        let results = "<rerunFailure message='m'>boom</rerunFailure>".repeat(n);
        format!(
            "<testsuite name='a'><testcase name='b'><failure message='m'>bang</failure>{results}</testcase></testsuite>"
        )
    };
    let said = "a testcase has more than 1000 results: its others are left out";
    for (n, cut) in [(999, false), (1_500, true)] {
        let loaded = load("a.xml", &case(n));
        assert_eq!((loaded.sources[0].run.attempts.len(), warnings(&loaded).contains(&said)), (1_000, cut));
    }
}

#[test]
fn scenarios_have_the_tags_of_their_feature_once() {
    let tags =
        |from: usize, to: usize| (from..to).map(|i| format!(r#"{{"name":"@tag{i}"}}"#)).collect::<Vec<_>>().join(",");
    let report = |feature: usize, scenarios: usize| {
        let scenario = |i: usize| {
            let own = tags(feature.saturating_sub(1), feature + 1);
            format!(r#"{{"type":"scenario","id":"s{i}","line":{i},"name":"s{i}","tags":[{own}],"steps":[]}}"#)
        };
        let all = (0..scenarios).map(scenario).collect::<Vec<_>>().join(",");
        format!(
            r#"[{{"uri":"a.feature","keyword":"Feature","name":"f","tags":[{}],"elements":[{all}]}}]"#,
            tags(0, feature)
        )
    };
    let markers = |loaded: &Loaded| {
        let run = &loaded.sources[0].run;
        let of = |test| run.strings.get(run.tests.markers(test)).to_owned();
        run.tests.ids().map(of).collect::<Vec<_>>()
    };
    let small = load("a.json", &report(2, 2));
    assert_eq!(markers(&small), ["tag0 tag1 tag2"; 2]);
    let large = load("a.json", &report(20_000, 300));
    let all = markers(&large);
    assert!(all.iter().all(|all| (900..1_100).contains(&all.len())), "{}", all[0].len());
    // Those that are left are whole.
    let tags: Vec<&str> = all[0].split(' ').collect();
    let (of_feature, own) = tags.split_at(tags.len() - 2);
    assert!(of_feature.iter().enumerate().all(|(i, tag)| *tag == format!("tag{i}")), "{of_feature:?}");
    assert_eq!(own, ["tag19999", "tag20000"]);
    assert!(warnings(&large).iter().any(|text| text.contains("longer than 1000 bytes are clipped")));
}

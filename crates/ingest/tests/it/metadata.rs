//! What is said of runs as a whole finds its runs.

use lanescope_ingest::{Joined, Loader, Source, join};

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
    let runs = join(&sources(&files));
    assert_eq!(commits(&runs), [Some("aaa"), Some("bbb")], "no run is made of what is said of one");
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

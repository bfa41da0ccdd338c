//! Which files make one run, by their content and by what their paths say.

use lanescope_ingest::{Grouping, Joined, Rule, Source, join, join_by};
use lanescope_model::{Outcome, Severity};

use crate::shared::open_bytes;

/// A file of two tests, or of those named, that started at this time.
fn junit(path: &str, started: &str, tests: &[(&str, bool)]) -> Vec<Source> {
    let case = |(name, passed): &(&str, bool)| {
        let inner = if *passed { "" } else { "<failure message='no'/>" };
        format!("<testcase classname='c' name='{name}' time='1'>{inner}</testcase>")
    };
    let cases: String = tests.iter().map(case).collect();
    let text = format!("<testsuite name='s' timestamp='{started}' time='3'>{cases}</testsuite>");
    open_bytes(path, text.into_bytes()).into_iter().flat_map(|l| l.sources).collect()
}

const BOTH: [(&str, bool); 2] = [("a", true), ("b", false)];

type File<'a> = (&'a str, &'a str, &'a [(&'a str, bool)]);

fn all(files: &[File<'_>]) -> Vec<Source> {
    files.iter().flat_map(|(path, started, tests)| junit(path, started, tests)).collect()
}

fn rules(joined: &Joined) -> Vec<Rule> {
    joined.rules.iter().map(|(rule, _)| *rule).collect()
}

#[test]
fn jobs_of_a_matrix_are_groups_of_one_run() {
    let sources = all(&[
        ("results-ubuntu-py3.12.zip!junit.xml", "2026-03-02T08:00:00Z", &BOTH),
        ("results-windows-py3.12.zip!junit.xml", "2026-03-02T08:05:00Z", &BOTH),
        // The next day is another run.
        ("results-ubuntu-py3.12.zip!junit.xml", "2026-03-03T08:00:00Z", &BOTH),
    ]);
    let runs = join(&sources);
    assert_eq!(runs.len(), 2);
    let run = &runs[0].run;
    let groups: Vec<&str> = run.groups.iter().map(|g| run.strings.get(g.name)).collect();
    assert_eq!(groups, ["ubuntu-py3.12", "windows-py3.12"]);
    assert_eq!((run.tests.len(), run.counts().get(Outcome::Failed)), (4, 2));
    assert_eq!(rules(&runs[0]), [Rule::Matrix]);
    assert!(runs[0].rules[0].1.contains("ubuntu-py3.12, windows-py3.12"), "{:?}", runs[0].rules);
    let parts: Vec<_> = runs[0].parts.iter().map(|p| (p.source, p.group.as_deref())).collect();
    assert_eq!(parts, [(0, Some("ubuntu-py3.12")), (1, Some("windows-py3.12"))]);
    assert!(rules(&runs[1]).is_empty());
}

#[test]
fn numbered_folders_are_runs_of_their_own_ordered_by_start() {
    let sources = all(&[
        ("h.zip!run-2/junit.xml", "2026-03-02T10:00:00Z", &BOTH),
        ("h.zip!run-1/junit.xml", "2026-03-02T09:00:00Z", &BOTH),
        ("h.zip!run-3/junit.xml", "2026-03-02T08:00:00Z", &BOTH),
    ]);
    let labels: Vec<String> = join(&sources).iter().map(|j| j.run.meta.label.clone()).collect();
    assert_eq!(labels, ["run-3", "run-1", "run-2"]);
}

#[test]
fn shards_are_known_by_their_paths() {
    let sources = all(&[
        ("shard-2-of-3/junit.xml", "2026-03-02T08:00:10Z", &[("c", true)]),
        ("shard-1-of-3/junit.xml", "2026-03-02T08:00:00Z", &[("a", true), ("b", true)]),
        // Tests that another shard has too make it something else.
        ("shard-3-of-3/junit.xml", "2026-03-02T08:00:00Z", &[("a", true)]),
    ]);
    let runs = join(&sources);
    assert_eq!(runs.len(), 2);
    let whole = runs.iter().find(|j| j.sources.len() == 2).unwrap();
    assert_eq!((whole.run.tests.len(), rules(whole)), (3, vec![Rule::Shards]));
    assert_eq!(whole.sources, [1, 0]);
    // One is missing.
    assert_eq!(whole.notes[0].severity, Severity::Warning);
    assert!(whole.notes[0].text.contains("2 of 3"), "{}", whole.notes[0].text);
}

#[test]
fn a_file_for_each_class_and_attempts_of_a_job() {
    let sources = all(&[
        ("m/surefire-reports/TEST-A.xml", "2026-03-02T08:00:00Z", &[("a", true)]),
        ("m/surefire-reports/TEST-B.xml", "2026-03-02T08:00:02Z", &[("b", true)]),
        ("m/surefire-reports/TEST-C.xml", "2026-03-02T08:00:04Z", &[("c", true)]),
        ("ci/attempt-1/junit.xml", "2026-03-02T09:00:00Z", &BOTH),
        ("ci/attempt-2/junit.xml", "2026-03-02T09:30:00Z", &[("b", true)]),
    ]);
    let runs = join(&sources);
    assert_eq!(runs.len(), 2);
    assert_eq!((runs[0].run.tests.len(), rules(&runs[0])), (3, vec![Rule::Classes]));
    assert_eq!(runs[0].run.meta.label, "m");
    let run = &runs[1].run;
    assert_eq!((run.tests.len(), run.attempts.len(), run.flaky_count()), (2, 3, 1));
    assert_eq!(rules(&runs[1]), [Rule::Retries]);
    let attempts: Vec<_> = runs[1].parts.iter().map(|p| p.attempt).collect();
    assert_eq!(attempts, [Some(1), Some(2)]);
    assert_eq!(run.meta.session.length_us, None);
}

#[test]
fn a_rule_of_the_user_goes_before() {
    let sources = all(&[
        ("red/junit.xml", "2026-03-02T08:00:00Z", &BOTH),
        ("blue/junit.xml", "2026-03-04T08:00:00Z", &BOTH),
        ("unit.xml", "2026-03-05T08:00:00Z", &BOTH),
        ("api.xml", "2026-03-05T08:00:00Z", &BOTH),
    ]);
    let runs = |rule: &str| join_by(&sources, &Grouping::of(rule).unwrap(), &mut Vec::new()).len();
    assert_eq!([runs("auto"), runs("none"), runs("folder"), runs("file"), runs("{}/j")], [3, 4, 3, 3, 3]);
    let joined = join_by(&sources, &Grouping::Folder, &mut Vec::new());
    assert_eq!(joined[0].run.groups.len(), 2);
}

#[test]
fn files_stay_apart_or_become_one_run_as_the_user_says() {
    let sources = all(&[
        ("linux/junit.xml", "2026-03-02T08:00:00Z", &BOTH),
        ("windows/junit.xml", "2026-03-02T08:00:00Z", &BOTH),
        ("unit.xml", "2026-03-05T08:00:00Z", &BOTH),
    ]);
    let runs = |rule: &str| join_by(&sources, &Grouping::of(rule).unwrap(), &mut Vec::new());
    assert_eq!([runs("auto").len(), runs("apart").len(), runs("one").len()], [2, 3, 1]);
    assert_eq!(runs("one")[0].run.groups.len(), 3);
    // Two days apart, but named by hand; the third stays by itself.
    let by_hand = runs("none\nlinux/junit.xml\tpenguin\nunit.xml\tunits\nwindows/junit.xml\t");
    assert_eq!(by_hand.len(), 2);
    let named = by_hand.iter().find(|joined| joined.sources.len() == 2).unwrap();
    let groups: Vec<_> = named.parts.iter().map(|part| part.group.clone().unwrap()).collect();
    assert_eq!(groups, ["penguin", "units"]);
    assert!(named.rules[0].1.contains("named by hand"), "{:?}", named.rules);
    assert_eq!(Grouping::of("neither\na\tb"), None);
    // Groups stand by name, or as they are put by hand; a rule keeps being what it is beside that.
    let groups = |rule: &str| {
        let run = &runs(rule)[0].run;
        run.groups.iter().map(|group| run.strings.get(group.name).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(groups("one"), ["linux/junit.xml", "unit.xml", "windows/junit.xml"]);
    assert_eq!(groups("one\n\twindows/junit.xml"), ["windows/junit.xml", "linux/junit.xml", "unit.xml"]);
    assert_eq!(groups("one\n\tunit.xml\n\tnone\n\twindows/junit.xml")[..2], ["unit.xml", "windows/junit.xml"]);
    assert_eq!(runs("apart\n\tlinux").len(), 3);
}

#[test]
fn clocks_without_a_zone_are_moved_beside_those_with_one_and_it_is_said() {
    let sources = all(&[
        ("linux/junit.xml", "2026-03-02T08:00:00Z", &BOTH),
        // Written as local time, an hour ahead.
        ("windows/junit.xml", "2026-03-02T09:00:30", &BOTH),
    ]);
    let runs = join(&sources);
    assert_eq!(runs.len(), 1);
    let session = runs[0].run.meta.session;
    assert_eq!(session.length_us, Some(33_000_000));
    let said = runs[0].notes.iter().find(|n| n.text.contains("whole steps of time zones"));
    assert_eq!(said.map(|n| n.severity), Some(Severity::Warning));
    // None of them names a zone: nothing is moved, and that is said too.
    let sources =
        all(&[("linux/junit.xml", "2026-03-02T08:00:00", &BOTH), ("windows/junit.xml", "2026-03-02T09:00:30", &BOTH)]);
    let runs = join(&sources);
    assert!(runs[0].notes.iter().any(|n| n.text.contains("nothing is moved")), "{:?}", runs[0].notes);
    assert_eq!(runs[0].run.meta.session.length_us, Some(3_633_000_000));
}

fn opened(files: &[(&str, &str)]) -> Vec<Joined> {
    let open = |(path, text): &(&str, &str)| open_bytes(path, text.as_bytes().to_vec());
    let sources: Vec<Source> = files.iter().flat_map(open).flat_map(|l| l.sources).collect();
    join(&sources)
}

const LCOV: &str = "SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n";
const JUNIT: &str = "<testsuite name='s' timestamp='2026-03-02T08:00:00Z' time='3'><testcase classname='c' name='a' time='1'/></testsuite>";

/// Labels, tests, reports of coverage and of benchmarks.
fn measured(runs: &[Joined]) -> Vec<(usize, usize, usize)> {
    runs.iter().map(|j| (j.run.tests.len(), j.run.coverage.len(), j.run.benchmarks.len())).collect()
}

#[test]
fn a_report_of_coverage_goes_to_the_run_in_its_folder_and_to_no_other() {
    let (base, head, junit) = (("ci/base/lcov.info", LCOV), ("ci/head/lcov.info", LCOV), ("ci/head/junit.xml", JUNIT));
    let runs = opened(&[base, head, junit]);
    assert_eq!(measured(&runs), [(1, 1, 0), (0, 1, 0)]);
    assert_eq!(runs[0].run.coverage[0].source, "ci/head/lcov.info");
    // One that lies around the run, and one in its folder.
    let runs = opened(&[("lcov.info", LCOV), ("head/lcov.info", LCOV), ("head/junit.xml", JUNIT)]);
    assert_eq!(measured(&runs), [(1, 1, 0), (0, 1, 0)]);
    assert_eq!(runs[0].run.coverage[0].source, "head/lcov.info");
    // Other parts of the program are of one run.
    let other = LCOV.replace("a.js", "b.js");
    let runs = opened(&[("lcov.info", LCOV), ("lib/lcov.info", &other), ("junit.xml", JUNIT)]);
    assert_eq!(measured(&runs), [(1, 2, 0)]);
    // There is nothing else that it can be of.
    assert_eq!(measured(&opened(&[("ci.zip!cover/lcov.info", LCOV), ("ci.zip!tests/junit.xml", JUNIT)])), [(1, 1, 0)]);
}

#[test]
fn a_stale_report_is_not_called_timely() {
    // coverage.py names no zone.
    let covered = |at: &str| {
        format!(
            r#"{{"meta": {{"format": 3, "version": "7.17.4", "timestamp": "{at}"}}, "files": {{"a.py": {{"executed_lines": [1],
            "missing_lines": [2], "summary": {{"covered_lines": 1, "num_statements": 2}}}}}}, "totals": {{"covered_lines": 1, "num_statements": 2}}}}"#
        )
    };
    let runs = |at: &str, junit: &str| opened(&[("ci/coverage.json", &covered(at)), ("ci/junit.xml", junit)]);
    let why = |runs: &[Joined]| runs[0].rules.iter().map(|(_, why)| why.clone()).collect::<String>();
    assert!(why(&runs("2026-03-02T08:00:04", JUNIT)).contains("soon after"));
    let off = runs("2026-03-02T05:00:04", JUNIT);
    assert!(why(&off).contains("beside its other files; its clock names no zone, and fits if it is 180 minutes off"));
    // No clock names a zone: they are the same clock.
    let naive = JUNIT.replace("00Z", "00");
    assert_eq!(measured(&runs("2026-03-02T08:00:04", &naive)), [(1, 1, 0)]);
    assert_eq!(measured(&runs("2026-03-02T05:00:04", &naive)), [(0, 1, 0), (1, 0, 0)]);
}

#[test]
fn a_baseline_comes_before_what_was_measured_after_it_and_is_of_no_run_with_tests() {
    let sample = |ns: u32| format!(r#"{{"sampling_mode":"Flat","iters":[1.0,1.0],"times":[{ns}.0,{ns}.0]}}"#);
    let (new, old) = (sample(500), sample(100));
    let files =
        [("target/criterion/fib/new/sample.json", new.as_str()), ("target/criterion/fib/main/sample.json", &old)];
    let labels = |runs: &[Joined]| runs.iter().map(|j| j.run.meta.label.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&opened(&files)), ["criterion (main)", "criterion"]);
    let runs = opened(&[files[0], files[1], ("target/criterion/fib/junit.xml", JUNIT)]);
    assert_eq!(measured(&runs), [(1, 0, 1), (0, 0, 1)]);
    assert_eq!(runs[1].run.meta.label, "criterion (main)");
}

#[test]
fn a_folder_of_many_nights_of_equal_length_is_joined_in_a_time_that_grows_with_it() {
    const NIGHTS: usize = 400;
    let console = "\
============================= test session starts ==============================
platform linux -- Python 3.12.3, pytest-9.2.0, pluggy-1.6.0 -- /usr/bin/python3
collecting ... collected 2 items

c.py::a PASSED                                                           [ 50%]
c.py::b FAILED                                                           [100%]

========================= 1 failed, 1 passed in 3.00s ==========================
";
    let report = junit("junit.xml", "2026-03-02T08:00:00Z", &BOTH);
    let log: Vec<Source> =
        open_bytes("console.log", console.as_bytes().to_vec()).into_iter().flat_map(|l| l.sources).collect();
    let night = |n: usize| {
        let moved = move |source: &Source| Source { path: format!("run-{n}/{}", source.path).into(), ..source.clone() };
        report.iter().chain(&log).map(moved).collect::<Vec<_>>()
    };
    let sources: Vec<Source> = (0..NIGHTS).flat_map(night).collect();
    assert_eq!(sources.len(), 2 * NIGHTS);
    let runs = join(&sources);
    assert_eq!(runs.len(), NIGHTS);
    for run in &runs {
        let folders: Vec<_> = run.sources.iter().filter_map(|&i| sources[i].path.split('/').next()).collect();
        assert!(folders.len() == 2 && folders[0] == folders[1], "{folders:?}");
    }
    let ids: std::collections::HashSet<&str> = runs.iter().map(|r| r.run.meta.id.as_str()).collect();
    assert_eq!(ids.len(), NIGHTS, "equal runs have ids of their own");
}

#[test]
fn runs_that_differ_in_a_test_an_outcome_or_a_length_have_ids_of_their_own() {
    let open = |text: &str| {
        let sources: Vec<Source> =
            open_bytes("results.txt", text.as_bytes().to_vec()).into_iter().flat_map(|l| l.sources).collect();
        assert_eq!(sources.len(), 1, "{text}");
        sources[0].run.meta.id.clone()
    };
    let report = |a: &str, b: &str| {
        open(&format!(
            "<testsuite><testcase classname='c' name='a' time='{a}'/><testcase classname='c' name='b' time='{b}'/></testsuite>"
        ))
    };
    let texts = [
        "TAP version 13\n1..2\nok 1 - a\nnot ok 2 - b\n",
        // As many of each, but others.
        "TAP version 13\n1..2\nnot ok 1 - a\nok 2 - b\n",
        "TAP version 13\n1..2\nok 1 - a\nnot ok 2 - c\n",
    ];
    let ids = || {
        let lengths = [report("0.1", "0.2"), report("0.2", "0.1"), report("0.1", "0.3")];
        texts.into_iter().map(&open).chain(lengths).collect::<Vec<String>>()
    };
    let first = ids();
    let distinct: std::collections::HashSet<&String> = first.iter().collect();
    assert_eq!(distinct.len(), first.len(), "{first:?}");
    assert_eq!(ids(), first, "what is read twice is one run");
}

#[test]
fn the_id_of_a_run_of_several_files_does_not_depend_on_their_order() {
    let files: [File<'_>; 3] = [
        ("ubuntu/junit.xml", "2026-03-02T08:00:00Z", &BOTH),
        ("windows/junit.xml", "2026-03-02T08:05:00Z", &[("a", true), ("b", true), ("z", true)]),
        ("macos/junit.xml", "2026-03-02T08:07:00Z", &[("y", false), ("a", true)]),
    ];
    let mut sources = all(&files);
    let one = join(&sources);
    sources.reverse();
    let other = join(&sources);
    assert_eq!((one.len(), other.len()), (1, 1));
    assert_eq!((&one[0].run.meta.id, &one[0].run.meta.label), (&other[0].run.meta.id, &other[0].run.meta.label));
}

/// A log shows paths from where pytest was started, a report from the root of the session: which of many fits is found
/// without reading the names of both anew for each pair.
#[test]
fn reports_and_logs_of_other_folders_find_each_other() {
    const SESSIONS: usize = 150;
    let session = |n: usize| {
        let case = |i: usize| format!("<testcase classname='pkg{n}.tests.test_a' name='t{n}_{i}' time='0.1'/>");
        let cases: String = (0..60).map(case).collect();
        let report =
            format!("<testsuites><testsuite name='pytest' time='9' tests='60'>{cases}</testsuite></testsuites>");
        let line = |i: usize| format!("tests/test_a.py::t{n}_{i} PASSED [ 50%]\n");
        let lines: String = (0..60).map(line).collect();
        let log = format!(
            "============================= test session starts ==============================\n\
             platform linux -- Python 3.12.3, pytest-9.2.0, pluggy-1.6.0 -- /usr/bin/python3\n\
             collecting ... collected 60 items\n\n{lines}\n\
             ============================== 60 passed in 9.00s ==============================\n"
        );
        [(format!("{n}.xml"), report), (format!("x/{n}.log"), log)]
    };
    let sources: Vec<Source> = (0..SESSIONS)
        .flat_map(session)
        .flat_map(|(path, text)| open_bytes(&path, text.into_bytes()))
        .flat_map(|loaded| loaded.sources)
        .collect();
    assert_eq!(sources.len(), 2 * SESSIONS);
    let runs = join(&sources);
    assert_eq!(runs.len(), SESSIONS);
    for run in &runs {
        let numbers: Vec<_> = run
            .sources
            .iter()
            .map(|&i| sources[i].path.rsplit('/').next().unwrap().split('.').next().unwrap().to_owned())
            .collect();
        assert!(numbers.len() == 2 && numbers[0] == numbers[1], "{numbers:?}");
        assert_eq!(run.run.tests.len(), 60);
    }
}

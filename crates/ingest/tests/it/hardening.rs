//! Nothing makes reading panic, and reading in small steps gives the same as reading at once.

use lanescope_ingest::{Format, Loader};
use proptest::prelude::*;
use std::io::Cursor;

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::fixtures::{describe, fixtures};
use crate::shared::{folder, load_bytes};

/// The content of every fixture.
static FIXTURES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| fixtures().iter().map(|path| std::fs::read(path).unwrap()).collect());

const SEEDS: [&[u8]; 7] = [
    include_bytes!("../../../../fixtures/junit-xml/pytest-9.2.0-load.xml"),
    include_bytes!("../../../../fixtures/pytest-reportlog/pytest-9.2.0-reruns.jsonl"),
    include_bytes!("../../../../fixtures/xdist-console-log/pytest-9.2.0-worksteal-colour.log"),
    include_bytes!("../../../../fixtures/xdist-console-log/pytest-9.2.0-stamped.log"),
    include_bytes!("../../../../fixtures/playwright-json/playwright-1.65.1-direct.json"),
    include_bytes!("../../../../fixtures/playwright-blob/playwright-1.65.1-shard-1.jsonl"),
    include_bytes!("../../../../fixtures/github-actions-api/jobs-of-the-shards.json"),
];

const PIECES: [&str; 62] = [
    "<testsuites>",
    "<testsuite name=\"a\">",
    "<testcase name='b' classname='c' time='1'>",
    "</testcase>",
    "</testsuite>",
    "<failure message=\"&#x1b;\">",
    "<![CDATA[",
    "]]>",
    "&",
    "<",
    ">",
    "\"",
    "\n",
    "{\"$report_type\":\"TestReport\",",
    "\"nodeid\":\"a::b\"",
    ",\"when\":\"call\"}",
    "[gw0] [ 1%] PASSED a.py::b \n",
    "==== test session starts ====\n",
    "==== FAILURES ====\n",
    "____ b ____\n",
    "==== 1 passed in 1.0s ====\n",
    "\u{1b}[31m",
    "{\"config\":{\"shard\":{\"current\":1,\"total\":2}},\"suites\":[",
    "{\"title\":\"a\",\"specs\":[",
    "{\"title\":\"b\",\"tests\":[{\"results\":[{\"status\":\"passed\"}]}]}",
    "]",
    "}",
    ",",
    "{\"method\":\"onBegin\"}\n",
    "{\"method\":\"onTestEnd\",\"params\":{\"test\":{\"testId\":\"x\"}}}\n",
    "{\"method\":\"onProject\",\"params\":{\"project\":{\"suites\":[{\"tests\":[{\"testId\":\"x\"}]}]}}}\n",
    "{\"total_count\":1,\"jobs\":[",
    "{\"run_id\":1,\"steps\":[{\"name\":\"s\"}]}",
    "\"title\":\"t\"",
    "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"T\"}\n",
    "{\"Action\":\"pause\",\"Package\":\"p\",\"Test\":\"T\"}\n",
    "{\"Action\":\"fail\",\"Package\":\"p\"}\n",
    "=== RUN   TestA\n",
    "--- FAIL: TestA (0.01s)\n",
    "FAIL\tp\t0.1s\n",
    "running 2 tests\n",
    "test a::b ... FAILED\n",
    "---- a::b stdout ----\n",
    "        PASS [   0.012s] a::b c::d\n",
    "Nextest run ID 1\n",
    "{ \"type\": \"test\", \"event\": \"ok\", \"name\": \"a::b$c#3\" }\n",
    "TAP version 14\n",
    "ok 1 - a # SKIP\n",
    "    not ok 2 - b # TODO\n",
    "# Subtest: c\n",
    "  ---\n",
    "##teamcity[testStarted name='a|n|0x00e9' flowId='1']\n",
    "##teamcity[testFinished name='a|n|0x00e9' duration='1' flowId='1']\n",
    "{\"testCaseStarted\":{\"id\":\"1\",\"testCaseId\":\"2\",\"timestamp\":{\"seconds\":9223372036854775807}}}\n",
    "{\"testCase\":{\"id\":\"2\",\"pickleId\":\"3\"}}\n",
    "{\"testCaseFinished\":{\"testCaseStartedId\":\"1\",\"timestamp\":{\"seconds\":1}}}\n",
    "{\"type\":\"testStart\",\"time\":1,\"test\":{\"id\":1}}\n",
    "{\"testResults\":[{\"assertionResults\":[{\"status\":\"passed\",\"duration\":1e300}]}],\"numTotalTests\":1}",
    "<test-run><test-suite><test-case name='a' start-time='2026-01-01'>",
    "<events xmlns='https://schemas.opentest4j.org/reporting/events/0.2.0'><started id='1' parentId='1' time='x'/>",
    "<robot><suite name='a'><test name='b'><kw type='SETUP'><status status='FAIL' start='1' elapsed='-1'/></kw>",
    "</test>",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_can_be_opened(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = load_bytes(bytes);
    }

    #[test]
    fn pieces_of_reports_in_any_order_can_be_opened(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|i| PIECES[i]).collect();
        let _ = load_bytes(text.into_bytes());
    }

    #[test]
    fn damaged_reports_can_be_opened(
        seed in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = FIXTURES[seed.index(FIXTURES.len())].clone();
        for (at, byte) in damage {
            let i = at.index(bytes.len());
            bytes[i] = byte;
        }
        let start = cut.index(bytes.len()) / 8;
        let _ = load_bytes(bytes[start..].to_vec());
    }
}

#[test]
fn small_steps_give_the_same_as_one() {
    for seed in SEEDS {
        let mut loader = Loader::new("x", None, Box::new(Cursor::new(seed)));
        let mut steps = 0;
        while !loader.step(100).done {
            steps += 1;
        }
        let (small, whole) = (loader.finish(), load_bytes(seed.to_vec()));
        // A list of jobs is small, and read when all of it is there.
        assert!(steps > 10 || whole.report.format == Format::GithubJobs);
        assert_eq!(describe(&small.sources[0].run), describe(&whole.sources[0].run));
    }
}

#[test]
fn changed_fixtures_and_archives_can_be_opened() {
    use lanescope_conformance::fuzz::{Dice, mutated, open};
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|s| s[..s.len().min(20_000)].to_vec()).collect();
    let small = &SEEDS[0][..2000];
    let pack = |kind: &str| -> Option<Vec<u8>> { crate::containers::packed(kind, small) };
    seeds.extend(["zip", "tar", "tgz", "nested"].into_iter().filter_map(pack));
    let mut dice = Dice::new(7);
    for _ in 0..1500 {
        open(mutated(&seeds, &mut dice));
    }
}

#[test]
fn small_steps_give_the_same_as_one_in_every_format() {
    for content in FIXTURES.iter() {
        // With a size that is not true the first chunk ends after a kilobyte.
        let mut loader = Loader::new("unknown", Some(0), Box::new(Cursor::new(content)));
        while !loader.step(64).done {}
        let (small, whole) = (loader.finish(), load_bytes(content.clone()));
        let runs = |loaded: &lanescope_ingest::Loaded| -> Vec<String> {
            loaded.sources.iter().map(|source| describe(&source.run)).collect()
        };
        assert_eq!(runs(&small), runs(&whole));
    }
}

#[test]
fn files_of_other_people_can_be_opened_cut_off_and_damaged() {
    let Some(dir) = folder("corpus") else { return };
    let mut folders = vec![dir];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    // A simple generator: the same damage every time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for path in files {
        let content = std::fs::read(&path).unwrap();
        if content.len() > 100_000 {
            continue;
        }
        for _ in 0..4 {
            let cut = next(content.len());
            let all = load_bytes(content.clone()).report.tests;
            let part = load_bytes(content[..cut].to_vec());
            // What a file names last may split what it named before, but not by much.
            assert!(part.report.tests <= all * 2 + 10, "{} at {cut}", path.display());
            let mut damaged = content.clone();
            for _ in 0..8 {
                let at = next(damaged.len());
                if let Some(byte) = damaged.get_mut(at) {
                    *byte = next(256) as u8;
                }
            }
            let _ = load_bytes(damaged);
        }
    }
}

#[test]
fn what_is_deep_or_never_ends_is_read_in_a_time_that_grows_with_it() {
    let many = |line: &dyn Fn(usize) -> String| -> String { (0..30_000).map(line).collect() };
    let deep = "<robot><suite name=\"a\">".to_owned() + &"<suite name=\"a\">".repeat(100_000);
    for text in [
        deep,
        "<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\">".to_owned()
            + &"<Output>".repeat(100_000),
        "=== RUN   A\n".to_owned() + &many(&|i| format!("=== RUN   T{i}\n")),
        many(&|i| format!("##teamcity[testStarted name='{i}']\n##teamcity[testFailed name='x' message='m']\n")),
        many(&|i| format!("{{\"Action\":\"run\",\"Package\":\"p{i}\",\"Test\":\"T\"}}\n")),
        many(&|i| {
            let what = if i % 2 == 0 { "run" } else { "pause" };
            format!("{{\"Action\":\"{what}\",\"Package\":\"p\",\"Test\":\"T\"}}\n")
        }),
        many(&|i| format!("{{\"Action\":\"run\",\"Package\":\"p{i}\",\"Test\":\"T\"}}\n"))
            + &many(&|i| format!("{{\"Action\":\"fail\",\"Package\":\"q{i}\"}}\n")),
        "TAP version 14\n".to_owned() + &many(&|i| format!("{}not ok\n", " ".repeat(4 * (i % 40)))),
        "==== test session starts ====\n2 workers [1 item]\n".to_owned()
            + &"a.py::b \n".repeat(300_000)
            + &"[gw0] [ 1%] PASSED a.py::b \n".repeat(300_000),
        "==== test session starts ====\n2 workers [1 item]\n".to_owned()
            + &many(&|i| format!("[gw0] [ 1%] FAILED {i}.py::b \n"))
            + "==== FAILURES ====\n"
            + &many(&|i| format!("____ b ____\n{i}.py:2: AssertionError\n")),
        format!("{{\"stats\":{{}},\"results\":[{}", "{\"suites\":[".repeat(100_000)),
        format!("{{\"generator\":\"Robot\",\"suite\":{}", "{\"suites\":[".repeat(100_000)),
        "[".repeat(200_000),
    ] {
        let loaded = load_bytes(text.into_bytes());
        assert!(!loaded.report.issues.is_empty());
    }
}

/// One name around many tests, in formats in which it stands once and belongs to each.
fn long_names(tests: usize) -> Vec<String> {
    let name = "n".repeat(300_000);
    let many = |line: &dyn Fn(usize) -> String| -> String { (0..tests).map(line).collect() };
    let listed = |item: &dyn Fn(usize) -> String| (0..tests).map(item).collect::<Vec<_>>().join(",");
    vec![
        format!(
            "<testsuites><testsuite name='{name}'>{}</testsuite></testsuites>",
            many(&|i| format!("<testcase name='t{i}'/>"))
        ),
        format!("##teamcity[testSuiteStarted name='{name}']\n")
            + &many(&|i| format!("##teamcity[testStarted name='t{i}']\n##teamcity[testFinished name='t{i}']\n")),
        format!(
            "{{\"config\":{{}},\"suites\":[{{\"title\":\"{name}\",\"specs\":[{}]}}]}}",
            listed(&|i| format!("{{\"title\":\"t{i}\",\"tests\":[{{\"results\":[{{\"status\":\"passed\"}}]}}]}}"))
        ),
        "{\"protocolVersion\":\"0.1.1\",\"type\":\"start\",\"time\":0}\n".to_owned()
            + &format!("{{\"type\":\"suite\",\"suite\":{{\"id\":0,\"path\":\"{name}\"}},\"time\":0}}\n")
            + &many(&|i| {
                format!(
                    "{{\"type\":\"testStart\",\"test\":{{\"id\":{i},\"name\":\"t{i}\",\"suiteID\":0}},\"time\":1}}\n\
                     {{\"type\":\"testDone\",\"testID\":{i},\"result\":\"success\",\"time\":2}}\n"
                )
            }),
        format!(
            "{{\"stats\":{{}},\"results\":[{{\"title\":\"{name}\",\"file\":\"{name}\",\"tests\":[{}]}}]}}",
            listed(&|i| format!("{{\"title\":\"t{i}\",\"state\":\"passed\"}}"))
        ),
        format!(
            "<robot generator='Robot 7.0' schemaversion='5'><suite name='{name}' source='{name}'>{}</suite></robot>",
            many(&|i| format!("<test name='t{i}'><status status='PASS'/></test>"))
        ),
    ]
}

#[test]
fn a_long_name_around_many_tests_does_not_fill_the_memory() {
    for text in long_names(2_000) {
        let start: String = text.chars().take(60).collect();
        let loaded = load_bytes(text.into_bytes());
        assert_eq!(loaded.report.tests, 2_000, "{start}");
        let run = &loaded.sources[0].run;
        let most = run.tests.ids().map(|test| run.test_id(test).len()).max().unwrap();
        assert!((1_000..1_100).contains(&most), "{start}: {most} bytes");
        let said = loaded.report.issues.iter().any(|issue| issue.text.contains("longer than 1000 bytes are clipped"));
        assert!(said, "{start}: {:?}", loaded.report.issues);
    }
}

/// A failing package told all that it printed again each time it ended.
#[test]
fn what_a_package_printed_is_told_once() {
    let line = |action: &str, rest: &str| format!("{{\"Action\":\"{action}\",\"Package\":\"p\"{rest}}}\n");
    let printed = line("output", &format!(",\"Output\":\"{}\\n\"", "x".repeat(100))).repeat(100);
    let loaded = load_bytes((printed + &line("fail", "").repeat(50)).into_bytes());
    let run = &loaded.sources[0].run;
    let lengths = run.attempts.ids().map(|a| run.text(a, lanescope_model::TextKind::Trace).len());
    assert_eq!((run.attempts.len(), lengths.sum::<usize>()), (50, 100 * 101 - 1));
}

/// A test that is named like those of many other files, with the trace of its own.
#[test]
fn a_block_of_a_log_goes_to_the_test_whose_file_it_names() {
    let files = 0..20;
    let log = "==== test session starts ====\n2 workers [1 item]\n".to_owned()
        + &files.clone().map(|i| format!("[gw0] [ 1%] FAILED a/{i}.py::b \n")).collect::<String>()
        + "==== FAILURES ====\n"
        + &files.rev().map(|i| format!("____ b ____\nlib.py:1: in help\na/{i}.py:2: Error{i}\n")).collect::<String>()
        + "==== 20 failed in 1.00s ====\n";
    let loaded = load_bytes(log.into_bytes());
    let run = &loaded.sources[0].run;
    assert_eq!(run.tests.len(), 20);
    for test in run.tests.ids() {
        let attempt = run.tests.attempts(test).next().unwrap();
        let trace = run.text(attempt, lanescope_model::TextKind::Trace);
        let path = run.test_id(test).split("::").next().unwrap();
        assert!(trace.contains(&format!("{path}:2: Error")), "{path}: {trace}");
    }
}

/// Outputs of one test that come by turns must not be copied for each.
#[test]
fn outputs_by_turns_stand_there_once() {
    let part = |kind: &str, i: usize| {
        let dashes = "-".repeat(33);
        format!("{dashes} Captured {kind} {dashes}\n{kind} {i}\n")
    };
    let output: String = (0..20_000).map(|i| part(if i % 2 == 0 { "Log" } else { "Out" }, i)).collect();
    let text = format!(
        "<testsuites><testsuite name='pytest'><testcase classname='a' name='t'><system-out>{output}</system-out>\
         </testcase></testsuite></testsuites>"
    );
    let size = text.len();
    let loaded = load_bytes(text.into_bytes());
    let run = &loaded.sources[0].run;
    let attempt = run.tests.attempts(run.tests.ids().next().unwrap()).next().unwrap();
    let log = run.text(attempt, lanescope_model::TextKind::Log);
    assert_eq!(log.lines().count(), 10_000);
    assert!(log.starts_with("Log 0\nLog 2\n") && log.ends_with("Log 19998"));
    assert!(run.texts.heap_bytes().0 < size);
}

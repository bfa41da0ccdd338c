//! Questions to an engine whose runs are made by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::sync::Arc;

use lanescope_ingest::{FileReport, Format, Grouping, Loaded, Source};
use lanescope_model::{AttemptRow, Issue, Outcome, Run, RunBuilder, Severity, TextKind};
use lanescope_protocol::{
    Answer, FIRST_FILES, Frame, LaneSort, Provenance, Relation, Request, Sort, TestsPage, TestsRequest,
    TimelineRequest, WindowRequest,
};

use crate::Engine;

pub(crate) const S: i64 = 1_000_000;
pub(crate) const EPOCH: i64 = 1_772_439_161 * S;

/// A run of `n` tests of one second on `workers` workers; test 1 fails, test 2 passes at the second attempt.
pub(crate) fn run(id: &str, n: u32, workers: u32, starts: bool) -> Run {
    run_at(EPOCH, id, n, workers, starts)
}

fn run_at(epoch: i64, id: &str, n: u32, workers: u32, starts: bool) -> Run {
    let mut b = RunBuilder::new();
    b.meta.id = id.to_owned();
    b.meta.label = format!("label of {id}");
    b.meta.url = Some("javascript:alert(1)".to_owned());
    b.meta.sequential = workers == 1;
    let mut free = vec![0_i64; workers as usize];
    for i in 0..n {
        let test = b.test(None, &format!("tests/test_a.py::test_{i}"), 17);
        let outcomes: &[Outcome] = match i {
            1 => &[Outcome::Failed],
            2 => &[Outcome::Failed, Outcome::Passed],
            _ => &[Outcome::Passed],
        };
        let w = i % workers;
        for &outcome in outcomes {
            let at = &mut free[w as usize];
            let worker = Some(b.worker(&format!("gw{w}"))).filter(|_| starts);
            let row = AttemptRow {
                worker,
                start_us: Some(epoch + *at).filter(|_| starts),
                stop_us: Some(epoch + *at + S).filter(|_| starts),
                total_us: Some(S + i64::from(i)),
                outcome,
                ..AttemptRow::new(test)
            };
            *at += S;
            let attempt = b.attempt(row);
            if outcome.is_bad() {
                b.set_text(attempt, TextKind::Trace, "def test():\nE   \u{1b}[31massert 1 == 2\u{1b}[0m");
            }
        }
    }
    b.finish()
}

pub(crate) fn loaded(path: &str, run: Run) -> Loaded {
    let format = Format::PytestReportlog;
    let tests = run.tests.len();
    let report = FileReport { path: path.into(), format, bytes: 10, tests, ..FileReport::default() };
    let sources = vec![Source { path: path.into(), format, naive_clock: false, shard: None, run: Arc::new(run) }];
    Loaded { report, sources, foreign: false }
}

pub(crate) fn engine(runs: Vec<Loaded>) -> Engine {
    let mut engine = Engine::new();
    engine.library.add(runs);
    engine
}

fn tests(engine: &mut Engine, asked: TestsRequest) -> TestsPage {
    let asked = TestsRequest { run: "r".to_owned(), limit: 100, ..asked };
    match engine.answer(&Request::Tests(asked)).0 {
        Answer::Tests(page) => *page,
        other => panic!("{other:?}"),
    }
}

fn names(page: &TestsPage) -> Vec<&str> {
    page.rows.iter().map(|r| r.name.as_str()).collect()
}

fn frame(engine: &mut Engine, timeline: TimelineRequest) -> Frame {
    let asked = WindowRequest { timeline, to_s: 10.0, width_px: 1000, lanes: 100, ..WindowRequest::default() };
    let (answer, bytes) = engine.answer(&Request::Window(asked));
    assert_eq!(answer, Answer::Frame);
    Frame::decode(&bytes.unwrap()).unwrap()
}

fn by_name(workers: Option<u32>) -> TimelineRequest {
    TimelineRequest { run: "r".to_owned(), sort: LaneSort::Name, workers }
}

#[test]
fn a_file_opened_again_replaces_itself_and_ids_stay_unique() {
    let mut engine =
        engine(vec![loaded("a", run("r", 4, 2, true)), loaded("b", run_at(EPOCH + 3600 * S, "r", 5, 2, true))]);
    let ids = |e: &Engine| e.summary().runs.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    assert!(ids(&engine)[0] != ids(&engine)[1]);
    let new_from = engine.library.add(vec![loaded("a", run("r", 4, 2, true))]);
    assert_eq!((new_from, engine.summary().files.len()), (1, 2));
    assert_eq!(engine.library.add(vec![loaded("a", run("other", 4, 2, true))]), 2, "another file of the same name");
    engine.close();
    assert_eq!(engine.summary().files.len(), 0);
}

#[test]
fn what_was_not_looked_at_is_said_of_the_first_file() {
    let shard = |i: u32| {
        let mut loaded = loaded(&format!("a.zip!{i}.xml"), run_at(EPOCH + i64::from(i) * S, "r", 1, 1, true));
        loaded.report.archive = Some("a.zip".into());
        let shard = lanescope_ingest::Shard { current: i, total: 1_025 };
        loaded.sources.iter_mut().for_each(|source| source.shard = Some(shard));
        loaded
    };
    let archive = Loaded { sources: Vec::new(), ..loaded("a.zip", run("r", 1, 1, true)) };
    let mut engine = engine(std::iter::once(archive).chain((1..=1_025).map(shard)).collect());
    let files = engine.summary().files;
    let first = files.first().unwrap();
    assert_eq!((first.path.as_str(), first.status.as_str()), ("a.zip", "warning"));
    assert!(first.messages.iter().any(|m| m.text.contains("more than 1,024 shards")), "{:?}", first.messages);
    assert!(files.iter().skip(1).all(|file| file.status == "ok"));
    // What holds no longer is said no longer.
    engine.library.forget(&["a.zip!1.xml".to_owned()]);
    engine.library.group_by(Grouping::Apart);
    assert!(engine.summary().files.iter().all(|file| file.status == "ok"));
}

#[test]
fn files_can_be_let_go_of_and_grouped_anew() {
    let mut engine = engine(vec![
        loaded("a.zip!linux/x.jsonl", run("a", 4, 2, true)),
        loaded("b.jsonl", run("b", 8, 1, true)),
        loaded("b.jsonl2", run("c", 9, 1, true)),
    ]);
    let opened = |answer| match answer {
        (Answer::Opened(opened), frame) => (*opened, frame),
        (other, _) => panic!("{other:?}"),
    };
    let (all, frame) = opened(engine.answer(&Request::Files));
    assert_eq!((all.files.len(), all.runs.len(), all.overview, frame), (3, 3, None, None));
    let show = all.runs.last().map(|run| run.id.clone());
    let (one, frame) = opened(engine.answer(&Request::Group { rule: "one".into(), show: show.clone() }));
    assert_eq!((one.runs.len(), one.runs[0].groups.len()), (1, 3));
    assert!(one.overview.is_some() && frame.is_some());
    assert!(matches!(engine.answer(&Request::Group { rule: "some".into(), show: None }).0, Answer::Failed { .. }));
    opened(engine.answer(&Request::Group { rule: "auto".into(), show: None }));
    let (rest, _) = opened(engine.answer(&Request::Forget { paths: vec!["a.zip".into(), "b.jsonl".into()], show }));
    assert_eq!(rest.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["b.jsonl2"]);
    assert_eq!(rest.runs.len(), 1);
    assert_eq!(rest.show.as_ref(), rest.runs.first().map(|run| &run.id));
    let (none, _) = opened(engine.answer(&Request::Forget { paths: vec!["b.jsonl2".into()], show: None }));
    assert!(none.files.is_empty() && none.runs.is_empty() && none.show.is_none());
}

#[test]
fn of_thousands_of_files_those_are_told_of_that_say_something() {
    let said = |path: &str, severity| {
        let mut file = loaded(path, run("r", 0, 1, true));
        file.sources.clear();
        file.report.issues.push(Issue::new(severity, "see here"));
        file
    };
    let mut engine = engine(vec![said("before.xml", Severity::Warning)]);
    engine.group_by(Grouping::of("one").unwrap());
    // One run of many files, as a folder of results is, and two files of which there is something to say.
    let many = (0..300).map(|i| loaded(&format!("results/{i:03}.json"), run_at(EPOCH + i * S, "r", 1, 1, true)));
    let others = [said("notes.txt", Severity::Info), said("bad.xml", Severity::Error)];
    let (opened, _) = engine.take(many.chain(others).collect());
    let paths: Vec<&str> = opened.files.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.len() < 20 && paths.first() == Some(&"before.xml") && paths.contains(&"bad.xml"), "{paths:?}");
    assert_eq!(opened.new_from, 1);
    let overview = opened.overview.unwrap();
    assert_eq!((overview.files.len(), overview.file_count), (FIRST_FILES, 300));
    assert!(overview.files.iter().all(|path| paths.contains(&path.as_str())), "{paths:?}");
    let (Answer::Opened(all), _) = engine.answer(&Request::Files) else { panic!("no files") };
    assert_eq!(all.files.len(), 303);
    // What is harmless is known to have come.
    let (opened, _) = engine.take(vec![said("readme.txt", Severity::Info), said("worse.xml", Severity::Error)]);
    let new: Vec<&str> = opened.files[opened.new_from as usize..].iter().map(|file| file.path.as_str()).collect();
    assert_eq!(new, ["readme.txt", "worse.xml"]);
}

#[test]
fn the_run_with_most_workers_of_an_opening_is_shown() {
    let mut engine = engine(vec![loaded("a", run("wide", 8, 8, true))]);
    let from = engine.library.add(vec![loaded("b", run("one", 8, 1, true)), loaded("c", run("two", 8, 2, true))]);
    let shown = engine.library.to_show(from).unwrap();
    assert_eq!(engine.library.runs[shown].id, "two");
    let unread = Loaded {
        report: FileReport {
            path: "x".into(),
            format: Format::Unknown,
            dialect: None,
            bytes: 0,
            tests: 0,
            issues: Vec::new(),
            ..FileReport::default()
        },
        sources: Vec::new(),
        foreign: true,
    };
    let from = engine.library.add(vec![unread]);
    assert!(engine.library.to_show(from).is_some());
}

#[test]
fn a_sequential_run_beside_makes_a_speedup() {
    let engine = engine(vec![loaded("a", run("one", 8, 1, true)), loaded("b", run("two", 8, 2, true))]);
    let runs = engine.summary().runs;
    assert_eq!(runs[0].baseline, None);
    let baseline = runs[1].baseline.as_ref().unwrap();
    assert_eq!((baseline.run.as_str(), baseline.speedup), ("one", Some(9.0 / 5.0)));
    assert_eq!(runs[1].provenance.get("speedup"), Some(Provenance::Recorded));
    assert_eq!(runs[1].provenance.get("session_speedup"), Some(Provenance::Unknown));
    assert_eq!(runs[1].url, None, "only addresses of pages");
    assert_eq!(runs[1].started_at.as_deref(), Some("2026-03-02T08:12:41Z"));
}

#[test]
fn the_list_is_sorted_searched_and_paged() {
    let mut engine = engine(vec![loaded("a", run("r", 12, 2, true))]);
    let all = tests(&mut engine, TestsRequest::default());
    assert_eq!(names(&all)[..4], ["test_1", "test_2", "test_11", "test_10"], "failed, flaky, then the longest");
    assert_eq!(all.total, 12);
    let count = |page: &TestsPage, word: &str| page.counts.iter().find(|c| c.0 == word).unwrap().1;
    assert_eq!((count(&all, "passed"), count(&all, "failed"), count(&all, "flaky")), (11, 1, 1));
    let by_name = TestsRequest { sort: Sort::Name, offset: 2, limit: 2, ..TestsRequest::default() };
    let page = tests(&mut engine, by_name.clone());
    assert_eq!(names(&page)[..2], ["test_2", "test_3"]);
    let reversed = tests(&mut engine, TestsRequest { reverse: true, offset: 0, ..by_name });
    assert_eq!(names(&reversed)[..2], ["test_11", "test_10"]);
    let outcomes = vec!["failed".to_owned(), "flaky".to_owned()];
    let bad = tests(&mut engine, TestsRequest { outcomes, q: "test_a".to_owned(), ..TestsRequest::default() });
    assert_eq!(names(&bad), ["test_1", "test_2"]);
    assert_eq!(count(&bad, "passed"), 11, "counts do not depend on the chosen outcomes");
    let located = tests(
        &mut engine,
        TestsRequest {
            locate: Some("tests/test_a.py::test_11".to_owned()),
            q: "oops:1".to_owned(),
            ..TestsRequest::default()
        },
    );
    assert_eq!(located.located, Some(2));
    assert!(located.problem.unwrap().contains("oops:"));
}

#[test]
fn lanes_and_their_bars_agree() {
    let mut engine = engine(vec![loaded("a", run("r", 12, 3, true))]);
    let Answer::Timeline(timeline) = engine.answer(&Request::Timeline(by_name(None))).0 else { panic!() };
    assert_eq!((timeline.provenance, timeline.spans, timeline.to_s), (Provenance::Recorded, 13, 5.0));
    assert_eq!(timeline.lanes.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["gw0", "gw1", "gw2"]);
    assert_eq!(timeline.zero_at.as_deref(), Some("2026-03-02T08:12:41Z"));
    let bars = frame(&mut engine, by_name(None));
    assert_eq!((bars.len(), bars.lanes), (13, 3));
    assert_eq!(bars.flags.iter().filter(|&&f| f & 1 == 1).count(), 1, "one retry");
    let last_first = TimelineRequest { sort: LaneSort::LastStop, ..by_name(None) };
    let bars = frame(&mut engine, last_first);
    assert_eq!(bars.to_s[4], 5.0, "the worker that stops last is on top");
}

#[test]
fn a_simulation_takes_the_number_of_workers_asked_for() {
    let mut engine = engine(vec![loaded("a", run("r", 12, 1, false))]);
    let Answer::Timeline(timeline) = engine.answer(&Request::Timeline(by_name(Some(4)))).0 else { panic!() };
    assert_eq!((timeline.provenance, timeline.lanes.len()), (Provenance::Simulated, 4));
    assert_eq!(timeline.simulated_workers, Some(4));
    assert_eq!(frame(&mut engine, by_name(Some(4))).lanes, 4);
    assert_eq!(frame(&mut engine, by_name(None)).lanes, 1);
    let Answer::Timeline(most) = engine.answer(&Request::Timeline(by_name(Some(u32::MAX)))).0 else { panic!() };
    assert_eq!(most.lanes.len(), 12 + 1);
}

#[test]
fn a_test_in_detail_knows_its_neighbours() {
    let mut engine = engine(vec![loaded("a", run("r", 12, 3, true))]);
    let asked = Request::Test { run: "r".to_owned(), test: "tests/test_a.py::test_4".to_owned() };
    let Answer::Test(detail) = engine.answer(&asked).0 else { panic!() };
    let near: Vec<_> = detail.neighbours.iter().map(|n| (n.relation, n.test.name.as_str(), n.seconds)).collect();
    assert_eq!(
        near,
        [
            (Relation::Before, "test_1", 0.0),
            (Relation::After, "test_7", 0.0),
            (Relation::After, "test_10", 1.0),
            (Relation::Overlap, "test_2", 1.0),
            (Relation::Overlap, "test_3", 1.0),
        ]
    );
    assert_eq!(detail.provenance, Provenance::Recorded);
    let asked = Request::Test { run: "r".to_owned(), test: "tests/test_a.py::test_2".to_owned() };
    let Answer::Test(detail) = engine.answer(&asked).0 else { panic!() };
    assert_eq!(detail.attempts.len(), 2);
    assert_eq!(detail.attempts[0].trace.spans[1].colour, Some(1));
    let attempt = detail.attempts[1].attempt;
    let Answer::Attempt(brief) = engine.answer(&Request::Attempt { run: "r".to_owned(), attempt }).0 else { panic!() };
    assert_eq!((brief.number, brief.of, brief.worker.as_deref()), (2, 2, Some("gw2")));
}

#[test]
fn the_overview_says_why_tests_failed() {
    let mut engine = engine(vec![loaded("a", run("r", 30, 3, true))]);
    let Answer::Overview(overview) = engine.answer(&Request::Overview { run: "r".to_owned() }).0 else { panic!() };
    assert_eq!(overview.failures[0].message, "assert 1 == 2");
    assert_eq!((overview.slowest.len(), overview.flaky.len(), overview.workers.len()), (10, 1, 3));
    assert_eq!(overview.slowest[0].name, "test_2", "two attempts are two seconds");
    assert_eq!(overview.concurrency.unwrap().peak, 3);
    assert!(overview.hints.iter().all(|h| h.how.is_some()));
    assert!(engine.verdict("r").unwrap().starts_with("30 tests on 3 workers in 11.0\u{a0}s"));
}

#[test]
fn questions_about_what_is_not_there_are_refused() {
    let mut engine = engine(vec![loaded("a", run("r", 3, 2, true))]);
    let questions = [
        Request::Overview { run: "x".to_owned() },
        Request::Attempt { run: "r".to_owned(), attempt: 99 },
        Request::Attempt { run: "r".to_owned(), attempt: u32::MAX },
        Request::Test { run: "r".to_owned(), test: "nowhere".to_owned() },
        Request::Cancel,
    ];
    for question in questions {
        assert!(matches!(engine.answer(&question).0, Answer::Failed { .. }), "{question:?}");
    }
    for (from_s, to_s) in [(f64::NAN, 1.0), (5.0, -5.0), (f64::NEG_INFINITY, f64::INFINITY), (1e300, 1e301)] {
        let asked = WindowRequest {
            timeline: by_name(None),
            from_s,
            to_s,
            first_lane: 9,
            lanes: u32::MAX,
            ..WindowRequest::default()
        };
        assert_eq!(engine.answer(&Request::Window(asked)).0, Answer::Frame);
    }
}

fn opened(files: &[(&str, &'static [u8])]) -> Engine {
    let file = |&(path, bytes): &(&str, &'static [u8])| crate::OpenFile {
        path: path.to_owned(),
        size: None,
        reader: Box::new(std::io::Cursor::new(bytes)),
    };
    let mut engine = Engine::new();
    engine.open(files.iter().map(file).collect());
    engine
}

const JOBS: &[u8] = include_bytes!("../../../fixtures/github-actions-api/jobs-of-the-shards.json");
const SHARD: &[u8] = include_bytes!("../../../fixtures/playwright-json/playwright-1.65.1-shard-1.json");

fn timeline_of(engine: &mut Engine) -> lanescope_protocol::Timeline {
    let run = engine.summary().runs[0].id.clone();
    match engine.answer(&Request::Timeline(TimelineRequest { run, sort: LaneSort::Name, workers: None })).0 {
        Answer::Timeline(timeline) => *timeline,
        other => panic!("{other:?}"),
    }
}

#[test]
fn jobs_without_tests_are_a_run_without_figures() {
    let mut engine = opened(&[("jobs.json", JOBS)]);
    let summary = engine.summary();
    assert_eq!(summary.runs.len(), 1);
    let run = &summary.runs[0];
    assert_eq!((run.label.as_str(), run.tests, run.wall_s, run.workers), ("CI", 0, None, None));
    assert!(engine.verdict(&run.id).is_some());
    let Answer::Overview(overview) = engine.answer(&Request::Overview { run: run.id.clone() }).0 else { panic!() };
    assert!(overview.hints.is_empty());
    let timeline = timeline_of(&mut engine);
    assert!(timeline.lanes.is_empty() && timeline.explanation.contains("without tests"));
    assert_eq!(timeline.jobs.len(), 5);
    let build = &timeline.jobs[0];
    assert_eq!((build.queued_from_s, build.from_s, build.to_s), (Some(-8.0), Some(0.0), Some(20.0)));
    assert_eq!((build.steps[0].from_s, build.steps[0].to_s), (Some(0.0), Some(2.0)));
    assert_eq!((build.outcome.as_str(), timeline.jobs[4].outcome.as_str()), ("passed", "skipped"));
}

#[test]
fn jobs_stand_on_the_clock_of_the_tests() {
    let mut engine = opened(&[("jobs.json", JOBS), ("shard-1.json", SHARD)]);
    let runs = engine.summary().runs;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].branch.as_deref(), Some("main"));
    let timeline = timeline_of(&mut engine);
    assert_eq!(timeline.lanes[0].name, "1/3 · worker 0");
    let job = timeline.jobs.iter().find(|j| j.name == "e2e (1/3)").unwrap();
    assert!(job.from_s.unwrap() < 0.0 && job.to_s.unwrap() > timeline.to_s, "{job:?}");
    assert!(job.queued_from_s < job.from_s);
}

#[test]
fn hints_speak_of_the_tool_that_wrote_the_files() {
    let mut engine = opened(&[("shard-1.json", SHARD)]);
    let run = engine.summary().runs[0].id.clone();
    let Answer::Overview(overview) = engine.answer(&Request::Overview { run }).0 else { panic!() };
    let hows: Vec<&str> = overview.hints.iter().filter_map(|h| h.how.as_deref()).collect();
    assert!(!hows.is_empty() && hows.iter().all(|h| h.contains("playwright")), "{hows:?}");
}

#[test]
fn a_predicted_run_stands_beside_the_recorded_ones_and_is_marked() {
    let mut engine = engine(vec![loaded("a", run("r", 8, 2, true))]);
    // The same tests at the same times, of another format: recorded files like these would be one run.
    let mut bytes = Vec::new();
    let mut out = |part: &[u8]| bytes.extend_from_slice(part);
    let mut to = lanescope_model::bytes::Sink::new(&mut out);
    run("r predicted", 8, 1, true).encode(&mut to);
    to.flush();
    drop(to);
    let mut left = bytes.as_slice();
    let mut from = |to: &mut [u8]| {
        let (now, later) = left.split_at(to.len());
        to.copy_from_slice(now);
        left = later;
    };
    let (answer, frame) = engine.take_made("planned: 1 worker", bytes.len(), &mut from);
    let Answer::Opened(opened) = answer else { panic!("{answer:?}") };
    assert!(frame.is_some());
    assert_eq!(opened.show.as_deref(), Some("r predicted"));
    assert_eq!(opened.timeline.unwrap().provenance, Provenance::Simulated);
    // Whatever is told of it says so, wherever it is told.
    let id = || "r predicted".to_owned();
    let made_up = |p: Provenance| matches!(p, Provenance::Simulated | Provenance::Unknown);
    let of_the_run = &opened.runs[1].provenance;
    assert!(of_the_run.iter().all(|(_, p)| made_up(p)), "{of_the_run:?}");
    assert_eq!(of_the_run.get("breakdown_s"), Some(Provenance::Simulated));
    assert_eq!(opened.overview.unwrap().concurrency.unwrap().provenance, Provenance::Simulated);
    let Answer::Waterfall(waterfall) = engine.answer(&Request::Waterfall { run: id() }).0 else { panic!() };
    assert!(waterfall.parts.iter().all(|part| made_up(part.provenance)), "{:?}", waterfall.parts);
    let asked = Request::Test { run: id(), test: "tests/test_a.py::test_4".to_owned() };
    let Answer::Test(test) = engine.answer(&asked).0 else { panic!() };
    assert_eq!(test.provenance, Provenance::Simulated);
    let labels: Vec<&str> = opened.runs.iter().map(|run| run.label.as_str()).collect();
    assert_eq!(labels, ["label of r", "planned: 1 worker"]);
    // It is sequential, and yet no baseline: nobody has made it.
    assert!(opened.runs.iter().all(|run| run.baseline.is_none()));
    assert!(matches!(engine.take_made("x", 3, &mut |to: &mut [u8]| to.fill(7)).0, Answer::Failed { .. }));
}

//! Where time goes, what holds the end up and what fixtures cost, on real runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and says what it found"
)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lanescope_engine::{Engine, OpenFile};
use lanescope_protocol::{
    Answer, CriticalEnd, FixtureReach, Limits, PartKey, Pieces, Provenance, Request, RunSummary, Waterfall, WaterfallOf,
};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn open(paths: &[PathBuf]) -> Engine {
    let file = |path: &PathBuf| OpenFile {
        path: path.file_name().unwrap().to_string_lossy().into_owned(),
        size: None,
        reader: Box::new(File::open(path).unwrap()),
    };
    let mut engine = Engine::new();
    engine.open(paths.iter().map(file).collect());
    engine
}

/// The files of one run, `FOLDER/NAME.*`.
fn one_run(folder: &Path, name: &str) -> (Engine, RunSummary) {
    let endings = ["junit.xml", "reportlog.jsonl", "reportlog.jsonl.gz", "log", "log.gz"];
    let files = endings.map(|e| folder.join(format!("{name}.{e}"))).into_iter().filter(|p| p.is_file());
    let engine = open(&files.collect::<Vec<_>>());
    let runs = engine.summary().runs;
    assert_eq!(runs.len(), 1, "{name}");
    (engine, runs.into_iter().next().unwrap())
}

fn demo() -> (Engine, RunSummary) {
    one_run(&root("public/demo"), "parallel")
}

/// The real runs beside the workspace, by suite and name; none, with a word about it, where they do not stand there.
fn real_runs() -> Vec<(PathBuf, String)> {
    let mut runs = Vec::new();
    for suite in ["networkx", "iosuite"] {
        let folder = root("../../shared/artifacts/pytest-xdist").join(suite);
        let Ok(entries) = fs::read_dir(&folder) else {
            println!("skipped: there is no folder {}", folder.display());
            continue;
        };
        let mut names: Vec<String> = entries
            .filter_map(|e| e.unwrap().file_name().into_string().unwrap().strip_suffix(".meta.json").map(str::to_owned))
            .collect();
        names.sort();
        runs.extend(names.into_iter().map(|name| (folder.clone(), name)));
    }
    runs
}

fn waterfall(engine: &mut Engine, run: &str) -> Waterfall {
    match engine.answer(&Request::Waterfall { run: run.to_owned() }).0 {
        Answer::Waterfall(w) => *w,
        other => panic!("{other:?}"),
    }
}

fn end(engine: &mut Engine, run: &str) -> CriticalEnd {
    match engine.answer(&Request::End { run: run.to_owned() }).0 {
        Answer::End(end) => *end,
        other => panic!("{other:?}"),
    }
}

fn limits(engine: &mut Engine, run: &str) -> Limits {
    match engine.answer(&Request::Limits { run: run.to_owned() }).0 {
        Answer::Limits(limits) => *limits,
        other => panic!("{other:?}"),
    }
}

fn pieces(engine: &mut Engine, run: &str, part: PartKey, offset: u32, limit: u32) -> Pieces {
    match engine.answer(&Request::Pieces { run: run.to_owned(), part, offset, limit }).0 {
        Answer::Pieces(pieces) => *pieces,
        other => panic!("{other:?}"),
    }
}

fn us(s: f64) -> i64 {
    (s * 1e6).round() as i64
}

/// What must hold for any run.
fn holds(engine: &mut Engine, summary: &RunSummary, of: &str) {
    let w = waterfall(engine, &summary.id);
    let seconds: BTreeMap<PartKey, Option<f64>> = w.parts.iter().map(|p| (p.key, p.seconds)).collect();
    assert_eq!(w.parts.iter().map(|p| p.key).collect::<Vec<_>>(), PartKey::ALL, "{of}");
    let part = |key: PartKey| seconds[&key].map_or(0, us);
    if let Some(b) = &summary.breakdown_s {
        let total = us(w.total_s.unwrap());
        assert_eq!(PartKey::ALL.into_iter().map(part).sum::<i64>(), total, "{of}");
        let of_what = if summary.session_s.is_some() { WaterfallOf::Session } else { WaterfallOf::Wall };
        assert_eq!(w.of, of_what, "{of}");
        let in_tests = [b.call, b.setup, b.teardown].map(|s| s.map_or(0, us)).iter().sum::<i64>();
        let ours = [PartKey::Call, PartKey::Setup, PartKey::Teardown, PartKey::Retries].map(part).iter().sum::<i64>();
        assert_eq!(ours, in_tests, "{of}");
        for (key, theirs) in
            [(PartKey::StartUp, b.start_up), (PartKey::Gap, b.gap), (PartKey::Tail, b.tail), (PartKey::After, b.after)]
        {
            assert_eq!(seconds[&key], theirs, "{of} {key:?}");
        }
        let shares: f64 = w.parts.iter().filter_map(|p| p.share).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{of} {shares}");
        for p in &w.parts {
            let listed = pieces(engine, &summary.id, p.key, 0, 1000);
            assert_eq!(listed.total, p.pieces.unwrap_or(0), "{of} {:?}", p.key);
            assert!(listed.rows.is_sorted_by(|a, b| a.seconds >= b.seconds), "{of} {:?}", p.key);
            // Lengths and points in time come from two clocks, which may differ by a little.
            let over = listed.rows.iter().map(|r| r.seconds - (r.to_s - r.from_s)).fold(0.0, f64::max);
            assert!(over < 0.02, "{of} {:?}: {over}", p.key);
            let mut sum = 0;
            for offset in (0..listed.total).step_by(1000) {
                let page = pieces(engine, &summary.id, p.key, offset, 1000);
                sum += page.rows.iter().map(|r| us(r.seconds)).sum::<i64>();
            }
            let known = p.seconds.map_or(0, us);
            // Parts of the session are divided by the workers, to whole microseconds; times that a file gives to
            // two attempts at once count once in the whole.
            assert!((sum - known).abs() <= 64.max(known / 500), "{of} {:?}: {sum} of {known}", p.key);
        }
    } else {
        assert_eq!((w.of, w.total_s), (WaterfallOf::Unknown, None), "{of}");
        assert!(w.explanation.starts_with("Not known: "), "{of} {}", w.explanation);
        assert_eq!(seconds[&PartKey::Gap], None, "{of}");
    }
    let setup: i64 = w.fixtures.iter().map(|f| us(f.seconds)).sum();
    if !w.fixtures.is_empty() {
        let known = summary.breakdown_s.as_ref().and_then(|b| b.setup).map_or(setup, us);
        assert!((setup - known).abs() <= known / 1000, "{of}: {setup} of {known}");
        assert!(w.fixtures.iter().all(|f| f.provenance == Provenance::Rebuilt && f.seconds >= 0.0), "{of}");
    }

    let e = end(engine, &summary.id);
    let Some(drain) = e.drain_s else {
        assert_eq!(e.provenance, Provenance::Unknown, "{of}");
        assert!(!e.explanation.is_empty(), "{of}");
        return;
    };
    let (wall, saved, most) = (summary.wall_s.unwrap(), e.saved_s.unwrap(), e.saved_bound_s.unwrap());
    assert!((0.0..=wall + 1e-9).contains(&drain), "{of}");
    assert!(e.last.iter().all(|p| p.to_s <= wall + 1e-9 && p.from_s >= 0.0), "{of}");
    assert!(e.last.is_sorted_by(|a, b| a.to_s >= b.to_s), "{of}");
    assert!(saved >= 0.0 && saved <= most + 1e-9, "{of}: {saved} {most}");
    assert!(most <= (wall - summary.lower_bound_s.unwrap_or(0.0)).max(0.0) + 1e-9, "{of}: {most}");
    let idle: f64 = e.lanes.iter().map(|l| l.idle_s).sum();
    assert!((idle - e.idle_s.unwrap()).abs() < 1e-6, "{of}");
}

#[test]
fn parts_sum_and_promises_hold_on_real_runs() {
    for (folder, name) in real_runs() {
        let (mut engine, summary) = one_run(&folder, &name);
        holds(&mut engine, &summary, &name);
        let e = end(&mut engine, &summary.id);
        let found = (e.drain_s, e.idle_s, e.saved_s, e.saved_bound_s, e.unstealable.len());
        println!("{name}: {:?} {found:?}", summary.dist_mode);
    }
    for name in ["parallel", "sequential"] {
        let (mut engine, summary) = one_run(&root("public/demo"), name);
        holds(&mut engine, &summary, name);
    }
}

fn scopes(w: &Waterfall) -> BTreeMap<FixtureReach, f64> {
    w.fixtures.iter().map(|f| (f.scope, f.seconds)).collect()
}

/// The demo's suite says what its fixtures cost: a database server of about 0.95 s for each of the ten workers, and
/// an API server of about 0.6 s for each of the eight that ran tests of the API. Both are set up late, with the first
/// test that asks for them.
#[test]
fn the_demos_session_fixtures_are_found() {
    let (mut engine, summary) = demo();
    let w = waterfall(&mut engine, &summary.id);
    let session = w.fixtures.first().unwrap();
    let true_s = 10.0 * 0.95 + 8.0 * 0.6;
    assert_eq!(session.scope, FixtureReach::Session);
    assert!((session.seconds - true_s).abs() < 0.15 * true_s, "{} of {true_s}", session.seconds);
    // Every worker paid; the one that paid most paid for both servers.
    assert!(session.times >= 10, "{}", session.times);
    assert!(session.worst.iter().all(|w| (1.4..1.8).contains(&w.seconds)), "{:?}", session.worst);
    // Most of what is left belongs to the files whose modules start something of their own.
    let module = w.fixtures.get(1).unwrap();
    let places: Vec<&str> = module.worst.iter().map(|w| w.place.as_str()).collect();
    assert!(places.contains(&"tests/integration/test_payments.py"), "{places:?}");
    assert!(places.contains(&"tests/integration/test_booking_flow.py"), "{places:?}");
}

/// Each file of this suite has one fixture, of the module's scope, that sleeps 0.15 s; nothing else is set up.
#[test]
fn a_suite_with_fixtures_of_modules_only_has_no_others() {
    for (folder, name) in real_runs().into_iter().filter(|(folder, _)| folder.ends_with("iosuite")) {
        let (mut engine, summary) = one_run(&folder, &name);
        let w = waterfall(&mut engine, &summary.id);
        let found = scopes(&w);
        let all: f64 = found.values().sum();
        let module = w.fixtures.iter().find(|f| f.scope == FixtureReach::Module).unwrap();
        assert!(module.seconds > 0.9 * all, "{name}: {found:?}");
        let each = module.seconds / f64::from(module.times);
        assert!((0.14..0.165).contains(&each), "{name}: {each} s, {} times", module.times);
        assert!(found[&FixtureReach::Session] < 0.02 * all, "{name}: {found:?}");
    }
}

#[test]
fn the_demos_end_is_held_up_by_the_settlement() {
    let (mut engine, summary) = demo();
    let e = end(&mut engine, &summary.id);
    let holder = e.holder.unwrap();
    assert_eq!(holder.test.name, "test_settlement_of_a_whole_year");
    assert_eq!(holder.attempt, e.last.first().unwrap().attempt);
    assert_eq!(e.last.len(), 10);
    assert_eq!(e.lanes.len(), 10);
    assert!(e.saved_s.unwrap() > 6.0, "{:?}", e.saved_s);
    // Three tests of more than a second waited in their worker's queue while gw7 had nothing to do.
    let long = e.unstealable.iter().filter(|u| u.waited_s > 1.0);
    let waited: Vec<&str> = long.map(|u| u.piece.test.name.as_str()).collect();
    assert_eq!(
        waited,
        ["test_references_do_not_repeat", "test_a_hanging_gateway_is_given_up", "test_large_reports_are_streamed"]
    );
    assert!(e.unstealable.iter().all(|u| u.inferred && u.piece.from_s > u.idle_since_s));
}

/// The demo's settings say `timeout = 30`, which pytest-timeout prints; one test has a limit of its own.
#[test]
fn the_demos_limit_is_the_declared_one() {
    let (mut engine, summary) = demo();
    let found = limits(&mut engine, &summary.id);
    assert_eq!(found.limit_s, Some(30.0));
    let names: Vec<&str> = found.timed_out.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["test_a_hanging_gateway_is_given_up"]);
    assert_eq!((found.timed_out_total, found.near_total), (1, 0));
    let Answer::Test(detail) =
        engine.answer(&Request::Test { run: summary.id, test: found.timed_out.first().unwrap().id.clone() }).0
    else {
        panic!("no detail");
    };
    assert!(detail.limit_s.is_some_and(|s| s < 3.0), "{:?}", detail.limit_s);
}

/// JUnit alone: what was spent in tests is known, idle time is not, and the answer says so.
#[test]
fn without_lanes_the_unknown_is_named() {
    let mut engine = open(&[root("public/demo/parallel.junit.xml")]);
    let summary = engine.summary().runs.into_iter().next().unwrap();
    let w = waterfall(&mut engine, &summary.id);
    assert!(w.explanation.contains("gaps, tail"), "{}", w.explanation);
    assert!(w.how.is_some() && w.fixtures.is_empty());
    let call = w.parts.iter().find(|p| p.key == PartKey::Call).unwrap();
    assert!(call.seconds.is_some() && call.share.is_none());
    let gaps = pieces(&mut engine, &summary.id, PartKey::Gap, 0, 10);
    assert_eq!(gaps.total, 0);
    assert!(!gaps.explanation.is_empty());
    let e = end(&mut engine, &summary.id);
    assert!(e.drain_s.is_none() && !e.explanation.is_empty());
}

//! How long the engine takes to open a reportlog, and to answer what a view asks: medians, printed.
//!
//! `cargo bench -p lanescope-engine --bench queries [-- TESTS [junit]]`; the last word leaves the reportlog out.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a bench prints, and stops at what it did not expect")]

use std::io::Cursor;
use std::time::Instant;

use lanescope_engine::{Engine, OpenFile};
use lanescope_ingest::{Opening, codec};
use lanescope_protocol::{
    Answer, ExportKind, ExportRequest, LaneSort, PartKey, Request, Sort, TestsRequest, TimelineRequest, WindowRequest,
};
use lanescope_samplegen::{Sample, Spec};

const ROUNDS: usize = 15;

fn main() {
    let tests = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(100_000);
    let sample = Sample::new(Spec { tests, workers: 64, ..Spec::default() });
    let junit_only = std::env::args().any(|a| a == "junit");
    for name in ["reportlog", "junit"] {
        let text = match name {
            "reportlog" if junit_only => continue,
            "reportlog" => sample.reportlog(),
            _ => sample.junit(),
        };
        println!("{name}, {tests} tests on 64 workers, {:.1} MB", text.len() as f64 / 1e6);
        bench(text.as_bytes());
    }
}

fn bench(bytes: &[u8]) {
    let mut engine = Engine::new();
    let loaded = timed("read", || {
        let reader = Box::new(Cursor::new(bytes.to_vec()));
        let file = OpenFile { path: "sample".to_owned(), size: Some(bytes.len() as u64), reader };
        Opening::new(vec![file]).read_all()
    });
    let mut parts = Vec::new();
    timed("as bytes", || codec::encode(&loaded, &mut |part| parts.extend_from_slice(part)));
    drop(loaded);
    let loaded = timed("back again", || {
        let mut at = 0;
        let next = &mut |to: &mut [u8]| {
            to.copy_from_slice(&parts[at..at + to.len()]);
            at += to.len();
        };
        codec::decode(parts.len(), next).expect("its own bytes")
    });
    println!("  {:.1} MB", parts.len() as f64 / 1e6);
    let opened = timed("figures, lanes, overview, first frame", || engine.take(loaded).0);
    let run = opened.show.expect("a run");
    let to_s = opened.timeline.expect("a timeline").to_s;
    let timeline = TimelineRequest { run: run.clone(), sort: LaneSort::Name, workers: None };
    let window = |from_s: f64, to_s: f64| {
        Request::Window(WindowRequest {
            timeline: timeline.clone(),
            from_s,
            to_s,
            width_px: 1400,
            first_lane: 0,
            lanes: u32::MAX,
            ..WindowRequest::default()
        })
    };
    let mut ask = |name: &str, requests: &[Request]| {
        let mut bytes = 0;
        let mut times: Vec<f64> = Vec::new();
        for request in requests.iter().cycle().take(requests.len().max(ROUNDS)) {
            let start = Instant::now();
            let (answer, frame) = engine.answer(request);
            times.push(start.elapsed().as_secs_f64() * 1e3);
            assert!(!matches!(answer, Answer::Failed { .. }), "{answer:?}");
            bytes = frame.map_or(0, |f| f.len());
        }
        times.sort_by(f64::total_cmp);
        let size = if bytes > 0 { format!(", {} KB", bytes / 1000) } else { String::new() };
        println!(
            "  {name}: best {:.2} ms, median {:.2} ms, worst {:.2} ms{size}",
            times.first().expect("a time"),
            times.get(times.len() / 2).expect("a time"),
            times.last().expect("a time"),
        );
    };
    ask("window, whole run", &[window(0.0, to_s)]);
    ask("window, a tenth", &[window(to_s * 0.4, to_s * 0.5)]);
    ask("window, a thousandth", &[window(to_s * 0.4, to_s * 0.401)]);
    ask("overview", &[Request::Overview { run: run.clone() }]);
    ask("waterfall", &[Request::Waterfall { run: run.clone() }]);
    let pieces = |part| Request::Pieces { run: run.clone(), part, offset: 0, limit: 50 };
    // By turns, so that nothing is answered from what is kept.
    ask("pieces, first page", &[pieces(PartKey::Call), pieces(PartKey::Gap)]);
    ask("end", &[Request::End { run: run.clone() }]);
    ask("limits", &[Request::Limits { run: run.clone() }]);
    for kind in [ExportKind::ChromeTrace, ExportKind::LanesCsv, ExportKind::Svg] {
        let (colours, timeline) = (Vec::new(), timeline.clone());
        let (width_px, height_px) = (1400, 0);
        let asked = ExportRequest { timeline, kind, from_s: 0.0, to_s, width_px, height_px, colours, dark: false };
        ask(&format!("export, {kind:?}"), &[Request::Export(asked)]);
    }
    // A new query each time, so that nothing is answered from what is kept.
    let queries = |sort: Sort, make: &dyn Fn(usize) -> String| -> Vec<Request> {
        let asked = |i| TestsRequest { run: run.clone(), q: make(i), sort, limit: 60, ..TestsRequest::default() };
        (0..ROUNDS).map(|i| Request::Tests(asked(i))).collect()
    };
    for sort in [Sort::Attention, Sort::Duration, Sort::Name, Sort::Start] {
        ask(&format!("tests, first by {sort:?}"), &queries(sort, &|_| String::new())[..1]);
    }
    ask("tests, a word", &queries(Sort::Attention, &|i| format!("mod_{i}")));
    ask("tests, two words and a key", &queries(Sort::Attention, &|i| format!("case does_{i} -duration:>10s")));
    ask("tests, a word that is not there", &queries(Sort::Attention, &|i| format!("nowhere{i}")));
    ask("tests, scrolling", &queries(Sort::Attention, &|_| "case".to_owned()));
    ask("test in detail", &[Request::Test { run: run.clone(), test: Sample::id(99) }]);
}

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    println!("  {name}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    made
}

//! Exported files, read back by readers of their own kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use lanescope_engine::{Engine, OpenFile};
use lanescope_protocol::{
    Answer, COLOUR_ROLES, ExportKind, ExportRequest, LaneSort, Request, Timeline, TimelineRequest,
};
use quick_xml::events::Event;
use serde_json::Value;

fn open(path: &str, bytes: Vec<u8>) -> (Engine, String) {
    let mut engine = Engine::new();
    let show = engine
        .open(vec![OpenFile { path: path.to_owned(), size: None, reader: Box::new(Cursor::new(bytes)) }])
        .0
        .show
        .unwrap();
    (engine, show)
}

fn demo() -> (Engine, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/demo/parallel.reportlog.jsonl.gz");
    open("parallel.reportlog.jsonl.gz", fs::read(path).unwrap())
}

const HOSTILE: [&str; 3] = ["test_<script>alert(1)</script>", "test_\"x\"&'y',=z", "test_]]>\u{7}\n<b>"];
const WORKER: &str = "=<img src=x onerror=alert(1)>";

/// A reportlog whose names are meant to do harm, with long bars that show their names.
fn hostile() -> (Engine, String) {
    let mut lines = String::from("{\"pytest_version\": \"9.2.0\", \"$report_type\": \"SessionStart\"}\n");
    for (i, name) in HOSTILE.iter().enumerate() {
        let start = 1_772_439_161.0 + i as f64 * 10.0;
        for (when, from, length) in [("setup", 0.0, 1.0), ("call", 1.0, 7.0), ("teardown", 8.0, 1.0)] {
            let outcome = if i == 0 && when == "call" { "failed" } else { "passed" };
            let record = serde_json::json!({
                "nodeid": format!("@tests/test_a.py::{name}"), "location": ["@tests/test_a.py", 1, name],
                "outcome": outcome, "when": when, "duration": length, "start": start + from,
                "stop": start + from + length, "longrepr": null, "sections": [], "keywords": {},
                "worker_id": if i == 2 { "gw1" } else { WORKER }, "$report_type": "TestReport",
            });
            lines.push_str(&format!("{record}\n"));
        }
    }
    open("hostile.jsonl", lines.into_bytes())
}

fn asked(run: &str, kind: ExportKind) -> ExportRequest {
    ExportRequest {
        timeline: TimelineRequest { run: run.to_owned(), sort: LaneSort::Name, workers: None },
        kind,
        from_s: 0.0,
        to_s: 0.0,
        width_px: 1200,
        height_px: 0,
        colours: Vec::new(),
        dark: false,
    }
}

fn export(engine: &mut Engine, asked: ExportRequest) -> (String, String, String) {
    let (Answer::Exported { name, mime }, Some(bytes)) = engine.answer(&Request::Export(asked)) else { panic!() };
    (name, mime, String::from_utf8(bytes).unwrap())
}

fn timeline(engine: &mut Engine, run: &str) -> Timeline {
    let asked = TimelineRequest { run: run.to_owned(), sort: LaneSort::Name, workers: None };
    let (Answer::Timeline(timeline), _) = engine.answer(&Request::Timeline(asked)) else { panic!() };
    *timeline
}

fn trace(engine: &mut Engine, run: &str) -> Value {
    let (name, mime, text) = export(engine, asked(run, ExportKind::ChromeTrace));
    assert!(name.ends_with(".trace.json") && mime == "application/json", "{name} {mime}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_trace_holds_each_lanes_time() {
    let (mut engine, run) = demo();
    let lanes = timeline(&mut engine, &run);
    let trace = trace(&mut engine, &run);
    assert_eq!(trace["otherData"]["provenance"], "recorded");
    let events = trace["traceEvents"].as_array().unwrap();
    let of = |e: &Value, key: &str| e[key].as_i64().unwrap();
    let mut names = BTreeMap::new();
    let (mut busy, mut attempts): (BTreeMap<i64, i64>, BTreeMap<i64, u32>) = Default::default();
    let mut parent = (0, 0);
    for e in events {
        match (e["ph"].as_str().unwrap(), e["name"].as_str().unwrap(), e["cat"].as_str()) {
            ("M", "thread_name", _) => {
                names.insert(of(e, "tid"), e["args"]["name"].as_str().unwrap().to_owned());
            }
            ("X", _, Some("phase")) => {
                let (from, to) = (of(e, "ts"), of(e, "ts") + of(e, "dur"));
                assert!(from >= parent.0 && to <= parent.1, "{e} outside {parent:?}");
                *busy.entry(of(e, "tid")).or_default() += of(e, "dur");
            }
            ("X", _, _) => {
                parent = (of(e, "ts"), of(e, "ts") + of(e, "dur"));
                *attempts.entry(of(e, "tid")).or_default() += 1;
                assert!(e["args"]["test"].as_str().unwrap().contains("::"));
            }
            _ => {}
        }
    }
    assert_eq!(names.len(), lanes.lanes.len());
    for (lane, tid) in lanes.lanes.iter().zip(1..) {
        assert_eq!(names[&tid], lane.name);
        assert_eq!(attempts[&tid], lane.attempts);
        // A phase that its span has no room for is cut: clocks differ by some microseconds.
        let differ = (busy[&tid] as f64 / 1e6 - lane.busy_s).abs();
        assert!(differ < 1e-3, "{}: {} {}", lane.name, busy[&tid], lane.busy_s);
    }
}

#[test]
fn hostile_names_are_only_text_in_a_trace() {
    let (mut engine, run) = hostile();
    let trace = trace(&mut engine, &run);
    let names: Vec<&str> = trace["traceEvents"].as_array().unwrap().iter().filter_map(|e| e["name"].as_str()).collect();
    assert!(HOSTILE.iter().all(|name| names.contains(name)), "{names:?}");
}

/// Rows of a CSV file, by the rules of RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.next_if_eq(&'"').is_some() => cell.push('"'),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\r', false) if chars.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty());
    rows
}

#[test]
fn a_table_reads_back() {
    let (mut engine, run) = demo();
    let lanes = timeline(&mut engine, &run);
    let (name, _, text) = export(&mut engine, asked(&run, ExportKind::LanesCsv));
    assert!(name.ends_with(".lanes.csv"));
    let rows = rows(&text);
    let (head, rows) = rows.split_first().unwrap();
    let all = "lane,worker,group,test,attempt,outcome,start_s,stop_s,setup_s,call_s,teardown_s,provenance";
    assert_eq!(head.join(","), all);
    assert!(rows.iter().all(|row| row.len() == head.len()));
    let placed: u32 = lanes.lanes.iter().map(|l| l.attempts).sum();
    assert_eq!(rows.len() as u32, placed + lanes.unplaced);
    for lane in &lanes.lanes {
        let of_lane = rows.iter().filter(|row| row[0] == lane.name);
        let spent = of_lane.flat_map(|row| &row[8..11]).map(|s| s.parse::<f64>().unwrap()).sum::<f64>();
        assert!((spent - lane.busy_s).abs() < 1e-3, "{}: {spent} {}", lane.name, lane.busy_s);
    }
    assert!(rows.iter().all(|row| row[11] == "recorded"));
}

#[test]
fn no_cell_is_a_formula() {
    let (mut engine, run) = hostile();
    let rows = rows(&export(&mut engine, asked(&run, ExportKind::LanesCsv)).2);
    let cells = || rows.iter().flatten();
    assert!(cells().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{rows:?}");
    assert!(cells().any(|cell| *cell == format!("'{WORKER}")), "{rows:?}");
    assert!(cells().any(|cell| *cell == format!("'@tests/test_a.py::{}", HOSTILE[2])), "{rows:?}");
}

/// Names of the elements of an XML document, and its text; stops where it is not well-formed.
fn read_xml(text: &str) -> (BTreeMap<String, usize>, Vec<String>) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut elements, mut texts, mut open) = (BTreeMap::new(), Vec::new(), 0_i32);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) | Event::Empty(e) => {
                for attribute in e.attributes() {
                    let key = attribute.unwrap().key.into_inner().to_owned();
                    assert!(!key.starts_with("on") && !key.ends_with("href"), "{e:?}");
                }
                *elements.entry(e.name().into_inner().to_owned()).or_default() += 1;
            }
            Event::Text(t) => texts.push(String::from(&*t)),
            Event::Eof => break,
            _ => {}
        }
        open += 1;
    }
    assert!(open > 0);
    (elements, texts)
}

#[test]
fn a_picture_is_well_formed_and_shows_what_the_screen_shows() {
    let (mut engine, run) = demo();
    let lanes = timeline(&mut engine, &run);
    let (name, mime, svg) = export(&mut engine, asked(&run, ExportKind::Svg));
    assert!(name.ends_with(".svg") && mime == "image/svg+xml");
    let (elements, texts) = read_xml(&svg);
    let has = |word: &str| texts.iter().any(|text| text.trim() == word);
    assert!(lanes.lanes.iter().all(|lane| has(&lane.name)), "{texts:?}");
    for word in ["passed", "failed", "error", "flaky", "idle at the end", "2 s", "20 s"] {
        assert!(has(word), "{word} of {texts:?}");
    }
    assert!(elements.keys().all(|e| !matches!(e.as_str(), "script" | "foreignObject" | "a" | "image" | "style")));
    // Hatched: the tail of each lane but the last one to stop, and the legend's.
    assert_eq!(svg.matches("url(#idle)").count(), lanes.lanes.len());
    assert!(!svg.contains("rebuilt") && !svg.contains("simulated"));

    // A window shows less, in the colours that were given.
    let mut part = asked(&run, ExportKind::Svg);
    (part.from_s, part.to_s, part.height_px) = (5.0, 5.5, 480);
    part.colours = vec!["rgb(1, 2, 3)".to_owned(); COLOUR_ROLES.len()];
    part.colours[2] = "url(https://example.org/x)".to_owned();
    let (_, _, svg) = export(&mut engine, part);
    let (_, texts) = read_xml(&svg);
    assert!(texts.iter().any(|t| t.trim() == "5200 ms"), "{texts:?}");
    assert!(svg.contains("rgb(1, 2, 3)") && !svg.contains("example.org"));
}

#[test]
fn hostile_names_are_only_text_in_a_picture() {
    let (mut engine, run) = hostile();
    let (_, _, svg) = export(&mut engine, asked(&run, ExportKind::Svg));
    let (elements, _) = read_xml(&svg);
    assert!(!elements.contains_key("script") && !elements.contains_key("img") && !elements.contains_key("b"));
    assert!(svg.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!svg.contains('\u{7}'));
}

#[test]
fn lanes_that_are_not_recorded_say_so_in_every_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/demo/parallel.junit.xml");
    let (mut engine, run) = open("parallel.junit.xml", fs::read(path).unwrap());
    let trace = trace(&mut engine, &run);
    assert_eq!(trace["otherData"]["provenance"], "simulated");
    assert!(trace["otherData"]["note"].as_str().unwrap().contains("simulated"));
    let (_, _, svg) = export(&mut engine, asked(&run, ExportKind::Svg));
    assert!(read_xml(&svg).1.iter().any(|t| t.contains("simulated on")));
    let (_, _, csv) = export(&mut engine, asked(&run, ExportKind::LanesCsv));
    assert!(rows(&csv).iter().skip(1).all(|row| row[11] == "simulated"));
}

#[test]
fn odd_windows_give_a_picture_all_the_same() {
    let (mut engine, run) = hostile();
    for (from_s, to_s, width_px, height_px) in
        [(f64::NAN, f64::INFINITY, 0, u32::MAX), (-1e300, 1e300, u32::MAX, 1), (9.0, 3.0, 1, 0), (1e-6, 3e-6, 900, 900)]
    {
        let mut odd = asked(&run, ExportKind::Svg);
        (odd.from_s, odd.to_s, odd.width_px, odd.height_px) = (from_s, to_s, width_px, height_px);
        let (_, _, svg) = export(&mut engine, odd);
        assert!(svg.len() < 200_000, "{}", svg.len());
        read_xml(&svg);
    }
}

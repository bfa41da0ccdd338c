//! What goes between page, reader and engine, in a real browser: bytes through its buffers.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

#[path = "../src/parts.rs"]
mod parts;

use js_sys::{Array, Uint8Array};
use lanescope_engine::{Engine, OpenFile};
use lanescope_ingest::{Opening, codec};
use lanescope_protocol::{Answer, Frame, FromEngine, MERGED, Request, ToEngine, VERSION};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A copy as `postMessage` makes it.
fn cloned(value: &JsValue) -> JsValue {
    let window = js_sys::global();
    let clone = js_sys::Reflect::get(&window, &"structuredClone".into()).unwrap();
    clone.unchecked_into::<js_sys::Function>().call1(&window, value).unwrap()
}

#[wasm_bindgen_test]
fn a_question_survives_as_bytes() {
    let paths = vec!["größe/тест[日本-🚢].xml".to_owned(), "quote\"back\\slash\u{0}\u{2028}".to_owned()];
    let asked = ToEngine { v: VERSION, id: u32::MAX, body: Request::Open { paths } };
    let sent = Uint8Array::from(postcard::to_allocvec(&asked).unwrap().as_slice());
    let got = cloned(&sent).dyn_into::<Uint8Array>().unwrap().to_vec();
    assert_eq!(postcard::from_bytes::<ToEngine>(&got).unwrap(), asked);
}

#[wasm_bindgen_test]
fn a_count_above_the_exact_integers_of_javascript_survives() {
    let progress = lanescope_protocol::ReadProgress { bytes_total: (1 << 53) + 1, ..Default::default() };
    let answer = FromEngine { v: VERSION, id: 1, body: Answer::Progress(progress) };
    let sent = Uint8Array::from(postcard::to_allocvec(&answer).unwrap().as_slice());
    let got = cloned(&sent).dyn_into::<Uint8Array>().unwrap().to_vec();
    assert_eq!(postcard::from_bytes::<FromEngine>(&got).unwrap(), answer);
}

#[wasm_bindgen_test]
fn a_frame_survives_as_bytes() {
    let frame = Frame {
        window_from_s: 0.1,
        window_to_s: 1e9,
        first_lane: 3,
        lanes: 4,
        from_s: vec![0.1, 0.2],
        to_s: vec![0.15, f64::MAX],
        lane: vec![3, 4],
        attempt: vec![7, MERGED],
        count: vec![1, 900],
        setup_s: vec![0.01, 0.0],
        teardown_s: vec![0.0, 0.0],
        fill: vec![1.0, 0.25],
        outcome: vec![0, 2],
        flags: vec![1, 2],
        tint: vec![0, 8],
        px_per_s: 12.5,
        links: vec![lanescope_protocol::Link { from_lane: 3, from_s: 0.15, to_lane: 4, to_s: 0.2 }],
    };
    let sent = Uint8Array::from(&frame.encode()[..]);
    let got = cloned(&sent).dyn_into::<Uint8Array>().unwrap().to_vec();
    assert_eq!(Frame::decode(&got).unwrap(), frame);
}

#[wasm_bindgen_test]
fn bytes_that_are_no_frame_are_refused() {
    assert!(Frame::decode(&[]).is_err());
    assert!(Frame::decode(&[0xff; 200]).is_err());
}

const REPORT: &[u8] = include_bytes!("../../../public/demo/parallel.reportlog.jsonl.gz");

fn files() -> Vec<OpenFile> {
    let small = b"<testsuite name='s'><testcase name='a' time='1'/></testsuite>".as_slice();
    let file = |(path, bytes): (&str, &'static [u8])| OpenFile {
        path: path.to_owned(),
        size: Some(bytes.len() as u64),
        reader: Box::new(std::io::Cursor::new(bytes)),
    };
    [("parallel.reportlog.jsonl.gz", REPORT), ("small.xml", small), ("no.xml", b"")].map(file).into()
}

#[wasm_bindgen_test]
fn files_go_from_the_reader_to_the_engine() {
    let buffers = Array::new();
    codec::encode(&Opening::new(files()).read_all(), &mut |part| {
        buffers.push(&Uint8Array::from(part).buffer());
    });
    let mut parts = parts::Parts::new(&Array::from(&cloned(&buffers)));
    let (answer, frame) = Engine::new().take_encoded(parts.len(), &mut |to| parts.next(to));
    assert_eq!(parts.len(), 0);
    let (opened, first) = Engine::new().open(files());
    assert_eq!(answer, Answer::Opened(Box::new(opened)));
    assert!(frame.is_some() && frame == first);
}

#[wasm_bindgen_test]
fn what_no_reader_wrote_is_refused_and_nothing_is_lost() {
    let mut engine = Engine::new();
    engine.open(files());
    let buffers = Array::of1(&Uint8Array::from([7; 99].as_slice()).buffer());
    let mut parts = parts::Parts::new(&buffers);
    let (answer, _) = engine.take_encoded(parts.len(), &mut |to| parts.next(to));
    assert!(matches!(answer, Answer::Failed { .. }));
    assert_eq!(engine.summary().runs.len(), 2);
}

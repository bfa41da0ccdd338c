//! What goes between page and worker, in a real browser: bytes through its buffers.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it did not expect")]

use js_sys::Uint8Array;
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

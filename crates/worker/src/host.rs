//! The event loop around the engine.

use std::cell::RefCell;
use std::io::{Error, Read};

use js_sys::{Array, Object, Reflect, Uint8Array};
use lanescope_engine::{Engine, OpenFile, OpenStep};
use lanescope_protocol::{Answer, FromEngine, Request, ToEngine, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

use crate::blob_reader::BlobReader;

/// Unpacked bytes read between two looks at the clock.
const STEP_BYTES: usize = 1 << 20;
/// Milliseconds of reading before the event loop runs again.
const SLICE_MS: f64 = 25.0;
/// Milliseconds between two reports of progress.
const PROGRESS_MS: f64 = 60.0;

/// Build of this worker; the page compares it with its own.
const BUILD: &str = match option_env!("LANESCOPE_BUILD") {
    Some(build) => build,
    None => "dev",
};

struct Host {
    scope: DedicatedWorkerGlobalScope,
    engine: Engine,
    /// Wakes the worker after other messages had their turn; a timer would be clamped to 4 ms.
    wake: MessageChannel,
    opening: Option<Opening>,
}

struct Opening {
    id: u32,
    reported_ms: f64,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Sets the worker up.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let Ok(wake) = MessageChannel::new() else { return };
    let on_wake = Closure::<dyn FnMut()>::new(|| with_host(Host::pump));
    wake.port1().set_onmessage(Some(on_wake.as_ref().unchecked_ref()));
    on_wake.forget();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        with_host(|host| host.receive(&event.data()));
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let host = Host { scope, engine: Engine::new(), wake, opening: None };
    HOST.with(|slot| *slot.borrow_mut() = Some(host));
    // The page waits for this before its first question: what it sent earlier would have been lost.
    with_host(|host| host.send(0, Answer::Hello { build: BUILD.to_owned() }, None));
}

fn with_host(work: impl FnOnce(&mut Host)) {
    HOST.with(|slot| {
        if let Some(host) = slot.borrow_mut().as_mut() {
            work(host);
        }
    });
}

impl Host {
    fn receive(&mut self, data: &JsValue) {
        let bytes = Reflect::get(data, &"m".into()).map(|m| Uint8Array::new(&m).to_vec()).unwrap_or_default();
        let Ok(message) = postcard::from_bytes::<ToEngine>(&bytes) else {
            return self.send(0, Answer::Failed { text: "unreadable question".to_owned() }, None);
        };
        if message.v != VERSION {
            let text = format!("the page speaks version {} and the engine {VERSION}: reload the page", message.v);
            return self.send(message.id, Answer::Failed { text }, None);
        }
        match message.body {
            Request::Hello { .. } => self.send(message.id, Answer::Hello { build: BUILD.to_owned() }, None),
            Request::Open { paths } => self.open(message.id, paths, data),
            Request::Cancel => self.cancel(),
            other => {
                let (answer, frame) = self.engine.answer(&other);
                self.send(message.id, answer, frame);
            }
        }
    }

    fn open(&mut self, id: u32, paths: Vec<String>, data: &JsValue) {
        self.cancel();
        let blobs = Reflect::get(data, &"blobs".into()).map(|b| Array::from(&b)).unwrap_or_default();
        let files = paths.into_iter().zip(blobs.iter()).map(|(path, blob)| {
            let blob: Option<Blob> = blob.dyn_into().ok();
            let size = blob.as_ref().map(|b| b.size() as u64);
            let reader: Box<dyn Read> = match blob.map(BlobReader::new) {
                Some(Ok(reader)) => Box::new(reader),
                _ => Box::new(Unreadable),
            };
            OpenFile { path, size, reader }
        });
        let files = files.collect();
        self.engine.begin_open(files);
        self.opening = Some(Opening { id, reported_ms: self.now_ms() });
        self.wake_up();
    }

    /// One slice of reading.
    fn pump(&mut self) {
        let Some(opening) = &self.opening else { return };
        let (id, reported_ms) = (opening.id, opening.reported_ms);
        let started_ms = self.now_ms();
        loop {
            match self.engine.step_open(STEP_BYTES) {
                OpenStep::Done => {
                    self.opening = None;
                    let (opened, frame) = self.engine.finish_open();
                    return self.send(id, Answer::Opened(Box::new(opened)), frame);
                }
                OpenStep::Reading(progress) => {
                    let now_ms = self.now_ms();
                    if now_ms - reported_ms > PROGRESS_MS {
                        if let Some(opening) = &mut self.opening {
                            opening.reported_ms = now_ms;
                        }
                        self.send(id, Answer::Progress(progress), None);
                        return self.wake_up();
                    }
                    if now_ms - started_ms > SLICE_MS {
                        return self.wake_up();
                    }
                }
            }
        }
    }

    fn cancel(&mut self) {
        if let Some(opening) = self.opening.take() {
            self.engine.cancel_open();
            self.send(opening.id, Answer::Cancelled, None);
        }
    }

    fn send(&self, id: u32, body: Answer, frame: Option<Vec<u8>>) {
        let message = FromEngine { v: VERSION, id, body };
        let Ok(bytes) = postcard::to_allocvec(&message) else { return };
        let out = Object::new();
        let transfer = Array::new();
        let answer = Uint8Array::from(bytes.as_slice()).buffer();
        transfer.push(&answer);
        let mut whole = Reflect::set(&out, &"m".into(), &answer).is_ok();
        if let Some(frame) = frame {
            let buffer = Uint8Array::from(frame.as_slice()).buffer();
            transfer.push(&buffer);
            whole &= Reflect::set(&out, &"frame".into(), &buffer).is_ok();
        }
        if whole {
            // Fails only when the page is gone.
            let _ = self.scope.post_message_with_transfer(&out, &transfer);
        }
    }

    fn wake_up(&self) {
        let _ = self.wake.port2().post_message(&JsValue::NULL);
    }

    fn now_ms(&self) -> f64 {
        self.scope.performance().map_or(0.0, |p| p.now())
    }
}

/// Stands for what came without bytes.
struct Unreadable;

impl Read for Unreadable {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Error> {
        Err(Error::other("no bytes came with this file; is it a folder?"))
    }
}

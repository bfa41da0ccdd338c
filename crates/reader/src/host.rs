//! The event loop around an opening.

use std::cell::RefCell;
use std::io::{Error, Read};

use js_sys::WebAssembly::Memory;
use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use lanescope_ingest::{OpenFile, OpenProgress, Opening, ReadSeek, Unseekable, codec};
use lanescope_protocol::{Answer, FromEngine, ReadProgress, Request, ToEngine, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

use crate::address::{self, Instead};
use crate::blob_reader::BlobReader;
use crate::feed::{Feed, Feeds, Listener};

/// Unpacked bytes read between two looks at the clock.
const STEP_BYTES: usize = 256 << 10;
/// Bytes that are read in one turn of the event loop while more of the file comes: what came meanwhile is then handed over
/// in one piece, which costs a fraction of what many cost.
const TURN_BYTES: usize = 1 << 20;
/// Bytes that a step may take of a file: its own, and what readers take ahead of them.
const TAKEN_BYTES: u64 = 512 << 10;
/// Bytes that are waited for once there are too few for a step: a browser is twice as fast at giving them when nobody
/// reads in between.
const WAITED_BYTES: u64 = 512 << 10;
/// Milliseconds of reading before the event loop runs again.
const SLICE_MS: f64 = 25.0;
/// Milliseconds between two reports of progress.
const PROGRESS_MS: f64 = 60.0;
/// A worker's memory never shrinks: with more bytes than this it asks to be replaced once what it read is handed over.
const SPENT_BYTES: u32 = 12 << 20;

/// Build of this worker; the page compares it with its own.
const BUILD: &str = match option_env!("LANESCOPE_BUILD") {
    Some(build) => build,
    None => "dev",
};

struct Host {
    scope: DedicatedWorkerGlobalScope,
    /// Wakes the worker after other messages had their turn; a timer would be clamped to 4 ms.
    wake: MessageChannel,
    listener: Listener,
    job: Option<Job>,
}

struct Job {
    id: u32,
    opening: Opening,
    feeds: Feeds,
    /// Since when nothing can be read before more bytes have come, and how long that was so before, in milliseconds.
    waits_since_ms: Option<f64>,
    waited_ms: f64,
    reported_ms: f64,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
    /// The question and the file being read. Beside the host, which a trap leaves borrowed for good.
    static READING: RefCell<Option<(u32, OpenProgress)>> = const { RefCell::new(None) };
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
    let on_trap = Closure::<dyn FnMut()>::new(name_file);
    let _ = scope.add_event_listener_with_callback("error", on_trap.as_ref().unchecked_ref());
    on_trap.forget();
    let listener = Listener::new(|| with_host(Host::fed));
    HOST.with(|slot| *slot.borrow_mut() = Some(Host { scope, wake, listener, job: None }));
    // The page waits for this before its first question: what it sent earlier would have been lost.
    with_host(|host| send(&host.scope, 0, Answer::Hello { build: BUILD.to_owned() }, None));
}

fn with_host(work: impl FnOnce(&mut Host)) {
    HOST.with(|slot| {
        if let Some(host) = slot.borrow_mut().as_mut() {
            work(host);
        }
    });
}

/// After a trap: tells the page which file it was. The page hears of the trap itself only after this.
fn name_file() {
    let reading = READING.with(|reading| reading.try_borrow_mut().ok().and_then(|mut reading| reading.take()));
    if let Some((id, progress)) = reading {
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        send(&scope, id, Answer::Progress(shown(&progress)), None);
    }
}

fn shown(progress: &OpenProgress) -> ReadProgress {
    let OpenProgress { path, files_done, files, bytes, bytes_total, tests } = progress.clone();
    ReadProgress { path, files_done, files, bytes, bytes_total, tests }
}

impl Host {
    fn receive(&mut self, data: &JsValue) {
        let bytes = Reflect::get(data, &"m".into()).map(|m| Uint8Array::new(&m).to_vec()).unwrap_or_default();
        let failed = |text: &str| Answer::Failed { text: text.to_owned() };
        let Ok(message) = postcard::from_bytes::<ToEngine>(&bytes) else {
            return self.send(0, failed("unreadable question"), None);
        };
        if message.v != VERSION {
            let text = "the page speaks another version than its reader: reload the page";
            return self.send(message.id, failed(text), None);
        }
        match message.body {
            Request::Hello { .. } => self.send(message.id, Answer::Hello { build: BUILD.to_owned() }, None),
            Request::Open { paths } => self.open(message.id, paths, data),
            Request::Cancel => self.cancel(),
            Request::Unreachable { address, own, status } => {
                let (fetch, text) = match address::instead(&address, &own, &status) {
                    Instead::Fetch(address) => (true, address),
                    Instead::Say(text) => (false, text),
                };
                self.send(message.id, Answer::Instead { fetch, text }, None);
            }
            _ => self.send(message.id, failed("This question is not the reader's to answer."), None),
        }
    }

    fn open(&mut self, id: u32, paths: Vec<String>, data: &JsValue) {
        self.cancel();
        let blobs = Reflect::get(data, &"blobs".into()).map(|b| Array::from(&b)).unwrap_or_default();
        let mut feeds = Vec::new();
        let files = paths.into_iter().zip(blobs.iter()).map(|(path, blob)| {
            let blob: Option<Blob> = blob.dyn_into().ok();
            let size = blob.as_ref().map(|b| b.size() as u64);
            let feed = blob.clone().map(Feed::new);
            feeds.push(feed.clone());
            let reader: Box<dyn ReadSeek> = match blob.zip(feed).map(|(blob, feed)| BlobReader::new(blob, feed)) {
                Some(Ok(reader)) => Box::new(reader),
                _ => Box::new(Unseekable(Box::new(Unreadable))),
            };
            OpenFile { path, size, reader }
        });
        self.mark("lanescope:reading");
        let opening = Opening::new(files.collect()).of_folders();
        self.job = Some(Job {
            id,
            opening,
            feeds: Feeds::new(feeds),
            waits_since_ms: None,
            waited_ms: 0.0,
            reported_ms: self.now_ms(),
        });
        self.wake_up();
    }

    /// More bytes of a file have come.
    fn fed(&mut self) {
        let now_ms = self.now_ms();
        if let Some(job) = self.job.as_mut()
            && let Some(since_ms) = job.waits_since_ms
            && job.feeds.ready(job.opening.progress().files_done as usize, WAITED_BYTES, &self.listener)
        {
            job.waits_since_ms = None;
            job.waited_ms += now_ms - since_ms;
            self.pump();
        }
    }

    /// One slice of reading.
    fn pump(&mut self) {
        let Some(mut job) = self.job.take() else { return };
        let started_ms = self.now_ms();
        let mut turn_bytes = 0;
        loop {
            if !job.feeds.ready(job.opening.progress().files_done as usize, TAKEN_BYTES, &self.listener) {
                job.waits_since_ms = Some(self.now_ms());
                self.job = Some(job);
                return;
            }
            note(job.id, job.opening.progress());
            let more = job.opening.step(STEP_BYTES);
            if job.opening.needs_full() {
                READING.with(|reading| reading.take());
                return self.send(job.id, Answer::NeedsFull, None);
            }
            if !more {
                let loaded = job.opening.finish();
                self.mark("lanescope:read");
                self.mark(&format!("lanescope:waited {} us", (job.waited_ms * 1e3) as u64));
                // Each part is copied once, out of this worker's memory.
                let parts = Array::new();
                codec::encode(&loaded, &mut |part| {
                    parts.push(&Uint8Array::from(part).buffer());
                });
                READING.with(|reading| reading.take());
                return self.send(job.id, Answer::Read, Some(&parts));
            }
            let now_ms = self.now_ms();
            if now_ms - job.reported_ms > PROGRESS_MS {
                job.reported_ms = now_ms;
                self.send(job.id, Answer::Progress(shown(job.opening.progress())), None);
                break;
            }
            turn_bytes += STEP_BYTES;
            if now_ms - started_ms > SLICE_MS || turn_bytes >= TURN_BYTES && job.feeds.flows() {
                break;
            }
        }
        self.job = Some(job);
        self.wake_up();
    }

    fn cancel(&mut self) {
        if let Some(job) = self.job.take() {
            READING.with(|reading| reading.take());
            self.send(job.id, Answer::Cancelled, None);
        }
    }

    fn send(&self, id: u32, body: Answer, parts: Option<&Array>) {
        send(&self.scope, id, body, parts);
    }

    fn wake_up(&self) {
        let _ = self.wake.port2().post_message(&JsValue::NULL);
    }

    /// For those who measure: when reading began, when the runs were made, and how much of it was spent in waiting for
    /// the browser to hand over a file.
    fn mark(&self, name: &str) {
        if let Some(performance) = self.scope.performance() {
            let _ = performance.mark(name);
        }
    }

    fn now_ms(&self) -> f64 {
        self.scope.performance().map_or(0.0, |p| p.now())
    }
}

/// Notes what is about to be read, once a file.
fn note(id: u32, progress: &OpenProgress) {
    READING.with(|reading| {
        let mut reading = reading.borrow_mut();
        if reading.as_ref().is_none_or(|(of, noted)| *of != id || noted.files_done != progress.files_done) {
            *reading = Some((id, progress.clone()));
        }
    });
}

fn send(scope: &DedicatedWorkerGlobalScope, id: u32, body: Answer, parts: Option<&Array>) {
    let Ok(bytes) = postcard::to_allocvec(&FromEngine { v: VERSION, id, body }) else { return };
    let out = Object::new();
    let transfer = parts.map_or_else(Array::new, |parts| Array::from(parts));
    let answer = Uint8Array::from(bytes.as_slice()).buffer();
    transfer.push(&answer);
    let mut whole = Reflect::set(&out, &"m".into(), &answer).is_ok();
    if let Some(parts) = parts {
        whole &= Reflect::set(&out, &"parts".into(), parts).is_ok();
        let memory: Memory = wasm_bindgen::memory().unchecked_into();
        if memory.buffer().unchecked_into::<ArrayBuffer>().byte_length() > SPENT_BYTES {
            whole &= Reflect::set(&out, &"spent".into(), &JsValue::TRUE).is_ok();
        }
    }
    if whole {
        // Fails only when the page is gone.
        let _ = scope.post_message_with_transfer(&out, &transfer);
    }
}

/// Stands for what came without bytes.
struct Unreadable;

impl Read for Unreadable {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Error> {
        Err(Error::other("no bytes came with this file; is it a folder?"))
    }
}

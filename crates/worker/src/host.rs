//! The event loop around the engine.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use lanescope_engine::Engine;
use lanescope_protocol::{Answer, FromEngine, Request, ToEngine, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::parts::Parts;

/// Build of this worker; the page compares it with its own.
const BUILD: &str = match option_env!("LANESCOPE_BUILD") {
    Some(build) => build,
    None => "dev",
};

struct Host {
    scope: DedicatedWorkerGlobalScope,
    engine: Engine,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Sets the worker up.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        with_host(|host| host.receive(&event.data()));
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    HOST.with(|slot| *slot.borrow_mut() = Some(Host { scope, engine: Engine::new() }));
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
            Request::Take => {
                let buffers = Reflect::get(data, &"parts".into()).map(|p| Array::from(&p)).unwrap_or_default();
                let mut parts = Parts::new(&buffers);
                let (answer, frame) = self.engine.take_encoded(parts.len(), &mut |to| parts.next(to));
                self.send(message.id, answer, frame);
            }
            Request::Made { name } => {
                let buffers = Reflect::get(data, &"parts".into()).map(|p| Array::from(&p)).unwrap_or_default();
                let mut parts = Parts::new(&buffers);
                let (answer, frame) = self.engine.take_made(&name, parts.len(), &mut |to| parts.next(to));
                self.send(message.id, answer, frame);
            }
            other => {
                let (answer, frame) = self.engine.answer(&other);
                self.send(message.id, answer, frame);
            }
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
}

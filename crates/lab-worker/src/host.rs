//! The event loop around the desk.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use lanescope_lab::desk::{Desk, Step};
use lanescope_protocol::{FromLab, LabAnswer, LabRequest, ToLab, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

/// Milliseconds of work before the event loop runs again.
const SLICE_MS: f64 = 25.0;

/// Build of this worker; the page compares it with its own.
const BUILD: &str = match option_env!("LANESCOPE_BUILD") {
    Some(build) => build,
    None => "dev",
};

struct Host {
    scope: DedicatedWorkerGlobalScope,
    /// Wakes the worker after other messages had their turn; a timer would be clamped to 4 ms.
    wake: MessageChannel,
    desk: Desk,
    /// Whether a wake is under way.
    woken: bool,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Sets the worker up.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let Ok(wake) = MessageChannel::new() else { return };
    let on_wake = Closure::<dyn FnMut()>::new(|| {
        with_host(|host| {
            host.woken = false;
            host.pump();
        });
    });
    wake.port1().set_onmessage(Some(on_wake.as_ref().unchecked_ref()));
    on_wake.forget();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        with_host(|host| host.receive(&event.data()));
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    HOST.with(|slot| *slot.borrow_mut() = Some(Host { scope, wake, desk: Desk::new(), woken: false }));
    // The page waits for this before its first question: what it sent earlier would have been lost.
    let answer = LabAnswer::Hello { build: BUILD.to_owned() };
    with_host(|host| host.send(Step { id: 0, answer, beside: None, more: false }));
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
        let failed = |id, text: String| Step { id, answer: LabAnswer::Failed { text }, beside: None, more: false };
        let Ok(message) = postcard::from_bytes::<ToLab>(&bytes) else {
            return self.send(failed(0, "unreadable question".to_owned()));
        };
        if message.v != VERSION {
            let text = format!("the page speaks version {} and its worker {VERSION}: reload the page", message.v);
            return self.send(failed(message.id, text));
        }
        if let LabRequest::Take { run } = &message.body {
            let columns = Reflect::get(data, &"run".into()).map(|run| Uint8Array::new(&run)).unwrap_or_default();
            let mut at = 0;
            let answer = self.desk.take(run, columns.length() as usize, &mut |to: &mut [u8]| {
                let end = (at + to.len() as u32).min(columns.length());
                let now = columns.subarray(at, end);
                if let Some(to) = to.get_mut(..now.length() as usize) {
                    now.copy_to(to);
                }
                at = end;
            });
            return self.send(Step { id: message.id, answer, beside: None, more: false });
        }
        self.desk.ask(message.id, message.body);
        self.pump();
    }

    /// Works for a while, and goes on when other messages had their turn.
    fn pump(&mut self) {
        let now = || self.scope.performance().map_or(0.0, |clock| clock.now());
        let until = now() + SLICE_MS;
        loop {
            let Some(step) = self.desk.step() else { return };
            self.send(step);
            if now() > until {
                if !std::mem::replace(&mut self.woken, true) {
                    let _ = self.wake.port2().post_message(&JsValue::NULL);
                }
                return;
            }
        }
    }

    fn send(&self, step: Step) {
        let message = FromLab { v: VERSION, id: step.id, more: step.more, body: step.answer };
        let Ok(bytes) = postcard::to_allocvec(&message) else { return };
        let out = Object::new();
        let transfer = Array::new();
        let answer = Uint8Array::from(bytes.as_slice()).buffer();
        transfer.push(&answer);
        let mut whole = Reflect::set(&out, &"m".into(), &answer).is_ok();
        if let Some(beside) = step.beside {
            let buffer = Uint8Array::from(beside.as_slice()).buffer();
            transfer.push(&buffer);
            whole &= Reflect::set(&out, &"beside".into(), &buffer).is_ok();
        }
        if whole {
            // Fails only when the page is gone.
            let _ = self.scope.post_message_with_transfer(&out, &transfer);
        }
    }
}

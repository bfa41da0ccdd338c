//! The event loop of a satellite's worker: it takes whole runs and questions about them, and gives answers as they come.
//!
//! A message is `{m: Uint8Array, run?: ArrayBuffer}` in and `{m: ArrayBuffer, beside?: ArrayBuffer}` out. `m` is postcard
//! bytes. Between two steps of an answer the worker goes back to its event loop, so that the next question is heard.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use lanescope_protocol::VERSION;
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

/// One answer, and whether more follow.
pub struct Step {
    /// The number of its question.
    pub id: u32,
    /// The bytes of the answer.
    pub answer: Vec<u8>,
    /// A file or columns, to travel beside it.
    pub beside: Option<Vec<u8>>,
    /// Whether there is more to come of the same question.
    pub more: bool,
}

/// The columns beside a question: how many bytes there are, and what gives the next.
pub struct Columns<'a> {
    /// Bytes in all; 0 where there are none.
    pub bytes: usize,
    /// Fills the next bytes.
    pub next: &'a mut dyn FnMut(&mut [u8]),
}

/// What a worker works on.
pub trait Desk {
    /// The bytes of the first message, which says who this is.
    fn hello(&self, build: &str) -> Vec<u8>;
    /// The bytes of an answer that says what went wrong.
    fn failed(&self, text: String) -> Vec<u8>;
    /// Takes in a question with its number. What is answered at once is returned; other answers come by [`Desk::step`].
    /// `None` if these bytes are no question.
    fn ask(&mut self, id: u32, body: &[u8], columns: Columns) -> Option<Option<Vec<u8>>>;
    /// Does a bounded piece of work. `None` when nothing is in hand.
    fn step(&mut self) -> Option<Step>;
}

struct Host {
    scope: DedicatedWorkerGlobalScope,
    /// Wakes the worker after other messages had their turn; a timer would be clamped to 4 ms.
    wake: MessageChannel,
    desk: Box<dyn Desk>,
    /// Whether a wake is under way.
    woken: bool,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// Sets the worker up.
pub fn start(desk: Box<dyn Desk>) {
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
    HOST.with(|slot| *slot.borrow_mut() = Some(Host { scope, wake, desk, woken: false }));
    // The page waits for this before its first question: what it sent earlier would have been lost.
    with_host(|host| host.answer(0, host.desk.hello(BUILD)));
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
        let Ok(((v, id), body)) = postcard::take_from_bytes::<(u32, u32)>(&bytes) else { return };
        if v != VERSION {
            let text = format!("the page speaks version {v} and its worker {VERSION}: reload the page");
            return self.answer(id, self.desk.failed(text));
        }
        let columns = Reflect::get(data, &"run".into()).ok().filter(|run| !run.is_undefined());
        let columns = columns.map(|run| Uint8Array::new(&run)).unwrap_or_default();
        let mut at = 0;
        let mut next = |to: &mut [u8]| {
            let end = (at + to.len() as u32).min(columns.length());
            let now = columns.subarray(at, end);
            if let Some(to) = to.get_mut(..now.length() as usize) {
                now.copy_to(to);
            }
            at = end;
        };
        let columns = Columns { bytes: columns.length() as usize, next: &mut next };
        match self.desk.ask(id, body, columns) {
            None => self.answer(id, self.desk.failed("unreadable question".to_owned())),
            Some(Some(answer)) => self.answer(id, answer),
            Some(None) => self.pump(),
        }
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

    fn answer(&self, id: u32, answer: Vec<u8>) {
        self.send(Step { id, answer, beside: None, more: false });
    }

    fn send(&self, step: Step) {
        let Ok(mut bytes) = postcard::to_allocvec(&(VERSION, step.id, step.more)) else { return };
        bytes.extend_from_slice(&step.answer);
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

//! A satellite's worker, as its page sees it: questions go out, answers come back by number.

use std::cell::{Cell, RefCell};

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use lanescope_protocol::VERSION;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{Beside, Kind, bytes_of, listed};
use crate::shell::BUILD;
use crate::state::ById;

type Tell = Box<dyn FnMut(&[u8], Beside)>;
type Lost = Box<dyn Fn(String)>;

#[derive(Default)]
struct Desk {
    kind: Option<&'static Kind>,
    worker: Option<Worker>,
    /// Messages written before the worker said hello, each with what it hands over.
    queue: Vec<(JsValue, Array)>,
    waiting: ById<Tell>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
    static READY: Cell<bool> = const { Cell::new(false) };
    static NEXT: Cell<u32> = const { Cell::new(1) };
    static LOST: RefCell<Vec<(&'static str, Lost)>> = const { RefCell::new(Vec::new()) };
}

/// Says whose worker it is; it is started with the first question.
pub(super) fn set_up(kind: &'static Kind) {
    DESK.with(|desk| desk.borrow_mut().kind = Some(kind));
}

/// `lost` is told when the worker has stopped, and all that it had is gone; the next question starts another. `who` hears
/// it once, by what it said last.
pub fn on_lost(who: &'static str, lost: impl Fn(String) + 'static) {
    LOST.with(|list| {
        let mut list = list.borrow_mut();
        list.retain(|(other, _)| *other != who);
        list.push((who, Box::new(lost)));
    });
}

/// Asks; `tell` gets one answer or several. An answer that cannot be read is let go of.
pub fn ask<Q: Serialize, A: DeserializeOwned>(question: &Q, mut tell: impl FnMut(A, Beside) + 'static) {
    let tell = move |bytes: &[u8], beside: Beside| {
        if let Ok(answer) = postcard::from_bytes(bytes) {
            tell(answer, beside);
        }
    };
    send(&bytes_of(question), None, Box::new(tell));
}

/// [`ask`], with bytes beside the question, which change hands.
pub fn give<Q: Serialize, A: DeserializeOwned>(
    question: &Q,
    bytes: ArrayBuffer,
    mut tell: impl FnMut(A, Beside) + 'static,
) {
    let tell = move |answer: &[u8], beside: Beside| {
        if let Ok(answer) = postcard::from_bytes(answer) {
            tell(answer, beside);
        }
    };
    send(&bytes_of(question), Some(bytes), Box::new(tell));
}

/// Has the worker keep these runs only.
pub fn keep(runs: Vec<String>) {
    if let Some(kind) = kind() {
        send(&(kind.keep)(runs), None, Box::new(|_, _| {}));
    }
}

/// Gives the worker a run: its columns change hands. `tell` hears what went wrong, if anything did.
pub fn take(run: &str, columns: ArrayBuffer, tell: impl FnOnce(Option<String>) + 'static) {
    let Some(kind) = kind() else { return };
    let mut tell = Some(tell);
    let heard = move |bytes: &[u8], _: Beside| {
        if let Some(tell) = tell.take() {
            tell((kind.failed)(bytes));
        }
    };
    send(&(kind.take)(run), Some(columns), Box::new(heard));
}

fn kind() -> Option<&'static Kind> {
    DESK.with(|desk| desk.borrow().kind)
}

fn send(body: &[u8], columns: Option<ArrayBuffer>, tell: Tell) {
    let id = NEXT.with(|next| next.replace(next.get().wrapping_add(1).max(1)));
    let mut bytes = bytes_of(&(VERSION, id));
    bytes.extend_from_slice(body);
    let message = Object::new();
    let _ = Reflect::set(&message, &"m".into(), &Uint8Array::from(bytes.as_slice()));
    if let Some(columns) = &columns {
        let _ = Reflect::set(&message, &"run".into(), columns);
    }
    let hand_over = listed(columns.as_ref().map(AsRef::as_ref));
    DESK.with(|desk| desk.borrow_mut().waiting.insert(id, tell));
    if DESK.with(|desk| desk.borrow().worker.is_none()) {
        spawn();
    }
    if READY.get() {
        post(&message, &hand_over);
    } else {
        DESK.with(|desk| desk.borrow_mut().queue.push((message.into(), hand_over)));
    }
}

fn post(message: &JsValue, hand_over: &Array) {
    if let Some(worker) = DESK.with(|desk| desk.borrow().worker.clone()) {
        let _ = worker.post_message_with_transfer(message, hand_over);
    }
}

fn spawn() {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let Some(kind) = kind() else { return };
    let Ok(worker) = Worker::new_with_options(kind.worker, &options) else {
        return lose("could not be started by the browser.");
    };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| receive(&event.data()));
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let on_error = Closure::<dyn FnMut(JsValue)>::new(|_| {
        lose("stopped unexpectedly; it is started again.");
    });
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    on_error.forget();
    DESK.with(|desk| desk.borrow_mut().worker = Some(worker));
}

/// Ends the worker; what waits for it is let go of.
fn lose(why: &str) {
    let worker = DESK.with(|desk| {
        let mut desk = desk.borrow_mut();
        desk.queue.clear();
        desk.waiting = ById::default();
        desk.worker.take()
    });
    if let Some(worker) = worker {
        worker.terminate();
    }
    // A worker that never came up would fail again at once: its next question is another try.
    READY.set(false);
    let why = format!("The worker of the {} {why}", kind().map_or("page", |kind| kind.name));
    LOST.with(|list| list.borrow().iter().for_each(|(_, lost)| lost(why.clone())));
}

fn receive(data: &JsValue) {
    const OTHER: &str = "is of another build than the page: reload it.";
    let bytes = Reflect::get(data, &"m".into()).map(|m| Uint8Array::new(&m).to_vec()).unwrap_or_default();
    let Ok(((_, id, more), body)) = postcard::take_from_bytes::<(u32, u32, bool)>(&bytes) else { return lose(OTHER) };
    if id == 0 {
        // The first message, to no question: in all satellites the first kind of answer, which carries a build.
        if !matches!(postcard::from_bytes::<(u32, &str)>(body), Ok((0, BUILD))) {
            return lose(OTHER);
        }
        READY.set(true);
        let queue = DESK.with(|desk| std::mem::take(&mut desk.borrow_mut().queue));
        return queue.iter().for_each(|(message, hand_over)| post(message, hand_over));
    }
    let beside = Reflect::get(data, &"beside".into()).ok().filter(|b| !b.is_undefined());
    let beside = beside.map(|buffer| Uint8Array::new(&buffer).to_vec());
    let Some(mut tell) = DESK.with(|desk| desk.borrow_mut().waiting.remove(id)) else { return };
    tell(body, beside);
    if more {
        DESK.with(|desk| desk.borrow_mut().waiting.insert(id, tell));
    }
}

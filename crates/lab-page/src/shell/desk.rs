//! The laboratory's worker, as its page sees it: questions go out, answers come back by number.

use std::cell::{Cell, RefCell};

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use lanescope_protocol::{FromLab, LabAnswer, LabRequest, ToLab, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use lanescope_ui::shell::BUILD;
use lanescope_ui::state::ById;

/// The start script that Trunk writes beside the worker's wasm.
const SCRIPT: &str = "./lanescope-lab-worker_loader.js";

/// Bytes beside an answer: columns, or a file.
pub type Beside = Option<Vec<u8>>;

type Tell = Box<dyn FnMut(LabAnswer, Beside)>;
type Lost = Box<dyn Fn(String)>;

#[derive(Default)]
struct Desk {
    worker: Option<Worker>,
    /// Messages written before the worker said hello, each with what it hands over.
    queue: Vec<(JsValue, Array)>,
    waiting: ById<Tell>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
    static READY: Cell<bool> = const { Cell::new(false) };
    static NEXT: Cell<u32> = const { Cell::new(1) };
    static LOST: RefCell<Option<Lost>> = const { RefCell::new(None) };
}

/// `lost` is told when the worker has stopped, and all that it had is gone; the next question starts another.
pub fn on_lost(lost: impl Fn(String) + 'static) {
    LOST.with(|slot| *slot.borrow_mut() = Some(Box::new(lost)));
}

/// Asks; `tell` gets one answer or several.
pub fn ask(body: LabRequest, tell: impl FnMut(LabAnswer, Beside) + 'static) {
    send(body, None, Box::new(tell));
}

/// Gives the worker a run: its columns change hands.
pub fn take(run: String, columns: ArrayBuffer, tell: impl FnMut(LabAnswer, Beside) + 'static) {
    send(LabRequest::Take { run }, Some(columns), Box::new(tell));
}

fn send(body: LabRequest, columns: Option<ArrayBuffer>, tell: Tell) {
    let id = NEXT.with(|next| next.replace(next.get().wrapping_add(1).max(1)));
    let Ok(bytes) = postcard::to_allocvec(&ToLab { v: VERSION, id, body }) else { return };
    let message = Object::new();
    let hand_over = Array::new();
    let _ = Reflect::set(&message, &"m".into(), &Uint8Array::from(bytes.as_slice()));
    if let Some(columns) = columns {
        let _ = Reflect::set(&message, &"run".into(), &columns);
        hand_over.push(&columns);
    }
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
    let Ok(worker) = Worker::new_with_options(SCRIPT, &options) else {
        return lose("The browser could not start the laboratory's worker.");
    };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| receive(&event.data()));
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let on_error = Closure::<dyn FnMut(JsValue)>::new(|_| {
        lose("The laboratory's worker stopped unexpectedly; it is started again.");
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
    LOST.with(|lost| {
        if let Some(lost) = lost.borrow().as_ref() {
            lost(why.to_owned());
        }
    });
}

fn receive(data: &JsValue) {
    let bytes = Reflect::get(data, &"m".into()).map(|m| Uint8Array::new(&m).to_vec()).unwrap_or_default();
    let Ok(message) = postcard::from_bytes::<FromLab>(&bytes) else {
        return lose("The laboratory's worker is of another version: reload the page.");
    };
    if let LabAnswer::Hello { build } = &message.body {
        if build != BUILD {
            return lose("The laboratory and its worker are of different builds: reload the page.");
        }
        READY.set(true);
        let queue = DESK.with(|desk| std::mem::take(&mut desk.borrow_mut().queue));
        return queue.iter().for_each(|(message, hand_over)| post(message, hand_over));
    }
    let beside = Reflect::get(data, &"beside".into()).ok().filter(|b| !b.is_undefined());
    let beside = beside.map(|buffer| Uint8Array::new(&buffer).to_vec());
    let Some(mut tell) = DESK.with(|desk| desk.borrow_mut().waiting.remove(message.id)) else { return };
    tell(message.body, beside);
    if message.more {
        DESK.with(|desk| desk.borrow_mut().waiting.insert(message.id, tell));
    }
}

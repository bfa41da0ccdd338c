//! The engine's worker, as the page sees it: questions go out, answers come back by number.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Uint8Array};
use lanescope_protocol::{Answer, FromEngine, Request, ToEngine, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The start script that Trunk writes beside the worker's wasm.
const SCRIPT: &str = "./lanescope-worker_loader.js";

/// Build of this page.
pub const BUILD: &str = match option_env!("LANESCOPE_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// Bytes beside an answer: a frame, or a file.
pub type Beside = Option<Vec<u8>>;

type Waiting = Box<dyn FnMut(Answer, Beside)>;

/// A handle to the worker; clones share it.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    worker: RefCell<Option<Worker>>,
    /// Messages written before the worker said hello.
    queue: RefCell<Vec<JsValue>>,
    ready: Cell<bool>,
    next: Cell<u32>,
    waiting: RefCell<BTreeMap<u32, Waiting>>,
    trouble: Box<dyn Fn(String)>,
}

impl Client {
    /// Starts the worker. `trouble` is told when it stops by itself or is of another build.
    pub fn start(trouble: impl Fn(String) + 'static) -> Self {
        let client = Self {
            inner: Rc::new(Inner {
                worker: RefCell::new(None),
                queue: RefCell::default(),
                ready: Cell::new(false),
                next: Cell::new(1),
                waiting: RefCell::default(),
                trouble: Box::new(trouble),
            }),
        };
        client.spawn();
        client
    }

    fn spawn(&self) {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = match Worker::new_with_options(SCRIPT, &options) {
            Ok(worker) => worker,
            Err(_) => return (self.inner.trouble)("The browser could not start the engine's worker.".into()),
        };
        let inner = Rc::clone(&self.inner);
        let on_message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| inner.receive(&event.data()));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        let again = self.clone();
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| again.restart("The engine stopped unexpectedly"));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        on_error.forget();
        *self.inner.worker.borrow_mut() = Some(worker);
    }

    /// Ends a worker that trapped, and starts another. Questions under way are answered by a failure.
    fn restart(&self, why: &str) {
        if let Some(worker) = self.inner.worker.borrow_mut().take() {
            worker.terminate();
        }
        let was_ready = self.inner.ready.replace(false);
        self.inner.queue.borrow_mut().clear();
        let waiting = std::mem::take(&mut *self.inner.waiting.borrow_mut());
        for (_, mut tell) in waiting {
            tell(Answer::Failed { text: why.to_owned() }, None);
        }
        // A worker that never came up would fail again at once: say so instead of turning in circles.
        if was_ready {
            self.spawn();
        }
        (self.inner.trouble)(why.to_owned());
    }

    /// Asks; `tell` gets the answer, or several where the protocol says so (progress while opening).
    pub fn ask(&self, request: Request, tell: impl FnMut(Answer, Beside) + 'static) {
        self.send(request, None, Box::new(tell));
    }

    /// Opens files; their bytes travel as handles, not as copies.
    pub fn open(&self, files: Vec<(String, Blob)>, tell: impl FnMut(Answer, Beside) + 'static) {
        let blobs = Array::new();
        let mut paths = Vec::with_capacity(files.len());
        for (path, blob) in files {
            paths.push(path);
            blobs.push(&blob);
        }
        self.send(Request::Open { paths }, Some(blobs), Box::new(tell));
    }

    /// Stops reading.
    pub fn cancel(&self) {
        self.send(Request::Cancel, None, Box::new(|_, _| {}));
    }

    fn send(&self, body: Request, blobs: Option<Array>, tell: Waiting) {
        let id = self.inner.next.get();
        self.inner.next.set(id.wrapping_add(1).max(1));
        if !matches!(body, Request::Cancel) {
            self.inner.waiting.borrow_mut().insert(id, tell);
        }
        let Ok(bytes) = postcard::to_allocvec(&ToEngine { v: VERSION, id, body }) else { return };
        let message = Object::new();
        let question = Uint8Array::from(bytes.as_slice());
        let mut whole = Reflect::set(&message, &"m".into(), &question).is_ok();
        if let Some(blobs) = blobs {
            whole &= Reflect::set(&message, &"blobs".into(), &blobs).is_ok();
        }
        if whole {
            self.inner.post(message.into());
        }
    }
}

impl Inner {
    fn post(&self, message: JsValue) {
        if !self.ready.get() {
            return self.queue.borrow_mut().push(message);
        }
        if let Some(worker) = self.worker.borrow().as_ref() {
            let _ = worker.post_message(&message);
        }
    }

    fn receive(&self, data: &JsValue) {
        let bytes = Reflect::get(data, &"m".into()).map(|m| Uint8Array::new(&m).to_vec()).unwrap_or_default();
        let message: FromEngine = match postcard::from_bytes(&bytes) {
            Ok(message) => message,
            Err(_) => return (self.trouble)("The engine is of another version: reload the page.".into()),
        };
        if let Answer::Hello { build } = &message.body {
            return self.hello(build);
        }
        let buffer = Reflect::get(data, &"frame".into()).ok().filter(|b| !b.is_undefined());
        let beside = buffer.map(|b| Uint8Array::new(&b).to_vec());
        let more = matches!(message.body, Answer::Progress(_));
        let waiting = self.waiting.borrow_mut().remove(&message.id);
        let Some(mut tell) = waiting else { return };
        tell(message.body, beside);
        if more {
            self.waiting.borrow_mut().insert(message.id, tell);
        }
    }

    fn hello(&self, build: &str) {
        if build != BUILD {
            let text = format!("The page is build {BUILD} and its engine {build}: reload the page.");
            (self.trouble)(text);
        }
        self.ready.set(true);
        for message in std::mem::take(&mut *self.queue.borrow_mut()) {
            self.post(message);
        }
    }
}

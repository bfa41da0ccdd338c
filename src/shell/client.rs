//! The workers, as the page sees them: questions go out, answers come back by number. Files go to the reader; what it
//! read goes on to the engine, uncopied, and everything else is the engine's to answer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use lanescope_protocol::{Answer, FromEngine, Request, ToEngine, VERSION};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::shell::BUILD;
use crate::state::ById;

/// Bytes beside an answer: a frame, or a file.
pub type Beside = Option<Vec<u8>>;

type Waiting = Box<dyn FnMut(Answer, Beside)>;

/// Who gets an answer.
enum Tell {
    /// This page.
    Here(Waiting),
    /// A satellite: it reads the answer's bytes itself.
    Satellite(Function),
}

/// Which worker.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Reads files of the common formats.
    Reader,
    /// Reads files of all formats, and archives. It is started when a file needs it.
    Full,
    /// Holds what was read, and answers.
    Engine,
}

impl Side {
    /// What the page starts with.
    const FIRST: [Self; 2] = [Self::Reader, Self::Engine];

    /// The start script that Trunk writes beside the worker's wasm.
    fn script(self) -> &'static str {
        match self {
            Self::Reader => "./lanescope-reader_loader.js",
            Self::Full => "./lanescope-reader-full_loader.js",
            Self::Engine => "./lanescope-worker_loader.js",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Full => "full reader",
            Self::Engine => "engine",
        }
    }
}

/// What the page has to know beside the answers.
pub enum Trouble {
    /// Something is wrong; what is loaded is still there.
    Said(String),
    /// The engine stopped and was started again: what was loaded is gone.
    Lost(String),
}

/// A handle to the workers; clones share it.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    reader: Seat,
    full: Seat,
    engine: Seat,
    next: Cell<u32>,
    waiting: RefCell<ById<Asked>>,
    /// The file that the reader last spoke of.
    reading: RefCell<String>,
    trouble: Box<dyn Fn(Trouble)>,
}

/// A worker and what waits for it.
#[derive(Default)]
struct Seat {
    worker: RefCell<Option<Worker>>,
    /// Messages written before the worker said hello, each with what it hands over.
    queue: RefCell<Vec<(JsValue, Array)>>,
    ready: Cell<bool>,
}

/// A question under way.
struct Asked {
    /// Who has it in hand.
    at: Side,
    /// The files that it opens, if it does; such a question begins at the reader, may be handed to the full one, and
    /// goes on to the engine.
    opens: Option<(Vec<String>, Array)>,
    /// Whether it opens files, and has to wait until those before them are read.
    queued: bool,
    tell: Tell,
}

impl Asked {
    /// A question to one who answers at once.
    fn of(at: Side, tell: Tell) -> Self {
        Self { at, opens: None, queued: false, tell }
    }

    /// Whether its files are read, or wait for it.
    fn reads(&self) -> bool {
        self.opens.is_some() && self.at != Side::Engine
    }
}

impl Client {
    /// Starts the workers. `trouble` is told when one stops by itself or is of another build.
    pub fn start(trouble: impl Fn(Trouble) + 'static) -> Self {
        let client = Self {
            inner: Rc::new(Inner {
                reader: Seat::default(),
                full: Seat::default(),
                engine: Seat::default(),
                next: Cell::new(1),
                waiting: RefCell::default(),
                reading: RefCell::default(),
                trouble: Box::new(trouble),
            }),
        };
        for side in Side::FIRST {
            client.spawn(side);
        }
        client
    }

    fn spawn(&self, side: Side) {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = match Worker::new_with_options(side.script(), &options) {
            Ok(worker) => worker,
            Err(_) => return self.say(format!("The browser could not start the worker of the {}.", side.name())),
        };
        let inner = Rc::clone(&self.inner);
        let client = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            if let Some(id) = inner.receive(side, &data) {
                client.ask_full(id);
            }
            if Reflect::has(&data, &"spent".into()) == Ok(true) {
                client.renew(side);
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        let again = self.clone();
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| again.restart(side));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        on_error.forget();
        *self.inner.seat(side).worker.borrow_mut() = Some(worker);
    }

    fn say(&self, text: String) {
        (self.inner.trouble)(Trouble::Said(text));
    }

    /// Ends a worker; whether it had come up.
    fn end(&self, side: Side) -> bool {
        let seat = self.inner.seat(side);
        if let Some(worker) = seat.worker.borrow_mut().take() {
            worker.terminate();
        }
        seat.ready.replace(false)
    }

    /// Gives the memory of a reader back that has nothing more to do. The full one is started again when it is needed.
    fn renew(&self, side: Side) {
        let busy = self.inner.waiting.borrow().iter().any(|(_, asked)| asked.at == side && !asked.queued);
        if !busy {
            self.end(side);
            if side == Side::Reader {
                self.spawn(side);
            }
        }
    }

    /// Ends a worker that trapped, and starts another. Its questions under way are answered by a failure.
    fn restart(&self, side: Side) {
        let inner = &self.inner;
        let was_ready = self.end(side);
        inner.seat(side).queue.borrow_mut().clear();
        // What is queued is read by the next one, if there will be one.
        let waiting = inner.take(&|asked| asked.at == side && !(asked.queued && was_ready));
        let path = inner.reading.take();
        let why = match side {
            Side::Engine => "The engine stopped unexpectedly".to_owned(),
            Side::Reader | Side::Full if path.is_empty() || waiting.is_empty() => {
                "The reader of files stopped unexpectedly".to_owned()
            }
            Side::Reader | Side::Full => {
                format!("The reader stopped unexpectedly while it read {path}; what was loaded is still here.")
            }
        };
        let told = !waiting.is_empty();
        for asked in waiting {
            match asked.tell {
                Tell::Here(mut tell) => tell(Answer::Failed { text: why.clone() }, None),
                Tell::Satellite(tell) => drop(tell.call0(&JsValue::NULL)),
            }
        }
        // A worker that never came up would fail again at once: say so instead of turning in circles.
        if was_ready {
            self.spawn(side);
        }
        inner.begin();
        match side {
            Side::Engine => (inner.trouble)(Trouble::Lost(why)),
            Side::Reader | Side::Full if told => {}
            Side::Reader | Side::Full => self.say(why),
        }
    }

    /// Asks the engine; `tell` gets the answer.
    pub fn ask(&self, request: Request, tell: impl FnMut(Answer, Beside) + 'static) {
        self.ask_at(Side::Engine, request, Box::new(tell));
    }

    /// Asks the reader that the page starts with.
    pub fn ask_reader(&self, request: Request, tell: impl FnMut(Answer, Beside) + 'static) {
        self.ask_at(Side::Reader, request, Box::new(tell));
    }

    fn ask_at(&self, side: Side, request: Request, tell: Box<dyn FnMut(Answer, Beside)>) {
        let id = self.inner.number();
        self.inner.waiting.borrow_mut().insert(id, Asked::of(side, Tell::Here(tell)));
        self.inner.write(side, id, request, None, Array::new());
    }

    /// Asks the engine what a satellite wants to know: the bytes of a [`Request`]. `tell` is called with the bytes of
    /// the [`Answer`] and the buffer beside it, or with nothing if there is none.
    pub fn ask_for_satellite(&self, body: &[u8], tell: Function) {
        let id = self.inner.number();
        let Ok(mut bytes) = postcard::to_allocvec(&(VERSION, id)) else { return };
        bytes.extend_from_slice(body);
        self.inner.waiting.borrow_mut().insert(id, Asked::of(Side::Engine, Tell::Satellite(tell)));
        self.inner.write_bytes(Side::Engine, &bytes, None, Array::new());
    }

    /// Gives the engine a run that the laboratory made: buffers of `model::Run::encode`.
    pub fn made(&self, name: String, parts: Array, tell: impl FnMut(Answer, Beside) + 'static) {
        let id = self.inner.number();
        let asked = Asked::of(Side::Engine, Tell::Here(Box::new(tell)));
        self.inner.waiting.borrow_mut().insert(id, asked);
        self.inner.write(Side::Engine, id, Request::Made { name }, Some(("parts", parts.clone())), parts);
    }

    /// Opens files; their bytes travel as handles, not as copies. `tell` gets progress any number of times, and then
    /// what came of it. Files that are opened while others are read wait until those are done.
    pub fn open(&self, files: Vec<(String, Blob)>, tell: impl FnMut(Answer, Beside) + 'static) {
        let blobs = Array::new();
        let mut paths = Vec::with_capacity(files.len());
        for (path, blob) in files {
            paths.push(path);
            blobs.push(&blob);
        }
        let asked =
            Asked { opens: Some((paths, blobs)), queued: true, ..Asked::of(Side::Reader, Tell::Here(Box::new(tell))) };
        self.inner.waiting.borrow_mut().insert(self.inner.number(), asked);
        self.inner.begin();
    }

    /// Whether files are read or taken in, or wait for it.
    pub fn opens(&self) -> bool {
        self.inner.waiting.borrow().iter().any(|(_, asked)| asked.opens.is_some())
    }

    /// Stops reading, also what waits for it. Whatever a reader still says of it finds nobody who asked.
    pub fn cancel(&self) {
        let stopped = self.inner.take(&Asked::reads);
        for side in [Side::Reader, Side::Full] {
            if self.inner.seat(side).worker.borrow().is_some() {
                self.inner.write(side, self.inner.number(), Request::Cancel, None, Array::new());
            }
        }
        // Once for all of them.
        if let Some(Asked { tell: Tell::Here(mut tell), .. }) = stopped.into_iter().next() {
            tell(Answer::Cancelled, None);
        }
    }

    /// Hands a question that opens files to the full reader, which is started the first time.
    fn ask_full(&self, id: u32) {
        if self.inner.full.worker.borrow().is_none() {
            self.spawn(Side::Full);
        }
        let files = self.inner.waiting.borrow_mut().get_mut(id).and_then(|asked| {
            asked.at = Side::Full;
            asked.opens.clone()
        });
        if let Some((paths, blobs)) = files {
            self.inner.write(Side::Full, id, Request::Open { paths }, Some(("blobs", blobs)), Array::new());
        }
    }

    /// Forgets everything, also what is being read.
    pub fn close(&self) {
        self.inner.waiting.borrow_mut().retain(|asked| asked.opens.is_none());
        self.cancel();
        self.ask(Request::Close, |_, _| {});
    }
}

impl Inner {
    fn seat(&self, side: Side) -> &Seat {
        match side {
            Side::Reader => &self.reader,
            Side::Full => &self.full,
            Side::Engine => &self.engine,
        }
    }

    /// The number of the next question.
    fn number(&self) -> u32 {
        let id = self.next.get();
        self.next.set(id.wrapping_add(1).max(1));
        id
    }

    /// Takes questions out.
    fn take(&self, which: &dyn Fn(&Asked) -> bool) -> Vec<Asked> {
        let mut waiting = self.waiting.borrow_mut();
        let ids: Vec<u32> = waiting.iter().filter(|(_, asked)| which(asked)).map(|(id, _)| id).collect();
        ids.into_iter().filter_map(|id| waiting.remove(id)).collect()
    }

    /// Gives the reader the files that wait longest, unless others are being read.
    fn begin(&self) {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.iter().any(|(_, asked)| asked.reads() && !asked.queued) {
            return;
        }
        let Some(id) = waiting.iter().find(|(_, asked)| asked.queued).map(|(id, _)| id) else { return };
        let files = waiting.get_mut(id).and_then(|asked| {
            asked.queued = false;
            asked.opens.clone()
        });
        drop(waiting);
        if let Some((paths, blobs)) = files {
            self.write(Side::Reader, id, Request::Open { paths }, Some(("blobs", blobs)), Array::new());
        }
    }

    fn write(&self, to: Side, id: u32, body: Request, beside: Option<(&str, Array)>, hand_over: Array) {
        let Ok(bytes) = postcard::to_allocvec(&ToEngine { v: VERSION, id, body }) else { return };
        self.write_bytes(to, &bytes, beside, hand_over);
    }

    fn write_bytes(&self, to: Side, bytes: &[u8], beside: Option<(&str, Array)>, hand_over: Array) {
        let message = Object::new();
        let question = Uint8Array::from(bytes);
        let mut whole = Reflect::set(&message, &"m".into(), &question).is_ok();
        if let Some((name, values)) = beside {
            whole &= Reflect::set(&message, &name.into(), &values).is_ok();
        }
        if whole {
            self.seat(to).post(message.into(), hand_over);
        }
    }

    /// Takes an answer in. Gives the number of a question that the full reader has to be asked.
    fn receive(&self, from: Side, data: &JsValue) -> Option<u32> {
        let bytes = Reflect::get(data, &"m".into()).map(|m| Uint8Array::new(&m).to_vec()).unwrap_or_default();
        let buffer = Reflect::get(data, &"frame".into()).ok().filter(|b| !b.is_undefined());
        if self.told_satellite(&bytes, buffer.as_ref()) {
            return None;
        }
        let message: FromEngine = match postcard::from_bytes(&bytes) {
            Ok(message) => message,
            Err(_) => {
                self.said(format!("The {} is of another version: reload the page.", from.name()));
                return None;
            }
        };
        match &message.body {
            Answer::Hello { build } => {
                self.hello(from, build);
                return None;
            }
            Answer::Read => {
                self.hand_on(message.id, data);
                return None;
            }
            Answer::NeedsFull => return Some(message.id),
            Answer::Progress(progress) => self.reading.borrow_mut().clone_from(&progress.path),
            _ => {}
        }
        let beside = buffer.map(|b| Uint8Array::new(&b).to_vec());
        let more = matches!(message.body, Answer::Progress(_));
        let mut asked = self.waiting.borrow_mut().remove(message.id)?;
        if let Tell::Here(tell) = &mut asked.tell {
            tell(message.body, beside);
        }
        if more {
            self.waiting.borrow_mut().insert(message.id, asked);
        } else {
            self.begin();
        }
        None
    }

    /// Hands an answer on to a satellite, if the question was its own.
    fn told_satellite(&self, bytes: &[u8], buffer: Option<&JsValue>) -> bool {
        let Ok(((_, id), body)) = postcard::take_from_bytes::<(u32, u32)>(bytes) else { return false };
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.get_mut(id).is_some_and(|asked| matches!(asked.tell, Tell::Satellite(_))) {
            return false;
        }
        let asked = waiting.remove(id);
        drop(waiting);
        if let Some(Asked { tell: Tell::Satellite(tell), .. }) = asked {
            let beside = buffer.cloned().unwrap_or(JsValue::UNDEFINED);
            let _ = tell.call2(&JsValue::NULL, &Uint8Array::from(body), &beside);
        }
        true
    }

    /// Gives the engine what was read, unless nobody waits for it any more. The buffers change hands, no more.
    fn hand_on(&self, id: u32, data: &JsValue) {
        self.reading.take();
        match self.waiting.borrow_mut().get_mut(id) {
            Some(asked) => asked.at = Side::Engine,
            None => return,
        }
        let parts = Reflect::get(data, &"parts".into()).map(|parts| Array::from(&parts)).unwrap_or_default();
        self.write(Side::Engine, id, Request::Take, Some(("parts", parts.clone())), parts);
        self.begin();
    }

    fn hello(&self, from: Side, build: &str) {
        if build != BUILD {
            self.said(format!("The page is build {BUILD} and its {} {build}: reload the page.", from.name()));
        }
        let seat = self.seat(from);
        seat.ready.set(true);
        for (message, hand_over) in seat.queue.take() {
            seat.post(message, hand_over);
        }
    }

    fn said(&self, text: String) {
        (self.trouble)(Trouble::Said(text));
    }
}

impl Seat {
    fn post(&self, message: JsValue, hand_over: Array) {
        if !self.ready.get() {
            return self.queue.borrow_mut().push((message, hand_over));
        }
        if let Some(worker) = self.worker.borrow().as_ref() {
            let _ = worker.post_message_with_transfer(&message, &hand_over);
        }
    }
}

//! The bytes of files before their reading asks for them: a browser takes milliseconds to hand over the first bytes of
//! a file when it is asked to do it at once, and none when it was asked ahead.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ReadableStreamDefaultReader};

/// Bytes of a file that are held ahead of its reading.
const AHEAD_BYTES: u64 = 8 << 20;
/// Files that are begun ahead of their reading.
const AHEAD_FILES: usize = 16;

/// The bytes of one file, as they come.
#[derive(Clone)]
pub struct Feed(Rc<RefCell<State>>);

struct State {
    blob: Blob,
    /// While more is to come.
    stream: Option<Stream>,
    begun: bool,
    /// What came and was not taken yet.
    waiting: VecDeque<Uint8Array>,
    waiting_bytes: u64,
    /// The stream came to its end: what is waiting is the rest of the file.
    whole: bool,
}

struct Stream {
    reader: ReadableStreamDefaultReader,
    came: Function,
    failed: Function,
    /// Whether a chunk was asked for and has not come.
    asked: bool,
}

impl Feed {
    /// Of a file that is not begun.
    pub fn new(blob: Blob) -> Self {
        let (stream, waiting) = (None, VecDeque::new());
        Self(Rc::new(RefCell::new(State { blob, stream, begun: false, waiting, waiting_bytes: 0, whole: false })))
    }

    /// The next bytes in order, if they have come; empty at the end of the file. After `None` nothing more comes from
    /// here: the rest of the file is to be read in another way.
    pub fn next(&self) -> Option<Uint8Array> {
        let mut state = self.0.try_borrow_mut().ok()?;
        if let Some(chunk) = state.waiting.pop_front() {
            state.waiting_bytes = state.waiting_bytes.saturating_sub(u64::from(chunk.length()));
            state.ask();
            return Some(chunk);
        }
        if state.whole {
            return Some(Uint8Array::new_with_length(0));
        }
        state.give_up();
        None
    }

    /// Nothing more is wanted from here.
    pub fn give_up(&self) {
        if let Ok(mut state) = self.0.try_borrow_mut() {
            state.give_up();
        }
    }

    fn begin(&self, listener: &Listener) -> Option<()> {
        let mut state = self.0.try_borrow_mut().ok().filter(|state| !state.begun)?;
        state.begun = true;
        let reader: ReadableStreamDefaultReader = state.blob.stream().get_reader().dyn_into().ok()?;
        let of = listener.key(&self.0);
        let (came, failed) = (of(&listener.came), of(&listener.failed));
        state.stream = Some(Stream { reader, came, failed, asked: false });
        state.ask();
        Some(())
    }

    fn size(&self) -> f64 {
        self.0.try_borrow().map_or(0.0, |state| state.blob.size())
    }

    /// Bytes that wait; `None` when there is nothing that more of them would wait for.
    fn waits_for_more(&self) -> Option<u64> {
        self.0.try_borrow().ok().filter(|state| state.stream.is_some()).map(|state| state.waiting_bytes)
    }
}

impl State {
    fn ask(&mut self) {
        let full = self.waiting_bytes >= AHEAD_BYTES;
        if let Some(stream) = self.stream.as_mut().filter(|stream| !stream.asked && !full) {
            stream.asked = true;
            stream.reader.read().unchecked_into::<Chunk>().then(&stream.came, &stream.failed);
        }
    }

    fn take_in(&mut self, chunk: &JsValue) {
        let Some(stream) = &mut self.stream else { return };
        stream.asked = false;
        if let Some(bytes) = Reflect::get(chunk, &"value".into()).ok().and_then(|value| value.dyn_into().ok()) {
            let bytes: Uint8Array = bytes;
            self.waiting_bytes += u64::from(bytes.length());
            self.waiting.push_back(bytes);
            self.ask();
        } else {
            self.whole = true;
            self.stream = None;
        }
    }

    fn give_up(&mut self) {
        self.begun = true;
        self.whole = false;
        self.waiting.clear();
        self.waiting_bytes = 0;
        if let Some(stream) = self.stream.take() {
            stream.reader.cancel().unchecked_into::<Chunk>().then(&stream.failed, &stream.failed);
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// A promise with listeners that are plain functions, so that they may be shared.
    #[wasm_bindgen(extends = Promise)]
    type Chunk;

    #[wasm_bindgen(method)]
    fn then(this: &Chunk, came: &Function, failed: &Function);
}

/// Hears of all files what comes of them.
pub struct Listener {
    came: Function,
    failed: Function,
    heard: Rc<RefCell<Heard>>,
}

/// The files that may still be told of something. Keys are never given twice, so that nothing late is taken for another file's.
#[derive(Default)]
struct Heard {
    first: u32,
    files: VecDeque<Weak<RefCell<State>>>,
}

impl Heard {
    fn file(&self, key: &JsValue) -> Option<Rc<RefCell<State>>> {
        let key = key.as_f64()? as u32;
        self.files.get(key.checked_sub(self.first)? as usize)?.upgrade()
    }
}

impl Listener {
    /// `moved` is called after each chunk, end or failure.
    pub fn new(moved: fn()) -> Self {
        let heard = Rc::new(RefCell::new(Heard::default()));
        let listen = |told: fn(&mut State, &JsValue)| {
            let heard = Rc::clone(&heard);
            let listen = Closure::<dyn FnMut(JsValue, JsValue)>::new(move |key: JsValue, chunk: JsValue| {
                let file = heard.try_borrow().ok().and_then(|heard| heard.file(&key));
                if let Some(file) = file
                    && let Ok(mut state) = file.try_borrow_mut()
                {
                    told(&mut state, &chunk);
                }
                moved();
            });
            listen.into_js_value().unchecked_into::<Function>()
        };
        let came = listen(State::take_in);
        let failed = listen(|state, _| state.stream = None);
        Self { came, failed, heard }
    }

    /// What makes of a function for all files one for this file.
    fn key(&self, file: &Rc<RefCell<State>>) -> impl Fn(&Function) -> Function {
        let mut heard = self.heard.borrow_mut();
        while heard.files.front().is_some_and(|file| file.strong_count() == 0) {
            heard.files.pop_front();
            heard.first += 1;
        }
        let key = JsValue::from(heard.first + heard.files.len() as u32);
        heard.files.push_back(Rc::downgrade(file));
        move |all| all.bind1(&JsValue::UNDEFINED, &key).unchecked_into()
    }
}

/// The files of an opening, begun ahead of their reading.
pub struct Feeds {
    files: Vec<Option<Feed>>,
    /// How many are begun, and how many are read.
    begun: usize,
    read: usize,
}

impl Feeds {
    /// In the order in which they are read; `None` stands for what has no bytes.
    pub fn new(files: Vec<Option<Feed>>) -> Self {
        Self { files, begun: 0, read: 0 }
    }

    /// Begins the files that come next, `read` being read, and gives whether `bytes` of the one after them can be read
    /// without waiting.
    pub fn ready(&mut self, read: usize, bytes: u64, listener: &Listener) -> bool {
        for done in self.files.get_mut(std::mem::replace(&mut self.read, read)..read).unwrap_or_default() {
            if let Some(feed) = done.take() {
                feed.give_up();
            }
        }
        self.begun = self.begun.max(read);
        let ahead = self.files.get(read..self.begun).unwrap_or_default().iter().flatten();
        let mut ahead_bytes: f64 = ahead.map(|feed| feed.size()).sum();
        while self.begun < self.files.len().min(read + AHEAD_FILES) && ahead_bytes < AHEAD_BYTES as f64 {
            if let Some(Some(feed)) = self.files.get(self.begun) {
                ahead_bytes += feed.size();
                feed.begin(listener);
            }
            self.begun += 1;
        }
        self.waiting().is_none_or(|waiting| waiting >= bytes)
    }

    /// Whether more of the file that is read comes, and would come sooner if the event loop ran.
    pub fn flows(&self) -> bool {
        self.waiting().is_some_and(|waiting| waiting < AHEAD_BYTES)
    }

    fn waiting(&self) -> Option<u64> {
        self.files.get(self.read).and_then(Option::as_ref).and_then(Feed::waits_for_more)
    }
}

impl Drop for Feeds {
    /// What was begun ahead and is not read any more would hold its bytes, and its file, until somebody tidies up.
    fn drop(&mut self) {
        self.files.iter().flatten().for_each(Feed::give_up);
    }
}

//! The bytes of files before their reading asks for them: a browser takes milliseconds to hand over the first bytes of
//! a file when it is asked to do it at once, and none when it was asked ahead.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ReadableStreamByobReader};

/// Bytes of the files that are begun ahead of their reading.
const AHEAD_BYTES: f64 = 8388608.0;
/// With so many bytes of a file waiting no more are asked for.
const ENOUGH_BYTES: u64 = 1 << 20;
/// Bytes of a buffer that the browser fills.
const BUFFER_BYTES: f64 = 524288.0;
/// Bytes of the first ones: reading begins once two are full.
const FIRST_BYTES: f64 = 262144.0;
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
    /// Bytes that came.
    came: f64,
    /// What came and was not taken yet.
    waiting: VecDeque<Uint8Array>,
    waiting_bytes: u64,
    /// Bytes that were taken and not read yet.
    in_hand: u32,
    /// The stream came to its end: what is waiting is the rest of the file.
    whole: bool,
}

struct Stream {
    reader: Reader,
    came: Function,
    failed: Function,
    /// Whether a chunk was asked for and has not come.
    asked: bool,
    /// Whether it fills buffers that are given to it, which costs a third of making new ones; older browsers can't.
    fills: bool,
    /// The buffer that is being filled, while the stream does not have it, and how far it is filled.
    filling: Option<ArrayBuffer>,
    filled: u32,
    /// Buffers to be filled again.
    spare: Vec<ArrayBuffer>,
}

impl Feed {
    /// Of a file that is not begun.
    pub fn new(blob: Blob) -> Self {
        let (stream, waiting) = (None, VecDeque::new());
        let state =
            State { blob, stream, begun: false, came: 0.0, waiting, waiting_bytes: 0, in_hand: 0, whole: false };
        Self(Rc::new(RefCell::new(state)))
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

    /// So many of the bytes that were taken last are still to be read.
    pub fn hold(&self, bytes: u32) {
        if let Ok(mut state) = self.0.try_borrow_mut() {
            state.in_hand = bytes;
        }
    }

    /// Nothing more is wanted from here.
    pub fn give_up(&self) {
        if let Ok(mut state) = self.0.try_borrow_mut() {
            state.give_up();
        }
    }

    /// Takes back a buffer that was read, to be filled again.
    pub fn give_back(&self, buffer: ArrayBuffer) {
        let wanted = f64::from(buffer.byte_length()) == BUFFER_BYTES;
        match self.0.try_borrow_mut().ok().as_mut().and_then(|state| state.stream.as_mut()) {
            Some(stream) if stream.fills && wanted => stream.spare.push(buffer),
            // The browser would keep it until it next clears up.
            _ => drop(buffer.transfer_with_length(0)),
        }
    }

    fn begin(&self, listener: &Listener) -> Option<()> {
        let mut state = self.0.try_borrow_mut().ok().filter(|state| !state.begun)?;
        state.begun = true;
        let stream = state.blob.stream();
        let (reader, fills): (JsValue, _) = match ReadableStreamByobReader::new(&stream) {
            Ok(reader) => (reader.into(), true),
            Err(_) => (stream.get_reader().into(), false),
        };
        let of = listener.key(&self.0);
        let (came, failed) = (of(&listener.came), of(&listener.failed));
        let (reader, spare) = (reader.unchecked_into(), Vec::new());
        state.stream = Some(Stream { reader, came, failed, asked: false, fills, filling: None, filled: 0, spare });
        state.ask();
        Some(())
    }

    fn size(&self) -> f64 {
        self.0.try_borrow().map_or(0.0, |state| state.blob.size())
    }

    /// Bytes that can be read at once, and of these what was not taken yet; `None` when no more of them come.
    fn waits_for_more(&self) -> Option<(u64, u64)> {
        let state = self.0.try_borrow().ok().filter(|state| state.stream.is_some())?;
        Some((state.waiting_bytes + u64::from(state.in_hand), state.waiting_bytes))
    }
}

impl State {
    fn ask(&mut self) {
        let full = self.waiting_bytes >= ENOUGH_BYTES;
        let Some(stream) = self.stream.as_mut().filter(|stream| !stream.asked && !full) else { return };
        let into = stream.fills.then(|| {
            // Of an empty file the end is to be told as well, and nothing is told into a buffer of no bytes.
            let size = (self.blob.size() + 1.0).min(BUFFER_BYTES).min(self.came.max(FIRST_BYTES));
            let new = || ArrayBuffer::new(size as u32);
            let buffer = stream.filling.take().or_else(|| stream.spare.pop()).unwrap_or_else(new);
            Uint8Array::new_with_byte_offset(&buffer, stream.filled)
        });
        stream.asked = true;
        stream.reader.read(into.as_ref()).then(&stream.came, &stream.failed);
    }

    fn take_in(&mut self, chunk: &JsValue) {
        let Some(stream) = &mut self.stream else { return };
        stream.asked = false;
        let came: Option<Uint8Array> =
            Reflect::get(chunk, &"value".into()).ok().and_then(|value| value.dyn_into().ok());
        let length = came.as_ref().map_or(0, Uint8Array::length);
        self.came += f64::from(length);
        // The size tells of the end sooner than the stream does. One that ends before it is at its end as well.
        let more = length > 0 && self.came < self.blob.size();
        let whole = match came {
            Some(bytes) if stream.fills => {
                let buffer = bytes.buffer();
                let filled = stream.filled + length;
                if more && filled < buffer.byte_length() {
                    stream.filled = filled;
                    stream.filling = Some(buffer);
                    None
                } else {
                    stream.filled = 0;
                    Some(Uint8Array::new_with_byte_offset_and_length(&buffer, 0, filled))
                }
            }
            other => other,
        };
        if let Some(bytes) = whole.filter(|bytes| bytes.length() > 0) {
            self.waiting_bytes += u64::from(bytes.length());
            self.waiting.push_back(bytes);
        }
        if more {
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
            stream.reader.cancel().then(&stream.failed, &stream.failed);
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

    /// Either kind of reader of a stream; the one that makes its own buffers looks at none.
    type Reader;

    #[wasm_bindgen(method)]
    fn read(this: &Reader, into: Option<&Uint8Array>) -> Chunk;

    #[wasm_bindgen(method)]
    fn cancel(this: &Reader) -> Chunk;
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
        while self.begun < self.files.len().min(read + AHEAD_FILES) && ahead_bytes < AHEAD_BYTES {
            if let Some(Some(feed)) = self.files.get(self.begun) {
                ahead_bytes += feed.size();
                feed.begin(listener);
            }
            self.begun += 1;
        }
        self.waiting().is_none_or(|(waiting, _)| waiting >= bytes)
    }

    /// Whether more of the file that is read comes, and would come sooner if the event loop ran.
    pub fn flows(&self) -> bool {
        self.waiting().is_some_and(|(_, behind)| behind < ENOUGH_BYTES)
    }

    fn waiting(&self) -> Option<(u64, u64)> {
        self.files.get(self.read).and_then(Option::as_ref).and_then(Feed::waits_for_more)
    }
}

impl Drop for Feeds {
    /// What was begun ahead and is not read any more would hold its bytes, and its file, until somebody tidies up.
    fn drop(&mut self) {
        self.files.iter().flatten().for_each(Feed::give_up);
    }
}

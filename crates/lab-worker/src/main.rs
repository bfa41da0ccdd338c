//! The laboratory as a Web Worker: takes whole runs and questions about them, gives answers as they come.
//!
//! A message is `{m: Uint8Array, run?: ArrayBuffer}` in and `{m: ArrayBuffer, beside?: ArrayBuffer}` out. `m` is postcard
//! bytes. Between two steps of an answer the worker goes back to its event loop, so that the next question is heard.

mod host;

fn main() {
    host::start();
}

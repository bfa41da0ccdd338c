//! The engine as a Web Worker: takes what the reader read, takes questions, gives answers.
//!
//! A message is `{m: Uint8Array, parts?: ArrayBuffer[]}` in and `{m: ArrayBuffer, frame?: ArrayBuffer}` out. `m` is
//! postcard bytes; what is long is handed over uncopied. No parser is linked here: that is the reader's.

mod host;
mod parts;

fn main() {
    host::start();
}

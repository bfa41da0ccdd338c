//! The engine as a Web Worker: takes questions, gives answers, reads files in slices of time.
//!
//! A message is `{m: Uint8Array, blobs?: Blob[]}` in and `{m: ArrayBuffer, frame?: ArrayBuffer}` out. Both are
//! postcard bytes; answers are long and handed over uncopied. While files are read the worker goes back to its event
//! loop every few milliseconds, so that a cancel and questions about what is already loaded are heard.

mod blob_reader;
mod host;

fn main() {
    host::start();
}

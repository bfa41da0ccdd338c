//! The engine as a Web Worker: takes questions, gives answers, reads files in slices of time.
//!
//! A message is `{m: JSON, blobs?: Blob[]}` in and `{m: ArrayBuffer, frame?: ArrayBuffer}` out: questions are short
//! and readable in the browser's tools, answers are long and travel as postcard bytes, handed over uncopied. While files are read the
//! worker goes back to its event loop every few milliseconds, so that a cancel and questions about what is
//! already loaded are heard.

mod blob_reader;
mod host;

fn main() {
    host::start();
}

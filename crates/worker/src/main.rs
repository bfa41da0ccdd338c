//! The engine as a Web Worker: takes questions, gives answers, reads files in slices of time.
//!
//! A message is `{m: JSON, blobs?: Blob[]}` in and `{m: JSON, frame?: ArrayBuffer}` out. While files are read the
//! worker goes back to its event loop every few milliseconds, so that a cancel and questions about what is
//! already loaded are heard.

mod blob_reader;
mod host;

fn main() {
    host::start();
}

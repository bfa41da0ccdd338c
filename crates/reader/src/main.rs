//! The readers of all formats as a Web Worker: takes files, and gives what came out of them as bytes for the engine.
//!
//! A message is `{m: Uint8Array, blobs?: Blob[]}` in and `{m: ArrayBuffer, parts?: ArrayBuffer[]}` out. `m` is postcard
//! bytes; the parts are handed over uncopied. While files are read the worker goes back to its event loop every few
//! milliseconds, so that a cancel is heard.

mod blob_reader;
mod host;

fn main() {
    host::start();
}

//! The readers of all formats as a Web Worker: takes files, and gives what came out of them as bytes for the engine.
//!
//! A message is `{m: Uint8Array, blobs?: Blob[]}` in and `{m: ArrayBuffer, parts?: ArrayBuffer[], spent?: true}` out. `m`
//! is postcard bytes; the parts are handed over uncopied, and with `spent` the worker says that it has grown and wants
//! another in its place. While files are read the worker goes back to its event loop every few
//! milliseconds, so that a cancel is heard.

//!
//! There are two of them. The page starts with the small one, which knows the formats that most files have; with the
//! feature `full` it knows them all, and archives too. What the small one cannot read it hands back by
//! `Answer::NeedsFull`, and the page asks the full one, which it starts only then.

mod address;
mod blob_reader;
mod feed;
mod host;

pub use host::start;

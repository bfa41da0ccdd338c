//! Reports of Playwright: `json`, one document, and `blob`, a line for every event.

mod blob;
mod emit;
mod errors;
mod json;
mod settings;

pub(crate) use blob::Blob;
pub(crate) use json::Json;

//! What every satellite of the page shares: a wasm file of its own that draws some of the views, and is fetched when one
//! of them is first shown. The laboratory is one, the shelf another.
//!
//! Each has a worker of its own for what takes whole runs. A satellite says who it is by a [`Kind`]; the way to the page
//! is [`bridge`], the way to its worker [`desk`], and [`feed`] brings the runs from the engine to the worker.

pub mod bridge;
pub mod desk;
pub mod feed;
mod frame;
mod state;

pub use frame::{Satellite, start};
pub use state::Shared;

use js_sys::Array;

/// Bytes beside an answer: columns, or a file.
pub type Beside = Option<Vec<u8>>;

/// Which satellite.
pub struct Kind {
    /// The event by which it says that it is here; the page waits for it.
    pub event: &'static str,
    /// What a person knows it as.
    pub name: &'static str,
    /// The start script that Trunk writes beside its worker's wasm.
    pub worker: &'static str,
    /// The bytes of the question by which its worker takes a run in: the columns travel beside it.
    pub take: fn(&str) -> Vec<u8>,
    /// The bytes of the question by which its worker keeps these runs only.
    pub keep: fn(Vec<String>) -> Vec<u8>,
    /// What went wrong, if these bytes are the answer that says so.
    pub failed: fn(&[u8]) -> Option<String>,
}

/// A question as bytes; nothing, if it cannot be written.
pub fn bytes_of<Q: serde::Serialize>(question: &Q) -> Vec<u8> {
    postcard::to_allocvec(question).unwrap_or_default()
}

/// An array of one thing to hand over, or of none.
fn listed(one: Option<&wasm_bindgen::JsValue>) -> Array {
    one.map_or_else(Array::new, Array::of1)
}

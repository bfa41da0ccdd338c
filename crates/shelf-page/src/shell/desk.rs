//! The shelf's worker, as its page sees it.

use lanescope_protocol::{ShelfAnswer, ShelfRequest};
use lanescope_ui::satellite::{Kind, bytes_of};

/// The shelf.
pub const SHELF: Kind = Kind {
    event: "lanescope:shelf",
    name: "shelf",
    worker: "./lanescope-shelf-worker_loader.js",
    take: |run| bytes_of(&ShelfRequest::Take { run: run.to_owned() }),
    keep: |runs| bytes_of(&ShelfRequest::Keep { runs }),
    failed: |bytes| match postcard::from_bytes(bytes) {
        Ok(ShelfAnswer::Failed { text }) => Some(text),
        _ => None,
    },
};

//! The laboratory's worker, as its page sees it.

use lanescope_protocol::{LabAnswer, LabRequest};
use lanescope_ui::satellite::{Beside, Kind, bytes_of, desk};

/// The laboratory.
pub const LAB: Kind = Kind {
    event: "lanescope:lab",
    name: "laboratory",
    worker: "./lanescope-lab-worker_loader.js",
    take: |run| bytes_of(&LabRequest::Take { run: run.to_owned() }),
    keep: |runs| bytes_of(&LabRequest::Keep { runs }),
    failed: |bytes| match postcard::from_bytes(bytes) {
        Ok(LabAnswer::Failed { text }) => Some(text),
        _ => None,
    },
};

type Tell = Box<dyn FnMut(LabAnswer, Beside)>;

/// Asks; `tell` gets one answer or several.
pub fn ask(body: LabRequest, tell: impl FnMut(LabAnswer, Beside) + 'static) {
    // One piece of code reads the answers to all questions.
    fn asked(body: &LabRequest, tell: Tell) {
        desk::ask(body, tell);
    }
    asked(&body, Box::new(tell));
}

//! The laboratory as a Web Worker. Between two steps of an answer it hears the next question.

use lanescope_host::{Columns, Step};
use lanescope_lab::desk::Desk;
use lanescope_protocol::{LabAnswer, LabRequest};

struct Laboratory(Desk);

fn bytes(answer: &LabAnswer) -> Vec<u8> {
    postcard::to_allocvec(answer).unwrap_or_default()
}

impl lanescope_host::Desk for Laboratory {
    fn hello(&self, build: &str) -> Vec<u8> {
        bytes(&LabAnswer::Hello { build: build.to_owned() })
    }

    fn failed(&self, text: String) -> Vec<u8> {
        bytes(&LabAnswer::Failed { text })
    }

    fn ask(&mut self, id: u32, body: &[u8], columns: Columns) -> Option<Option<Vec<u8>>> {
        let request: LabRequest = postcard::from_bytes(body).ok()?;
        if let LabRequest::Take { run } = &request {
            return Some(Some(bytes(&self.0.take(run, columns.bytes, columns.next))));
        }
        self.0.ask(id, request);
        Some(None)
    }

    fn step(&mut self) -> Option<Step> {
        let step = self.0.step()?;
        Some(Step { id: step.id, answer: bytes(&step.answer), beside: step.beside, more: step.more })
    }
}

fn main() {
    lanescope_host::start(Box::new(Laboratory(Desk::new())));
}

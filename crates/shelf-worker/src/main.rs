//! The shelf as a Web Worker. Between two steps of an answer it hears the next question.

use lanescope_host::{Columns, Step};
use lanescope_protocol::{ShelfAnswer, ShelfRequest};
use lanescope_shelf::Desk;

struct Shelf(Desk);

fn bytes(answer: &ShelfAnswer) -> Vec<u8> {
    postcard::to_allocvec(answer).unwrap_or_default()
}

impl lanescope_host::Desk for Shelf {
    fn hello(&self, build: &str) -> Vec<u8> {
        bytes(&ShelfAnswer::Hello { build: build.to_owned() })
    }

    fn failed(&self, text: String) -> Vec<u8> {
        bytes(&ShelfAnswer::Failed { text })
    }

    fn ask(&mut self, id: u32, body: &[u8], columns: Columns) -> Option<Option<Vec<u8>>> {
        let request: ShelfRequest = postcard::from_bytes(body).ok()?;
        if let ShelfRequest::Take { run } = &request {
            return Some(Some(bytes(&self.0.take(run, columns.bytes, columns.next))));
        }
        let mut bytes = vec![0; columns.bytes];
        (columns.next)(&mut bytes);
        self.0.ask(id, request, bytes);
        Some(None)
    }

    fn step(&mut self) -> Option<Step> {
        let step = self.0.step()?;
        Some(Step { id: step.id, answer: bytes(&step.answer), beside: step.beside, more: step.more })
    }
}

fn main() {
    lanescope_host::start(Box::new(Shelf(Desk::new())));
}

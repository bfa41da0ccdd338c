//! What looks like a secret in files: `cargo run --release -p lanescope-exchange --example secrets -- FILE…`
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::io::Cursor;

use lanescope_exchange::find_secrets;
use lanescope_ingest::{OpenFile, Opening};

fn main() {
    let (mut runs, mut tests) = (0, 0);
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let file =
            OpenFile { path: path.clone(), size: Some(bytes.len() as u64), reader: Box::new(Cursor::new(bytes)) };
        for source in Opening::new(vec![file]).read_all().iter().flat_map(|loaded| &loaded.sources) {
            runs += 1;
            tests += source.run.tests.len();
            for finding in find_secrets(&source.run) {
                println!("{path}: {}: {}", finding.kind.as_str(), finding.excerpt);
            }
        }
    }
    println!("{runs} runs with {tests} tests");
}

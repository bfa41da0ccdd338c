//! How many tests fit into a link: `cargo run --release -p lanescope-pack --example link_sizes -- FILE…`
//!
//! Each file is read, and of its largest run as many tests are packed, from the first on, as fit into 2, 8, 32 and 64 KB
//! of base64url.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::io::Cursor;

use lanescope_ingest::{OpenFile, Opening, join};
use lanescope_model::{Run, RunBuilder};
use lanescope_pack::{Names, PackOptions, Texts, Times, pack, to_text};

const KB: [usize; 4] = [2, 8, 32, 64];

fn main() {
    let mut files = Vec::new();
    for path in std::env::args().skip(1) {
        match std::fs::read(&path) {
            Ok(bytes) => {
                let size = Some(bytes.len() as u64);
                files.push(OpenFile { path, size, reader: Box::new(Cursor::new(bytes)) });
            }
            Err(e) => println!("{path}: {e}"),
        }
    }
    let sources: Vec<_> = Opening::new(files).read_all().into_iter().flat_map(|loaded| loaded.sources).collect();
    let texts = |texts| PackOptions { texts, ..PackOptions::default() };
    let rough = PackOptions { times: Times::Milliseconds, ..texts(Texts::None) };
    let all = [
        ("all texts", texts(Texts::All)),
        ("messages", texts(Texts::Messages)),
        ("no texts", texts(Texts::None)),
        ("no texts, ms", rough),
        ("masked", PackOptions { names: Names::Masked, ..texts(Texts::None) }),
        ("masked, ms", PackOptions { names: Names::Masked, ..rough }),
        ("numbered", PackOptions { names: Names::Numbered, ..texts(Texts::None) }),
        ("numbered, ms", PackOptions { names: Names::Numbered, ..rough }),
    ];
    for joined in join(&sources) {
        let run = &joined.run;
        println!("\n{}: {} tests, {} attempts", run.meta.label, run.tests.len(), run.attempts.len());
        println!("| what is kept | bytes of the pack | bytes of the text | 2 KB | 8 KB | 32 KB | 64 KB |");
        println!("| --- | --: | --: | --: | --: | --: | --: |");
        for (name, options) in all {
            let whole = pack(&[run], &options);
            let fits: Vec<String> = KB.iter().map(|kb| fits(run, &options, kb << 10).to_string()).collect();
            println!("| {name} | {} | {} | {} |", whole.len(), to_text(&whole).len(), fits.join(" | "));
        }
    }
}

/// How many tests fit into so many bytes.
fn fits(run: &Run, options: &PackOptions, bytes: usize) -> usize {
    let fit = |n: usize| to_text(&pack(&[&first(run, n)], options)).len() <= bytes;
    let (mut low, mut high) = (0, run.tests.len());
    if fit(high) {
        return high;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fit(middle) { low = middle } else { high = middle }
    }
    low
}

/// The run with its first tests only.
fn first(run: &Run, n: usize) -> Run {
    let mut builder = RunBuilder::new();
    let frame = builder.take_frame(run, &|_, worker| worker.into(), &|job| job.into());
    for test in run.tests.ids().take(n) {
        let known = builder.test(frame.group(run, test), run.test_id(test), run.tests.name_at(test));
        builder.test_place(known, run.tests.file(test).map_or("", |f| run.strings.get(f)), run.tests.line(test));
        builder.test_markers(known, run.strings.get(run.tests.markers(test)));
        builder.take_attempts((run, test), known, &frame, &|row| row, &|_, text| text.into());
    }
    builder.finish()
}

//! How fast files are read, beside a plain pass of the XML or JSON library over the same bytes.
//!
//! `cargo run --release -p lanescope-ingest --example speed -- FILE...`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for developers: it prints, and stops at what is wrong"
)]

use std::hint::black_box;
use std::io::{Cursor, Read};
use std::rc::Rc;
use std::time::{Duration, Instant};

use lanescope_ingest::Loader;

const TURNS: usize = 7;

/// Time that this thread spent on a processor, where the system tells: other work on the machine does not count.
fn on_cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    stat.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The median of several turns, in milliseconds.
fn median_ms(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..TURNS)
        .map(|_| {
            let (start, cpu) = (Instant::now(), on_cpu());
            work();
            let spent = cpu.zip(on_cpu()).map(|(a, b)| b.saturating_sub(a));
            spent.unwrap_or_else(|| start.elapsed()).as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TURNS / 2]
}

fn plain_xml(content: &[u8]) {
    let mut reader = quick_xml::Reader::from_reader(content);
    let mut buf = Vec::new();
    while !matches!(reader.read_event_into(&mut buf), Ok(quick_xml::events::Event::Eof) | Err(_)) {
        buf.clear();
    }
}

fn plain_json(content: &[u8]) {
    for line in content.split(|&b| b == b'\n') {
        let _ = black_box(serde_json::from_slice::<serde::de::IgnoredAny>(line));
    }
}

fn main() {
    println!("{:40} {:>9} {:>9} {:>8} {:>9} {:>9} {:>6}", "file", "MB", "tests", "ms", "MB/s", "floor ms", "ratio");
    for path in std::env::args().skip(1) {
        let bytes: Rc<[u8]> = std::fs::read(&path).unwrap().into();
        let packed = bytes.starts_with(&[0x1f, 0x8b]);
        let mut content = Vec::new();
        if packed {
            flate2::read::MultiGzDecoder::new(Cursor::new(&bytes)).read_to_end(&mut content).unwrap();
        } else {
            content.extend_from_slice(&bytes);
        }
        let mut tests = 0;
        let ms = median_ms(|| {
            let loaded = Loader::new(&path, None, Box::new(Cursor::new(Rc::clone(&bytes)))).read_all();
            tests = loaded.report.tests;
        });
        let is_xml = content.trim_ascii_start().starts_with(b"<");
        let mut floor = median_ms(|| if is_xml { plain_xml(&content) } else { plain_json(&content) });
        if packed {
            floor += median_ms(|| {
                let mut out = vec![0; 1 << 18];
                let mut reader = flate2::read::MultiGzDecoder::new(Cursor::new(&bytes));
                while reader.read(&mut out).unwrap() > 0 {}
            });
        }
        let mb = content.len() as f64 / 1e6;
        let name = path.rsplit('/').next().unwrap_or(&path);
        println!("{name:40} {mb:9.1} {tests:9} {ms:8.1} {:9.0} {floor:9.1} {:6.2}", mb / ms * 1e3, ms / floor);
    }
}

//! How fast each format is read, beside a plain pass of the XML or JSON library over the same bytes.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{Cursor, Read};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lanescope_ingest::{OpenFile, Opening};
use quick_xml::events::Event;

use crate::amplify::{Shape, amplify, shape};

/// Size of a report that was made larger, bytes: large enough that a browser, which takes some milliseconds for the
/// first bytes of any file, spends most of its time on the others.
const LARGE: usize = 32 << 20;
/// How many turns each is read in.
const TURNS: usize = 5;
/// The least length of a turn.
const LEAST: Duration = Duration::from_millis(250);

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was read.
    pub name: String,
    /// Unpacked bytes.
    pub bytes: usize,
    /// Tests found.
    pub tests: usize,
    /// Reading, joining and making runs, seconds.
    pub read_s: f64,
    /// The plain pass, with unpacking where it was packed, seconds; `None` for text.
    pub plain_s: Option<f64>,
}

/// Time that this thread spent on a processor, where the system tells: other work on the machine does not count.
fn on_cpu() -> Option<Duration> {
    fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Has the process keep what is freed. The C library gives it back to the system after each turn, and fetches it again,
/// page by page, in the next; after one large block was freed it keeps as much (mallopt(3), `M_MMAP_THRESHOLD`). The
/// memory of a worker in the browser never shrinks either.
fn keep_memory() {
    drop(black_box(vec![1_u8; 31 << 20]));
}

/// The best of some turns, each long enough for the system's clock of a thread, which steps by the tick.
fn best_s(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..TURNS {
        let (start, cpu, mut n) = (Instant::now(), on_cpu(), 0);
        while n == 0 || start.elapsed() < LEAST {
            work();
            n += 1;
        }
        let spent = cpu.zip(on_cpu()).map_or_else(|| start.elapsed(), |(a, b)| b.saturating_sub(a));
        best = best.min(spent.as_secs_f64() / f64::from(n));
    }
    best
}

fn plain(content: &[u8]) {
    match shape(content) {
        Shape::Xml => {
            let mut reader = quick_xml::Reader::from_reader(content);
            let mut buf = Vec::new();
            // Who reads a report looks at attributes and texts, so they are decoded; nothing is done with them.
            loop {
                match reader.read_event_into(&mut buf) {
                    Ok(Event::Eof) | Err(_) => break,
                    Ok(Event::Start(e) | Event::Empty(e)) => e.attributes().flatten().for_each(|a| {
                        let _ = black_box(a.normalized_value(quick_xml::XmlVersion::Implicit1_0));
                    }),
                    Ok(Event::Text(text)) => drop(black_box(text.xml_content(quick_xml::XmlVersion::Implicit1_0))),
                    Ok(_) => {}
                }
                buf.clear();
            }
        }
        Shape::Json => drop(black_box(serde_json::from_slice::<serde::de::IgnoredAny>(content))),
        Shape::JsonLines => {
            for line in content.split(|&b| b == b'\n') {
                let _ = black_box(serde_json::from_slice::<serde::de::IgnoredAny>(line));
            }
        }
        Shape::Text => {}
    }
}

/// Reads bytes as the command does, and measures.
fn measure(name: &str, packed: &[u8]) -> Row {
    let mut content = Vec::new();
    let is_packed = packed.starts_with(&[0x1f, 0x8b]);
    if is_packed {
        let _ = flate2::read::MultiGzDecoder::new(packed).read_to_end(&mut content);
    } else {
        content.extend_from_slice(packed);
    }
    let shared: Rc<[u8]> = packed.into();
    let mut tests = 0;
    let read_s = best_s(|| {
        let file = OpenFile {
            path: name.to_owned(),
            size: Some(packed.len() as u64),
            reader: Box::new(Cursor::new(Rc::clone(&shared))),
        };
        tests = Opening::new(vec![file]).read_all().iter().map(|loaded| loaded.report.tests).sum();
    });
    let unpack_s = if is_packed {
        best_s(|| {
            let (mut out, mut from) = (vec![0; 1 << 18], flate2::read::MultiGzDecoder::new(packed));
            while from.read(&mut out).is_ok_and(|n| n > 0) {}
        })
    } else {
        0.0
    };
    let known = !matches!(shape(&content), Shape::Text) && !packed.starts_with(b"PK");
    let plain_s = known.then(|| unpack_s + best_s(|| plain(&content)));
    Row { name: name.to_owned(), bytes: content.len(), tests, read_s, plain_s }
}

/// One fixture of each format, made larger, and the large artifacts. What was made is left in `to` for the browser.
///
/// # Errors
/// Folders that cannot be read or written.
pub fn measure_all(fixtures: &Path, large: &Path, to: &Path) -> anyhow::Result<Vec<Row>> {
    fs::create_dir_all(to)?;
    keep_memory();
    let mut rows = Vec::new();
    for name in sorted(fixtures)? {
        let folder = fixtures.join(&name);
        if !folder.is_dir() || name.ends_with("project") {
            continue;
        }
        let mut files: Vec<Vec<u8>> = Vec::new();
        for file in sorted(&folder)? {
            let path = folder.join(file);
            if path.is_file() {
                files.push(fs::read(path)?);
            }
        }
        // The largest has most of what the format can say.
        let Some(small) = files.into_iter().max_by_key(Vec::len) else { continue };
        let Some(many) = amplify(&small, LARGE).filter(|_| !small.starts_with(b"PK")) else { continue };
        let row = measure(&name, &many);
        // What could not be taken apart says nothing.
        if row.tests >= 100 {
            fs::write(to.join(&name), &many)?;
            rows.push(row);
        }
    }
    for name in
        ["junit-10k.xml", "junit-100k.xml.gz", "reportlog-100k.jsonl.gz", "playwright-20k.json.gz", "allure-10k.zip"]
    {
        if let Ok(bytes) = fs::read(large.join(name)) {
            rows.push(measure(name, &bytes));
            fs::write(to.join(name), &bytes)?;
        }
    }
    Ok(rows)
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = fs::read_dir(folder)?.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// The rows as Markdown.
#[must_use]
pub fn markdown(rows: &[Row]) -> String {
    let mut out = "| read | MB | tests | MB/s | tests/s | plain pass MB/s | of the plain pass |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n".to_owned();
    for row in rows {
        let mb = row.bytes as f64 / 1e6;
        let plain = row.plain_s.map_or_else(
            || "| ".to_owned(),
            |plain| format!("{:.0} | {:.0} %", mb / plain, plain / row.read_s * 100.0),
        );
        let (per_s, tests_s) = (mb / row.read_s, row.tests as f64 / row.read_s);
        let _ = writeln!(out, "| {} | {mb:.1} | {} | {per_s:.0} | {tests_s:.0} | {plain} |", row.name, row.tests);
    }
    out
}

/// The rows as JSON, for the bench in the browser.
#[must_use]
pub fn json(rows: &[Row]) -> String {
    let all = rows.iter().map(|row| {
        serde_json::json!({ "name": row.name, "bytes": row.bytes, "tests": row.tests, "read_s": row.read_s, "plain_s": row.plain_s })
    });
    serde_json::Value::Array(all.collect()).to_string()
}

//! What a window of the timeline costs, by the size of the run: a table.
//!
//! `cargo run --release -p lanescope-engine --example bench_window [-- MOST_TESTS]`
//!
//! Each run is zoomed into by halves around three places, from the whole run to a few attempts a lane, and panned
//! by an eighth of a window at each step: 1400 pixels wide, all lanes. An answer ought to cost what is drawn and
//! no more than the logarithm of what there is: with a thousand times as many attempts, a bar costs the same.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a bench prints, and stops at what it did not expect")]

use std::io::Read;
use std::time::Instant;

use lanescope_analysis::Layout;
use lanescope_engine::{Engine, OpenFile, Unseekable};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder};
use lanescope_protocol::{
    Answer, ColourBy, Frame, MeasureRequest, Request, SeriesRequest, TimelineRequest, WindowRequest,
};
use lanescope_samplegen::{End, Sample, Spec};

const WIDTH_PX: u32 = 1400;
/// Each question is asked so often, and its middle time counts.
const TURNS: usize = 5;

fn main() {
    let most = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(1_000_000_u32);
    let sizes = [(1000, 64), (10_000, 64), (100_000, 64), (1_000_000, 64), (1_000_000, 512)];
    println!(
        "Windows {WIDTH_PX} px wide, all lanes, zoomed and panned; µs and bars of an answer, median and 95th percentile"
    );
    println!();
    println!(
        "{:>9} {:>5} {:>6} {:>8} | {:>8} {:>8} | {:>8} {:>8} | {:>6} | {:>9} {:>9} | {:>7} {:>7}",
        "attempts",
        "lanes",
        "log2 n",
        "windows",
        "µs",
        "µs p95",
        "bars",
        "bars p95",
        "ns/bar",
        "bytes",
        "bytes p95",
        "index",
        "whole",
    );
    let mut details = String::new();
    for (tests, workers) in sizes.into_iter().filter(|s| s.0 <= most) {
        details.push_str(&bench(tests, workers));
    }
    println!();
    println!("`index`: ms to lay out all lanes with their levels; `whole`: µs of the whole run, first frame");
    println!();
    print!("{details}");
}

/// How often the run was halved; microseconds, bars and bytes of the answer.
type Answered = (u32, f64, usize, usize);

/// One row of the table; gives what is told below it.
fn bench(tests: u32, workers: u32) -> String {
    let sample = Sample::new(Spec { tests, workers, ..Spec::default() });
    let attempts = sample.attempts.len();
    let run = run(&sample);
    let index_ms = middle((0..3).map(|_| timed(|| Layout::of(&run, None)).0 * 1e3).collect());
    drop(run);
    let mut engine = Engine::new();
    let stream = Stream { sample, at: 0, bytes: Vec::new(), read: 0 };
    let reader = Box::new(Unseekable(Box::new(stream)));
    let opened = engine.open(vec![OpenFile { path: "sample".to_owned(), size: None, reader }]).0;
    let timeline = TimelineRequest { run: opened.show.expect("a run"), ..TimelineRequest::default() };
    let to_s = opened.timeline.expect("a timeline").to_s;
    let whole =
        WindowRequest { timeline: timeline.clone(), to_s, width_px: WIDTH_PX, lanes: u32::MAX, ..Default::default() };

    let mut asked: Vec<(u32, WindowRequest)> = vec![(0, whole.clone())];
    let mut halved = 1;
    // Until about four attempts a lane are left.
    while (attempts as f64) / f64::from(workers) * 0.5_f64.powi(halved) > 4.0 {
        let length = to_s * 0.5_f64.powi(halved);
        for centre in [0.21, 0.48, 0.77] {
            for pan in 0..4 {
                let from_s = (to_s * centre + length * f64::from(pan) / 8.0).min(to_s - length);
                asked.push((halved as u32, WindowRequest { from_s, to_s: from_s + length, ..whole.clone() }));
            }
        }
        halved += 1;
    }
    let mut answers: Vec<Answered> = Vec::new();
    for (zoom, request) in asked {
        let (us, bars, bytes) = ask(&mut engine, Request::Window(request));
        answers.push((zoom, us, bars, bytes));
    }
    let whole_us = answers.first().map_or(0.0, |a| a.1);
    let column = |pick: &dyn Fn(&Answered) -> f64| answers.iter().map(pick).collect::<Vec<f64>>();
    let (us, bars, bytes) = (column(&|a| a.1), column(&|a| a.2 as f64), column(&|a| a.3 as f64));
    println!(
        "{attempts:>9} {workers:>5} {:>6.1} {:>8} | {:>8.0} {:>8.0} | {:>8.0} {:>8.0} | {:>6.1} | {:>9.0} {:>9.0} | {index_ms:>7.1} {whole_us:>7.0}",
        (attempts as f64).log2(),
        answers.len(),
        middle(us.clone()),
        at(us.clone(), 0.95),
        middle(bars.clone()),
        at(bars.clone(), 0.95),
        us.iter().sum::<f64>() / bars.iter().sum::<f64>() * 1e3,
        middle(bytes.clone()),
        at(bytes, 0.95),
    );
    let mut told = format!("{attempts} attempts on {workers} lanes\n");
    for zoom in 0..halved as u32 {
        let here: Vec<_> = answers.iter().filter(|a| a.0 == zoom).collect();
        let us = middle(here.iter().map(|a| a.1).collect());
        let bars = middle(here.iter().map(|a| a.2 as f64).collect());
        let ns = us * 1e3 / bars;
        told.push_str(&format!("  1/2^{zoom:<2} of the run: {us:>7.0} µs, {bars:>7.0} bars, {ns:>6.1} ns a bar\n"));
    }
    let window = WindowRequest { from_s: to_s * 0.4, to_s: to_s * 0.41, ..whole };
    let other = |first: &mut dyn FnMut() -> Request| {
        let (first_s, _) = timed(|| engine.answer(&first()));
        format!("{:.0} µs at first, then {:.0} µs", first_s * 1e6, ask(&mut engine, first()).0)
    };
    told.push_str(&extras(other, &timeline, to_s, &window));
    told
}

/// Questions whose first answer makes something that is kept.
fn extras(
    mut ask: impl FnMut(&mut dyn FnMut() -> Request) -> String,
    timeline: &TimelineRequest,
    to_s: f64,
    window: &WindowRequest,
) -> String {
    let filtered = WindowRequest { q: "mod_1".to_owned(), ..window.clone() };
    let coloured = WindowRequest { colour: ColourBy::File, ..window.clone() };
    let questions = [
        ("a hundredth, filtered", Request::Window(filtered)),
        ("a hundredth, by file", Request::Window(coloured)),
        (
            "series, 700 buckets",
            Request::Series(SeriesRequest { timeline: timeline.clone(), from_s: 0.0, to_s, buckets: 700 }),
        ),
        (
            "measure, a third",
            Request::Measure(MeasureRequest { timeline: timeline.clone(), from_s: to_s * 0.3, to_s: to_s * 0.63 }),
        ),
        ("places of a test", Request::Places { timeline: timeline.clone(), test: Sample::id(99) }),
    ];
    questions.into_iter().map(|(name, q)| format!("  {name}: {}\n", ask(&mut || q.clone()))).collect()
}

/// Time of an answer in microseconds, its bars and its bytes.
fn ask(engine: &mut Engine, request: Request) -> (f64, usize, usize) {
    let mut times = Vec::new();
    let mut bytes = None;
    for _ in 0..TURNS {
        let (seconds, (answer, frame)) = timed(|| engine.answer(&request));
        assert!(!matches!(answer, Answer::Failed { .. }), "{answer:?}");
        times.push(seconds * 1e6);
        bytes = frame;
    }
    let bars = bytes.as_ref().map_or(0, |bytes| Frame::decode(bytes).expect("a frame").len());
    (middle(times), bars, bytes.map_or(0, |bytes| bytes.len()))
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = work();
    (start.elapsed().as_secs_f64(), made)
}

fn middle(values: Vec<f64>) -> f64 {
    at(values, 0.5)
}

fn at(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() - 1) as f64 * share).round() as usize).copied().expect("a value")
}

/// The sample as a run, without a file between.
fn run(sample: &Sample) -> Run {
    let mut b = RunBuilder::new();
    for a in &sample.attempts {
        let id = Sample::id(a.test);
        let test = b.test(None, &id, id.rfind("::").map_or(0, |at| at + 2));
        let worker = Some(b.worker(&format!("gw{}", a.worker)));
        let start = Sample::START_US + a.start_us;
        b.attempt(AttemptRow {
            worker,
            start_us: Some(start),
            stop_us: Some(start + a.total_us()),
            total_us: Some(a.total_us()),
            setup_us: Some(a.setup_us),
            teardown_us: Some(a.teardown_us),
            outcome: match a.end {
                End::Passed => Outcome::Passed,
                End::Failed | End::Rerun => Outcome::Failed,
                End::Skipped => Outcome::Skipped,
            },
            ..AttemptRow::new(test)
        });
    }
    b.finish()
}

/// The sample's reportlog, written as it is read: that of a million tests fills a gigabyte.
struct Stream {
    sample: Sample,
    at: usize,
    bytes: Vec<u8>,
    read: usize,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read == self.bytes.len() {
            let some: Vec<_> = self.sample.attempts.iter().skip(self.at).take(1000).copied().collect();
            let is_first = self.at == 0;
            self.at += some.len();
            let is_last = self.at == self.sample.attempts.len();
            (self.read, self.bytes) = (0, Vec::new());
            if !some.is_empty() {
                let text = Sample { attempts: some, ..self.sample_without_attempts() }.reportlog();
                let lines = text.split_inclusive('\n').filter(|line| {
                    let (start, end) = (line.contains("\"SessionStart\"}"), line.contains("\"SessionFinish\"}"));
                    (!start || is_first) && (!end || is_last)
                });
                self.bytes = lines.collect::<String>().into_bytes();
            }
        }
        let n = (&self.bytes[self.read..]).read(buffer)?;
        self.read += n;
        Ok(n)
    }
}

impl Stream {
    fn sample_without_attempts(&self) -> Sample {
        Sample { attempts: Vec::new(), spec: self.sample.spec, session_us: self.sample.session_us }
    }
}

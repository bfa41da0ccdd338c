//! Prints a file to take home: `take_home KIND MODE WORKERS FILE…`, where KIND is such as `conftest-slow-first`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its user")]

use std::fs::File;

use lanescope_ingest::{OpenFile, Opening, join};
use lanescope_lab::replay::Work;
use lanescope_lab::take_home::take_home;
use lanescope_lab::what_if::Calibration;
use lanescope_protocol::{Mode, Plan, TakeHomeKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, mode, workers, paths @ ..] = args.as_slice() else { return Err("KIND MODE WORKERS FILE…".into()) };
    let kind = TakeHomeKind::ALL
        .into_iter()
        .find(|k| serde_json::to_string(k).is_ok_and(|word| word.trim_matches('"') == kind))
        .ok_or("no such kind")?;
    let mut files = Vec::new();
    for path in paths {
        files.push(OpenFile { path: path.clone(), size: None, reader: Box::new(File::open(path)?) });
    }
    let loaded = Opening::new(files).read_all();
    let sources: Vec<_> = loaded.into_iter().flat_map(|l| l.sources).collect();
    let run = join(&sources).into_iter().next().ok_or("no run")?.run;
    let work = Work::of(&run);
    let plan = Plan { mode: Mode::of(mode).ok_or("no such mode")?, workers: workers.parse()?, ..Plan::default() };
    let made = take_home(&run, &work, &plan, &Calibration::of(&run, &work, &[]), kind);
    print!("{}", made.text);
    eprintln!("{}: {} from {:?} s to {:?} s", made.name, made.how, made.from_s, made.to_s);
    Ok(())
}

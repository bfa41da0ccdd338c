//! Real runs of pytest-xdist on real suites (`../shared/artifacts/pytest-xdist`): each number of workers predicted from
//! each other one, alone and from all others together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect"
)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lanescope_ingest::{OpenFile, Opening, join};
use lanescope_lab::replay::Work;
use lanescope_lab::what_if::{Calibration, Planned};
use lanescope_model::Run;
use lanescope_protocol::{Mode, Plan};

fn open(folder: &Path, prefix: &str) -> Option<Arc<Run>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.retain(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(&format!("{prefix}."))));
    // The reportlog has starts and workers, the log's head the mode.
    files.retain(|p| p.to_str().is_some_and(|p| p.contains("reportlog") || p.contains(".log")));
    files.sort();
    let file = |path: &PathBuf| {
        let reader = Box::new(File::open(path).unwrap());
        OpenFile { path: path.display().to_string(), size: None, reader }
    };
    let loaded = Opening::new(files.iter().map(file).collect()).read_all();
    let sources: Vec<_> = loaded.into_iter().flat_map(|l| l.sources).collect();
    join(&sources).into_iter().next().map(|j| j.run)
}

struct Known {
    name: &'static str,
    run: Arc<Run>,
    work: Work,
    mode: Mode,
    workers: u32,
    makespan_s: f64,
}

fn known(suite: &str) -> Option<Vec<Known>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/artifacts/pytest-xdist").join(suite);
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    let names = ["seq", "n2-load", "n4-load", "n4-worksteal", "n8-load", "n10-load"];
    let mut all = Vec::new();
    for name in names {
        let Some(run) = open(&folder, name) else { continue };
        let work = Work::of(&run);
        let mode = if name.ends_with("worksteal") { Mode::Worksteal } else { Mode::Load };
        let makespan_s = work.recorded.makespan_us.unwrap() as f64 / 1e6;
        let workers = work.recorded.workers.unwrap();
        all.push(Known { name, run, work, mode, workers, makespan_s });
    }
    Some(all)
}

struct Tally {
    inside: u32,
    all: u32,
    worst: f64,
}

/// Predicts `to` from `from`, with what the others tell.
fn predict(from: &Known, others: &[&Known], to: &Known, tally: &mut Tally) {
    let pairs: Vec<_> = others.iter().map(|o| (&*o.run, &o.work)).collect();
    let mut work = from.work.clone();
    for other in others {
        work = work.ordered_as(&from.run, &other.work, &other.run);
    }
    let calibration = Calibration::of(&from.run, &work, &pairs);
    let planned = Planned::new(&from.run, &work, &Plan::default());
    let p = planned.point(&from.run, &work, to.mode, to.workers, &calibration);
    let inside = p.low_s <= to.makespan_s && to.makespan_s <= p.high_s;
    let error = p.makespan_s / to.makespan_s - 1.0;
    println!(
        "| {} | {} | {} | {:.2} | {:.2} | {:+.1} % | {:.2}–{:.2} | {} |",
        to.name,
        from.name,
        others.len(),
        to.makespan_s,
        p.makespan_s,
        error * 100.0,
        p.low_s,
        p.high_s,
        if inside { "yes" } else { "no" }
    );
    tally.all += 1;
    tally.inside += u32::from(inside);
    tally.worst = tally.worst.max(error.abs());
}

#[test]
fn bands_hold_what_was_measured() {
    let mut alone = Tally { inside: 0, all: 0, worst: 0.0 };
    let mut together = Tally { inside: 0, all: 0, worst: 0.0 };
    println!("| run | from | others | recorded s | predicted s | error | band s | inside |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | --- | --- |");
    for suite in ["networkx", "iosuite"] {
        let Some(all) = known(suite) else { return };
        for to in &all {
            for from in all.iter().filter(|f| f.name != to.name) {
                predict(from, &[], to, &mut alone);
                let others: Vec<&Known> = all.iter().filter(|o| o.name != to.name && o.name != from.name).collect();
                predict(from, &others, to, &mut together);
            }
        }
    }
    let share = |t: &Tally| f64::from(t.inside) / f64::from(t.all);
    println!("alone: {}/{} inside, worst error {:.3}", alone.inside, alone.all, alone.worst);
    println!("with the others: {}/{} inside, worst error {:.3}", together.inside, together.all, together.worst);
    assert!(share(&alone) >= 0.9, "bands from one run hold {:.2}", share(&alone));
    assert!(share(&together) >= 0.9, "bands from several runs hold {:.2}", share(&together));
    assert!(together.worst < 0.35, "worst error with the others {:.3}", together.worst);
}

#[test]
fn the_recorded_setting_is_replayed() {
    for suite in ["networkx", "iosuite"] {
        let Some(all) = known(suite) else { return };
        let seq = &all[0];
        for k in &all {
            let work = k.work.clone().ordered_as(&k.run, &seq.work, &seq.run);
            let planned = Planned::new(&k.run, &work, &Plan::default());
            let calibration = Calibration::of(&k.run, &work, &[]);
            let p = planned.point(&k.run, &work, k.mode, k.workers, &calibration);
            let error = p.makespan_s / k.makespan_s - 1.0;
            println!(
                "{suite} {} recorded {:.2} replayed {:.2} ({:+.2} %)",
                k.name,
                k.makespan_s,
                p.makespan_s,
                error * 100.0
            );
            assert!(error.abs() < 0.05, "{suite} {}: {error:.3}", k.name);
        }
    }
}

/// pytest-split with its default: three runs of one worker each.
#[test]
fn shards_are_those_of_pytest_split() {
    let Some(all) = known("iosuite") else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/artifacts/pytest-xdist/iosuite");
    let seq = &all[0];
    let planned = Planned::new(&seq.run, &seq.work, &Plan::default());
    let schedule = planned.schedule(Mode::Shards, 3, &Calibration::default());
    for shard in 0..3_u32 {
        let Some(run) = open(&folder, &format!("split{}-of-3", shard + 1)) else { continue };
        let tests = schedule.worker.iter().filter(|&&w| w == shard).count();
        assert_eq!(run.tests.len(), tests, "shard {}", shard + 1);
    }
}

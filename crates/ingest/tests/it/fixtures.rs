//! Every fixture, five ways: as it is (a snapshot), under another name, cut off, packed, joined.

use std::io::Write;
use std::path::{Path, PathBuf};

use lanescope_ingest::{Loaded, More, join};
use lanescope_model::{Covered, Run, TextKind};

use crate::shared::{issues, load, load_bytes};

pub fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut paths = Vec::new();
    let formats = [
        "github-actions-api",
        "junit-xml",
        "playwright-blob",
        "playwright-json",
        "pytest-reportlog",
        "xdist-console-log",
    ];
    // A pack is read whole or not at all: it has tests of its own.
    let more = More::ALL.iter().filter(|&&format| format != More::LanescopePack).map(|format| format.as_str());
    for format in formats.into_iter().chain(more) {
        paths.extend(std::fs::read_dir(root.join(format)).unwrap().map(|e| e.unwrap().path()));
    }
    paths.sort();
    assert!(paths.len() > 20);
    paths
}

/// A run as text: every test, its attempts and the beginning of their texts.
pub fn describe(run: &Run) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    let m = &run.meta;
    line(format!(
        "session {:?} {:?}, mode {:?}, declared {:?}, sequential {}, interrupted {}",
        m.session.start_us, m.session.length_us, m.dist_mode, m.declared_workers, m.sequential, m.interrupted
    ));
    if let Some(us) = m.timeout_us {
        line(format!("time limit {us}"));
    }
    if let Some(commit) = &m.commit {
        line(format!("{} at {commit}, {:?}, {:?}", m.label, m.branch, m.url));
    }
    let workers =
        run.workers.iter().map(|w| format!("{}{}", run.strings.get(w.name), if w.crashed { " (crashed)" } else { "" }));
    line(format!("workers {}", workers.collect::<Vec<_>>().join(", ")));
    for job in &run.jobs {
        line(format!(
            "job {} {:?} {}: {:?} {:?}..{:?}",
            run.strings.get(job.name),
            job.group.map(|g| run.group_name(g)),
            job.outcome.as_str(),
            job.queued_us,
            job.start_us,
            job.stop_us
        ));
        for step in &job.steps {
            let name = run.strings.get(step.name);
            line(format!("    {name} {}: {:?}..{:?}", step.outcome.as_str(), step.start_us, step.stop_us));
        }
    }
    for report in &run.coverage {
        line(format!(
            "coverage {} at {:?}: lines {}, branches {}",
            report.format,
            report.at_us,
            reached(report.lines),
            reached(report.branches)
        ));
        for (at, file) in report.files.iter().enumerate() {
            let marks: Vec<String> =
                report.lines_of(at).map(|(n, hit)| format!("{}{n}", if hit { "" } else { "-" })).collect();
            line(format!(
                "    {} [{}]: lines {}, branches {}: {}",
                run.strings.get(file.path),
                run.strings.get(file.package),
                reached(file.lines),
                reached(file.branches),
                marks.join(" ")
            ));
        }
    }
    for report in &run.benchmarks {
        line(format!("benchmarks {} at {:?}", report.format, report.at_us));
        for row in &report.rows {
            let name = |id| run.strings.get(id);
            line(format!(
                "    {} [{}] ({}) {}: rounds {:?} of {:?}",
                name(row.name),
                name(row.group),
                name(row.params),
                name(row.unit),
                row.rounds,
                row.iterations
            ));
            line(format!("        {:?}", row.stats));
        }
    }
    for (name, value) in m.environment.iter().filter(|_| !run.benchmarks.is_empty()) {
        line(format!("{name}: {value}"));
    }
    for t in run.tests.ids() {
        let file = run.tests.file(t).map_or("", |s| run.strings.get(s));
        let flaky = if run.tests.is_flaky(t) { " flaky" } else { "" };
        let group = run.tests.group(t).map_or(String::new(), |g| format!("{}: ", run.group_name(g)));
        line(format!(
            "{group}{} = {} / {} [{}:{:?}] {} {}{flaky}",
            run.test_id(t),
            run.suite(t),
            run.test_name(t),
            file,
            run.tests.line(t),
            run.strings.get(run.tests.markers(t)),
            run.tests.outcome(t).as_str(),
        ));
        for a in run.tests.attempts(t) {
            let at = &run.attempts;
            line(format!(
                "    {} on {:?}: {:?}..{:?} total {:?} setup {:?} teardown {:?}",
                at.outcome(a).as_str(),
                at.worker(a).map(|w| run.worker_name(w)),
                at.start_us(a),
                at.stop_us(a),
                at.total_us(a),
                at.setup_us(a),
                at.teardown_us(a),
            ));
            for kind in [TextKind::Message, TextKind::Trace, TextKind::Stdout, TextKind::Stderr, TextKind::Log] {
                let text = run.text(a, kind);
                if !text.is_empty() {
                    let lines: Vec<&str> = text.lines().collect();
                    let shown =
                        lines.iter().take(12).map(|l| format!("        | {}", l.escape_debug())).collect::<Vec<_>>();
                    line(format!("        {kind:?}\n{}", shown.join("\n")));
                }
            }
        }
    }
    out
}

fn reached(covered: Option<Covered>) -> String {
    covered.map_or("?".to_owned(), |c| format!("{} of {}", c.covered, c.total))
}

pub fn whole(loaded: &Loaded) -> String {
    let mut out = format!(
        "{} {:?}, {} tests\n{}\n",
        loaded.report.format.as_str(),
        loaded.report.dialect,
        loaded.report.tests,
        issues(loaded)
    );
    for source in &loaded.sources {
        out.push('\n');
        out.push_str(&describe(&source.run));
    }
    out
}

#[test]
fn fixtures_come_out_as_recorded() {
    for path in fixtures() {
        let name = path.file_name().unwrap().to_string_lossy();
        let format = path.parent().unwrap().file_name().unwrap().to_string_lossy();
        // Names of files repeat among the further formats.
        let name = if More::of(&format).is_some() { format!("{format}-{name}") } else { name.into_owned() };
        insta::assert_snapshot!(name, whole(&load(&path)));
    }
}

#[test]
fn names_and_packing_make_no_difference() {
    for path in fixtures() {
        let bytes = std::fs::read(&path).unwrap();
        let expected = whole(&load(&path));
        assert_eq!(whole(&load_bytes(bytes.clone())), expected, "{}", path.display());
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        assert_eq!(whole(&load_bytes(packed.finish().unwrap())), expected, "{}", path.display());
        // UTF-16, as a Windows shell writes it. The text is the same, the places of bytes may not be.
        let text = String::from_utf8(bytes).unwrap();
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let loaded = load_bytes(wide);
        for (a, b) in loaded.sources.iter().zip(&load(&path).sources) {
            assert_eq!(describe(&a.run), describe(&b.run), "{}", path.display());
        }
        assert!(!loaded.sources.is_empty(), "{}", path.display());
    }
}

#[test]
fn a_file_cut_off_anywhere_says_so_or_is_whole() {
    let mut silent = Vec::new();
    for path in fixtures() {
        let bytes = std::fs::read(&path).unwrap();
        let all = load(&path).report.tests;
        let step = (bytes.len() / 60).max(1);
        for cut in (0..bytes.len()).step_by(step) {
            let loaded = load_bytes(bytes[..cut].to_vec());
            assert!(loaded.report.tests <= all, "{} at {cut}", path.display());
            let says = !loaded.report.issues.is_empty();
            // What is cut off of the blank at the end is nothing.
            let is_whole = loaded.report.tests == all && (all > 0 || bytes[cut..].trim_ascii().is_empty());
            if !says && !is_whole {
                silent.push(format!("{} at {cut}", path.display()));
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn what_tells_a_json_report_may_stand_far_behind_its_beginning() {
    let mut seen = 0;
    for path in fixtures() {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(serde_json::Value::Object(mut report)) = serde_json::from_slice(&bytes) else { continue };
        // More than the head that is looked at first; the keys of a map come in the order of the alphabet.
        report.insert("$comment".to_owned(), "x".repeat(200 << 10).into());
        let (known, late) = (load_bytes(bytes), load_bytes(serde_json::to_vec(&report).unwrap()));
        assert_eq!(late.report.format, known.report.format, "{}\n{}", path.display(), issues(&late));
        assert_eq!(late.report.tests, known.report.tests, "{}\n{}", path.display(), issues(&late));
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_three_files_of_a_case_are_one_run() {
    let pytest = |p: &&PathBuf| p.file_name().unwrap().to_string_lossy().starts_with("pytest-9");
    let sources: Vec<_> = fixtures().iter().filter(pytest).flat_map(|p| load(p).sources).collect();
    let runs = join(&sources);
    let cases = 11;
    assert_eq!(runs.len(), cases);
    for joined in &runs {
        println!("{}: {} files", joined.run.meta.label, joined.sources.len());
        assert!(joined.sources.len() >= 2, "{}", joined.run.meta.label);
        // The console shows parameters as they are and the files escape them, or the other way round:
        // no test may stand there twice for that.
        let best = &sources[joined.sources[0]].run;
        assert_eq!(joined.run.tests.len(), best.tests.len(), "{}", joined.run.meta.label);
        assert_eq!(joined.run.counts(), best.counts(), "{}", joined.run.meta.label);
        assert!(joined.run.meta.session.length_us.is_some(), "{}", joined.run.meta.label);
    }
}

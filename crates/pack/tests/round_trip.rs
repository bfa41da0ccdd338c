//! Runs as a pack and back.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use lanescope_model::{
    AttemptRow, Benchmark, Benchmarks, Coverage, Covered, CoveredFile, Issue, Job, Outcome, Place, Run, RunBuilder,
    Severity, Stats, Step, TestId, TextKind,
};
use lanescope_pack::{
    MAGIC, Names, PackError, PackOptions, Texts, Times, VERSION, from_text, is_text, pack, pack_noted, reduce, to_text,
    unpack, unpack_noted,
};
use proptest::prelude::*;

const KINDS: [TextKind; 5] = [TextKind::Message, TextKind::Trace, TextKind::Stdout, TextKind::Stderr, TextKind::Log];

/// Everything that a run says, so that two can be compared.
fn said(run: &Run) -> Vec<String> {
    let name = |id| run.strings.get(id).to_owned();
    let mut said = vec![format!("{:?}", run.meta)];
    said.extend(run.groups.iter().map(|g| name(g.name)));
    said.extend(run.workers.iter().map(|w| format!("{} {}", name(w.name), w.crashed)));
    for job in &run.jobs {
        let Job { name: job_name, group, queued_us, start_us, stop_us, outcome, steps } = job;
        said.push(format!("{} {group:?} {queued_us:?} {start_us:?} {stop_us:?} {outcome:?}", name(*job_name)));
        said.extend(steps.iter().map(|s| format!("{} {:?} {:?} {:?}", name(s.name), s.start_us, s.stop_us, s.outcome)));
    }
    for report in &run.coverage {
        said.push(format!(
            "{} {} {:?} {:?} {:?}",
            report.source, report.format, report.at_us, report.lines, report.branches
        ));
        for (at, file) in report.files.iter().enumerate() {
            let lines: Vec<_> = report.lines_of(at).collect();
            said.push(format!(
                "{} {} {:?} {:?} {lines:?}",
                name(file.path),
                name(file.package),
                file.lines,
                file.branches
            ));
        }
    }
    for report in &run.benchmarks {
        said.push(format!("{} {} {:?}", report.source, report.format, report.at_us));
        for row in &report.rows {
            let names = [row.name, row.group, row.params, row.unit].map(name);
            said.push(format!("{names:?} {:?} {:?} {:?}", row.stats, row.rounds, row.iterations));
        }
    }
    for test in run.tests.ids() {
        let t = &run.tests;
        said.push(format!(
            "{:?} {} {:?} {:?} {:?} {:?} {:?} {}",
            run.test_id(test),
            t.name_at(test),
            t.file(test).map(name),
            t.line(test),
            t.group(test),
            name(t.markers(test)),
            t.outcome(test),
            t.is_flaky(test)
        ));
        for attempt in t.attempts(test) {
            let a = &run.attempts;
            let times = (a.start_us(attempt), a.stop_us(attempt), a.total_us(attempt));
            let phases = (a.setup_us(attempt), a.teardown_us(attempt), a.worker(attempt), a.outcome(attempt));
            said.push(format!("{times:?} {phases:?} {:?}", KINDS.map(|kind| run.text(attempt, kind))));
        }
    }
    said
}

/// A test: its kind, and for each attempt numbers that make it.
type Row = (u8, Vec<(u8, Option<i64>, Option<i64>, Option<i64>)>);

/// A run out of numbers: tests with attempts, texts, groups, places, markers and jobs.
fn run(tests: &[Row], text: &str) -> Run {
    let mut builder = RunBuilder::new();
    builder.meta.label = text.chars().take(40).collect();
    builder.meta.id = "id".to_owned();
    builder.meta.commit = Some("abc".to_owned());
    builder.meta.branch = Some(String::new());
    builder.meta.declared_workers = Some(tests.len() as u32);
    builder.meta.session.length_us = Some(i64::MAX);
    builder.meta.timeout_us = (tests.len().is_multiple_of(2)).then_some(-5);
    builder.meta.interrupted = tests.len().is_multiple_of(3);
    builder.meta.simulated = tests.len().is_multiple_of(5);
    builder.meta.environment.push(("os".to_owned(), text.chars().take(9).collect()));
    for (i, (kind, attempts)) in tests.iter().enumerate() {
        let group = (kind % 3 == 0).then(|| builder.group(&format!("group {}", kind % 5)));
        let id = match kind % 4 {
            0 => format!("tests/größe_{}.py::Test::test_{i}[a::b]", kind % 7),
            1 => format!("suite {} › title {i}", kind % 7),
            2 => format!("x{}", u32::from(*kind) * 7919 + i as u32),
            _ => format!("tests/t.py::test_{i}"),
        };
        let test = builder.test(group, &id, usize::from(*kind % 12));
        match kind % 3 {
            0 => builder.test_place(test, &format!("tests/{kind}.py"), Some(u32::from(*kind))),
            1 => builder.test_place(test, "tests/t.py", Some(u32::from(*kind) * 16_000_000)),
            _ => {}
        }
        if kind % 5 == 0 {
            builder.test_markers(test, "slow db");
        }
        for &(code, start_us, total_us, other) in attempts {
            let worker = (code % 2 == 0).then(|| builder.worker(&format!("gw{}", code % 4)));
            if let Some(worker) = worker.filter(|_| code == 8) {
                builder.worker_crashed(worker);
            }
            let row = AttemptRow {
                test,
                worker,
                start_us,
                stop_us: if code % 3 == 0 { other } else { start_us.zip(total_us).map(|(a, b)| a + b) },
                total_us,
                setup_us: other,
                teardown_us: other.map(|us| us / 2),
                outcome: Outcome::from_code(code % 7),
            };
            let attempt = builder.attempt(row);
            for (bit, kind) in KINDS.into_iter().enumerate() {
                if code >> bit & 1 == 1 {
                    builder.set_text(attempt, kind, if code % 5 == 0 { text } else { "again" });
                }
            }
        }
    }
    let name = builder.intern("job");
    let step = Step { name, start_us: None, stop_us: Some(-1), outcome: Outcome::Passed };
    let (queued_us, start_us, stop_us, steps) = (Some(1), None, Some(3), vec![step; tests.len() % 3]);
    builder.jobs.push(Job { name, group: None, queued_us, start_us, stop_us, outcome: Outcome::Error, steps });
    if let Some((kind, _)) = tests.first() {
        let path = builder.intern("src/a.rs");
        let package = builder.intern(text);
        let covered = Some(Covered { covered: u32::from(*kind / 2), total: u32::from(*kind) });
        let file = |first_mark| CoveredFile { path, package, lines: covered, branches: None, first_mark };
        builder.coverage.push(Coverage {
            source: "coverage.xml".to_owned(),
            format: "cobertura".to_owned(),
            gate: kind.is_multiple_of(2).then_some(lanescope_model::Gate { least: 8000, found: Some(9508) }),
            at_us: Some(-7),
            lines: covered,
            branches: None,
            files: vec![file(0), file(2)],
            marks: vec![7, 20, 3, u32::MAX],
        });
        let stats = Stats { mean: Some(1.5e-9), q3: Some(f64::from(*kind)), ..Stats::default() };
        let row = Benchmark {
            name: path,
            group: package,
            params: path,
            unit: path,
            stats,
            rounds: Some(u64::MAX),
            iterations: None,
        };
        builder.benchmarks.push(Benchmarks {
            source: "b.json".to_owned(),
            format: "criterion".to_owned(),
            at_us: None,
            rows: vec![row; usize::from(kind % 3)],
        });
    }
    builder.finish()
}

fn us() -> impl Strategy<Value = Option<i64>> {
    let day = 1_772_438_400_000_000_i64;
    prop::option::of(prop_oneof![
        0..5_000_000_i64,
        (0..90_000_i64).prop_map(move |ms| day + ms * 1000),
        (0..90_000_000_i64).prop_map(move |us| day + us),
        -(1_i64 << 60)..1 << 60
    ])
}

fn tests() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((any::<u8>(), prop::collection::vec((any::<u8>(), us(), us(), us()), 0..4)), 0..40)
}

fn issues() -> Vec<Issue> {
    let issue = |severity, text: &str| Issue::new(severity, text);
    vec![
        issue(Severity::Info, "joined from 2 files"),
        issue(Severity::Warning, "a.xml: not UTF-8 here").at(Place::Byte(70_000)),
        issue(Severity::Error, "no time").at(Place::Path("testsuites/testsuite[0]/@time".to_owned())),
        issue(Severity::Warning, "odd").at(Place::Line(3)),
    ]
}

proptest! {
    #[test]
    fn runs_come_back_as_they_were(all in prop::collection::vec(tests(), 0..4), text in "\\PC{0,300}") {
        let runs: Vec<Run> = all.iter().map(|tests| run(tests, &text)).collect();
        let issues = issues();
        let noted: Vec<(&Run, &[Issue])> = runs.iter().map(|run| (run, issues.as_slice())).collect();
        let bytes = pack_noted(&noted, &PackOptions::default());
        let back = unpack_noted(&bytes, 1 << 24).unwrap();
        prop_assert_eq!(back.len(), runs.len());
        for (back, run) in back.iter().zip(&runs) {
            prop_assert_eq!(said(&back.run), said(run));
            prop_assert_eq!(&back.notes, &issues);
        }
        let back = from_text(&to_text(&bytes)).unwrap();
        prop_assert_eq!(back.len(), runs.len());
    }

    #[test]
    fn what_is_left_out_is_all_that_is_missing(
        tests in tests(), text in "[a-z]{0,30}", texts in 0..3_u8, names in 0..3_u8, rough in any::<bool>()
    ) {
        let run = run(&tests, &text);
        let options = PackOptions {
            texts: [Texts::All, Texts::Messages, Texts::None][usize::from(texts)],
            names: [Names::Kept, Names::Masked, Names::Numbered][usize::from(names)],
            times: if rough { Times::Milliseconds } else { Times::Exact },
            no_measures: rough,
        };
        let back = unpack(&pack(&[&run], &options)).unwrap();
        prop_assert_eq!(said(&back[0]), said(&reduce(&[&run], &options)[0]));
        let back = &back[0];
        prop_assert_eq!((&back.meta, back.counts(), back.flaky_count()), (&run.meta, run.counts(), run.flaky_count()));
        prop_assert_eq!((back.tests.len(), back.attempts.len()), (run.tests.len(), run.attempts.len()));
        prop_assert_eq!(back.coverage.is_empty(), run.coverage.is_empty() || rough || options.names != Names::Kept);
        if !rough {
            prop_assert_eq!(back.window_us(), run.window_us());
        }
    }

    #[test]
    fn a_pack_that_ends_early_is_refused(tests in tests(), cut in any::<prop::sample::Index>()) {
        let bytes = pack(&[&run(&tests, "text")], &PackOptions::default());
        prop_assert!(unpack(&bytes[..cut.index(bytes.len())]).is_err());
        let text = to_text(&bytes);
        prop_assert!(from_text(&text[..cut.index(text.len())]).is_err());
    }

    #[test]
    fn a_pack_with_other_bytes_is_refused_or_tells_the_same(tests in tests(), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
        let run = run(&tests, "größer");
        let mut bytes = pack(&[&run], &PackOptions::default());
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        // The level of compression and what fills up the last byte mean nothing; everything else is checked.
        if let Ok(back) = unpack(&bytes) {
            prop_assert_eq!(said(&back[0]), said(&run));
        }
    }
}

/// What lies inside the deflate: its check keeps damage out, but no pack needs to be made by us.
fn forged(columns: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    let mut packer = flate2::write::ZlibEncoder::new(bytes, flate2::Compression::fast());
    packer.write_all(columns).unwrap();
    packer.finish().unwrap()
}

fn unforged(pack: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(&pack[6..]).read_to_end(&mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn forged_columns_are_refused_or_are_runs(
        tests in tests(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut columns = unforged(&pack(&[&run(&tests, "größer"), &run(&tests, "x")], &PackOptions::default()));
        for (at, byte) in changes {
            let at = at.index(columns.len());
            columns[at] = byte;
        }
        if let Ok(runs) = unpack(&forged(&columns)) {
            runs.iter().for_each(|run| { said(run); });
        }
    }

    #[test]
    fn noise_is_refused_or_is_a_run(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = unpack(&noise);
        let _ = unpack(&forged(&noise));
        let _ = from_text(&to_text(&noise));
    }
}

#[test]
fn a_newer_version_is_refused_politely() {
    let mut bytes = pack(&[&run(&[], "x")], &PackOptions::default());
    bytes[5] = VERSION + 1;
    let Err(error) = unpack(&bytes) else { unreachable!("it was read") };
    assert_eq!(error, PackError::Newer(VERSION + 1));
    assert!(error.to_string().starts_with("made by a newer Lanescope: "), "{error}");
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let bytes = forged(&vec![0; 1 << 20]);
    assert!(bytes.len() < 20_000);
    assert_eq!(unpack_noted(&bytes, 1 << 19).err(), Some(PackError::TooLarge));
    // Strings that share all with the one before: a hundred thousand of a hundred thousand bytes.
    let mut columns = vec![1];
    let n = 100_000_u32;
    let number = |mut n: u32| {
        let mut bytes = Vec::new();
        while n >= 0x80 {
            bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        bytes.push(n as u8);
        bytes
    };
    columns.extend(number(n));
    let shared = number(n);
    for (plane, &byte) in shared.iter().enumerate() {
        columns.push(if plane == 0 { 0 } else { byte });
        columns.extend(std::iter::repeat_n(byte, n as usize - 1));
        if plane == 0 {
            continue;
        }
        columns.remove(columns.len() - n as usize);
    }
    columns.extend(number(n));
    for (plane, &byte) in shared.iter().enumerate() {
        columns.push(byte);
        if plane == 0 {
            columns.extend(std::iter::repeat_n(0, n as usize - 1));
        }
    }
    columns.extend(number(n));
    columns.extend(std::iter::repeat_n(b'a', n as usize));
    assert_eq!(unpack_noted(&forged(&columns), 1 << 24).err(), Some(PackError::TooLarge));
}

#[test]
fn masked_names_are_the_same_in_all_runs_of_a_pack() {
    let mut runs = Vec::new();
    for names in [&["tests/a.py::test_x", "tests/b.py::test_y"][..], &["tests/b.py::test_y", "tests/b.py::test_w"]] {
        let mut builder = RunBuilder::new();
        for name in names {
            let test = builder.test(None, name, 12);
            builder.test_markers(test, "slow");
            let attempt = builder.attempt(AttemptRow::new(test));
            builder.set_text(attempt, TextKind::Message, "test_x fails");
        }
        runs.push(builder.finish());
    }
    let runs: Vec<&Run> = runs.iter().collect();
    let options = PackOptions { names: Names::Masked, ..PackOptions::default() };
    let back = unpack(&pack(&runs, &options)).unwrap();
    let names = |run: &Run| run.tests.ids().map(|t| run.test_id(t).to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&back[0]), ["file-01::test-0001", "file-02::test-0002"]);
    assert_eq!(names(&back[1]), ["file-02::test-0002", "file-02::test-0001"]);
    assert_eq!(back[0].test_name(TestId(0)), "test-0001");
    assert_eq!(back[0].strings.get(back[0].tests.markers(TestId(0))), "marker-1");
    assert!(back.iter().all(|run| !said(run).iter().any(|line| line.contains("test_") || line.contains("slow"))));
}

#[test]
fn a_text_is_known_by_its_first_letters() {
    let text = to_text(&pack(&[&run(&[], "x")], &PackOptions::default()));
    assert!(is_text(text.as_bytes()) && is_text(format!("\n {text}").as_bytes()));
    assert!(!is_text(b"10xTUExx") && !is_text(b"10xT") && !is_text(b""));
    let address = format!("https://example.org/#/overview?run=x&data={text}&q=a");
    assert!(is_text(address.as_bytes()) && !is_text(b"https://example.org/#/overview?data=x"));
    assert_eq!(from_text(&address).unwrap().len(), 1);
    let broken: String = text.chars().flat_map(|c| [c, '\n']).collect();
    assert_eq!(from_text(&broken).unwrap().len(), 1);
    assert_eq!(from_text("x").err(), Some(PackError::NoPack));
}

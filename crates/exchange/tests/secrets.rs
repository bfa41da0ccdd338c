//! What looks like a secret, and what does not.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may stop at what it did not expect")]

use std::io::Cursor;
use std::path::{Path, PathBuf};

use lanescope_exchange::{Kind, Redaction, Where, find_secrets, redact, remove_secrets};
use lanescope_ingest::{OpenFile, Opening};
use lanescope_model::{AttemptRow, Benchmark, Benchmarks, Coverage, CoveredFile, Run, RunBuilder, Stats, TextKind};
use lanescope_pack::{Names, Texts};
use proptest::prelude::*;

fn run(text: &str) -> Run {
    let mut builder = RunBuilder::new();
    let test = builder.test(None, "tests/a.py::test_x", 12);
    let worker = Some(builder.worker("gw0"));
    let attempt = builder.attempt(AttemptRow { worker, start_us: Some(1), ..AttemptRow::new(test) });
    builder.set_text(attempt, TextKind::Trace, text);
    builder.finish()
}

fn trace(run: &Run) -> &str {
    run.text(run.attempts.ids().next().unwrap(), TextKind::Trace)
}

/// A made-up token of these many letters, so that none stands in the repository as such.
fn letters(n: usize) -> String {
    "q7Zt1mWx9Kc4Rv8Ls2Hd6Jf3Gb5Np0Ty".chars().cycle().take(n).collect()
}

#[test]
fn secrets_are_found_by_their_form_and_taken_out() {
    let l = letters;
    let jwt = format!("eyJ{}.eyJ{}.{}", l(20), l(40), l(43));
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n{}\n-----END RSA PRIVATE KEY-----", l(64), l(64));
    for (kind, text, secret) in [
        (Kind::GitHub, format!("git clone with ghp_{}\nnext", l(36)), format!("ghp_{}", l(36))),
        (Kind::GitHub, format!("x=github_pat_{}", l(82)), format!("github_pat_{}", l(82))),
        (Kind::GitLab, format!("PRIVATE-TOKEN: glpat-{}", l(20)), format!("glpat-{}", l(20))),
        (Kind::Aws, "id AKIAQ7ZT1MWX9KC4RV8L.".to_owned(), "AKIAQ7ZT1MWX9KC4RV8L".to_owned()),
        (Kind::Slack, format!("'xoxb-{}'", l(40)), format!("xoxb-{}", l(40))),
        (Kind::Service, format!("npm_{}", l(36)), format!("npm_{}", l(36))),
        (Kind::Jwt, format!("cookie: session={jwt}; path=/"), jwt),
        (Kind::PrivateKey, format!("key = '''{key}'''"), key),
        (Kind::Header, format!("{{'Authorization': 'Bearer {}'}}", l(30)), l(30)),
        (Kind::Header, "authorization: Basic dXNlcjpodW50ZXIyMQ==".to_owned(), "dXNlcjpodW50ZXIyMQ==".to_owned()),
        (Kind::Address, "postgres://app:hunter21@db:5432/x".to_owned(), "hunter21".to_owned()),
        (Kind::Assignment, "connect(user='a', password='hunter21!')".to_owned(), "hunter21!".to_owned()),
        (Kind::Assignment, format!("export DEPLOY_TOKEN={}", l(24)), l(24)),
        (Kind::Assignment, format!("{{\"client_secret\": \"{}\"}}", l(32)), l(32)),
        (Kind::Random, format!("the token was {} today", l(40)), l(40)),
    ] {
        let found = find_secrets(&run(&text));
        let [one] = found.as_slice() else { unreachable!("{text}: {found:?}") };
        assert_eq!((one.kind, &text[one.offset..one.offset + one.length]), (kind, secret.as_str()), "{text}");
        assert!(!one.excerpt.contains(&secret) && one.excerpt.contains("•••"), "{}", one.excerpt);
        let clean = remove_secrets(&run(&text));
        assert_eq!(trace(&clean), text.replace(&secret, &format!("[removed: {}]", kind.as_str())));
        assert!(find_secrets(&clean).is_empty());
    }
}

#[test]
fn what_stands_in_every_trace_is_none() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    for text in [
        "password = get_password(user)",
        "def login(user: str, password: str = None, token: Optional[Token] = None):",
        "assert token == expected_token",
        "E   KeyError: 'SECRET_KEY_2_NOT_SET'",
        "self.token = token or os.environ['API_TOKEN']",
        "tests/auth/test_token_refresh.py::test_password_reset[token-expired]",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b, id 550e8400-e29b-41d4-a716-446655440000",
        "https://user@example.org/path http://localhost:8080/@vite/client",
        "postgres://postgres:postgres@localhost/test",
        "password=********, token=<redacted>, secret=${SECRET}",
        "Bearer authentication is not supported by this server",
        "a basic understanding of authorization",
        "-----BEGIN PRIVATE KEY----- expected",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA+AAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO",
        "yield token  # tokenizer.next_token(line=12, column=40)",
        "AKIAIOSFODNN7EXAMPLE",
        "PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']",
    ] {
        assert_eq!(find_secrets(&run(text)), [], "{text}");
        assert_eq!(trace(&remove_secrets(&run(text))), text);
    }
    for text in [format!("sha256 {hash}"), format!("/nix/store/{hash}-token/lib.so")] {
        assert_eq!(find_secrets(&run(&text)), [], "{text}");
    }
}

#[test]
fn secrets_outside_of_texts_are_found_and_tests_stay_apart() {
    let mut builder = RunBuilder::new();
    let token = format!("ghp_{}", letters(36));
    builder.meta.environment.push(("DB_PASSWORD".to_owned(), "hunter21!".to_owned()));
    builder.meta.environment.push(("os".to_owned(), "linux".to_owned()));
    for number in ["", "1"] {
        let test = builder.test(None, &format!("a.py::test_x[{token}{number}]"), 6);
        builder.attempt(AttemptRow::new(test));
    }
    let run = builder.finish();
    let found: Vec<(Where, Kind)> = find_secrets(&run).into_iter().map(|f| (f.at, f.kind)).collect();
    let names = run.tests.ids().map(|test| (Where::Name(test), Kind::GitHub));
    let environment = (Where::Run("DB_PASSWORD".to_owned()), Kind::Assignment);
    assert_eq!(found, std::iter::once(environment).chain(names).collect::<Vec<_>>());
    let clean = remove_secrets(&run);
    let names: Vec<&str> = clean.tests.ids().map(|test| clean.test_id(test)).collect();
    assert_eq!(names, ["a.py::test_x[[removed: GitHub token]]", "a.py::test_x[[removed: GitHub token]] (2)"]);
    assert_eq!(clean.meta.environment[0].1, "[removed: password or token]");
    assert_eq!(clean.meta.environment[1].1, "linux");
}

#[test]
fn every_name_is_looked_at_and_none_stays_among_the_strings() {
    let token = |n: usize| format!("ghp_{}{n:02}", letters(34));
    let mut builder = RunBuilder::new();
    builder.meta.commit = Some(token(1));
    builder.meta.dist_mode = Some(token(2));
    for name in ["[removed: GitHub token] (2)", &token(3), &token(4)] {
        let group = builder.group(name);
        let test = builder.test(Some(group), "a.py::test_x", 6);
        builder.attempt(AttemptRow::new(test));
    }
    let mut name = |n: usize| builder.intern(&format!("{}/a", token(n)));
    let file = CoveredFile { path: name(5), package: name(6), lines: None, branches: None, first_mark: 0 };
    let (name, group, params, unit) = (name(7), name(8), name(9), name(10));
    let stats = Stats::default();
    let row = Benchmark { name, group, params, unit, stats, rounds: None, iterations: None };
    builder.coverage.push(Coverage { source: token(11), files: vec![file], ..Coverage::default() });
    builder.benchmarks.push(Benchmarks { source: token(12), rows: vec![row], ..Benchmarks::default() });
    let run = builder.finish();
    assert_eq!(find_secrets(&run).len(), 12, "{:?}", find_secrets(&run));
    let clean = remove_secrets(&run);
    assert_eq!(find_secrets(&clean), []);
    assert_eq!((clean.groups.len(), clean.tests.len(), clean.coverage.len(), clean.benchmarks.len()), (3, 3, 1, 1));
    assert!(!format!("{:?}", clean.strings).contains("ghp_") && format!("{:?}", run.strings).contains("ghp_"));
}

#[test]
fn what_is_shown_around_a_secret_is_none() {
    let l = letters(24);
    let text = format!("A_TOKEN={l} PASSWORD=hunter21!x and B_TOKEN={l}");
    let found = find_secrets(&run(&text));
    assert_eq!(found.len(), 3, "{found:?}");
    for finding in &found {
        for part in [&l[5..10], &l[10..15], &l[15..20], &l[19..], "hunter", "21!"] {
            assert!(!finding.excerpt.contains(part), "{part} in {}", finding.excerpt);
        }
    }
    assert_eq!(found[1].excerpt, "A_TOKEN=••• PASSWORD=••• and B_TOKEN=•••");
}

#[test]
fn what_repeats_on_one_long_line_is_looked_at_once() {
    // In the square of its length any of these would take minutes.
    for piece in ["AIza", "-AIza", "eyJ", "-eyJ", "Bearer ", "token:", "token", "TOKEN=\"", "://a:b"] {
        assert!(find_secrets(&run(&piece.repeat(400_000 / piece.len()))).len() < 400_000, "{piece}");
    }
    let many = format!("ghp_{} ", letters(36)).repeat(5_000);
    assert_eq!(find_secrets(&run(&many)).len(), 5_000);
}

#[test]
fn thousands_of_tests_that_become_one_name_stay_apart() {
    let mut builder = RunBuilder::new();
    for number in 0..4000 {
        let test = builder.test(None, &format!("/home/me/project/{number}/test.py"), 0);
        builder.attempt(AttemptRow::new(test));
    }
    let told = redact(&builder.finish(), &Redaction { paths: true, ..Redaction::default() });
    assert_eq!(told.tests.len(), 4000);
    assert_eq!(told.test_id(told.tests.ids().last().unwrap()), "…/test.py (4000)");
}

#[test]
fn words_that_are_no_machine_stay_and_workers_tell_machines() {
    let mut builder = RunBuilder::new();
    for (name, value) in [("user", "demo"), ("node", "v18.2.0"), ("runner", "pytest"), ("runner.name", "build-17")] {
        builder.meta.environment.push((name.to_owned(), value.to_owned()));
    }
    for worker in ["buildbox.4711", "ci1:gw0", "worker.1"] {
        builder.worker(worker);
    }
    let test = builder.test(None, "demos/demo_a.py::test_pytest", 15);
    let attempt = builder.attempt(AttemptRow::new(test));
    builder.set_text(attempt, TextKind::Message, "demo on buildbox and ci1, worker 1, pytest v18.2.0, log_build-17");
    let told = redact(&builder.finish(), &Redaction { hosts: true, ..Redaction::default() });
    assert_eq!(told.test_id(test), "demos/demo_a.py::test_pytest");
    let text = told.text(attempt, TextKind::Message);
    assert_eq!(text, "(host) on (host) and (host), worker 1, pytest v18.2.0, log_(host)");
    let workers: Vec<&str> = told.workers.iter().map(|worker| told.strings.get(worker.name)).collect();
    assert_eq!(workers, ["(host).4711 #1", "(host):gw0 #2", "worker.1"]);
    let environment: Vec<&str> = told.meta.environment.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(environment, ["node", "runner"]);
}

#[test]
fn a_redacted_run_tells_less_and_has_the_same_figures() {
    let mut builder = RunBuilder::new();
    builder.meta.environment.push(("hostname".to_owned(), "build-17.internal".to_owned()));
    for host in ["build-17", "build-18"] {
        let worker = Some(builder.worker(&format!("{host}.worker(1)")));
        let test = builder.test(None, &format!("tests/a.py::test_{host}"), 12);
        builder.test_place(test, "/home/me/project/tests/a.py", Some(3));
        let attempt =
            builder.attempt(AttemptRow { worker, start_us: Some(5), total_us: Some(9), ..AttemptRow::new(test) });
        builder.set_text(attempt, TextKind::Message, "on build-17.internal in /home/me/project/x.py");
        builder.set_text(attempt, TextKind::Stdout, "much");
    }
    let run = builder.finish();
    let told = redact(&run, &Redaction { hosts: true, paths: true, texts: Texts::Messages, ..Redaction::default() });
    assert_eq!((told.workers.len(), told.tests.len(), told.attempts.len()), (2, 2, 2));
    let words: Vec<String> = told
        .attempts
        .ids()
        .flat_map(|a| [told.text(a, TextKind::Message), told.text(a, TextKind::Stdout)])
        .chain(told.workers.iter().map(|w| told.strings.get(w.name)))
        .chain(told.tests.ids().map(|t| told.strings.get(told.tests.file(t).unwrap())))
        .map(str::to_owned)
        .collect();
    assert_eq!(words[..2], ["on (host) in …/x.py", ""]);
    assert!(!words.iter().any(|w| w.contains("build") || w.contains("home")), "{words:?}");
    assert!(told.meta.environment.is_empty());
    let masked = redact(&run, &Redaction { names: Names::Masked, ..Redaction::default() });
    assert_eq!(masked.test_id(masked.tests.ids().next().unwrap()), "file-01::test-0001");
    assert_eq!(masked.window_us(), run.window_us());
}

/// Files of a folder beside the workspace.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.metadata().is_ok_and(|meta| meta.len() < 2 << 20) {
            found.push(path);
        }
    }
}

#[test]
fn hardly_anything_in_reports_of_other_projects_looks_like_a_secret() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !root.is_dir() {
        println!("skipped: {} is not here", root.display());
        return;
    }
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let (mut attempts, mut found) = (0, Vec::new());
    for path in paths {
        let name = path.display().to_string();
        let bytes = std::fs::read(&path).unwrap();
        let file =
            OpenFile { path: name.clone(), size: Some(bytes.len() as u64), reader: Box::new(Cursor::new(bytes)) };
        for source in Opening::new(vec![file]).read_all().iter().flat_map(|loaded| &loaded.sources) {
            attempts += source.run.attempts.len();
            found.extend(
                find_secrets(&source.run).into_iter().map(|f| format!("{name}: {}: {}", f.kind.as_str(), f.excerpt)),
            );
        }
    }
    println!("{attempts} attempts, {} findings\n{}", found.len(), found.join("\n"));
    assert!(attempts > 10_000 && found.len() * 2000 < attempts, "{}", found.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_looked_at_and_cleaned(text in "(\\PC|token=|password: |://|:|@|eyJ|\\.|ghp_|-----BEGIN |PRIVATE KEY-----|\n| |\"|Bearer ){0,60}") {
        let run = run(&text);
        for finding in find_secrets(&run) {
            prop_assert!(text.get(finding.offset..finding.offset + finding.length).is_some());
        }
        let clean = remove_secrets(&run);
        prop_assert_eq!(clean.attempts.len(), run.attempts.len());
        let all = Redaction { hosts: true, paths: true, secrets: true, ..Redaction::default() };
        prop_assert_eq!(redact(&run, &all).attempts.len(), run.attempts.len());
    }
}

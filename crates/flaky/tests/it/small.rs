//! Situations made by hand, one rule each.

use std::sync::Arc;

use lanescope_flaky::{Flaky, compare};
use lanescope_model::{AttemptRow, Outcome, Run, RunBuilder, TextKind};
use lanescope_protocol::{
    EvidenceKind, FlakyClass, FlakyRequest, FlakyTest, HEAT_RETRIED, HEAT_SET_ASIDE, HistoryAnswer, HistoryRequest,
    Quarantine,
};

/// A run: its commit, and tests with their attempts (`.` passed, `F` failed, `s` skipped, `E` error).
fn run(at: i64, commit: &str, tests: &[(&str, &str)]) -> Arc<Run> {
    build(at, commit, tests, &mut |_| {})
}

fn build(at: i64, commit: &str, tests: &[(&str, &str)], more: &mut dyn FnMut(&mut RunBuilder)) -> Arc<Run> {
    let mut builder = RunBuilder::new();
    builder.meta.id = format!("run-{at}");
    builder.meta.label = format!("label-{at}");
    builder.meta.commit = (!commit.is_empty()).then(|| commit.to_owned());
    builder.meta.session.start_us = Some(1_772_439_161_000_000 + at * 3_600_000_000);
    for (id, attempts) in tests {
        let (group, id) = id.split_once("=>").map_or((None, *id), |(g, id)| (Some(builder.group(g)), id));
        let name_at = id.rfind("::").map_or(0, |at| at + 2);
        let test = builder.test(group, id, name_at);
        for c in attempts.chars() {
            let outcome = match c {
                'F' => Outcome::Failed,
                'E' => Outcome::Error,
                's' => Outcome::Skipped,
                _ => Outcome::Passed,
            };
            let row = AttemptRow { outcome, total_us: Some(50_000), ..AttemptRow::new(test) };
            let attempt = builder.attempt(row);
            if outcome.is_bad() {
                builder.add_text(attempt, TextKind::Message, "assert 41 == 42 | `x`\nmore");
            }
        }
    }
    more(&mut builder);
    Arc::new(builder.finish())
}

/// Runs of one test, each of another commit unless a blank is missing between them.
fn history(test: &str, text: &str) -> Flaky {
    let (mut commit, mut runs) = (0, Vec::new());
    for c in text.chars() {
        if c == ' ' {
            commit += 1;
            continue;
        }
        let attempts = if c == 'R' { "F." } else { &c.to_string() };
        runs.push(run(runs.len() as i64, &format!("c{commit}"), &[(test, attempts), ("other", ".")]));
    }
    Flaky::new(runs)
}

fn spaced(text: &str) -> String {
    text.chars().flat_map(|c| [c, ' ']).collect()
}

fn row<'a>(flaky: &'a Flaky, test: &str) -> &'a FlakyTest {
    flaky.tests().find(|t| t.test == test).unwrap()
}

#[test]
fn each_kind_of_evidence_is_told_apart() {
    let retried = history("a", &spaced("......R....."));
    assert_eq!(row(&retried, "a").evidence, [EvidenceKind::Retry]);
    assert_eq!(row(&retried, "a").class, FlakyClass::Flaky);
    let mixed = history("a", ". . . . F. . . . . .");
    assert_eq!(row(&mixed, "a").evidence, [EvidenceKind::SameCommit, EvidenceKind::Flips]);
    assert_eq!((row(&mixed, "a").class, row(&mixed, "a").mixed_commits), (FlakyClass::Flaky, 1));
    let flipping = history("a", &spaced("..F...F....F..."));
    let a = row(&flipping, "a");
    assert_eq!((a.class, &a.evidence[..]), (FlakyClass::Flaky, &[EvidenceKind::Flips][..]));
    assert_eq!((a.flips, a.flip_rate), (6, Some(6.0 / 14.0)));
    assert_eq!((a.clean_runs, a.clean_needed), (3, 296));
}

#[test]
fn classes_that_are_not_flaky() {
    for (text, class, from, to) in [
        ("......FFFF......", FlakyClass::Fixed, Some(7), Some(11)),
        ("..........FFFFFF", FlakyClass::Broken, Some(11), None),
        ("FFFFFFFFFFFFFFFF", FlakyClass::Broken, Some(1), None),
        ("................", FlakyClass::Healthy, None, None),
        // One failure between other commits may have been one change and the next.
        ("........F.......", FlakyClass::Healthy, None, None),
        ("ssssssssssss.F..", FlakyClass::TooFewRuns, None, None),
        ("F.F.", FlakyClass::TooFewRuns, None, None),
    ] {
        let flaky = history("a", &spaced(text));
        let a = row(&flaky, "a");
        assert_eq!((a.class, a.broken_from, a.fixed_at), (class, from, to), "{text} {a:?}");
        assert_eq!(a.broken_since.is_some(), from.is_some());
        assert_eq!(a.runs as usize, text.len() - text.matches('s').count(), "skips do not count");
    }
    let flaky = history("a", &spaced("......FFFF......"));
    let a = row(&flaky, "a");
    assert_eq!((a.last_good_commit.as_deref(), a.first_bad_commit.as_deref()), (Some("c5"), Some("c6")));
}

#[test]
fn two_failures_and_a_pass_at_one_commit_are_flaky() {
    let flaky = history("a", ". . . . . . FF. . . . . . .");
    assert_eq!(row(&flaky, "a").class, FlakyClass::Flaky);
}

#[test]
fn runs_are_ordered_by_their_start_and_groups_are_apart() {
    let runs =
        vec![run(7, "c7", &[("linux=>a", "F"), ("mac=>a", ".")]), run(3, "c3", &[("linux=>a", "."), ("mac=>a", ".")])];
    let flaky = Flaky::new(runs);
    let starts: Vec<_> = flaky.trend().iter().map(|r| (r.number, r.label.as_str())).collect();
    assert_eq!(starts, [(1, "label-3"), (2, "label-7")]);
    assert_eq!((row(&flaky, "linux › a").failed_runs, row(&flaky, "mac › a").failed_runs), (1, 0));
}

#[test]
fn a_bad_day_is_one_incident() {
    let names: Vec<String> = (0..40).map(|n| format!("t{n}")).collect();
    let all = |attempts: &'static str| names.iter().map(move |n| (n.as_str(), attempts)).collect::<Vec<_>>();
    let runs = (0..12).map(|at| run(at, "same", &all(if at == 6 { "E" } else { "." }))).collect();
    let flaky = Flaky::new(runs);
    assert!(flaky.tests().all(|t| t.class == FlakyClass::Healthy && t.failed_runs == 1 && t.counted_failed == 0));
    assert!(flaky.trend()[6].set_aside.as_ref().is_some_and(|why| why.contains("40 tests")));
    let heat = flaky.heat(&FlakyRequest { limit: 10, ..FlakyRequest::default() });
    assert_eq!((heat.total, heat.tests.len(), heat.runs, heat.cells.len()), (40, 10, 12, 120));
    assert_eq!(heat.cells[6] & HEAT_SET_ASIDE, HEAT_SET_ASIDE);
    assert_eq!(heat.cells[6] & 7, 2);
    // Not one bad day, if it stays so at the next commit: then a change broke them.
    let broken = |at: i64| run(at, &format!("c{at}"), &all(if at >= 6 { "F" } else { "." }));
    let flaky = Flaky::new((0..12).map(broken).collect());
    assert!(flaky.tests().all(|t| t.class == FlakyClass::Broken), "{:?}", flaky.tests().next());
}

#[test]
fn parameters_that_change_are_one_test() {
    let id = |n: u32| format!("a.py::test_x[0x7f00{n:08x}]");
    let runs: Vec<_> = (0..8).map(|n| run(i64::from(n), "c", &[(&id(n), if n == 3 { "F." } else { "." })])).collect();
    let compared = compare(&runs[2], &runs[3]);
    assert_eq!((compared.shared, compared.added.len(), compared.renamed.len()), (1, 0, 1));
    assert_eq!(compared.new_flaky, ["a.py::test_x[<address>]"]);
    let flaky = Flaky::new(runs);
    assert_eq!(flaky.history().tests(), 1);
    assert_eq!(flaky.detail("a.py::test_x[<address>]").unwrap().names.len(), 8);
    let text = quarantine(&flaky, Quarantine::PytestDeselect);
    assert_eq!(text, "--deselect=a.py::test_x[\n");
    // Two of one run stay two.
    let twins = [(id(1), "."), (id(2), "F")];
    let twins: Vec<(&str, &str)> = twins.iter().map(|(id, a)| (id.as_str(), *a)).collect();
    let flaky = Flaky::new(vec![run(0, "c", &twins)]);
    let names: Vec<_> = (0..2).map(|t| flaky.history().name(t)).collect();
    assert_eq!(names, ["a.py::test_x[<address>]", "a.py::test_x[<address>] (2)"]);
}

#[test]
fn two_runs_beside_each_other() {
    let base =
        run(0, "c0", &[("new", "."), ("fixed", "F"), ("still", "F"), ("gone", "."), ("flaky", "."), ("skip", "F")]);
    let head =
        run(1, "c1", &[("new", "F"), ("fixed", "."), ("still", "E"), ("add", "."), ("flaky", "F."), ("skip", "s")]);
    let report = compare(&base, &head);
    assert_eq!(report.new_failures, ["new"]);
    assert_eq!(report.fixed, ["fixed"], "what is skipped now is not repaired");
    assert_eq!(report.still_failing, ["still"]);
    assert_eq!((&report.added[..], &report.removed[..]), (&["add".to_owned()][..], &["gone".to_owned()][..]));
    assert_eq!(report.new_flaky, ["flaky"]);
    assert_eq!((report.wall_s.before, report.usual_factor), (None, Some(1.0)));
}

#[test]
fn slower_is_what_is_slower_than_the_machine() {
    let times = |at: i64, of: &dyn Fn(usize) -> i64| {
        let mut builder = RunBuilder::new();
        builder.meta.session.start_us = Some(at);
        for n in 0..30 {
            let test = builder.test(None, &format!("t{n}"), 0);
            let row = AttemptRow { outcome: Outcome::Passed, total_us: Some(of(n)), ..AttemptRow::new(test) };
            builder.attempt(row);
        }
        Arc::new(builder.finish())
    };
    let base = times(1, &|_| 100_000);
    // Everything takes twice as long, one test six times, and one as long as before.
    let head = times(2, &|n| match n {
        3 => 600_000,
        5 => 100_000,
        _ => 200_000,
    });
    let report = compare(&base, &head);
    assert!(report.usual_factor.is_some_and(|f| (f - 2.0).abs() < 1e-3));
    assert_eq!(report.slower.iter().map(|c| c.test.as_str()).collect::<Vec<_>>(), ["t3"]);
    assert!(report.faster.is_empty(), "as long as before is no improvement that anybody would see");
}

fn quarantine(flaky: &Flaky, form: Quarantine) -> String {
    match flaky.answer(&HistoryRequest::Quarantine { form, tests: Vec::new() }) {
        HistoryAnswer::Quarantine { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_for_other_tools_hold_hostile_names_as_text() {
    let hostile = "tests/a.py::test_x[\"'`|) \u{202e}$(rm) <script>]";
    let flaky = history(hostile, &spaced("..R..R....R..."));
    assert_eq!(quarantine(&flaky, Quarantine::PytestDeselect), format!("--deselect={hostile}\n"));
    let conftest = quarantine(&flaky, Quarantine::PytestConftest);
    assert!(conftest.contains("\"tests/a.py::test_x[\\\"'`|) \\u202e$(rm) <script>]\","), "{conftest}");
    let json: serde_json::Value = serde_json::from_str(&quarantine(&flaky, Quarantine::Json)).unwrap();
    assert_eq!(json[0]["id"], hostile);
    assert!(quarantine(&flaky, Quarantine::Nextest).contains("test(=test_x[\"'`|\\) \u{202e}$(rm\\) <script>])"));
    assert!(quarantine(&flaky, Quarantine::Playwright).contains("test_x\\[\"'`\\|\\) "));
    let issue = flaky.detail(hostile).unwrap().issue;
    assert!(issue.starts_with("## Flaky test: ``tests/a.py::test_x["), "{issue}");
    assert!(issue.contains("| ``assert 41 == 42 \\| `x` `` |") || issue.contains("assert 41 == 42 \\| `x`"), "{issue}");
    let java = history("com.example.FooTest::pays[1]", &spaced("..R..R....R..."));
    assert_eq!(quarantine(&java, Quarantine::Surefire), "com/example/FooTest#pays\n");
    assert_eq!(quarantine(&flaky, Quarantine::Surefire).lines().filter(|l| !l.starts_with('#')).count(), 0);
}

#[test]
fn rows_are_asked_for_by_class_and_words() {
    let flaky = history("pkg/Test_A", &spaced("..R..R....R..."));
    let ask = |class: Option<FlakyClass>, all: bool, query: &str| {
        flaky.rows(&FlakyRequest { class, all, query: query.to_owned(), offset: 0, limit: 10 }).total
    };
    assert_eq!((ask(None, false, ""), ask(None, true, ""), ask(None, true, "test_a")), (1, 2, 1));
    assert_eq!((ask(Some(FlakyClass::Healthy), false, ""), ask(Some(FlakyClass::Broken), true, "")), (1, 0));
    let heat = flaky.heat(&FlakyRequest { limit: 1, ..FlakyRequest::default() });
    assert_eq!(heat.cells[2] & HEAT_RETRIED, HEAT_RETRIED);
    assert_eq!(heat.cells[0] >> 5, 3, "as usual");
}

#[test]
fn cost_counts_retries_and_what_halves_the_chance() {
    let flaky = history("a", &spaced(".R.F.R.F.R.F.R.F"));
    let cost = flaky.cost();
    assert_eq!(cost.retries, 4);
    assert!((cost.retry_worker_s.unwrap() - 0.2).abs() < 1e-9);
    assert!(cost.red_chance[0] > cost.red_chance[1] && cost.red_chance[1] > cost.red_chance[2]);
    assert_eq!(cost.halve, ["a"]);
    assert_eq!(cost.halved_to, 0.0);
}

#[test]
fn a_history_has_a_place_for_each_test_in_the_runs_that_have_it() {
    // Run n has the tests that n divides, a test of its own, and, in every third, them in another order.
    let names = |n: i64| {
        let mut names: Vec<String> = (1..40).filter(|i| i % (n + 1) == 0).map(|i| format!("a::t{i}")).collect();
        names.push(format!("b::own{n}"));
        if n % 3 == 0 {
            names.reverse();
        }
        names
    };
    let outcome = |name: &str, n: i64| if (name.len() as i64 + n) % 4 == 0 { "F" } else { "." };
    let runs: Vec<Arc<Run>> = (0..12)
        .map(|n| {
            let names = names(n);
            run(n, "", &names.iter().map(|name| (name.as_str(), outcome(name, n))).collect::<Vec<_>>())
        })
        .collect();
    let flaky = Flaky::new(runs);
    let history = flaky.history();
    assert_eq!((history.runs().len(), history.tests()), (12, 39 + 12));
    for test in 0..history.tests() {
        let name = history.name(test);
        let (cells, seconds) = (history.cells(test), history.seconds(test));
        assert_eq!((cells.len(), seconds.len()), (12, 12));
        for n in 0..12_usize {
            let at = names(n as i64).iter().position(|known| known == name);
            assert_eq!(history.row(test, n).map(|row| row.index()), at, "{name} in {n}");
            assert_eq!(history.cell(test, n), cells[n]);
            assert_eq!(cells[n].ran(), at.is_some());
            assert_eq!(cells[n].failed(), at.is_some() && outcome(name, n as i64) == "F");
            assert_eq!(seconds[n].is_finite(), at.is_some());
            if let Some(at) = at {
                assert_eq!(history.tests_of(n)[at] as usize, test);
            }
        }
    }
}

//! Figures of real files against what is known of them, and broken ones against what has to become of them.

use lanescope_conformance::{Case, Verdict, hostile, known, table};

use crate::shared::folder;

fn check(cases: Result<Vec<Case>, impl std::fmt::Debug>) {
    let cases = cases.unwrap();
    println!("{}", table(&cases));
    let wrong = cases.iter().filter(|c| matches!(c.verdict, Verdict::Differs(_))).count();
    assert_eq!(wrong, 0);
}

#[test]
fn files_of_known_runs_agree_with_the_truth() {
    let Some(dir) = folder("artifacts/formats") else { return };
    check(known(&dir));
}

#[test]
fn files_of_other_peoples_projects_agree_with_what_is_known_of_them() {
    let Some(dir) = folder("corpus") else { return };
    check(known(&dir));
}

#[test]
fn hostile_files_are_read_or_refused_as_they_should_be() {
    let Some(dir) = folder("artifacts/hostile") else { return };
    check(hostile(&dir));
}

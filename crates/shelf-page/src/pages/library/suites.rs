//! Which kept runs are of one suite.

use crate::shell::kept::Record;

/// From this share of common tests on two runs are of one suite.
const ALIKE: f64 = 0.5;

/// Runs in suites, as their places: a suite stands where its first run does, and has its runs in their order.
pub fn suites(records: &[Record]) -> Vec<Vec<usize>> {
    let mut suites: Vec<Vec<usize>> = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let first = |suite: &&mut Vec<usize>| suite.first().and_then(|&first| records.get(first));
        let same = suites
            .iter_mut()
            .find(|suite| first(suite).is_some_and(|first| shared(&first.run.sketch, &record.run.sketch) >= ALIKE));
        match same {
            Some(suite) => suite.push(at),
            None => suites.push(vec![at]),
        }
    }
    suites
}

/// About the share of all tests of two runs that both have: of the smallest numbers of both together, those in both.
fn shared(a: &[u32], b: &[u32]) -> f64 {
    let most = a.len().max(b.len());
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    let (mut seen, mut both) = (0_usize, 0_usize);
    while seen < most {
        match (left.peek(), right.peek()) {
            (Some(x), Some(y)) if x == y => {
                both += 1;
                left.next();
                right.next();
            }
            (Some(x), Some(y)) if x < y => drop(left.next()),
            (_, Some(_)) => drop(right.next()),
            (Some(_), None) => drop(left.next()),
            (None, None) => break,
        }
        seen += 1;
    }
    if seen == 0 { 0.0 } else { both as f64 / seen as f64 }
}

/// Folders that every second project has: they name a suite only where nothing else does.
const USUAL: [&str; 7] = ["tests", "test", "src", "spec", "specs", "e2e", "__tests__"];

/// A name for a suite, after what its runs share: where its tests lie, or what the labels begin with. Where they share
/// nothing it has the label of its first run.
pub fn name(records: &[Record]) -> String {
    let runs = || records.iter().map(|record| &record.run);
    let root = runs().map(|run| run.suite.as_str()).find(|suite| !suite.is_empty()).unwrap_or_default();
    let labels: Vec<&str> = runs().map(|run| run.label.as_str()).collect();
    let label = if labels.len() > 1 { common(&labels) } else { "" };
    let known = [if USUAL.contains(&root) { "" } else { root }, label, root];
    let known = known.into_iter().chain(labels.first().copied()).find(|name| name.chars().count() > 1);
    known.unwrap_or_default().to_owned()
}

/// What all labels begin with, without numbers and marks at its end.
fn common<'l>(labels: &[&'l str]) -> &'l str {
    let Some((first, rest)) = labels.split_first() else { return "" };
    let mut length = first.len();
    for label in rest {
        let alike = first.char_indices().zip(label.chars()).take_while(|((_, a), b)| a == b);
        length = length.min(alike.last().map_or(0, |((at, a), _)| at + a.len_utf8()));
    }
    first.get(..length).unwrap_or("").trim_end_matches(|c: char| !c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use lanescope_protocol::KeptRun;

    use super::*;

    fn record(sketch: &[u32]) -> Record {
        Record { run: KeptRun { sketch: sketch.to_vec(), ..KeptRun::default() }, ..Record::default() }
    }

    #[test]
    fn runs_with_most_tests_in_common_are_one_suite() {
        let records = [record(&[1, 2, 3, 4]), record(&[10, 20]), record(&[1, 2, 3, 9]), record(&[10, 20]), record(&[])];
        assert_eq!(suites(&records), [vec![0, 2], vec![1, 3], vec![4]]);
        assert!(suites(&[]).is_empty());
    }

    fn named(runs: &[(&str, &str)]) -> String {
        let record = |&(suite, label): &(&str, &str)| Record {
            run: KeptRun { suite: suite.into(), label: label.into(), ..KeptRun::default() },
            ..Record::default()
        };
        name(&runs.iter().map(record).collect::<Vec<_>>())
    }

    #[test]
    fn a_suite_is_named_by_what_its_runs_share() {
        assert_eq!(named(&[("networkx", "n4-load"), ("networkx", "seq")]), "networkx");
        assert_eq!(named(&[("", "n4-load"), ("networkx", "seq")]), "networkx", "kept before paths were");
        assert_eq!(named(&[("tests", "nightly-41"), ("tests", "nightly-42")]), "nightly");
        assert_eq!(named(&[("tests", "parallel"), ("tests", "sequential")]), "tests");
        assert_eq!(named(&[("", "größer-1"), ("", "größen-2")]), "größe");
        assert_eq!(named(&[("", "seq"), ("", "n4")]), "seq");
        assert_eq!(named(&[]), "");
    }
}

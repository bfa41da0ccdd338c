//! What changed between two runs, in words. Plain functions.

use lanescope_protocol::{CompareReport, RunSummary};

use lanescope_ui::ui::format;

use crate::pages::flaky::words::short;

/// The run before and the run after: those of the address, or the selected run and the one before it on its branch.
pub fn pair(runs: &[RunSummary], run: Option<&str>, with: Option<&str>) -> Option<(String, String)> {
    if runs.len() < 2 {
        return None;
    }
    let place = |id: &str| runs.iter().position(|run| run.id == id);
    let last = runs.len() - 1;
    let head = run.and_then(place).unwrap_or(last);
    let before = |head: usize| {
        let branch = &runs.get(head)?.branch;
        let earlier = || runs.iter().take(head).enumerate();
        earlier().rfind(|(_, run)| run.branch == *branch).or_else(|| earlier().next_back()).map(|(at, _)| at)
    };
    let base = match with.and_then(place).filter(|at| *at != head) {
        Some(base) => base,
        // Nothing comes before the first run: the next one is as near.
        None => before(head).unwrap_or(1),
    };
    let id = |at: usize| runs.get(at).map(|run| run.id.clone());
    Some((id(base)?, id(head)?))
}

/// A run as an entry of a list, with its number by start.
pub fn option(at: usize, run: &RunSummary) -> String {
    let mut parts = vec![format!("{} · {}", at + 1, run.label)];
    // Some labels are the start already.
    if let Some(started) = run.started_at.as_deref().map(format::started).filter(|s| !run.label.contains(s.as_str())) {
        parts.push(started);
    }
    parts.extend(run.commit.as_deref().map(short).filter(|commit| !run.label.contains(commit.as_str())));
    parts.extend(run.branch.clone());
    parts.join(" · ")
}

/// The verdict in a sentence; a part that is to stand out is `true`.
pub fn verdict(report: &CompareReport) -> Vec<(bool, String)> {
    let mut out: Vec<(bool, String)> = Vec::new();
    let plural = |n: usize, one: &str, many: &str| format::plural(n as u64, one, many);
    let new = report.new_failures.len();
    let mut parts = Vec::new();
    if new > 0 {
        parts.push((true, plural(new, "new failure", "new failures")));
    }
    if !report.fixed.is_empty() {
        parts.push((false, format!("{} fixed", format::count(report.fixed.len() as u64))));
    }
    if !report.still_failing.is_empty() {
        parts.push((false, format!("{} still failing", format::count(report.still_failing.len() as u64))));
    }
    if !report.new_flaky.is_empty() {
        parts.push((false, format!("{} newly passed on retry", format::count(report.new_flaky.len() as u64))));
    }
    if new == 0 {
        out.push((true, "No new failure".to_owned()));
        if !parts.is_empty() {
            out.push((false, "; ".to_owned()));
        }
    }
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            out.push((false, ", ".to_owned()));
        }
        out.push(part);
    }
    if let (Some(before), Some(after)) = (report.wall_s.before, report.wall_s.after)
        && before > 0.0
        && after > 0.0
    {
        let (factor, word) = if after >= before { (after / before, "slower") } else { (before / after, "faster") };
        let text = if factor < 1.02 {
            format!("; it took as long ({})", format::seconds(after))
        } else {
            format!(
                "; it took {} → {}, {} {word}",
                format::seconds(before),
                format::seconds(after),
                format::times(factor)
            )
        };
        out.push((false, text));
    }
    out.push((false, ".".to_owned()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanescope_protocol::BeforeAfter;

    fn run(id: &str, branch: &str) -> RunSummary {
        RunSummary { id: id.to_owned(), branch: Some(branch.to_owned()), ..RunSummary::default() }
    }

    #[test]
    fn a_run_is_compared_with_the_one_before_it_on_its_branch() {
        let runs = [run("a", "main"), run("b", "feature"), run("c", "main"), run("d", "other")];
        let of = |run: Option<&str>, with: Option<&str>| pair(&runs, run, with).unwrap_or_default();
        let both = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(of(Some("c"), None), both("a", "c"));
        assert_eq!(of(None, None), both("c", "d"), "no run of its branch: the one before");
        assert_eq!(of(Some("a"), None), both("b", "a"));
        assert_eq!(of(Some("c"), Some("d")), both("d", "c"));
        assert_eq!(of(Some("c"), Some("c")), both("a", "c"));
        assert_eq!(of(Some("gone"), Some("gone")), both("c", "d"));
        assert_eq!(pair(&[run("a", "main")], None, None), None);
    }

    #[test]
    fn the_verdict_is_one_sentence() {
        let mut report = CompareReport {
            new_failures: vec!["a".into(), "b".into()],
            fixed: vec!["c".into()],
            wall_s: BeforeAfter { before: Some(8.0), after: Some(16.0) },
            ..CompareReport::default()
        };
        let said = |report: &CompareReport| verdict(report).into_iter().map(|(_, text)| text).collect::<String>();
        assert_eq!(said(&report), "2 new failures, 1 fixed; it took 8.00 s → 16.0 s, 2.00× slower.");
        report.new_failures.clear();
        report.wall_s = BeforeAfter { before: None, after: Some(1.0) };
        assert_eq!(said(&report), "No new failure; 1 fixed.");
    }
}

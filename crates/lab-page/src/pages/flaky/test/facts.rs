//! The figures of a test, and the workers that it ran on.

use std::sync::Arc;

use lanescope_protocol::FlakyDetail;

use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, div, el, nodes, span};
use lanescope_ui::ui::format;

use crate::pages::flaky::marks::{rate_bar, rate_text};
use crate::pages::flaky::story::Story;
use crate::pages::flaky::words;

/// Workers that are shown.
const WORKERS: usize = 12;

/// The figures in a row.
pub fn facts(story: Story, detail: &Arc<FlakyDetail>) -> El {
    let test = &detail.test;
    let fact = |name: &str, body: El| div("fact").with((el("dt", "").with(name), el("dd", "").with(body)));
    let text = |text: String| span("").with(text);
    let rate = test.failure_rate.as_ref().filter(|_| test.counted_runs > 0);
    let rate = match rate {
        Some(rate) => span("fact-rate").with((rate_text(rate), rate_bar(rate))),
        None => text("–".to_owned()),
    };
    let flips = match test.flip_rate {
        Some(rate) => format!("{} ({})", test.flips, words::share(rate)),
        None => test.flips.to_string(),
    };
    let workers = workers(detail);
    let mut small: Vec<El> = Vec::new();
    let mut add = |name: &str, n: u32| {
        if n > 0 {
            small.push(fact(name, text(n.to_string())));
        }
    };
    add("Passed on retry", test.retry_runs);
    add("Commits both ways", test.mixed_commits);
    add("Worker died", test.crashed_runs);
    let _ = story;
    el("dl", "facts").with(nodes((
        fact("Failure rate", rate),
        fact("Failed / runs", text(format!("{} / {}", test.failed_runs, test.runs))),
        fact("Flips", text(flips)),
        (
            small,
            fact("Score", text(fixed(test.score, 2))),
            fact("Usual time", text(test.median_s.map_or("–".to_owned(), format::seconds))),
        ),
        fact("Clean runs since", text(test.clean_runs.to_string())),
        (!workers.is_empty()).then(|| {
            div("fact fact-workers").with((el("dt", "").with("Failing attempts by worker"), el("dd", "").with(workers)))
        }),
    )))
}

/// Attempts of a worker: its name, all, failed ones.
pub fn by_worker(detail: &FlakyDetail) -> Vec<(String, u32, u32)> {
    let mut all: Vec<(String, u32, u32)> = Vec::new();
    for attempt in detail.attempts.iter().filter(|attempt| attempt.counted) {
        let Some(worker) = &attempt.worker else { continue };
        let bad = u32::from(super::attempts::is_bad(attempt));
        match all.iter_mut().find(|known| known.0 == *worker) {
            Some(known) => {
                known.1 += 1;
                known.2 += bad;
            }
            None => all.push((worker.clone(), 1, bad)),
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn workers(detail: &FlakyDetail) -> Vec<El> {
    let all = by_worker(detail);
    let lines = all.iter().take(WORKERS).map(|(worker, n, bad)| {
        let share = f64::from(*bad) / f64::from((*n).max(1)) * 100.0;
        let bar = span("red-bar").attr("aria-hidden", "true").with(span("").style("width", fixed(share, 1) + "%"));
        span("worker-line").attr("data-worker", worker).with((
            el("bdi", "").with(worker.as_str()),
            bar,
            span("num").with(format!("{bad} / {n}")),
        ))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanescope_protocol::HistoryAttempt;

    #[test]
    fn only_what_counts_is_counted_by_worker() {
        let attempt = |worker: &str, outcome: &str, counted| HistoryAttempt {
            run: 1,
            row: 0,
            attempt: 1,
            outcome: outcome.to_owned(),
            worker: Some(worker.to_owned()),
            seconds: None,
            message: String::new(),
            counted,
        };
        let attempts = vec![
            attempt("gw1", "failed", true),
            attempt("gw0", "passed", true),
            attempt("gw1", "passed", true),
            attempt("gw1", "error", false),
        ];
        let detail = FlakyDetail { attempts, ..FlakyDetail::default() };
        assert_eq!(by_worker(&detail), [("gw0".to_owned(), 1, 0), ("gw1".to_owned(), 2, 1)]);
    }
}

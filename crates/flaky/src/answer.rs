//! Answers to what a view asks of a history.

use lanescope_analysis::time_us;
use lanescope_model::us_to_s;
use lanescope_protocol::{
    EvidenceKind, EvidenceList, FlakyClass, FlakyDetail, FlakyOverview, FlakyRequest, FlakyRows, HEAT_RETRIED,
    HEAT_SET_ASIDE, HeatMap, HistoryAnswer, HistoryAttempt, HistoryRequest,
};

use crate::verdicts::Verdict;
use crate::words::{clip, message_of, numbers};
use crate::{Flaky, compare, rules, takehome};

/// At most so many rows are given at once.
const MOST_ROWS: usize = 2000;
/// Characters of a message in a list.
const MESSAGE: usize = 300;
/// Ids of a test that are shown.
const NAMES: usize = 10;

impl Flaky {
    /// Answers a question.
    #[must_use]
    pub fn answer(&self, request: &HistoryRequest) -> HistoryAnswer {
        match request {
            HistoryRequest::Overview => HistoryAnswer::Overview(Box::new(self.overview())),
            HistoryRequest::Rows(asked) => HistoryAnswer::Rows(self.rows(asked)),
            HistoryRequest::Heat(asked) => HistoryAnswer::Heat(self.heat(asked)),
            HistoryRequest::Test { test } => match self.detail(test) {
                Some(detail) => HistoryAnswer::Test(Box::new(detail)),
                None => HistoryAnswer::Failed { text: format!("There is no test “{test}” in these runs.") },
            },
            HistoryRequest::Compare { base, head } => {
                let run = |id: &str| self.history.runs().iter().find(|r| r.meta.id == id);
                match (run(base), run(head)) {
                    (Some(base), Some(head)) => HistoryAnswer::Compare(Box::new(compare(base, head))),
                    (None, _) => HistoryAnswer::Failed { text: format!("There is no run “{base}”.") },
                    (_, None) => HistoryAnswer::Failed { text: format!("There is no run “{head}”.") },
                }
            }
            HistoryRequest::Quarantine { form, tests } => {
                let (name, text) = takehome::quarantine(self, *form, tests);
                HistoryAnswer::Quarantine { name: name.to_owned(), text }
            }
        }
    }

    /// All but the rows.
    #[must_use]
    pub fn overview(&self) -> FlakyOverview {
        let mut classes = [0; 5];
        for verdict in &self.verdicts {
            classes.iter_mut().skip(verdict.row.class as usize).take(1).for_each(|n| *n += 1);
        }
        FlakyOverview {
            runs: self.trend.clone(),
            classes,
            slower: self.slower.clone(),
            faster: self.faster.clone(),
            clusters: self.clusters.clone(),
            cost: self.cost.clone(),
            rules: rules::rules(),
        }
    }

    /// The tests that a question wants, and how many there are in all.
    fn wanted(&self, asked: &FlakyRequest) -> (Vec<&Verdict>, u32) {
        let wanted = |v: &&Verdict| {
            asked.class.is_none_or(|class| v.row.class == class)
                && (asked.all || asked.class.is_some() || v.row.last_failed.is_some())
                && holds(&v.row.test, &asked.query)
        };
        let all: Vec<&Verdict> = self.ranked().filter(wanted).collect();
        let total = all.len() as u32;
        let limit = (asked.limit as usize).min(MOST_ROWS);
        (all.into_iter().skip(asked.offset as usize).take(limit).collect(), total)
    }

    /// A page of the ranking.
    #[must_use]
    pub fn rows(&self, asked: &FlakyRequest) -> FlakyRows {
        let (rows, total) = self.wanted(asked);
        FlakyRows { total, offset: asked.offset, rows: rows.into_iter().map(|v| v.row.clone()).collect() }
    }

    /// A window of the heat map.
    #[must_use]
    pub fn heat(&self, asked: &FlakyRequest) -> HeatMap {
        let (rows, total) = self.wanted(asked);
        let runs = self.history.runs().len();
        let mut cells = Vec::with_capacity(rows.len() * runs);
        for verdict in &rows {
            let usual = verdict.row.median_s.map(|s| s as f32);
            let all = self.history.cells(verdict.test).into_iter().zip(self.history.seconds(verdict.test));
            for (at, (cell, seconds)) in all.enumerate() {
                let aside = cell.crashed() || !self.runs.counts(at);
                let marks = if cell.retried() { HEAT_RETRIED } else { 0 } | if aside { HEAT_SET_ASIDE } else { 0 };
                let class = usual.filter(|_| cell.ran()).map_or(0, |usual| time_class(seconds, usual));
                cells.push(cell.code() | marks | class << 5);
            }
        }
        let tests = rows.into_iter().map(|v| v.row.test.clone()).collect();
        HeatMap { total, offset: asked.offset, tests, runs: runs as u32, cells }
    }

    /// A test's own page.
    #[must_use]
    pub fn detail(&self, test: &str) -> Option<FlakyDetail> {
        let verdict = self.verdict(test)?;
        let attempts = self.attempts(verdict);
        let evidence = evidence(verdict, &attempts, &self.history);
        let step = self.slower.iter().chain(&self.faster).find(|s| s.test == verdict.row.test).cloned();
        let mut names: Vec<String> = Vec::new();
        for (at, run) in self.history.runs().iter().enumerate() {
            let Some(row) = self.history.row(verdict.test, at) else { continue };
            let id = run.test_id(row);
            if names.len() < NAMES && names.iter().all(|known| known != id) {
                names.push(id.to_owned());
            }
        }
        let issue = takehome::issue(self, verdict);
        Some(FlakyDetail { test: verdict.row.clone(), attempts, evidence, step, names, issue })
    }

    pub(crate) fn verdict(&self, test: &str) -> Option<&Verdict> {
        self.history.find(test).and_then(|at| self.verdicts.get(at))
    }

    pub(crate) fn attempts(&self, verdict: &Verdict) -> Vec<HistoryAttempt> {
        let mut all = Vec::new();
        for (at, run) in self.history.runs().iter().enumerate() {
            let Some(row) = self.history.row(verdict.test, at) else { continue };
            let counted = self.runs.counts(at) && !self.history.cell(verdict.test, at).crashed();
            for (a, number) in run.tests.attempts(row).zip(1..) {
                all.push(HistoryAttempt {
                    run: at as u32 + 1,
                    row: a.0,
                    attempt: number,
                    outcome: run.attempts.outcome(a).as_str().to_owned(),
                    worker: run.attempts.worker(a).map(|w| run.worker_name(w).to_owned()),
                    seconds: time_us(run, a).map(us_to_s),
                    message: clip(message_of(run, a).lines().find(|l| !l.trim().is_empty()).unwrap_or(""), MESSAGE),
                    counted,
                });
            }
        }
        all
    }
}

/// Whether a text holds another, in any case of ASCII letters.
fn holds(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Time beside the usual one, as [`lanescope_protocol::HEAT_TIMES`] names it.
fn time_class(seconds: f32, usual: f32) -> u8 {
    let factor = seconds / usual.max(1e-6);
    if !factor.is_finite() {
        return 0;
    }
    [0.5, 0.75, 1.25, 1.75, 3.0, 6.0].iter().fold(1, |class, &from| class + u8::from(factor >= from))
}

fn evidence(verdict: &Verdict, attempts: &[HistoryAttempt], history: &crate::History) -> Vec<EvidenceList> {
    let of_runs = |runs: &[usize]| -> Vec<u32> {
        let is_in = |a: &HistoryAttempt| runs.iter().any(|&at| at as u32 + 1 == a.run);
        attempts.iter().enumerate().filter(|(_, a)| is_in(a)).map(|(i, _)| i as u32).collect()
    };
    let shown = |runs: &[usize]| numbers(&runs.iter().map(|&at| at as u32 + 1).collect::<Vec<_>>());
    let mut lists = Vec::new();
    if !verdict.retries.is_empty() {
        lists.push(EvidenceList {
            kind: EvidenceKind::Retry,
            text: format!("failed, then passed, in run {}", shown(&verdict.retries)),
            attempts: of_runs(&verdict.retries),
        });
    }
    for runs in &verdict.mixed {
        let failed = |&&at: &&usize| history.cell(verdict.test, at).failed();
        let bad: Vec<usize> = runs.iter().filter(failed).copied().collect();
        let good: Vec<usize> = runs.iter().filter(|at| !failed(at)).copied().collect();
        let commit = runs.first().and_then(|&at| history.run(at)?.meta.commit.clone()).unwrap_or_default();
        lists.push(EvidenceList {
            kind: EvidenceKind::SameCommit,
            text: format!(
                "commit {}: failed in run {}, passed in run {}",
                clip(&commit, 12),
                shown(&bad),
                shown(&good)
            ),
            attempts: of_runs(runs),
        });
    }
    if verdict.row.class == FlakyClass::Flaky && !verdict.flips.is_empty() {
        let mut runs: Vec<usize> = verdict.flips.iter().flat_map(|&(a, b)| [a, b]).collect();
        runs.dedup();
        lists.push(EvidenceList {
            kind: EvidenceKind::Flips,
            text: format!("changed between passing and failing {} times", verdict.flips.len()),
            attempts: of_runs(&runs),
        });
    }
    lists
}

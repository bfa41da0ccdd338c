//! A run with what is computed of it once.

use lanescope_analysis::{Breakdown, Figures, Fingerprint, Layout, breakdown, figures};
use lanescope_model::{Run, TestId};
use lanescope_protocol::Provenance;

/// Share of the tests of the larger of two runs that both must have to be runs of one suite. The same share makes
/// a baseline ([`lanescope_analysis::find_baseline`]): a shard is not compared with the whole suite.
pub const ONE_SUITE: f64 = 0.9;

/// A run, and what is computed of it once.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The run's id, unique among those looked at together.
    pub id: &'a str,
    /// The run.
    pub run: &'a Run,
    /// Its lanes.
    pub layout: Layout,
    /// Its figures.
    pub figures: Figures,
    /// Where its workers' time went, where workers and starts are recorded.
    pub breakdown: Option<Breakdown>,
    /// Its tests.
    pub tests: Fingerprint,
}

impl<'a> Case<'a> {
    /// Looks at a run.
    #[must_use]
    pub fn of(id: &'a str, run: &'a Run) -> Self {
        let layout = Layout::of(run, None);
        let figures = figures(run, &layout);
        let breakdown = breakdown(run, &layout, &figures);
        Self { id, run, layout, figures, breakdown, tests: Fingerprint::of(run) }
    }

    /// Share of the tests of the larger of the two that both have.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        self.tests.share_in(&other.tests).min(other.tests.share_in(&self.tests))
    }

    /// Workers; 1 for a run that is known to be sequential.
    #[must_use]
    pub fn workers(&self) -> Option<u32> {
        if self.run.meta.sequential { Some(1) } else { self.figures.workers.value }
    }

    /// Whether one worker ran everything.
    #[must_use]
    pub fn is_sequential(&self) -> bool {
        self.workers() == Some(1)
    }

    /// First start to last stop, seconds, where starts are recorded.
    #[must_use]
    pub fn wall_s(&self) -> Option<f64> {
        self.figures.wall_us.value.filter(|_| self.figures.window_us.is_some()).map(lanescope_model::us_to_s)
    }

    /// The whole session, seconds.
    #[must_use]
    pub fn session_s(&self) -> Option<f64> {
        self.figures.session_us.value.map(lanescope_model::us_to_s)
    }

    /// Distribution mode of a parallel run, if known.
    #[must_use]
    pub fn mode(&self) -> Option<&'a str> {
        self.run.meta.dist_mode.as_deref().filter(|_| !self.is_sequential())
    }

    /// When it started, microseconds since the Unix epoch; the end of all time where that is unknown.
    #[must_use]
    pub fn start_us(&self) -> i64 {
        self.run.meta.session.start_us.or(self.figures.window_us.map(|w| w.0)).unwrap_or(i64::MAX)
    }

    /// Identity of a test as the page shows it: behind its group, if it has one.
    #[must_use]
    pub fn test_name(&self, test: TestId) -> String {
        let id = self.run.test_id(test);
        match self.run.tests.group(test).map(|g| self.run.group_name(g)).filter(|g| !g.is_empty()) {
            Some(group) => format!("{group} › {id}"),
            None => id.to_owned(),
        }
    }
}

/// How a figure is known, in the protocol's words.
#[must_use]
pub fn known(provenance: lanescope_model::Provenance) -> Provenance {
    match provenance {
        lanescope_model::Provenance::Recorded => Provenance::Recorded,
        lanescope_model::Provenance::Rebuilt => Provenance::Rebuilt,
        lanescope_model::Provenance::Simulated => Provenance::Simulated,
        lanescope_model::Provenance::Unknown => Provenance::Unknown,
    }
}

/// Runs of one suite, as places in `cases`: a run joins the first suite whose first run shares enough tests with
/// it. Suites with most runs first, then in order of their first run.
#[must_use]
pub fn suites(cases: &[Case<'_>]) -> Vec<Vec<usize>> {
    let mut suites: Vec<Vec<usize>> = Vec::new();
    for (at, case) in cases.iter().enumerate().filter(|(_, case)| !case.run.tests.is_empty()) {
        let near = |suite: &&mut Vec<usize>| {
            suite.first().and_then(|&first| cases.get(first)).is_some_and(|lead| lead.likeness(case) >= ONE_SUITE)
        };
        match suites.iter_mut().find(near) {
            Some(suite) => suite.push(at),
            None => suites.push(vec![at]),
        }
    }
    for suite in &mut suites {
        let key = |at: usize| {
            let case = cases.get(at);
            (
                case.and_then(Case::workers).unwrap_or(u32::MAX),
                case.and_then(Case::mode).unwrap_or(""),
                case.map_or(0, Case::start_us),
                at,
            )
        };
        let order = lanescope_model::order::places(suite.len(), &|a, b| match (suite.get(a), suite.get(b)) {
            (Some(&a), Some(&b)) => key(a).cmp(&key(b)),
            _ => std::cmp::Ordering::Equal,
        });
        *suite = order.iter().filter_map(|&place| suite.get(place as usize).copied()).collect();
    }
    lanescope_model::order::sort(&mut suites, &|a, b| b.len().cmp(&a.len()));
    suites
}

//! The figures of a run in the words of the stable interface.

use lanescope_analysis::{Breakdown, Comparison, Figures};
use lanescope_model::Provenance::{Recorded, Unknown};
use lanescope_model::{Outcome, us_to_s};
use lanescope_protocol::{Baseline, Known, Longest, RunSummary};

use crate::convert::{provenance, rfc3339, seconds, web_address};
use crate::run_state::RunState;

/// The summary of a run; `base` is the sequential run beside it.
pub(crate) fn summary(state: &RunState, base: Option<&RunState>) -> RunSummary {
    let (run, f) = (&state.run, &state.figures);
    let count = |outcome| f.counts.get(outcome);
    let compared = state.baseline.as_ref().zip(base).map(|((_, c), base)| (c, base));
    let longest =
        f.longest.value.map(|(a, us)| Longest { test: state.shown_id(run.attempts.test(a)), seconds: us_to_s(us) });
    let started_us = run.meta.session.start_us.or(f.window_us.map(|w| w.0));
    RunSummary {
        id: state.id.clone(),
        label: run.meta.label.clone(),
        started_at: started_us.and_then(rfc3339),
        commit: run.meta.commit.clone(),
        branch: run.meta.branch.clone(),
        url: web_address(run.meta.url.as_ref()),
        groups: run.groups.iter().map(|g| run.strings.get(g.name).to_owned()).collect(),
        tests: f.tests,
        attempts: f.attempts,
        passed: count(Outcome::Passed),
        failed: count(Outcome::Failed),
        errors: count(Outcome::Error),
        skipped: count(Outcome::Skipped),
        xfailed: count(Outcome::XFailed),
        xpassed: count(Outcome::XPassed),
        flaky: f.flaky,
        unknown: count(Outcome::Unknown),
        workers: f.workers.value,
        wall_s: seconds(f.wall_us.value),
        session_s: seconds(f.session_us.value),
        busy_s: seconds(f.busy_us.value),
        parallelism: f.parallelism.value,
        utilisation: f.utilisation.value,
        lower_bound_s: seconds(f.lower_bound_us.value),
        baseline: compared.map(|(c, base)| Box::new(baseline(c, base))),
        longest,
        timeline: provenance(state.layout.provenance()),
        breakdown_s: state.breakdown.as_ref().map(breakdown),
        dist_mode: run.meta.dist_mode.clone(),
        rules: state.rules.clone(),
        provenance: known(state, compared.map(|(c, base)| (c, &base.figures))),
    }
}

fn baseline(c: &Comparison, base: &RunState) -> Baseline {
    Baseline {
        run: base.id.clone(),
        label: base.run.meta.label.clone(),
        speedup: c.speedup,
        session_speedup: c.session_speedup,
        efficiency: c.efficiency,
        contention: c.contention,
        shared_tests: c.shared_tests,
    }
}

fn breakdown(b: &Breakdown) -> lanescope_protocol::Breakdown {
    lanescope_protocol::Breakdown {
        call: Some(us_to_s(b.call_us)),
        setup: seconds(b.setup_us),
        teardown: seconds(b.teardown_us),
        start_up: Some(us_to_s(b.start_up_us)),
        gap: Some(us_to_s(b.gap_us)),
        tail: Some(us_to_s(b.tail_us)),
        after: seconds(b.after_us),
    }
}

/// How each figure is known, by its name in the interface.
fn known(state: &RunState, compared: Option<(&Comparison, &Figures)>) -> Known {
    let f = &state.figures;
    let mut known = Known::default();
    for (name, of) in [
        ("workers", f.workers.provenance),
        ("wall_s", f.wall_us.provenance),
        ("session_s", f.session_us.provenance),
        ("busy_s", f.busy_us.provenance),
        ("parallelism", f.parallelism.provenance),
        ("utilisation", f.utilisation.provenance),
        ("lower_bound_s", f.lower_bound_us.provenance),
        ("longest", f.longest.provenance),
        ("timeline", state.layout.provenance()),
        ("breakdown_s", state.breakdown.as_ref().map_or(Unknown, Breakdown::provenance)),
    ] {
        known.set(name, provenance(of));
    }
    // Coverage and benchmarks are no figures of the engine; who shows them finds out here that there are any.
    for (name, there) in [
        ("coverage", state.run.coverage.iter().any(lanescope_model::Coverage::tells_lines)),
        ("benchmarks", !state.run.benchmarks.is_empty()),
    ] {
        if there {
            known.set(name, provenance(Recorded));
        }
    }
    let (c, base) = compared.unzip();
    // A ratio of figures of two runs is known as well as the weaker of them.
    let of_both =
        |of: &dyn Fn(&Figures) -> lanescope_model::Provenance| base.map_or(Unknown, |base| of(f).weaker(of(base)));
    let wall = of_both(&|f| f.wall_us.provenance);
    for (name, there, of) in [
        ("speedup", c.is_some_and(|c| c.speedup.is_some()), wall),
        ("session_speedup", c.is_some_and(|c| c.session_speedup.is_some()), of_both(&|f| f.session_us.provenance)),
        ("efficiency", c.is_some_and(|c| c.efficiency.is_some()), wall.weaker(f.workers.provenance)),
        ("contention", c.is_some_and(|c| c.contention.is_some()), of_both(&|f| f.busy_us.provenance)),
    ] {
        known.set(name, provenance(if there { of } else { Unknown }));
    }
    known
}

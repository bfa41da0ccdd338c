//! Gates that rest on the figures of each run.

use clap::Args;
use lanescope_analysis::{time_us, timeouts};
use lanescope_engine::{Engine, duration};
use lanescope_protocol::RunSummary;

use super::{Verdict, amount, share};

/// The gates, and their arguments.
#[derive(Debug, Args)]
// Arguments of one name would be two groups of one name.
#[group(skip)]
pub(crate) struct Gates {
    /// The tests of each run take at most so many seconds, from the first start to the last stop
    #[arg(long, value_name = "S", value_parser = amount)]
    max_wall: Option<f64>,
    /// The workers of each run are in tests for at least this share of the wall time, 0 to 1
    #[arg(long, value_name = "F", value_parser = share)]
    min_utilisation: Option<f64>,
    /// Every test ends with at least this share of its time limit to spare, 0 to 1
    #[arg(long, value_name = "F", value_parser = share)]
    timeout_margin: Option<f64>,
}

/// So many tests are named.
const NAMED: usize = 5;

impl Gates {
    /// Whether any is asked for.
    pub(crate) fn any(&self) -> bool {
        self.max_wall.is_some() || self.min_utilisation.is_some() || self.timeout_margin.is_some()
    }

    /// What the gates say of each run. A figure that is not known holds no gate; a time limit that no file tells is
    /// no limit.
    pub(crate) fn check(&self, engine: &Engine, runs: &[RunSummary]) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for run in runs {
            let name = if run.label.is_empty() { &run.id } else { &run.label };
            verdicts.extend(self.max_wall.map(|most| max_wall(name, run, most)));
            verdicts.extend(self.min_utilisation.map(|least| min_utilisation(name, run, least)));
            verdicts.extend(self.timeout_margin.map(|margin| timeout_margin(name, engine, run, margin)));
        }
        verdicts
    }
}

fn seconds(s: f64) -> String {
    duration(s).replace('\u{a0}', " ")
}

fn verdict(holds: bool, text: String) -> Verdict {
    if holds { Verdict::Holds(text) } else { Verdict::Fails(text) }
}

fn max_wall(name: &str, run: &RunSummary, most: f64) -> Verdict {
    match run.wall_s {
        Some(wall) => verdict(wall <= most, format!("{name}: wall {}, at most {}", seconds(wall), seconds(most))),
        None => Verdict::Fails(format!("{name}: wall is not known, at most {}", seconds(most))),
    }
}

fn min_utilisation(name: &str, run: &RunSummary, least: f64) -> Verdict {
    match run.utilisation {
        Some(utilisation) => {
            verdict(utilisation >= least, format!("{name}: utilisation {utilisation:.3}, at least {least}"))
        }
        None => Verdict::Fails(format!(
            "{name}: utilisation is not known (the files do not tell times or workers), at least {least}"
        )),
    }
}

fn timeout_margin(name: &str, engine: &Engine, of: &RunSummary, margin: f64) -> Verdict {
    let Some((_, run)) = engine.runs().find(|(id, _)| *id == of.id) else {
        return Verdict::Fails(format!("{name}: the run is gone"));
    };
    let found = timeouts(run);
    let stopped = found.timed_out.iter().map(|&(a, limit)| (a, limit, limit));
    let mut near: Vec<_> = stopped.collect();
    if let Some(limit) = found.limit_us {
        let most = limit as f64 * (1.0 - margin);
        for a in run.attempts.ids() {
            let us = time_us(run, a).unwrap_or(0);
            if us as f64 > most && !near.iter().any(|n| n.0 == a) {
                near.push((a, us, limit));
            }
        }
    }
    if near.is_empty() {
        return Verdict::Holds(match found.limit_us {
            Some(limit) => format!("{name}: every test has {margin} of its {} to spare", seconds(limit as f64 / 1e6)),
            None => format!("{name}: no file tells a time limit, and no test ran into one"),
        });
    }
    let total = near.len();
    let tests: Vec<String> = near
        .iter()
        .take(NAMED)
        .map(|&(a, us, limit)| {
            let test = run.test_id(run.attempts.test(a));
            format!("{test} ({} of {})", seconds(us as f64 / 1e6), seconds(limit as f64 / 1e6))
        })
        .collect();
    let more = if total > NAMED { format!(" and {} more", total - NAMED) } else { String::new() };
    Verdict::Fails(format!("{name}: less than {margin} of the time limit to spare: {}{more}", tests.join(", ")))
}

//! The gates of `lanescope check` about flaky tests.

use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;
use lanescope_engine::Engine;
use lanescope_flaky::Flaky;
use lanescope_protocol::FlakyClass;

use crate::flaky;
use crate::input::{Rule, Sources};

/// So many tests are named.
const NAMED: usize = 10;

/// The gates about flaky tests.
#[derive(Debug, Args)]
// Arguments of one name would be two groups of one name.
#[group(skip)]
pub(crate) struct Gates {
    /// Fail when more tests than this are flaky in the input
    #[arg(long, value_name = "N")]
    max_flaky: Option<u32>,
    /// Fail when a test is flaky in the input that was not in these runs before
    #[arg(long, value_name = "HISTORY")]
    fail_on_new_flaky: Option<String>,
}

impl Gates {
    /// Whether any of them is asked for.
    pub(crate) fn any(&self) -> bool {
        self.max_flaky.is_some() || self.fail_on_new_flaky.is_some()
    }

    /// What each gate says: `Ok` if it holds. The outer error is an exit status: the history cannot be read.
    pub(crate) fn check(
        &self,
        engine: &Engine,
        rule: &Rule,
        err: &mut dyn Write,
    ) -> io::Result<Result<Vec<Result<String, String>>, u8>> {
        let mut said = Vec::new();
        if let Some(most) = self.max_flaky {
            said.push(at_most(engine, most));
        }
        if let Some(history) = &self.fail_on_new_flaky {
            let before = match Sources::of(history, rule).all_runs(err)? {
                Ok(before) => before.engine,
                Err(status) => return Ok(Err(status)),
            };
            said.push(none_new(engine, &before));
        }
        Ok(Ok(said))
    }
}

fn flaky_tests(flaky: &Flaky) -> Vec<&str> {
    flaky.tests().filter(|t| t.class == FlakyClass::Flaky).map(|t| t.test.as_str()).collect()
}

fn listed(tests: &[&str]) -> String {
    let named: Vec<&str> = tests.iter().take(NAMED).copied().collect();
    let more = tests.len().saturating_sub(NAMED);
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

/// At most so many tests are flaky over the runs of the input.
fn at_most(engine: &Engine, most: u32) -> Result<String, String> {
    let analysed = flaky::analyse(engine);
    let tests = flaky_tests(&analysed);
    let said = format!("{} flaky, at most {most} allowed", tests.len());
    if tests.len() as u64 <= u64::from(most) { Ok(said) } else { Err(format!("{said}: {}", listed(&tests))) }
}

/// No test that failed in the input is flaky, by the history and the input together, that was not by the history alone.
fn none_new(engine: &Engine, before: &Engine) -> Result<String, String> {
    let new: Vec<_> = engine.runs().map(|(_, run)| Arc::clone(run)).collect();
    // The history may hold the input already.
    let is_new = |id: &str| new.iter().any(|run| run.meta.id == id);
    let old: Vec<_> = before.runs().filter(|(_, r)| !is_new(&r.meta.id)).map(|(_, run)| Arc::clone(run)).collect();
    let known = Flaky::new(old.clone());
    let known = flaky_tests(&known);
    let both = Flaky::new(old.into_iter().chain(new.iter().cloned()).collect());
    let of_input: Vec<usize> = (both.history().runs().iter().enumerate())
        .filter(|(_, run)| new.iter().any(|n| n.meta.id == run.meta.id))
        .map(|(at, _)| at)
        .collect();
    let failed = |test: &str| {
        let at = both.history().find(test);
        at.is_some_and(|test| of_input.iter().any(|&run| both.history().cell(test, run).failed_once()))
    };
    let tests: Vec<&str> =
        flaky_tests(&both).into_iter().filter(|test| !known.contains(test) && failed(test)).collect();
    if tests.is_empty() {
        return Ok("no test is newly flaky".to_owned());
    }
    Err(format!("{} newly flaky: {}", tests.len(), listed(&tests)))
}

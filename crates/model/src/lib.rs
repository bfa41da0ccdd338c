//! The model of a test run: immutable columns, interned strings, typed ids, integer times.
//!
//! A [`RunBuilder`] takes what a reader finds, in the order in which it finds it; [`RunBuilder::finish`]
//! turns it into a [`Run`], which is never changed afterwards. What a file does not say is absent
//! (`None`), never zero. All times are whole microseconds; a point in time counts from the Unix epoch.
//!
//! Words are those of the contract: a *run* holds *tests*, a test has one or more *attempts*, an attempt
//! ran on at most one known *worker*; *groups* are matrix jobs inside a run.

mod benchmark;
mod builder;
pub mod bytes;
mod codec;
mod copy;
mod coverage;
mod decimal;
mod groups;
mod identities;
mod ids;
mod issue;
mod job;
mod named;
mod natural;
pub mod order;
mod outcome;
mod provenance;
mod run;
mod strings;
mod tables;
mod text;

pub use benchmark::{Benchmark, Benchmarks, Stats};
pub use builder::{AttemptRow, RunBuilder};
pub use copy::Frame;
pub use coverage::{Coverage, Covered, CoveredFile, Gate};
pub use decimal::decimal;
pub use ids::{AttemptId, GroupId, StrId, TestId, TextId, WorkerId};
pub use issue::{Issue, Place, Severity};
pub use job::{Job, Step};
pub use named::Named;
pub use natural::natural_cmp;
pub use outcome::{Outcome, OutcomeCounts};
pub use provenance::Provenance;
pub use run::{Group, Run, RunMeta, Session, Tables, Worker};
pub use strings::{ByString, Interner, Strings};
pub use tables::{Attempts, Columns, Fixed, Growing, Tests};
pub use text::{TextKind, Texts};

/// Microseconds in a second, as the factor between the model's integers and the figures shown.
pub const US_PER_S: f64 = 1_000_000.0;

/// `f64::clamp` without its panic, which tells the bounds: what writes floats for it is a thirtieth of a worker. Where
/// `least` is more than `most`, one of them comes out.
#[must_use]
pub fn within(number: f64, least: f64, most: f64) -> f64 {
    if number < least {
        least
    } else if number > most {
        most
    } else {
        number
    }
}

/// A length or point in microseconds as seconds.
#[must_use]
pub fn us_to_s(us: i64) -> f64 {
    us as f64 / US_PER_S
}

/// A count with its thousands set apart: `6,865`.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds as whole microseconds, rounded to the nearest; `None` for what is no usable number.
///
/// Anything beyond ±292,000 years does not fit and is refused, so that no later sum can overflow by one value.
#[must_use]
pub fn s_to_us(seconds: f64) -> Option<i64> {
    let us = (seconds * US_PER_S).round();
    (us.is_finite() && us.abs() < 9.0e18).then_some(us as i64)
}

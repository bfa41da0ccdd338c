//! The tests of a run as a table: RFC 4180, UTF-8, a row for each test; what is unknown is empty.

use lanescope_model::{Run, TextKind};

use crate::write::{Out, last, rfc3339};

const HEAD: &str =
    "group,test,file,line,outcome,flaky,attempts,worker,start,duration_s,setup_s,call_s,teardown_s,message\r\n";

/// The table. Times are those of the last attempt.
#[must_use]
pub fn tests_csv(run: &Run) -> String {
    let mut out = Out::default();
    out.raw(HEAD);
    for test in run.tests.ids() {
        let (last, earlier) = last(run, test);
        out.csv(run.tests.group(test).map_or("", |group| run.group_name(group))).raw(",");
        out.csv(run.test_id(test)).raw(",");
        out.csv(run.tests.file(test).map_or("", |file| run.strings.get(file))).raw(",");
        if let Some(line) = run.tests.line(test) {
            out.int(i64::from(line));
        }
        out.raw(",").raw(run.tests.outcome(test).as_str());
        out.raw(if run.tests.is_flaky(test) { ",true," } else { ",false," });
        out.int(earlier.len() as i64 + i64::from(last.is_some())).raw(",");
        let a = &run.attempts;
        out.csv(last.and_then(|attempt| a.worker(attempt)).map_or("", |worker| run.worker_name(worker))).raw(",");
        if let Some(us) = last.and_then(|attempt| a.start_us(attempt)) {
            out.raw(&rfc3339(us));
        }
        let us = |of: fn(&lanescope_model::Attempts, lanescope_model::AttemptId) -> Option<i64>| of(a, last?);
        let (total, setup) = (us(lanescope_model::Attempts::total_us), us(lanescope_model::Attempts::setup_us));
        let (call, teardown) = (us(lanescope_model::Attempts::call_us), us(lanescope_model::Attempts::teardown_us));
        for us in [total, setup, call, teardown] {
            out.raw(",");
            if let Some(us) = us {
                out.seconds(us);
            }
        }
        out.raw(",").csv(last.map_or("", |attempt| run.text(attempt, TextKind::Message))).raw("\r\n");
    }
    out.0
}

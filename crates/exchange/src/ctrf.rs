//! A run as CTRF (Common Test Report Format, 0.0.0 to 1), for the tools that read it.
//!
//! `failed` and `error` are `failed`, `xpassed` is `passed`, `xfailed` and unknown are `other`; `rawStatus` has our word.
//! What the format has no field for stands in `extra.lanescope`, and is read back.

use lanescope_model::{AttemptId, Outcome, Run, TestId, TextKind};

use crate::write::{Out, attempts, facts, last, start_us};

/// The run as a document.
#[must_use]
pub fn ctrf(run: &Run) -> String {
    let mut out = Out::default();
    out.raw("{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"generatedBy\":\"lanescope\",\"results\":{");
    out.raw("\"tool\":{\"name\":\"lanescope\"},\"summary\":{");
    let mut counts = [0_i64; 5];
    for test in run.tests.ids() {
        if let Some(count) = counts.get_mut(status(run.tests.outcome(test)).0) {
            *count += 1;
        }
    }
    out.raw("\"tests\":").int(run.tests.len() as i64);
    for (word, count) in STATUSES.into_iter().zip(counts) {
        out.raw(",").json(word).raw(":").int(count);
    }
    out.raw(",\"flaky\":").int(i64::from(run.flaky_count()));
    let start = start_us(run).unwrap_or(0);
    let length = run.meta.session.length_us.or_else(|| run.window_us().map(|(_, last)| last - start)).unwrap_or(0);
    out.raw(",\"start\":").int(ms(start)).raw(",\"stop\":").int(ms(start.saturating_add(length))).raw("}");
    let meta = &run.meta;
    let known = [("reportName", Some(&meta.label)), ("commit", meta.commit.as_ref())];
    let more = [("branchName", meta.branch.as_ref()), ("buildUrl", meta.url.as_ref())];
    out.raw(",\"environment\":{");
    fields(&mut out, &mut known.into_iter().chain(more).filter_map(|(name, text)| Some((name, text?.as_str()))));
    out.raw("},\"extra\":{\"lanescope\":[");
    for (number, (name, value)) in facts(run).iter().enumerate() {
        out.raw(if number > 0 { ",[" } else { "[" }).json(name).raw(",").json(value).raw("]");
    }
    out.raw("]},\"tests\":[");
    for test in run.tests.ids() {
        out.raw(if test.0 > 0 { ",\n" } else { "\n" });
        self::test(run, test, &mut out);
    }
    out.raw("\n]}}\n");
    out.0
}

const STATUSES: [&str; 5] = ["passed", "failed", "skipped", "pending", "other"];

fn status(outcome: Outcome) -> (usize, &'static str) {
    let at = match outcome {
        Outcome::Passed | Outcome::XPassed => 0,
        Outcome::Failed | Outcome::Error => 1,
        Outcome::Skipped => 2,
        Outcome::XFailed | Outcome::Unknown => 4,
    };
    (at, STATUSES.get(at).copied().unwrap_or("other"))
}

/// Whole milliseconds, as the format wants them.
fn ms(us: i64) -> i64 {
    us.saturating_add(500).div_euclid(1000)
}

/// Members of an object whose values are texts.
fn fields<'a>(out: &mut Out, of: &mut dyn Iterator<Item = (&'a str, &'a str)>) {
    for (number, (name, text)) in of.filter(|(_, text)| !text.is_empty()).enumerate() {
        out.raw(if number > 0 { "," } else { "" }).json(name).raw(":").json(text);
    }
}

fn test(run: &Run, test: TestId, out: &mut Out) {
    let (last, earlier) = last(run, test);
    let outcome = run.tests.outcome(test);
    out.raw("{\"name\":").json(run.test_name(test));
    out.raw(",\"status\":").json(status(outcome).1).raw(",\"rawStatus\":").json(outcome.as_str());
    times(run, last, out);
    if !run.suite(test).is_empty() {
        out.raw(",\"suite\":[").json(run.suite(test)).raw("]");
    }
    if let Some(file) = run.tests.file(test) {
        out.raw(",\"filePath\":").json(run.strings.get(file));
    }
    if let Some(line) = run.tests.line(test) {
        out.raw(",\"line\":").int(i64::from(line));
    }
    let markers: Vec<&str> = run.strings.get(run.tests.markers(test)).split(' ').filter(|m| !m.is_empty()).collect();
    if !markers.is_empty() {
        list(out, "tags", &markers);
    }
    if run.tests.is_flaky(test) {
        out.raw(",\"flaky\":true");
    }
    if let Some(worker) = last.and_then(|attempt| run.attempts.worker(attempt)) {
        out.raw(",\"threadId\":").json(run.worker_name(worker));
    }
    if let Some(last) = last {
        said(run, last, out);
    }
    if !earlier.is_empty() {
        out.raw(",\"retries\":").int(earlier.len() as i64).raw(",\"retryAttempts\":[");
        for (number, &attempt) in earlier.iter().enumerate() {
            out.raw(if number > 0 { "," } else { "" }).raw("{\"attempt\":").int(number as i64 + 1);
            out.raw(",\"status\":").json(status(run.attempts.outcome(attempt)).1);
            times(run, Some(attempt), out);
            said(run, attempt, out);
            out.raw("}");
        }
        out.raw("]");
    }
    let mut own = Out::default();
    attempts(run, test, &mut own);
    out.raw(",\"extra\":{\"lanescope\":").json(&own.0).raw("}}");
}

/// Length, start and stop. A length is required: of a test of which none is known it is 0.
fn times(run: &Run, attempt: Option<AttemptId>, out: &mut Out) {
    let of = |us: fn(&lanescope_model::Attempts, AttemptId) -> Option<i64>| us(&run.attempts, attempt?);
    out.raw(",\"duration\":").int(of(lanescope_model::Attempts::total_us).map_or(0, ms).max(0));
    for (name, us) in
        [("start", of(lanescope_model::Attempts::start_us)), ("stop", of(lanescope_model::Attempts::stop_us))]
    {
        if let Some(us) = us {
            out.raw(",").json(name).raw(":").int(ms(us));
        }
    }
}

/// Message, trace and outputs.
fn said(run: &Run, attempt: AttemptId, out: &mut Out) {
    for (name, kind) in [("message", TextKind::Message), ("trace", TextKind::Trace)] {
        let text = run.text(attempt, kind);
        if !text.is_empty() {
            out.raw(",").json(name).raw(":").json(text);
        }
    }
    let lines = |kind| run.text(attempt, kind).lines().collect::<Vec<_>>();
    let printed: Vec<&str> = lines(TextKind::Stdout).into_iter().chain(lines(TextKind::Log)).collect();
    for (name, lines) in [("stdout", printed), ("stderr", lines(TextKind::Stderr))] {
        if !lines.is_empty() {
            list(out, name, &lines);
        }
    }
}

fn list(out: &mut Out, name: &str, texts: &[&str]) {
    out.raw(",").json(name).raw(":[");
    for (number, text) in texts.iter().enumerate() {
        out.raw(if number > 0 { "," } else { "" }).json(text);
    }
    out.raw("]");
}

//! A run as a table: a row per attempt, by lane and then by start. Attempts that no lane holds come last, with
//! neither lane nor times on the timeline.

use lanescope_model::{AttemptId, Provenance};

use super::Exported;
use super::out::Out;

const HEAD: &str = "lane,worker,group,test,attempt,outcome,start_s,stop_s,setup_s,call_s,teardown_s,provenance\r\n";

/// All attempts.
pub(super) fn lanes(of: &Exported<'_>) -> Vec<u8> {
    let mut out = Out::default();
    out.raw(HEAD);
    let mut placed = vec![false; of.run.attempts.len()];
    let provenance = of.layout.provenance();
    for lane in of.order.iter().filter_map(|&lane| of.layout.lanes.get(lane as usize)) {
        for bar in lane.index.bars() {
            if let Some(placed) = placed.get_mut(bar.attempt as usize) {
                *placed = true;
            }
            row(of, &mut out, &lane.name, AttemptId(bar.attempt), Some((bar.from_us, bar.to_us)), provenance);
        }
    }
    for attempt in of.run.attempts.ids().filter(|a| placed.get(a.index()) == Some(&false)) {
        row(of, &mut out, "", attempt, None, Provenance::Unknown);
    }
    out.0
}

fn row(
    of: &Exported<'_>,
    out: &mut Out,
    lane: &str,
    attempt: AttemptId,
    span: Option<(i64, i64)>,
    provenance: Provenance,
) {
    let (run, test) = (of.run, of.run.attempts.test(attempt));
    out.csv(lane).raw(",");
    out.csv(run.attempts.worker(attempt).map_or("", |w| run.worker_name(w))).raw(",");
    out.csv(run.tests.group(test).map_or("", |g| run.group_name(g))).raw(",");
    out.csv(run.test_id(test)).raw(",");
    out.int(i64::from(of.run.attempt_number(attempt).0)).raw(",");
    out.raw(run.attempts.outcome(attempt).as_str()).raw(",");
    let times = [
        span.map(|s| s.0),
        span.map(|s| s.1),
        run.attempts.setup_us(attempt),
        run.attempts.call_us(attempt),
        run.attempts.teardown_us(attempt),
    ];
    for us in times {
        if let Some(us) = us {
            out.seconds(us);
        }
        out.raw(",");
    }
    out.raw(provenance.as_str()).raw("\r\n");
}

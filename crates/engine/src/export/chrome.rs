//! A run as Chrome trace events (the JSON object form), for Perfetto, speedscope and `chrome://tracing`.
//!
//! | of the run | in the trace |
//! | --- | --- |
//! | group, or the run where it has no groups | process: `pid` from 1, `process_name`, `process_sort_index` |
//! | lane | thread: `tid` from 1 in the order asked for, `thread_name`, `thread_sort_index`; in each process whose tests it ran |
//! | attempt on a lane | complete event `X`: `name` the test's name, `cat` the outcome, `ts` and `dur` in microseconds from the first start, `args.test` the identity, `args.outcome`, `args.attempt` and `args.attempts`, `args.provenance` |
//! | setup, call, teardown, where recorded | complete events of category `phase` inside it: setup from its start, call after it, teardown up to its end |
//! | worker that died | instant event `i` of scope `t` at its last stop |
//! | how the lanes are known | `otherData.provenance`, and `otherData.note` in words where they are not recorded |
//!
//! Attempts that no lane holds (no start is known) are not in the trace; `otherData.unplaced` counts them.

use lanescope_analysis::Placement;
use lanescope_model::{AttemptId, GroupId};

use super::Exported;
use super::out::Out;

/// The whole run.
pub(super) fn trace(of: &Exported<'_>) -> Vec<u8> {
    let mut out = Out::default();
    out.raw("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"generator\":\"lanescope\",\"run\":").json(of.id);
    out.raw(",\"label\":").json(of.label);
    let provenance = of.layout.provenance().as_str();
    out.raw(",\"provenance\":").json(provenance);
    let note = note(of.layout.placement);
    if !note.is_empty() {
        out.raw(",\"note\":").json(note);
    }
    out.raw(",\"unplaced\":").int(i64::from(of.layout.unplaced));
    out.raw("},\"traceEvents\":[");
    let mut events = Events { out, first: true };
    for group in 0..of.run.groups.len().max(1) {
        let pid = group as i64 + 1;
        let name = match of.run.groups.get(group) {
            Some(_) => of.run.group_name(GroupId(group as u32)),
            None => of.label,
        };
        events.named("process_name", pid, 0, "name").json(name).raw("}}");
        events.named("process_sort_index", pid, 0, "sort_index").int(pid).raw("}}");
    }
    for (row, &lane) in of.order.iter().enumerate() {
        let Some(lane) = of.layout.lanes.get(lane as usize) else { continue };
        let tid = row as i64 + 1;
        let mut named = vec![false; of.run.groups.len().max(1) + 1];
        for bar in lane.index.bars() {
            let attempt = AttemptId(bar.attempt);
            let test = of.run.attempts.test(attempt);
            let pid = of.run.tests.group(test).map_or(1, |g| i64::from(g.0) + 1);
            if let Some(named) = named.get_mut(pid as usize).filter(|named| !**named) {
                *named = true;
                events.named("thread_name", pid, tid, "name").json(&lane.name).raw("}}");
                events.named("thread_sort_index", pid, tid, "sort_index").int(tid).raw("}}");
            }
            let length = bar.to_us - bar.from_us;
            let (number, all) = of.run.attempt_number(attempt);
            let outcome = bar.outcome.as_str();
            events.complete(of.run.test_name(test), outcome, pid, tid, bar.from_us, length);
            events.out.raw(",\"args\":{\"test\":").json(of.run.test_id(test)).raw(",\"outcome\":").json(outcome);
            events.out.raw(",\"attempt\":").int(number as i64).raw(",\"attempts\":").int(all as i64);
            events.out.raw(",\"provenance\":").json(provenance).raw("}}");
            if let Some([setup, call, teardown]) = of.phases(attempt, length) {
                let phases = [
                    ("setup", bar.from_us, setup),
                    ("call", bar.from_us + setup, call),
                    ("teardown", bar.to_us - teardown, teardown),
                ];
                for (name, from_us, us) in phases.into_iter().filter(|phase| phase.2 > 0) {
                    events.complete(name, "phase", pid, tid, from_us, us);
                    events.out.raw("}");
                }
            }
        }
        if lane.crashed {
            let pid = named.iter().position(|&named| named).unwrap_or(1) as i64;
            let out = events.next();
            out.raw("{\"ph\":\"i\",\"s\":\"t\",\"name\":\"worker died\",\"cat\":\"crash\",\"pid\":").int(pid);
            out.raw(",\"tid\":").int(tid).raw(",\"ts\":").int(lane.last_us).raw("}");
        }
    }
    events.out.raw("\n]}\n");
    events.out.0
}

/// What must be said of lanes that are not recorded.
pub(super) fn note(placement: Placement) -> &'static str {
    match placement {
        Placement::Recorded => "",
        Placement::Packed => "The lanes are rebuilt from starts and stops: which test stood on which is a guess.",
        Placement::BackToBack => "The places in time are rebuilt: each worker's tests stand back to back.",
        Placement::Scheduled(_) => "The lanes are simulated from the tests' times: it is not what happened.",
        Placement::Nothing => "No times are recorded.",
    }
}

struct Events {
    out: Out,
    first: bool,
}

impl Events {
    fn next(&mut self) -> &mut Out {
        self.out.raw(if std::mem::take(&mut self.first) { "\n" } else { ",\n" })
    }

    /// Metadata, up to its value.
    fn named(&mut self, what: &str, pid: i64, tid: i64, key: &str) -> &mut Out {
        let out = self.next();
        out.raw("{\"ph\":\"M\",\"name\":").json(what).raw(",\"pid\":").int(pid).raw(",\"tid\":").int(tid);
        out.raw(",\"args\":{").json(key).raw(":")
    }

    /// A complete event, up to its arguments.
    fn complete(&mut self, name: &str, cat: &str, pid: i64, tid: i64, from_us: i64, us: i64) {
        let out = self.next();
        out.raw("{\"ph\":\"X\",\"name\":").json(name).raw(",\"cat\":").json(cat);
        out.raw(",\"pid\":").int(pid).raw(",\"tid\":").int(tid);
        out.raw(",\"ts\":").int(from_us).raw(",\"dur\":").int(us);
    }
}

//! What holds the end of a run up.

use lanescope_protocol::{Answer, CriticalEnd, EndGroup, EndLane, EndPiece, Provenance, Unstealable};

use crate::charts::lanes::{Span, Stage};
use crate::pages::timeline::panels::{heading, inferred, mark, share_css, test_name, way};
use crate::state::number;
use crate::state::number::Within;
use crate::ui::el::{El, button, div, el, span};
use crate::ui::format;

/// Fills a place.
pub(super) fn show(stage: Stage, place: El, answer: Answer) {
    let Answer::End(end) = answer else { return };
    let note = (!end.explanation.is_empty()).then(|| el("p", "panel-note").with(&end.explanation));
    let (Some(drain_s), Some(last)) = (end.drain_s, end.last.first()) else {
        let none = "What holds the end up is not known.";
        let _ = place.with(div("panel-empty").with((heading(none, mark(end.provenance)), note)));
        return;
    };
    let tail = Tail { stage, from_s: drain_s, to_s: last.to_s.max(drain_s + 1e-6) };
    let tests: Vec<El> = end.last.iter().map(|piece| el("li", "").with(tail.test(piece))).collect();
    let lanes: Vec<El> = end.lanes.iter().map(|lane| tail.lane(lane)).collect();
    let first = div("").with((heading("The last tests", tail.axis()), el("ul", "end-rows").with(tests)));
    let second = div("").with((heading("Each lane meanwhile", tail.axis()), el("ul", "end-rows").with(lanes)));
    let special = div("end-special").with((
        (!end.unstealable.is_empty()).then(|| tail.unstealable(&end.unstealable)),
        end.group.as_ref().map(|group| tail.group(group)),
    ));
    let _ = place.with((
        div("end-lead").with((sentence(&tail, &end, last), tail.button(last))),
        note,
        div("panel-columns end").with((first, div("panel-side").with((special, second)))),
    ));
}

/// The verdict on the end, in one sentence.
fn sentence(tail: &Tail, end: &CriticalEnd, last: &EndPiece) -> El {
    let way = way(tail.stage, "link", &last.lane, Span::new(last.from_s, last.to_s), Some(&last.test));
    let sentence = el("p", "end-sentence").attr("data-end", "").with((
        "The last test, ",
        way.attr("title", &last.test.id).with(&last.test.name),
        " on ",
        &last.lane,
        ", ",
    ));
    let known = (end.provenance != Provenance::Recorded).then(|| mark(end.provenance)).flatten();
    if end.lanes.len() < 2 {
        return sentence.with(format!("ended at {}.", format::seconds(last.to_s))).with(known);
    }
    let (after, idle) = (tail.to_s - tail.from_s, end.idle_s.unwrap_or(0.0));
    let mut text = format!(
        "ended {} after the first worker ran dry; {} worker-seconds stood idle",
        format::seconds(after),
        number::fixed(idle, 1)
    );
    if let (Some(saved), Some(bound)) = (end.saved_s, end.saved_bound_s) {
        text += &format!(
            "; spread evenly, the run could have ended {} sooner (bound: {})",
            format::seconds(saved),
            format::seconds(bound)
        );
    }
    sentence.with((text, ". ", known))
}

/// The stretch from the first worker that ran dry to the end.
struct Tail {
    stage: Stage,
    from_s: f64,
    to_s: f64,
}

impl Tail {
    fn share(&self, s: f64) -> f64 {
        (s - self.from_s) / (self.to_s - self.from_s)
    }

    fn bar(&self, class: &str, from_s: f64, to_s: f64) -> El {
        let (from, to) = (self.share(from_s).within(0.0, 1.0), self.share(to_s).within(0.0, 1.0));
        span(class).style("left", share_css(from)).style("width", share_css(to - from))
    }

    /// The ends of the axis that all bars of a list share.
    fn axis(&self) -> El {
        let [from, to] = [self.from_s, self.to_s].map(|s| span("num").with(format::seconds(s)));
        span("end-axis").with((from, to))
    }

    fn button(&self, last: &EndPiece) -> El {
        let (stage, lane, span) = (self.stage, last.lane.clone(), Span::new(self.from_s, self.to_s));
        button("button small", move || stage.reach(&lane, span, None))
            .attr("data-show-tail", "")
            .with("Show on the lanes")
    }

    fn test(&self, piece: &EndPiece) -> El {
        let row = way(self.stage, "end-row", &piece.lane, Span::new(piece.from_s, piece.to_s), Some(&piece.test));
        let before = piece.from_s < self.from_s;
        let bar = self.bar("end-bar", piece.from_s, piece.to_s).attr_if("data-before", before);
        row.attr("data-last", &piece.test.id).with((
            span("piece-lane").with(&piece.lane),
            test_name(&piece.test),
            span("end-track").with(bar.attr("data-outcome", &piece.test.outcome)),
            span("num").with(format::seconds(piece.to_s - piece.from_s)),
        ))
    }

    fn lane(&self, lane: &EndLane) -> El {
        let busy = self.bar("end-bar", self.from_s, lane.last_s);
        let idle = self.bar("end-bar idle", lane.last_s, self.to_s);
        let ran = format::plural(lane.attempts.into(), "test", "tests");
        let words = format!("{ran}, last stop {}", format::seconds(lane.last_s));
        el("li", "end-row").with((
            span("piece-lane").with(&lane.lane),
            span("quiet end-words").with(words),
            span("end-track").with((busy.attr("data-outcome", "passed"), idle)),
            span("num").with((format::seconds(lane.idle_s), " idle")),
        ))
    }

    fn unstealable(&self, stuck: &[Unstealable]) -> El {
        let rows = stuck.iter().map(|one| {
            let piece = &one.piece;
            let row =
                way(self.stage, "piece-row", &piece.lane, Span::new(one.idle_since_s, piece.to_s), Some(&piece.test));
            let behind =
                one.behind.as_ref().map(|test| span("piece-note").with(("behind ", el("bdi", "").with(&test.name))));
            el("li", "").with(row.with((
                span("piece-lane").with(&piece.lane),
                span("piece-what").with((test_name(&piece.test), behind)),
                span("num quiet piece-range").with("waited"),
                span("num").with(format::seconds(one.waited_s)),
            )))
        });
        let rows: Vec<El> = rows.collect();
        let rule = "worksteal never takes the last two tests of a worker’s queue: these waited behind another while a \
                    worker had nothing to do.";
        div("").with((
            heading("Nobody could steal", inferred()),
            el("p", "panel-note").with(rule),
            el("ul", "piece-rows").with(rows),
        ))
    }

    fn group(&self, group: &EndGroup) -> El {
        let row = way(self.stage, "piece-row", &group.lane, Span::new(group.from_s, group.to_s), None);
        let rule = if group.decides_bound {
            "It alone takes longer than an even share of the work: no number of workers ends the run sooner, unless it is split."
        } else {
            "A group stays on one worker and cannot be split; started earlier, it would not hold the end up."
        };
        let attempts = format::plural(group.attempts.into(), "attempt", "attempts");
        div("").with((
            heading("The last group", ()),
            el("p", "panel-note").with(rule),
            row.with((
                span("piece-lane").with(&group.lane),
                span("piece-what").with((
                    el("bdi", "name").attr("title", &group.group).with(&group.group),
                    span("piece-note")
                        .with(format!("{attempts}, {} after the first worker ran dry", format::seconds(group.tail_s))),
                )),
                span("num quiet piece-range").with(format!(
                    "{} – {}",
                    format::seconds(group.from_s),
                    format::seconds(group.to_s)
                )),
                span("num").with(format::seconds(group.seconds)),
            )),
        ))
    }
}

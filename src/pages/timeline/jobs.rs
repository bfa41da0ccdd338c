//! The jobs around a run, on its clock: how long each waited for a machine, and what its steps took.

use lanescope_protocol::{JobLane, JobStep};
use leptos::prelude::*;

use crate::charts::lanes::Stage;
use crate::state::number;
use crate::ui::el::{El, Live, div, el, follow, live, span};
use crate::ui::{format, outcome_mark};

/// More jobs than this are not listed one by one.
const MOST: usize = 60;

/// A stretch of a job, as it lies on its track.
struct Piece {
    element: El,
    from_s: f64,
    to_s: f64,
}

/// A row for each job; nothing where no file lists any.
pub fn jobs(stage: Stage) -> Live {
    live(move || {
        let mut pieces = Vec::new();
        let rows: Vec<El> = stage.timeline.with(|timeline| {
            let jobs = timeline.as_ref().map(|t| t.jobs.as_slice()).unwrap_or_default();
            jobs.iter().take(MOST).map(|job| row(job, &mut pieces)).collect()
        });
        let any = !rows.is_empty();
        follow(move || {
            let view = stage.view.get();
            let share = |s: f64| number::fixed((s - view.from_s) / view.len_s() * 100.0, 4) + "%";
            for Piece { element, from_s, to_s } in &pieces {
                let width = number::fixed((to_s - from_s) / view.len_s() * 100.0, 4) + "%";
                let _ = element.clone().style("left", share(*from_s)).style("width", width);
            }
        });
        any.then(|| {
            let list = div("jobs").attr("role", "list").attr("aria-label", "Jobs around the run").attr("tabindex", "0");
            list.with(rows)
        })
    })
}

fn row(job: &JobLane, pieces: &mut Vec<Piece>) -> El {
    let name = span("job-name").attr("title", &job.name).with((outcome_mark(&job.outcome, false), &job.name));
    let track = div("job-track").attr("aria-hidden", "true");
    let mut put = |class: &str, outcome: &str, title: String, from: Option<f64>, to: Option<f64>| {
        let (Some(from_s), Some(to_s)) = (from, to) else { return };
        let element = span(class).attr("data-outcome", outcome).attr("title", title);
        let _ = track.node().append_child(element.node());
        pieces.push(Piece { element, from_s, to_s });
    };
    let length = |from: Option<f64>, to: Option<f64>| from.zip(to).map(|(from, to)| (to - from).max(0.0));
    let queued = length(job.queued_from_s, job.from_s);
    let took = length(job.from_s, job.to_s);
    let words = |what: &str, s: Option<f64>| format!("{what} {}", s.map_or("–".to_owned(), format::seconds));
    put("job-queue", "", words("waited for a machine", queued), job.queued_from_s, job.from_s);
    put("job-run", &job.outcome, words(&job.name, took), job.from_s, job.to_s);
    for JobStep { name, from_s, to_s, outcome } in &job.steps {
        put("job-step", outcome, words(name, length(*from_s, *to_s)), *from_s, *to_s);
    }
    let spoken = format!("{}: {}, {}, {}", job.name, job.outcome, words("queued", queued), words("ran", took));
    let row = div("timeline-grid job-row").attr("role", "listitem").attr("data-job", &job.name);
    row.with((name, track, el("span", "sr-only").with(spoken)))
}

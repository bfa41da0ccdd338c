//! Questions about what was not made: plans, curves, predicted runs.

use lanescope_model::Run;
use lanescope_model::bytes::Sink;
use lanescope_protocol::{Curve, LabAnswer, LabRequest, Mode, Plan, Point, TakeHomeKind, WorkSummary};

use super::{Desk, Step, no_run};
use crate::replay::Work;
use crate::take_home::take_home;
use crate::what_if::{Calibration, Planned, Sweep, knee, predicted_run, what_if};

/// What the replay of a run rests on.
pub(super) struct Prepared {
    run: String,
    work: Work,
    calibration: Calibration,
}

/// A sweep under way.
pub(super) struct Sweeping {
    /// The number of its question.
    id: u32,
    run: String,
    sweep: Sweep,
    curves: Vec<Curve>,
}

impl Desk {
    /// Makes a run ready to be replayed, beside all others of the same tests.
    fn prepare(&mut self, id: &str) -> Option<(&Run, &Prepared)> {
        if self.prepared.as_ref().is_none_or(|prepared| prepared.run != id) {
            let run = self.run(id)?;
            // A predicted run says nothing of how well predictions do.
            let others = self.runs.iter().filter(|kept| kept.id != id && !kept.run.meta.simulated);
            let others: Vec<(&Run, Work)> =
                others.map(|kept| (kept.run.as_ref(), named(&kept.id, &kept.run))).collect();
            let mut work = named(id, run);
            for (other_run, other) in &others {
                work = work.ordered_as(run, other, other_run);
            }
            let pairs: Vec<(&Run, &Work)> = others.iter().map(|(run, work)| (*run, work)).collect();
            let calibration = Calibration::of(run, &work, &pairs);
            self.prepared = Some(Prepared { run: id.to_owned(), work, calibration });
        }
        self.run(id).zip(self.prepared.as_ref())
    }

    /// What a run gives to be replayed.
    pub(super) fn work(&mut self, id: &str) -> LabAnswer {
        let Some((_, prepared)) = self.prepare(id) else { return no_run(id) };
        let summary = WorkSummary { runs_as: prepared.calibration.runs_as, ..prepared.work.summary() };
        LabAnswer::Work {
            work: Box::new(summary),
            measured: prepared.calibration.measured.clone(),
            error: Box::new(prepared.calibration.error.clone()),
        }
    }

    /// A plan beside the run as it was.
    pub(super) fn what_if(&mut self, id: &str, plan: &Plan) -> LabAnswer {
        let Some((run, prepared)) = self.prepare(id) else { return no_run(id) };
        LabAnswer::WhatIf(Box::new(what_if(run, &prepared.work, plan, &prepared.calibration)))
    }

    /// Files that bring a plan about.
    pub(super) fn take_home(&mut self, id: &str, plan: &Plan, kinds: &[TakeHomeKind]) -> LabAnswer {
        let Some((run, prepared)) = self.prepare(id) else { return no_run(id) };
        let file = |kind: &TakeHomeKind| take_home(run, &prepared.work, plan, &prepared.calibration, *kind);
        LabAnswer::TakeHome(kinds.iter().map(file).collect())
    }

    /// The run that a plan would make, with its columns beside the answer.
    pub(super) fn predict(&mut self, question: u32, id: &str, plan: &Plan) -> Step {
        let Some((run, prepared)) = self.prepare(id) else { return Step::last(question, no_run(id)) };
        let planned = Planned::new(run, &prepared.work, plan);
        let schedule = planned.schedule(plan.mode, plan.workers, &prepared.calibration);
        let predicted = predicted_run(run, &prepared.work, &planned, &schedule);
        let mut bytes = Vec::new();
        let mut out = |part: &[u8]| bytes.extend_from_slice(part);
        let mut to = Sink::new(&mut out);
        predicted.encode(&mut to);
        to.flush();
        drop(to);
        Step { beside: Some(bytes), ..Step::last(question, LabAnswer::Predicted) }
    }

    /// Begins a sweep; the one before it ends with what it has.
    pub(super) fn sweep(&mut self, question: u32, id: &str, plan: &Plan, modes: &[Mode], workers: &[u32]) -> Step {
        let Some((run, prepared)) = self.prepare(id) else { return Step::last(question, no_run(id)) };
        let sweep = Sweep::new(run, &prepared.work, plan, &prepared.calibration, modes, workers);
        let next = Sweeping { id: question, run: id.to_owned(), sweep, curves: Vec::new() };
        match self.sweep.replace(next) {
            Some(old) => ended(old),
            None => self.sweep_on().unwrap_or_else(|| Step::last(question, LabAnswer::Curves(Vec::new()))),
        }
    }

    /// Ends the sweep. Its own question is answered first, and the one that ended it when the next step comes.
    pub(super) fn stop(&mut self, question: u32) -> Step {
        match self.sweep.take() {
            Some(old) => {
                self.asked.push_front((question, LabRequest::Stop));
                ended(old)
            }
            None => Step::last(question, LabAnswer::Done),
        }
    }

    /// The next point of the sweep.
    pub(super) fn sweep_on(&mut self) -> Option<Step> {
        let mut sweeping = self.sweep.take()?;
        // A run that is gone, or came anew, ends its sweep.
        let Some((run, prepared)) = self.prepare(&sweeping.run) else { return Some(ended(sweeping)) };
        let Some(point) = sweeping.sweep.step(run, &prepared.work) else { return Some(ended(sweeping)) };
        put(&mut sweeping.curves, point.clone());
        let id = sweeping.id;
        self.sweep = Some(sweeping);
        Some(Step { id, answer: LabAnswer::Points(vec![point]), beside: None, more: true })
    }
}

fn named(id: &str, run: &Run) -> Work {
    let mut work = Work::of(run);
    id.clone_into(&mut work.run);
    work
}

/// Where a point lies along its curve: workers, or shards where those are what varies.
fn along(point: &Point) -> u32 {
    if point.mode == Mode::Shards { point.shards } else { point.workers }
}

/// Puts a point in its place.
fn put(curves: &mut Vec<Curve>, point: Point) {
    if !curves.iter().any(|curve| curve.mode == point.mode) {
        curves.push(Curve { mode: point.mode, ..Curve::default() });
    }
    if let Some(curve) = curves.iter_mut().find(|curve| curve.mode == point.mode) {
        let at = curve.points.partition_point(|before| along(before) < along(&point));
        curve.points.insert(at, point);
    }
}

fn ended(mut sweeping: Sweeping) -> Step {
    for curve in &mut sweeping.curves {
        curve.knee = knee(&curve.points);
    }
    Step::last(sweeping.id, LabAnswer::Curves(sweeping.curves))
}

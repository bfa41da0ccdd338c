//! A run once more, with other texts and names.

use std::borrow::Cow;

use lanescope_model::{AttemptRow, GroupId, Job, Run, RunBuilder, RunMeta, Step, StrId, TestId, TextKind};

/// All kinds of texts.
pub(crate) const KINDS: [TextKind; 5] =
    [TextKind::Message, TextKind::Trace, TextKind::Stdout, TextKind::Stderr, TextKind::Log];

/// What becomes of the words of a run.
pub(crate) trait Edit {
    /// What is known of it as a whole.
    fn meta(&self, meta: &mut RunMeta);
    /// A text of an attempt; empty where it goes.
    fn text<'a>(&self, kind: TextKind, text: &'a str) -> Cow<'a, str>;
    /// Part of an identity, a file or a marker.
    fn name<'a>(&self, name: &'a str) -> Cow<'a, str>;
    /// Name of a worker, by its number.
    fn worker<'a>(&self, number: usize, name: &'a str) -> Cow<'a, str>;
}

/// The run with other words. Tests stay apart: of two that would be one the second gets a number.
pub(crate) fn edited(run: &Run, edit: &dyn Edit) -> Run {
    let mut builder = RunBuilder::new();
    builder.meta.clone_from(&run.meta);
    edit.meta(&mut builder.meta);
    let name = |id| run.strings.get(id);
    let groups: Vec<GroupId> = run.groups.iter().map(|group| builder.group(name(group.name))).collect();
    let mut workers = Vec::new();
    for (number, worker) in run.workers.iter().enumerate() {
        let id = builder.worker(&edit.worker(number, name(worker.name)));
        if worker.crashed {
            builder.worker_crashed(id);
        }
        workers.push(id);
    }
    for job in &run.jobs {
        let mut steps = Vec::new();
        for step in &job.steps {
            steps.push(Step { name: builder.intern(&edit.name(name(step.name))), ..*step });
        }
        let name = builder.intern(&edit.name(name(job.name)));
        builder.jobs.push(Job { name, steps, ..*job });
    }
    for test in run.tests.ids() {
        let known = self::test(run, test, &groups, &mut builder, edit);
        for attempt in run.tests.attempts(test) {
            let a = &run.attempts;
            let row = AttemptRow {
                test: known,
                worker: a.worker(attempt).and_then(|worker| workers.get(worker.index()).copied()),
                start_us: a.start_us(attempt),
                stop_us: a.stop_us(attempt),
                total_us: a.total_us(attempt),
                setup_us: a.setup_us(attempt),
                teardown_us: a.teardown_us(attempt),
                outcome: a.outcome(attempt),
            };
            let new = builder.attempt(row);
            for kind in KINDS {
                builder.set_text(new, kind, &edit.text(kind, run.text(attempt, kind)));
            }
        }
    }
    builder.take_measures(run);
    // The strings of reports that were taken over, once more.
    let again = |builder: &mut RunBuilder, id: StrId| {
        let text = edit.name(builder.strings().get(id)).into_owned();
        builder.intern(&text)
    };
    let (mut coverage, mut benchmarks) =
        (std::mem::take(&mut builder.coverage), std::mem::take(&mut builder.benchmarks));
    for file in coverage.iter_mut().flat_map(|report| &mut report.files) {
        file.path = again(&mut builder, file.path);
        file.package = again(&mut builder, file.package);
    }
    for row in benchmarks.iter_mut().flat_map(|report| &mut report.rows) {
        for name in [&mut row.name, &mut row.params] {
            *name = again(&mut builder, *name);
        }
    }
    let sources = coverage.iter_mut().map(|report| &mut report.source);
    for source in sources.chain(benchmarks.iter_mut().map(|report| &mut report.source)) {
        *source = edit.name(source).into_owned();
    }
    (builder.coverage, builder.benchmarks) = (coverage, benchmarks);
    builder.finish()
}

fn test(run: &Run, test: TestId, groups: &[GroupId], builder: &mut RunBuilder, edit: &dyn Edit) -> TestId {
    let group = run.tests.group(test).and_then(|group| groups.get(group.index()).copied());
    let id = run.test_id(test);
    let (suite, own) = id.split_at_checked(run.tests.name_at(test)).unwrap_or(("", id));
    let suite = edit.name(suite);
    let mut edited = format!("{suite}{}", edit.name(own));
    let mut known = builder.test(group, &edited, suite.len());
    let mut number = 1;
    while known.0 != test.0 {
        number += 1;
        edited = format!("{suite}{} ({number})", edit.name(own));
        known = builder.test(group, &edited, suite.len());
    }
    let file = run.tests.file(test).map_or("", |file| run.strings.get(file));
    builder.test_place(known, &edit.name(file), run.tests.line(test));
    builder.test_markers(known, &edit.name(run.strings.get(run.tests.markers(test))));
    known
}

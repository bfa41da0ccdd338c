//! A run once more, with other texts and names.

use std::borrow::Cow;

use lanescope_model::{GroupId, Run, RunBuilder, RunMeta, StrId, TestId, TextKind};

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
    let frame = builder.take_frame(run, &|number, worker| edit.worker(number, worker), &|job| edit.name(job));
    edit.meta(&mut builder.meta);
    for test in run.tests.ids() {
        let known = self::test(run, test, frame.group(run, test), &mut builder, edit);
        builder.take_attempts((run, test), known, &frame, &|row| row, &|kind, text| edit.text(kind, text));
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

fn test(run: &Run, test: TestId, group: Option<GroupId>, builder: &mut RunBuilder, edit: &dyn Edit) -> TestId {
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

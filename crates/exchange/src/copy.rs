//! A run once more, with other texts and names.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lanescope_model::{GroupId, Interner, Run, RunBuilder, RunMeta, StrId, TestId, TextKind};
use lanescope_pack::{PackOptions, reduce};

/// What becomes of the words of a run.
pub(crate) trait Edit {
    /// What is known of it as a whole.
    fn meta(&self, meta: &mut RunMeta);
    /// A text of an attempt; empty where it goes.
    fn text<'a>(&self, kind: TextKind, text: &'a str) -> Cow<'a, str>;
    /// Part of an identity, a file, a marker, a group, a job, or a name of what was measured.
    fn name<'a>(&self, name: &'a str) -> Cow<'a, str>;
    /// Name of a worker, by its number.
    fn worker<'a>(&self, number: usize, name: &'a str) -> Cow<'a, str>;
}

/// The next number for a name that stands for several.
type Numbers = BTreeMap<String, u32>;

/// The run with other words. Tests and groups stay apart: of two that would be one the second gets a number.
pub(crate) fn edited(run: &Run, edit: &dyn Edit) -> Run {
    let mut builder = RunBuilder::new();
    let frame = builder.take_frame(run, &|number, worker| edit.worker(number, worker), &|job| edit.name(job));
    edit.meta(&mut builder.meta);
    let mut numbers = Numbers::new();
    for test in run.tests.ids() {
        let known = self::test((run, test), frame.group(run, test), &mut builder, edit, &mut numbers);
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
        for name in [&mut row.name, &mut row.group, &mut row.params, &mut row.unit] {
            *name = again(&mut builder, *name);
        }
    }
    let sources = coverage.iter_mut().map(|report| &mut report.source);
    for source in sources.chain(benchmarks.iter_mut().map(|report| &mut report.source)) {
        *source = edit.name(source).into_owned();
    }
    (builder.coverage, builder.benchmarks) = (coverage, benchmarks);
    let mut made = builder.finish();
    let named = groups(&mut made, edit);
    if named || !made.coverage.is_empty() || !made.benchmarks.is_empty() {
        // The words before still stand among its strings, and would leave with them.
        made = reduce(&[&made], &PackOptions::default()).pop().unwrap_or(made);
    }
    made
}

/// Gives the groups their other names. Whether there are any.
fn groups(run: &mut Run, edit: &dyn Edit) -> bool {
    let mut names = Vec::new();
    let mut numbers = Numbers::new();
    for group in &run.groups {
        let name = edit.name(run.strings.get(group.name));
        let mut told = name.clone().into_owned();
        while numbers.contains_key(&told) {
            let number = numbers.entry(name.clone().into_owned()).or_insert(1);
            *number += 1;
            told = format!("{name} ({number})");
        }
        numbers.insert(told.clone(), 1);
        names.push(told);
    }
    if run.groups.iter().zip(&names).all(|(group, name)| run.strings.get(group.name) == name) {
        return false;
    }
    let tables = run.tables_mut();
    let mut interner = Interner::from(std::mem::take(&mut tables.strings));
    for (group, name) in tables.groups.iter_mut().zip(&names) {
        group.name = interner.intern(name);
    }
    tables.strings = interner.finish();
    true
}

fn test(
    (run, test): (&Run, TestId),
    group: Option<GroupId>,
    builder: &mut RunBuilder,
    edit: &dyn Edit,
    numbers: &mut Numbers,
) -> TestId {
    let id = run.test_id(test);
    let (suite, own) = id.split_at_checked(run.tests.name_at(test)).unwrap_or(("", id));
    let suite = edit.name(suite);
    let edited = format!("{suite}{}", edit.name(own));
    let mut known = builder.test(group, &edited, suite.len());
    while known.0 != test.0 {
        // Counted on from the last that got one: thousands may share a name.
        let number = numbers.entry(edited.clone()).or_insert(1);
        *number += 1;
        known = builder.test(group, &format!("{edited} ({number})"), suite.len());
    }
    let file = run.tests.file(test).map_or("", |file| run.strings.get(file));
    builder.test_place(known, &edit.name(file), run.tests.line(test));
    builder.test_markers(known, &edit.name(run.strings.get(run.tests.markers(test))));
    known
}

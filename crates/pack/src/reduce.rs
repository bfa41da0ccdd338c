//! Runs without what a pack leaves out.

use std::borrow::Cow;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::order::places;
use lanescope_model::{AttemptRow, Run, RunBuilder, TestId, TextKind};

use crate::encode::KINDS;
use crate::strings::suite;
use crate::{Names, PackOptions, Texts, Times};

type Masks<'a> = HashMap<&'a str, String, FixedState>;

/// Names in place of those of tests, files and markers.
#[derive(Default)]
struct Mask<'a> {
    /// By identity: the file's part, and the name's.
    tests: HashMap<&'a str, (u32, u32), FixedState>,
    files: HashMap<&'a str, u32, FixedState>,
    markers: Masks<'a>,
}

/// The runs without what the options leave out. All are given at once, so that a test has one masked name in all of them.
#[must_use]
pub fn reduce(runs: &[&Run], options: &PackOptions) -> Vec<Run> {
    let mask = if options.names == Names::Kept { Mask::default() } else { Mask::of(runs) };
    runs.iter().map(|run| without(run, options, &mask)).collect()
}

/// Where a test stands: its file, or what its identity begins with.
fn file_of(run: &Run, test: TestId) -> &str {
    run.tests.file(test).map_or_else(|| suite(run.test_id(test)), |file| run.strings.get(file))
}

impl<'a> Mask<'a> {
    fn of(runs: &[&'a Run]) -> Self {
        let mut mask = Self::default();
        let mut tests: Vec<(&str, &str)> = Vec::new();
        let mut markers: Vec<&str> = Vec::new();
        for run in runs {
            for test in run.tests.ids() {
                let id = run.test_id(test);
                if mask.tests.insert(id, (0, 0)).is_none() {
                    tests.push((file_of(run, test), id));
                }
                for marker in run.strings.get(run.tests.markers(test)).split(' ').filter(|m| !m.is_empty()) {
                    if mask.markers.insert(marker, String::new()).is_none() {
                        markers.push(marker);
                    }
                }
            }
        }
        let order = places(tests.len(), &|a, b| tests.get(a).cmp(&tests.get(b)));
        let mut number = 0;
        let mut before = None;
        for &(file, id) in order.iter().filter_map(|&at| tests.get(at as usize)) {
            if before.replace(file) != Some(file) {
                let next = mask.files.len() as u32 + 1;
                mask.files.insert(file, next);
                number = 0;
            }
            number += 1;
            let file = mask.files.get(file).copied().unwrap_or(0);
            mask.tests.insert(id, (file, number));
        }
        let order = places(markers.len(), &|a, b| markers.get(a).cmp(&markers.get(b)));
        for (number, &marker) in order.iter().filter_map(|&at| markers.get(at as usize)).enumerate() {
            mask.markers.insert(marker, format!("marker-{}", number + 1));
        }
        mask
    }

    /// The identity, the byte at which the name begins, and the file.
    fn test(&self, run: &Run, test: TestId) -> (String, usize, String) {
        let (file, number) = self.tests.get(run.test_id(test)).copied().unwrap_or((0, 0));
        let file = format!("file-{file:02}");
        let name_at = file.len() + 2;
        (format!("{file}::test-{number:04}"), name_at, file)
    }

    fn markers(&self, markers: &str) -> String {
        let mut masked = String::new();
        for marker in markers.split(' ').filter_map(|marker| self.markers.get(marker)) {
            if !masked.is_empty() {
                masked.push(' ');
            }
            masked.push_str(marker);
        }
        masked
    }
}

fn without(run: &Run, options: &PackOptions, mask: &Mask<'_>) -> Run {
    let mut builder = RunBuilder::new();
    let frame = builder.take_frame(run, &|_, worker| worker.into(), &|job| job.into());
    let mut numbers: HashMap<&str, usize, FixedState> = HashMap::default();
    if options.names == Names::Numbered {
        let ids: Vec<&str> = run.tests.ids().map(|test| run.test_id(test)).collect();
        // By the order over all runs.
        let key = |at: usize| ids.get(at).and_then(|id| mask.tests.get(id));
        for (number, &at) in places(ids.len(), &|a, b| key(a).cmp(&key(b))).iter().enumerate() {
            if let Some(id) = ids.get(at as usize) {
                numbers.insert(id, number);
            }
        }
    }
    let kinds: &[TextKind] = match (options.names, options.texts) {
        (Names::Kept, Texts::All) => &KINDS,
        (Names::Kept, Texts::Messages) => &[TextKind::Message],
        _ => &[],
    };
    for test in run.tests.ids() {
        let group = frame.group(run, test);
        let id = run.test_id(test);
        let own_file = run.tests.file(test).map_or("", |file| run.strings.get(file));
        let markers = run.strings.get(run.tests.markers(test));
        let line = run.tests.line(test);
        let known = match options.names {
            Names::Kept => {
                let known = builder.test(group, id, run.tests.name_at(test));
                builder.test_place(known, own_file, line);
                builder.test_markers(known, markers);
                known
            }
            Names::Masked => {
                let (masked, name_at, file) = mask.test(run, test);
                let known = builder.test(group, &masked, name_at);
                if !own_file.is_empty() {
                    builder.test_place(known, &file, line);
                }
                builder.test_markers(known, &mask.markers(markers));
                known
            }
            Names::Numbered => {
                let number = numbers.get(id).copied().unwrap_or(0) + 1;
                builder.test(group, &format!("test-{number:04}"), 0)
            }
        };
        let change = if options.times == Times::Exact { |row| row } else { rounded };
        let text = |kind, text| if kinds.contains(&kind) { Cow::Borrowed(text) } else { Cow::default() };
        builder.take_attempts((run, test), known, &frame, &change, &text);
    }
    // Coverage and benchmarks name what the program is made of.
    if options.names == Names::Kept && !options.no_measures {
        builder.take_measures(run);
    }
    builder.finish()
}

/// In whole milliseconds. A stop that followed from start and length does so still.
fn rounded(mut row: AttemptRow) -> AttemptRow {
    let follows = row.start_us.zip(row.total_us).and_then(|(start, total)| start.checked_add(total));
    let follows = follows.is_some() && follows == row.stop_us;
    for us in [&mut row.start_us, &mut row.stop_us, &mut row.total_us, &mut row.setup_us, &mut row.teardown_us] {
        *us = us.map(|us| us.saturating_add(500).div_euclid(1000).saturating_mul(1000));
    }
    if follows {
        row.stop_us = row.start_us.zip(row.total_us).map(|(start, total)| start.saturating_add(total));
    }
    row
}

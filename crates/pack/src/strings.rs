//! The strings of all runs: each once, as what it shares with the one before, and the rest.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::Run;
use lanescope_model::order::places;

use crate::columns::{Reader, Writer};
use crate::{PackError, measures};

/// Strings by number, for writing.
pub(crate) struct Table<'a> {
    order: Vec<&'a str>,
    numbers: HashMap<&'a str, u32, FixedState>,
}

impl<'a> Table<'a> {
    /// All strings of these runs, and `more`. Names of tests come first, in the order in which they stand in their files where
    /// lines are known, which is that in which most tools execute them; then all others, sorted.
    pub(crate) fn new(runs: &[&'a Run], more: &mut dyn Iterator<Item = &'a str>) -> Self {
        let mut table = Self { order: vec![""], numbers: HashMap::default() };
        table.numbers.insert("", 0);
        let mut names: Vec<(&'a str, u32, &'a str)> = Vec::new();
        for run in runs {
            for test in run.tests.ids() {
                let id = run.test_id(test);
                if table.add(id) {
                    names.push((suite(id), run.tests.line(test).unwrap_or(0), id));
                }
            }
        }
        let order = places(names.len(), &|a, b| names.get(a).cmp(&names.get(b)));
        let mut others = Vec::new();
        for run in runs {
            strings(run, &mut |text| {
                if table.add(text) {
                    others.push(text);
                }
            });
        }
        for text in more {
            if table.add(text) {
                others.push(text);
            }
        }
        let other_order = places(others.len(), &|a, b| others.get(a).cmp(&others.get(b)));
        table.order.truncate(1);
        table.order.extend(order.iter().filter_map(|&at| names.get(at as usize).map(|name| name.2)));
        table.order.extend(other_order.iter().filter_map(|&at| others.get(at as usize)));
        for (number, text) in table.order.iter().enumerate() {
            table.numbers.insert(text, number as u32);
        }
        table
    }

    /// Whether it is new.
    fn add(&mut self, text: &'a str) -> bool {
        self.numbers.insert(text, 0).is_none()
    }

    /// The number of a string of this table.
    pub(crate) fn number(&self, text: &str) -> u64 {
        self.numbers.get(text).copied().map_or(0, u64::from)
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        let (mut shared, mut lengths, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        let mut before: &[u8] = &[];
        // The empty string is in every table.
        for text in self.order.iter().skip(1).map(|text| text.as_bytes()) {
            let common = before.iter().zip(text).take_while(|(a, b)| a == b).count();
            shared.push(common as u64);
            lengths.push((text.len() - common) as u64);
            bytes.extend_from_slice(text.get(common..).unwrap_or_default());
            before = text;
        }
        to.column(&shared);
        to.column(&lengths);
        to.raw(&bytes);
    }
}

/// What stands before the first separator: a file or a class.
pub(crate) fn suite(id: &str) -> &str {
    id.split_once("::").or_else(|| id.split_once(" › ")).map_or("", |(suite, _)| suite)
}

/// The strings of a run beside the names of its tests.
fn strings<'a>(run: &'a Run, found: &mut dyn FnMut(&'a str)) {
    let meta = &run.meta;
    found(&meta.id);
    found(&meta.label);
    for text in [&meta.commit, &meta.branch, &meta.url, &meta.dist_mode].into_iter().flatten() {
        found(text);
    }
    for (name, value) in &meta.environment {
        found(name);
        found(value);
    }
    for name in run.groups.iter().map(|group| group.name).chain(run.workers.iter().map(|worker| worker.name)) {
        found(run.strings.get(name));
    }
    for job in &run.jobs {
        found(run.strings.get(job.name));
        for step in &job.steps {
            found(run.strings.get(step.name));
        }
    }
    measures::strings(run, found);
    for test in run.tests.ids() {
        if let Some(file) = run.tests.file(test) {
            found(run.strings.get(file));
        }
        found(run.strings.get(run.tests.markers(test)));
    }
}

/// Strings by number, after reading.
pub(crate) struct Texts {
    bytes: String,
    /// End of string i; its start is the end of the one before.
    ends: Vec<usize>,
}

impl Texts {
    /// `most` is what all of them may take: what they share would multiply without end otherwise.
    pub(crate) fn read(from: &mut Reader<'_>, most: usize) -> Result<Self, PackError> {
        let (mut shared, mut lengths, mut rest) = (from.column()?, from.column()?, from.raw()?);
        let mut bytes: Vec<u8> = Vec::new();
        let mut ends = vec![0];
        let mut before = 0..0;
        for _ in 0..shared.left() {
            let (common, length) = (shared.index()?, lengths.index()?);
            let (own, later) = rest.split_at_checked(length).ok_or(PackError::Damaged)?;
            rest = later;
            if common > before.len() {
                return Err(PackError::Damaged);
            }
            let start = bytes.len();
            if start + common + length > most {
                return Err(PackError::TooLarge);
            }
            bytes.extend_from_within(before.start..before.start + common);
            bytes.extend_from_slice(own);
            std::str::from_utf8(bytes.get(start..).unwrap_or_default()).map_err(|_| PackError::Damaged)?;
            before = start..bytes.len();
            ends.push(bytes.len());
        }
        let bytes = String::from_utf8(bytes).map_err(|_| PackError::Damaged)?;
        if rest.is_empty() { Ok(Self { bytes, ends }) } else { Err(PackError::Damaged) }
    }

    pub(crate) fn get(&self, number: u64) -> Result<&str, PackError> {
        let at = usize::try_from(number).map_err(|_| PackError::Damaged)?;
        let end = *self.ends.get(at).ok_or(PackError::Damaged)?;
        let start = at.checked_sub(1).and_then(|at| self.ends.get(at)).copied().unwrap_or(0);
        self.bytes.get(start..end).ok_or(PackError::Damaged)
    }
}

//! What joining needs to know of a source, found out when it is asked for.

use std::cell::{OnceCell, RefCell};
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;

use foldhash::fast::FixedState;
use lanescope_model::order::{Keyed, by_keys, numbers};
use lanescope_model::{Run, TestId};

use super::facets::{Facets, facets};
use crate::{Format, Grouping, Shard, Source, label, nodeid};

/// Folders before the path of a test that may be those of another place: more than anybody has.
const MOST_FOLDERS: usize = 64;

pub(super) fn hash(text: &str) -> u64 {
    FixedState::with_seed(3).hash_one(text)
}

/// A test by the names that every format has: class name and name.
pub(super) fn key(id: &str) -> i64 {
    let mut h = FixedState::with_seed(1).build_hasher();
    let (class, name) = nodeid::mangle(id);
    if class.is_empty() {
        // A whole module: its file name in one format, its dotted name in another.
        h.write(nodeid::mangle_path(name).as_bytes());
    } else {
        h.write(class.as_bytes());
        h.write_u8(0);
        h.write(name.as_bytes());
    }
    h.finish().cast_signed()
}

/// The same for a test of a run with groups, in which equal names are different tests.
pub(super) fn test_key(run: &Run, test: TestId, id: &str) -> i64 {
    let Some(group) = run.tests.group(test) else { return key(id) };
    let mut h = FixedState::with_seed(2).build_hasher();
    h.write_u64(key(id).cast_unsigned());
    h.write(run.group_name(group).as_bytes());
    h.finish().cast_signed()
}

/// A test by its path's last folders only, for sources that write paths from different folders.
pub(super) struct Facts<'a> {
    pub(super) source: &'a Source,
    pub(super) run: &'a Run,
    /// First start and last stop of its tests.
    pub(super) window: Option<(i64, i64)>,
    /// Of the words in its name, its folder and its name: hashes, since each file is compared with each.
    pub(super) words: Vec<u64>,
    pub(super) folder: u64,
    pub(super) stem: u64,
    /// Of its path without the shard, the job and the attempt.
    pub(super) key: u64,
    /// Of the job that its path names.
    pub(super) group: u64,
    /// What its path says.
    pub(super) facets: Facets,
    /// Which shard it is, by itself or by its path.
    pub(super) shard: Option<Shard>,
    keys: OnceCell<Vec<i64>>,
    paths: OnceCell<Paths>,
    /// The tests by their keys, without the folder that they were asked for last.
    without: RefCell<Option<Rc<Without>>>,
}

/// The tests of a source by their keys, without a folder before their paths.
pub(super) struct Without {
    folder: String,
    /// Sorted.
    pub(super) keys: Vec<i64>,
    /// In the order of the keys.
    pub(super) tests: Vec<TestId>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(source: &'a Source, grouping: &Grouping) -> Self {
        let facets = facets(&source.path, grouping);
        Self {
            shard: source.shard.or(facets.shard),
            key: hash(&facets.key),
            group: hash(&facets.group),
            facets,
            source,
            run: &source.run,
            window: source.run.window_us(),
            words: label::words(&source.path).iter().map(|word| hash(word)).collect(),
            folder: hash(label::folder(&source.path)),
            stem: hash(label::stem(&source.path)),
            keys: OnceCell::new(),
            paths: OnceCell::new(),
            without: RefCell::default(),
        }
    }

    /// How much a source is to be believed: the lower, the more.
    pub(super) fn rank(&self) -> u8 {
        match self.source.format {
            // The blob has the events themselves, the JSON report what became of them.
            Format::PytestReportlog | Format::PlaywrightBlob => 0,
            Format::PlaywrightJson => 1,
            Format::XdistConsole if self.window.is_some() => 1,
            Format::XdistConsole => 2,
            Format::More(_) if self.window.is_some() => 1,
            Format::JunitXml | Format::More(_) => 3,
            _ => 4,
        }
    }

    /// Keys of all tests, sorted.
    pub(super) fn keys(&self) -> &[i64] {
        self.keys.get_or_init(|| {
            let mut keys: Vec<i64> = self.run.tests.ids().map(|t| test_key(self.run, t, self.run.test_id(t))).collect();
            numbers(&mut keys);
            keys
        })
    }

    /// What its tests are without the folders before their paths.
    pub(super) fn paths(&self) -> (&Run, &Paths) {
        (self.run, self.paths.get_or_init(|| Paths::of(self.run)))
    }

    /// The tests by their keys, where a folder is taken off before their paths. It is mostly the one of the time before.
    pub(super) fn without(&self, folder: &str) -> Rc<Without> {
        if let Some(known) = self.without.borrow().as_ref().filter(|known| known.folder == folder) {
            return Rc::clone(known);
        }
        let key = |t: TestId| {
            let id = self.run.test_id(t);
            (test_key(self.run, t, id.strip_prefix(folder).unwrap_or(id)), 0, t.0, 0)
        };
        let mut keyed: Vec<Keyed> = self.run.tests.ids().map(key).collect();
        by_keys(&mut keyed);
        let keys = keyed.iter().map(|k| k.0).collect();
        let tests = keyed.iter().map(|k| TestId(k.2)).collect();
        let made = Rc::new(Without { folder: folder.to_owned(), keys, tests });
        *self.without.borrow_mut() = Some(Rc::clone(&made));
        made
    }

    /// When the session began and ended, as far as it is known.
    pub(super) fn session(&self) -> Option<(i64, i64)> {
        let session = self.run.meta.session;
        Some((session.start_us?, session.start_us?.checked_add(session.length_us?)?))
    }

    pub(super) fn length(&self) -> Option<i64> {
        self.run.meta.session.length_us
    }
}

/// How many of two sorted lists' elements are in both.
pub(super) fn overlap(a: &[i64], b: &[i64]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                n += 1;
                i += 1;
                j += 1;
            }
        }
    }
    n
}

/// A folder that stands before the paths of one of two sources and not of the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prefix {
    /// What the ids of the first have before those of the second.
    pub(super) first: String,
    /// The other way round.
    pub(super) second: String,
}

impl Prefix {
    /// The id of the second source in the words of the first, as far as only the second has folders.
    pub(super) fn second_id<'i>(&self, id: &'i str) -> &'i str {
        id.strip_prefix(self.second.as_str()).unwrap_or(id)
    }
}

/// What the names of a run's tests are without the folders before their paths. Found out once: each file of a folder is
/// compared with each.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Of all tests, sorted.
    keys: Vec<i64>,
    /// Of the first tests, without as many of the folders: test, and the byte where the rest starts.
    shorter: Vec<(i64, TestId, usize)>,
}

impl Paths {
    pub(super) fn of(run: &Run) -> Self {
        let mut keys: Vec<i64> = run.tests.ids().map(|t| key(run.test_id(t))).collect();
        numbers(&mut keys);
        let mut shorter = Vec::new();
        // A few tests are enough to see it; the first ones may be only in one of them.
        for test in run.tests.ids().take(20) {
            let id = run.test_id(test);
            let rests = nodeid::path(id).match_indices('/').map(|(slash, _)| slash + 1);
            shorter.extend(rests.take(MOST_FOLDERS).map(|at| (key(id.get(at..).unwrap_or("")), test, at)));
        }
        Self { keys, shorter }
    }
}

/// Finds out by which folder the paths of two runs differ: pytest's console shows paths from where it was
/// started, its files from the root of the session.
pub(super) fn prefix(a: (&Run, &Paths), b: (&Run, &Paths)) -> Option<Prefix> {
    Some(match one_sided(a, b.1) {
        Some(first) => Prefix { first, second: String::new() },
        None => Prefix { first: String::new(), second: one_sided(b, a.1)? },
    })
}

/// The folder before the ids of `long` that those of `short` do not have.
fn one_sided((run, long): (&Run, &Paths), short: &Paths) -> Option<String> {
    let (_, test, at) = long.shorter.iter().find(|(key, ..)| short.keys.binary_search(key).is_ok())?;
    run.test_id(*test).get(..*at).map(str::to_owned)
}

//! What is said of a run as a whole: an object of JSON with commit, branch, start and whatever else, as scripts write
//! it beside a report (`run.json`).
//!
//! | key | becomes |
//! | --- | --- |
//! | `commit`, `commit_sha`, `sha`, `head_sha`, `revision` | commit |
//! | `branch`, `head_branch`, `git_branch`, `ref_name` | branch |
//! | `started_at`, `run_started_at`, `startedAt`, `timestamp` | start of the session |
//! | `html_url`, `url`, `build_url`, `run_url` | address |
//! | `dist` | distribution mode |
//! | other texts and numbers, also those in `environment` | environment |

use lanescope_model::{Place, RunBuilder, RunMeta};

use super::{Parsed, Parser, Session};
use crate::input::Input;
use crate::json::Cursor;
use crate::notes::Notes;

/// An object about one run is small.
const MAX_BYTES: usize = 1 << 20;
/// More than this is no description of where a run took place.
const MAX_NAMES: usize = 64;

const COMMIT: [&str; 5] = ["commit", "commit_sha", "sha", "head_sha", "revision"];
const BRANCH: [&str; 4] = ["branch", "head_branch", "git_branch", "ref_name"];
const START: [&str; 4] = ["started_at", "run_started_at", "startedAt", "timestamp"];
const URL: [&str; 4] = ["html_url", "url", "build_url", "run_url"];

/// Whether an object with these keys says of a run which commit it was of, and where or when it ran.
pub(crate) fn is_metadata(keys: &[&str]) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| keys.contains(name));
    has(&COMMIT) && (has(&BRANCH) || has(&START))
}

/// Takes what a name says into what is known of a run, if it is the commit, the branch or the address; what is known
/// already stays. `false` for any other name.
pub(crate) fn take(meta: &mut RunMeta, name: &str, value: &str) -> bool {
    let slot = if COMMIT.contains(&name) {
        &mut meta.commit
    } else if BRANCH.contains(&name) {
        &mut meta.branch
    } else if URL.contains(&name) {
        &mut meta.url
    } else {
        return false;
    };
    let value = value.trim();
    if slot.is_none() && !value.is_empty() && value.len() <= 2000 {
        *slot = Some(value.to_owned());
    }
    true
}

/// Properties of a suite that say where it ran, and may be why a test fails. Others may be different every time.
const PLACES: [&str; 12] = [
    "os",
    "os.name",
    "os.arch",
    "platform",
    "java.version",
    "python",
    "python_version",
    "node",
    "browser",
    "region",
    "runner",
    "image",
];

/// Takes a property of a suite into what is known of the run, if it is such a thing.
pub(crate) fn take_property(meta: &mut RunMeta, name: &str, value: &str) {
    if !take(meta, name, value) && PLACES.contains(&name) {
        value_of(meta, &mut false, name, value);
    }
}

pub(crate) struct RunMetadata {
    input: Input,
    notes: Notes,
}

impl RunMetadata {
    pub(crate) fn new(input: Input, notes: Notes) -> Self {
        Self { input, notes }
    }
}

impl Parser for RunMetadata {
    fn step(&mut self, bytes: usize) -> bool {
        let wanted = self.input.unused().len().saturating_add(bytes);
        self.input.look_ahead(wanted.min(MAX_BYTES));
        self.input.at_end() || self.input.unused().len() >= MAX_BYTES
    }

    fn tests(&self) -> usize {
        0
    }

    fn finish(self: Box<Self>) -> Parsed {
        let content = String::from_utf8_lossy(self.input.unused());
        let mut run = RunBuilder::new();
        let mut naive_clock = false;
        let mut c = Cursor::new(&content);
        if object(&mut c, &mut run.meta, &mut naive_clock, 0).is_none() {
            let text = "the object ends too early or is no valid JSON; what stands before is used";
            self.notes.warn_at(Place::Byte(content.len() as u64), text);
        }
        let session = Session { run: run.finish(), name: None, naive_clock, shard: None };
        Parsed { dialect: None, sessions: vec![session], other: None }
    }
}

fn object(c: &mut Cursor<'_>, meta: &mut RunMeta, naive: &mut bool, depth: u32) -> Option<()> {
    c.members(&mut |c, key| {
        match c.peek()? {
            b'{' if depth == 0 && matches!(key, "environment" | "env") => return object(c, meta, naive, 1),
            b'{' | b'[' => return c.skip(),
            b'"' => {
                let value = c.string()?;
                value_of(meta, naive, key, &value);
            }
            _ => {
                let raw = c.raw()?;
                if raw != "null" {
                    value_of(meta, naive, key, raw);
                }
            }
        }
        Some(())
    })
}

fn value_of(meta: &mut RunMeta, naive: &mut bool, key: &str, value: &str) {
    if take(meta, key, value) || value.is_empty() {
        return;
    }
    if START.contains(&key) {
        if let (None, Some(point)) = (meta.session.start_us, crate::time::point(value)) {
            meta.session.start_us = Some(point.us);
            *naive = !point.zoned;
        }
        return;
    }
    if key == "dist" {
        meta.dist_mode = Some(value.to_owned());
        return;
    }
    let is_new = meta.environment.iter().all(|(name, _)| name != key);
    if is_new && meta.environment.len() < MAX_NAMES && key.len() <= 100 && value.len() <= 200 {
        meta.environment.push((key.to_owned(), value.to_owned()));
    }
}

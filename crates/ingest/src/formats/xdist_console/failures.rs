//! The blocks of the FAILURES and ERRORS sections, and which test each belongs to.

use hashbrown::HashMap;
use lanescope_model::{AttemptId, Outcome, RunBuilder, TestId, TextKind};

use crate::formats::pytest_reportlog::summary_line;

/// A block longer than this is clipped.
const MAX_BLOCK: usize = 1 << 20;

struct Block {
    title: String,
    /// With colours, if the log has them.
    text: String,
    plain: String,
}

/// Blocks and short messages, collected until the tests are all known.
#[derive(Default)]
pub(super) struct Failures {
    blocks: Vec<Block>,
    open: Option<Block>,
    short: Vec<(String, String)>,
    known: HashMap<String, (), foldhash::fast::FixedState>,
}

impl Failures {
    pub(super) fn open(&mut self, title: &str) {
        self.open = Some(Block { title: title.to_owned(), text: String::new(), plain: String::new() });
    }

    pub(super) fn push(&mut self, coloured: &str, plain: &str) {
        if let Some(block) = self.open.as_mut().filter(|b| b.text.len() < MAX_BLOCK) {
            block.text.push_str(coloured);
            block.text.push('\n');
            block.plain.push_str(plain);
            block.plain.push('\n');
        }
    }

    pub(super) fn close(&mut self) {
        if let Some(block) = self.open.take() {
            self.blocks.push(block);
        }
    }

    pub(super) fn short(&mut self, id: &str, message: &str) {
        self.short.push((id.to_owned(), message.to_owned()));
    }

    /// Whether a test of this id has run.
    pub(super) fn is_known(&mut self, run: &RunBuilder, id: &str) -> bool {
        if self.known.len() != run.test_count() {
            self.known = (0..run.test_count() as u32).map(|t| (run.test_id(TestId(t)).to_owned(), ())).collect();
        }
        self.known.contains_key(id)
    }

    /// Gives the blocks to the attempts that they tell of.
    ///
    /// A title names class and function, not the file; blocks stand in the order of the failures, so of
    /// several failures of one name each block goes to the first that has none yet.
    pub(super) fn give_to(self, run: &mut RunBuilder) {
        let mut failed: HashMap<String, Vec<AttemptId>, foldhash::fast::FixedState> = HashMap::default();
        let mut by_id: HashMap<String, AttemptId, foldhash::fast::FixedState> = HashMap::default();
        for i in 0..run.attempt_count() as u32 {
            let attempt = AttemptId(i);
            let row = run.attempt_row(attempt);
            if matches!(row.outcome, Outcome::Failed | Outcome::Error) {
                let id = run.test_id(row.test).to_owned();
                failed.entry(title_of(&id)).or_default().push(attempt);
                // The last attempt of a test is the one that is reported.
                by_id.insert(id, attempt);
            }
        }
        let is_last = |run: &RunBuilder, a: AttemptId| by_id.get(run.test_id(run.attempt_row(a).test)) == Some(&a);
        let mut used: HashMap<(String, bool), usize, foldhash::fast::FixedState> = HashMap::default();
        for block in self.blocks {
            if let Some(attempt) = crashed_test(&block.plain).and_then(|id| by_id.get(id)).copied() {
                run.set_text(attempt, TextKind::Message, body(&block.plain).trim());
                continue;
            }
            let (name, teardown) = name_of(&block.title);
            let Some(candidates) = failed.get(&name) else { continue };
            let lasts: Vec<AttemptId> = candidates.iter().copied().filter(|&a| is_last(run, a)).collect();
            let nth = used.entry((name, teardown)).or_default();
            let by_path = lasts.iter().copied().find(|&a| {
                let row = run.attempt_row(a);
                let path = crate::nodeid::path(run.test_id(row.test));
                lasts.len() > 1 && run.text(a, TextKind::Trace).is_empty() && names_path(&block.plain, path)
            });
            let Some(attempt) = by_path.or_else(|| lasts.get(*nth).copied()).or_else(|| lasts.last().copied()) else {
                continue;
            };
            *nth += 1;
            if run.text(attempt, TextKind::Message).is_empty() {
                let message = body(&block.plain);
                run.set_text(attempt, TextKind::Message, summary_line(message));
            }
            run.add_text(attempt, TextKind::Trace, block.text.trim_matches('\n'));
        }
        for (id, message) in self.short {
            if let Some(&attempt) = by_id.get(&id)
                && run.text(attempt, TextKind::Message).is_empty()
            {
                run.set_text(attempt, TextKind::Message, &message);
            }
        }
    }
}

/// The block without the line that names the worker.
fn body(plain: &str) -> &str {
    match plain.split_once('\n') {
        Some((first, rest)) if first.starts_with('[') && first.contains(" -- Python") => rest,
        _ => plain,
    }
}

/// The test that a worker was running when it died; the block's title names its file only.
fn crashed_test(block: &str) -> Option<&str> {
    let (_, after) = block.split_once("' crashed while running '")?;
    after.split_once('\'').map(|(id, _)| id)
}

/// Whether a line of the block is a place in this file.
fn names_path(block: &str, path: &str) -> bool {
    block.lines().any(|line| line.strip_prefix(path).is_some_and(|rest| rest.starts_with(':')))
}

/// The title that pytest prints for a test.
fn title_of(id: &str) -> String {
    match id.split_once("::") {
        Some((_, rest)) => {
            let at = crate::nodeid::name_at(id) - (id.len() - rest.len());
            let (classes, name) = rest.split_at_checked(at).unwrap_or(("", rest));
            format!("{}{name}", classes.replace("::", "."))
        }
        None => id.to_owned(),
    }
}

/// The test's name in a title, and whether the block tells of its teardown.
fn name_of(title: &str) -> (String, bool) {
    for (prefix, teardown) in
        [("ERROR at setup of ", false), ("ERROR at teardown of ", true), ("ERROR collecting ", false)]
    {
        if let Some(name) = title.strip_prefix(prefix) {
            return (name.to_owned(), teardown);
        }
    }
    (title.to_owned(), false)
}

//! The blocks of the FAILURES and ERRORS sections, and which test each belongs to.

use lanescope_model::{AttemptId, Named, Outcome, RunBuilder, TestId, TextKind};

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
    known: Named<()>,
    /// How many tests are in `known`.
    looked_at: u32,
}

/// The tests that have one title and failed.
#[derive(Default)]
struct Failed {
    /// The last attempt of each.
    lasts: Vec<AttemptId>,
    /// How many of them were given a block, of the test and of its teardown.
    given: [usize; 2],
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
        let tests = run.test_count() as u32;
        (self.looked_at..tests).for_each(|test| self.known.change(run.test_id(TestId(test)), |()| {}));
        self.looked_at = tests;
        self.known.get(id).is_some()
    }

    /// Gives the blocks to the attempts that they tell of.
    ///
    /// A title names class and function, not the file; blocks stand in the order of the failures, so of
    /// several failures of one name each block goes to the one whose file it names, else to the first that has none yet.
    pub(super) fn give_to(self, run: &mut RunBuilder) {
        let is_bad = |&a: &AttemptId| matches!(run.attempt_row(a).outcome, Outcome::Failed | Outcome::Error);
        let bad = || (0..run.attempt_count() as u32).map(AttemptId).filter(is_bad);
        let id_of = |run: &RunBuilder, a: AttemptId| run.test_id(run.attempt_row(a).test).to_owned();
        // The last attempt of a test is the one that is reported.
        let mut by_id = Named::<Option<AttemptId>>::default();
        bad().for_each(|attempt| by_id.change(&id_of(run, attempt), |last| *last = Some(attempt)));
        let last = |id: &str| by_id.get(id).copied().flatten();
        let mut failed = Named::<Failed>::default();
        let mut by_place = Named::<Option<AttemptId>>::default();
        for attempt in bad() {
            let id = id_of(run, attempt);
            if last(&id) == Some(attempt) {
                let title = title_of(&id);
                by_place.change(&place(crate::nodeid::path(&id), &title), |known| *known = known.or(Some(attempt)));
                failed.change(&title, |failed| failed.lasts.push(attempt));
            }
        }
        for block in self.blocks {
            if let Some(attempt) = crashed_test(&block.plain).and_then(last) {
                run.set_text(attempt, TextKind::Message, body(&block.plain).trim());
                continue;
            }
            let (name, teardown) = name_of(&block.title);
            let Some(Failed { lasts, given: [of_test, of_teardown] }) = failed.get_mut(name) else { continue };
            let nth = if teardown { of_teardown } else { of_test };
            let mut paths = block.plain.lines().filter_map(|line| line.split_once(':')).map(|(path, _)| path);
            let by_path = paths.find_map(|path| {
                let named = by_place.get(&place(path, name)).copied().flatten();
                named.filter(|&a| lasts.len() > 1 && run.text(a, TextKind::Trace).is_empty())
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
            if let Some(attempt) = last(&id)
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

/// One name for a title and the file that the test stands in.
fn place(path: &str, title: &str) -> String {
    format!("{path}\n{title}")
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
fn name_of(title: &str) -> (&str, bool) {
    for (prefix, teardown) in
        [("ERROR at setup of ", false), ("ERROR at teardown of ", true), ("ERROR collecting ", false)]
    {
        if let Some(name) = title.strip_prefix(prefix) {
            return (name, teardown);
        }
    }
    (title, false)
}

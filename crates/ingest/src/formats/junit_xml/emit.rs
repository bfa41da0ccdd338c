//! From testcase elements to tests and attempts.

use std::sync::LazyLock;

use lanescope_model::{AttemptId, AttemptRow, Outcome, RunBuilder, TestId, TextKind};
use memchr::memmem::Finder;

use super::case::{Case, Found, Kind};
use super::dialect::Dialect;
use super::suite::Suites;
use super::text::{Captured, captured, pytest_escapes, trim_lines};
use crate::formats::has_room_for_numbered;
use crate::formats::own::Own;
use crate::inherited::Inherited;
use crate::nodeid;
use crate::notes::Notes;

/// What the message of a test says whose worker died.
static CRASH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b" crashed while running "));

/// What the node ids of a class begin with: its tests mostly stand one after the other.
#[derive(Default)]
struct Module {
    /// [`Case::classes`] of the class.
    class: u64,
    file: String,
    /// With the separator before a test's name.
    start: String,
    /// Bytes of it that are the path of the file.
    path_len: usize,
}

impl Module {
    fn is_of(&self, case: &Case) -> bool {
        // Mostly neither has a file. Comparing nothing with nothing costs more than all the rest here: the C library
        // reads behind the pointer of an empty string, where no memory is, and the processor has to mend that.
        self.class == case.classes
            && self.file.is_empty() == case.file.is_empty()
            && (self.file.is_empty() || self.file == case.file)
    }
}

/// Makes tests and attempts of testcases.
pub(crate) struct Emit {
    pub(crate) run: RunBuilder,
    notes: Notes,
    id: String,
    inherited: Inherited,
    module: Module,
    /// By test: which suite it came from, and its last attempt so far.
    known: Vec<(u64, AttemptId)>,
    /// Tests of pytest that stand there more than once.
    repeated: u64,
    starts: u64,
    first_start_us: Option<i64>,
    starts_differ: bool,
    naive_starts: bool,
    total_us: i64,
    unnamed: u64,
    nameless_crashes: u64,
    worker_crash: bool,
    /// The file was written by Lanescope.
    own: Option<Own>,
}

impl Emit {
    pub(crate) fn new(notes: Notes) -> Self {
        Self {
            run: RunBuilder::new(),
            notes,
            id: String::new(),
            inherited: Inherited::default(),
            module: Module::default(),
            known: Vec::new(),
            repeated: 0,
            starts: 0,
            first_start_us: None,
            starts_differ: false,
            naive_starts: false,
            total_us: 0,
            unnamed: 0,
            nameless_crashes: 0,
            worker_crash: false,
            own: None,
        }
    }

    pub(crate) fn tests(&self) -> usize {
        self.run.test_count()
    }

    /// What Lanescope wrote of the run.
    pub(crate) fn own_fact(&mut self, name: &str, value: &str) {
        self.own.get_or_insert_default().fact(&mut self.run, name, value);
    }

    /// A test that Lanescope wrote; whether it is one.
    fn own_case(&mut self, case: &Case) -> bool {
        let (Some(own), Some(text)) = (&self.own, &case.own) else { return false };
        let Some((test, attempts)) = own.test(&mut self.run, &case.class, &case.name, text) else { return false };
        self.run.test_place(test, &case.file, case.line);
        self.run.test_markers(test, &case.markers);
        let is_earlier = |f: &&Found| {
            matches!(f.kind, Kind::RerunFailure | Kind::RerunError | Kind::FlakyFailure | Kind::FlakyError)
        };
        let Some((&last, earlier)) = attempts.split_last() else { return true };
        for (&attempt, found) in earlier.iter().zip(case.found().iter().filter(is_earlier)) {
            self.results(attempt, std::iter::once(found));
        }
        self.results(last, case.found().iter().filter(|f| !is_earlier(f)));
        self.run.add_text(last, TextKind::Stdout, &case.out);
        self.run.add_text(last, TextKind::Stderr, &case.err);
        true
    }

    pub(crate) fn case(&mut self, case: &mut Case, suites: &mut Suites) {
        if self.own_case(case) {
            return;
        }
        if suites.dialect == Dialect::General && case.found().iter().any(|f| f.kind_word.starts_with("pytest.")) {
            suites.dialect = Dialect::Pytest;
        }
        if suites.dialect == Dialect::Pytest && case.name.is_empty() && case.class.is_empty() {
            // What pytest-rerunfailures leaves of an attempt in which the worker crashed.
            self.nameless_crashes += 1;
            return;
        }
        if case.name.is_empty() {
            self.unnamed += 1;
            if !has_room_for_numbered(self.unnamed - 1, &self.notes) {
                return;
            }
            case.name = format!("(no name, testcase {})", suites.case_index());
        }
        if suites.dialect == Dialect::Pytest {
            self.pytest(case);
        } else {
            self.general(case, suites);
        }
    }

    // Identity.

    /// The test of the id in `self.id`, and its last attempt if it was there before.
    fn test(&mut self, group: Option<&str>, name_at: usize, suite: u64) -> (TestId, Option<AttemptId>) {
        let group = group.map(|g| self.run.group(g));
        let test = self.run.test(group, &self.id, name_at);
        match self.known.get(test.index()) {
            Some(&(_, last)) => (test, Some(last)),
            None => {
                self.known.push((suite, AttemptId::NONE));
                (test, None)
            }
        }
    }

    fn general(&mut self, case: &Case, suites: &Suites) {
        let suite = suites.innermost();
        let suite_name = suite.map_or("", |s| s.name.as_str());
        let group = (suites.dialect == Dialect::Playwright)
            .then(|| suite.map(|s| s.host.as_str()).filter(|h| !h.is_empty()))
            .flatten();
        // Some tools repeat the name as the class name; the suite says more then.
        let class = if case.class.is_empty() || case.class == case.name { suite_name } else { &case.class };
        // The words of the tool's other reports, so that its tests have one identity.
        let separator = if suites.dialect == Dialect::Playwright { " › " } else { "::" };
        self.id.clear();
        if !class.is_empty() {
            self.id.push_str(self.inherited.of(class, &self.notes));
            self.id.push_str(separator);
        }
        let mut name_at = self.id.len();
        self.id.push_str(&case.name);
        let key = suites.key();
        let other_suite =
            |known: &[(u64, AttemptId)], test: TestId| known.get(test.index()).is_some_and(|k| k.0 != key);
        let (mut test, mut last) = self.test(group, name_at, key);
        if last.is_some() && other_suite(&self.known, test) {
            // The same names in another suite are another test: what tells the suites apart goes before them.
            let names = suites.names();
            let places = suites.path("");
            for prefix in [suite_name, &names, places.trim_end_matches('/')] {
                if last.is_none() || !other_suite(&self.known, test) {
                    break;
                }
                if prefix.is_empty() || prefix == class {
                    continue;
                }
                self.id.clear();
                for part in [prefix, if class == suite_name { "" } else { class }] {
                    if !part.is_empty() {
                        self.id.push_str(self.inherited.of(part, &self.notes));
                        self.id.push_str(separator);
                    }
                }
                name_at = self.id.len();
                self.id.push_str(&case.name);
                (test, last) = self.test(group, name_at, key);
            }
        }
        if last.is_none() && !case.file.is_empty() {
            self.run.test_place(test, &case.file, case.line);
        }
        self.attempts(test, case, suites);
    }

    // Attempts.

    fn row(
        &mut self,
        test: TestId,
        outcome: Outcome,
        us: Option<i64>,
        start: Option<crate::time::Point>,
    ) -> AttemptRow {
        let start_us = start.map(|p| p.us);
        if let Some(p) = start {
            self.starts += 1;
            self.naive_starts |= !p.zoned;
            self.starts_differ |= self.first_start_us.is_some_and(|first| first != p.us);
            self.first_start_us.get_or_insert(p.us);
        }
        let stop_us = start_us.zip(us).and_then(|(a, b)| a.checked_add(b));
        self.total_us = self.total_us.saturating_add(us.unwrap_or(0));
        AttemptRow { start_us, stop_us, total_us: us, outcome, ..AttemptRow::new(test) }
    }

    fn push(&mut self, row: AttemptRow) -> AttemptId {
        let id = self.run.attempt(row);
        if let Some(known) = self.known.get_mut(row.test.index()) {
            known.1 = id;
        }
        id
    }

    fn attempts(&mut self, test: TestId, case: &Case, suites: &Suites) {
        let outcome = outcome(case);
        let worker = case.worker.as_deref().or(suites.worker()).map(|name| self.run.worker(name));
        let is_rerun = |f: &&Found| matches!(f.kind, Kind::RerunFailure | Kind::RerunError);
        let is_flaky = |f: &&Found| matches!(f.kind, Kind::FlakyFailure | Kind::FlakyError);
        // A rerun follows the failure that the testcase shows; where it shows none, it came before.
        let reruns_follow = outcome.is_bad();
        let before = case.found().iter().filter(|f| is_flaky(f) || (is_rerun(f) && !reruns_follow));
        let after = case.found().iter().filter(|f| is_rerun(f) && reruns_follow);
        for found in before {
            self.extra(test, found, worker);
        }
        let row = self.row(test, outcome, case.us, case.start);
        let id = self.push(AttemptRow { worker, ..row });
        self.results(id, case.found().iter().filter(|f| !is_rerun(f) && !is_flaky(f)));
        self.run.add_text(id, TextKind::Stdout, &case.out);
        self.run.add_text(id, TextKind::Stderr, &case.err);
        for found in after {
            self.extra(test, found, worker);
        }
    }

    fn extra(&mut self, test: TestId, found: &Found, worker: Option<lanescope_model::WorkerId>) {
        let outcome = match found.kind {
            Kind::FlakyError | Kind::RerunError => Outcome::Error,
            _ => Outcome::Failed,
        };
        let row = self.row(test, outcome, found.us, found.start);
        let id = self.push(AttemptRow { worker, ..row });
        self.results(id, std::iter::once(found));
    }

    /// Message and trace from what was found.
    fn results<'a>(&mut self, id: AttemptId, found: impl Iterator<Item = &'a Found>) {
        for f in found {
            let text = trim_lines(&f.text);
            let message = if f.message.is_empty() {
                text.lines().find(|l| !l.trim().is_empty()).unwrap_or("")
            } else {
                &f.message
            };
            if self.run.text(id, TextKind::Message).is_empty() {
                self.run.set_text(id, TextKind::Message, &pytest_escapes(message));
            }
            // The text of a skip is its reason, or where it was skipped: no trace.
            if text != message && f.kind != Kind::Skipped {
                self.run.add_text(id, TextKind::Trace, &pytest_escapes(text));
            }
        }
    }

    // pytest.

    fn pytest(&mut self, case: &Case) {
        let mut id = std::mem::take(&mut self.id);
        let file = Some(case.file.as_str()).filter(|f| !f.is_empty());
        let (name_at, path_len) = if case.class.is_empty() {
            // A module that could not be collected or was skipped as a whole.
            id = file.map_or_else(|| nodeid::unmangle_module(&case.name), str::to_owned);
            (0, nodeid::path(&id).len())
        } else if self.module.is_of(case) {
            id.clone_from(&self.module.start);
            id.push_str(&case.name);
            (self.module.start.len(), self.module.path_len)
        } else {
            let name_at = nodeid::unmangle(file, &case.class, &case.name, &mut id);
            let Module { class, file, start, path_len } = &mut self.module;
            *class = case.classes;
            file.clone_from(&case.file);
            start.clear();
            start.push_str(id.get(..name_at).unwrap_or(""));
            *path_len = nodeid::path(&id).len();
            (name_at, *path_len)
        };
        self.id = id;
        let (test, last) = self.test(None, name_at, 0);
        if last.is_none() {
            let path = file.or(self.id.get(..path_len)).unwrap_or("");
            self.run.test_place(test, path, case.line.and_then(|l| l.checked_add(1)));
        }
        let outcome = pytest_outcome(case);
        let teardown =
            case.found().iter().any(|f| f.kind == Kind::Error && f.message.starts_with("failed on teardown"));
        if let Some(last) = last {
            let known = self.run.attempt_row(last);
            if teardown && known.outcome == Outcome::Failed {
                // The call failed, then the teardown: pytest writes two testcases for the one execution.
                self.pytest_texts(last, case);
                return;
            }
            // Whatever ran before was run again, so it did not pass; the format does not say how it failed.
            self.repeated += 1;
            if known.outcome == Outcome::Passed {
                self.run.set_attempt(last, AttemptRow { outcome: Outcome::Unknown, ..known });
            }
        }
        let worker = case.worker.as_deref().map(|name| self.run.worker(name));
        let row = self.row(test, outcome, case.us, case.start);
        let attempt = self.push(AttemptRow { worker, ..row });
        self.pytest_texts(attempt, case);
    }

    fn pytest_texts(&mut self, id: AttemptId, case: &Case) {
        self.worker_crash |= case.found().iter().any(|f| CRASH.find(f.message.as_bytes()).is_some());
        self.results(id, case.found().iter());
        for (text, default) in [(&case.out, TextKind::Stdout), (&case.err, TextKind::Stderr)] {
            if text.is_empty() {
                continue;
            }
            captured(text, &mut |kind, part| {
                let kind = match kind {
                    Some(Captured::Out) => TextKind::Stdout,
                    Some(Captured::Err) => TextKind::Stderr,
                    Some(Captured::Log) => TextKind::Log,
                    None => default,
                };
                self.run.add_text(id, kind, &pytest_escapes(part));
            });
        }
    }

    /// A failure of a whole suite: a test of its own, so that it is not overlooked.
    pub(crate) fn suite_trouble(&mut self, message: &str, suites: &mut Suites) {
        let name = suites.innermost().map_or("", |s| s.name.as_str());
        let text = message.lines().next().unwrap_or("");
        self.notes.warn(format!("the suite \u{201c}{name}\u{201d} itself failed: {text}"));
    }

    // The whole document.

    /// Says what is missing and fills in what the document says of the session.
    pub(crate) fn close(&mut self, suites: &Suites) {
        if self.own.is_some() {
            return;
        }
        let meta = &mut self.run.meta;
        meta.session.start_us = suites.start().map(|p| p.us);
        meta.session.length_us = suites.length_us();
        if self.run.test_count() == 0 && !self.notes.has_error() {
            match suites.announced.filter(|&n| n > 0) {
                Some(n) => self.notes.warn(format!("no tests in this file, although its head announces {n}")),
                None => self.notes.warn("no tests in this file"),
            }
        }
        if self.unnamed > 0 {
            self.notes.warn(format!("{} testcases have no name; they are numbered instead", self.unnamed));
        }
        if self.nameless_crashes > 0 {
            self.notes.warn(format!(
                "{} testcases have neither name nor result (attempts in which a worker crashed); they are left out",
                self.nameless_crashes
            ));
        }
        if suites.naive || self.naive_starts {
            self.notes.info("points in time have no zone in this file; they are read as UTC");
        }
        if self.repeated > 0 {
            self.notes.info(format!(
                "{} testcases stand for earlier executions of tests that were run again; pytest does not write how those ended",
                self.repeated
            ));
        }
        if self.worker_crash {
            self.notes.warn("a worker crashed; the test that it was running counts as an error");
        }
        if suites.dialect == Dialect::Pytest {
            self.notes.info(
                "pytest's JUnit file tells neither workers nor starts, and shows unexpected passes as passed; \
                 a report log of the same session (--report-log) has them",
            );
        }
        if self.starts > 1 && !self.starts_differ {
            self.notes.info("all tests have the same start in this file, which is that of the run; it is not used");
            for i in 0..self.run.attempt_count() as u32 {
                let row = self.run.attempt_row(AttemptId(i));
                self.run.set_attempt(AttemptId(i), AttemptRow { start_us: None, stop_us: None, ..row });
            }
        }
        let length = suites.length_us().unwrap_or(0);
        if suites.top_suites() > 1
            && self.total_us > 1_000_000
            && (length - self.total_us).abs() < self.total_us / 10_000
        {
            self.notes.info("the time that the file gives for the whole run is the sum of its tests' times");
        }
    }
}

fn outcome(case: &Case) -> Outcome {
    let has = |kind: Kind| case.found().iter().any(|f| f.kind == kind);
    if has(Kind::Failure) {
        Outcome::Failed
    } else if has(Kind::Error) {
        Outcome::Error
    } else if has(Kind::Skipped) {
        Outcome::Skipped
    } else {
        by_status(&case.status).unwrap_or(Outcome::Passed)
    }
}

/// What a `status` or `result` attribute says where no child element does.
fn by_status(status: &str) -> Option<Outcome> {
    Some(match status.to_ascii_lowercase().as_str() {
        "failed" | "failure" | "fail" => Outcome::Failed,
        "error" | "errored" | "broken" => Outcome::Error,
        "skipped" | "disabled" | "notrun" | "ignored" | "suppressed" | "pending" => Outcome::Skipped,
        _ => return None,
    })
}

fn pytest_outcome(case: &Case) -> Outcome {
    let xfail = case.found().iter().any(|f| f.kind == Kind::Skipped && f.kind_word == "pytest.xfail");
    match outcome(case) {
        Outcome::Skipped if xfail => Outcome::XFailed,
        outcome => outcome,
    }
}

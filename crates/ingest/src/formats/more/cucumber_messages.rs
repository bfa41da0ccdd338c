//! Cucumber Messages: one event a line.
//!
//! | message | becomes |
//! | --- | --- |
//! | `testCase` → `pickle` → `gherkinDocument` | identity: uri, feature, scenario; place; `tags` are markers |
//! | `testCaseStarted`, `testCaseFinished` | an attempt, with start and stop; `workerId` is its worker |
//! | `testStepFinished` | outcome: failed steps, undefined and ambiguous ones; failed hooks are errors; pending and skipped ones skips |
//! | `meta.ci` | commit, branch, address |
//! | `testRunStarted`, `testRunFinished` | session |

use hashbrown::HashMap;
use lanescope_model::{Outcome, TestId};

use super::kit::json::{int, list, member, members, string, word};
use super::kit::lines::Lines;
use super::kit::{Case, Sheet, first_line};
use crate::inherited::bounded;
use crate::time::Point;

type Map<T> = HashMap<String, T, foldhash::fast::FixedState>;

#[derive(Default)]
pub(crate) struct CucumberMessages {
    /// Names of features, by uri.
    features: Map<String>,
    /// Lines of the nodes of Gherkin documents.
    lines: Map<i64>,
    pickles: Map<Pickle>,
    cases: Map<TestCase>,
    open: Map<Open>,
    start_us: Option<i64>,
    finished: bool,
    broken: u64,
}

#[derive(Clone, Default)]
struct Pickle {
    uri: String,
    name: String,
    markers: String,
    line: Option<u32>,
}

#[derive(Default)]
struct TestCase {
    pickle: Pickle,
    /// Steps that are hooks.
    hooks: Vec<String>,
    test: Option<TestId>,
}

#[derive(Default)]
struct Open {
    test_case: String,
    worker: String,
    start_us: Option<i64>,
    outcome: Option<Outcome>,
    message: String,
    trace: String,
}

/// Seconds and nanoseconds as microseconds. Clocks that start at 0 are taken as they are.
fn timestamp(raw: Option<&str>) -> Option<i64> {
    let [seconds, nanos] = members(raw?, ["seconds", "nanos"]);
    int(seconds)?.checked_mul(1_000_000)?.checked_add(int(nanos).unwrap_or(0) / 1_000)
}

impl CucumberMessages {
    fn feature(&mut self, raw: &str) {
        let [uri, feature] = members(raw, ["uri", "feature"]);
        let Some(feature) = feature else { return };
        let name = string(member(feature, "name"));
        self.features.insert(string(uri).into_owned(), bounded(&name).to_owned());
        self.nodes(feature, 0);
    }

    /// Lines of scenarios and of rows of examples, in rules too.
    fn nodes(&mut self, raw: &str, depth: usize) {
        for child in list(member(raw, "children")) {
            let [scenario, rule] = members(child, ["scenario", "rule"]);
            if let (Some(rule), true) = (rule, depth < 4) {
                self.nodes(rule, depth + 1);
            }
            let Some(scenario) = scenario else { continue };
            self.line_of(scenario);
            for examples in list(member(scenario, "examples")) {
                for row in list(member(examples, "tableBody")) {
                    self.line_of(row);
                }
            }
        }
    }

    fn line_of(&mut self, raw: &str) {
        let [id, location] = members(raw, ["id", "location"]);
        if let Some(line) = location.and_then(|raw| int(member(raw, "line"))) {
            self.lines.insert(string(id).into_owned(), line);
        }
    }

    fn pickle(&mut self, raw: &str) {
        let [id, uri, name, tags, nodes] = members(raw, ["id", "uri", "name", "tags", "astNodeIds"]);
        let tags: Vec<String> =
            list(tags).into_iter().map(|t| string(member(t, "name")).trim_start_matches('@').to_owned()).collect();
        let line = list(nodes).last().and_then(|id| self.lines.get(string(Some(id)).as_ref()).copied());
        let pickle = Pickle {
            uri: string(uri).into_owned(),
            name: string(name).into_owned(),
            markers: tags.join(" "),
            line: line.and_then(|line| u32::try_from(line).ok()),
        };
        self.pickles.insert(string(id).into_owned(), pickle);
    }

    fn test_case(&mut self, raw: &str) {
        let [id, pickle, steps] = members(raw, ["id", "pickleId", "testSteps"]);
        let hooks = list(steps).into_iter().filter(|s| member(s, "hookId").is_some());
        let hooks = hooks.map(|s| string(member(s, "id")).into_owned()).collect();
        let pickle = self.pickles.get(string(pickle).as_ref()).cloned().unwrap_or_default();
        self.cases.insert(string(id).into_owned(), TestCase { pickle, hooks, test: None });
    }

    fn step(&mut self, raw: &str) {
        let [started, step, result] = members(raw, ["testCaseStartedId", "testStepId", "testStepResult"]);
        let Some(open) = self.open.get_mut(string(started).as_ref()) else { return };
        let [status, message, exception] = members(result.unwrap_or(""), ["status", "message", "exception"]);
        let step = string(step);
        let hook = self.cases.get(&open.test_case).is_some_and(|case| case.hooks.iter().any(|id| *id == step));
        let found = match string(status).as_ref() {
            "PASSED" => Outcome::Passed,
            "FAILED" if hook => Outcome::Error,
            "FAILED" | "UNDEFINED" | "AMBIGUOUS" => Outcome::Failed,
            "PENDING" | "SKIPPED" => Outcome::Skipped,
            _ => return,
        };
        let bad = |o: Option<Outcome>| o.is_some_and(Outcome::is_bad);
        if bad(open.outcome) || (open.outcome == Some(Outcome::Skipped) && !found.is_bad()) {
            return;
        }
        open.outcome = Some(found);
        if found != Outcome::Passed {
            let [text, stack] = members(exception.unwrap_or(""), ["message", "stackTrace"]);
            let message = string(message);
            let text = string(text);
            open.message = first_line(if text.is_empty() { &message } else { &text }).to_owned();
            open.trace = string(stack).into_owned();
            if open.trace.is_empty() {
                open.trace = message.into_owned();
            }
        }
    }

    fn finish(&mut self, id: &str, stop_us: Option<i64>, sheet: &mut Sheet) {
        let Some(open) = self.open.remove(id) else { return };
        let Some(test_case) = self.cases.get_mut(&open.test_case) else { return };
        let pickle = &test_case.pickle;
        let feature = self.features.get(&pickle.uri).map_or("", String::as_str);
        let ended = stop_us.is_some();
        let case = Case {
            suite: if feature.is_empty() { pickle.uri.clone() } else { format!("{} › {feature}", pickle.uri) },
            name: pickle.name.clone(),
            file: pickle.uri.clone(),
            line: pickle.line,
            markers: pickle.markers.clone(),
            worker: open.worker,
            start_us: open.start_us,
            stop_us,
            outcome: match open.outcome {
                _ if !ended => Outcome::Error,
                // A scenario without steps has nothing that could fail.
                outcome => outcome.unwrap_or(Outcome::Passed),
            },
            message: if ended { open.message } else { "it has no end in this file".to_owned() },
            trace: open.trace,
            ..Case::default()
        };
        let r = case.record();
        // Attempts are of the same test case; rows of a table with one name are cases of their own.
        if test_case.test.is_none() {
            test_case.test = sheet.new_test(&r);
        }
        if let Some(test) = test_case.test {
            sheet.attempt(test, &r);
        }
    }
}

impl Lines for CucumberMessages {
    fn line(&mut self, line: &str, _at: Option<Point>, _whole: bool, sheet: &mut Sheet) {
        sheet.separator = " › ";
        let line = line.trim();
        if !line.starts_with('{') || !line.ends_with('}') {
            self.broken += u64::from(!line.is_empty());
            return;
        }
        let [document, pickle, case, started, step, finished, run_started, run_finished, meta] = members(
            line,
            [
                "gherkinDocument",
                "pickle",
                "testCase",
                "testCaseStarted",
                "testStepFinished",
                "testCaseFinished",
                "testRunStarted",
                "testRunFinished",
                "meta",
            ],
        );
        if let Some(raw) = document {
            self.feature(raw);
        } else if let Some(raw) = pickle {
            self.pickle(raw);
        } else if let Some(raw) = case {
            self.test_case(raw);
        } else if let Some(raw) = started {
            let [id, test_case, worker, at] = members(raw, ["id", "testCaseId", "workerId", "timestamp"]);
            let open = Open {
                test_case: string(test_case).into_owned(),
                worker: word(worker).into_owned(),
                start_us: timestamp(at),
                ..Open::default()
            };
            self.open.insert(string(id).into_owned(), open);
        } else if let Some(raw) = step {
            self.step(raw);
        } else if let Some(raw) = finished {
            let [id, at] = members(raw, ["testCaseStartedId", "timestamp"]);
            self.finish(&string(id), timestamp(at), sheet);
        } else if let Some(raw) = run_started {
            self.start_us = timestamp(member(raw, "timestamp"));
        } else if let Some(raw) = run_finished {
            let end_us = timestamp(member(raw, "timestamp"));
            self.finished = true;
            let length = self.start_us.zip(end_us).and_then(|(a, b)| b.checked_sub(a));
            sheet.session(self.start_us.filter(|&us| us > 315_532_800_000_000), length);
        } else if let Some(raw) = meta.and_then(|raw| member(raw, "ci")) {
            let [url, git] = members(raw, ["url", "git"]);
            let [revision, branch] = members(git.unwrap_or(""), ["revision", "branch"]);
            let known = |raw| Some(string(raw).into_owned()).filter(|text| !text.is_empty());
            let meta = &mut sheet.run.meta;
            (meta.commit, meta.branch, meta.url) = (known(revision), known(branch), known(url));
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let mut open: Vec<String> = self.open.keys().cloned().collect();
        open.sort_unstable();
        for id in open {
            self.finish(&id, None, sheet);
        }
        if !self.finished || self.broken > 0 {
            sheet.notes.warn("the file ends before its run does, or has lines that are no messages");
            sheet.run.meta.interrupted = !self.finished;
        }
        sheet.dialect = Some("cucumber".to_owned());
    }
}

//! TAP, the Test Anything Protocol, versions 12 to 14.
//!
//! | line | becomes |
//! | --- | --- |
//! | `ok 1 - name`, `not ok 1 - name` | a test; without a name its number is the name |
//! | `# SKIP reason` | skipped |
//! | `# TODO reason` | expected to fail: xfailed, or xpassed |
//! | `# Subtest: name`, points that are indented by four | tests of the suite of that name; the point that sums them up is none |
//! | `duration_ms`, `# time=12ms`, `# in 12 ms` | length |
//! | YAML block, comments after a failure | message, trace |
//! | `Bail out!`, fewer points than the plan says | an interrupted run |

use lanescope_model::Outcome;

use super::kit::json::us;
use super::kit::lines::Lines;
use super::kit::{Case, MS, Sheet, first_line};
use crate::inherited::path;
use crate::time::Point;

/// Indentation deeper than this is output.
const MAX_DEPTH: usize = 32;

#[derive(Default)]
pub(crate) struct Tap {
    /// The point that came last, with its depth; what follows it may belong to it.
    last: Option<(Case, usize)>,
    /// Names of open subtests, outermost first.
    subtests: Vec<String>,
    /// By depth: points so far, those in subtests included, and the last point's number.
    points: Vec<u32>,
    /// Points inside of each open depth, since the last point of the depth above.
    inside: Vec<u32>,
    yaml: bool,
    /// What follows the point is a description of it, and no output.
    described: bool,
    yaml_key: String,
    plan: Option<u32>,
    top: u32,
    bailed: Option<String>,
}

/// The depth of a line by its indentation, and the line without it.
fn depth(line: &str) -> (usize, &str) {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    (blanks / 4, line.trim_start_matches(' '))
}

/// A test point: whether it is ok, and what follows.
fn point(line: &str) -> Option<(bool, &str)> {
    let (ok, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some((ok, rest.trim()))
}

impl Tap {
    fn flush(&mut self, sheet: &mut Sheet) {
        self.yaml = false;
        if let Some((mut case, _)) = self.last.take() {
            case.trace = case.trace.trim_end().to_owned();
            if case.outcome.is_bad() && case.message.is_empty() {
                case.message = first_line(&case.trace).to_owned();
            }
            if !case.outcome.is_bad() {
                case.out = std::mem::take(&mut case.trace);
                if self.described {
                    case.out.clear();
                }
            }
            self.described = false;
            sheet.add_new(&case.record());
        }
    }

    fn at_point(&mut self, depth: usize, ok: bool, rest: &str, sheet: &mut Sheet) {
        self.flush(sheet);
        let slot = |list: &mut Vec<u32>, i: usize| {
            if list.len() <= i {
                list.resize(i + 1, 0);
            }
        };
        slot(&mut self.inside, depth + 1);
        slot(&mut self.points, depth);
        let children = self.inside.get(depth + 1).copied().unwrap_or(0);
        self.inside.truncate(depth + 1);
        self.points.truncate(depth + 1);
        if let Some(n) = self.inside.get_mut(depth) {
            *n += 1;
        }
        let count = match self.points.get_mut(depth) {
            Some(n) => {
                *n += 1;
                *n
            }
            None => 0,
        };
        self.top += u32::from(depth == 0);
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = rest.split_at_checked(digits).unwrap_or(("", rest));
        let rest = rest.trim_start().strip_prefix("- ").unwrap_or(rest.trim_start()).trim_start_matches('-');
        let (name, directive) = split_directive(rest);
        self.subtests.truncate(depth + usize::from(children > 0));
        if children > 0 {
            // It sums up the points inside of it, which stand for themselves.
            self.subtests.truncate(depth);
            return;
        }
        let lower = directive.to_ascii_lowercase();
        let outcome = match (ok, lower.as_str()) {
            (_, d) if d.starts_with("skip") => Outcome::Skipped,
            (true, d) if d.starts_with("todo") => Outcome::XPassed,
            (false, d) if d.starts_with("todo") => Outcome::XFailed,
            (true, _) => Outcome::Passed,
            (false, _) => Outcome::Failed,
        };
        let reason = directive.split_once(char::is_whitespace).map_or("", |(_, reason)| reason.trim());
        let timed = |text: &str| {
            let ms = text.trim_end_matches("ms").trim();
            us(Some(ms), MS)
        };
        let length = lower.strip_prefix("time=").or_else(|| lower.strip_prefix("in ")).filter(|t| t.ends_with("ms"));
        let name = name.trim().replace("\\#", "#");
        let outcome = match outcome {
            // Mocha's hooks are no tests, and those that fail stand among them.
            Outcome::Failed if name.contains("\"before ") || name.contains("\"after ") => Outcome::Error,
            outcome => outcome,
        };
        if name.is_empty() && !sheet.has_room_for_numbered() {
            return;
        }
        let name = match (name.is_empty(), number.is_empty()) {
            (false, _) => name,
            (true, false) => number.to_owned(),
            (true, true) => count.to_string(),
        };
        let case = Case {
            suite: path(&mut self.subtests.iter().map(String::as_str), " › "),
            name,
            us: length.and_then(timed),
            outcome,
            message: if matches!(outcome, Outcome::Passed | Outcome::Failed) {
                String::new()
            } else {
                reason.to_owned()
            },
            ..Case::default()
        };
        self.last = Some((case, depth));
    }

    fn in_yaml(&mut self, line: &str) {
        let Some((case, _)) = self.last.as_mut() else { return };
        let trimmed = line.trim();
        if let Some((key, value)) = trimmed.split_once(':') {
            let value = value.trim().trim_matches(['\'', '"']);
            key.clone_into(&mut self.yaml_key);
            match key {
                "duration_ms" => case.us = us(Some(value), MS),
                "message" | "error" if case.message.is_empty() && !value.is_empty() && !value.starts_with('|') => {
                    value.clone_into(&mut case.message);
                }
                "location" => {
                    let mut parts = value.rsplitn(3, ':');
                    let (_, line, file) = (parts.next(), parts.next(), parts.next());
                    case.line = line.and_then(|line| line.parse().ok());
                    case.file = file.unwrap_or("").to_owned();
                }
                _ => {}
            }
        }
        case.trace.push_str(trimmed);
        case.trace.push('\n');
    }
}

/// Whether a comment is one of the sums at the end.
fn is_total(comment: &str) -> bool {
    let mut words = comment.split_whitespace();
    let (Some(word), Some(number), None) = (words.next(), words.next(), words.next()) else { return false };
    ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"].contains(&word)
        && number.starts_with(|c: char| c.is_ascii_digit())
}

/// Name and directive of a test point. A hash that is escaped is none.
fn split_directive(text: &str) -> (&str, &str) {
    let known = |rest: &str| {
        let lower = rest.get(..rest.len().min(8)).unwrap_or("").to_ascii_lowercase();
        ["skip", "todo", "time=", "in "].iter().any(|word| lower.starts_with(word))
    };
    for (at, _) in text.match_indices('#') {
        let rest = text.get(at + 1..).unwrap_or("").trim_start();
        if !text.get(..at).unwrap_or("").ends_with('\\') && known(rest) {
            return (text.get(..at).unwrap_or(""), rest);
        }
    }
    (text, "")
}

impl Lines for Tap {
    fn line(&mut self, line: &str, _at: Option<Point>, whole: bool, sheet: &mut Sheet) {
        sheet.separator = " › ";
        let (depth, body) = depth(line);
        if self.yaml {
            if body.trim_end() == "..." {
                self.yaml = false;
            } else {
                self.in_yaml(line);
            }
            return;
        }
        if body.trim_end() == "---" && self.last.is_some() {
            (self.yaml, self.described) = (true, true);
            return;
        }
        let indented = line.len() - body.len();
        if let Some((ok, rest)) = point(body).filter(|_| indented.is_multiple_of(4) && depth <= MAX_DEPTH && whole) {
            return self.at_point(depth, ok, rest, sheet);
        }
        if let Some(name) = body.strip_prefix("# Subtest: ").or_else(|| body.strip_prefix("# Subtest:")) {
            self.flush(sheet);
            // It stands at its own depth, or at that of the points in it.
            let at = if line.starts_with("    ") && self.subtests.len() < depth { depth - 1 } else { depth };
            self.subtests.truncate(at);
            self.subtests.resize(at, String::new());
            self.subtests.push(name.trim().to_owned());
            if self.inside.len() > at + 1 {
                self.inside.truncate(at + 1);
            }
            return;
        }
        if let Some(plan) = body.strip_prefix("1..").filter(|n| n.starts_with(|c: char| c.is_ascii_digit())) {
            if depth == 0 {
                self.plan = plan.split([' ', '#']).next().and_then(|n| n.trim().parse().ok());
            }
            return;
        }
        if let Some(reason) = body.strip_prefix("Bail out!") {
            self.flush(sheet);
            self.bailed = Some(reason.trim().to_owned());
            return;
        }
        if body.strip_prefix("# ").is_some_and(is_total) {
            return;
        }
        if body.is_empty() || body.starts_with("TAP version") || body.starts_with("pragma ") {
            return;
        }
        if let Some((case, _)) = self.last.as_mut().filter(|(case, _)| case.trace.len() < (1 << 20)) {
            case.trace.push_str(line.trim_start().trim_start_matches("# "));
            case.trace.push('\n');
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        self.flush(sheet);
        if let Some(reason) = self.bailed.take() {
            sheet.notes.warn(format!("the run was given up: {reason}"));
            sheet.run.meta.interrupted = true;
        }
        match self.plan {
            Some(plan) if self.top < plan => {
                sheet.notes.warn(format!("the plan says {plan} tests, of which {} are here", self.top));
                sheet.run.meta.interrupted = true;
            }
            None => {
                sheet.notes.warn("there is no plan, so that the file may be cut off");
            }
            Some(_) => {}
        }
        sheet.dialect = Some("tap".to_owned());
    }
}

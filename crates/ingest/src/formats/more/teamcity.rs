//! TeamCity's service messages in a log.
//!
//! | message | becomes |
//! | --- | --- |
//! | `testSuiteStarted` … `testSuiteFinished`, `testStarted` name | identity |
//! | `testStarted`, `testFinished` timestamp | start, stop; a log's own time stamps are taken where these have none |
//! | `testFinished` duration | length in milliseconds |
//! | `testFailed`, `testIgnored` | outcome; message, details |
//! | `testStdOut`, `testStdErr` | output |
//! | the same test of the same suite again | another attempt |
//! | `flowId` | tells what runs at the same time apart; it is no worker |
//! | a test without an end | error |

use std::collections::VecDeque;

use hashbrown::HashMap;
use lanescope_model::Outcome;

use super::kit::json::us;
use super::kit::lines::Lines;
use super::kit::{Case, MS, Sheet};
use crate::inherited::path;
use crate::time::Point;

/// More tests than this do not run at the same time; the oldest has no end.
const MAX_OPEN: usize = 500;
/// Suites in suites deeper than this are not told apart.
const MAX_SUITES: usize = 256;

#[derive(Default)]
pub(crate) struct TeamCity {
    /// By flow: the suites that are open.
    suites: HashMap<String, Vec<String>, foldhash::fast::FixedState>,
    /// Tests that run, in the order of their starts: flow and what is known.
    open: VecDeque<(String, Case)>,
}

/// The name and attributes of a message: `testStarted name='a' duration='1'`.
fn parse(line: &str) -> Option<(&str, HashMap<&str, String, foldhash::fast::FixedState>)> {
    let (_, rest) = line.split_once("##teamcity[")?;
    let end = rest.find([' ', ']'])?;
    let (name, mut rest) = rest.split_at_checked(end)?;
    let mut attributes = HashMap::default();
    loop {
        rest = rest.trim_start();
        let Some((key, after)) = rest.split_once('=').filter(|_| !rest.starts_with(']')) else { break };
        let quote = after.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (value, length) = value(after.get(1..)?, quote)?;
        attributes.insert(key.trim(), value);
        rest = after.get(1 + length..)?;
    }
    Some((name, attributes))
}

/// A value up to its quote, with its escapes replaced, and the bytes that it takes.
fn value(text: &str, quote: char) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((out, at + 1)),
            '|' => match chars.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                'x' => out.push('\u{85}'),
                'l' => out.push('\u{2028}'),
                'p' => out.push('\u{2029}'),
                '0' => {
                    // |0x00e9
                    let hex: String = chars.by_ref().take(5).map(|(_, c)| c).collect();
                    let code = u32::from_str_radix(hex.trim_start_matches('x'), 16).ok();
                    out.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
                }
                c => out.push(c),
            },
            c => out.push(c),
        }
    }
    None
}

fn unfinished(mut case: Case, sheet: &mut Sheet) {
    case.outcome = Outcome::Error;
    if case.message.is_empty() {
        case.message = "it has no end in this file".to_owned();
    }
    sheet.add(&case.record());
}

/// Whether an open test is the one that is meant. Mostly there are no flows, and comparing nothing with nothing takes the C
/// library a hundred times as long as anything else.
fn is(of: &str, case: &Case, flow: &str, name: &str) -> bool {
    case.name == name && of.is_empty() == flow.is_empty() && (flow.is_empty() || of == flow)
}

impl TeamCity {
    fn suite(&self, flow: &str) -> String {
        self.suites.get(flow).map_or(String::new(), |open| path(&mut open.iter().map(String::as_str), " › "))
    }

    fn find(&mut self, flow: &str, name: &str) -> Option<&mut Case> {
        self.open.iter_mut().rev().find(|(f, case)| is(f, case, flow, name)).map(|(_, case)| case)
    }

    fn finish(&mut self, flow: &str, name: &str) -> Option<Case> {
        let at = self.open.iter().rposition(|(f, case)| is(f, case, flow, name))?;
        self.open.remove(at).map(|(_, case)| case)
    }
}

impl Lines for TeamCity {
    fn line(&mut self, line: &str, at: Option<Point>, _whole: bool, sheet: &mut Sheet) {
        sheet.separator = " › ";
        let Some((message, attributes)) = parse(line) else { return };
        let get = |key: &str| attributes.get(key).map_or("", String::as_str);
        let (flow, name) = (get("flowId"), get("name"));
        let stamp = get("timestamp");
        let now = if stamp.is_empty() { at.map(|p| p.us) } else { sheet.point_us(stamp) };
        match message {
            "testSuiteStarted" => {
                let open = self.suites.entry(flow.to_owned()).or_default();
                if open.len() < MAX_SUITES {
                    open.push(name.to_owned());
                } else {
                    sheet
                        .notes
                        .warn(format!("suites are nested deeper than {MAX_SUITES}; the names of those are left out"));
                }
            }
            "testSuiteFinished" => {
                if let Some(open) = self.suites.get_mut(flow)
                    && let Some(at) = open.iter().rposition(|suite| suite == name)
                {
                    open.truncate(at);
                }
            }
            "testStarted" => {
                let suite = self.suite(flow);
                let case =
                    Case { suite, name: name.to_owned(), start_us: now, outcome: Outcome::Passed, ..Case::default() };
                self.open.push_back((flow.to_owned(), case));
                if self.open.len() > MAX_OPEN
                    && let Some((_, oldest)) = self.open.pop_front()
                {
                    unfinished(oldest, sheet);
                }
            }
            "testFailed" => {
                if let Some(case) = self.find(flow, name) {
                    let text = get("message");
                    let around = text.contains("setup failed") || text.contains("teardown failed");
                    case.outcome = if around { Outcome::Error } else { Outcome::Failed };
                    super::kit::first_line(text).clone_into(&mut case.message);
                    case.trace = if get("details").is_empty() { text } else { get("details") }.to_owned();
                }
            }
            "testIgnored" => {
                let text = get("message");
                if let Some(case) = self.find(flow, name) {
                    case.outcome = Outcome::Skipped;
                    text.clone_into(&mut case.message);
                } else {
                    let case = Case {
                        suite: self.suite(flow),
                        name: name.to_owned(),
                        outcome: Outcome::Skipped,
                        message: text.to_owned(),
                        ..Case::default()
                    };
                    sheet.add(&case.record());
                }
            }
            "testStdOut" | "testStdErr" => {
                let text = get("out");
                if let Some(case) = self.find(flow, name) {
                    let into = if message == "testStdOut" { &mut case.out } else { &mut case.err };
                    into.push_str(text);
                }
            }
            "testFinished" => {
                if let Some(mut case) = self.finish(flow, name) {
                    case.stop_us = now;
                    case.us = us(Some(get("duration")), MS);
                    sheet.add(&case.record());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let open = std::mem::take(&mut self.open);
        if !open.is_empty() || self.suites.values().any(|open| !open.is_empty()) {
            sheet.notes.warn("the log ends before its last suite does");
            sheet.run.meta.interrupted = true;
        }
        for (_, case) in open {
            unfinished(case, sheet);
        }
        sheet.dialect = Some("teamcity".to_owned());
    }
}

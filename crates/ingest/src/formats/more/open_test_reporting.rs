//! Open Test Reporting: a stream of `events`, or a tree (`execution`). What has no children is a test.
//!
//! | element, attribute | becomes |
//! | --- | --- |
//! | names of the nodes from the root down | identity |
//! | `started@time`, `finished@time`; `@start`, `@duration` of a tree | start, stop, length |
//! | `result@status` SUCCESSFUL, FAILED, ERRORED, SKIPPED, ABORTED | outcome; aborted (an assumption did not hold) is a skip |
//! | `reason`, `throwable` | message, trace |
//! | `tag` | markers |
//! | `duration` of the tree's only root | session |

use hashbrown::HashMap;
use lanescope_model::Outcome;

use super::kit::xml::{Element, Elements};
use super::kit::{Case, Sheet};
use crate::inherited::path;
use crate::number::plain_us;

#[derive(Default)]
pub(crate) struct OpenTestReporting {
    nodes: Vec<Node>,
    by_id: HashMap<String, usize, foldhash::fast::FixedState>,
    /// Nodes of a tree that are open.
    stack: Vec<usize>,
    /// The node of the event that is open.
    current: Option<usize>,
    roots: u32,
}

#[derive(Default)]
struct Node {
    parent: Parent,
    case: Case,
    is_container: bool,
    finished: bool,
}

#[derive(Default)]
enum Parent {
    #[default]
    None,
    Id(String),
    At(usize),
}

/// `PT1M2.5S` in microseconds.
fn duration_us(text: &str) -> Option<i64> {
    let mut rest = text.trim().strip_prefix("PT")?;
    let mut us: i64 = 0;
    for (unit, factor) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            us = us.checked_add(plain_us(number)?.checked_mul(factor)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(us).filter(|&us| us >= 0)
}

impl OpenTestReporting {
    /// The node of an id, new or known: its finish may come before its start.
    fn node(&mut self, id: String) -> usize {
        if let Some(&at) = self.by_id.get(&id) {
            return at;
        }
        self.nodes.push(Node::default());
        self.by_id.insert(id, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn parent(&self, node: &Node) -> Option<usize> {
        match &node.parent {
            Parent::None => None,
            Parent::Id(id) => self.by_id.get(id).copied(),
            Parent::At(at) => Some(*at),
        }
    }
}

impl Elements for OpenTestReporting {
    fn start(&mut self, parents: &str, name: &str, e: &Element<'_>, sheet: &mut Sheet) {
        match name {
            "started" if parents == "events/" => {
                let at = self.node(e.get("id"));
                let start_us = sheet.point_us(&e.get("time"));
                if let Some(node) = self.nodes.get_mut(at) {
                    node.case.name = e.get("name");
                    node.case.start_us = start_us;
                    node.parent = e.has("parentId").map_or(Parent::None, Parent::Id);
                }
                self.current = Some(at);
            }
            "finished" | "reported" if parents == "events/" => {
                let at = self.node(e.get("id"));
                let stop_us = sheet.point_us(&e.get("time"));
                if let Some(node) = self.nodes.get_mut(at).filter(|_| name == "finished") {
                    node.case.stop_us = stop_us;
                    node.finished = true;
                }
                self.current = Some(at);
            }
            "root" | "child" if parents.starts_with("execution/") => {
                let us = duration_us(&e.get("duration"));
                let start_us = sheet.point_us(&e.get("start"));
                let parent = self.stack.last().map_or(Parent::None, |&at| Parent::At(at));
                if self.stack.is_empty() {
                    self.roots += 1;
                    sheet.session(start_us, us.filter(|_| self.roots == 1));
                }
                let case = Case { name: e.get("name"), start_us, us, ..Case::default() };
                self.nodes.push(Node { parent, case, is_container: false, finished: true });
                self.stack.push(self.nodes.len() - 1);
                self.current = self.stack.last().copied();
            }
            "result" => {
                if let Some(node) = self.current.and_then(|at| self.nodes.get_mut(at)) {
                    node.case.outcome = match e.get("status").as_str() {
                        "SUCCESSFUL" => Outcome::Passed,
                        "FAILED" => Outcome::Failed,
                        "ERRORED" => Outcome::Error,
                        "SKIPPED" | "ABORTED" => Outcome::Skipped,
                        _ => Outcome::Unknown,
                    };
                }
            }
            "fileSource" => {
                if let Some(node) = self.current.and_then(|at| self.nodes.get_mut(at)) {
                    node.case.file = e.get("path");
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, parents: &str, name: &str, text: &str, _sheet: &mut Sheet) {
        if matches!(name, "root" | "child") && parents.starts_with("execution/") {
            self.stack.pop();
            self.current = self.stack.last().copied();
            return;
        }
        let Some(node) = self.current.and_then(|at| self.nodes.get_mut(at)) else { return };
        match name {
            "reason" => text.trim().clone_into(&mut node.case.message),
            "throwable" => text.clone_into(&mut node.case.trace),
            "tag" => node.case.marker(text),
            // JUnit Platform says of its nodes what they are.
            "type" => node.is_container |= text.trim() == "CONTAINER",
            "output" => {
                node.case.out.push_str(text);
                node.case.out.push('\n');
            }
            _ => {}
        }
    }

    fn close(&mut self, sheet: &mut Sheet) {
        sheet.separator = " › ";
        sheet.dialect = Some("open-test-reporting".to_owned());
        let mut has_children = vec![false; self.nodes.len()];
        let parents: Vec<Option<usize>> = self.nodes.iter().map(|node| self.parent(node)).collect();
        for parent in parents.iter().flatten() {
            if let Some(slot) = has_children.get_mut(*parent) {
                *slot = true;
            }
        }
        let mut open = 0_u64;
        for at in 0..self.nodes.len() {
            if has_children.get(at) == Some(&true) || self.nodes.get(at).is_none_or(|node| node.is_container) {
                continue;
            }
            let mut names = Vec::new();
            let mut parent = parents.get(at).copied().flatten();
            // A circle of parents has no end.
            while let Some(up) = parent.filter(|_| names.len() < 64) {
                names.push(self.nodes.get(up).map_or("", |node| node.case.name.as_str()));
                parent = parents.get(up).copied().flatten();
            }
            names.reverse();
            let suite = path(&mut names.into_iter(), " › ");
            if let Some(node) = self.nodes.get_mut(at) {
                node.case.suite = suite;
                if !node.finished {
                    node.case.outcome = Outcome::Error;
                    "it has no end in this file".clone_into(&mut node.case.message);
                    open += 1;
                }
                sheet.add_new(&node.case.record());
            }
        }
        if open > 0 {
            sheet.notes.warn(format!("{open} tests have no end in this file; they count as errors"));
            sheet.run.meta.interrupted = true;
        }
    }
}

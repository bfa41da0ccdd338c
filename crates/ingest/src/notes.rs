//! The issues of one file, shared by the layers that read it.

use std::cell::RefCell;
use std::rc::Rc;

use lanescope_model::order::sort;
use lanescope_model::{Issue, Place, Severity};

/// More messages than this about one file help nobody.
const MAX_ISSUES: usize = 60;

/// A list of issues that every layer of a reader can add to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    list: Vec<Issue>,
    left_out: usize,
}

impl Notes {
    /// Adds an issue. An issue that stands there already, word for word, is not repeated.
    pub(crate) fn push(&self, issue: Issue) {
        let mut inner = self.0.borrow_mut();
        if inner.list.contains(&issue) {
            return;
        }
        if inner.list.len() >= MAX_ISSUES && issue.severity < Severity::Error {
            inner.left_out += 1;
            return;
        }
        inner.list.push(issue);
    }

    pub(crate) fn info(&self, text: impl Into<String>) {
        self.push(Issue::new(Severity::Info, text));
    }

    pub(crate) fn warn(&self, text: impl Into<String>) {
        self.push(Issue::new(Severity::Warning, text));
    }

    pub(crate) fn warn_at(&self, place: Place, text: impl Into<String>) {
        self.push(Issue::new(Severity::Warning, text).at(place));
    }

    /// Tells of line `n` that it is left out: it is not whole, or it is no `what`. `so_far` lines of the file are, this
    /// one among them; only the first ten are told of.
    pub(crate) fn bad_line(&self, (n, whole): (u64, bool), so_far: u64, what: &str) {
        if !whole {
            self.warn_at(Place::Line(n), format!("the last line ({n}) is cut off and left out"));
        } else if so_far <= 10 {
            self.warn_at(Place::Line(n), format!("line {n} is no {what}"));
        }
    }

    pub(crate) fn error(&self, text: impl Into<String>) {
        self.push(Issue::new(Severity::Error, text));
    }

    /// Whether nothing of the file can be used.
    pub(crate) fn has_error(&self) -> bool {
        self.0.borrow().list.iter().any(|i| i.severity == Severity::Error)
    }

    /// All issues, worst first, else in the order in which they were found.
    pub(crate) fn take(&self) -> Vec<Issue> {
        let mut inner = self.0.borrow_mut();
        let mut list = std::mem::take(&mut inner.list);
        if inner.left_out > 0 {
            list.push(Issue::new(Severity::Info, format!("and {} more messages like these", inner.left_out)));
        }
        sort(&mut list, &|a, b| b.severity.cmp(&a.severity));
        list
    }
}

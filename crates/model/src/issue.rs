//! What was wrong or remarkable about an input, with its place.

use std::fmt;

/// How much an issue matters to the reader of the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; no figure is affected.
    Info,
    /// Something was left out or guessed; figures may be incomplete.
    Warning,
    /// The file, or a part of it, could not be read.
    Error,
}

impl Severity {
    /// The word used in the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where in a file an issue lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line, counted from 1.
    Line(u64),
    /// A byte offset from the start of the (unpacked) file.
    Byte(u64),
    /// A path inside the document, such as `testsuites/testsuite[0]/testcase[3]/@time`.
    Path(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
            Self::Path(path) => f.write_str(path),
        }
    }
}

/// One message about a file: what was found, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How much it matters.
    pub severity: Severity,
    /// Where it is, if it has one place.
    pub at: Option<Place>,
    /// A sentence for people.
    pub text: String,
}

impl Issue {
    /// An issue without a place.
    #[must_use]
    pub fn new(severity: Severity, text: impl Into<String>) -> Self {
        Self { severity, at: None, text: text.into() }
    }

    /// The same issue with its place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.at = Some(place);
        self
    }
}

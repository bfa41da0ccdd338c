//! Formats that are read line by line.

use super::Sheet;
use crate::formats::{Parsed, Parser};
use crate::input::Input;
use crate::time::Point;

/// What a format makes of its lines.
pub(crate) trait Lines {
    /// Takes a line without its end and without the prefix of a CI service. `whole` is false for a last line that
    /// nothing ends, which may be cut off.
    fn line(&mut self, line: &str, at: Option<Point>, whole: bool, sheet: &mut Sheet);

    /// The lines are at their end.
    fn end(&mut self, sheet: &mut Sheet);
}

pub(crate) struct LineParser {
    input: Input,
    sheet: Sheet,
    lines: Box<dyn Lines>,
    /// Lines may have the prefix of a CI service's log.
    prefixed: bool,
}

impl LineParser {
    pub(crate) fn new(input: Input, sheet: Sheet, lines: Box<dyn Lines>) -> Self {
        Self { input, sheet, lines, prefixed: false }
    }

    /// Takes the prefixes of a CI service and colours off the lines.
    pub(crate) fn prefixed(mut self) -> Self {
        self.prefixed = true;
        self
    }
}

impl Parser for LineParser {
    fn step(&mut self, bytes: usize) -> bool {
        let until = self.input.used().saturating_add(bytes as u64);
        while self.input.used() < until {
            let Some(line) = self.input.line() else { return true };
            let text = self.input.text(line);
            if self.prefixed {
                let body = crate::formats::xdist_console::prefix::split(&text);
                let plain = crate::ansi::strip(body.text);
                self.lines.line(&plain, body.at, line.whole, &mut self.sheet);
            } else {
                self.lines.line(&text, None, line.whole, &mut self.sheet);
            }
        }
        false
    }

    fn tests(&self) -> usize {
        self.sheet.tests()
    }

    fn finish(mut self: Box<Self>) -> Parsed {
        self.lines.end(&mut self.sheet);
        self.sheet.finish()
    }
}

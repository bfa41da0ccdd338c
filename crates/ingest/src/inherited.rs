//! Names that tests have from what stands around them: suites, classes, files.
//!
//! A file says such a name once, and each of its tests stores it: without a limit one long name in a small file would
//! fill the memory.

use crate::notes::Notes;

/// Of the names around a test so many bytes are kept.
const MAX_NAME: usize = 1_000;
/// Once so many bytes were given to tests, fewer are kept of each. A million tests of a large suite stay below either.
const MANY: usize = 32 << 20;
const MAX_NAME_OF_MANY: usize = 250;

/// At most `max` bytes of a name.
fn clip(name: &str, max: usize) -> &str {
    let mut end = name.len().min(max);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or("")
}

/// A name that many tests will be given, without what [`Inherited`] keeps of none; it sees that something is missing.
pub(crate) fn bounded(name: &str) -> &str {
    clip(name, MAX_NAME + 1)
}

/// Names put together, outermost first; as many as [`Inherited`] can keep something of.
pub(crate) fn path(names: &mut dyn Iterator<Item = &str>, separator: &str) -> String {
    let mut path = String::new();
    let mut first = true;
    for name in names {
        if !std::mem::take(&mut first) {
            path.push_str(separator);
        }
        path.push_str(bounded(name));
        if path.len() > MAX_NAME {
            break;
        }
    }
    path
}

/// What the tests of a file were given.
#[derive(Debug, Default)]
pub(crate) struct Inherited {
    bytes: usize,
    is_said: bool,
}

impl Inherited {
    /// As much of a name as a test gets.
    pub(crate) fn of<'a>(&mut self, name: &'a str, notes: &Notes) -> &'a str {
        let max = if self.bytes < MANY { MAX_NAME } else { MAX_NAME_OF_MANY };
        let kept = clip(name, max);
        self.bytes += kept.len();
        if kept.len() < name.len() && !std::mem::replace(&mut self.is_said, true) {
            let start = clip(name, 60);
            notes.warn(format!(
                "names around tests that are longer than {max} bytes are clipped: \u{201c}{start}…\u{201d}"
            ));
        }
        kept
    }
}

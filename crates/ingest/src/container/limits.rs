//! How much is unpacked at most. Each limit stands in the message that says that it was reached.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use lanescope_model::{Issue, Severity};

use crate::notes::Notes;

/// Members of one archive that are looked at.
pub(crate) const MAX_MEMBERS: usize = 200_000;
/// Archives inside one another.
pub(crate) const MAX_DEPTH: usize = 4;
/// How often one stream may be packed: tools that pack what is packed already do it once.
pub(super) const MAX_WRAPPINGS: usize = 2;
/// Unpacked bytes for one packed byte. Reports of many equal lines come to some hundred.
pub(super) const MAX_RATIO: u64 = 250;
/// Less than this may be packed as tightly as it likes.
pub(super) const RATIO_FROM: u64 = 64 << 20;
/// Unpacked bytes of everything in one file that is opened.
pub(crate) const MAX_UNPACKED: u64 = 8 << 30;
/// A zip archive inside packed data has to be held in memory: this much, or twice the size of the file it is in.
pub(super) const MAX_IN_MEMORY: u64 = 64 << 20;
/// Bytes of a member's name.
pub(crate) const MAX_NAME: usize = 1024;
/// Largest window that zstd data may ask for, and largest dictionary of xz data (`xz -9` has as much).
pub(super) const MAX_WINDOW: u64 = 64 << 20;

/// A number of bytes in words of people.
pub(crate) fn bytes(n: u64) -> String {
    match n {
        0..1024 => format!("{n} bytes"),
        1024..1_048_576 => format!("{} KiB", n >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", n >> 20),
        _ => format!("{} GiB", n >> 30),
    }
}

/// What was unpacked of one opened file so far, all layers.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// Size of the file that was opened, if known.
    pub(super) size: Option<u64>,
    unpacked: Cell<u64>,
}

impl Budget {
    pub(crate) fn new(size: Option<u64>) -> Rc<Self> {
        Rc::new(Self { size, unpacked: Cell::new(0) })
    }

    /// Whether no more may be unpacked.
    pub(crate) fn is_spent(&self) -> bool {
        self.unpacked.get() > MAX_UNPACKED
    }

    /// How much of what is packed may be held in memory.
    pub(super) fn in_memory(&self) -> u64 {
        MAX_IN_MEMORY.max(self.size.unwrap_or(0).saturating_mul(2))
    }
}

/// Unpacked data that ends, with an error in the notes, where a limit is reached.
pub(super) struct Limited {
    pub(super) inner: Box<dyn Read>,
    /// Packed bytes taken for it.
    pub(super) packed: Rc<Cell<u64>>,
    pub(super) given: u64,
    pub(super) budget: Rc<Budget>,
    pub(super) notes: Notes,
    pub(super) over: bool,
}

impl Limited {
    pub(super) fn new(inner: Box<dyn Read>, packed: Rc<Cell<u64>>, budget: &Rc<Budget>, notes: &Notes) -> Self {
        Self { inner, packed, given: 0, budget: Rc::clone(budget), notes: notes.clone(), over: false }
    }
}

impl Read for Limited {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.over {
            return Ok(0);
        }
        let n = self.inner.read(buf)?;
        self.given += n as u64;
        self.budget.unpacked.set(self.budget.unpacked.get().saturating_add(n as u64));
        let tight = self.given / self.packed.get().max(1);
        let text = if self.budget.is_spent() {
            format!("more than {} would be unpacked in all: the rest is not read", bytes(MAX_UNPACKED))
        } else if self.given > RATIO_FROM && tight > MAX_RATIO {
            format!(
                "it unpacks to more than {MAX_RATIO} times its size and to more than {}: this is no report, but made to \
                 fill the memory of who opens it; unpacking stopped and nothing of it is used",
                bytes(RATIO_FROM)
            )
        } else {
            return Ok(n);
        };
        self.over = true;
        self.notes.push(Issue::new(Severity::Error, text));
        Ok(0)
    }
}

//! Members of an archive: stretches of one file.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::Crc;
use lanescope_model::{Issue, Severity};
use rawzip::ReaderAt;

use super::ReadSeek;
use crate::notes::Notes;

/// One file that several members are read from, each at its own place.
#[derive(Clone)]
pub(super) struct Shared(Rc<RefCell<Box<dyn ReadSeek>>>);

impl Shared {
    pub(super) fn new(reader: Box<dyn ReadSeek>) -> Self {
        Self(Rc::new(RefCell::new(reader)))
    }
}

impl ReaderAt for Shared {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut reader = self.0.borrow_mut();
        reader.seek(SeekFrom::Start(offset))?;
        reader.read(buf)
    }
}

/// What a stored member has to add up to.
pub(super) struct Sum {
    pub(super) crc: u32,
    pub(super) notes: Notes,
}

/// A stretch of a file, as a file of its own.
pub(super) struct Section {
    shared: Shared,
    start: u64,
    len: u64,
    at: u64,
    sum: Option<Sum>,
    crc: Crc,
    summed: u64,
}

impl Section {
    pub(super) fn new(shared: Shared, start: u64, len: u64, sum: Option<Sum>) -> Self {
        Self { shared, start, len, at: 0, sum, crc: Crc::new(), summed: 0 }
    }

    /// Adds up what is read for the first time, in order. A reader that leaps about is not checked.
    fn add(&mut self, bytes: &[u8]) {
        let known = self.summed.saturating_sub(self.at);
        let new = usize::try_from(known).ok().and_then(|known| bytes.get(known..)).unwrap_or(&[]);
        if self.at > self.summed || new.is_empty() {
            return;
        }
        self.crc.update(new);
        self.summed += new.len() as u64;
        if self.summed == self.len
            && let Some(sum) = self.sum.take()
            && sum.crc != self.crc.sum()
        {
            sum.notes.push(Issue::new(Severity::Warning, super::BAD_SUM));
        }
    }
}

impl Read for Section {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = left.min(buf.len());
        let Some(into) = buf.get_mut(..wanted).filter(|b| !b.is_empty()) else { return Ok(0) };
        let n = self.shared.read_at(into, self.start.saturating_add(self.at))?;
        let got = into.get(..n).unwrap_or(&[]);
        if self.sum.is_some() {
            self.add(got);
        }
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

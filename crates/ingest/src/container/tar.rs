//! Tar archives, read in order.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

use lanescope_model::{Issue, Place, Severity};
use tar::{EntryType, Header, PaxExtensions};

use super::limits::{MAX_MEMBERS, bytes};
use super::names::name;
use super::{Member, Members, Packed};
use crate::notes::Notes;

const BLOCK: usize = 512;
/// A longer name, or longer facts about a member, is none that a tool wrote.
const MAX_FACTS: u64 = 1 << 20;

/// Whether a block is the header of a member: it adds up to the sum that it says.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..BLOCK) else { return false };
    let Ok(said) = Header::from_byte_slice(block).cksum() else { return false };
    // The sum's own field counts as blanks.
    let sum: u32 =
        block.iter().enumerate().map(|(i, &b)| u32::from(if (148..156).contains(&i) { b' ' } else { b })).sum();
    said == sum && block.first().is_some_and(|&b| b != 0)
}

/// The stream, shared with the member that is being read.
struct Stream {
    inner: Box<dyn Read>,
    /// Bytes of the member that are not read yet, and those that fill its last block.
    left: u64,
    padding: u64,
    at: u64,
}

impl Stream {
    fn take(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = loop {
            match self.inner.read(buf) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.at += n as u64;
        Ok(n)
    }

    /// Reads a whole block; what there is of it at the end.
    fn block(&mut self) -> io::Result<Vec<u8>> {
        let mut block = Vec::with_capacity(BLOCK);
        self.inner.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        self.at += block.len() as u64;
        Ok(block)
    }
}

struct Body {
    stream: Rc<RefCell<Stream>>,
    notes: Notes,
}

impl Read for Body {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.stream.borrow_mut();
        let wanted = usize::try_from(stream.left).unwrap_or(usize::MAX).min(buf.len());
        let Some(into) = buf.get_mut(..wanted).filter(|b| !b.is_empty()) else { return Ok(0) };
        let n = stream.take(into)?;
        stream.left -= n as u64;
        if n == 0 {
            let at = Place::Byte(stream.at);
            self.notes.warn_at(at, "the archive ends inside this member; what is there of it is used");
            stream.left = 0;
        }
        Ok(n)
    }
}

pub(super) struct Tar {
    stream: Rc<RefCell<Stream>>,
    taken: Rc<Cell<u64>>,
    notes: Notes,
    seen: usize,
    names: super::zip::Taken,
    done: bool,
}

/// What the members that are none say of the next one.
#[derive(Default)]
struct Facts {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Tar {
    pub(super) fn new(inner: Box<dyn Read>, taken: Rc<Cell<u64>>, notes: Notes) -> Self {
        let stream = Rc::new(RefCell::new(Stream { inner, left: 0, padding: 0, at: 0 }));
        Self { stream, taken, notes, seen: 0, names: super::zip::Taken::default(), done: false }
    }

    fn warn(&self, text: impl Into<String>) {
        self.notes.push(Issue::new(Severity::Warning, text).at(Place::Byte(self.stream.borrow().at)));
    }

    /// Passes over what was not read of the last member.
    fn skip(&self) -> io::Result<()> {
        let mut stream = self.stream.borrow_mut();
        let left = stream.left.saturating_add(stream.padding);
        (stream.left, stream.padding) = (0, 0);
        let skipped = io::copy(&mut stream.inner.by_ref().take(left), &mut io::sink())?;
        stream.at += skipped;
        drop(stream);
        if skipped < left {
            self.warn("the archive is cut off inside a member");
        }
        Ok(())
    }

    /// The content of a member that tells of the next one.
    fn facts(&self, size: u64) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut stream = self.stream.borrow_mut();
        if size <= MAX_FACTS {
            stream.inner.by_ref().take(size).read_to_end(&mut out)?;
            stream.at += out.len() as u64;
            stream.left = stream.left.saturating_sub(out.len() as u64);
        }
        Ok(out)
    }

    fn try_next(&mut self) -> io::Result<Option<Member>> {
        let mut facts = Facts::default();
        loop {
            self.skip()?;
            let block = self.stream.borrow_mut().block()?;
            if block.len() < BLOCK {
                self.warn("the archive ends without the zeros that mark its end: it may be cut off");
                return Ok(None);
            }
            if block.iter().all(|&b| b == 0) {
                return Ok(None);
            }
            if !is_tar(&block) {
                self.warn(
                    "this is no header of a member: the archive is damaged from here on, and the rest is not read",
                );
                return Ok(None);
            }
            let header = Header::from_byte_slice(&block);
            let Ok(mut size) = header.entry_size() else {
                self.warn("the size of a member cannot be read: the rest of the archive is not read");
                return Ok(None);
            };
            let kind = header.entry_type();
            if let Some(size_of_next) = facts.size.filter(|_| !tells(kind)) {
                size = size_of_next;
            }
            {
                let mut stream = self.stream.borrow_mut();
                stream.left = size;
                stream.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
            }
            match kind {
                EntryType::GNULongName => {
                    let mut long = self.facts(size)?;
                    while long.last() == Some(&0) {
                        long.pop();
                    }
                    facts.name = Some(long);
                }
                EntryType::XHeader => {
                    let text = self.facts(size)?;
                    for fact in PaxExtensions::new(&text).flatten() {
                        match fact.key_bytes() {
                            b"path" => facts.name = Some(fact.value_bytes().to_vec()),
                            b"size" => facts.size = fact.value().ok().and_then(|v| v.parse().ok()),
                            _ => {}
                        }
                    }
                }
                kind if tells(kind) => {}
                EntryType::Directory => facts = Facts::default(),
                kind => {
                    let raw = facts.name.take().unwrap_or_else(|| header.path_bytes().into_owned());
                    facts = Facts::default();
                    self.seen += 1;
                    if self.seen > MAX_MEMBERS {
                        self.warn(format!("the archive has more than {MAX_MEMBERS} members: the rest is not read"));
                        return Ok(None);
                    }
                    if let Some(member) = self.member(kind, &raw, size) {
                        return Ok(Some(member));
                    }
                }
            }
        }
    }

    fn member(&mut self, kind: EntryType, raw: &[u8], size: u64) -> Option<Member> {
        let named = name(raw);
        let shown = super::zip::distinct(named.text, &mut self.names, &self.notes);
        if kind.is_symlink() || kind.is_hard_link() {
            self.notes.warn(format!("{shown} is a link to another file: links are not followed"));
            return None;
        }
        if !matches!(kind, EntryType::Regular | EntryType::Continuous) && kind != EntryType::new(0) {
            self.notes.warn(format!("{shown} is no plain file (a sparse file or a device); it is not read"));
            return None;
        }
        let notes = Notes::default();
        if let Some(remark) = named.remark {
            notes.info(format!("the name in the archive {remark}"));
        }
        let body = Body { stream: Rc::clone(&self.stream), notes: notes.clone() };
        Some(Member { name: shown, size, bytes: Some(Packed::Stream(Box::new(body))), notes })
    }
}

/// Whether a member of this kind only tells of the next one or of all.
fn tells(kind: EntryType) -> bool {
    matches!(kind, EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader)
}

impl Members for Tar {
    fn next(&mut self) -> Option<Member> {
        if self.done {
            return None;
        }
        let next = self.try_next().unwrap_or_else(|e| {
            let at = self.stream.borrow().at;
            self.warn(format!("reading the archive stopped after {}: {e}", bytes(at)));
            None
        });
        self.done = next.is_none();
        next
    }

    fn taken(&self) -> u64 {
        self.taken.get()
    }
}

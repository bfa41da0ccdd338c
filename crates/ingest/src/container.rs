//! What may be wrapped around a report: so far gzip, one member or many, and once more inside itself.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use lanescope_model::{Issue, Place, Severity};

use crate::inflate::{Crc32, Inflate};
use crate::notes::Notes;

/// How often gzip may be wrapped in gzip: tools that pack what is packed already do it once.
const MAX_DEPTH: usize = 2;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A reader that counts the bytes taken from it.
pub(crate) struct Counted {
    pub(crate) inner: Box<dyn Read>,
    pub(crate) taken: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.taken.set(self.taken.get() + n as u64);
        Ok(n)
    }
}

/// Takes the wrapping off: the reader returned gives the content.
pub(crate) fn unpack(reader: Box<dyn Read>, taken: &Rc<Cell<u64>>, notes: &Notes) -> io::Result<Box<dyn Read>> {
    let mut reader = reader;
    for depth in 0..=MAX_DEPTH {
        let (head, peeked) = peek(reader)?;
        if head != GZIP_MAGIC {
            return Ok(peeked);
        }
        if depth == MAX_DEPTH {
            notes.push(Issue::new(
                Severity::Error,
                "gzip inside gzip inside gzip is not unpacked: unpack the file once and open it again",
            ));
            return Ok(Box::new(io::empty()));
        }
        if depth > 0 {
            notes.push(Issue::new(Severity::Info, "the file is packed twice (gzip inside gzip)"));
        }
        reader = Box::new(Gunzip {
            stream: Inflate::new(peeked),
            crc: Crc32::new(),
            member: Member::Header,
            length: 0,
            taken: Rc::clone(taken),
            notes: notes.clone(),
            given: 0,
        });
    }
    Ok(reader)
}

/// The first two bytes, and a reader that gives them again.
fn peek(mut reader: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut head = Vec::with_capacity(2);
    reader.by_ref().take(2).read_to_end(&mut head)?;
    let again = io::Cursor::new(head.clone()).chain(reader);
    Ok((head, Box::new(again)))
}

/// Gzip data (RFC 1952), member after member. It never fails on content: it ends where the data ends and says so.
struct Gunzip {
    stream: Inflate,
    crc: Crc32,
    member: Member,
    /// Unpacked bytes of this member, modulo 2³².
    length: u32,
    taken: Rc<Cell<u64>>,
    notes: Notes,
    given: u64,
}

/// What of a member is read next.
enum Member {
    Header,
    Data,
    End,
}

impl Gunzip {
    fn warn(&self, text: String) {
        self.notes.push(Issue::new(Severity::Warning, text).at(Place::Byte(self.taken.get())));
    }

    fn byte(&mut self) -> io::Result<u8> {
        self.stream.byte()?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn number(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    fn header(&mut self) -> io::Result<()> {
        let magic = [self.byte()?, self.byte()?, self.byte()?];
        let flags = self.byte()?;
        if magic != [GZIP_MAGIC[0], GZIP_MAGIC[1], 8] || flags & 0xe0 != 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "invalid gzip header"));
        }
        for _ in 0..6 {
            self.byte()?;
        }
        if flags & 4 != 0 {
            for _ in 0..u16::from_le_bytes([self.byte()?, self.byte()?]) {
                self.byte()?;
            }
        }
        // A name, and a comment.
        for flag in [8, 16] {
            while flags & flag != 0 && self.byte()? != 0 {}
        }
        if flags & 2 != 0 {
            self.byte()?;
            self.byte()?;
        }
        self.stream.restart();
        self.crc.reset();
        self.length = 0;
        self.member = Member::Data;
        Ok(())
    }

    /// Checks a member at its end, and goes on to the next, if there is one.
    fn trailer(&mut self) -> io::Result<()> {
        self.member = Member::End;
        if (self.number()?, self.number()?) != (self.crc.sum(), self.length) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "checksum"));
        }
        let next = self.stream.upcoming()?;
        if next.starts_with(&GZIP_MAGIC) || next == [GZIP_MAGIC[0]] {
            self.member = Member::Header;
        } else if !next.is_empty() {
            self.warn("something that is not gzip follows the packed data; it is left out".to_owned());
        }
        Ok(())
    }

    fn step(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.member {
            Member::Header => self.header()?,
            Member::Data if self.stream.advance()? => {
                let unpacked = self.stream.unpacked();
                let n = unpacked.len().min(buf.len());
                if let (Some(from), Some(to)) = (unpacked.get(..n), buf.get_mut(..n)) {
                    to.copy_from_slice(from);
                    self.crc.add(from);
                }
                self.stream.taken(n);
                self.length = self.length.wrapping_add(n as u32);
                return Ok(n);
            }
            Member::Data => self.trailer()?,
            Member::End => {}
        }
        Ok(0)
    }

    fn explain(&self, error: &io::Error) -> String {
        let given = self.given;
        if error.kind() == io::ErrorKind::UnexpectedEof {
            format!(
                "the gzip data ends too early (a download that was cut off?); the first {given} unpacked bytes are used"
            )
        } else if error.to_string().contains("checksum") {
            "the gzip checksum does not match: the file was damaged; what it unpacks to is used all the same".to_owned()
        } else {
            format!("the gzip data is damaged ({error}); the first {given} unpacked bytes are used")
        }
    }
}

impl Read for Gunzip {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if matches!(self.member, Member::End) || buf.is_empty() {
                return Ok(0);
            }
            match self.step(buf) {
                Ok(0) => {}
                Ok(n) => {
                    self.given += n as u64;
                    return Ok(n);
                }
                Err(e) => {
                    let text = self.explain(&e);
                    self.warn(text);
                    self.member = Member::End;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use std::io::Write;

    use super::*;

    fn gz(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> (Vec<u8>, Vec<String>) {
        let notes = Notes::default();
        let taken = Rc::new(Cell::new(0));
        let counted = Counted { inner: Box::new(io::Cursor::new(bytes)), taken: Rc::clone(&taken) };
        let mut out = Vec::new();
        unpack(Box::new(counted), &taken, &notes).unwrap().read_to_end(&mut out).unwrap();
        (out, notes.take().into_iter().map(|i| i.text).collect())
    }

    #[test]
    fn plain_and_packed_members_and_nested_gzip_come_out_alike() {
        let data = b"some report ".repeat(1000);
        assert_eq!(read(data.clone()), (data.clone(), vec![]));
        assert_eq!(read(gz(&data)).0, data);
        let two = [gz(&data), gz(b"and more")].concat();
        assert_eq!(read(two), ([data.clone(), b"and more".to_vec()].concat(), vec![]));
        assert_eq!(read(gz(&gz(&data))).0, data);
        assert!(read(gz(&gz(&gz(&data)))).1.iter().any(|t| t.contains("unpack the file once")));
    }

    #[test]
    fn damage_is_said_and_what_came_before_is_kept() {
        let data = b"some report ".repeat(1000);
        let mut cut = gz(&data);
        cut.truncate(cut.len() - 12);
        let (out, notes) = read(cut);
        assert!(data.starts_with(&out));
        assert!(notes.first().unwrap().contains("ends too early"), "{notes:?}");
        let mut bad = gz(&data);
        let at = bad.len() - 6;
        bad[at] ^= 0x55;
        let (out, notes) = read(bad);
        assert_eq!(out, data);
        assert!(notes.first().unwrap().contains("checksum"), "{notes:?}");
        let (out, notes) = read([gz(&data), b"garbage".to_vec()].concat());
        assert_eq!(out, data);
        assert!(notes.first().unwrap().contains("not gzip"), "{notes:?}");
    }
}

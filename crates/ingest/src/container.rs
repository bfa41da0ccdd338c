//! What may be wrapped around a report: so far gzip, one member or many, and once more inside itself.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;
use lanescope_model::{Issue, Place, Severity};

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
        let buffered = BufReader::with_capacity(64 << 10, peeked);
        reader = Box::new(Gunzip {
            decoder: Some(GzDecoder::new(buffered)),
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

/// Gzip data, member after member. It never fails on content: it ends where the data ends and says so.
struct Gunzip {
    decoder: Option<GzDecoder<BufReader<Box<dyn Read>>>>,
    taken: Rc<Cell<u64>>,
    notes: Notes,
    given: u64,
}

impl Gunzip {
    fn warn(&self, text: String) {
        self.notes.push(Issue::new(Severity::Warning, text).at(Place::Byte(self.taken.get())));
    }

    /// Goes on to the next member, if there is one.
    fn next_member(&mut self) -> io::Result<()> {
        let Some(decoder) = self.decoder.take() else { return Ok(()) };
        let mut rest = decoder.into_inner();
        let next = rest.fill_buf()?;
        if next.is_empty() {
            return Ok(());
        }
        if next.starts_with(&GZIP_MAGIC) || next == [GZIP_MAGIC[0]] {
            self.decoder = Some(GzDecoder::new(rest));
        } else {
            self.warn("something that is not gzip follows the packed data; it is left out".to_owned());
        }
        Ok(())
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
            let Some(decoder) = &mut self.decoder else { return Ok(0) };
            match decoder.read(buf) {
                Ok(0) if !buf.is_empty() => self.next_member()?,
                Ok(n) => {
                    self.given += n as u64;
                    return Ok(n);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    let text = self.explain(&e);
                    self.warn(text);
                    self.decoder = None;
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

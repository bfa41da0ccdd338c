//! Gzip data: one member or many.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;
use lanescope_model::{Issue, Place, Severity};

use crate::notes::Notes;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&GZIP_MAGIC)
}

/// Gzip data, member after member. It never fails on content: it ends where the data ends and says so.
pub(super) struct Gunzip {
    decoder: Option<GzDecoder<BufReader<Box<dyn Read>>>>,
    taken: Rc<Cell<u64>>,
    notes: Notes,
    given: u64,
}

impl Gunzip {
    pub(super) fn new(source: Box<dyn Read>, taken: Rc<Cell<u64>>, notes: Notes) -> Self {
        let buffered = BufReader::with_capacity(64 << 10, source);
        Self { decoder: Some(GzDecoder::new(buffered)), taken, notes, given: 0 }
    }

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
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]
    use std::io::Write;

    use super::super::{Budget, Content, Packed, open};
    use super::*;

    fn gz(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> (Vec<u8>, Vec<String>) {
        let notes = Notes::default();
        let taken = Rc::new(Cell::new(0));
        let packed = Packed::Seekable(Box::new(io::Cursor::new(bytes)));
        let mut out = Vec::new();
        let Content::Report(mut reader) = open(packed, &taken, &Budget::new(None), &notes).unwrap() else { panic!() };
        reader.read_to_end(&mut out).unwrap();
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

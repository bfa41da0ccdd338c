//! Zip archives, by the directory at their end.

use std::cell::{Cell, RefCell};
use std::hash::BuildHasher;
use std::io::{self, BufReader, Read, SeekFrom};
use std::rc::Rc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use lanescope_model::{Issue, Severity};
use rawzip::{
    CompressionMethod, ErrorKind, RECOMMENDED_BUFFER_SIZE, RangeReader, ZipArchive, ZipArchiveEntryWayfinder,
    ZipLocator,
};

use super::limits::{Budget, Limited, MAX_MEMBERS};
use super::names::name;
use super::random::ReadSeek;
use super::section::{Section, Shared, Sum};
use super::zstd::Unzstd;
use super::{BAD_SUM, Content, Counted, Member, Members, Packed};
use crate::notes::Notes;
use crate::{Archive, Attachment};

/// A zip file begins with a member, or is empty.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// What the directory says of a member.
struct Entry {
    name: String,
    remark: Option<&'static str>,
    place: ZipArchiveEntryWayfinder,
    /// Where its header begins, as the directory counts.
    offset: u64,
    crc: u32,
    method: CompressionMethod,
    /// What keeps it from being read.
    refused: Option<String>,
}

/// Bytes that stand before those of a member, at least.
const LEAST_HEADER: u64 = 30;
/// Packed bytes that are read at once.
const BUFFER: usize = 32 << 10;

pub(super) struct Zip {
    archive: ZipArchive<Shared>,
    shared: Shared,
    entries: std::vec::IntoIter<Entry>,
    budget: Rc<Budget>,
    notes: Notes,
    taken: Rc<Cell<u64>>,
    spare: Spare,
}

type Decoder = DeflateDecoder<BufReader<Box<dyn Read>>>;
/// The decoder of the last member, for the next one: memory falls to pieces between thousands of them.
type Spare = Rc<RefCell<Option<Decoder>>>;

/// Reads the directory.
pub(super) fn open(mut reader: Box<dyn ReadSeek>, budget: &Rc<Budget>, notes: &Notes) -> io::Result<Content> {
    let size = reader.seek(SeekFrom::End(0))?;
    let shared = Shared::new(reader);
    let nothing = |text: &str| {
        notes.error(text);
        Ok(Content::Archive(Archive::Zip, Box::new(Nothing)))
    };
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = match ZipLocator::new().locate_in_reader(shared.clone(), &mut buffer, size) {
        Ok(archive) => archive,
        Err((_, e)) => {
            return nothing(match e.kind() {
                ErrorKind::MissingEndOfCentralDirectory | ErrorKind::Eof => {
                    "the zip archive has no directory at its end (a download that was cut off?): download it again"
                }
                ErrorKind::IO(_) => "the zip archive cannot be read to its end; was the file changed or removed?",
                _ => "the directory of the zip archive is damaged: download it again",
            });
        }
    };
    let entries = entries(&archive, &mut buffer, notes);
    // What a Playwright trace is made of; its viewer opens it, and it has no results.
    if entries.iter().any(|e| e.name == "trace.trace" || e.name == "0-trace.trace" || e.name == "test.trace") {
        return Ok(Content::Attachment(Attachment::Trace));
    }
    let budget = Rc::clone(budget);
    let (taken, spare) = (Rc::default(), Rc::default());
    let zip = Zip { archive, shared, entries: entries.into_iter(), budget, notes: notes.clone(), taken, spare };
    Ok(Content::Archive(Archive::Zip, Box::new(zip)))
}

fn entries(archive: &ZipArchive<Shared>, buffer: &mut [u8], notes: &Notes) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut names = Taken::default();
    let mut empty = 0_u32;
    let mut seen = 0;
    let mut records = archive.entries(buffer);
    loop {
        let record = match records.next_entry() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(e) => {
                notes.warn(format!(
                    "the directory of the zip archive is damaged after {seen} members ({e}); those before are read"
                ));
                break;
            }
        };
        seen += 1;
        if seen > MAX_MEMBERS {
            notes.warn(format!("the archive has more than {MAX_MEMBERS} members: the rest is not read"));
            break;
        }
        if record.is_dir() {
            continue;
        }
        if record.uncompressed_size_hint() == 0 {
            empty += 1;
            continue;
        }
        let name = name(record.file_path().as_bytes());
        let shown = distinct(name.text, &mut names, notes);
        if record.mode().is_symlink() {
            notes.warn(format!("{shown} is a link to another file: links are not followed"));
            continue;
        }
        let method = record.compression_method();
        let encrypted = record.flags().is_encrypted() || method == CompressionMethod::AES;
        let can = matches!(method, CompressionMethod::STORE | CompressionMethod::DEFLATE | CompressionMethod::ZSTD);
        let refused = if encrypted {
            let aes = if method == CompressionMethod::AES { " with AES" } else { "" };
            Some(format!("it is encrypted{aes}: unpack the archive with its password first"))
        } else if can {
            None
        } else {
            let known = method.name().unwrap_or("unknown").to_ascii_lowercase();
            let number = method.as_u16();
            Some(format!(
                "it is packed by the method {known} ({number}), which is not read: pack it as zip tools do by default"
            ))
        };
        all.push(Entry {
            name: shown,
            remark: name.remark,
            place: record.wayfinder(),
            offset: record.local_header_offset(),
            crc: record.crc32(),
            method,
            refused,
        });
    }
    if empty > 0 {
        notes.info(format!("{empty} members are empty (0 bytes)"));
    }
    refuse_overlaps(&mut all);
    all
}

/// Hashes of the names that members have, each with the last number that a member of an equal name got.
pub(super) type Taken = HashMap<i64, u32, FixedState>;

/// A name that no member before has.
pub(super) fn distinct(name: String, taken: &mut Taken, notes: &Notes) -> String {
    let hash = |name: &str| FixedState::with_seed(3).hash_one(name).cast_signed();
    let own = hash(&name);
    let Some(mut n) = taken.get(&own).copied() else {
        taken.insert(own, 1);
        return name;
    };
    loop {
        n += 1;
        let shown = format!("{name} ({n})");
        let key = hash(&shown);
        if !taken.contains_key(&key) {
            taken.insert(key, 1);
            taken.insert(own, n);
            notes.warn(format!("the archive has {name} more than once; all are read, number {n} as “{shown}”"));
            return shown;
        }
    }
}

/// Refuses members that lie in the bytes of another: what is packed once would be unpacked as often as it is named.
fn refuse_overlaps(entries: &mut [Entry]) {
    let mut order: Vec<(u64, usize)> = entries.iter().enumerate().map(|(at, e)| (e.offset, at)).collect();
    lanescope_model::order::sort(&mut order, &|a, b| a.cmp(b));
    let mut end = 0;
    for (start, at) in order {
        let Some(entry) = entries.get_mut(at) else { continue };
        if start < end {
            let text = "it lies in the bytes of another member: the archive is damaged, or made to unpack to much more than it holds";
            entry.refused.get_or_insert_with(|| text.to_owned());
            continue;
        }
        // The header has a name and more beside; it is not read for that.
        end = start.saturating_add(LEAST_HEADER).saturating_add(entry.place.compressed_size_hint());
    }
}

impl Zip {
    fn bytes(&mut self, entry: &Entry, notes: &Notes) -> Option<Packed> {
        let (start, end) = match self.archive.get_entry(entry.place) {
            Ok(found) => found.compressed_data_range(),
            Err(e) => {
                notes.error(format!(
                    "the archive's directory names a place where this member is not ({e}); it is damaged"
                ));
                return None;
            }
        };
        let packed = end.saturating_sub(start);
        if entry.method == CompressionMethod::STORE {
            self.taken.set(self.taken.get().saturating_add(packed));
            let sum = Sum { crc: entry.crc, notes: notes.clone() };
            return Some(Packed::Seekable(Box::new(Section::new(self.shared.clone(), start, packed, Some(sum)))));
        }
        let range = RangeReader::new(self.shared.clone(), start..end);
        let taken = Rc::new(Cell::new(0));
        let counted = Counted { inner: Box::new(range), taken: Rc::clone(&taken) };
        let all = Counted { inner: Box::new(counted), taken: Rc::clone(&self.taken) };
        let inner: Box<dyn Read> = if entry.method == CompressionMethod::ZSTD {
            Box::new(Unzstd::new(Box::new(all), notes.clone()))
        } else {
            let source: Box<dyn Read> = Box::new(all);
            let room = usize::try_from(packed).unwrap_or(BUFFER).clamp(1, BUFFER);
            let source = BufReader::with_capacity(room, source);
            let inner = match self.spare.take() {
                Some(mut decoder) => {
                    decoder.reset(source);
                    decoder
                }
                None => DeflateDecoder::new(source),
            };
            Box::new(Inflate {
                inner: Some(inner),
                spare: Rc::clone(&self.spare),
                crc: Crc::new(),
                expected: (entry.crc, entry.place.uncompressed_size_hint()),
                given: 0,
                notes: notes.clone(),
            })
        };
        Some(Packed::Stream(Box::new(Limited::new(inner, taken, &self.budget, notes))))
    }
}

impl Members for Zip {
    fn next(&mut self) -> Option<Member> {
        if self.budget.is_spent() {
            let left = self.entries.by_ref().count();
            if left > 0 {
                let most = super::in_words(super::limits::MAX_UNPACKED);
                self.notes.error(format!("more than {most} was unpacked: the other {left} members are not read"));
            }
            return None;
        }
        let entry = self.entries.next()?;
        let notes = Notes::default();
        if let Some(remark) = entry.remark {
            notes.info(format!("the name in the archive {remark}"));
        }
        let bytes = match &entry.refused {
            Some(text) => {
                notes.error(text.as_str());
                None
            }
            None => self.bytes(&entry, &notes),
        };
        Some(Member { name: entry.name, size: entry.place.uncompressed_size_hint(), bytes, notes })
    }

    fn taken(&self) -> u64 {
        self.taken.get()
    }
}

/// An archive that could not be opened.
struct Nothing;

impl Members for Nothing {
    fn next(&mut self) -> Option<Member> {
        None
    }

    fn taken(&self) -> u64 {
        0
    }
}

/// Deflated data with its sum. It never fails on content: it ends where the data ends and says so.
struct Inflate {
    /// Nothing after the end.
    inner: Option<Decoder>,
    spare: Spare,
    crc: Crc,
    expected: (u32, u64),
    given: u64,
    notes: Notes,
}

impl Read for Inflate {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Some(inner) = self.inner.as_mut().filter(|_| !buf.is_empty()) else { return Ok(0) };
        let read = loop {
            match inner.read(buf) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        if !matches!(read, Ok(1..)) {
            self.spare.replace(self.inner.take());
        }
        match read {
            Ok(0) => {
                if (self.crc.sum(), self.given) != self.expected {
                    self.notes.push(Issue::new(Severity::Warning, BAD_SUM));
                }
                Ok(0)
            }
            Ok(n) => {
                self.given += n as u64;
                self.crc.update(buf.get(..n).unwrap_or(&[]));
                Ok(n)
            }
            Err(e) => {
                let given = self.given;
                self.notes.warn(format!(
                    "its packed data is damaged or cut off ({e}); the first {given} unpacked bytes are used"
                ));
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_get_numbers_also_where_there_are_many() {
        let (mut taken, notes) = (Taken::default(), Notes::default());
        let mut next = |name: &str| distinct(name.to_owned(), &mut taken, &notes);
        assert_eq!(
            [next("a"), next("a (2)"), next("a"), next("a (2)"), next("a")],
            ["a", "a (2)", "a (3)", "a (2) (2)", "a (4)"]
        );
        // Each looks no further than the one before it.
        let last = (0..200_000).map(|_| next("b")).last();
        assert_eq!(last.as_deref(), Some("b (200000)"));
    }
}

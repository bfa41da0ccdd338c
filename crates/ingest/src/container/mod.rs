//! What may be wrapped around reports: gzip, zstd and xz around one, zip and tar around many, and these inside one another.
//!
//! Everything is known by its first bytes, never by its name. What is packed is unpacked as it is read. A zip archive
//! is read at the places that its directory names; only where it lies inside packed data, which has no places, it is
//! held in memory.

#[cfg(not(feature = "full"))]
mod few;
mod gzip;
#[cfg_attr(not(feature = "full"), expect(dead_code, reason = "the part of archives, which this build does not open"))]
mod limits;
#[cfg(feature = "full")]
mod names;
mod random;
#[cfg(feature = "full")]
mod section;
#[cfg(feature = "full")]
mod tar;
#[cfg(feature = "full")]
mod xz;
#[cfg(feature = "full")]
mod zip;
#[cfg(feature = "full")]
mod zstd;
#[cfg(not(feature = "full"))]
use few::{pack, tar, xz, zip, zstd};

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use lanescope_model::{Issue, Severity};

pub(crate) use self::limits::{Budget, MAX_DEPTH, bytes as in_words};
use self::limits::{Limited, MAX_WRAPPINGS};
pub use self::random::{ReadSeek, Unseekable};
use crate::notes::Notes;
use crate::{Archive, Attachment};

/// As much as tells what something is: the header of a tar archive is the longest.
const HEAD: usize = 512;
#[cfg(feature = "full")]
const BAD_SUM: &str = "its checksum does not match: it was damaged; what it unpacks to is used all the same";

/// Bytes of a file or member.
pub(crate) enum Packed {
    /// They can be read at any place.
    Seekable(Box<dyn ReadSeek>),
    /// They come one after another.
    Stream(Box<dyn Read>),
}

/// A file in an archive.
pub(crate) struct Member {
    /// Its name, fit to be shown.
    pub(crate) name: String,
    /// Unpacked bytes, as the archive says.
    pub(crate) size: u64,
    /// Its bytes; `None` where the notes say why there are none.
    pub(crate) bytes: Option<Packed>,
    /// What is known of it already, and where its bytes say what is wrong with them.
    pub(crate) notes: Notes,
}

/// The members of an archive, one after another. A member is read before the next one is asked for.
pub(crate) trait Members {
    /// The next member. What concerns no member, or many, goes to the notes of the archive.
    fn next(&mut self) -> Option<Member>;

    /// Packed bytes read so far.
    fn taken(&self) -> u64;
}

/// What a file turned out to be.
pub(crate) enum Content {
    /// Something to be read as a report.
    Report(Box<dyn Read>),
    /// A pack of runs, as bytes or as text.
    #[cfg(feature = "full")]
    Pack(Box<dyn Read>),
    /// An archive.
    #[cfg_attr(
        not(feature = "full"),
        expect(dead_code, reason = "the part of archives, which this build does not open")
    )]
    Archive(Archive, Box<dyn Members>),
    /// Something that is listed and not opened.
    Attachment(Attachment),
    /// Something that only the full reader can open, and what it is where the first bytes tell.
    #[cfg(not(feature = "full"))]
    NeedsFull(Option<crate::Format>),
}

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

/// Takes the wrapping off. `taken` counts the packed bytes that are read in order.
pub(crate) fn open(packed: Packed, taken: &Rc<Cell<u64>>, budget: &Rc<Budget>, notes: &Notes) -> io::Result<Content> {
    let (mut head, packed) = peek(packed)?;
    let stream: Box<dyn Read> = match packed {
        #[cfg(feature = "full")]
        Packed::Seekable(reader) if zip::is_zip(&head) => return zip::open(reader, budget, notes),
        Packed::Seekable(reader) => Box::new(reader),
        Packed::Stream(reader) => reader,
    };
    // From here on bytes are read in order.
    let mut stream: Box<dyn Read> = Box::new(Counted { inner: stream, taken: Rc::clone(taken) });
    for depth in 0..=MAX_WRAPPINGS {
        let unpacked: Box<dyn Read> = if gzip::is_gzip(&head) {
            Box::new(gzip::Gunzip::new(stream, Rc::clone(taken), notes.clone()))
        } else if zstd::is_zstd(&head) {
            #[cfg(not(feature = "full"))]
            return Ok(Content::NeedsFull(None));
            #[cfg(feature = "full")]
            Box::new(zstd::Unzstd::new(stream, notes.clone()))
        } else if xz::is_xz(&head) {
            #[cfg(not(feature = "full"))]
            return Ok(Content::NeedsFull(None));
            #[cfg(feature = "full")]
            Box::new(xz::Unxz::new(stream, notes.clone()))
        } else {
            return inside(&head, stream, taken, budget, notes);
        };
        if depth == MAX_WRAPPINGS {
            notes.error(
                "packed data inside packed data inside packed data is not unpacked: unpack the file once and open it again",
            );
            break;
        }
        if depth > 0 {
            notes.push(Issue::new(Severity::Info, "the file is packed twice"));
        }
        (head, stream) = peek_stream(Box::new(Limited::new(unpacked, Rc::clone(taken), budget, notes)))?;
    }
    Ok(Content::Report(Box::new(io::empty())))
}

/// What lies in a stream that is not packed, or not any more.
#[cfg(not(feature = "full"))]
fn inside(
    head: &[u8],
    stream: Box<dyn Read>,
    _taken: &Rc<Cell<u64>>,
    _budget: &Rc<Budget>,
    _notes: &Notes,
) -> io::Result<Content> {
    if pack::is_pack(head) {
        return Ok(Content::NeedsFull(Some(crate::Format::More(crate::More::LanescopePack))));
    }
    if zip::is_zip(head) || tar::is_tar(head) {
        return Ok(Content::NeedsFull(None));
    }
    Ok(attachment(head).map_or_else(|| Content::Report(stream), Content::Attachment))
}

/// What lies in a stream that is not packed, or not any more.
#[cfg(feature = "full")]
fn inside(
    head: &[u8],
    stream: Box<dyn Read>,
    taken: &Rc<Cell<u64>>,
    budget: &Rc<Budget>,
    notes: &Notes,
) -> io::Result<Content> {
    if zip::is_zip(head) {
        let most = budget.in_memory();
        let mut held = Vec::new();
        stream.take(most + 1).read_to_end(&mut held)?;
        if held.len() as u64 > most {
            notes.error(format!(
                "this zip archive lies inside packed data and is larger than {}, which would have to be held in memory: \
                 unpack the outer file and open what is in it",
                in_words(most)
            ));
            return Ok(Content::Report(Box::new(io::empty())));
        }
        return zip::open(Box::new(io::Cursor::new(held)), budget, notes);
    }
    if lanescope_pack::is_pack(head) || lanescope_pack::is_text(head) {
        return Ok(Content::Pack(stream));
    }
    if tar::is_tar(head) {
        return Ok(Content::Archive(Archive::Tar, Box::new(tar::Tar::new(stream, Rc::clone(taken), notes.clone()))));
    }
    Ok(attachment(head).map_or_else(|| Content::Report(stream), Content::Attachment))
}

/// The first bytes, and what gives them again.
fn peek(packed: Packed) -> io::Result<(Vec<u8>, Packed)> {
    let stream: Box<dyn Read> = match packed {
        Packed::Seekable(mut reader) => {
            if let Ok(at) = reader.stream_position() {
                let mut head = Vec::with_capacity(HEAD);
                reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
                reader.seek(SeekFrom::Start(at))?;
                return Ok((head, Packed::Seekable(reader)));
            }
            Box::new(reader)
        }
        Packed::Stream(stream) => stream,
    };
    let (head, stream) = peek_stream(stream)?;
    Ok((head, Packed::Stream(stream)))
}

fn peek_stream(mut stream: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut head = Vec::with_capacity(HEAD);
    stream.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(io::Cursor::new(head).chain(stream))))
}

/// Pictures, films and the like, which tests leave beside their reports.
fn attachment(head: &[u8]) -> Option<Attachment> {
    let magic: [(&[u8], Attachment); 9] = [
        (b"\x89PNG\r\n\x1a\n", Attachment::Image),
        (b"\xff\xd8\xff", Attachment::Image),
        (b"GIF8", Attachment::Image),
        (b"BM", Attachment::Image),
        (b"\x1a\x45\xdf\xa3", Attachment::Video),
        (b"%PDF-", Attachment::Pdf),
        (b"\x7fELF", Attachment::Program),
        (b"SQLite format 3\0", Attachment::Database),
        (b"OggS", Attachment::Video),
    ];
    if head.starts_with(b"RIFF") {
        return Some(if head.get(8..12) == Some(b"WEBP") { Attachment::Image } else { Attachment::Video });
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some(Attachment::Video);
    }
    // Two letters are few: a text may begin with them.
    let is = |magic: &[u8]| head.starts_with(magic) && (magic != b"BM" || head.contains(&0));
    magic.iter().find(|(magic, _)| is(magic)).map(|(_, kind)| *kind)
}

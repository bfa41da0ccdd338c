//! The content of a file as UTF-8: for line formats line by line, for XML as a buffered reader.

use std::io::{self, BufRead, Read};

use lanescope_model::Place;
use memchr::memchr;

use crate::encoding::{self, Encoding};
use crate::notes::Notes;

/// How much is read at once: as much as stays in a processor's second cache.
const CHUNK: usize = 256 << 10;
/// How much is read at first of a file that is smaller than this.
const SMALLEST: usize = 1 << 10;
/// A line longer than this is left out: no tool writes such a record, and memory has an end.
const MAX_LINE: usize = 64 << 20;

/// Content of a file, decoded.
pub(crate) struct Input {
    reader: Box<dyn Read>,
    encoding: Encoding,
    /// Bytes that are not decoded yet; unused while the content is UTF-8.
    raw: Vec<u8>,
    /// Bytes taken from the reader, before decoding.
    read: u64,
    buf: Vec<u8>,
    pos: usize,
    end: usize,
    /// Bytes behind `end` that begin a character of UTF-8 whose rest is not there yet.
    begun: usize,
    at_end: bool,
    /// Whether `buf` must hold valid UTF-8. Lines are checked one by one instead.
    checked: bool,
    bad_bytes_said: bool,
    /// Lines before `buf[0]`, kept up for XML only.
    lines_before: u64,
    /// Bytes before `buf[0]`.
    bytes_before: u64,
    notes: Notes,
    /// How much is read next.
    chunk: usize,
}

/// A line, as a range into [`Input::bytes`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    start: usize,
    end: usize,
    /// Whether a line break ends it; the last line of a file that was cut off has none.
    pub(crate) whole: bool,
}

impl Input {
    /// Reads the head of the content and finds its encoding. `size` is that of the file, packed or not, if it is known: ten
    /// thousand small files of an archive must not ask for large buffers, between which memory falls to pieces.
    pub(crate) fn open(reader: Box<dyn Read>, size: Option<u64>, notes: Notes) -> io::Result<Self> {
        let chunk = size.and_then(|size| usize::try_from(size).ok()).map_or(CHUNK, |size| size.saturating_add(1));
        let mut input = Self {
            reader,
            encoding: Encoding::Utf8,
            raw: Vec::new(),
            read: 0,
            buf: Vec::new(),
            pos: 0,
            end: 0,
            begun: 0,
            at_end: false,
            checked: false,
            bad_bytes_said: false,
            lines_before: 0,
            bytes_before: 0,
            notes,
            chunk: chunk.clamp(SMALLEST, CHUNK),
        };
        input.read_more()?;
        let found = encoding::detect(input.unused());
        if let Some(name) = &found.unreadable {
            input.notes.error(format!("the file is written in {name}, which is not read: save it as UTF-8"));
        }
        if let Some(warning) = found.warning {
            input.notes.warn(warning);
        }
        input.encoding = found.encoding;
        if found.encoding == Encoding::Utf8 {
            input.pos = found.mark;
        } else {
            input.raw = input.buf.get(found.mark..input.end).unwrap_or(&[]).to_vec();
            (input.pos, input.end) = (0, 0);
            input.buf.clear();
            input.decode();
        }
        Ok(input)
    }

    /// What is decoded and not yet used.
    pub(crate) fn unused(&self) -> &[u8] {
        self.buf.get(self.pos..self.end).unwrap_or(&[])
    }

    /// Whether everything was read from the reader.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Reads on until `bytes` are there unused, or the end. For looking ahead only.
    pub(crate) fn look_ahead(&mut self, bytes: usize) -> &[u8] {
        while !self.at_end && self.end - self.pos < bytes {
            self.append();
        }
        self.unused()
    }

    /// Bytes of content (decoded) used so far.
    pub(crate) fn used(&self) -> u64 {
        self.bytes_before + self.pos as u64
    }

    /// Skips bytes that are there.
    pub(crate) fn skip(&mut self, n: usize) {
        self.pos = (self.pos + n).min(self.end);
    }

    /// Makes sure that everything given from here on is valid UTF-8.
    pub(crate) fn check_utf8(&mut self) {
        self.checked = true;
        if self.encoding != Encoding::Utf8 {
            return;
        }
        let read = self.end;
        self.end = self.pos;
        self.check(read);
    }

    /// The line, counted from 1, in which a byte of the content lies, if it is not long gone.
    pub(crate) fn line_of(&self, byte: u64) -> Option<u64> {
        let within = usize::try_from(byte.checked_sub(self.bytes_before)?).ok()?;
        Some(1 + self.lines_before + count_lines(self.buf.get(..within.min(self.end))?))
    }

    /// The next line, without its end.
    pub(crate) fn line(&mut self) -> Option<Line> {
        let mut searched = self.pos;
        loop {
            if let Some(i) = memchr(b'\n', self.buf.get(searched..self.end)?) {
                let line = Line { start: self.pos, end: searched + i, whole: true };
                self.pos = searched + i + 1;
                return Some(line);
            }
            if self.at_end {
                let line = Line { start: self.pos, end: self.end, whole: false };
                self.pos = self.end;
                return (line.end > line.start).then_some(line);
            }
            let open = self.end - self.pos;
            if open > MAX_LINE {
                let place = Place::Byte(self.used());
                self.notes.warn_at(place, format!("a line is longer than {} MiB and is left out", MAX_LINE >> 20));
                self.pos = self.end;
            }
            self.append();
            searched = self.pos + if open > MAX_LINE { 0 } else { open };
        }
    }

    /// The text of a line; what is not UTF-8 in it is replaced.
    pub(crate) fn text(&self, line: Line) -> std::borrow::Cow<'_, str> {
        let mut bytes = self.buf.get(line.start..line.end).unwrap_or(&[]);
        if let [rest @ .., b'\r'] = bytes {
            bytes = rest;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(e) => {
                let byte = self.bytes_before + (line.start + e.valid_up_to()) as u64;
                self.say_bad_bytes(byte);
                String::from_utf8_lossy(bytes)
            }
        }
    }

    fn say_bad_bytes(&self, byte: u64) {
        if !self.bad_bytes_said {
            self.notes.warn_at(Place::Byte(byte), "not UTF-8 here; what cannot be read is shown as \u{fffd}");
        }
    }

    /// Drops what is used and reads a chunk more behind what is not.
    fn append(&mut self) {
        if self.pos > 0 {
            if self.checked {
                self.lines_before += count_lines(self.buf.get(..self.pos).unwrap_or(&[]));
            }
            self.buf.copy_within(self.pos..self.end + self.begun, 0);
            self.bytes_before += self.pos as u64;
            self.end -= self.pos;
            self.pos = 0;
        }
        if let Err(e) = self.read_more() {
            let place = Place::Byte(self.read);
            self.notes.warn_at(place, format!("reading stopped: {e}; what was read until there is used"));
            self.at_end = true;
            if self.begun > 0 {
                self.check(self.end + self.begun);
            }
        }
        if self.encoding != Encoding::Utf8 {
            self.decode();
        }
    }

    fn read_more(&mut self) -> io::Result<()> {
        let chunk = std::mem::replace(&mut self.chunk, CHUNK);
        let direct = self.encoding == Encoding::Utf8;
        let (into, start) = if direct {
            (&mut self.buf, self.end + self.begun)
        } else {
            let start = self.raw.len();
            (&mut self.raw, start)
        };
        if into.len() < start + chunk {
            into.resize(start + chunk, 0);
        }
        let mut filled = start;
        // A reader may give little at a time; whole chunks keep the number of turns small.
        while filled < start + chunk {
            match self.reader.read(into.get_mut(filled..start + chunk).unwrap_or(&mut [])) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if filled == start => {
                    into.truncate(start);
                    return Err(e);
                }
                Err(e) => {
                    self.notes
                        .warn_at(Place::Byte(self.read + (filled - start) as u64), format!("reading stopped: {e}"));
                    self.at_end = true;
                    break;
                }
            }
        }
        self.read += (filled - start) as u64;
        if !direct {
            self.raw.truncate(filled);
        } else if self.checked {
            self.check(filled);
        } else {
            self.end = filled;
        }
        Ok(())
    }

    /// Takes what was read behind `end`, up to `filled`, if it is UTF-8. It mostly is, and stays where it is.
    fn check(&mut self, filled: usize) {
        let new = self.buf.get(self.end..filled).unwrap_or(&[]);
        let valid = valid_up_to(new);
        let rest = new.get(valid..).unwrap_or(&[]);
        if rest.is_empty() || !self.at_end && begins_character(rest) {
            self.end += valid;
            self.begun = rest.len();
        } else {
            self.raw = new.to_vec();
            self.decode();
            // What begins a character waits behind the rest, as ever.
            self.begun = self.raw.len();
            self.buf.append(&mut self.raw);
        }
    }

    /// Decodes what is in `raw` to the end of `buf`.
    fn decode(&mut self) {
        self.buf.truncate(self.end);
        let first = self.read - self.raw.len() as u64;
        let bad = encoding::transcode(self.encoding, &mut self.raw, self.at_end, &mut self.buf);
        self.end = self.buf.len();
        if let Some(at) = bad {
            self.say_bad_bytes(first + at as u64);
            self.bad_bytes_said = true;
        }
    }
}

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// How many of the bytes are valid UTF-8. Most of what tools write is ASCII, and a block of it is seen to be so at once,
/// where the standard library takes a word at a time.
fn valid_up_to(bytes: &[u8]) -> usize {
    let mut valid = 0;
    loop {
        let rest = bytes.get(valid..).unwrap_or(&[]);
        let ascii = rest.as_chunks::<BLOCK>().0.iter().take_while(|block| is_ascii(block)).count() * BLOCK;
        let next = rest.get(ascii..(ascii + 8 * BLOCK).min(rest.len())).unwrap_or(&[]);
        let more = std::str::from_utf8(next).map_or_else(|e| e.valid_up_to(), |_| next.len());
        valid += ascii + more;
        // Less than half of it is not for want of the rest of a character.
        if next.is_empty() || more < next.len() && more < 4 * BLOCK {
            return valid;
        }
    }
}

fn is_ascii(block: &[u8; BLOCK]) -> bool {
    let words = block.as_chunks::<8>().0.iter().map(|word| u64::from_ne_bytes(*word));
    words.fold(0, |all, word| all | word) & 0x8080_8080_8080_8080 == 0
}

/// Whether these bytes could become valid UTF-8 if more followed them.
fn begins_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buf)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.pos == self.end && !self.at_end {
            self.append();
        }
        Ok(self.unused())
    }

    fn consume(&mut self, n: usize) {
        self.skip(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_the_standard_library(bytes: &[u8]) {
        let expected = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len);
        assert_eq!(valid_up_to(bytes), expected, "{bytes:x?}");
        let begins = std::str::from_utf8(bytes.get(expected..).unwrap_or(&[])).is_err_and(|e| e.error_len().is_none());
        assert_eq!(begins_character(bytes.get(expected..).unwrap_or(&[])), begins, "{bytes:x?}");
    }

    #[test]
    fn valid_bytes_are_those_that_the_standard_library_finds() {
        let characters = "é日🎉".repeat(150);
        for ascii in [0, 1, 63, 64, 65, 500, 511, 513, 1024] {
            let text = format!("{}{characters}{}", "x".repeat(ascii), "y".repeat(ascii));
            let bytes = text.as_bytes();
            for at in 0..bytes.len() {
                as_the_standard_library(bytes.get(..at).unwrap_or(&[]));
                let mut broken = bytes.to_vec();
                if let Some(byte) = broken.get_mut(at) {
                    *byte = 0xff;
                }
                as_the_standard_library(&broken);
            }
        }
    }
}

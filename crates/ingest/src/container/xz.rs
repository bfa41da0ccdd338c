//! XZ data, stream after stream: the container here, what is in its blocks by the decoder of LZMA2.
//!
//! The layout is that of the .xz file format 1.2.1. Of its filters only LZMA2 is read: the others are made for programs.

use std::io::{self, BufRead, BufReader, Read};

use flate2::Crc;
use lanescope_model::{Issue, Severity};
use lzma_rust2::Lzma2Reader;

use super::BAD_SUM;
use super::limits::{MAX_WINDOW, bytes};
use crate::notes::Notes;

const MAGIC: [u8; 6] = *b"\xfd7zXZ\0";
/// Bytes of the check behind a block, by its number.
const CHECK_BYTES: [u8; 16] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const CRC32: u8 = 1;
const CRC64: u8 = 4;
/// So much is unpacked at once: of a turn that fails nothing is given.
const TURN: usize = 4 << 10;

/// Dictionaries of all blocks together, where there is next to no content.
const MAX_DICTIONARIES: u64 = 16 * MAX_WINDOW;
/// Bytes of dictionaries for one unpacked byte: blocks are made longer than their dictionaries, unless by hand.
const DICTIONARY_TO_CONTENT: u64 = 64;

pub(super) fn is_xz(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// The packed bytes, and how many of them a block took.
struct Source {
    inner: BufReader<Box<dyn Read>>,
    taken: u64,
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.taken += n as u64;
        Ok(n)
    }
}

impl Source {
    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }

    /// A number of up to 63 bits, seven in a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Blocks and the index are filled up to a multiple of four bytes.
    fn fill_up(&mut self) -> Option<()> {
        while !self.taken.is_multiple_of(4) {
            self.byte()?;
        }
        Some(())
    }

    fn skip(&mut self, n: u64) -> Option<()> {
        (io::copy(&mut self.take(n), &mut io::sink()).ok()? == n).then_some(())
    }
}

/// The check over what a block unpacks to.
enum Sum {
    Crc32(Crc),
    Crc64(u64, Box<[u64; 256]>),
    /// There is none, or one that is not worked out.
    Other,
}

impl Sum {
    fn new(check: u8) -> Self {
        match check {
            CRC32 => Self::Crc32(Crc::new()),
            CRC64 => {
                let bit = |rest: u64, _| (rest >> 1) ^ (if rest & 1 == 1 { 0xc96c_5795_d787_0f42 } else { 0 });
                Self::Crc64(!0, Box::new(std::array::from_fn(|byte| (0..8).fold(byte as u64, bit))))
            }
            _ => Self::Other,
        }
    }

    fn add(&mut self, data: &[u8]) {
        match self {
            Self::Crc32(crc) => crc.update(data),
            Self::Crc64(crc, table) => {
                for byte in data {
                    let at = usize::from(*byte ^ *crc as u8);
                    *crc = table.get(at).copied().unwrap_or(0) ^ (*crc >> 8);
                }
            }
            Self::Other => {}
        }
    }

    fn holds(&self, said: &[u8]) -> bool {
        match self {
            Self::Crc32(crc) => crc.sum().to_le_bytes() == said,
            Self::Crc64(crc, _) => (!crc).to_le_bytes() == said,
            Self::Other => true,
        }
    }
}

struct Block {
    reader: Lzma2Reader<Source>,
    sum: Sum,
    check: u8,
}

enum State {
    /// At the start of a stream, or of what follows the last one.
    Before(Source),
    /// Between two blocks of a stream with this check.
    Between(Source, u8),
    Block(Box<Block>),
    Ended,
}

/// It never fails on content: it ends where the data ends and says so.
pub(super) struct Unxz {
    state: State,
    notes: Notes,
    given: u64,
    /// Dictionaries of all blocks so far: each takes its time to be made ready.
    wanted: u64,
}

impl Unxz {
    pub(super) fn new(source: Box<dyn Read>, notes: Notes) -> Self {
        let source = Source { inner: BufReader::with_capacity(64 << 10, source), taken: 0 };
        Self { state: State::Before(source), notes, given: 0, wanted: 0 }
    }

    fn warn(&self, what: &str) {
        let given = self.given;
        self.notes.push(Issue::new(
            Severity::Warning,
            format!("the xz data {what}; the first {given} unpacked bytes are used"),
        ));
    }

    /// The head of a stream: six bytes that say what it is, the check, and a sum.
    fn stream(&self, mut source: Source) -> State {
        // Zeros may stand between streams.
        let mut head = [0; 12];
        loop {
            match source.inner.fill_buf() {
                Ok([]) | Err(_) => return State::Ended,
                Ok([0, ..]) => source.inner.consume(1),
                Ok(_) => break,
            }
        }
        let whole = source.read_exact(&mut head).is_ok();
        let [.., zero, check, a, b, c, d] = head;
        let mut crc = Crc::new();
        crc.update(&[zero, check]);
        if !head.starts_with(&MAGIC) && self.given > 0 {
            self.notes.warn("something that is not xz follows the packed data; it is left out");
        } else if !whole || crc.sum() != u32::from_le_bytes([a, b, c, d]) || zero != 0 || check > 15 {
            self.warn("is cut off or damaged");
        } else {
            return State::Between(source, check);
        }
        State::Ended
    }

    /// The head of a block, or the index that ends a stream. The error says what is wrong.
    fn block(&mut self, mut source: Source, check: u8) -> Result<State, String> {
        let damaged = || "is cut off or damaged".to_owned();
        source.taken = 0;
        let first = source.byte().ok_or_else(damaged)?;
        if first == 0 {
            return Self::index(&mut source).ok_or_else(damaged).map(|()| State::Before(source));
        }
        let mut head = vec![0; usize::from(first) * 4 + 3];
        source.read_exact(&mut head).map_err(|_| damaged())?;
        let (head, said) = head.split_last_chunk::<4>().ok_or_else(damaged)?;
        let mut crc = Crc::new();
        crc.update(&[first]);
        crc.update(head);
        if crc.sum() != u32::from_le_bytes(*said) {
            return Err(damaged());
        }
        let dictionary = Self::dictionary(head).ok_or_else(|| {
            "is packed with a filter that is made for programs, which is not read: unpack it first".to_owned()
        })?;
        if u64::from(dictionary) > MAX_WINDOW {
            return Err(format!("wants a dictionary of more than {} in memory: unpack it first", bytes(MAX_WINDOW)));
        }
        self.wanted = self.wanted.saturating_add(dictionary.into());
        if self.wanted > MAX_DICTIONARIES.saturating_add(self.given.saturating_mul(DICTIONARY_TO_CONTENT)) {
            let most = bytes(MAX_DICTIONARIES);
            return Err(format!("wants more than {most} of dictionaries for next to no content: this is no report"));
        }
        source.taken = 0;
        let reader = Lzma2Reader::new(source, dictionary, None);
        Ok(State::Block(Box::new(Block { reader, sum: Sum::new(check), check })))
    }

    /// Bytes of the dictionary that the only filter asks for; `None` for other filters.
    fn dictionary(head: &[u8]) -> Option<u32> {
        let (&flags, rest) = head.split_first()?;
        let mut rest = rest.iter();
        // The sizes, packed and unpacked, which are not needed.
        for present in [flags & 0x40, flags & 0x80] {
            if present != 0 {
                rest.find(|byte| *byte & 0x80 == 0)?;
            }
        }
        let (id, length, size) = (rest.next()?, rest.next()?, *rest.next()?);
        if flags & 3 != 0 || *id != 0x21 || *length != 1 || size > 40 {
            return None;
        }
        Some(if size == 40 { u32::MAX } else { (2 | u32::from(size & 1)) << (size / 2 + 11) })
    }

    /// Passes over the index and the foot of a stream.
    fn index(source: &mut Source) -> Option<()> {
        for _ in 0..source.number()? {
            source.number()?;
            source.number()?;
        }
        source.fill_up()?;
        source.skip(4 + 12)
    }

    /// What stands behind a block: zeros, and the check.
    fn after(&self, block: Block) -> State {
        let Block { reader, sum, check } = block;
        let mut source = reader.into_inner();
        let mut said = [0; 64];
        let length = CHECK_BYTES.get(usize::from(check)).copied().unwrap_or(0);
        let said = said.get_mut(..length.into()).unwrap_or_default();
        if source.fill_up().is_none() || source.read_exact(said).is_err() {
            self.warn("is cut off");
            return State::Ended;
        }
        if !sum.holds(said) {
            self.notes.warn(BAD_SUM);
        }
        State::Between(source, check)
    }
}

impl Read for Unxz {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let room = buf.len().min(TURN);
        let buf = buf.get_mut(..room).unwrap_or_default();
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Before(source) => self.state = self.stream(source),
                State::Between(source, check) => match self.block(source, check) {
                    Ok(state) => self.state = state,
                    Err(text) => self.warn(&text),
                },
                State::Block(mut block) => match block.reader.read(buf) {
                    Ok(0) => self.state = self.after(*block),
                    Ok(n) => {
                        block.sum.add(buf.get(..n).unwrap_or_default());
                        self.given += n as u64;
                        self.state = State::Block(block);
                        return Ok(n);
                    }
                    // A decoder that failed gives nothing more.
                    Err(_) => self.warn("is cut off or damaged"),
                },
            }
        }
    }
}

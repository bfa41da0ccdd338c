//! Deflate (RFC 1951) unpacked, as a stream.
//!
//! Own code, since what there is brings checksum tables and ways of packing along that no linker can tell apart from
//! what is used: a tenth of the engine. Bits are taken from a 64-bit buffer that is filled eight bytes at a time, and
//! codes are looked up in two steps (`codes`).

mod codes;
mod crc;

use std::io::{self, Read};

use self::codes::{Alphabet, Codes, END, FURTHER, LITERAL, REPEAT, extra, kind, length, value};
pub(crate) use self::crc::Crc32;

/// Packed bytes read at a time.
const INPUT: usize = 64 << 10;
/// Zero bytes behind the input, so that eight bytes can be read at any place in it.
const PAD: usize = 32;
/// How far back a repetition may reach.
const REACH: usize = 32 << 10;
/// Unpacked bytes kept: those within reach and the ones not taken yet.
const OUTPUT: usize = 128 << 10;
/// Room for the longest repetition, and for what is written beyond its end.
const ROOM: usize = 258 + 16;
/// No code table of a block takes more packed bytes than this.
const HEADER: usize = 600;

enum State {
    Block,
    Stored(usize),
    Coded,
    End,
}

/// A deflate stream, and the packed bytes around it.
pub(crate) struct Inflate {
    inner: Box<dyn Read>,
    input: Vec<u8>,
    /// The next byte of the input that is not in `bits`, and the end of what was read.
    at: usize,
    end: usize,
    at_eof: bool,
    bits: u64,
    /// Valid bits in `bits`.
    count: u32,
    output: Vec<u8>,
    /// Unpacked bytes before this are taken; those from `filled` on are not there yet.
    given: usize,
    filled: usize,
    state: State,
    is_last: bool,
    /// What is wrong behind the bytes that are unpacked.
    fault: Option<io::Error>,
    literals: Codes<2048>,
    distances: Codes<256>,
}

fn corrupt() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "corrupt deflate stream")
}

fn cut_off() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

#[inline(always)]
fn load(bytes: &[u8], at: usize) -> u64 {
    let eight = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    eight.map_or(0, |eight| u64::from_le_bytes(*eight))
}

#[inline(always)]
fn store(bytes: &mut [u8], at: usize, word: u64) {
    if let Some(eight) = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>()) {
        *eight = word.to_le_bytes();
    }
}

impl Inflate {
    /// A stream that begins with the first byte of the reader, unless [`Self::byte`] takes some before.
    pub(crate) fn new(inner: Box<dyn Read>) -> Self {
        Self {
            inner,
            input: vec![0; INPUT + PAD],
            at: 0,
            end: 0,
            at_eof: false,
            bits: 0,
            count: 0,
            output: vec![0; OUTPUT],
            given: 0,
            filled: 0,
            state: State::Block,
            is_last: false,
            fault: None,
            literals: Codes::new(),
            distances: Codes::new(),
        }
    }

    /// Begins another stream at the next byte of the input.
    pub(crate) fn restart(&mut self) {
        (self.given, self.filled) = (0, 0);
        (self.state, self.is_last) = (State::Block, false);
    }

    /// The next packed byte; only before and after a stream. `None` at the end.
    pub(crate) fn byte(&mut self) -> io::Result<Option<u8>> {
        self.want(1)?;
        let byte = self.input.get(self.at..self.end).and_then(|rest| rest.first()).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// The packed bytes that come next, one at least unless the input is at its end; only after a stream.
    pub(crate) fn upcoming(&mut self) -> io::Result<&[u8]> {
        self.want(2)?;
        Ok(self.input.get(self.at..self.end).unwrap_or_default())
    }

    /// Reads on until so many bytes are in the input, or there are no more.
    fn want(&mut self, bytes: usize) -> io::Result<()> {
        while !self.at_eof && self.end < self.at + bytes {
            // What is not taken moves to the front, with the byte that may be in `bits` in part.
            let from = self.at.min(self.end);
            self.input.copy_within(from..self.end, 0);
            (self.at, self.end) = (self.at - from, self.end - from);
            let room = self.input.get_mut(self.end..INPUT).unwrap_or_default();
            match self.inner.read(room) {
                Ok(0) => {
                    self.at_eof = true;
                    let pad = self.input.get_mut(self.end..self.end + PAD).unwrap_or_default();
                    pad.fill(0);
                }
                Ok(n) => self.end += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Fills the bit buffer: 56 bits at least.
    #[inline(always)]
    fn refill(&mut self) {
        self.bits |= load(&self.input, self.at) << self.count;
        self.at += (63 - self.count as usize) >> 3;
        self.count |= 56;
    }

    /// Whether bits were taken that are behind the end of the input.
    #[inline(always)]
    fn is_beyond(&self) -> bool {
        self.at > self.end && self.at - (self.count as usize >> 3) > self.end
    }

    /// The next `n` bits; 16 at most.
    fn take(&mut self, n: u32) -> io::Result<usize> {
        self.refill();
        let bits = self.bits & ((1 << n) - 1);
        self.bits >>= n;
        self.count -= n;
        if self.is_beyond() { Err(cut_off()) } else { Ok(bits as usize) }
    }

    /// Gives the whole bytes in the bit buffer back, and drops the bits before them.
    fn align(&mut self) {
        self.at -= self.count as usize >> 3;
        (self.bits, self.count) = (0, 0);
    }

    /// Unpacks on; false at the end of the stream.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        loop {
            if self.filled > self.given {
                return Ok(true);
            }
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            if self.filled + ROOM > OUTPUT {
                let from = self.filled - REACH;
                self.output.copy_within(from..self.filled, 0);
                (self.given, self.filled) = (REACH, REACH);
            }
            match self.state {
                State::Block if self.is_last => {
                    self.align();
                    self.state = State::End;
                }
                State::Block => self.block()?,
                State::Stored(left) => self.stored(left)?,
                State::Coded => {
                    self.want(2 * PAD)?;
                    self.coded();
                }
                State::End => return Ok(false),
            }
        }
    }

    /// What is unpacked and not taken yet.
    pub(crate) fn unpacked(&self) -> &[u8] {
        self.output.get(self.given..self.filled).unwrap_or_default()
    }

    /// Takes so many of the unpacked bytes.
    pub(crate) fn taken(&mut self, bytes: usize) {
        self.given = (self.given + bytes).min(self.filled);
    }

    fn block(&mut self) -> io::Result<()> {
        self.want(HEADER)?;
        self.is_last = self.take(1)? == 1;
        self.state = State::Coded;
        match self.take(2)? {
            0 => {
                self.align();
                let (len, inverse) = (self.take(16)?, self.take(16)?);
                self.align();
                if len ^ inverse != 0xffff {
                    return Err(corrupt());
                }
                self.state = State::Stored(len);
            }
            1 => {
                let mut lengths = [8; 288];
                lengths.iter_mut().skip(144).take(112).for_each(|length| *length = 9);
                lengths.iter_mut().skip(256).take(24).for_each(|length| *length = 7);
                self.literals.build(&lengths, Alphabet::Literals);
                self.distances.build(&[5; 32], Alphabet::Distances);
            }
            2 => self.tables()?,
            _ => return Err(corrupt()),
        }
        Ok(())
    }

    /// The code tables of a block.
    fn tables(&mut self) -> io::Result<()> {
        let literals = self.take(5)? + 257;
        let distances = self.take(5)? + 1;
        let of_lengths = self.take(4)? + 4;
        let mut lengths = [0_u8; 19];
        for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].into_iter().take(of_lengths) {
            let length = self.take(3)? as u8;
            if let Some(slot) = lengths.get_mut(place) {
                *slot = length;
            }
        }
        if literals > 286 || !self.distances.build(&lengths, Alphabet::Lengths) {
            return Err(corrupt());
        }
        let mut lengths = [0_u8; 320];
        let (mut n, all) = (0, literals + distances);
        while n < all {
            self.refill();
            let code = self.distances.first(self.bits);
            if kind(code) != LITERAL {
                return Err(corrupt());
            }
            self.take(length(code))?;
            let (len, times) = match value(code) {
                16 => (
                    n.checked_sub(1).and_then(|last| lengths.get(last)).copied().ok_or_else(corrupt)?,
                    self.take(2)? + 3,
                ),
                17 => (0, self.take(3)? + 3),
                18 => (0, self.take(7)? + 11),
                len => (len as u8, 1),
            };
            lengths.get_mut(n..n + times).ok_or_else(corrupt)?.fill(len);
            n += times;
        }
        let (literal, rest) = lengths.split_at_checked(literals).ok_or_else(corrupt)?;
        let distance = rest.get(..distances).ok_or_else(corrupt)?;
        let good = n == all && literal.get(256).is_some_and(|&end| end > 0);
        let built = good
            && self.literals.build(literal, Alphabet::Literals)
            && self.distances.build(distance, Alphabet::Distances);
        if built { Ok(()) } else { Err(corrupt()) }
    }

    fn stored(&mut self, left: usize) -> io::Result<()> {
        if left == 0 {
            self.state = State::Block;
            return Ok(());
        }
        self.want(1)?;
        let n = left.min(self.end.saturating_sub(self.at)).min(OUTPUT - self.filled);
        if n == 0 {
            return Err(cut_off());
        }
        let from = self.input.get(self.at..self.at + n).unwrap_or_default();
        if let Some(to) = self.output.get_mut(self.filled..self.filled + n) {
            to.copy_from_slice(from);
        }
        self.at += n;
        self.filled += n;
        self.state = State::Stored(left - n);
        Ok(())
    }

    /// Unpacks codes while there is input for two refills and room for the longest repetition.
    fn coded(&mut self) {
        // In locals, which stay in registers.
        let (mut at, mut bits, mut count, mut filled) = (self.at, self.bits, self.count, self.filled);
        let (end, at_eof) = (self.end, self.at_eof);
        let (literals, distances) = (&self.literals, &self.distances);
        let input = self.input.as_slice();
        let output = self.output.as_mut_slice();
        let mut fault = None;
        macro_rules! refill {
            () => {
                bits |= load(input, at) << count;
                at += (63 - count as usize) >> 3;
                count |= 56;
            };
        }
        while (at_eof || at + PAD <= end) && filled + ROOM <= OUTPUT {
            refill!();
            let mut code = literals.first(bits);
            // Two literals of the first step take 22 bits at most, and leave enough for a length.
            if kind(code) == LITERAL && at <= end {
                bits >>= length(code);
                count -= length(code);
                if let Some(slot) = output.get_mut(filled) {
                    *slot = value(code) as u8;
                }
                filled += 1;
                code = literals.first(bits);
                if kind(code) == LITERAL {
                    bits >>= length(code);
                    count -= length(code);
                    if let Some(slot) = output.get_mut(filled) {
                        *slot = value(code) as u8;
                    }
                    filled += 1;
                    continue;
                }
            }
            if kind(code) == FURTHER {
                code = literals.second(code, bits);
            }
            bits >>= length(code);
            count -= length(code);
            if at > end && at - (count as usize >> 3) > end {
                fault = Some(cut_off());
                break;
            }
            if kind(code) == LITERAL {
                if let Some(slot) = output.get_mut(filled) {
                    *slot = value(code) as u8;
                }
                filled += 1;
                continue;
            }
            if kind(code) != REPEAT {
                if kind(code) == END {
                    self.state = State::Block;
                } else {
                    fault = Some(corrupt());
                }
                break;
            }
            let more = extra(code);
            let repeated = value(code) as usize + (bits & ((1 << more) - 1)) as usize;
            bits >>= more;
            count -= more;
            refill!();
            let mut code = distances.first(bits);
            if kind(code) == FURTHER {
                code = distances.second(code, bits);
            }
            bits >>= length(code);
            let more = extra(code);
            let distance = value(code) as usize + (bits & ((1 << more) - 1)) as usize;
            bits >>= more;
            count -= length(code) + more;
            if at > end && at - (count as usize >> 3) > end {
                fault = Some(cut_off());
                break;
            }
            if kind(code) != REPEAT || distance > filled {
                fault = Some(corrupt());
                break;
            }
            let stop = filled + repeated;
            let (mut from, mut to) = (filled - distance, filled);
            if distance >= 16 {
                while to < stop {
                    let sixteen = output.get(from..).and_then(|rest| rest.first_chunk::<16>()).copied();
                    let place = output.get_mut(to..).and_then(|rest| rest.first_chunk_mut::<16>());
                    if let (Some(sixteen), Some(place)) = (sixteen, place) {
                        *place = sixteen;
                    }
                    (from, to) = (from + 16, to + 16);
                }
            } else if distance >= 8 {
                while to < stop {
                    store(output, to, load(output, from));
                    (from, to) = (from + 8, to + 8);
                }
            } else {
                // The repeated bytes again and again in one word; what of it is whole repetitions is the step.
                let step = 8 - 8 % distance;
                let pattern = load(output, from) & (u64::MAX >> (64 - 8 * distance));
                let mut word = pattern;
                let mut have = distance;
                while have < 8 {
                    word |= pattern << (8 * have);
                    have += distance;
                }
                while to < stop {
                    store(output, to, word);
                    to += step;
                }
            }
            filled = stop;
        }
        (self.at, self.bits, self.count, self.filled) = (at, bits, count, filled);
        self.fault = fault;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    /// A reader that gives few bytes at a time.
    struct Drops(io::Cursor<Vec<u8>>, usize);

    impl Read for Drops {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(buf.len());
            self.0.read(buf.get_mut(..n).unwrap())
        }
    }

    fn packed(data: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8], at_once: usize) -> (Vec<u8>, io::Result<usize>) {
        let mut stream = Inflate::new(Box::new(Drops(io::Cursor::new(packed.to_vec()), at_once)));
        let mut out = Vec::new();
        loop {
            match stream.advance() {
                Ok(true) => {
                    let n = stream.unpacked().len();
                    out.extend_from_slice(stream.unpacked());
                    stream.taken(n);
                }
                Ok(false) => return (out, stream.upcoming().map(<[u8]>::len)),
                Err(e) => return (out, Err(e)),
            }
        }
    }

    fn text(words: &[u8], times: usize) -> Vec<u8> {
        words.iter().cycle().take(words.len() * times).enumerate().map(|(i, w)| w ^ u8::from(i % 97 == 0)).collect()
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out(words in prop::collection::vec(any::<u8>(), 1..400), times in 1_usize..900, level in 0_u32..10, at_once in 1_usize..5000) {
            let data = text(&words, times);
            let mut stream = packed(&data, level);
            stream.extend_from_slice(b"rest");
            let (out, rest) = unpacked(&stream, at_once);
            prop_assert!(out == data);
            prop_assert!(rest.unwrap() >= 1);
        }

        #[test]
        fn a_cut_stream_gives_its_beginning(words in prop::collection::vec(any::<u8>(), 1..100), times in 1_usize..300, level in 0_u32..10, cut in 0.0..1.0_f64) {
            let data = text(&words, times);
            let stream = packed(&data, level);
            let cut = (cut * stream.len() as f64) as usize;
            let (out, end) = unpacked(stream.get(..cut).unwrap(), 1 << 16);
            prop_assert!(data.starts_with(&out));
            prop_assert_eq!(end.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }

        #[test]
        fn damage_is_found_where_the_library_finds_it(words in prop::collection::vec(any::<u8>(), 1..100), times in 1_usize..300, level in 0_u32..10, place in 0.0..1.0_f64, bit in 0_u32..8) {
            let mut stream = packed(&text(&words, times), level);
            let place = (place * stream.len() as f64) as usize;
            stream[place] ^= 1_u8 << bit;
            let mut expected = Vec::new();
            let read = flate2::read::DeflateDecoder::new(stream.as_slice()).read_to_end(&mut expected);
            let (out, end) = unpacked(&stream, 1 << 16);
            prop_assert_eq!(end.is_ok(), read.is_ok());
            if read.is_ok() {
                prop_assert!(out == expected);
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
            let _ = unpacked(&bytes, 1 << 16);
        }
    }
}

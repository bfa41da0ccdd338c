//! The codes of a deflate block, as tables to look them up in.
//!
//! An entry: bits 0-3 the length of the code, 4-7 how many extra bits follow, 8-11 the kind, from 16 on the value.

/// An entry whose value is a byte, or a length of a code.
pub(super) const LITERAL: u32 = 1;
/// An entry whose value, with its extra bits, is the length or the distance of a repetition.
pub(super) const REPEAT: u32 = 2;
/// The end of the block.
pub(super) const END: u32 = 3;
/// A code that is longer than the first table is wide. Its value is a place in the second table.
pub(super) const FURTHER: u32 = 4;

#[inline(always)]
pub(super) fn length(entry: u32) -> u32 {
    entry & 15
}

#[inline(always)]
pub(super) fn extra(entry: u32) -> u32 {
    (entry >> 4) & 15
}

/// What an entry stands for; 0 where no code is.
#[inline(always)]
pub(super) fn kind(entry: u32) -> u32 {
    (entry >> 8) & 15
}

#[inline(always)]
pub(super) fn value(entry: u32) -> u32 {
    entry >> 16
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Bytes, the end, and lengths of repetitions.
    Literals,
    Distances,
    /// Lengths of the codes of the other two.
    Lengths,
}

impl Alphabet {
    /// The entry of a symbol, without the length of its code. RFC 1951, 3.2.5.
    fn entry(self, symbol: u32) -> u32 {
        let (kind, extra, value) = match (self, symbol) {
            (Self::Lengths, _) | (Self::Literals, 0..=255) => (LITERAL, 0, symbol),
            (Self::Literals, 256) => (END, 0, 0),
            (Self::Literals, 257..=264) => (REPEAT, 0, symbol - 254),
            (Self::Literals, 265..=284) => {
                let extra = (symbol - 261) / 4;
                (REPEAT, extra, ((4 + (symbol - 261) % 4) << extra) + 3)
            }
            (Self::Literals, 285) => (REPEAT, 0, 258),
            (Self::Distances, 0..=3) => (REPEAT, 0, symbol + 1),
            (Self::Distances, 4..=29) => {
                let extra = symbol / 2 - 1;
                (REPEAT, extra, ((2 + symbol % 2) << extra) + 1)
            }
            _ => (0, 0, 0),
        };
        value << 16 | kind << 8 | extra << 4
    }
}

/// Codes, looked up by the next bits of the stream: those of up to log₂ `FIRST` bits in one step.
pub(super) struct Codes<const FIRST: usize> {
    first: [u32; FIRST],
    second: Vec<u32>,
}

impl<const FIRST: usize> Codes<FIRST> {
    pub(super) fn new() -> Self {
        Self { first: [0; FIRST], second: Vec::new() }
    }

    #[inline(always)]
    pub(super) fn first(&self, bits: u64) -> u32 {
        self.first.get(bits as usize % FIRST).copied().unwrap_or(0)
    }

    #[inline(always)]
    pub(super) fn second(&self, entry: u32, bits: u64) -> u32 {
        let within = (bits >> FIRST.ilog2()) as usize & ((1 << extra(entry)) - 1);
        self.second.get(value(entry) as usize + within).copied().unwrap_or(0)
    }

    /// Makes the tables from the lengths of the codes, in the order of the symbols; false if they are no code.
    pub(super) fn build(&mut self, lengths: &[u8], alphabet: Alphabet) -> bool {
        let width = FIRST.ilog2();
        self.first.fill(0);
        self.second.clear();
        let longest = u32::from(lengths.iter().copied().max().unwrap_or(0));
        let mut code = 0_u32;
        for length in 1..=longest {
            code <<= 1;
            for (symbol, _) in (0..).zip(lengths).filter(|&(_, &of)| u32::from(of) == length) {
                if code >> length != 0 {
                    return false;
                }
                let entry = alphabet.entry(symbol) | length;
                // The stream has the first bit of a code lowest.
                let bits = (code.reverse_bits() >> (32 - length)) as usize;
                if length <= width {
                    self.first.iter_mut().skip(bits).step_by(1 << length).for_each(|slot| *slot = entry);
                } else {
                    self.put_second(bits, longest - width, length - width, entry);
                }
                code += 1;
            }
        }
        // A single code may leave the other bit without a meaning, and there may be no code at all.
        code == 1 << longest || longest <= 1 && alphabet != Alphabet::Lengths
    }

    fn put_second(&mut self, bits: usize, width: u32, length: u32, entry: u32) {
        let Some(slot) = self.first.get_mut(bits % FIRST) else { return };
        if *slot == 0 {
            *slot = (self.second.len() as u32) << 16 | FURTHER << 8 | width << 4;
            self.second.resize(self.second.len() + (1 << width), 0);
        }
        let table = self.second.iter_mut().skip(value(*slot) as usize).take(1 << width);
        table.skip(bits / FIRST).step_by(1 << length).for_each(|slot| *slot = entry);
    }
}

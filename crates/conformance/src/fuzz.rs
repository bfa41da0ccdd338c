//! A bounded mutation fuzzer: seeds with bytes changed, cut, doubled and spliced, opened as the command line opens them.
//!
//! It is no match for a fuzzer that sees which code runs, but it needs nothing but the stable compiler, always does the
//! same for the same seed, and what it found stays as a test.

use std::io::Cursor;

use lanescope_ingest::{OpenFile, Opening};

/// Numbers that look random and are the same every time (xorshift*, 64 bits).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A sequence of its own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`, or 0.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap_or(0) % n.max(1)
    }
}

/// Values at the edges of what headers hold.
const EDGES: [&[u8]; 10] = [
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff",
    b"\0\0\0\x80",
    b"\x01\0\0\0\0\0\0\0",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"99999999999",
    b"\"\\ud800",
    b"]]><![CDATA[",
];

/// A seed with some things about it changed.
#[must_use]
pub fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds.get(dice.below(seeds.len())).cloned().unwrap_or_default();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len());
        let length = dice.below(64).min(bytes.len() - at.min(bytes.len()));
        match dice.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let again = bytes.get(at..at + length).unwrap_or(&[]).to_vec();
                bytes.splice(at..at, again);
            }
            3 => {
                let other = seeds.get(dice.below(seeds.len())).map_or(&[][..], Vec::as_slice);
                let from = dice.below(other.len());
                let piece = other.get(from..(from + 200).min(other.len())).unwrap_or(&[]).to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let edge = EDGES.get(dice.below(EDGES.len())).copied().unwrap_or(&[]);
                let end = (at + edge.len()).min(bytes.len());
                bytes.splice(at..end, edge.iter().copied());
            }
            _ => {
                let bit = dice.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
        }
    }
    bytes
}

/// Opens bytes with everything in them. That it comes back is all that is asked.
pub fn open(bytes: Vec<u8>) {
    let size = Some(bytes.len() as u64);
    let file = OpenFile { path: "fuzz".to_owned(), size, reader: Box::new(Cursor::new(bytes)) };
    let _ = Opening::new(vec![file]).read_all();
}

//! A small generator of pseudo-random numbers for the bootstrap: the same draws for the same input, everywhere.

/// SplitMix64 (Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195).
pub(super) struct Lot(u64);

impl Lot {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from 0 to below `n`; 0 for none.
    pub(super) fn below(&mut self, n: usize) -> usize {
        // The upper half of the product: the bias is below n / 2⁶⁴.
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

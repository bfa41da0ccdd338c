//! A row of bits that can be counted over any range without looking at each.

/// Bits with a running count: one bit a place, and a number for every 64.
#[derive(Clone, Debug, Default)]
pub struct RankBits {
    words: Vec<u64>,
    /// Bits set before each word.
    before: Vec<u32>,
}

impl RankBits {
    /// Takes the bits in order.
    #[must_use]
    pub fn new(bits: impl Iterator<Item = bool>) -> Self {
        let mut made = Self::default();
        let (mut word, mut n, mut set) = (0_u64, 0_u32, 0_u32);
        for bit in bits {
            word |= u64::from(bit) << n;
            n += 1;
            if n == 64 {
                made.push(word, &mut set);
                (word, n) = (0, 0);
            }
        }
        // The last word is always there, so that the end can be asked for.
        made.push(word, &mut set);
        made
    }

    fn push(&mut self, word: u64, set: &mut u32) {
        self.before.push(*set);
        self.words.push(word);
        *set += word.count_ones();
    }

    /// Bits set before a place.
    #[must_use]
    pub fn before(&self, place: usize) -> u32 {
        let (Some(word), Some(before)) = (self.words.get(place / 64), self.before.get(place / 64)) else {
            // Behind the end there is nothing more to count.
            return self.before.last().zip(self.words.last()).map_or(0, |(n, word)| n + word.count_ones());
        };
        before + (word & ((1 << (place % 64)) - 1)).count_ones()
    }

    /// Bits set in a range of places.
    #[must_use]
    pub fn count(&self, from: usize, to: usize) -> u32 {
        self.before(to).saturating_sub(self.before(from))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_range_is_counted(bits in prop::collection::vec(any::<bool>(), 0..300), a in 0_usize..320, b in 0_usize..320) {
            let made = RankBits::new(bits.iter().copied());
            let plain = bits.iter().take(b).skip(a).filter(|bit| **bit).count() as u32;
            prop_assert_eq!(made.count(a, b), plain);
        }
    }
}

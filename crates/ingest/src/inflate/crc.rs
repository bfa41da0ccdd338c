//! The checksum of gzip and zip (CRC-32, ISO 3309), sixteen bytes at a time.

/// How many bytes are taken at a time, each through a table of its own.
const STEP: usize = 16;

/// A checksum under way. Its tables are made when it begins: as data they would be 16 KB of the engine.
pub(crate) struct Crc32 {
    tables: Box<[[u32; 256]; STEP]>,
    state: u32,
}

impl Crc32 {
    pub(crate) fn new() -> Self {
        let mut tables = Box::new([[0; 256]; STEP]);
        let mut before = [0; 256];
        for (slot, byte) in before.iter_mut().zip(0_u32..) {
            *slot = (0..8).fold(byte, |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()));
        }
        let one = before;
        for table in tables.iter_mut() {
            *table = before;
            for slot in &mut before {
                *slot = next(&one, *slot, 0);
            }
        }
        Self { tables, state: !0 }
    }

    /// Begins again.
    pub(crate) fn reset(&mut self) {
        self.state = !0;
    }

    pub(crate) fn sum(&self) -> u32 {
        !self.state
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let (steps, rest) = bytes.as_chunks::<STEP>();
        let [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, ta, tb, tc, td, te, tf] = &*self.tables;
        let at = |table: &[u32; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or(0);
        let mut crc = self.state;
        for &[a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] in steps {
            let [w, x, y, z] = (crc ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
            let first = at(tf, w) ^ at(te, x) ^ at(td, y) ^ at(tc, z);
            let second = at(tb, e) ^ at(ta, f) ^ at(t9, g) ^ at(t8, h);
            let third = at(t7, i) ^ at(t6, j) ^ at(t5, k) ^ at(t4, l);
            let fourth = at(t3, m) ^ at(t2, n) ^ at(t1, o) ^ at(t0, p);
            crc = first ^ second ^ (third ^ fourth);
        }
        self.state = rest.iter().fold(crc, |crc, &byte| next(t0, crc, byte));
    }
}

fn next(table: &[u32; 256], crc: u32, byte: u8) -> u32 {
    (crc >> 8) ^ table.get(usize::from(crc as u8 ^ byte)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        let mut crc = Crc32::new();
        crc.add(b"123456789");
        assert_eq!(crc.sum(), 0xcbf4_3926);
        let data: Vec<u8> = (0..1000_u32).map(|i| (i * i) as u8).collect();
        let mut expected = flate2::Crc::new();
        expected.update(&data);
        crc.reset();
        for part in data.chunks(77) {
            crc.add(part);
        }
        assert_eq!(crc.sum(), expected.sum());
    }
}

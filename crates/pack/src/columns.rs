//! Columns of numbers as bytes, each byte of a number in a plane of its own.
//!
//! A number is a varint: seven bits a byte, the lowest first, the eighth bit says that there is more. All first bytes of a
//! column stand together, then all second bytes, and so on: low bytes are noise and high bytes repeat, and deflate packs
//! them best when they are not mixed.

use crate::PackError;

/// The most bytes of a number of 64 bits.
const PLANES: usize = 10;

/// A signed number as one that is small where the number is near 0.
pub(crate) fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)).cast_unsigned()
}

/// What [`zigzag`] was made of.
pub(crate) fn unzigzag(n: u64) -> i64 {
    (n >> 1).cast_signed() ^ -((n & 1).cast_signed())
}

/// Takes numbers and gives bytes.
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
    /// Where bytes of another kind begin: a packer may begin anew there.
    pub(crate) cuts: Vec<usize>,
}

impl Writer {
    /// A single number.
    pub(crate) fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// Bytes of another kind follow.
    pub(crate) fn cut(&mut self) {
        self.cuts.push(self.bytes.len());
    }

    /// A column: how many, then its planes.
    pub(crate) fn column(&mut self, values: &[u64]) {
        self.number(values.len() as u64);
        for plane in 0..PLANES {
            self.cut();
            let before = self.bytes.len();
            for &value in values {
                let rest = value >> (7 * plane);
                if plane == 0 || rest > 0 {
                    self.bytes.push((rest & 0x7f) as u8 | if rest >> 7 > 0 { 0x80 } else { 0 });
                }
            }
            if self.bytes.len() == before {
                break;
            }
        }
        self.cut();
    }

    /// A column of differences, of which `None` is unknown. What all have as a factor stands before them.
    pub(crate) fn times(&mut self, values: &[Option<i64>]) {
        let unit = values.iter().flatten().fold(0, |unit, us| common(unit, us.unsigned_abs())).max(1);
        let unit = i64::try_from(unit).unwrap_or(1);
        self.number(unit.cast_unsigned());
        let code = |us: &Option<i64>| us.map_or(0, |us| zigzag(us / unit).wrapping_add(1));
        self.column(&values.iter().map(code).collect::<Vec<_>>());
    }

    /// A column of bytes.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.cut();
        self.bytes.extend_from_slice(bytes);
        self.cut();
    }
}

/// The greatest common divisor.
fn common(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Takes bytes and gives numbers. What is not there, or cannot be, is [`PackError::Damaged`].
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Numbers that all columns together may still hold.
    numbers: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, numbers: usize::MAX }
    }

    /// Lets columns hold so many numbers, all together.
    pub(crate) fn limit(&mut self, numbers: usize) {
        self.numbers = numbers;
    }

    fn byte(&mut self) -> Result<u8, PackError> {
        let (&first, rest) = self.rest.split_first().ok_or(PackError::Damaged)?;
        self.rest = rest;
        Ok(first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, PackError> {
        let mut n = 0;
        for plane in 0..PLANES {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << (7 * plane);
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(PackError::Damaged)
    }

    /// How many of something follow, each of at least a byte.
    pub(crate) fn len(&mut self) -> Result<usize, PackError> {
        let len = usize::try_from(self.number()?).map_err(|_| PackError::Damaged)?;
        if len <= self.rest.len() { Ok(len) } else { Err(PackError::Damaged) }
    }

    pub(crate) fn column(&mut self) -> Result<Column, PackError> {
        let len = self.len()?;
        self.numbers = self.numbers.checked_sub(len).ok_or(PackError::TooLarge)?;
        let mut values = vec![0_u64; len];
        // Those that have a byte in the plane.
        let mut open: Vec<u32> = (0..len as u32).collect();
        for plane in 0..PLANES {
            let mut more = Vec::new();
            let bytes = self.rest.get(..open.len()).ok_or(PackError::Damaged)?;
            self.rest = self.rest.get(open.len()..).unwrap_or_default();
            for (&at, &byte) in open.iter().zip(bytes) {
                if let Some(value) = values.get_mut(at as usize) {
                    *value |= u64::from(byte & 0x7f) << (7 * plane);
                }
                if byte >= 0x80 {
                    more.push(at);
                }
            }
            open = more;
            if open.is_empty() {
                return Ok(Column { values, at: 0, unit: 1 });
            }
        }
        Err(PackError::Damaged)
    }

    pub(crate) fn times(&mut self) -> Result<Column, PackError> {
        let unit = self.number()?.cast_signed();
        Ok(Column { unit, ..self.column()? })
    }

    pub(crate) fn raw(&mut self) -> Result<&'a [u8], PackError> {
        let len = self.len()?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(PackError::Damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

/// A column that is read from its first number on.
pub(crate) struct Column {
    values: Vec<u64>,
    at: usize,
    unit: i64,
}

impl Column {
    pub(crate) fn next(&mut self) -> Result<u64, PackError> {
        let value = self.values.get(self.at).copied().ok_or(PackError::Damaged)?;
        self.at += 1;
        Ok(value)
    }

    /// The next as an index.
    pub(crate) fn index(&mut self) -> Result<usize, PackError> {
        usize::try_from(self.next()?).map_err(|_| PackError::Damaged)
    }

    /// The next of a column of signed numbers.
    pub(crate) fn signed(&mut self) -> Result<i64, PackError> {
        self.next().map(unzigzag)
    }

    /// The next of a column of differences.
    pub(crate) fn time(&mut self) -> Result<Option<i64>, PackError> {
        let code = self.next()?;
        Ok((code > 0).then(|| unzigzag(code - 1).wrapping_mul(self.unit)))
    }

    /// The next `n`.
    pub(crate) fn take(&mut self, n: usize) -> Result<&[u64], PackError> {
        let end = self.at.checked_add(n).ok_or(PackError::Damaged)?;
        let taken = self.values.get(self.at..end).ok_or(PackError::Damaged)?;
        self.at = end;
        Ok(taken)
    }

    pub(crate) fn left(&self) -> usize {
        self.values.len() - self.at
    }
}

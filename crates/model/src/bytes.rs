//! Values as bytes, little-endian: what goes from the worker that reads files to the one that answers.
//!
//! Long columns and texts go out and come in as they lie, so that a buffer of the browser is filled from them, and they
//! from it, without a copy between; what is short is gathered.

/// Bytes of short values that are gathered.
const GATHERED: usize = 1 << 14;
/// From here on a slice goes out, or comes in, alone.
const LONG: usize = 1 << 12;
/// Bytes that are taken in at once: they are still in the cache when they are written the second time.
const CHUNK: usize = 1 << 16;

/// Why bytes are refused: they are not of this version, are cut off, or say what cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign;

/// Takes values and gives bytes.
pub struct Sink<'a> {
    gathered: Vec<u8>,
    out: &'a mut dyn FnMut(&[u8]),
}

impl<'a> Sink<'a> {
    /// A sink; `out` gets the bytes, in order, in as few pieces as is sensible.
    pub fn new(out: &'a mut dyn FnMut(&[u8])) -> Self {
        Self { gathered: Vec::new(), out }
    }

    /// Gives out what is gathered; the last thing to do.
    pub fn flush(&mut self) {
        if !self.gathered.is_empty() {
            (self.out)(&self.gathered);
            self.gathered.clear();
        }
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let long = bytes.len() >= LONG;
        if long || self.gathered.len() + bytes.len() > GATHERED {
            self.flush();
        }
        if long {
            (self.out)(bytes);
        } else {
            self.gathered.extend_from_slice(bytes);
        }
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) {
        self.raw(&[value]);
    }

    /// A yes or no.
    pub fn bool(&mut self, value: bool) {
        self.u8(u8::from(value));
    }

    /// A number of 32 bits.
    pub fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    /// A number of 64 bits.
    pub fn u64(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }

    /// How many of something follow.
    pub fn len(&mut self, len: usize) {
        self.u64(len as u64);
    }

    /// Microseconds that may be unknown.
    pub fn maybe_us(&mut self, us: Option<i64>) {
        self.bool(us.is_some());
        self.u64(us.unwrap_or(0).cast_unsigned());
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.len(text.len());
        self.raw(text.as_bytes());
    }

    /// A text that may be unknown.
    pub fn maybe_text(&mut self, text: Option<&str>) {
        self.bool(text.is_some());
        self.text(text.unwrap_or(""));
    }

    /// A column of bytes.
    pub fn bytes(&mut self, column: &[u8]) {
        self.len(column.len());
        self.raw(column);
    }

    /// A column of numbers of 32 bits.
    pub fn u32s(&mut self, column: &[u32]) {
        let mut bytes = vec![0; column.len() * 4];
        for (to, value) in bytes.chunks_exact_mut(4).zip(column) {
            to.copy_from_slice(&value.to_le_bytes());
        }
        self.len(column.len());
        self.raw(&bytes);
    }

    /// A column of numbers of 64 bits.
    pub fn i64s(&mut self, column: &[i64]) {
        let mut bytes = vec![0; column.len() * 8];
        for (to, value) in bytes.chunks_exact_mut(8).zip(column) {
            to.copy_from_slice(&value.to_le_bytes());
        }
        self.len(column.len());
        self.raw(&bytes);
    }
}

/// Takes bytes and gives values. What is not there, or cannot be, is [`Foreign`].
pub struct Source<'a> {
    from: &'a mut dyn FnMut(&mut [u8]),
    /// Bytes that `from` has still to give.
    left: usize,
    /// Short values are taken from here.
    ahead: Vec<u8>,
    at: usize,
}

impl<'a> Source<'a> {
    /// A source of `bytes` bytes; `from` fills what it is given with the next of them.
    pub fn new(bytes: usize, from: &'a mut dyn FnMut(&mut [u8])) -> Self {
        Self { from, left: bytes, ahead: Vec::new(), at: 0 }
    }

    /// Bytes that are still to come.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left + (self.ahead.len() - self.at)
    }

    /// Fills `to` with the next bytes.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn raw(&mut self, to: &mut [u8]) -> Result<(), Foreign> {
        if to.len() > self.left() {
            return Err(Foreign);
        }
        let mut rest = to;
        loop {
            let ready = self.ahead.get(self.at..).unwrap_or_default();
            let n = ready.len().min(rest.len());
            let (now, later) = rest.split_at_mut(n);
            now.copy_from_slice(ready.get(..n).unwrap_or_default());
            self.at += n;
            rest = later;
            if rest.is_empty() {
                return Ok(());
            }
            if rest.len() >= LONG {
                self.left -= rest.len();
                (self.from)(rest);
                return Ok(());
            }
            let ahead = self.left.min(GATHERED);
            self.ahead.resize(ahead, 0);
            (self.from)(&mut self.ahead);
            self.left -= ahead;
            self.at = 0;
        }
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], Foreign> {
        let mut bytes = [0; N];
        self.raw(&mut bytes)?;
        Ok(bytes)
    }

    /// One byte.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn u8(&mut self) -> Result<u8, Foreign> {
        self.number::<1>().map(u8::from_le_bytes)
    }

    /// A yes or no.
    ///
    /// # Errors
    /// When it is neither.
    pub fn bool(&mut self) -> Result<bool, Foreign> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Foreign),
        }
    }

    /// A number of 32 bits.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn u32(&mut self) -> Result<u32, Foreign> {
        self.number().map(u32::from_le_bytes)
    }

    /// A number of 64 bits.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn u64(&mut self) -> Result<u64, Foreign> {
        self.number().map(u64::from_le_bytes)
    }

    /// How many of something follow, each of at least `each` bytes.
    ///
    /// # Errors
    /// When there is no room for so many.
    pub fn len(&mut self, each: usize) -> Result<usize, Foreign> {
        let len = usize::try_from(self.u64()?).map_err(|_| Foreign)?;
        let fits = len.checked_mul(each).is_some_and(|bytes| bytes <= self.left());
        if fits { Ok(len) } else { Err(Foreign) }
    }

    /// Microseconds that may be unknown.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn maybe_us(&mut self) -> Result<Option<i64>, Foreign> {
        let known = self.bool()?;
        let us = self.u64()?.cast_signed();
        Ok(known.then_some(us))
    }

    /// A text.
    ///
    /// # Errors
    /// When it is no UTF-8.
    pub fn text(&mut self) -> Result<String, Foreign> {
        String::from_utf8(self.bytes()?).map_err(|_| Foreign)
    }

    /// A text that may be unknown.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn maybe_text(&mut self) -> Result<Option<String>, Foreign> {
        let known = self.bool()?;
        let text = self.text()?;
        Ok(known.then_some(text))
    }

    /// A column of bytes.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn bytes(&mut self) -> Result<Vec<u8>, Foreign> {
        let len = self.len(1)?;
        self.column(len)
    }

    fn column(&mut self, len: usize) -> Result<Vec<u8>, Foreign> {
        let mut bytes = Vec::with_capacity(len);
        while bytes.len() < len {
            let at = bytes.len();
            bytes.resize(len.min(at + CHUNK), 0);
            self.raw(bytes.get_mut(at..).unwrap_or_default())?;
        }
        Ok(bytes)
    }

    /// A column of numbers of 32 bits.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn u32s(&mut self) -> Result<Vec<u32>, Foreign> {
        let len = self.len(4)?;
        let bytes = self.column(len * 4)?;
        let mut column = vec![0; len];
        for (value, from) in column.iter_mut().zip(bytes.as_chunks().0) {
            *value = u32::from_le_bytes(*from);
        }
        Ok(column)
    }

    /// A column of numbers of 64 bits.
    ///
    /// # Errors
    /// As [`Self::raw`].
    pub fn i64s(&mut self) -> Result<Vec<i64>, Foreign> {
        let len = self.len(8)?;
        let bytes = self.column(len * 8)?;
        let mut column = vec![0; len];
        for (value, from) in column.iter_mut().zip(bytes.as_chunks().0) {
            *value = i64::from_le_bytes(*from);
        }
        Ok(column)
    }
}

//! Reading at any place: what a zip archive needs, whose directory stands at its end.

use std::io::{self, Read, Seek, SeekFrom};

/// A reader that can go to any place of what it reads.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// A reader that can only go forward, such as standard input. Where places are needed, what it gives is held in memory.
pub struct Unseekable(pub Box<dyn Read>);

impl Read for Unseekable {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Seek for Unseekable {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

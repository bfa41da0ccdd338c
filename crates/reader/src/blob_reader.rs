//! A browser's file as a [`Read`]er that can go to any place ([`Seek`]): slices of a Blob, read synchronously, as only a worker may.

use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use crate::feed::Feed;

/// Bytes fetched from the browser at a time: large enough that the crossings cost nothing, small enough that a
/// cancel is heard soon and memory stays flat.
const CHUNK_BYTES: f64 = 8.0 * 1024.0 * 1024.0;

/// Reads a Blob, from its start or from where it is sent.
pub struct BlobReader {
    blob: Blob,
    reader: FileReaderSync,
    /// Offset in the blob of the chunk after the one in hand.
    next: f64,
    chunk: Option<Uint8Array>,
    at: u32,
    /// What comes ahead of being asked for, as long as the file is read in order.
    feed: Option<Feed>,
}

impl BlobReader {
    /// A reader at the start of the blob, whose bytes come from the feed while they do.
    ///
    /// # Errors
    /// When the browser has no synchronous file reader.
    pub fn new(blob: Blob, feed: Feed) -> Result<Self, JsValue> {
        Ok(Self { blob, reader: FileReaderSync::new()?, next: 0.0, chunk: None, at: 0, feed: Some(feed) })
    }

    fn fill(&mut self) -> Result<(), JsValue> {
        if let Some(chunk) = self.chunk.take() {
            let buffer = chunk.buffer();
            match &self.feed {
                Some(feed) => feed.give_back(buffer),
                // The browser would keep it until it next clears up.
                None => drop(buffer.transfer_with_length(0)),
            }
        }
        // A stream that ends early may do so without a word: the slices say what is with the rest of the file.
        if let Some(chunk) = self.feed.as_ref().and_then(Feed::next).filter(|chunk| chunk.length() > 0) {
            self.next += f64::from(chunk.length());
            self.chunk = Some(chunk);
            self.at = 0;
            return Ok(());
        }
        self.feed = None;
        let end = (self.next + CHUNK_BYTES).min(self.blob.size());
        let slice = self.blob.slice_with_f64_and_f64(self.next, end)?;
        let buffer = self.reader.read_as_array_buffer(&slice)?;
        self.chunk = Some(Uint8Array::new(&buffer));
        self.at = 0;
        self.next = end;
        Ok(())
    }

    /// Tells the feed how much of what it gave is still to be read.
    fn hold(&self) {
        if let Some(feed) = &self.feed {
            feed.hold(self.chunk.as_ref().map_or(0, |chunk| chunk.length() - self.at));
        }
    }
}

/// The usual cause: the file was changed or removed after it was chosen, or it is a folder.
fn lost() -> Error {
    Error::other("the browser could not read on; was the file changed or removed?")
}

impl Read for BlobReader {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let spent = self.chunk.as_ref().is_none_or(|chunk| self.at >= chunk.length());
        if spent {
            if self.next >= self.blob.size() {
                return Ok(0);
            }
            self.fill().map_err(|_| lost())?;
            // The file has more: an end here would pass for its own.
            if self.chunk.as_ref().is_none_or(|chunk| chunk.length() == 0) {
                return Err(lost());
            }
        }
        let Some(chunk) = &self.chunk else { return Ok(0) };
        let n = (out.len() as u32).min(chunk.length() - self.at);
        let Some(target) = out.get_mut(..n as usize) else { return Ok(0) };
        chunk.subarray(self.at, self.at + n).copy_to(target);
        self.at += n;
        self.hold();
        Ok(n as usize)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> Result<u64, Error> {
        // The chunk in hand ends at `next`.
        let length = self.chunk.as_ref().map_or(0, Uint8Array::length);
        let first = self.next as u64 - u64::from(length);
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => (self.blob.size() as u64).checked_add_signed(by),
            SeekFrom::Current(by) => (first + u64::from(self.at)).checked_add_signed(by),
        };
        let place = place.ok_or(ErrorKind::InvalidInput)?;
        match place.checked_sub(first).and_then(|at| u32::try_from(at).ok()).filter(|&at| at < length) {
            // Still in hand: members of an archive lie one after another.
            Some(at) => self.at = at,
            None => {
                self.chunk = None;
                self.at = 0;
                if place as f64 != self.next
                    && let Some(feed) = self.feed.take()
                {
                    feed.give_up();
                }
                self.next = place as f64;
            }
        }
        self.hold();
        Ok(place)
    }
}

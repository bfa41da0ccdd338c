//! Zstandard data, frame after frame.

use std::io::{self, BufRead, BufReader, Read};

use lanescope_model::{Issue, Severity};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::limits::{MAX_WINDOW, bytes};
use crate::notes::Notes;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

pub(super) fn is_zstd(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

type Source = BufReader<Box<dyn Read>>;

/// It never fails on content: it ends where the data ends and says so.
pub(super) struct Unzstd {
    state: State,
    notes: Notes,
    given: u64,
}

enum State {
    /// Between two frames.
    Between(Source),
    Frame(Box<StreamingDecoder<Source, FrameDecoder>>),
    Ended,
}

impl Unzstd {
    pub(super) fn new(source: Box<dyn Read>, notes: Notes) -> Self {
        Self { state: State::Between(BufReader::with_capacity(64 << 10, source)), notes, given: 0 }
    }

    fn warn(&self, what: &str) {
        let given = self.given;
        self.notes.push(Issue::new(
            Severity::Warning,
            format!("the zstd data {what}; the first {given} unpacked bytes are used"),
        ));
    }

    fn next_frame(&mut self, mut source: Source) -> io::Result<State> {
        loop {
            let head = source.fill_buf()?;
            if head.is_empty() {
                return Ok(State::Ended);
            }
            // A frame that is to be skipped: four bytes that say so, and four that say how far.
            if head.get(1..4) == Some(&[0x2a, 0x4d, 0x18]) && head.first().is_some_and(|b| b >> 4 == 5) {
                let mut frame = [0; 8];
                if source.read_exact(&mut frame).is_err() {
                    self.warn("ends too early");
                    return Ok(State::Ended);
                }
                let [.., a, b, c, d] = frame;
                let length = u64::from(u32::from_le_bytes([a, b, c, d]));
                io::copy(&mut source.by_ref().take(length), &mut io::sink())?;
                continue;
            }
            if !MAGIC.starts_with(head.get(..head.len().min(4)).unwrap_or(head)) {
                self.notes.warn("something that is not zstd follows the packed data; it is left out");
                return Ok(State::Ended);
            }
            return Ok(match StreamingDecoder::new_with_max_window_size(source, MAX_WINDOW) {
                Ok(decoder) => State::Frame(Box::new(decoder)),
                Err(_) => {
                    let most = bytes(MAX_WINDOW);
                    self.warn(&format!("is cut off, damaged, wants a dictionary or more than {most} of memory"));
                    State::Ended
                }
            });
        }
    }
}

impl Read for Unzstd {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(source) => self.state = self.next_frame(source)?,
                State::Frame(mut decoder) => match decoder.read(buf) {
                    Ok(0) if !buf.is_empty() => self.state = State::Between(decoder.into_inner()),
                    Ok(n) => {
                        self.given += n as u64;
                        self.state = State::Frame(decoder);
                        return Ok(n);
                    }
                    // A decoder that failed gives nothing more.
                    Err(_) => self.warn("is cut off or damaged"),
                },
            }
        }
    }
}

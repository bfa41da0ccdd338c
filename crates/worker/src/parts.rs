//! What the reader sent, as one stream of bytes that is gone once it is read.

use js_sys::{Array, Uint8Array};

/// Buffers, one after the other. Each is let go of once it is read.
pub struct Parts {
    parts: Vec<Uint8Array>,
    at: u32,
}

impl Parts {
    /// The buffers of a message.
    pub fn new(buffers: &Array) -> Self {
        let mut parts: Vec<Uint8Array> = buffers.iter().map(|buffer| Uint8Array::new(&buffer)).collect();
        parts.reverse();
        Self { parts, at: 0 }
    }

    /// Bytes in all of them.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.length() as usize).sum()
    }

    /// Fills `to` with the next bytes; what is behind the last stays as it is.
    pub fn next(&mut self, mut to: &mut [u8]) {
        while !to.is_empty() {
            let Some(part) = self.parts.last() else { return };
            let n = part.length().saturating_sub(self.at).min(to.len() as u32);
            let (now, later) = to.split_at_mut(n as usize);
            part.subarray(self.at, self.at + n).copy_to(now);
            self.at += n;
            to = later;
            if self.at == part.length() {
                // Left to itself the browser keeps what is read until it next clears up, which may be never. One that
                // knows no transfer does so still.
                let _ = part.buffer().transfer_with_length(0);
                self.parts.pop();
                self.at = 0;
            }
        }
    }
}

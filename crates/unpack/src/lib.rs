//! Unpacks LZMA, in a wasm small enough to be carried along.
//!
//! Browsers inflate gzip by themselves, but gzip looks back 32 KB, and what page, satellites and workers have in common
//! lies further apart: one stream of LZMA holds all of them in two thirds of the bytes.
//!
//! A caller asks [`room`] for a place, writes the packed bytes there, calls [`unpack`], and finds as many bytes as that
//! says at the address that [`unpacked`] says. There is no glue, because glue would have to be packed too.
#![expect(unsafe_code, reason = "a wasm without glue exports its functions by name; nothing here is unsafe besides")]

use std::cell::RefCell;
use std::io::Read as _;

use lzma_rust2::LzmaReader;

/// Memory that the decoder may take, in KB: the dictionary is as large as what is packed.
const MEMORY_KB: u32 = 64 * 1024;

thread_local! {
    static PACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static UNPACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Address of a place for so many packed bytes.
#[unsafe(no_mangle)]
pub extern "C" fn room(bytes: usize) -> *mut u8 {
    PACKED.with_borrow_mut(|packed| {
        *packed = vec![0; bytes];
        packed.as_mut_ptr()
    })
}

/// Unpacks what was written there. Gives the number of unpacked bytes; 0 if that is no LZMA.
#[unsafe(no_mangle)]
pub extern "C" fn unpack() -> usize {
    let packed = PACKED.take();
    let out = unpacked_bytes(&packed).unwrap_or_default();
    UNPACKED.with_borrow_mut(|unpacked| {
        *unpacked = out;
        unpacked.len()
    })
}

/// Address of the unpacked bytes.
#[unsafe(no_mangle)]
pub extern "C" fn unpacked() -> *const u8 {
    UNPACKED.with_borrow(|unpacked| unpacked.as_ptr())
}

/// The bytes of a file in the format that `lzma` names `.lzma`.
fn unpacked_bytes(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    LzmaReader::new_mem_limit(packed, MEMORY_KB, None).ok()?.read_to_end(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use std::io::Write as _;

    use lzma_rust2::{LzmaOptions, LzmaWriter};

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let options = LzmaOptions::with_preset(6);
        let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64)).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_packed_comes_back() {
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(|n| (n / 7 % 1000).to_le_bytes()).collect();
        assert_eq!(unpacked_bytes(&packed(&bytes)).unwrap(), bytes);
    }

    #[test]
    fn what_is_cut_off_or_no_lzma_is_nothing() {
        let whole = packed(&[7; 5000]);
        let cut = whole.get(..whole.len() - 8).unwrap();
        assert_eq!(unpacked_bytes(cut), None);
        assert_eq!(unpacked_bytes(b"no LZMA at all, but long enough to hold a header"), None);
        assert_eq!(unpacked_bytes(&[]), None);
    }
}

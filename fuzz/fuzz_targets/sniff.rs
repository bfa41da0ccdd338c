//! Anything at all, a few hundred bytes long: what is it?
#![no_main]

use lanescope_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    open(&bytes[..bytes.len().min(600)]);
});

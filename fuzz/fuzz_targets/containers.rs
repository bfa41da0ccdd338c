//! Archives and packed files.
#![no_main]

use lanescope_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if is_container(bytes) {
        open(bytes);
    }
});

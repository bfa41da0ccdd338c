//! Reports of a JSON value a line.
#![no_main]

use lanescope_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if is_json(bytes) && has(bytes, "}\n{") {
        open(bytes);
    }
});

//! Logs: of pytest-xdist, go, cargo, TAP, TeamCity, and those of CI around them.
#![no_main]

use lanescope_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if !is_xml(bytes) && !is_json(bytes) && !is_container(bytes) {
        open(bytes);
    }
});

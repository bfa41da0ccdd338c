//! The address: what is read is written, and read again the same.
#![no_main]


use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let route = lanescope_ui::state::Route::parse(text);
        let again = lanescope_ui::state::Route::parse(&route.to_fragment());
        assert_eq!(again.to_fragment(), route.to_fragment());
    }
});

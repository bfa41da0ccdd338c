//! Reports in other XML: TRX, NUnit, xUnit.net, TestNG, Robot, CTest, Allure 1, Open Test Reporting, coverage, HTML.
#![no_main]

use lanescope_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if is_xml(bytes) && !has(bytes, "<testsuite") {
        open(bytes);
    }
});

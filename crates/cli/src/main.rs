//! The `lanescope` command.

use std::io::{BufWriter, stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The standard output by itself is written line by line: JSON of a hundred thousand files has two million.
    let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
    lanescope_cli::main(std::env::args_os(), &mut out, &mut stderr().lock())
}

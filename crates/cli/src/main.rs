//! The `lanescope` command.

use std::io::{stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    lanescope_cli::main(std::env::args_os(), &mut stdout().lock(), &mut stderr().lock())
}

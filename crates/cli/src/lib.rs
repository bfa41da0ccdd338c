//! The `lanescope` command: what the page tells, on the command line, from the same engine.
//!
//! Results go to standard output, messages to standard error. Exit status: 0 done, even when tests failed;
//! 2 unusable arguments, or nothing in the input could be read.

mod input;
mod summary;
mod table;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Where the time of a parallel test run went.
#[derive(Debug, Parser)]
#[command(name = "lanescope", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What is in there: a table for people, JSON for programs
    Summary {
        /// Print JSON (schema lanescope.summary/1)
        #[arg(long)]
        json: bool,
        /// A file, a directory (read recursively), or - for standard input
        #[arg(required = true, value_name = "INPUT")]
        inputs: Vec<String>,
    },
}

/// Exit status when arguments are unusable or nothing could be read.
const UNUSABLE: u8 = 2;

/// Runs the command; the first argument is the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> ExitCode {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(problem) => {
            // Help and version are results; everything else is a message.
            let to: &mut dyn Write = if problem.use_stderr() { err } else { out };
            let _ = write!(to, "{problem}");
            return if problem.use_stderr() { ExitCode::from(UNUSABLE) } else { ExitCode::SUCCESS };
        }
    };
    let Command::Summary { json, inputs } = arguments.command;
    match summary::run(json, &inputs, out, err) {
        Ok(code) => ExitCode::from(code),
        // Whoever reads the results has had enough of them, as in `lanescope … | head`.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            let _ = writeln!(err, "lanescope: the results could not be written: {e}");
            ExitCode::from(UNUSABLE)
        }
    }
}

//! The `lanescope` command: what the page tells, on the command line, from the same engine.
//!
//! Results go to standard output, messages to standard error. Exit status: 0 done, even when tests failed;
//! 1 a gate of `check` does not hold; 2 unusable arguments, or nothing in the input could be read.

mod app;
mod check;
mod compare;
mod export;
mod flaky;
mod input;
mod link;
mod measures;
mod page;
mod parquet;
mod replay;
mod report;
mod serve;
mod speedup;
mod summary;
mod table;
mod telling;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use input::Sources;

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
        #[command(flatten)]
        sources: Sources,
    },
    /// What more workers brought: runs of one suite beside each other, and what costs each of them time
    Speedup {
        /// Print JSON (schema lanescope.speedup/1)
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        sources: Sources,
    },
    /// What a run would take with other workers and modes
    Replay(replay::Arguments),
    /// Which failures are real: flaky, broken and slower tests over all runs in there
    Flaky(flaky::Arguments),
    /// What changed between two runs
    Compare(compare::Arguments),
    /// One HTML file that shows it all, anywhere, by itself: viewer and data
    Report(report::Arguments),
    /// The page itself, as files to put on a host
    Page(page::Arguments),
    /// The page and files of this machine, on this machine only
    Serve(serve::Arguments),
    /// A gate for CI: exits with 1 where a run does not keep to what is asked
    Check(check::Arguments),
    /// A link that carries the runs in its fragment, which browsers do not send to the host
    Link(link::Arguments),
    /// Runs for other programs: a Chrome trace, tables, CTRF, JUnit XML, Markdown, or a compact file of many runs
    Export(export::Arguments),
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
    let done = match arguments.command {
        Command::Summary { json, sources } => summary::run(json, &sources, out, err),
        Command::Speedup { json, sources } => speedup::run(json, &sources, out, err),
        Command::Replay(arguments) => replay::run(&arguments, out, err),
        Command::Report(asked) => report::run(&asked, out, err),
        Command::Page(asked) => page::run(&asked, out, err),
        Command::Serve(asked) => serve::run(&asked, out, err),
        Command::Check(arguments) => check::run(&arguments, out, err),
        Command::Flaky(asked) => flaky::run(&asked, out, err),
        Command::Compare(asked) => compare::run(&asked, out, err),
        Command::Link(asked) => link::run(&asked, out, err),
        Command::Export(asked) => export::run(&asked, out, err),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        // Whoever reads the results has had enough of them, as in `lanescope … | head`.
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            let _ = writeln!(err, "lanescope: the results could not be written: {e}");
            ExitCode::from(UNUSABLE)
        }
    }
}

//! `lanescope page`.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::UNUSABLE;
use crate::app::App;

/// Where the page goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder to write the page to; what is in it stays
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Writes the page that was built in, and prints the names of its files. Gives the exit status.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let app = match App::open(None) {
        Ok(app) => app,
        Err(_) => {
            writeln!(err, "lanescope: this command was built without the page; `cargo xtask build` builds both")?;
            return Ok(UNUSABLE);
        }
    };
    match app.write(&asked.output) {
        Ok(names) => {
            for name in names {
                writeln!(out, "{name}")?;
            }
            out.flush()?;
            Ok(0)
        }
        Err(e) => {
            writeln!(err, "lanescope: {}: {e}", asked.output.display())?;
            Ok(UNUSABLE)
        }
    }
}

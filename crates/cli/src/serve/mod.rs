//! `lanescope serve`: the page and files of this machine, on this machine only.

mod files;
mod http;

use std::io::{self, Write};
use std::path::PathBuf;

use crate::UNUSABLE;
use crate::app::App;
use files::Files;

/// What to serve, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The port on 127.0.0.1; 0 is any that is free. Without it 4171, or any if that is taken
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// The page, dist/ of a build; without it the one that was built in
    #[arg(long, value_name = "DIR")]
    app: Option<PathBuf>,
    /// A file, a directory (read recursively), or an archive
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
}

/// Serves until the process is ended. Gives the exit status if it cannot.
pub(crate) fn run(asked: &Arguments, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let ready = App::open(asked.app.as_deref())
        .and_then(|app| Ok((app, Files::find(&asked.inputs)?)))
        .and_then(|(app, files)| http::Server::bind(app, files, asked.port));
    let server = match ready {
        Ok(server) => server,
        Err(problem) => {
            writeln!(err, "lanescope: {problem}")?;
            return Ok(UNUSABLE);
        }
    };
    writeln!(out, "Lanescope is at {} (Ctrl-C stops it)", server.address())?;
    out.flush()?;
    server.run();
    Ok(0)
}

//! Development commands. Each does the set-up that it needs and says what it installs.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who runs it")]

mod bench;
mod build;
mod check;
mod csp;
mod process;
mod server;
mod service;
mod setup;
mod steps;
mod viewer;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::process::Workspace;
use crate::setup::Setup;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  setup                  install what building and testing need, in a folder of its own in your cache
  build                  the app in release in dist/, the command in target/release/lanescope
  serve [--port N] [--open] [--no-build]
                         build, serve dist/ on 127.0.0.1, print the address
  test [STEP…]           all checks and tests, or only the named steps
  check                  formatting, lints, table of rooms, sizes
  bench [ARGUMENT…]      native benches, then the ones in the browser (arguments go to the latter)
  conformance            read other tools' reports and compare with their own counts
  fuzz [SECONDS] [SEED]  open changed fixtures and archives; what stops it is kept in target/fuzz
  finish                 viewer and service worker anew, out of what is built already
  throughput             how fast each format is read, beside a plain pass of the XML or JSON library
  growth                 whether anything that stands in a report again and again takes longer than its size allows
  csp                    write the content policy into the built page (Trunk calls this)
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = arguments.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    let workspace = Workspace::find()?;
    match command {
        "setup" => {
            let mut setup = Setup::new(&workspace);
            setup.for_building()?;
            setup.for_browser_tests()?;
            println!("set-up: all is there, in {}", setup.folder().display());
            Ok(())
        }
        "build" => build::everything(&mut Setup::new(&workspace)),
        "serve" => serve(&workspace, rest),
        "test" => steps::test(&workspace, rest),
        "check" => steps::check(&workspace),
        "bench" => bench::run(&workspace, rest),
        "conformance" => bench::conformance(&workspace),
        "fuzz" => bench::fuzz(&workspace, rest),
        "throughput" => bench::throughput(&workspace),
        "growth" => bench::growth(&workspace),
        "finish" => {
            let mut setup = Setup::new(&workspace);
            setup.for_building()?;
            build::finish(&mut setup)
        }
        "csp" => csp::post_build_hook(&workspace),
        "help" | "-h" | "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("no command `{other}`\n\n{USAGE}"),
    }
}

fn serve(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (mut port, mut open, mut building) = (None, false, true);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--port" => {
                let number = rest.next().context("--port needs a number")?;
                port = Some(number.parse::<u16>().with_context(|| format!("`{number}` is not a port"))?);
            }
            "--open" => open = true,
            "--no-build" => building = false,
            other => bail!("serve does not know `{other}`\n\n{USAGE}"),
        }
    }
    if building {
        build::page(&mut Setup::new(workspace))?;
    }
    let server = server::Server::bind(workspace.dist(), port)?;
    let address = server.address();
    println!("Lanescope is at {address} (Ctrl-C stops it)");
    // A person at a screen wants to see it; a script that asked for a port wants to be left alone.
    if open || (building && port.is_none() && workspace.has_screen()) {
        workspace.open_in_browser(&address);
    }
    server.run()
}

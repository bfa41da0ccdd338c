//! Benches: natively, then in the browser on the release build.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::process::{self, Workspace};
use crate::setup::Setup;

/// Every `bench_*` example of a crate, then every `e2e/bench*.mjs`, with the arguments.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut setup = Setup::new(workspace);
    for (package, example) in native_benches(workspace)? {
        println!("bench: {package}, {example}");
        run_in(&setup, &["run", "--release", "--package", &package, "--example", &example])?;
    }
    let scripts = page_benches(workspace)?;
    if scripts.is_empty() {
        bail!("there is no bench.mjs in {}", workspace.e2e().display());
    }
    build::everything(&mut setup)?;
    let browser = setup.for_browser_tests()?;
    for script in scripts {
        println!("bench: the page, {}", script.display());
        process::run(setup.command("node").arg(&script).args(arguments).env("CHROMIUM", &browser.chromium))?;
    }
    Ok(())
}

/// The benches of the page, sorted.
fn page_benches(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.e2e();
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("bench") && name.ends_with(".mjs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What is read of other tools' reports, against their own counts: a table, and a failure where something differs for
/// which there is no argument.
pub fn conformance(workspace: &Workspace) -> Result<()> {
    let setup = Setup::new(workspace);
    run_in(&setup, &["run", "--quiet", "--release", "--package", "lanescope-conformance", "--", "../shared"])
}

/// Opens changed fixtures for some seconds.
pub fn fuzz(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let setup = Setup::new(workspace);
    let mut all = vec!["run", "--quiet", "--release", "--package", "lanescope-conformance", "--", "--fuzz"];
    all.extend(arguments.iter().map(String::as_str));
    run_in(&setup, &all)
}

/// How fast each format is read, beside a plain pass of the library; what was read stays in `target/throughput`.
pub fn throughput(workspace: &Workspace) -> Result<()> {
    let setup = Setup::new(workspace);
    run_in(&setup, &["run", "--quiet", "--release", "--package", "lanescope-conformance", "--", "--throughput"])
}

/// Whether anything that stands in a report again and again takes longer than its size allows.
pub fn growth(workspace: &Workspace) -> Result<()> {
    let setup = Setup::new(workspace);
    run_in(&setup, &["run", "--quiet", "--release", "--package", "lanescope-conformance", "--", "--growth"])
}

fn run_in(setup: &Setup, arguments: &[&str]) -> Result<()> {
    process::run(setup.command("cargo").args(arguments))
}

/// Package and example of each native bench, sorted.
fn native_benches(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let crates = workspace.root().join("crates");
    for entry in fs::read_dir(&crates).with_context(|| format!("reading {}", crates.display()))? {
        let folder = entry?.path();
        let Ok(examples) = fs::read_dir(folder.join("examples")) else { continue };
        for example in examples {
            let path = example?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("bench") && path.extension().is_some_and(|extension| extension == "rs") {
                let package = folder.file_name().unwrap_or_default().to_string_lossy();
                found.push((format!("lanescope-{package}"), name));
            }
        }
    }
    found.sort();
    Ok(found)
}

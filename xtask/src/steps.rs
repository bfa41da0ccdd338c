//! The steps of `cargo xtask test` and `cargo xtask check`, in the order in which they fail soonest.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::process::{Workspace, find_program, run};
use crate::setup::Setup;
use crate::{build, check};

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];
const WASM_PACKAGES: [&str; 18] = [
    "--package",
    "lanescope",
    "--package",
    "lanescope-ui",
    "--package",
    "lanescope-reader",
    "--package",
    "lanescope-worker",
    "--package",
    "lanescope-lab-page",
    "--package",
    "lanescope-lab-worker",
    "--package",
    "lanescope-host",
    "--package",
    "lanescope-shelf-page",
    "--package",
    "lanescope-shelf-worker",
];

/// What every Chromium that a test starts is told.
const CHROMIUM_FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

struct Step {
    /// What a person types.
    name: &'static str,
    /// What it does.
    title: &'static str,
    /// Whether `check` takes it too.
    checks: bool,
    action: fn(&mut Setup) -> Result<()>,
}

const STEPS: [Step; 12] = [
    Step { name: "fmt", title: "formatting", checks: true, action: formatting },
    Step { name: "rooms", title: "table of rooms and house rules", checks: true, action: rooms },
    Step { name: "clippy", title: "lints, native", checks: true, action: clippy },
    Step { name: "clippy-wasm", title: "lints, wasm", checks: true, action: clippy_wasm },
    Step { name: "doc", title: "documentation", checks: false, action: documentation },
    Step { name: "native", title: "native tests", checks: false, action: native },
    Step { name: "doctest", title: "documentation tests", checks: false, action: doctest },
    Step { name: "setup", title: "set-up of the web tools", checks: false, action: web_setup },
    Step { name: "wasm", title: "wasm tests", checks: false, action: wasm },
    Step { name: "build", title: "release build", checks: false, action: build::everything },
    Step { name: "sizes", title: "sizes", checks: true, action: sizes },
    Step { name: "e2e", title: "tests in Chromium on the release build", checks: false, action: e2e },
];

/// All steps, or the named ones.
pub fn test(workspace: &Workspace, names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        let known = STEPS.map(|step| step.name).join(", ");
        bail!("no step `{unknown}`; there are {known}");
    }
    take(workspace, |step| names.is_empty() || names.iter().any(|name| name == step.name))
}

/// The steps that look without running anything of the project.
pub fn check(workspace: &Workspace) -> Result<()> {
    take(workspace, |step| step.checks)
}

fn take(workspace: &Workspace, wanted: impl Fn(&Step) -> bool) -> Result<()> {
    let mut setup = Setup::new(workspace);
    let mut done: Vec<(&str, Duration)> = Vec::new();
    for step in STEPS.iter().filter(|step| wanted(step)) {
        println!("\n== {}: {}", step.name, step.title);
        let started = Instant::now();
        let result = (step.action)(&mut setup);
        let taken = started.elapsed();
        if let Err(error) = result {
            summary(&done);
            println!("{:>8.1} s  {} FAILED", taken.as_secs_f64(), step.title);
            println!("steps: {} passed, 1 failed", done.len());
            return Err(error.context(format!("step `{}` ({}) failed", step.name, step.title)));
        }
        println!("== {}: {:.1} s", step.name, taken.as_secs_f64());
        done.push((step.title, taken));
    }
    summary(&done);
    println!("steps: {} passed, 0 failed", done.len());
    Ok(())
}

fn summary(done: &[(&str, Duration)]) {
    println!();
    for (title, taken) in done {
        println!("{:>8.1} s  {title}", taken.as_secs_f64());
    }
    let all: Duration = done.iter().map(|(_, taken)| taken).sum();
    println!("{:>8.1} s  in all", all.as_secs_f64());
}

fn cargo(setup: &Setup, arguments: &[&str]) -> Command {
    let mut command = setup.command("cargo");
    command.args(arguments);
    command
}

fn formatting(setup: &mut Setup) -> Result<()> {
    run(&mut cargo(setup, &["fmt", "--all", "--check"]))
}

fn rooms(setup: &mut Setup) -> Result<()> {
    check::sources(setup.workspace())
}

fn sizes(setup: &mut Setup) -> Result<()> {
    check::sizes(setup.workspace())
}

fn clippy(setup: &mut Setup) -> Result<()> {
    run(&mut cargo(setup, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn clippy_wasm(setup: &mut Setup) -> Result<()> {
    setup.wasm_target()?;
    let mut command = cargo(setup, &["clippy", "--all-targets"]);
    run(command.args(WASM).args(WASM_PACKAGES).args(["--", "-D", "warnings"]))
}

fn documentation(setup: &mut Setup) -> Result<()> {
    let mut command = cargo(setup, &["doc", "--workspace", "--no-deps", "--quiet"]);
    run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn native(setup: &mut Setup) -> Result<()> {
    // Both run the same tests; nextest uses the cores better.
    let (all, reader): (&[&str], &[&str]) = match find_program("cargo-nextest") {
        Some(_) => {
            (&["nextest", "run", "--workspace", "--no-tests", "pass"], &["nextest", "run", "--profile", "reader"])
        }
        None => (&["test", "--workspace", "--all-targets"], &["test"]),
    };
    run(&mut cargo(setup, all))?;
    // By itself it is the small one: beside the other crates it would be built with their features.
    run(cargo(setup, reader).args(["--package", "lanescope-reader"]))
}

fn doctest(setup: &mut Setup) -> Result<()> {
    run(&mut cargo(setup, &["test", "--workspace", "--doc", "--quiet"]))
}

fn web_setup(setup: &mut Setup) -> Result<()> {
    setup.for_building()?;
    let browser = setup.for_browser_tests()?;
    println!("tools in {}; browser {}", setup.folder().display(), browser.chromium.display());
    Ok(())
}

/// The tests that say `wasm_bindgen_test`, in headless Chromium.
fn wasm(setup: &mut Setup) -> Result<()> {
    setup.wasm_target()?;
    let browser = setup.for_browser_tests()?;
    let packages = packages_with_wasm_tests(setup.workspace())?;
    if packages.is_empty() {
        bail!("no crate has wasm-bindgen-test among its dev-dependencies");
    }
    let mut command = cargo(setup, &["test"]);
    command.args(WASM).args(packages.iter().flat_map(|package| ["--package", package]));
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    command.env("CHROMEDRIVER", &browser.driver).env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    run(command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities(setup.workspace(), &browser.chromium)?))
}

/// Writes what chromedriver is to start.
fn capabilities(workspace: &Workspace, chromium: &std::path::Path) -> Result<PathBuf> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let flags = CHROMIUM_FLAGS.map(quoted).join(", ");
    let binary = quoted(&chromium.to_string_lossy());
    let path = workspace.target().join("webdriver.json");
    let text = format!("{{\"goog:chromeOptions\": {{\"binary\": {binary}, \"args\": [{flags}]}}}}\n");
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

fn packages_with_wasm_tests(workspace: &Workspace) -> Result<Vec<String>> {
    let metadata = MetadataCommand::new().manifest_path(workspace.root().join("Cargo.toml")).no_deps().exec()?;
    let has_tests = |package: &&cargo_metadata::Package| {
        let needs = &package.dependencies;
        needs.iter().any(|need| need.name == "wasm-bindgen-test" && need.kind == DependencyKind::Development)
    };
    Ok(metadata.workspace_packages().into_iter().filter(has_tests).map(|package| package.name.to_string()).collect())
}

fn e2e(setup: &mut Setup) -> Result<()> {
    let browser = setup.for_browser_tests()?;
    if !setup.workspace().dist().join("index.html").is_file() {
        build::page(setup)?;
    }
    let npx = |arguments: &[&str]| {
        let mut command = setup.command("npx");
        command.arg("--no-install").args(arguments).current_dir(setup.workspace().e2e());
        command
    };
    run(&mut npx(&["tsc"]))?;
    run(npx(&["playwright", "test"]).env("CHROMIUM", browser.chromium))
}

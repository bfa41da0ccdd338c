//! Chromium and its driver.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{find_program, is_program, output, run};

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const CHROMIUM_ELSEWHERE: [&str; 3] = [
    "/usr/lib/chromium/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const DRIVER_ELSEWHERE: [&str; 2] = ["/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"];
const INSTALL: &str = "apt-get install -y chromium chromium-driver";

/// What the browser tests drive.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// The driver of the same version.
    pub driver: PathBuf,
}

/// Finds a browser and its driver, or installs them where that is one line.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    if find_program("apt-get").is_some()
        && let Some(root) = root_prefix()
    {
        println!("set-up: Chromium and its driver, by {INSTALL}");
        run(&mut apt(&root, &["update", "-qq"]))?;
        run(&mut apt(&root, &["install", "-y", "-qq", "chromium", "chromium-driver"]))?;
        if let Some(browser) = find() {
            return Ok(browser);
        }
    }
    bail!(
        "Chromium or chromedriver is missing; on Debian or Ubuntu: {INSTALL}; elsewhere install Chrome and the \
         chromedriver of its version and name them in CHROMIUM and CHROMEDRIVER"
    )
}

fn find() -> Option<Browser> {
    let chromium = named("CHROMIUM").or_else(|| CHROMIUM.iter().find_map(|name| find_program(name)));
    let chromium = chromium.or_else(|| first_program(&CHROMIUM_ELSEWHERE))?;
    // Hosted CI machines name the driver's folder in a variable of their own.
    let hosted = env::var_os("CHROMEWEBDRIVER").map(|folder| Path::new(&folder).join("chromedriver"));
    let driver = named("CHROMEDRIVER").or_else(|| hosted.filter(|path| is_program(path)));
    let driver = driver.or_else(|| find_program("chromedriver")).or_else(|| first_program(&DRIVER_ELSEWHERE))?;
    Some(Browser { chromium, driver })
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| is_program(path))
}

fn first_program(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(PathBuf::from).find(|path| is_program(path))
}

/// What to write before a command that needs root: nothing for root, `sudo` where it asks no password.
fn root_prefix() -> Option<Vec<&'static str>> {
    if output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        return Some(Vec::new());
    }
    output(Command::new("sudo").args(["-n", "true"])).is_ok().then(|| vec!["sudo", "-n"])
}

fn apt(root: &[&str], arguments: &[&str]) -> Command {
    let words: Vec<&str> = root.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let (program, rest) = words.split_first().map_or(("apt-get", &[][..]), |(first, rest)| (*first, rest));
    let mut command = Command::new(program);
    command.args(rest).args(arguments);
    command
}

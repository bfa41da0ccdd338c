//! What comes from npm: wasm-opt, and the packages of the browser tests.

use std::fs;

use anyhow::{Context, Result, bail};

use super::{Setup, install_whole};
use crate::process::{find_program, output, run};

const BINARYEN_VERSION: &str = "132.0.0";

/// Node runs wasm-opt and the browser tests; nobody wants it installed behind their back.
pub fn require() -> Result<()> {
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if find_program(program).is_none() {
            bail!(
                "{program} is missing; on Debian or Ubuntu: apt-get install {package}; elsewhere: https://nodejs.org (20 or later)"
            );
        }
    }
    Ok(())
}

impl Setup {
    /// wasm-opt makes the page a fifth smaller. Its package on npm is Binaryen's own.
    pub(super) fn wasm_opt(&mut self) -> Result<()> {
        let folder = self.tool_folder("binaryen", BINARYEN_VERSION);
        let programs = folder.join("node_modules/.bin");
        if !programs.join("wasm-opt").is_file() {
            if self.right_wasm_opt_on_path() {
                return Ok(());
            }
            println!("set-up: wasm-opt {BINARYEN_VERSION}, from npm");
            install_whole(&folder, |partial| {
                let mut npm = self.command("npm");
                npm.args([
                    "install",
                    "--silent",
                    "--no-save",
                    "--no-package-lock",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                ]);
                run(npm.arg(partial).arg(format!("binaryen@{BINARYEN_VERSION}")))
            })?;
        }
        self.put_on_path(programs);
        Ok(())
    }

    /// `wasm-opt version 132 (version_132)`.
    fn right_wasm_opt_on_path(&self) -> bool {
        let wanted = BINARYEN_VERSION.split('.').next();
        find_program("wasm-opt").is_some()
            && output(self.command("wasm-opt").arg("--version"))
                .is_ok_and(|said| said.split_whitespace().nth(2) == wanted)
    }

    /// The packages of `e2e/package-lock.json`; a copy of that file in what is installed tells whether they are.
    pub(super) fn browser_packages(&self) -> Result<()> {
        let e2e = self.workspace.e2e();
        let lock = e2e.join("package-lock.json");
        let wanted = fs::read(&lock).with_context(|| format!("reading {}", lock.display()))?;
        let stamp = e2e.join("node_modules/.installed-lock.json");
        if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        println!("set-up: the packages of the browser tests, from npm");
        // The browser is the system's; the test runner's own is not fetched.
        let mut npm = self.command("npm");
        npm.args(["ci", "--silent", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run(npm.current_dir(&e2e))?;
        fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))
    }
}

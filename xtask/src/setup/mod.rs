//! What building and testing need, installed where it is missing.
//!
//! Tools lie in a folder per version, in the person's cache, and come first on `PATH` of what is run: a tool of
//! another version elsewhere is never used and never touched. One of the right version is used as it is.

mod browser;
mod cargo_tools;
mod node;
mod prebuilt;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

pub use self::browser::Browser;
use crate::process::{Workspace, find_program, output, run};

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The tools found so far, and the settings that say where to look.
pub struct Setup {
    workspace: Workspace,
    folder: PathBuf,
    prebuilt: Option<String>,
    first_on_path: Vec<PathBuf>,
}

impl Setup {
    /// Nothing is looked for yet. `LANESCOPE_TOOLS` names another folder for the tools; `LANESCOPE_PREBUILT` another
    /// host for prebuilt releases, or `none`.
    pub fn new(workspace: &Workspace) -> Self {
        let cache = env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let cache = cache.or_else(|| env::home_dir().map(|home| home.join(".cache")));
        let folder = env::var_os("LANESCOPE_TOOLS").map(PathBuf::from);
        let folder = folder.or_else(|| cache.map(|cache| cache.join("lanescope/tools")));
        let prebuilt = env::var("LANESCOPE_PREBUILT").unwrap_or_else(|_| prebuilt::HOST.to_owned());
        Self {
            workspace: workspace.clone(),
            folder: folder.unwrap_or_else(|| workspace.target().join("tools")),
            prebuilt: (prebuilt != "none").then_some(prebuilt),
            first_on_path: Vec::new(),
        }
    }

    /// The workspace that is built.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Where the tools lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `cargo xtask build` needs.
    pub fn for_building(&mut self) -> Result<()> {
        self.wasm_target()?;
        node::require()?;
        self.trunk()?;
        self.wasm_bindgen()?;
        self.wasm_opt()
    }

    /// What the tests in a browser need besides.
    pub fn for_browser_tests(&mut self) -> Result<Browser> {
        node::require()?;
        self.wasm_bindgen()?;
        self.browser_packages()?;
        browser::ensure()
    }

    /// A program with our tools first on its `PATH`, in the root of the workspace.
    pub fn command(&self, program: &str) -> Command {
        let rest = env::var_os("PATH").unwrap_or_default();
        let folders = self.first_on_path.iter().cloned().chain(env::split_paths(&rest));
        let path: OsString = env::join_paths(folders).unwrap_or(rest.clone());
        let mut command = Command::new(program);
        command.current_dir(self.workspace.root()).env("PATH", path);
        command
    }

    /// The standard library for wasm.
    pub fn wasm_target(&self) -> Result<()> {
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(self.workspace.root()))
            .context("rustc does not run; rustup installs it: https://rustup.rs")?;
        if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).is_dir() {
            return Ok(());
        }
        if find_program("rustup").is_none() {
            bail!("the target {WASM_TARGET} is missing, and so is rustup, which adds it: https://rustup.rs");
        }
        println!("set-up: adding the target {WASM_TARGET}");
        run(Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(self.workspace.root()))
    }

    /// The folder of a tool of one version.
    fn tool_folder(&self, name: &str, version: &str) -> PathBuf {
        self.folder.join(format!("{name}-{version}"))
    }

    fn put_on_path(&mut self, folder: PathBuf) {
        if !self.first_on_path.contains(&folder) {
            self.first_on_path.push(folder);
        }
    }
}

/// Installs into a folder beside the one that is meant and moves it there when all went well, so that a set-up that
/// was interrupted is not taken for a whole one.
fn install_whole(folder: &Path, install: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = folder.file_name().context("a tool's folder has a name")?.to_string_lossy().into_owned();
    let partial = folder.with_file_name(format!("{name}.partial-{}", std::process::id()));
    fs::create_dir_all(&partial).with_context(|| format!("making {}", partial.display()))?;
    let done = install(&partial).and_then(|()| {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        fs::rename(&partial, folder).with_context(|| format!("moving {}", partial.display()))
    });
    if done.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    done
}

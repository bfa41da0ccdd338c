//! The workspace, and the programs that are run in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};

/// The folders of the project.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace of the `cargo xtask` that is running.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable anew for each run; what was compiled in may be another copy's,
        // because copies can share one target folder.
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().context("xtask lies in no workspace")?.to_path_buf();
        Ok(Self { root })
    }

    /// A workspace at a given place.
    #[cfg(test)]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// The folder of the root `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the built page lies.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The folder of the browser tests.
    pub fn e2e(&self) -> PathBuf {
        self.root.join("e2e")
    }

    /// Where cargo writes.
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |folder| self.root.join(folder))
    }

    /// The exact version of a package in `Cargo.lock`.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        #[derive(serde::Deserialize)]
        struct Lock {
            package: Vec<Locked>,
        }
        #[derive(serde::Deserialize)]
        struct Locked {
            name: String,
            version: String,
        }
        let path = self.root.join("Cargo.lock");
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let lock: Lock = toml::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
        let found = lock.package.into_iter().find(|locked| locked.name == package);
        Ok(found.with_context(|| format!("{package} is not in Cargo.lock"))?.version)
    }

    /// Whether there is a screen to open a browser on.
    pub fn has_screen(&self) -> bool {
        cfg!(target_os = "macos") || env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some()
    }

    /// Opens an address in the person's browser; nothing depends on whether that works.
    pub fn open_in_browser(&self, address: &str) {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        if let Some(opener) = find_program(opener) {
            let _ = Command::new(opener).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        }
    }
}

/// Runs a program to its end; its output goes where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a program and takes its standard output, or says what it wrote to standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("starting `{}`", shown(command)))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        bail!("`{}` ended with {}: {}", shown(command), done.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The program of that name on `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| is_program(candidate))
}

/// Whether a file can be run.
pub fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// A command as a person would type it, shortened.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

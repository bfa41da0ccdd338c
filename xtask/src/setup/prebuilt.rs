//! Prebuilt releases, from the pages of the projects that make them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{find_program, is_program, output};

/// Where the releases lie, unless `LANESCOPE_PREBUILT` says otherwise.
pub const HOST: &str = "https://github.com";

/// One archive of one release.
pub struct Release {
    /// The address after the host.
    path: String,
}

/// Trunk's release for this machine, if there is one.
pub fn trunk(version: &str) -> Option<Release> {
    let triple = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-gnu",
        ("linux", "aarch64") => "aarch64-unknown-linux-gnu",
        ("macos", "x86_64") => "x86_64-apple-darwin",
        ("macos", "aarch64") => "aarch64-apple-darwin",
        _ => return None,
    };
    Some(Release { path: format!("trunk-rs/trunk/releases/download/v{version}/trunk-{triple}.tar.gz") })
}

/// The wasm-bindgen command's release for this machine, if there is one.
pub fn wasm_bindgen(version: &str) -> Option<Release> {
    let triple = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-musl",
        ("linux", "aarch64") => "aarch64-unknown-linux-musl",
        ("macos", "x86_64") => "x86_64-apple-darwin",
        ("macos", "aarch64") => "aarch64-apple-darwin",
        _ => return None,
    };
    Some(Release {
        path: format!("wasm-bindgen/wasm-bindgen/releases/download/{version}/wasm-bindgen-{version}-{triple}.tar.gz"),
    })
}

impl Release {
    /// Fetches the archive and moves the programs in it, at whatever depth, into a folder.
    pub fn unpack(&self, host: &str, programs: &Path) -> Result<()> {
        if find_program("curl").is_none() || find_program("tar").is_none() {
            bail!("curl or tar is missing");
        }
        let unpacked = programs.with_extension("unpacked");
        fs::create_dir_all(&unpacked).with_context(|| format!("making {}", unpacked.display()))?;
        let archive = unpacked.join("release.tar.gz");
        let done = self.fetch(host, &archive).and_then(|()| {
            output(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&unpacked))?;
            fs::create_dir_all(programs).with_context(|| format!("making {}", programs.display()))?;
            move_programs(&unpacked, programs)
        });
        let _ = fs::remove_dir_all(&unpacked);
        done
    }

    fn fetch(&self, host: &str, archive: &Path) -> Result<()> {
        let mut curl = Command::new("curl");
        curl.args(["--fail", "--silent", "--show-error", "--location", "--connect-timeout", "5", "--max-time", "180"]);
        // A line that crawls is no better than one that is down: building takes some minutes only.
        curl.args(["--speed-limit", "50000", "--speed-time", "20"]);
        curl.arg("--output").arg(archive).arg(format!("{host}/{}", self.path));
        let done = curl.output().context("starting curl")?;
        if !done.status.success() {
            // The command is long and the same every time; what curl says is enough.
            bail!("{}", String::from_utf8_lossy(&done.stderr).trim());
        }
        Ok(())
    }
}

fn move_programs(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            move_programs(&path, to)?;
        } else if is_program(&path)
            && let Some(name) = path.file_name()
        {
            fs::rename(&path, to.join(name)).with_context(|| format!("moving {}", path.display()))?;
        }
    }
    Ok(())
}

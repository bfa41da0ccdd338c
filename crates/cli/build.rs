//! Builds the viewer of `lanescope report` in, where `cargo xtask build` has made one and names it.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=LANESCOPE_VIEWER");
    println!("cargo::rustc-check-cfg=cfg(has_viewer)");
    let Some(viewer) = env::var_os("LANESCOPE_VIEWER").filter(|path| !path.is_empty()) else { return Ok(()) };
    let viewer = PathBuf::from(viewer);
    println!("cargo::rerun-if-changed={}", viewer.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::copy(&viewer, out.join("viewer.html")).map_err(|e| io::Error::other(format!("{}: {e}", viewer.display())))?;
    println!("cargo::rustc-cfg=has_viewer");
    Ok(())
}

//! Builds the page and the viewer of reports in, where `cargo xtask build` has made them and names their folder.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::read::GzEncoder;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=LANESCOPE_DIST");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let dist = env::var_os("LANESCOPE_DIST").filter(|path| !path.is_empty()).map(PathBuf::from);
    let mut names = Vec::new();
    if let Some(dist) = &dist {
        println!("cargo::rerun-if-changed={}", dist.display());
        collect(dist, "", &mut names).map_err(|e| io::Error::other(format!("{}: {e}", dist.display())))?;
    }
    names.sort();
    let mut list = String::from("&[\n");
    for (i, (name, path)) in names.iter().enumerate() {
        let packed = out.join(format!("app-{i}.gz"));
        let mut gzip = Vec::new();
        GzEncoder::new(File::open(path)?, Compression::best()).read_to_end(&mut gzip)?;
        fs::write(&packed, gzip)?;
        let _ = writeln!(list, "    ({name:?}, include_bytes!({:?})),", packed.display().to_string());
    }
    list.push_str("]\n");
    fs::write(out.join("app.rs"), list)
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if name.starts_with('.') {
            // Trunk's own, while it builds.
        } else if path.is_dir() {
            collect(&path, &format!("{name}/"), names)?;
        } else {
            names.push((name, path));
        }
    }
    Ok(())
}

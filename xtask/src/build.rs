//! Building the page, its workers and the command.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

use crate::process::{Workspace, run};
use crate::setup::Setup;
use crate::{service, viewer};

/// What goes into the page or its workers; the build id is made from it. All crates, though the command's are none of
/// it: a list of the others was once not kept up.
const SOURCES: [&str; 6] = [".cargo/config.toml", "Cargo.lock", "Cargo.toml", "rust-toolchain.toml", "src", "crates"];

/// The page in `dist/`, and the command.
pub fn everything(setup: &mut Setup) -> Result<()> {
    page(setup)?;
    command(setup)
}

/// The page and its workers, in release, in `dist/`.
pub fn page(setup: &mut Setup) -> Result<()> {
    setup.for_building()?;
    // Trunk passes `--offline` on to cargo, so what it needs must be there before.
    run(setup.command("cargo").args(["fetch", "--quiet", "--target", "wasm32-unknown-unknown"]))?;
    let mut trunk = setup.command("trunk");
    trunk.args(["build", "--release", "--offline"]).env("LANESCOPE_BUILD", id(setup.workspace())?);
    // Trunk takes the variable for its own flag of that name, which wants a word.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    run(&mut trunk)?;
    println!("build: the page is in {}", setup.workspace().dist().display());
    finish(setup)
}

/// What is made of the files that Trunk built: the viewer for reports, and the service worker, which knows all others.
pub fn finish(setup: &mut Setup) -> Result<()> {
    viewer::write(setup)?;
    service::write(&setup.workspace().dist())
}

/// The `lanescope` command, in release, with the page and the viewer for its reports.
pub fn command(setup: &Setup) -> Result<()> {
    let mut cargo = setup.command("cargo");
    cargo.args(["build", "--release", "--package", "lanescope-cli"]);
    run(cargo.env("LANESCOPE_DIST", setup.workspace().dist()))?;
    println!("build: the command is {}", setup.workspace().target().join("release/lanescope").display());
    Ok(())
}

/// Names what was built, by version and content: the same sources have the same id, whenever and wherever they are
/// built, and page and workers of different builds can tell.
pub fn id(workspace: &Workspace) -> Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&workspace.root().join(source), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(workspace.root()).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        hash.update(name.len().to_le_bytes());
        hash.update(name);
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    let short: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{short}", env!("CARGO_PKG_VERSION")))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn the_id_follows_the_content() {
        let folder = std::env::temp_dir().join(format!("lanescope-build-id-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        let workspace = Workspace::at(&folder);
        fs::write(folder.join("src/main.rs"), "fn main() {}").unwrap();
        let first = id(&workspace).unwrap();
        assert_eq!(id(&workspace).unwrap(), first);
        fs::write(folder.join("src/main.rs"), "fn main() { }").unwrap();
        assert_ne!(id(&workspace).unwrap(), first);
        fs::remove_dir_all(folder).unwrap();
    }
}

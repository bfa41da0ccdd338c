//! What no compiler holds: the table of rooms, the limits, and a few words that may not stand anywhere.
//!
//! Each part takes plain data and returns what is wrong with it, so that each is tested on small bad examples.

mod crates;
mod files;
mod folders;
mod sizes;
mod source;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;

use self::table::Table;
use crate::process::{Workspace, output};

/// Something that is not as it should be, with its place.
type Fault = String;

/// Rooms, words and lengths. Sizes have their own step because they need a build.
pub fn sources(workspace: &Workspace) -> Result<()> {
    let table = Table::read(workspace)?;
    let mut faults = Vec::new();
    let metadata = MetadataCommand::new().manifest_path(workspace.root().join("Cargo.toml")).no_deps().exec()?;
    faults.extend(crates::faults(&table, &crates::members(&metadata)));
    for file in tracked(workspace)? {
        let Ok(text) = fs::read_to_string(workspace.root().join(&file)) else { continue };
        faults.extend(files::faults(&table, &file, &text));
        if file.extension().is_some_and(|extension| extension == "rs") {
            faults.extend(crates::word_faults(&table, &metadata, workspace, &file, &text));
            if let Ok(inside) = file.strip_prefix("src") {
                faults.extend(folders::faults(&table, inside, &text));
            }
        }
    }
    report(faults)
}

/// Sizes of what is served, when it has been built.
pub fn sizes(workspace: &Workspace) -> Result<()> {
    let table = Table::read(workspace)?;
    if !workspace.dist().is_dir() {
        println!("sizes: nothing is built yet");
        return Ok(());
    }
    report(sizes::faults(&table, &sizes::served(&workspace.dist())?))
}

fn report(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        println!("  {fault}");
    }
    bail!("{} faults against xtask/rooms.toml and the house rules", faults.len())
}

/// The files that git has or would add, relative to the root.
fn tracked(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(workspace.root());
    let list = output(&mut git).context("the checks ask git which files are the project's")?;
    Ok(list.split('\0').filter(|name| !name.is_empty()).map(|name| Path::new(name).to_path_buf()).collect())
}

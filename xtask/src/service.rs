//! The service worker of the page: a script that knows every file of the build by its hash.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The script's name in `dist/`. It lies beside the page, because it may serve no folder above its own.
pub const NAME: &str = "sw.js";

const SCRIPT: &str = include_str!("service/sw.js");

/// What is no part of a build that a page could use.
const LEFT_OUT: [&str; 2] = [NAME, "404.html"];

/// Writes the service worker of what lies in `dist/`.
pub fn write(dist: &Path) -> Result<()> {
    let mut files = BTreeMap::new();
    collect(dist, "", &mut files)?;
    let path = dist.join(NAME);
    fs::write(&path, script(&files)).with_context(|| format!("writing {}", path.display()))?;
    println!("build: the service worker keeps {} files", files.len());
    Ok(())
}

/// The script for these files: name in `dist/`, hash.
fn script(files: &BTreeMap<String, String>) -> String {
    let list: Vec<String> = files.iter().map(|(name, hash)| format!("\n  \"{name}\": \"{hash}\",")).collect();
    let list = list.concat();
    let build: String = Sha256::digest(&list).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    SCRIPT.replace("{{build}}", &build).replace("const FILES = {};", &format!("const FILES = {{{list}\n}};"))
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if name.starts_with('.') {
            // Trunk's own, while it builds.
        } else if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else if !LEFT_OUT.contains(&name.as_str()) {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            files.insert(name, STANDARD.encode(Sha256::digest(bytes)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;

    #[test]
    fn the_script_names_every_file_and_changes_with_each() {
        let folder = std::env::temp_dir().join(format!("lanescope-service-{}", std::process::id()));
        fs::create_dir_all(folder.join("demo")).unwrap();
        for (name, text) in [("index.html", "<p>"), ("demo/a.log", "a"), ("404.html", ""), (NAME, "old")] {
            fs::write(folder.join(name), text).unwrap();
        }
        write(&folder).unwrap();
        let first = fs::read_to_string(folder.join(NAME)).unwrap();
        assert!(first.contains("\"demo/a.log\": \"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\""), "{first}");
        assert!(first.contains("\"index.html\":") && !first.contains("404.html") && !first.contains("{{"));
        write(&folder).unwrap();
        assert_eq!(fs::read_to_string(folder.join(NAME)).unwrap(), first);
        fs::write(folder.join("index.html"), "<p>new").unwrap();
        write(&folder).unwrap();
        let build = |script: &str| script.lines().find(|line| line.starts_with("const BUILD")).map(str::to_owned);
        assert_ne!(build(&fs::read_to_string(folder.join(NAME)).unwrap()), build(&first));
        fs::remove_dir_all(folder).unwrap();
    }
}

//! How large what is served is, as a host sends it.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Fault;
use super::table::Table;

/// A served file: name, bytes, bytes after gzip.
pub struct Served {
    name: String,
    bytes: usize,
    gzip: usize,
}

/// The code and styles in a folder, sorted by name.
pub fn served(dist: &Path) -> Result<Vec<Served>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dist).with_context(|| format!("reading {}", dist.display()))? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        if ["css", "html", "js", "wasm"].contains(&extension) {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push(Served { name, gzip: gzip_length(&bytes)?, bytes: bytes.len() });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn gzip_length(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

/// Prints the sizes and returns what is over its limit.
pub fn faults(table: &Table, files: &[Served]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in files {
        let limit = if !file.name.ends_with(".wasm") {
            None
        } else if file.name.starts_with("lanescope-lab-worker") {
            Some(table.limits.lab_worker_wasm_gzip)
        } else if file.name.starts_with("lanescope-lab") {
            Some(table.limits.lab_wasm_gzip)
        } else if file.name.starts_with("lanescope-shelf-worker") {
            Some(table.limits.shelf_worker_wasm_gzip)
        } else if file.name.starts_with("lanescope-shelf") {
            Some(table.limits.shelf_wasm_gzip)
        } else if file.name.starts_with("lanescope-reader-full") {
            Some(table.limits.reader_full_wasm_gzip)
        } else if file.name.starts_with("lanescope-reader") {
            Some(table.limits.reader_wasm_gzip)
        } else if file.name.starts_with("lanescope-worker") {
            Some(table.limits.worker_wasm_gzip)
        } else {
            Some(table.limits.page_wasm_gzip)
        };
        let of = limit.map_or_else(String::new, |limit| format!(" of {limit}"));
        if file.name == crate::viewer::NAME && file.bytes > table.limits.viewer_bytes {
            let most = table.limits.viewer_bytes;
            faults.push(format!("dist/{}: {} bytes; {most} are the most", file.name, file.bytes));
        }
        println!("  {:>9} bytes, {:>7}{of} gzip  {}", file.bytes, file.gzip, file.name);
        if let Some(limit) = limit
            && file.gzip > limit
        {
            faults.push(format!("dist/{}: {} bytes of gzip; {limit} are the most", file.name, file.gzip));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_and_workers_have_limits_of_their_own() {
        let file = |name: &str, gzip| Served { name: name.into(), bytes: 1000, gzip };
        let names = [
            "lanescope-app-1_bg.wasm",
            "lanescope-reader-full_bg.wasm",
            "lanescope-reader_bg.wasm",
            "lanescope-worker_bg.wasm",
            "a.js",
        ];
        let files = names.map(|name| file(name, 101));
        let said = faults(&Table::example(), &files);
        assert_eq!(said, ["dist/lanescope-app-1_bg.wasm: 101 bytes of gzip; 100 are the most"]);
    }

    #[test]
    fn the_viewer_is_measured_as_it_is_saved() {
        let viewer = |bytes| Served { name: "viewer.html".into(), bytes, gzip: 1 };
        assert_eq!(faults(&Table::example(), &[viewer(400)]), [""; 0]);
        assert_eq!(faults(&Table::example(), &[viewer(401)]), ["dist/viewer.html: 401 bytes; 400 are the most"]);
    }
}

//! The page's own files: those that were built in, or those of a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};

/// Name and gzip of each file that was built in.
static BUILT_IN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/app.rs"));

/// The files of the page by their address, as gzip.
pub(crate) struct App {
    files: BTreeMap<String, Vec<u8>>,
}

impl App {
    /// The page in a folder, or the one that was built in.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        match folder {
            Some(folder) => collect(folder, "", &mut files).map_err(|e| format!("{}: {e}", folder.display()))?,
            None => files.extend(BUILT_IN.iter().map(|(name, gzip)| ((*name).to_owned(), gzip.to_vec()))),
        }
        if files.contains_key("index.html") {
            return Ok(Self { files });
        }
        Err(match folder {
            Some(folder) => format!("{}: there is no page in it; `cargo xtask build` makes it", folder.display()),
            None => "this command was built without the page. `cargo xtask build` builds both; or give a page with \
                     --app dist"
                .to_owned(),
        })
    }

    /// A file of the page, as gzip.
    pub(crate) fn packed(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Writes all files into a folder. Gives their names.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<Vec<&str>> {
        for (name, gzip) in &self.files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, unpacked(gzip)?)?;
        }
        Ok(self.files.keys().map(String::as_str).collect())
    }
}

/// The viewer of reports that was built in.
pub(crate) fn viewer() -> Option<String> {
    let (_, gzip) = BUILT_IN.iter().find(|(name, _)| *name == "viewer.html")?;
    String::from_utf8(unpacked(gzip).ok()?).ok()
}

/// The bytes of a file, for who takes no gzip.
pub(crate) fn unpacked(gzip: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        // Links are not followed: no build has any.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else if kind.is_file() {
            let mut gzip = Vec::new();
            GzEncoder::new(fs::File::open(&path)?, Compression::fast()).read_to_end(&mut gzip)?;
            files.insert(name, gzip);
        }
    }
    Ok(())
}

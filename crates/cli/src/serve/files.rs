//! The files that were named, and an archive of them.
//!
//! What may be asked for is a list that is made at the start: no address is turned into a path, so none leads out.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

/// The address of the archive of all files.
pub(super) const ALL: &str = "all.tar";

/// Files by their name below the page.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Name, such as `nightly/junit.xml`, and where it really lies.
    files: BTreeMap<String, PathBuf>,
}

impl Files {
    /// Finds the files: directories recursively. Links that lead out of a directory are left out.
    pub(super) fn find(inputs: &[PathBuf]) -> Result<Self, String> {
        let mut found = Self::default();
        for (i, input) in inputs.iter().enumerate() {
            let real = input.canonicalize().map_err(|e| format!("{}: {e}", input.display()))?;
            // Two inputs may hold the same names.
            let prefix = if inputs.len() > 1 { format!("{}/", i + 1) } else { String::new() };
            if real.is_dir() {
                found.directory(&real, &real, &prefix).map_err(|e| format!("{}: {e}", input.display()))?;
            } else {
                let name = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.files.insert(format!("{prefix}{name}"), real);
            }
        }
        if found.files.is_empty() { Err("there is no file to serve".to_owned()) } else { Ok(found) }
    }

    fn directory(&mut self, root: &Path, at: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(at)? {
            let path = entry?.path();
            // Not to be read as text, or gone: it has no address.
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            let Ok(real) = path.canonicalize() else { continue };
            if meta.is_dir() {
                self.directory(root, &path, &format!("{prefix}{name}/"))?;
            } else if real.is_file() && real.starts_with(root) {
                self.files.insert(format!("{prefix}{name}"), real);
            }
        }
        Ok(())
    }

    /// The name to open: the one file, or the archive of all.
    pub(super) fn first(&self) -> &str {
        match self.files.keys().next() {
            Some(name) if self.files.len() == 1 => name,
            _ => ALL,
        }
    }

    /// Opens a file of the list; gives its length too. It must still be the same one.
    pub(super) fn open(&self, name: &str) -> Option<(Box<dyn Read + Send>, u64)> {
        if name == ALL && self.files.len() > 1 {
            return Some(self.archive());
        }
        let path = self.files.get(name)?;
        let file = same(path)?;
        let length = file.metadata().ok()?.len();
        Some((Box::new(file), length))
    }

    /// All files as a tar archive, read as it is sent.
    fn archive(&self) -> (Box<dyn Read + Send>, u64) {
        let mut parts: Vec<Box<dyn Read + Send>> = Vec::new();
        let mut length = 0;
        for (name, path) in &self.files {
            let Some(meta) = same(path).and_then(|file| file.metadata().ok()) else { continue };
            let Ok(head) = head(name, meta.len()) else { continue };
            let padding = meta.len().next_multiple_of(BLOCK) - meta.len();
            length += head.len() as u64 + meta.len() + padding;
            parts.push(Box::new(Cursor::new(head)));
            // As long as was said, whatever has become of the file meanwhile.
            parts.push(Box::new(Late::Waiting(path.clone()).chain(io::repeat(0)).take(meta.len() + padding)));
        }
        length += 2 * BLOCK;
        parts.push(Box::new(io::repeat(0).take(2 * BLOCK)));
        parts.reverse();
        (Box::new(Parts(parts)), length)
    }
}

const BLOCK: u64 = 512;

/// The file at a place that was no link when the list was made, and is none now.
fn same(path: &Path) -> Option<File> {
    (path.canonicalize().ok()? == path).then(|| File::open(path).ok())?
}

/// What stands before a member of an archive.
fn head(name: &str, bytes: u64) -> io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::Regular);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, name, io::empty())?;
    let mut head = builder.into_inner()?;
    // The end of an archive, which it is not yet.
    head.truncate(head.len().saturating_sub(2 * BLOCK as usize));
    Ok(head)
}

/// Readers one after the other, the last first.
struct Parts(Vec<Box<dyn Read + Send>>);

impl Read for Parts {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Some(part) = self.0.last_mut() {
            let n = part.read(to)?;
            if n > 0 || to.is_empty() {
                return Ok(n);
            }
            self.0.pop();
        }
        Ok(0)
    }
}

/// A file that is opened when it is its turn: there may be more of them than may be open.
enum Late {
    Waiting(PathBuf),
    Open(File),
}

impl Read for Late {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Self::Waiting(path) = self {
            let Some(file) = same(path) else { return Ok(0) };
            *self = Self::Open(file);
        }
        match self {
            Self::Open(file) => file.read(to),
            Self::Waiting(_) => Ok(0),
        }
    }
}

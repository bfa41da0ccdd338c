//! Finding and reading files.

use std::fs::File;
use std::path::{Path, PathBuf};

use lanescope_ingest::{Loaded, Loader, OpenFile, Opening};
use serde_json::Value;

/// A folder beside the workspace that holds real artifacts; `None`, with a word, where it is not.
pub fn folder(inner: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(inner);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// Reads a file as the command line does.
pub fn load(path: &Path) -> Loaded {
    let size = std::fs::metadata(path).unwrap().len();
    let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Loader::new(&path.to_string_lossy(), Some(size), Box::new(file)).read_all()
}

/// Reads bytes under a name that says nothing.
pub fn load_bytes(bytes: Vec<u8>) -> Loaded {
    Loader::new("unknown", Some(bytes.len() as u64), Box::new(std::io::Cursor::new(bytes))).read_all()
}

/// Opens bytes with everything that is in them.
pub fn open_bytes(name: &str, bytes: Vec<u8>) -> Vec<Loaded> {
    let size = Some(bytes.len() as u64);
    let reader = Box::new(std::io::Cursor::new(bytes));
    Opening::new(vec![OpenFile { path: name.to_owned(), size, reader }]).read_all()
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Issues as text, for messages of failing tests.
pub fn issues(loaded: &Loaded) -> String {
    let lines = loaded.report.issues.iter().map(|i| {
        let at = i.at.as_ref().map(|p| format!(" at {p}")).unwrap_or_default();
        format!("{}{at}: {}", i.severity.as_str(), i.text)
    });
    lines.collect::<Vec<_>>().join("\n")
}

//! From arguments to files.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use lanescope_engine::{OpenFile, Unseekable};

/// The files that the arguments name, and what is wrong with arguments that name none.
#[derive(Default)]
pub(crate) struct Inputs {
    pub(crate) files: Vec<OpenFile>,
    /// Paths of files that were found in a directory; that they are no reports is nothing to complain about.
    pub(crate) found: Vec<String>,
    pub(crate) problems: Vec<String>,
}

/// Finds the files: directories recursively and sorted, `-` for standard input.
pub(crate) fn collect(inputs: &[String]) -> Inputs {
    let mut all = Inputs::default();
    for input in inputs {
        if input == "-" {
            all.files.push(OpenFile {
                path: input.clone(),
                size: None,
                reader: Box::new(Unseekable(Box::new(io::stdin()))),
            });
            continue;
        }
        let path = Path::new(input);
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                let before = all.files.len();
                directory(path, &mut all);
                if all.files.len() == before {
                    all.problems.push(format!("{input}: there is no file in this directory"));
                }
            }
            Ok(meta) => all.files.push(file(path, input.clone(), meta.len())),
            Err(e) => all.problems.push(format!("{input}: {}", reason(&e))),
        }
    }
    all
}

fn directory(at: &Path, all: &mut Inputs) {
    let mut entries: Vec<PathBuf> = match fs::read_dir(at) {
        Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).collect(),
        Err(e) => {
            all.problems.push(format!("{}: {}", at.display(), reason(&e)));
            return;
        }
    };
    entries.sort();
    for path in entries {
        // Links to directories are not followed: they may lead in a circle.
        let Ok(link) = fs::symlink_metadata(&path) else { continue };
        if link.is_dir() {
            directory(&path, all);
        } else if let Ok(meta) = fs::metadata(&path)
            && meta.is_file()
        {
            let name = path.display().to_string();
            all.found.push(name.clone());
            all.files.push(file(&path, name, meta.len()));
        }
    }
}

fn file(path: &Path, name: String, size: u64) -> OpenFile {
    OpenFile { path: name, size: Some(size), reader: Box::new(Late::Waiting(path.to_owned())) }
}

fn reason(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => e.to_string(),
    }
}

/// A file that is opened when it is first read, and closed at its end: a directory may hold more files than
/// may be open at once.
enum Late {
    Waiting(PathBuf),
    Open(File, PathBuf),
    Ended(PathBuf),
}

impl Read for Late {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Self::Waiting(path) = self {
            *self = Self::Open(File::open(&*path)?, std::mem::take(path));
        }
        let Self::Open(file, path) = self else { return Ok(0) };
        let n = file.read(buffer)?;
        if n == 0 && !buffer.is_empty() {
            *self = Self::Ended(std::mem::take(path));
        }
        Ok(n)
    }
}

impl Seek for Late {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let Self::Waiting(path) | Self::Ended(path) = self {
            *self = Self::Open(File::open(&*path)?, std::mem::take(path));
        }
        match self {
            Self::Open(file, _) => file.seek(to),
            Self::Waiting(_) | Self::Ended(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

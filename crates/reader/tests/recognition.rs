//! What the reader that the page starts with says of files that it does not read. Built beside crates that read
//! everything these tests hold as well; then nothing needs the full reader.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::io::Cursor;
use std::path::Path;

use lanescope_ingest::{Format, Loaded, More, OpenFile, Opening};

/// Whether this build reads everything.
const FULL: bool = !Format::More(More::Tap).needs_full_reader();

/// Opens bytes under a name that says nothing; with whether the full reader is needed.
fn open(bytes: Vec<u8>) -> (bool, Vec<Loaded>) {
    let file =
        OpenFile { path: "unknown".to_owned(), size: Some(bytes.len() as u64), reader: Box::new(Cursor::new(bytes)) };
    let mut opening = Opening::new(vec![file]);
    while opening.step(1 << 20) {}
    (opening.needs_full(), opening.finish())
}

#[test]
fn every_fixture_is_read_or_needs_the_full_reader() {
    let (mut read, mut full) = (0, 0);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for folder in std::fs::read_dir(&fixtures).unwrap().map(|e| e.unwrap().path()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let more = More::of(&name);
        if !folder.is_dir() {
            continue;
        }
        for path in std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()) {
            let (needs_full, loaded) = open(std::fs::read(&path).unwrap());
            if let Some(more) = more {
                assert_eq!(loaded[0].report.format, Format::More(more), "{}", path.display());
                assert_eq!(needs_full, !FULL, "{}", path.display());
                full += 1;
            } else if !loaded[0].sources.is_empty() {
                assert!(!needs_full, "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read > 10 && full > 30);
}

#[test]
fn archives_need_the_full_reader() {
    let mut tar = vec![0_u8; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    for bytes in [b"PK\x03\x04".to_vec(), b"PK\x05\x06".to_vec(), vec![0x28, 0xb5, 0x2f, 0xfd], tar] {
        assert_eq!(open(bytes).0, !FULL);
    }
}

#[test]
fn what_holds_no_results_is_named_by_every_reader() {
    for (content, name) in [
        ("{\"run_attempt\": 1, \"workflow_id\": 2}", "github-actions-run"),
        ("%PDF-1.7", "pdf"),
        ("\u{1}\u{2}\0\0", "unknown"),
        ("some\nwords\n", "unknown"),
    ] {
        let (needs_full, loaded) = open(content.as_bytes().to_vec());
        assert!(!needs_full, "{name}");
        assert_eq!(loaded[0].report.format.as_str(), name);
        assert!(loaded[0].report.no_report);
    }
}

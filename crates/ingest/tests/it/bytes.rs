//! What was read, as bytes and back.

use lanescope_ingest::{Loaded, codec};

use crate::fixtures::{fixtures, whole};
use crate::shared::{load, load_bytes};

fn encoded(files: &[Loaded]) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(files, &mut |part| bytes.extend_from_slice(part));
    bytes
}

fn decoded(bytes: &[u8]) -> Option<Vec<Loaded>> {
    let mut rest = bytes;
    let mut from = |to: &mut [u8]| {
        let (now, later) = rest.split_at(to.len());
        to.copy_from_slice(now);
        rest = later;
    };
    codec::decode(bytes.len(), &mut from).ok()
}

#[test]
fn every_fixture_comes_back_as_it_was() {
    let files: Vec<Loaded> = fixtures().iter().map(|path| load(path)).collect();
    let bytes = encoded(&files);
    let back = decoded(&bytes).unwrap();
    assert_eq!(back.len(), files.len());
    for (back, file) in back.iter().zip(&files) {
        assert_eq!(whole(back), whole(file));
        let (a, b) = (&back.report, &file.report);
        assert_eq!(
            (&a.path, a.format, &a.dialect, a.bytes, a.tests),
            (&b.path, b.format, &b.dialect, b.bytes, b.tests)
        );
        assert_eq!(a.issues, b.issues);
        for (back, source) in back.sources.iter().zip(&file.sources) {
            assert_eq!((&back.path, back.format, back.shard), (&source.path, source.format, source.shard));
            assert_eq!((back.naive_clock, &back.run.meta), (source.naive_clock, &source.run.meta));
        }
    }
    assert!(encoded(&back) == bytes);
}

#[test]
fn a_file_that_is_only_known_by_name_and_one_that_is_not_come_back() {
    let index = br#"{"lanescope": "index/1", "runs": ["a.xml"]}"#.to_vec();
    let files = [load_bytes(index), load_bytes(vec![0; 9]), Loaded::unreadable("x", "no")];
    let back = decoded(&encoded(&files)).unwrap();
    for (back, file) in back.iter().zip(&files) {
        assert_eq!((back.report.format, &back.report.issues), (file.report.format, &file.report.issues));
        assert!(back.sources.is_empty());
    }
    assert_eq!(back.first().unwrap().report.format.as_str(), "lanescope-index");
}

#[test]
fn bytes_that_are_cut_off_or_go_on_are_refused() {
    let small =
        fixtures().into_iter().map(|path| load(&path)).min_by_key(|file| (file.sources.is_empty(), file.report.bytes));
    let bytes = encoded(&[small.unwrap()]);
    for end in 0..bytes.len() {
        assert!(decoded(&bytes[..end]).is_none(), "{end} of {}", bytes.len());
    }
    assert!(decoded(&[bytes.as_slice(), b"x"].concat()).is_none());
    assert!(decoded(b"no bytes of a reader").is_none());
}

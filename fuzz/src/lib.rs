//! What the targets share: each opens bytes of one family of formats as the command line opens a file, and leaves the
//! rest to the others, so that what a fuzzer keeps of a family belongs to it.

use std::io::Cursor;

use lanescope_ingest::{OpenFile, Opening, codec};

/// Opens bytes. What was read is given to the engine as the reader gives it, and must come back the same.
pub fn open(bytes: &[u8]) {
    // With a size that is not true the first chunk ends after a kilobyte, in the middle of something.
    let size = Some(if bytes.len() % 2 == 0 { bytes.len() as u64 } else { 0 });
    let file = OpenFile { path: "fuzz".to_owned(), size, reader: Box::new(Cursor::new(bytes.to_vec())) };
    let loaded = Opening::new(vec![file]).read_all();
    let mut sent = Vec::new();
    codec::encode(&loaded, &mut |part| sent.extend_from_slice(part));
    let mut left = sent.as_slice();
    let again = codec::decode(sent.len(), &mut |to| {
        let (now, later) = left.split_at(to.len());
        to.copy_from_slice(now);
        left = later;
    });
    let again = again.expect("what was read can be sent");
    assert_eq!(again.len(), loaded.len());
}

/// Whether the bytes begin like XML.
pub fn is_xml(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'<')
}

/// Whether the bytes begin like JSON.
pub fn is_json(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Whether these words stand in the bytes.
pub fn has(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|at| at == words.as_bytes())
}

/// Whether the bytes begin like a container.
pub fn is_container(bytes: &[u8]) -> bool {
    let magic: [&[u8]; 4] = [b"PK", &[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd], b"BZh"];
    magic.iter().any(|magic| bytes.starts_with(magic)) || bytes.get(257..262) == Some(b"ustar")
}

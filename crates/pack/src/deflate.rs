//! Deflate around the columns.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::PackError;
use crate::columns::Writer;

/// Columns shorter than this are packed with their neighbours: a new table of codes costs more than it saves. What is
/// shortest is taken, so that these are guesses only.
const SHORTEST: [usize; 4] = [usize::MAX, 4096, 1024, 256];

/// The packed bytes, appended to `out`.
pub(crate) fn deflate(from: &Writer, out: &mut Vec<u8>) {
    // Large ones always gain by the cuts, and each attempt takes its time.
    let tries = if from.bytes.len() > 4 << 20 { SHORTEST.get(2..3) } else { SHORTEST.get(..) };
    let mut best: Option<Vec<u8>> = None;
    for &shortest in tries.unwrap_or_default() {
        let packed = packed(&from.bytes, &from.cuts, shortest);
        if best.as_ref().is_none_or(|best| packed.len() < best.len()) {
            best = Some(packed);
        }
    }
    out.extend(best.unwrap_or_default());
}

/// `cuts` says where the bytes may be cut into pieces of at least `shortest`.
fn packed(bytes: &[u8], cuts: &[usize], shortest: usize) -> Vec<u8> {
    let mut packer = Compress::new(Compression::best(), true);
    let mut out = Vec::new();
    let mut start = 0;
    for &cut in cuts {
        // The piece before and the one after are long enough.
        if cut - start >= shortest && bytes.len() - cut >= shortest {
            feed(&mut packer, bytes.get(start..cut).unwrap_or_default(), FlushCompress::Partial, &mut out);
            start = cut;
        }
    }
    feed(&mut packer, bytes.get(start..).unwrap_or_default(), FlushCompress::Finish, &mut out);
    out
}

fn feed(packer: &mut Compress, mut bytes: &[u8], flush: FlushCompress, out: &mut Vec<u8>) {
    loop {
        out.reserve(bytes.len() / 2 + 1024);
        let before = packer.total_in();
        // Compression fails on wrong use only, of which there is none here.
        let Ok(status) = packer.compress_vec(bytes, out, flush) else { return };
        bytes = bytes.get((packer.total_in() - before) as usize..).unwrap_or_default();
        let all_out = out.len() < out.capacity();
        if status == Status::StreamEnd || (bytes.is_empty() && all_out && flush != FlushCompress::Finish) {
            return;
        }
    }
}

/// The unpacked bytes, where they are at most `most`.
pub(crate) fn inflate(mut bytes: &[u8], most: usize) -> Result<Vec<u8>, PackError> {
    let mut unpacker = Decompress::new(true);
    let mut out = Vec::new();
    loop {
        if out.len() >= most {
            return Err(PackError::TooLarge);
        }
        out.reserve(bytes.len().saturating_mul(4).clamp(4096, 1 << 20));
        let (taken, given) = (unpacker.total_in(), out.len());
        let status = unpacker.decompress_vec(bytes, &mut out, FlushDecompress::None).map_err(|_| PackError::Damaged)?;
        let taken = (unpacker.total_in() - taken) as usize;
        bytes = bytes.get(taken..).unwrap_or_default();
        match status {
            Status::StreamEnd if bytes.is_empty() => return Ok(out),
            Status::StreamEnd => return Err(PackError::Damaged),
            _ if taken == 0 && out.len() == given => return Err(PackError::CutOff),
            _ => {}
        }
    }
}

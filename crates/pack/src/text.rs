//! A pack as text: what stands in the `data` key of an address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{MAGIC, MAX_UNPACKED_TEXT, PackError, Packed, unpack_noted};

/// The longest text that is read: no browser takes a longer address.
pub const MAX_TEXT: usize = 4 << 20;

/// What the text of a pack begins with: the characters of [`MAGIC`] that hold nothing of what follows.
const BEGINS: &str = "10xTUE";

/// What stands before it in an address.
const KEY: &str = "data=";

/// The text of a pack: base64url without padding, which stands in an address as it is.
#[must_use]
pub fn to_text(pack: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(pack)
}

/// Whether a text begins as that of a pack, or as an address with one.
#[must_use]
pub fn is_text(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let key =
        if text.starts_with(b"http") { text.windows(KEY.len()).position(|at| at == KEY.as_bytes()) } else { None };
    let text = text.get(key.map_or(0, |at| at + KEY.len())..).unwrap_or_default();
    text.starts_with(BEGINS.as_bytes())
        && text.get(..8).and_then(|head| URL_SAFE_NO_PAD.decode(head).ok()).is_some_and(|head| head.starts_with(MAGIC))
}

/// The runs of a pack that is given as text, or as an address with one. Line breaks and blanks, which mail programs put in, are passed over.
///
/// # Errors
/// When it is no text of a pack, longer than [`MAX_TEXT`], or unpacks to more than [`MAX_UNPACKED_TEXT`] bytes.
pub fn from_text(text: &str) -> Result<Vec<Packed>, PackError> {
    if text.len() > MAX_TEXT {
        return Err(PackError::TooLarge);
    }
    let data = text.split_once(KEY).map_or(text, |(_, data)| data.split('&').next().unwrap_or(data));
    let mut letters: Vec<u8> = data.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').collect();
    if !is_text(&letters) {
        return Err(PackError::NoPack);
    }
    // One letter alone stands for nothing: the rest was cut off, and what is there says so itself.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    // The last letter of a text that was cut off may hold bits of the next byte.
    let lenient = base64::engine::GeneralPurpose::new(
        &base64::alphabet::URL_SAFE,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    let bytes = lenient.decode(letters).map_err(|_| PackError::Damaged)?;
    unpack_noted(&bytes, MAX_UNPACKED_TEXT)
}

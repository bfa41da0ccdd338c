//! Names of members: bytes of a stranger, made fit to be shown. They never name a place on a disk.

use super::limits::MAX_NAME;

/// A name as it is shown, and what was wrong with it.
pub(super) struct Name {
    pub(super) text: String,
    pub(super) remark: Option<&'static str>,
}

/// Makes a name of bytes: UTF-8 if they are it, else each byte as a letter of Latin-1, which is right for most.
pub(super) fn name(bytes: &[u8]) -> Name {
    let mut remark = None;
    let shown = if bytes.len() > MAX_NAME {
        remark = Some("is cut: it was longer than 1024 bytes");
        // What tells members apart is more often the end.
        bytes.get(bytes.len() - MAX_NAME..).unwrap_or(bytes)
    } else {
        bytes
    };
    let text = match std::str::from_utf8(shown) {
        Ok(text) => text.to_owned(),
        Err(_) if remark.is_some() => String::from_utf8_lossy(shown).into_owned(),
        Err(_) => shown.iter().map(|&b| char::from(b)).collect(),
    };
    let text: String = text.chars().map(|c| if is_odd(c) { '\u{fffd}' } else { c }).collect();
    // Some tools of Windows write its separators.
    let text = if text.contains('/') { text } else { text.replace('\\', "/") };
    let odd = text.starts_with('/') || text.split('/').any(|part| part == "..") || text.get(1..3) == Some(":/");
    let parts: Vec<&str> = text.split('/').filter(|p| !matches!(*p, "" | "." | "..")).collect();
    if odd {
        remark = Some("leads out of the archive; it is shown without that, and nothing is ever written to a disk");
    }
    let text = if parts.is_empty() { "unnamed".to_owned() } else { parts.join("/") };
    Name { text, remark }
}

/// Characters that would change how the rest of a line is shown.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_to_be_shown() {
        for (bytes, text, remarked) in [
            (&b"a/b.xml"[..], "a/b.xml", false),
            (b"a\\b.xml", "a/b.xml", false),
            (b"./a.xml", "a.xml", false),
            (b"../../etc/passwd", "etc/passwd", true),
            (b"/etc/passwd", "etc/passwd", true),
            (b"C:/x/y.xml", "C:/x/y.xml", true),
            (b"..", "unnamed", true),
            (b"a\x1b[31m\n.xml", "a\u{fffd}[31m\u{fffd}.xml", false),
            ("a\u{202e}lmx.b".as_bytes(), "a\u{fffd}lmx.b", false),
            (b"r\xe9sultats/a.xml", "r\u{e9}sultats/a.xml", false),
        ] {
            let name = name(bytes);
            assert_eq!((name.text.as_str(), name.remark.is_some()), (text, remarked));
        }
        let long = name(&[b'x'; 5000]);
        assert_eq!(long.text.len(), MAX_NAME);
        assert!(long.remark.is_some());
    }
}

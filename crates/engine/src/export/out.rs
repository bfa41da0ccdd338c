//! Writing text into bytes, with the escapes of JSON, CSV and XML.

/// A growing file.
#[derive(Default)]
pub(super) struct Out(pub(super) Vec<u8>);

impl Out {
    pub(super) fn raw(&mut self, text: &str) -> &mut Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub(super) fn int(&mut self, n: i64) -> &mut Self {
        let mut digits = [0_u8; 20];
        let mut rest = n.unsigned_abs();
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            self.0.push(b'-');
        }
        self.0.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
        self
    }

    /// Microseconds as seconds, exactly, without zeros at the end.
    pub(super) fn seconds(&mut self, us: i64) -> &mut Self {
        self.decimal(us, 6)
    }

    /// A length in pixels, to a tenth.
    pub(super) fn px(&mut self, px: f64) -> &mut Self {
        self.decimal((px * 10.0).round() as i64, 1)
    }

    /// A number that is given without its decimal point.
    pub(super) fn decimal(&mut self, n: i64, places: u32) -> &mut Self {
        let unit = 10_u64.pow(places.min(9));
        let (whole, mut rest) = (n.unsigned_abs() / unit, n.unsigned_abs() % unit);
        if n < 0 {
            self.0.push(b'-');
        }
        self.int(i64::try_from(whole).unwrap_or(i64::MAX));
        if rest > 0 {
            self.0.push(b'.');
            let mut of = unit;
            while rest > 0 {
                of /= 10;
                self.0.push(b'0' + (rest / of.max(1)) as u8);
                rest %= of.max(1);
            }
        }
        self
    }

    /// A JSON string, with its quotes.
    pub(super) fn json(&mut self, text: &str) -> &mut Self {
        self.0.push(b'"');
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => self.0.extend_from_slice(&[b'\\', byte]),
                b'\n' => self.0.extend_from_slice(b"\\n"),
                b'\t' => self.0.extend_from_slice(b"\\t"),
                b'\r' => self.0.extend_from_slice(b"\\r"),
                0..0x20 => {
                    let hex = |n: u8| if n < 10 { b'0' + n } else { b'a' + n - 10 };
                    self.0.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]);
                }
                _ => self.0.push(byte),
            }
        }
        self.0.push(b'"');
        self
    }

    /// A text cell of a CSV row (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe.
    pub(super) fn csv(&mut self, text: &str) -> &mut Self {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = text.contains(['"', ',', '\n', '\r']);
        if quoted {
            self.0.push(b'"');
        }
        if formula {
            self.0.push(b'\'');
        }
        for byte in text.bytes() {
            if byte == b'"' {
                self.0.push(b'"');
            }
            self.0.push(byte);
        }
        if quoted {
            self.0.push(b'"');
        }
        self
    }

    /// Text inside XML, in an element or an attribute. What XML cannot hold is left out.
    pub(super) fn xml(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                '\n' | '\t' | '\r' => self.raw(" "),
                '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => self,
                _ => self.raw(c.encode_utf8(&mut [0; 4])),
            };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Out)) -> String {
        let mut out = Out::default();
        write(&mut out);
        String::from_utf8(out.0).unwrap_or_default()
    }

    #[test]
    fn numbers_are_exact() {
        for (us, seconds) in [(0, "0"), (1, "0.000001"), (1_500_000, "1.5"), (-250_000, "-0.25"), (60_000_000, "60")] {
            assert_eq!(text(|o| _ = o.seconds(us)), seconds);
        }
        assert_eq!(text(|o| _ = o.int(i64::MIN)), i64::MIN.to_string());
        assert_eq!(text(|o| _ = o.px(12.345)), "12.3");
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(text(|o| _ = o.json("a\"b\\c\u{1}\n")), r#""a\"b\\c\u0001\n""#);
        assert_eq!(text(|o| _ = o.csv("=1+2")), "'=1+2");
        assert_eq!(text(|o| _ = o.csv("-x,\"y\"")), "\"'-x,\"\"y\"\"\"");
        assert_eq!(text(|o| _ = o.csv("plain")), "plain");
        assert_eq!(text(|o| _ = o.xml("<a b=\"c\">&'\u{0}\u{1b}")), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
    }
}

//! Text of a terminal: colours read, everything else that steers a terminal left out.

use anstyle_parse::{DefaultCharAccumulator, Params, Parser, Perform};
use lanescope_protocol::{StyledSpan, StyledText};

/// Texts are shown up to so many bytes.
pub(crate) const CLIP_BYTES: usize = 200 * 1024;

/// A text with its colours read, clipped where it is very long.
pub(crate) fn styled(text: &str) -> StyledText {
    let shown = clip(text, CLIP_BYTES);
    let mut reader = Reader::default();
    if shown.contains(['\u{1b}', '\u{9b}', '\r', '\u{8}']) {
        let mut parser = Parser::<DefaultCharAccumulator>::new();
        for byte in shown.bytes() {
            parser.advance(&mut reader, byte);
        }
        reader.end_span();
    } else if !shown.is_empty() {
        reader.spans.push(StyledSpan { text: shown.to_owned(), ..StyledSpan::default() });
    }
    StyledText { spans: reader.spans, clipped: (text.len() - shown.len()) as u32 }
}

/// The first line that says something, without colours, of at most `bytes` bytes.
pub(crate) fn first_line(text: &str, bytes: usize) -> String {
    // Long enough for any colours around the line.
    let plain: String = styled(clip(text, bytes * 4)).spans.into_iter().map(|s| s.text).collect();
    let line = plain.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("");
    let clipped = clip(line, bytes);
    if clipped.len() < line.len() { format!("{clipped}…") } else { line.to_owned() }
}

fn clip(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    // A character has at most four bytes.
    (0..4).find_map(|back| text.get(..bytes.saturating_sub(back))).unwrap_or("")
}

#[derive(Default)]
struct Reader {
    spans: Vec<StyledSpan>,
    open: StyledSpan,
    /// A carriage return that no line break has followed yet.
    returned: bool,
}

impl Reader {
    fn end_span(&mut self) {
        if !self.open.text.is_empty() {
            let next = StyledSpan { text: String::new(), ..self.open.clone() };
            self.spans.push(std::mem::replace(&mut self.open, next));
        }
    }

    fn style(&mut self, change: impl FnOnce(&mut StyledSpan)) {
        let mut next = StyledSpan { text: String::new(), ..self.open.clone() };
        change(&mut next);
        let same = (next.colour, next.bold, next.faint) == (self.open.colour, self.open.bold, self.open.faint);
        if !same {
            self.end_span();
            self.open = next;
        }
    }
}

impl Perform for Reader {
    fn print(&mut self, c: char) {
        // A progress line that is written over itself would run together; each state gets its own line.
        if std::mem::take(&mut self.returned) {
            self.open.text.push('\n');
        }
        self.open.text.push(c);
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                self.returned = false;
                self.open.text.push('\n');
            }
            b'\r' => self.returned = true,
            b'\t' => self.open.text.push('\t'),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: u8) {
        if action != b'm' || ignore || !intermediates.is_empty() {
            return;
        }
        let mut codes = params.iter();
        if params.is_empty() {
            self.style(reset);
        }
        while let Some(code) = codes.next() {
            match code {
                [0] => self.style(reset),
                [1] => self.style(|s| s.bold = true),
                [2] => self.style(|s| s.faint = true),
                [22] => self.style(|s| (s.bold, s.faint) = (false, false)),
                [n @ 30..=37] => self.style(|s| s.colour = Some((n - 30) as u8)),
                [39] => self.style(|s| s.colour = None),
                [n @ 90..=97] => self.style(|s| s.colour = Some((n - 90 + 8) as u8)),
                // Colours beyond the palette: of those by number the first sixteen are it; true colour is not.
                [38, 5, n] => self.extended(*n),
                [38 | 48, 2, ..] | [48, 5, ..] => {}
                [kind @ (38 | 48)] => match codes.next() {
                    Some([5]) => {
                        if let (Some([n]), 38) = (codes.next(), *kind) {
                            self.extended(*n);
                        }
                    }
                    Some([2]) => {
                        codes.nth(2);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

impl Reader {
    fn extended(&mut self, n: u16) {
        if let Ok(n @ 0..=15) = u8::try_from(n) {
            self.style(|s| s.colour = Some(n));
        }
    }
}

fn reset(style: &mut StyledSpan) {
    (style.colour, style.bold, style.faint) = (None, false, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<(String, Option<u8>, bool)> {
        styled(text).spans.into_iter().map(|s| (s.text, s.colour, s.bold)).collect()
    }

    #[test]
    fn colours_are_read_and_other_sequences_left_out() {
        let text = "a\u{1b}[1;31mE  boom\u{1b}[0m\nb\u{1b}[2Jc\u{1b}]0;title\u{7}d\u{1b}[38;5;9mx\u{1b}[39;49m";
        assert_eq!(
            spans(text),
            [
                ("a".to_owned(), None, false),
                ("E  boom".to_owned(), Some(1), true),
                ("\nbcd".to_owned(), None, false),
                ("x".to_owned(), Some(9), false),
            ]
        );
    }

    #[test]
    fn true_colour_does_not_spill_into_other_styles() {
        assert_eq!(spans("\u{1b}[38;2;1;31;1mx\u{1b}[48;5;1my"), [("xy".to_owned(), None, false)]);
    }

    #[test]
    fn a_line_written_over_is_kept_and_windows_lines_are_lines() {
        assert_eq!(spans("10%\r20%\r\nend\u{1b}[m"), [("10%\n20%\nend".to_owned(), None, false)]);
    }

    #[test]
    fn text_beyond_the_limit_is_counted_not_shown() {
        let text = "é".repeat(CLIP_BYTES);
        let shown = styled(&text);
        assert_eq!(shown.clipped as usize, CLIP_BYTES);
        assert_eq!(first_line("\n \u{1b}[31mE\u{1b}[0m boom\nmore", 200), "E boom");
        assert_eq!(first_line("abcdefgh", 4), "abcd…");
    }

    #[test]
    fn any_bytes_are_taken() {
        for text in ["\u{1b}", "\u{1b}[", "\u{1b}[38m", "\u{1b}[38;5m", "\u{1b}[99999999999m", "\u{9b}31mx"] {
            let _ = styled(text);
        }
    }
}

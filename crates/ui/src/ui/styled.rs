//! Text of a terminal, with its colours.

use lanescope_protocol::{StyledSpan, StyledText};

use crate::ui::el::{Nodes, div, el, nodes, span};
use crate::ui::format;

/// Lines in a block. The browser lays out only the blocks on screen.
const BLOCK_LINES: usize = 100;
/// Pieces with a style of their own; what comes after them is plain. Elements are dear, and text that changes its
/// colour more often than this is no text.
const MAX_PIECES: usize = 4_000;

/// Text of one look, to stand in one element.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    class: String,
}

/// The text in blocks of some lines, each of pieces. Where a tool gave no colours, the lines that pytest marks with
/// `E` (what went wrong) and `>` (where) are set apart.
fn blocks(text: &StyledText) -> Vec<Vec<Piece>> {
    let plain = text.spans.iter().all(|span| span.colour.is_none() && !span.bold && !span.faint);
    let mut blocks = Vec::new();
    let mut block: Vec<Piece> = Vec::new();
    let (mut lines, mut pieces) = (0, 0);
    for span in &text.spans {
        let of_span = class(span);
        for line in span.text.split_inclusive('\n') {
            let of_line = if plain { class_of_line(line) } else { of_span.as_str() };
            let of_line = if pieces >= MAX_PIECES { "" } else { of_line };
            match block.last_mut() {
                Some(last) if last.class == of_line => last.text.push_str(line),
                _ => {
                    block.push(Piece { text: line.to_owned(), class: of_line.to_owned() });
                    pieces += 1;
                }
            }
            lines += usize::from(line.ends_with('\n'));
            if lines >= BLOCK_LINES {
                lines = 0;
                blocks.push(std::mem::take(&mut block));
            }
        }
    }
    if !block.is_empty() {
        blocks.push(block);
    }
    blocks
}

fn class(span: &StyledSpan) -> String {
    let colour = span.colour.filter(|c| *c < 16).map(|c| format!("c{c}"));
    let words = [colour, span.bold.then(|| "bold".to_owned()), span.faint.then(|| "faint".to_owned())];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn class_of_line(line: &str) -> &'static str {
    if line.starts_with("E  ") || line.trim_end() == "E" {
        "line-error"
    } else if line.starts_with(">  ") {
        "line-here"
    } else {
        ""
    }
}

/// The text without its colours, for the clipboard.
pub fn plain(text: &StyledText) -> String {
    text.spans.iter().map(|span| span.text.as_str()).collect()
}

/// Size of the whole text, also of what is not shown, bytes.
pub fn size(text: &StyledText) -> u64 {
    let shown: usize = text.spans.iter().map(|span| span.text.len()).sum();
    shown as u64 + u64::from(text.clipped)
}

/// The text, and how much of it is left out.
pub fn styled(text: &StyledText) -> Nodes {
    let clipped = (text.clipped > 0)
        .then(|| el("p", "clipped").with(format!("… {} more left out", format::bytes(text.clipped.into()))));
    let pre = el("pre", "styled").attr("translate", "no");
    let pre = blocks(text).into_iter().fold(pre, |pre, block| {
        let of_block = block.iter().fold(div("styled-block"), |of_block, piece| {
            if piece.class.is_empty() {
                of_block.with(&piece.text)
            } else {
                of_block.with(span(&piece.class).with(&piece.text))
            }
        });
        pre.with(of_block)
    });
    nodes((pre, clipped))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: &[(&str, Option<u8>, bool)]) -> StyledText {
        let span = |&(text, colour, bold): &(&str, Option<u8>, bool)| StyledSpan {
            text: text.to_owned(),
            colour,
            bold,
            faint: false,
        };
        StyledText { spans: spans.iter().map(span).collect(), clipped: 0 }
    }

    #[test]
    fn colours_become_classes() {
        let blocks = blocks(&text(&[("a\n", Some(1), true), ("b", None, false), ("c", Some(40), false)]));
        let classes: Vec<_> = blocks.iter().flatten().map(|p| (p.text.as_str(), p.class.as_str())).collect();
        assert_eq!(classes, [("a\n", "c1 bold"), ("bc", "")]);
    }

    #[test]
    fn lines_of_pytest_are_set_apart_only_where_nothing_is_coloured() {
        let trace = "    def f():\n>       assert 1 == 2\nE       assert 1 == 2\nE        +  where\nEnd\n";
        let of = |blocks: Vec<Vec<Piece>>| blocks.into_iter().flatten().map(|p| p.class).collect::<Vec<_>>();
        assert_eq!(of(blocks(&text(&[(trace, None, false)]))), ["", "line-here", "line-error", ""]);
        assert_eq!(of(blocks(&text(&[(trace, None, false), ("x", Some(2), false)]))), ["", "c2"]);
    }

    #[test]
    fn nothing_is_lost_however_long_or_colourful() {
        let long = "x\n".repeat(1_050);
        let split = blocks(&text(&[(&long, None, false)]));
        assert_eq!(split.len(), 11);
        assert_eq!(split.iter().flatten().map(|p| p.text.as_str()).collect::<String>(), long);

        let spans: Vec<_> = (0..20_000).map(|i| ("y", Some((i % 2) as u8), false)).collect();
        let colourful = text(&spans);
        let split = blocks(&colourful);
        let all: String = split.iter().flatten().map(|p| p.text.as_str()).collect();
        assert_eq!(all, plain(&colourful));
        assert!(split.iter().flatten().count() <= MAX_PIECES + 1);
        assert_eq!(size(&colourful), 20_000);
    }
}

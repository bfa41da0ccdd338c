//! A chart as an SVG file.

use std::fmt::Write;

use lanescope_ui::state::number::{fixed, plain};

use super::pen::{Anchor, Ink, Pen};

/// Writes elements.
pub struct SvgPen {
    out: String,
}

impl SvgPen {
    /// An empty picture of a size, on a ground.
    pub fn new(width: f64, height: f64, ground: (u8, u8, u8)) -> Self {
        let (w, h) = (fixed(width, 0), fixed(height, 0));
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" font-family=\"system-ui, sans-serif\" font-size=\"11\"><rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>",
            color(ground)
        );
        Self { out }
    }

    /// The whole file.
    pub fn finish(self) -> String {
        self.out + "</svg>\n"
    }

    fn points(points: &[(f64, f64)]) -> String {
        points.iter().map(|&(x, y)| format!("{},{}", fixed(x, 1), fixed(y, 1))).collect::<Vec<_>>().join(" ")
    }
}

fn color((r, g, b): (u8, u8, u8)) -> String {
    format!("rgb({r},{g},{b})")
}

impl Pen for SvgPen {
    fn line(&mut self, points: &[(f64, f64)], ink: Ink, dashed: bool) {
        let dash = if dashed { " stroke-dasharray=\"4 3\"" } else { "" };
        let (points, stroke) = (Self::points(points), color(ink.rgb));
        let (width, alpha) = (plain(ink.width), plain(ink.alpha));
        let _ = write!(
            self.out,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-opacity=\"{alpha}\"{dash}/>"
        );
    }

    fn area(&mut self, points: &[(f64, f64)], ink: Ink) {
        let (points, fill, alpha) = (Self::points(points), color(ink.rgb), plain(ink.alpha));
        let _ = write!(self.out, "<polygon points=\"{points}\" fill=\"{fill}\" fill-opacity=\"{alpha}\"/>");
    }

    fn dot(&mut self, (x, y): (f64, f64), radius: f64, ink: Ink, filled: bool) {
        let color = color(ink.rgb);
        let look = if filled {
            format!("fill=\"{color}\"")
        } else {
            format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\"", plain(ink.width))
        };
        let _ =
            write!(self.out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {look}/>", fixed(x, 1), fixed(y, 1), plain(radius));
    }

    fn text(&mut self, (x, y): (f64, f64), text: &str, ink: Ink, anchor: Anchor) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, fill, text) = (fixed(x, 1), fixed(y, 1), color(ink.rgb), escaped(text));
        let _ = write!(
            self.out,
            "<text x=\"{x}\" y=\"{y}\" fill=\"{fill}\" text-anchor=\"{anchor}\" dominant-baseline=\"central\">{text}</text>"
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        let mut pen = SvgPen::new(10.0, 10.0, (1, 2, 3));
        pen.text((1.0, 2.0), "<b>&", Ink { rgb: (0, 0, 0), alpha: 1.0, width: 1.0 }, Anchor::Start);
        let file = pen.finish();
        assert!(file.contains("&lt;b&gt;&amp;</text></svg>") && !file.contains("<b>"));
    }
}

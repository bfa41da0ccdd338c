//! What a chart shows: plain data.

use super::scale::{Spacing, Unit};

/// An axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it counts.
    pub name: String,
    /// Unit of its values.
    pub unit: Unit,
    /// How they are spaced.
    pub spacing: Spacing,
    /// Least value.
    pub from: f64,
    /// Largest value.
    pub to: f64,
    /// Names of the values 0, 1, 2, …, where they are no numbers.
    pub names: Vec<String>,
}

impl Axis {
    /// An axis from 0, with a little room above the largest value.
    pub fn from_zero(name: &str, unit: Unit, largest: f64) -> Self {
        let to = if largest > 0.0 { largest * 1.06 } else { 1.0 };
        Self { name: name.to_owned(), unit, to, ..Self::default() }
    }

    /// Workers, each doubling of which takes the same room.
    pub fn workers(largest: f64) -> Self {
        let to = largest.max(2.0);
        Self { name: "workers".to_owned(), spacing: Spacing::Doubling, from: 1.0, to, ..Self::default() }
    }

    /// A value of it for people.
    pub fn text(&self, value: f64) -> String {
        self.named(value).unwrap_or_else(|| self.unit.text(value))
    }

    /// The same at the axis.
    pub fn tick(&self, value: f64) -> String {
        self.named(value).unwrap_or_else(|| self.unit.tick(value))
    }

    fn named(&self, value: f64) -> Option<String> {
        if self.names.is_empty() {
            return None;
        }
        self.names.get(value.round().max(0.0) as usize).cloned()
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// A line, with a small dot at each value.
    #[default]
    Line,
    /// A dashed line: a bound, a model, an ideal.
    Dashed,
    /// Rings alone: what was measured.
    Rings,
    /// Columns from the axis up, each as wide as [`Dot::to`] says.
    Columns,
}

/// One value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dot {
    /// Where.
    pub x: f64,
    /// How much.
    pub y: f64,
    /// Between which the truth is taken to lie.
    pub band: Option<(f64, f64)>,
    /// Right edge of a column.
    pub to: f64,
    /// What is said of it beside its value.
    pub note: String,
}

impl Dot {
    /// A value.
    pub fn at(x: f64, y: f64) -> Self {
        Self { x, y, ..Self::default() }
    }
}

/// Values that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Its name; it stands at the end of its line.
    pub name: String,
    /// Which of the classes' colours it has, 0 to 8.
    pub tint: u8,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether it is the one to look at.
    pub strong: bool,
    /// By `x`, ascending.
    pub dots: Vec<Dot>,
}

/// A line across the chart at one value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// The value.
    pub at: f64,
    /// Whether it is one of the horizontal axis.
    pub upright: bool,
    /// What stands at it.
    pub name: String,
}

/// A point with words beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// How much.
    pub y: f64,
    /// The words.
    pub name: String,
}

/// Everything that a chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Its title.
    pub title: String,
    /// What it says, in words: the text alternative.
    pub spoken: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn; later ones over earlier ones.
    pub series: Vec<Series>,
    /// Lines across.
    pub rules: Vec<Rule>,
    /// Points with words.
    pub marks: Vec<Mark>,
}

/// A value of the horizontal axis at which something is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stop {
    /// The value.
    pub x: f64,
    /// Where its mark stands: the middle of a column.
    pub mark: f64,
    /// The value for people.
    pub name: String,
    /// By series: its place, and its value in words.
    pub values: Vec<(usize, String)>,
}

impl Picture {
    /// Where hover and keys halt, ascending.
    pub fn stops(&self) -> Vec<Stop> {
        let mut xs: Vec<(f64, f64)> = Vec::new();
        for dot in self.series.iter().flat_map(|series| &series.dots) {
            let at = xs.partition_point(|x| x.0 < dot.x);
            if xs.get(at).is_none_or(|x| x.0 > dot.x) {
                xs.insert(at, (dot.x, if dot.to > dot.x { (dot.x * dot.to).max(0.0).sqrt() } else { dot.x }));
            }
        }
        let stop = |&(x, mark): &(f64, f64)| Stop { x, mark, name: self.x.text(x), values: self.values(x) };
        xs.iter().map(stop).collect()
    }

    fn values(&self, x: f64) -> Vec<(usize, String)> {
        let mut values = Vec::new();
        for (place, series) in self.series.iter().enumerate() {
            for dot in series.dots.iter().filter(|dot| dot.x == x) {
                let mut text = self.y.text(dot.y);
                if let Some((low, high)) = dot.band {
                    text = format!("{text} ({} – {})", self.y.text(low), self.y.text(high));
                }
                if !dot.note.is_empty() {
                    text = format!("{text}, {}", dot.note);
                }
                values.push((place, text));
            }
        }
        values
    }

    /// The values as RFC 4180: a row per value, unrounded.
    pub fn csv(&self) -> String {
        let number = lanescope_ui::state::number::plain;
        let mut out = format!("series,{},{},low,high,note\r\n", quoted(&self.x.name), quoted(&self.y.name));
        for series in &self.series {
            for dot in &series.dots {
                let (low, high) = dot.band.map_or_else(Default::default, |(low, high)| (number(low), number(high)));
                let x = if self.x.names.is_empty() { number(dot.x) } else { quoted(&self.x.text(dot.x)) };
                let cells = [quoted(&series.name), x, number(dot.y), low, high, quoted(&dot.note)];
                out.push_str(&cells.join(","));
                out.push_str("\r\n");
            }
        }
        out
    }
}

/// A cell of a table; what a spreadsheet would run as a formula has an apostrophe before it.
fn quoted(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_are_in_order_and_tables_are_safe() {
        let line = |name: &str, xs: &[f64]| Series {
            name: name.to_owned(),
            dots: xs.iter().map(|&x| Dot::at(x, x * 2.0)).collect(),
            ..Series::default()
        };
        let picture = Picture { series: vec![line("a", &[1.0, 4.0]), line("=b", &[2.0, 4.0])], ..Picture::default() };
        let stops = picture.stops();
        assert_eq!(stops.iter().map(|s| s.x).collect::<Vec<_>>(), [1.0, 2.0, 4.0]);
        assert_eq!(stops.last().map(|s| s.values.len()), Some(2));
        assert!(picture.csv().contains("\r\n'=b,4,8,,,\r\n"));
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}

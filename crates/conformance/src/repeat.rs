//! Parts of a report again and again: what a file can make a reader do that no tool's own report does.

use std::collections::HashSet;
use std::ops::Range;

use quick_xml::events::Event;
use serde_json::Value;

use crate::amplify::{Shape, renumbered, shape};

/// Parts of a file that are tried: each kind of line, element or list once.
const MOST_PARTS: usize = 24;
/// Parts that are tried with each other.
const MOST_PAIRED: usize = 12;
/// Tags or objects inside one another that are looked into.
const MOST_DEEP: usize = 12;

/// A report in which a part stands again and again.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// What stands again, for people.
    pub what: String,
    before: Vec<u8>,
    /// What stands again: the first as often as fits, then the next.
    parts: Vec<String>,
    /// Whether each stands there under a name of its own.
    numbered: Option<Shape>,
    /// What stands between two of them.
    between: &'static str,
    after: Vec<u8>,
}

impl Repeated {
    /// The report, of about so many bytes.
    #[must_use]
    pub fn of_size(&self, bytes: usize) -> Vec<u8> {
        let mut out = self.before.clone();
        for part in &self.parts {
            let times = bytes / self.parts.len() / (part.len() + self.between.len()).max(1);
            for n in 0..times.max(2) {
                if n > 0 {
                    out.extend_from_slice(self.between.as_bytes());
                }
                let own = self.numbered.and_then(|shape| renumbered(part, shape, n));
                out.extend_from_slice(own.as_ref().unwrap_or(part).as_bytes());
            }
        }
        out.extend_from_slice(&self.after);
        out
    }
}

/// All that is tried with a report.
#[must_use]
pub fn all(content: &[u8]) -> Vec<Repeated> {
    let Ok(text) = std::str::from_utf8(content) else { return Vec::new() };
    let shape = shape(content);
    let same = match shape {
        Shape::Xml => at(text, &elements(text), ""),
        Shape::Json => lists(text),
        Shape::JsonLines | Shape::Text => lines(text),
    };
    let numbered = |part: &Repeated| {
        let named = part.parts.iter().any(|text| renumbered(text, shape, 1).is_some_and(|other| other != *text));
        named.then(|| Repeated { what: format!("{} (numbered)", part.what), numbered: Some(shape), ..part.clone() })
    };
    let numbered: Vec<Repeated> = same.iter().filter_map(numbered).collect();
    same.into_iter().chain(numbered).collect()
}

fn at(text: &str, parts: &[Range<usize>], between: &'static str) -> Vec<Repeated> {
    let one = |part: &Range<usize>| {
        let piece = text.get(part.clone())?;
        Some(Repeated {
            what: piece.chars().take(60).collect(),
            before: text.get(..part.start)?.into(),
            parts: vec![piece.into()],
            numbered: None,
            between,
            after: text.get(part.end..)?.into(),
        })
    };
    parts.iter().filter_map(one).collect()
}

/// The first element of each kind and place.
fn elements(text: &str) -> Vec<Range<usize>> {
    let mut reader = quick_xml::Reader::from_reader(text.as_bytes());
    let (mut open, mut known, mut parts) = (Vec::<(Vec<u8>, usize)>::new(), HashSet::new(), Vec::new());
    loop {
        let from = reader.buffer_position() as usize;
        let Ok(event) = reader.read_event() else { return parts };
        let (name, start) = match event {
            Event::Eof => return parts,
            Event::Start(e) => {
                open.push((e.name().into_inner().as_bytes().to_vec(), from));
                continue;
            }
            Event::Empty(e) => (e.name().into_inner().as_bytes().to_vec(), from),
            Event::End(_) => match open.pop() {
                Some(element) => element,
                None => return parts,
            },
            _ => continue,
        };
        // The root stands once.
        if open.is_empty() || open.len() > MOST_DEEP || parts.len() == MOST_PARTS {
            continue;
        }
        let place: Vec<Vec<u8>> = open.iter().map(|(name, _)| name.clone()).chain([name]).collect();
        if known.insert(place) {
            parts.push(start..reader.buffer_position() as usize);
        }
    }
}

/// The first item of each list.
fn lists(text: &str) -> Vec<Repeated> {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut places = Vec::new();
    find(&value, &mut Vec::new(), &mut places);
    let mut out = Vec::new();
    for place in places.iter().take(MOST_PARTS) {
        let pointer: String = place.iter().map(|key| format!("/{key}")).collect();
        let Some(list) = value.pointer_mut(&pointer).and_then(Value::as_array_mut) else { continue };
        let Some(first) = list.first().map(Value::to_string) else { continue };
        list.insert(0, Value::from("(the items)"));
        let whole = value.to_string();
        if let Some(list) = value.pointer_mut(&pointer).and_then(Value::as_array_mut) {
            list.remove(0);
        }
        if let Some((before, after)) = whole.split_once("\"(the items)\"") {
            out.push(Repeated {
                what: format!("items of {pointer}"),
                before: before.into(),
                parts: vec![first],
                numbered: None,
                between: ",",
                after: after.into(),
            });
        }
    }
    out
}

fn find(value: &Value, place: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(list) => {
            if !list.is_empty() {
                places.push(place.clone());
            }
            list.iter().take(1).map(|item| ("0".to_owned(), item)).collect()
        }
        Value::Object(map) => {
            map.iter().filter(|(key, _)| !key.contains(['/', '~'])).map(|(k, v)| (k.clone(), v)).collect()
        }
        _ => return,
    };
    for (key, value) in inner {
        if place.len() < MOST_DEEP {
            place.push(key);
            find(value, place, places);
            place.pop();
        }
    }
}

/// Each kind of line, and each with each other: one after the other, and by turns.
fn lines(text: &str) -> Vec<Repeated> {
    let all: Vec<&str> = text.lines().collect();
    let mut known = HashSet::new();
    let kind = |line: &str| line.chars().filter(|c| !c.is_ascii_digit()).take(40).collect::<String>();
    let kinds: Vec<usize> = (0..all.len())
        .filter(|&i| all.get(i).is_some_and(|line| !line.trim().is_empty() && known.insert(kind(line))))
        .take(MOST_PARTS)
        .collect();
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes();
    let made = |places: &[usize], parts: Vec<String>, how: &str| {
        let last = places.iter().max().copied().unwrap_or(0);
        let said: Vec<String> = places.iter().filter_map(|&i| Some(all.get(i)?.chars().take(60).collect())).collect();
        Repeated {
            what: format!("{}{how}", said.join(" | ")),
            before: joined(all.get(..=last).unwrap_or_default()),
            parts,
            numbered: None,
            between: "",
            after: joined(all.get(last + 1..).unwrap_or_default()),
        }
    };
    let line = |i: usize| format!("{}\n", all.get(i).unwrap_or(&""));
    let mut out: Vec<Repeated> = kinds.iter().map(|&i| made(&[i], vec![line(i)], "")).collect();
    for &i in kinds.iter().take(MOST_PAIRED) {
        for &j in kinds.iter().take(MOST_PAIRED).filter(|&&j| j != i) {
            out.push(made(&[i, j], vec![line(i), line(j)], ""));
            if i < j {
                out.push(made(&[i, j], vec![[line(i), line(j)].concat()], " (by turns)"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(content: &str, bytes: usize) -> Vec<String> {
        all(content.as_bytes()).iter().map(|part| String::from_utf8(part.of_size(bytes)).unwrap()).collect()
    }

    #[test]
    fn each_kind_of_part_stands_again() {
        let xml = "<a><b><c/><c/></b><d>x</d></a>";
        assert_eq!(
            texts(xml, 12),
            [
                "<a><b><c/><c/><c/><c/></b><d>x</d></a>",
                "<a><b><c/><c/></b><b><c/><c/></b><d>x</d></a>",
                "<a><b><c/><c/></b><d>x</d><d>x</d></a>"
            ]
        );
        let json = r#"{"a":[{"b":[1]},2]}"#;
        assert_eq!(texts(json, 4), [r#"{"a":[{"b":[1]},{"b":[1]},{"b":[1]},2]}"#, r#"{"a":[{"b":[1,1,1]},2]}"#]);
        let named = texts(r#"{"name":["x"]}"#, 6);
        assert_eq!(named, [r#"{"name":["x","x","x"]}"#; 1]);
        let named = texts(r#"{"all":[{"name":"x"}]}"#, 24);
        assert_eq!(named[1], r#"{"all":[{"name":"x-0"},{"name":"x-1"},{"name":"x"}]}"#);
        assert_eq!(texts("ok - x\n", 14)[1], "ok - x\nok - 0_x\nok - 1_x\n");
        let lines = texts("x\ny\n", 4);
        assert_eq!(
            lines,
            ["x\nx\nx\ny\n", "x\ny\ny\ny\n", "x\ny\nx\nx\ny\ny\n", "x\ny\nx\ny\nx\ny\n", "x\ny\ny\ny\nx\nx\n"]
        );
    }
}

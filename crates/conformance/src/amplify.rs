//! Large reports out of small ones: what real tools wrote, with its tests repeated under other names.

use serde_json::Value;

/// Keys and attributes whose text tells one test, file or step from another.
const NAMES: [&str; 25] = [
    "name",
    "classname",
    "fullname",
    "fullName",
    "fullTitle",
    "title",
    "nodeid",
    "test",
    "Test",
    "case",
    "file",
    "uri",
    "testName",
    "method",
    "historyId",
    "uuid",
    "label",
    "description",
    "full_description",
    "display_name",
    "type",
    "location",
    "longname",
    "scope",
    "path",
];

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One element.
    Xml,
    /// One JSON value.
    Json,
    /// A JSON value a line.
    JsonLines,
    /// Lines.
    Text,
}

/// How these bytes are written, by their first bytes.
#[must_use]
pub fn shape(content: &[u8]) -> Shape {
    let trimmed = content.trim_ascii();
    match trimmed.first() {
        Some(b'<') => Shape::Xml,
        Some(b'{' | b'[') if serde_json::from_slice::<serde::de::IgnoredAny>(trimmed).is_ok() => Shape::Json,
        Some(b'{') => Shape::JsonLines,
        _ => Shape::Text,
    }
}

/// A report of about so many bytes; `None` where the small one cannot be taken apart.
#[must_use]
pub fn amplify(content: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let copies = (bytes / content.len().max(1)).max(1);
    match shape(content) {
        Shape::Xml => xml(std::str::from_utf8(content).ok()?, copies),
        Shape::Json => json(content, copies),
        Shape::JsonLines => lines(std::str::from_utf8(content).ok()?, copies),
        Shape::Text => text(std::str::from_utf8(content).ok()?, copies),
    }
}

/// What lies in the root element, again and again.
fn xml(content: &str, copies: usize) -> Option<Vec<u8>> {
    let root = content
        .match_indices('<')
        .map(|(at, _)| at)
        .find(|&at| content.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic))?;
    let from = root + content.get(root..)?.find('>')? + 1;
    let to = content.rfind("</")?;
    let (head, inner, end) = (content.get(..from)?, content.get(from..to)?, content.get(to..)?);
    let mut out = head.to_owned();
    for copy in 0..copies {
        out.push_str(&renamed_xml(inner, copy)?);
    }
    out.push_str(end);
    Some(out.into_bytes())
}

/// Elements with a number in the attributes that name them.
fn renamed_xml(inner: &str, copy: usize) -> Option<String> {
    let (mut out, mut rest) = (String::new(), inner);
    while let Some(at) = rest.find("=\"") {
        let (before, value) = rest.split_at(at + 2);
        let close = value.find('"')?;
        let key = before.trim_end_matches("=\"").rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        out.push_str(before);
        out.push_str(value.get(..close)?);
        if is_name(key) && key != "type" {
            out.push_str(&format!("-{copy}"));
        }
        out.push('"');
        rest = value.get(close + 1..)?;
    }
    out.push_str(rest);
    Some(out)
}

/// A part of a report under another name; `None` where it has none.
pub(crate) fn renumbered(part: &str, shape: Shape, copy: usize) -> Option<String> {
    match shape {
        Shape::Xml => renamed_xml(part, copy),
        Shape::Json | Shape::JsonLines => {
            let rename = |text: &str| {
                let mut value: Value = serde_json::from_str(text).ok()?;
                renamed(&mut value, "", copy);
                Some(value.to_string())
            };
            let lines: Option<Vec<String>> = part.lines().map(rename).collect();
            Some(lines?.join("\n") + if part.ends_with('\n') { "\n" } else { "" })
        }
        Shape::Text => {
            let mark = mark(part)?;
            Some(part.replace(mark, &format!("{mark}{copy}_")))
        }
    }
}

fn is_name(key: &str) -> bool {
    NAMES.contains(&key) || key.ends_with("Id") || key.ends_with("ID") || key == "id"
}

/// Renames what has a name, and moves what has a number for one.
fn renamed(value: &mut Value, key: &str, copy: usize) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, value)| renamed(value, key, copy)),
        Value::Array(all) => all.iter_mut().for_each(|value| renamed(value, key.trim_end_matches('s'), copy)),
        Value::String(text) if is_name(key) && key != "type" => text.push_str(&format!("-{copy}")),
        Value::Number(number) if key.ends_with("ID") || key == "id" => {
            if let Some(n) = number.as_u64() {
                *value = Value::from(n + 100_000 * copy as u64);
            }
        }
        _ => {}
    }
}

/// The outermost list of objects that holds most of the text, again and again.
fn json(content: &[u8], copies: usize) -> Option<Vec<u8>> {
    let mut whole: Value = serde_json::from_slice(content).ok()?;
    let list = longest(&mut whole)?;
    let unit = list.clone();
    list.clear();
    for copy in 0..copies {
        list.extend(unit.iter().cloned().map(|mut value| {
            renamed(&mut value, "", copy);
            value
        }));
    }
    serde_json::to_vec(&whole).ok()
}

fn longest(value: &mut Value) -> Option<&mut Vec<Value>> {
    let size = |v: &Value| v.to_string().len();
    match value {
        Value::Array(list) if list.iter().any(Value::is_object) => Some(list),
        Value::Object(map) => {
            let key = map.iter().filter(|(_, v)| v.is_array() || v.is_object()).max_by_key(|(_, v)| size(v))?.0.clone();
            longest(map.get_mut(&key)?)
        }
        _ => None,
    }
}

/// The lines between the first and the last, again and again.
fn lines(content: &str, copies: usize) -> Option<Vec<u8>> {
    let all: Vec<&str> = content.lines().filter(|line| !line.trim().is_empty()).collect();
    let (first, rest) = all.split_first()?;
    let (last, inner) = rest.split_last()?;
    let mut out = format!("{first}\n");
    for copy in 0..copies {
        for line in inner {
            let mut value: Value = serde_json::from_str(line).ok()?;
            renamed(&mut value, "", copy);
            out.push_str(&value.to_string());
            out.push('\n');
        }
    }
    out.push_str(last);
    out.push('\n');
    Some(out.into_bytes())
}

/// What stands before the names of tests.
fn mark(content: &str) -> Option<&'static str> {
    ["\ntest ", "test_", "::", "Test", "name='", " - "].into_iter().find(|mark| content.contains(mark))
}

/// All lines again and again, with a number in what looks like the name of a test.
fn text(content: &str, copies: usize) -> Option<Vec<u8>> {
    let mark = mark(content)?;
    let copy = |i: usize| content.replace(mark, &format!("{mark}{i}_"));
    Some((0..copies).map(copy).collect::<String>().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_repeated_under_other_names() {
        let cases = [
            r#"<testsuites tests="1"><testsuite name="a"><testcase classname="t.a" name="x" time="1"/></testsuite></testsuites>"#,
            r#"{"stats":{"tests":1},"results":[{"title":"x","tests":[{"title":"y"}]}]}"#,
            "{\"start\":1}\n{\"nodeid\":\"x\"}\n{\"stop\":1}\n",
            "ok 1 - x\n",
        ];
        for case in cases {
            let many = String::from_utf8(amplify(case.as_bytes(), case.len() * 3).unwrap()).unwrap();
            assert!(many.len() > case.len() * 3 / 2, "{many}");
            assert_eq!(shape(many.as_bytes()), shape(case.as_bytes()), "{many}");
            assert!(many.contains('2') && many.contains('0'), "{many}");
        }
    }
}

//! Markers out of a record's keywords.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::record::text;
use crate::json::scan;

/// Keywords that pytest and its plugins set themselves and nobody chose.
const INTERNAL: [&str; 5] = ["parametrize", "pytestmark", "usefixtures", "patchings", "is_hypothesis_test"];

/// The keys of an object, in order.
struct Keys(Vec<Cow<'static, str>>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeysVisitor;
        impl<'de> Visitor<'de> for KeysVisitor {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
                    keys.push(Cow::Owned(key));
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(KeysVisitor)
    }
}

/// The markers of a test, joined by one space.
///
/// `keywords` holds, from the inside out, names of the test, its markers and parameters, then its class,
/// module and folders up to the root of the session (whose name is empty). What is left without the parts
/// of the node id, the parameters, the root folder and what pytest sets itself are the markers. A marker
/// named like one of these parts is lost.
pub(crate) fn markers(keywords: &str, nodeid: &str) -> String {
    let mut names: Vec<Cow<'_, str>> = Vec::new();
    let split = scan(keywords, |key, _| names.push(Cow::Borrowed(key)));
    if split.is_none() {
        // A name with an escape in it.
        names = serde_json::from_str::<Keys>(keywords).map_or_else(|_| Vec::new(), |keys| keys.0);
    }
    let name = nodeid.get(crate::nodeid::name_at(nodeid)..).unwrap_or("");
    let (function, params) = name.split_once('[').unwrap_or((name, ""));
    let params = params.strip_suffix(']').unwrap_or(params);
    let (path, classes) = nodeid.split_once("::").unwrap_or((nodeid, ""));
    let mut out = String::new();
    for (i, key) in names.iter().enumerate() {
        let key = key.as_ref();
        let is_root = names.get(i + 1).is_some_and(|next| next.is_empty());
        let is_part = key == name
            || key == function
            || key == params
            || path.split('/').any(|p| p == key)
            || path == key
            || classes.split("::").any(|c| c == key);
        if key.is_empty() || key == "()" || is_root || is_part || key.starts_with("__") || INTERNAL.contains(&key) {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(key);
    }
    out
}

/// File and line (from 1) of a record's location.
pub(crate) fn location(raw: &str) -> Option<(Cow<'_, str>, Option<u32>)> {
    let inner = raw.strip_prefix('[')?;
    let mut file = None;
    let mut line = None;
    // The location is an array; as an object's value it would be split the same way.
    let quote = inner.trim_start();
    let end = closing_quote(quote)?;
    if let Some(raw) = quote.get(..=end) {
        file = text(raw);
    }
    let rest = quote.get(end + 1..)?.trim_start().strip_prefix(',')?.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if let Some(n) = rest.get(..digits).and_then(|d| d.parse::<u32>().ok()) {
        line = n.checked_add(1);
    }
    Some((file?, line))
}

fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    (bytes.first() == Some(&b'"')).then_some(())?;
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_what_is_no_part_of_the_name() {
        let keywords = r#"{"test_order[1-a]": 1, "parametrize": 1, "slow": 1, "pytestmark": 1, "1-a": 1, "integration": 1,
            "TestShop": 1, "test_shop.py": 1, "tests": 1, "repo": 1, "": 1}"#;
        assert_eq!(markers(keywords, "tests/test_shop.py::TestShop::test_order[1-a]"), "slow integration");
        assert_eq!(markers("{}", "tests/test_shop.py::test_x"), "");
        assert_eq!(markers(r#"{"test_\u00e9": 1, "slow": 1, "t.py": 1, "repo": 1, "": 1}"#, "t.py::test_é"), "slow");
    }

    #[test]
    fn places_count_lines_from_one() {
        assert_eq!(location(r#"["tests/a.py", 4, "x"]"#), Some(("tests/a.py".into(), Some(5))));
        assert_eq!(location(r#"["tests/a.py", null, "x"]"#), Some(("tests/a.py".into(), None)));
        assert_eq!(location("null"), None);
    }
}

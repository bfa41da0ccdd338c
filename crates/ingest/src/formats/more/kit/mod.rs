//! What the readers of many formats share: a sheet for tests and attempts, and one way each to walk through lines,
//! JSON and XML. A format is then a function or a small struct beside these.

pub(crate) mod bench;
pub(crate) mod cover;
pub(crate) mod json;
pub(crate) mod lines;
mod sheet;
pub(crate) mod xml;

pub(crate) use sheet::{Case, Record, Sheet, outcome};

/// A length in milliseconds as microseconds.
pub(crate) const MS: i64 = 1_000;
/// A length in seconds as microseconds.
pub(crate) const S: i64 = 1_000_000;

/// A point in time in seconds or milliseconds since 1970, in microseconds.
pub(crate) fn epoch_us(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole: i64 = text.split('.').next()?.parse().ok()?;
    // As seconds this is the year 5138, as milliseconds 1973.
    let us = whole.checked_mul(if whole < 100_000_000_000 { S } else { MS })?;
    (315_532_800_000_000..7_258_118_400_000_000).contains(&us).then_some(us)
}

/// The first line of a text that says something.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("")
}

/// The last part of a name after a dot, and what stands before it. Dots in parameters are none.
pub(crate) fn split_dotted(name: &str) -> (&str, &str) {
    let head = name.find(['(', '<', '"', '[']).and_then(|at| name.get(..at)).unwrap_or(name);
    match head.rfind('.') {
        Some(dot) => (name.get(..dot).unwrap_or(""), name.get(dot + 1..).unwrap_or(name)),
        None => ("", name),
    }
}

/// `hh:mm:ss.fffffff`, with days before it, in microseconds.
pub(crate) fn clock_us(text: &str) -> Option<i64> {
    let mut us: i64 = 0;
    let (days, rest) = match text.split_once(':') {
        Some((first, _)) if first.contains('.') => text.split_once('.')?,
        _ => ("0", text),
    };
    for part in rest.split(':') {
        us = us.checked_mul(60)?.checked_add(crate::number::plain_us(part.trim())?)?;
    }
    us.checked_add(days.trim().parse::<i64>().ok()?.checked_mul(86_400_000_000)?).filter(|&us| us >= 0)
}

/// The folder that all paths share, with its slash.
pub(crate) fn shared_folder<'a>(paths: &[&'a str]) -> &'a str {
    let Some((&first, rest)) = paths.split_first() else { return "" };
    let mut folder = first.rfind(['/', '\\']).and_then(|at| first.get(..=at)).unwrap_or("");
    for path in rest {
        while !path.starts_with(folder) {
            let inner = folder.get(..folder.len().saturating_sub(1)).unwrap_or("");
            folder = inner.rfind(['/', '\\']).and_then(|at| folder.get(..=at)).unwrap_or("");
        }
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_before_their_parameters() {
        assert_eq!(split_dotted("A.B.c(1.5)"), ("A.B", "c(1.5)"));
        assert_eq!(split_dotted("c"), ("", "c"));
        assert_eq!(split_dotted("A.T<x.y>.c"), ("A", "T<x.y>.c"));
    }

    #[test]
    fn the_folder_of_all_files_is_found() {
        assert_eq!(shared_folder(&["/a/b/c.js", "/a/bb/d.js"]), "/a/");
        assert_eq!(shared_folder(&["/a/b/c.js"]), "/a/b/");
        assert_eq!(shared_folder(&["c.js", "/a"]), "");
        assert_eq!(shared_folder(&[]), "");
    }

    #[test]
    fn clocks_are_lengths() {
        assert_eq!(clock_us("00:00:00.1084000"), Some(108_400));
        assert_eq!(clock_us("1.01:00:02"), Some(90_002_000_000));
        assert_eq!(clock_us("0:02"), Some(2_000_000));
        assert_eq!(clock_us("now"), None);
    }
}

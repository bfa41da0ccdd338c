//! What CI services put before each line of a log.

use crate::time::{Point, line_stamp};

/// A line without its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Body<'a> {
    /// The job's name, where the log names it in each line.
    pub(crate) job: Option<&'a str>,
    pub(crate) at: Option<Point>,
    pub(crate) text: &'a str,
}

/// Takes `job TAB step TAB`, byte order marks and the time stamp off a line.
pub(crate) fn split(line: &str) -> Body<'_> {
    let line = line.trim_start_matches('\u{feff}');
    if let Some(body) = stamped(line, None) {
        return body;
    }
    let mut fields = line.splitn(3, '\t');
    if let (Some(job), Some(_), Some(rest)) = (fields.next(), fields.next(), fields.next())
        && let Some(body) = stamped(rest.trim_start_matches('\u{feff}'), Some(job))
    {
        return body;
    }
    Body { job: None, at: None, text: line }
}

fn stamped<'a>(line: &'a str, job: Option<&'a str>) -> Option<Body<'a>> {
    // Most lines of a log without stamps are told apart by their first character.
    line.starts_with(|c: char| c.is_ascii_digit() || c == '[').then_some(())?;
    let (at, used) = line_stamp(line)?;
    Some(Body { job, at: Some(at), text: line.get(used..).unwrap_or("") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_come_off() {
        for line in [
            "2026-11-23T01:27:33.8116040Z text",
            "\u{feff}2026-11-23T01:27:33.8116040Z text",
            "job\tstep\t\u{feff}2026-11-23T01:27:33.8116040Z text",
            "[2026-11-23T01:27:33.811Z] text",
        ] {
            let body = split(line);
            assert_eq!(body.text, "text");
            assert!(body.at.is_some());
        }
        assert_eq!(split("a\tb\t2026-11-23T01:27:33Z x").job, Some("a"));
        assert_eq!(split("[gw0] [  1%] PASSED a.py::x").text, "[gw0] [  1%] PASSED a.py::x");
        assert_eq!(split("a\tb\tc"), Body { job: None, at: None, text: "a\tb\tc" });
    }
}

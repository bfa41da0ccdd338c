//! Robot Framework's `output.json` (Robot 7 and later), with the same meaning as its XML.
//!
//! | field | becomes |
//! | --- | --- |
//! | names of suites, joined by dots; `name`, `lineno` | identity, place |
//! | `status`, `message` | outcome as in the XML |
//! | `start_time`, `elapsed_time` | start, and length in seconds |
//! | `setup`, `teardown` | time in them |
//! | `tags` | markers |

use super::kit::json::{elements, int, joined, member, members, string, us};
use super::kit::{Record, S, Sheet};
use super::robot_xml::outcome;

const MAX_DEPTH: usize = 64;

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.dialect = Some("robot".to_owned());
    let root = member(doc, "suite")?;
    let [start, elapsed] = members(root, ["start_time", "elapsed_time"]);
    let start_us = sheet.point_us(&string(start));
    sheet.session(start_us, us(elapsed, S));
    suite(root, "", 0, sheet)
}

fn suite(raw: &str, parent: &str, depth: usize, sheet: &mut Sheet) -> Option<()> {
    let [name, source, tests, suites] = members(raw, ["name", "source", "tests", "suites"]);
    let (name, source) = (string(name), string(source));
    let path = if parent.is_empty() { name.to_string() } else { format!("{parent}.{name}") };
    elements(tests.unwrap_or("[]"), &mut |raw| {
        test(raw, &path, &source, sheet);
        Some(())
    })?;
    if depth >= MAX_DEPTH {
        sheet.notes.warn("suites that are nested too deeply are left out");
        return Some(());
    }
    elements(suites.unwrap_or("[]"), &mut |raw| suite(raw, &path, depth + 1, sheet))
}

fn test(raw: &str, suite: &str, source: &str, sheet: &mut Sheet) {
    let [name, line, status, message, start, elapsed, tags, setup, teardown] = members(
        raw,
        ["name", "lineno", "status", "message", "start_time", "elapsed_time", "tags", "setup", "teardown"],
    );
    let (name, message) = (string(name), string(message));
    let start_us = sheet.point_us(&string(start));
    let part = |raw: Option<&str>| us(member(raw?, "elapsed_time"), S);
    let tags: Vec<String> = joined(tags, "\n").lines().map(|tag| tag.replace(' ', "_")).collect();
    sheet.add_new(&Record {
        suite,
        name: &name,
        file: source,
        line: int(line).and_then(|line| u32::try_from(line).ok()),
        markers: &tags.join(" "),
        start_us,
        us: us(elapsed, S),
        setup_us: part(setup),
        teardown_us: part(teardown),
        outcome: outcome(&string(status), &message),
        message: &message,
        ..Record::default()
    });
}

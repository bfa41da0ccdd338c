//! Allure 2 and 3: one `*-result.json` for each attempt. Files of a folder become one run when they are joined.
//!
//! | field | becomes |
//! | --- | --- |
//! | `titlePath`, or `fullName` and labels; `name` with `parameters` | identity; pytest's as a node id |
//! | parameter `Project` of Playwright | group |
//! | `status` passed, failed, broken, skipped | outcome; broken is an error, `XFAIL` and `XPASS` of pytest are known |
//! | `start`, `stop` | start and stop in milliseconds |
//! | labels `host` and `thread` | worker, as Allure's own timeline groups them |
//! | label `tag` | markers |
//! | `statusDetails.message`, `trace` | texts |

use std::borrow::Cow;

use lanescope_model::Outcome;

use super::allure1::{outcome, worker};
use super::kit::json::{list, members, point_us, string};
use super::kit::{MS, Record, Sheet};
use crate::nodeid;

/// Values of labels that are used.
#[derive(Default)]
struct Labels<'a> {
    host: Cow<'a, str>,
    thread: Cow<'a, str>,
    framework: Cow<'a, str>,
    class: Cow<'a, str>,
    suites: [Cow<'a, str>; 3],
    tags: String,
}

fn labels(raw: Option<&str>) -> Labels<'_> {
    let mut found = Labels::default();
    for raw in list(raw) {
        let [name, value] = members(raw, ["name", "value"]);
        let value = string(value);
        match string(name).as_ref() {
            "host" => found.host = value,
            "thread" => found.thread = value,
            "framework" => found.framework = value,
            "testClass" => found.class = value,
            "parentSuite" => found.suites[0] = value,
            "suite" => found.suites[1] = value,
            "subSuite" => found.suites[2] = value,
            "tag" => {
                if !found.tags.is_empty() {
                    found.tags.push(' ');
                }
                found.tags.push_str(&value.trim().trim_start_matches('@').replace(' ', "_"));
            }
            _ => {}
        }
    }
    found
}

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    let [name, full, status, details, start, stop, label_list, parameters, path] = members(
        doc,
        ["name", "fullName", "status", "statusDetails", "start", "stop", "labels", "parameters", "titlePath"],
    );
    let labels = labels(label_list);
    let (name, full) = (string(name), string(full));
    let pytest = labels.framework == "pytest";
    let mut group = String::new();
    let mut values = Vec::new();
    for raw in list(parameters) {
        let [key, value, excluded, mode] = members(raw, ["name", "value", "excluded", "mode"]);
        let value = string(value);
        if string(key) == "Project" && labels.framework.eq_ignore_ascii_case("playwright") {
            group = value.into_owned();
        } else if excluded != Some("true") && !matches!(string(mode).as_ref(), "hidden" | "masked") {
            values.push(value);
        }
    }
    let mut id = String::new();
    let mut file = String::new();
    let titles: Vec<String> = list(path).into_iter().map(|raw| string(Some(raw)).into_owned()).collect();
    let (suite, own) = if pytest {
        let class = full.rsplit_once('#').map_or(full.as_ref(), |(class, _)| class);
        // A separator in parameters was taken for one of the path.
        let class = match class.split_once('[') {
            Some((head, _)) => head.rsplit_once('.').map_or(head, |(class, _)| class),
            None => class,
        };
        // The title path has the folders and the module as they are.
        let module = titles.iter().position(|t| t.ends_with(".py")).and_then(|end| titles.get(..=end));
        file = module.map(|parts| parts.join("/")).unwrap_or_default();
        let at = nodeid::unmangle((!file.is_empty()).then_some(file.as_str()), class, &name, &mut id);
        if file.is_empty() {
            nodeid::path(&id).clone_into(&mut file);
        }
        (id.get(..at).unwrap_or("").trim_end_matches("::").to_owned(), name.to_string())
    } else {
        sheet.separator = " › ";
        let suites = || labels.suites.iter().filter(|s| !s.is_empty()).map(AsRef::as_ref).collect::<Vec<&str>>();
        let suite = match (titles.is_empty(), labels.class.is_empty()) {
            (false, _) => titles.join(" › "),
            (true, false) => labels.class.to_string(),
            (true, true) if full.is_empty() => suites().join(" › "),
            (true, true) => {
                full.strip_suffix(name.as_ref()).unwrap_or(&full).trim_end_matches(['.', '#', ' ']).to_owned()
            }
        };
        let own = match values.is_empty() || values.iter().all(|v| !v.is_empty() && name.contains(v.as_ref())) {
            true => name.to_string(),
            false => format!("{name} [{}]", values.join(", ")),
        };
        (suite, own)
    };
    let [message, trace] = members(details.unwrap_or(""), ["message", "trace"]);
    let (message, trace) = (string(message), string(trace));
    let found = match outcome(&string(status)) {
        Outcome::Skipped if pytest && message.starts_with("XFAIL") => Outcome::XFailed,
        Outcome::Passed if pytest && message.starts_with("XPASS") => Outcome::XPassed,
        found => found,
    };
    // Playwright's tests that never started have a worker of that name.
    let thread = if labels.thread.ends_with("worker--1") { "" } else { labels.thread.as_ref() };
    let r = Record {
        group: &group,
        suite: &suite,
        name: &own,
        file: &file,
        markers: &labels.tags,
        worker: &worker(&labels.host, thread),
        start_us: point_us(start, MS),
        stop_us: point_us(stop, MS),
        outcome: found,
        message: &message,
        trace: &trace,
        ..Record::default()
    };
    // A document that is cut off before its name is of no use.
    let whole = doc.trim_end().ends_with('}');
    if whole || (!name.is_empty() && status.is_some() && stop.is_some()) {
        sheet.add(&r);
    }
    let framework = labels.framework.as_ref();
    sheet.dialect = Some(if framework.is_empty() { "allure" } else { framework }.to_owned());
    whole.then_some(())
}

//! Cucumber's JSON: a list of features.
//!
//! | field | becomes |
//! | --- | --- |
//! | `uri`, name of the feature, name of the scenario, `line` | identity and place |
//! | the same `id` and `line` again | another attempt |
//! | `status` of steps and hooks | outcome: a failed hook is an error; a failed, undefined or ambiguous step a failure; pending and skipped ones a skip |
//! | `duration` | nanoseconds as whole numbers, seconds as decimals (behave); steps and hooks of a scenario added up |
//! | `start_timestamp` | start |
//! | `tags` | markers |
//! | background | its result belongs to the scenario after it, its time does not |

use hashbrown::HashMap;
use lanescope_model::{Named, Outcome, TestId};

use super::kit::json::{elements, int, is_true, list, member, members, string, us};
use super::kit::{Record, S, Sheet};

type Known = HashMap<(String, i64), TestId, foldhash::fast::FixedState>;

/// What steps came to, so far.
#[derive(Default)]
struct Steps {
    outcome: Option<Outcome>,
    us: Option<i64>,
    message: String,
    out: String,
}

impl Steps {
    fn add(&mut self, raw: &str, hook: bool) {
        let [result, output, hidden] = members(raw, ["result", "output", "hidden"]);
        let [status, duration, error] = members(result.unwrap_or(""), ["status", "duration", "error_message"]);
        let took = match duration {
            Some(raw) if raw.contains('.') => us(Some(raw), S),
            raw => int(raw).filter(|&ns| ns >= 0).map(|ns| ns / 1_000),
        };
        if let Some(took) = took {
            self.us = Some(self.us.unwrap_or(0).saturating_add(took));
        }
        let found = match string(status).as_ref() {
            "passed" => Outcome::Passed,
            "failed" if hook || is_true(hidden) => Outcome::Error,
            "failed" | "undefined" | "ambiguous" => Outcome::Failed,
            "pending" | "skipped" | "untested" => Outcome::Skipped,
            _ => return,
        };
        // The first step that did not pass says why; those after it are skipped for that.
        let bad = |o: Option<Outcome>| o.is_some_and(Outcome::is_bad);
        if !bad(self.outcome) && (found.is_bad() || self.outcome != Some(Outcome::Skipped)) {
            self.outcome = Some(found);
        }
        let error = match error {
            // behave writes a list of lines.
            Some(raw) if raw.starts_with('[') => super::kit::json::joined(Some(raw), "\n"),
            raw => string(raw).into_owned(),
        };
        if self.message.is_empty() {
            self.message = error;
        }
        self.out.push_str(&super::kit::json::joined(output, "\n"));
    }
}

pub(crate) fn read(doc: &str, sheet: &mut Sheet) -> Option<()> {
    sheet.separator = " › ";
    sheet.dialect = Some("cucumber".to_owned());
    let mut known = Known::default();
    elements(doc, &mut |raw| {
        feature(raw, sheet, &mut known);
        Some(())
    })
}

/// The tags of a feature, which its scenarios have too.
#[derive(Default)]
struct Tags {
    of_feature: String,
    /// By tag: the last scenario that has it, from 1; 0 where the feature has it.
    last: Named<u32>,
    scenario: u32,
}

impl Tags {
    fn of_feature(tags: Option<&str>, sheet: &mut Sheet) -> Self {
        let mut own = Self::default();
        let mut all = String::new();
        own.add(tags, &mut all);
        let kept = sheet.inherited(&all);
        let cut = if kept.len() < all.len() { kept.rfind(' ').unwrap_or(0) } else { kept.len() };
        own.of_feature = kept.get(..cut).unwrap_or("").to_owned();
        own.last = Named::default();
        own.of_feature.split(' ').for_each(|tag| own.last.change(tag, |_| {}));
        own
    }

    /// Those that were not there yet, to be joined by spaces.
    fn add(&mut self, tags: Option<&str>, to: &mut String) {
        for raw in list(tags) {
            // behave writes plain words.
            let tag = if raw.starts_with('{') { string(member(raw, "name")) } else { string(Some(raw)) };
            let tag = tag.trim_start_matches('@');
            // Some tools repeat those of the feature at the scenario.
            if self.last.get(tag).is_some_and(|&last| last == 0 || last == self.scenario) {
                continue;
            }
            self.last.change(tag, |last| *last = self.scenario);
            if !to.is_empty() {
                to.push(' ');
            }
            to.push_str(tag);
        }
    }

    fn of_scenario(&mut self, tags: Option<&str>) -> String {
        self.scenario += 1;
        let mut all = self.of_feature.clone();
        self.add(tags, &mut all);
        all
    }
}

fn feature(raw: &str, sheet: &mut Sheet, known: &mut Known) {
    let [uri, location, name, all, tags] = members(raw, ["uri", "location", "name", "elements", "tags"]);
    let (uri, location, name) = (string(uri), string(location), string(name));
    // behave names the file by place: features/a.feature:1
    let file = if uri.is_empty() { location.rsplit_once(':').map_or("", |(file, _)| file) } else { &uri };
    let suite = if file.is_empty() { name.to_string() } else { format!("{file} › {name}") };
    let mut before = Steps::default();
    let mut tags = Tags::of_feature(tags, sheet);
    for raw in list(all) {
        let [kind, keyword] = members(raw, ["type", "keyword"]);
        if string(kind) == "background" || string(keyword) == "Background" {
            before = Steps::default();
            for step in list(member(raw, "steps")) {
                before.add(step, false);
            }
            before.us = None;
            continue;
        }
        scenario(raw, file, &suite, &mut tags, std::mem::take(&mut before), sheet, known);
    }
}

fn scenario(
    raw: &str,
    file: &str,
    suite: &str,
    all_tags: &mut Tags,
    mut all: Steps,
    sheet: &mut Sheet,
    known: &mut Known,
) {
    let [id, name, line, location, tags, start, status, before, after, steps] = members(
        raw,
        ["id", "name", "line", "location", "tags", "start_timestamp", "status", "before", "after", "steps"],
    );
    for hook in list(before) {
        all.add(hook, true);
    }
    for step in list(steps) {
        let [inner_before, inner_after] = members(step, ["before", "after"]);
        for hook in list(inner_before) {
            all.add(hook, true);
        }
        all.add(step, false);
        for hook in list(inner_after) {
            all.add(hook, true);
        }
    }
    for hook in list(after) {
        all.add(hook, true);
    }
    let location = string(location);
    let line = int(line).or_else(|| location.rsplit_once(':').and_then(|(_, line)| line.parse().ok()));
    let markers = all_tags.of_scenario(tags);
    let status = string(status);
    let outcome = all.outcome.or_else(|| super::kit::outcome(&status)).unwrap_or(Outcome::Unknown);
    let name = string(name);
    let start_us = sheet.point_us(&string(start));
    let message = all.message.trim();
    let r = Record {
        suite,
        name: name.trim(),
        file,
        line: line.and_then(|line| u32::try_from(line).ok()),
        markers: &markers,
        start_us,
        us: all.us,
        outcome,
        message: super::kit::first_line(message),
        trace: message,
        out: &all.out,
        ..Record::default()
    };
    let id = string(id);
    let key = (format!("{file}\n{id}"), line.unwrap_or(-1));
    let test = match known.get(&key).filter(|_| line.is_some() || !id.is_empty()) {
        Some(&test) => test,
        None => {
            let Some(test) = sheet.new_test(&r) else { return };
            known.insert(key, test);
            test
        }
    };
    sheet.attempt(test, &r);
}

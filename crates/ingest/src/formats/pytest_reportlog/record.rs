//! One line of a report log, split into the members that matter, their values not read yet.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::scan;
pub(crate) use crate::json::text;
use crate::number::plain_us;

/// The members of a record that matter, as they stand in the line; `None` where absent or null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) kind: Option<&'a str>,
    pub(crate) nodeid: Option<&'a str>,
    pub(crate) when: Option<&'a str>,
    pub(crate) outcome: Option<&'a str>,
    pub(crate) longrepr: Option<&'a str>,
    pub(crate) sections: Option<&'a str>,
    pub(crate) keywords: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    pub(crate) wasxfail: Option<&'a str>,
    pub(crate) duration: Option<&'a str>,
    pub(crate) start: Option<&'a str>,
    pub(crate) stop: Option<&'a str>,
    pub(crate) worker_id: Option<&'a str>,
    pub(crate) node: Option<&'a str>,
    pub(crate) rerun: Option<&'a str>,
    pub(crate) exitstatus: Option<&'a str>,
}

/// The same through the JSON library, for lines that the scanner does not take.
#[derive(Deserialize)]
struct Careful<'a> {
    #[serde(borrow, rename = "$report_type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    nodeid: Option<&'a RawValue>,
    #[serde(borrow)]
    when: Option<&'a RawValue>,
    #[serde(borrow)]
    outcome: Option<&'a RawValue>,
    #[serde(borrow)]
    longrepr: Option<&'a RawValue>,
    #[serde(borrow)]
    sections: Option<&'a RawValue>,
    #[serde(borrow)]
    keywords: Option<&'a RawValue>,
    #[serde(borrow)]
    location: Option<&'a RawValue>,
    #[serde(borrow)]
    wasxfail: Option<&'a RawValue>,
    #[serde(borrow)]
    duration: Option<&'a RawValue>,
    #[serde(borrow)]
    start: Option<&'a RawValue>,
    #[serde(borrow)]
    stop: Option<&'a RawValue>,
    #[serde(borrow)]
    worker_id: Option<&'a RawValue>,
    #[serde(borrow)]
    node: Option<&'a RawValue>,
    #[serde(borrow)]
    rerun: Option<&'a RawValue>,
    #[serde(borrow)]
    exitstatus: Option<&'a RawValue>,
}

impl<'a> Record<'a> {
    /// Splits a line; on failure, what the JSON library says about it.
    pub(crate) fn read(line: &'a str) -> Result<Self, String> {
        match Self::quick(line) {
            Some(record) => Ok(record),
            None => Self::careful(line),
        }
    }

    pub(crate) fn quick(line: &'a str) -> Option<Self> {
        let mut r = Self::default();
        scan(line, |key, value| {
            let slot = match key {
                "$report_type" => &mut r.kind,
                "nodeid" => &mut r.nodeid,
                "when" => &mut r.when,
                "outcome" => &mut r.outcome,
                "longrepr" => &mut r.longrepr,
                "sections" => &mut r.sections,
                "keywords" => &mut r.keywords,
                "location" => &mut r.location,
                "wasxfail" => &mut r.wasxfail,
                "duration" => &mut r.duration,
                "start" => &mut r.start,
                "stop" => &mut r.stop,
                "worker_id" => &mut r.worker_id,
                "node" => &mut r.node,
                "rerun" => &mut r.rerun,
                "exitstatus" => &mut r.exitstatus,
                _ => return,
            };
            *slot = (value != "null").then_some(value);
        })?;
        Some(r)
    }

    pub(crate) fn careful(line: &'a str) -> Result<Self, String> {
        let c: Careful<'a> = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let raw = |value: Option<&'a RawValue>| value.map(RawValue::get).filter(|v| *v != "null");
        Ok(Self {
            kind: raw(c.kind),
            nodeid: raw(c.nodeid),
            when: raw(c.when),
            outcome: raw(c.outcome),
            longrepr: raw(c.longrepr),
            sections: raw(c.sections),
            keywords: raw(c.keywords),
            location: raw(c.location),
            wasxfail: raw(c.wasxfail),
            duration: raw(c.duration),
            start: raw(c.start),
            stop: raw(c.stop),
            worker_id: raw(c.worker_id),
            node: raw(c.node),
            rerun: raw(c.rerun),
            exitstatus: raw(c.exitstatus),
        })
    }
}

/// A number of seconds, in microseconds.
pub(crate) fn seconds_us(raw: Option<&str>) -> Option<i64> {
    let raw = raw?;
    plain_us(raw).or_else(|| lanescope_model::decimal(raw).and_then(lanescope_model::s_to_us))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "\\PC*".prop_map(Into::into),
            "[a-z\"\\\\\\]}{\\[\n]{0,60}".prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::hash_map("[a-z]{0,5}", inner, 0..4)
                    .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
            ]
        })
    }

    const KEYS: [&str; 10] =
        ["nodeid", "when", "outcome", "longrepr", "sections", "keywords", "start", "$report_type", "node", "other"];

    proptest! {
        #[test]
        fn the_scanner_agrees_with_the_library(values in proptest::collection::vec((0..KEYS.len(), value()), 0..8), pretty: bool) {
            let object = serde_json::Value::Object(
                values.into_iter().map(|(k, v)| (KEYS[k].to_owned(), v)).collect());
            let line = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap();
            prop_assert_eq!(Record::quick(&line), Some(Record::careful(&line).unwrap()));
        }

        #[test]
        fn nothing_makes_it_panic(line in "[\\[\\]{}\":,\\\\a-z0-9 ]{0,80}") {
            let _ = Record::read(&line);
        }
    }
}

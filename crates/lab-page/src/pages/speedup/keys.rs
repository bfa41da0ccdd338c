//! What the controls say, as keys of the fragment, and the plan that it makes.

use lanescope_protocol::{Contention, Cut, Mode, Plan, Speed, Split, TestOrder, WorkSummary};

use lanescope_ui::state::number;

/// Keys of the controls. A key that is missing leaves the plan as the run has it.
pub const KEYS: [&str; 15] = [
    "mode",
    "workers",
    "shards",
    "split",
    "slow",
    "cut",
    "drop",
    "faster",
    "factor",
    "fixture",
    "start",
    "gap",
    "after",
    "contention",
    "price",
];

/// Keys and values, as in the fragment.
pub type Keys = Vec<(String, String)>;

/// The value of a key; empty if it is not there.
pub fn get<'a>(keys: &'a Keys, key: &str) -> &'a str {
    keys.iter().find(|entry| entry.0 == key).map_or("", |entry| entry.1.as_str())
}

/// Sets a key; an empty value takes it away.
pub fn set(keys: &mut Keys, key: &str, value: &str) {
    keys.retain(|entry| entry.0 != key);
    if !value.is_empty() {
        keys.push((key.to_owned(), value.to_owned()));
    }
}

/// Those of the fragment's keys that are controls.
pub fn of_route(rest: &[(String, String)]) -> Keys {
    rest.iter().filter(|entry| KEYS.contains(&entry.0.as_str())).cloned().collect()
}

/// The fragment's keys with those of the controls replaced.
pub fn into_route(rest: &mut Vec<(String, String)>, keys: &Keys) {
    rest.retain(|entry| !KEYS.contains(&entry.0.as_str()));
    rest.extend(keys.iter().cloned());
}

/// Words of the ways to cut shards.
pub const SPLITS: [(&str, &str, Split); 5] = [
    ("chunks", "in order, even times (pytest-split)", Split::Chunks),
    ("least-duration", "longest first (pytest-split)", Split::LeastDuration),
    ("slice", "one to each in turn (nextest)", Split::Slice),
    ("hash", "by name (nextest)", Split::Hash),
    ("count", "even counts (Playwright)", Split::Count),
];

/// Tests that a query of the controls found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The query.
    pub query: String,
    /// Identities of its tests, the longest first; at most as many as the engine gives.
    pub tests: Vec<String>,
    /// How many match.
    pub total: u32,
    /// What is wrong with the query.
    pub problem: Option<String>,
}

/// The plan that the controls make of a run; of a sequential one it has four workers, since one is what it had.
/// `longest` is its longest test.
pub fn plan(keys: &Keys, work: &WorkSummary, longest: &str, drop: &Found, faster: &Found) -> Plan {
    let number = |key: &str| number::read(get(keys, key)).filter(|n| *n >= 0.0);
    let whole = |key: &str| number(key).map(|n| n.clamp(1.0, 256.0) as u32);
    let mode = Mode::of(get(keys, "mode")).or(work.runs_as).or(work.modes.first().copied()).unwrap_or_default();
    let mut plan = Plan {
        mode,
        workers: whole("workers").or(work.workers.filter(|n| *n > 1)).unwrap_or(4).clamp(1, 256),
        shards: if mode == Mode::Shards { 1 } else { whole("shards").unwrap_or(1) },
        split: SPLITS.into_iter().find(|split| split.0 == get(keys, "split")).map_or(Split::Chunks, |split| split.2),
        order: if get(keys, "slow") == "1" { TestOrder::SlowFirst } else { TestOrder::Recorded },
        session_fixture_s: number("fixture"),
        start_up_s: number("start"),
        gap_s: number("gap"),
        after_s: number("after"),
        price_per_minute: number("price").filter(|price| *price > 0.0),
        contention: match get(keys, "contention") {
            "none" => Contention::None,
            other => number::read(other).filter(|n| *n >= 1.0).map_or(Contention::Estimated, Contention::Capacity),
        },
        ..Plan::default()
    };
    let (parts, test) = cut(keys);
    let test = if test.is_empty() { longest } else { test };
    if parts > 1 && !test.is_empty() {
        plan.cut.push(Cut { test: test.to_owned(), parts });
    }
    if drop.query == get(keys, "drop") {
        plan.drop.clone_from(&drop.tests);
    }
    let factor = number("factor").unwrap_or(0.5);
    if faster.query == get(keys, "faster") {
        plan.speed = faster.tests.iter().map(|test| Speed { test: test.clone(), factor }).collect();
    }
    plan
}

/// The parts into which a test is cut, and the test; it is the longest if none is named. `PARTS` or `PARTS TEST`.
pub fn cut(keys: &Keys) -> (u32, &str) {
    let (parts, test) = get(keys, "cut").split_once(' ').unwrap_or((get(keys, "cut"), ""));
    (parts.parse::<u32>().unwrap_or(1).clamp(1, 64), test)
}

/// What curves rest on: a plan without the mode and the workers that they run through.
pub fn swept(plan: &Plan) -> Plan {
    Plan { mode: Mode::Load, workers: 1, ..plan.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(of: &[(&str, &str)]) -> Keys {
        of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn nothing_said_is_the_run_as_it_was() {
        let work = WorkSummary { runs_as: Some(Mode::Worksteal), workers: Some(6), ..WorkSummary::default() };
        let made = plan(&Keys::new(), &work, "t", &Found::default(), &Found::default());
        assert_eq!(made, Plan { mode: Mode::Worksteal, workers: 6, ..Plan::default() });
    }

    #[test]
    fn controls_make_a_plan_and_nonsense_makes_none() {
        let said = keys(&[
            ("workers", "9999"),
            ("mode", "lpt"),
            ("cut", "4 a::b c"),
            ("contention", "2.5"),
            ("gap", "-3"),
            ("price", "0.01"),
            ("faster", "marker:slow"),
            ("factor", "0.25"),
            ("slow", "1"),
            ("shards", "x"),
        ]);
        let found = Found { query: "marker:slow".to_owned(), tests: vec!["x".to_owned()], total: 1, problem: None };
        let made = plan(&said, &WorkSummary::default(), "longest", &Found::default(), &found);
        assert_eq!((made.workers, made.mode, made.shards, made.gap_s), (256, Mode::Lpt, 1, None));
        assert_eq!(made.cut, [Cut { test: "a::b c".to_owned(), parts: 4 }]);
        assert_eq!(made.contention, Contention::Capacity(2.5));
        assert_eq!(made.speed, [Speed { test: "x".to_owned(), factor: 0.25 }]);
        assert_eq!(made.order, TestOrder::SlowFirst);
    }

    #[test]
    fn other_keys_of_the_address_stay() {
        let mut rest = keys(&[("later", "kept"), ("mode", "load")]);
        let mut mine = of_route(&rest);
        set(&mut mine, "mode", "");
        set(&mut mine, "workers", "8");
        into_route(&mut rest, &mine);
        assert_eq!(rest, keys(&[("later", "kept"), ("workers", "8")]));
    }
}

//! Nothing makes reading panic, and reading in small steps gives the same as reading at once.

use std::io::Cursor;

use lanescope_ingest::{Format, Loader};
use proptest::prelude::*;

use crate::fixtures::describe;
use crate::shared::load_bytes;

const SEEDS: [&[u8]; 7] = [
    include_bytes!("../../../../fixtures/junit-xml/pytest-9.2.0-load.xml"),
    include_bytes!("../../../../fixtures/pytest-reportlog/pytest-9.2.0-reruns.jsonl"),
    include_bytes!("../../../../fixtures/xdist-console-log/pytest-9.2.0-worksteal-colour.log"),
    include_bytes!("../../../../fixtures/xdist-console-log/pytest-9.2.0-stamped.log"),
    include_bytes!("../../../../fixtures/playwright-json/playwright-1.65.1-direct.json"),
    include_bytes!("../../../../fixtures/playwright-blob/playwright-1.65.1-shard-1.jsonl"),
    include_bytes!("../../../../fixtures/github-actions-api/jobs-of-the-shards.json"),
];

const PIECES: [&str; 34] = [
    "<testsuites>",
    "<testsuite name=\"a\">",
    "<testcase name='b' classname='c' time='1'>",
    "</testcase>",
    "</testsuite>",
    "<failure message=\"&#x1b;\">",
    "<![CDATA[",
    "]]>",
    "&",
    "<",
    ">",
    "\"",
    "\n",
    "{\"$report_type\":\"TestReport\",",
    "\"nodeid\":\"a::b\"",
    ",\"when\":\"call\"}",
    "[gw0] [ 1%] PASSED a.py::b \n",
    "==== test session starts ====\n",
    "==== FAILURES ====\n",
    "____ b ____\n",
    "==== 1 passed in 1.0s ====\n",
    "\u{1b}[31m",
    "{\"config\":{\"shard\":{\"current\":1,\"total\":2}},\"suites\":[",
    "{\"title\":\"a\",\"specs\":[",
    "{\"title\":\"b\",\"tests\":[{\"results\":[{\"status\":\"passed\"}]}]}",
    "]",
    "}",
    ",",
    "{\"method\":\"onBegin\"}\n",
    "{\"method\":\"onTestEnd\",\"params\":{\"test\":{\"testId\":\"x\"}}}\n",
    "{\"method\":\"onProject\",\"params\":{\"project\":{\"suites\":[{\"tests\":[{\"testId\":\"x\"}]}]}}}\n",
    "{\"total_count\":1,\"jobs\":[",
    "{\"run_id\":1,\"steps\":[{\"name\":\"s\"}]}",
    "\"title\":\"t\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_can_be_opened(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = load_bytes(bytes);
    }

    #[test]
    fn pieces_of_reports_in_any_order_can_be_opened(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|i| PIECES[i]).collect();
        let _ = load_bytes(text.into_bytes());
    }

    #[test]
    fn damaged_reports_can_be_opened(
        seed in 0..SEEDS.len(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = SEEDS[seed].to_vec();
        for (at, byte) in damage {
            let i = at.index(bytes.len());
            bytes[i] = byte;
        }
        let start = cut.index(bytes.len()) / 8;
        let _ = load_bytes(bytes[start..].to_vec());
    }
}

#[test]
fn small_steps_give_the_same_as_one() {
    for seed in SEEDS {
        let mut loader = Loader::new("x", None, Box::new(Cursor::new(seed)));
        let mut steps = 0;
        while !loader.step(100).done {
            steps += 1;
        }
        let (small, whole) = (loader.finish(), load_bytes(seed.to_vec()));
        // A list of jobs is small, and read when all of it is there.
        assert!(steps > 10 || whole.report.format == Format::GithubJobs);
        assert_eq!(describe(&small.sources[0].run), describe(&whole.sources[0].run));
    }
}

#[test]
fn changed_fixtures_and_archives_can_be_opened() {
    use lanescope_conformance::fuzz::{Dice, mutated, open};
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|s| s[..s.len().min(20_000)].to_vec()).collect();
    let small = &SEEDS[0][..2000];
    let pack = |kind: &str| -> Option<Vec<u8>> { crate::containers::packed(kind, small) };
    seeds.extend(["zip", "tar", "tgz", "nested"].into_iter().filter_map(pack));
    let mut dice = Dice::new(7);
    for _ in 0..1500 {
        open(mutated(&seeds, &mut dice));
    }
}

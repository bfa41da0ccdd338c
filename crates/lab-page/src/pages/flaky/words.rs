//! Words and figures for people. Plain functions.

use lanescope_protocol::{FlakyOverview, FlakyTest, HistoryRun, Rate};

use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::format;

/// Characters of a commit that are shown.
const COMMIT: usize = 8;
/// Characters of a text that are given to the browser; the screen clips far earlier.
const LONGEST: usize = 400;

/// A test's name with its parameters, and what stands before it: group and path.
pub fn split(test: &str) -> (&str, &str) {
    // Separators inside of parameters are none.
    let stem = test.find('[').map_or(test, |at| test.get(..at).unwrap_or(test));
    for between in ["::", " › "] {
        if let Some(at) = stem.rfind(between)
            && let (Some(path), Some(name)) = (test.get(..at), test.get(at + between.len()..))
        {
            return (path, name);
        }
    }
    ("", test)
}

/// At most so many characters, with a sign where it goes on.
pub fn clip(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}

/// The first characters of a commit.
pub fn short(commit: &str) -> String {
    commit.chars().take(COMMIT).collect()
}

/// From one commit to another, as git writes it; what is unknown is left out.
pub fn range(good: Option<&str>, bad: Option<&str>) -> Option<String> {
    match (good, bad) {
        (Some(good), Some(bad)) => Some(format!("{}..{}", short(good), short(bad))),
        (None, Some(bad)) => Some(short(bad)),
        _ => None,
    }
}

/// A share with at most three digits: `17 %`, `1.5 %`, `0.08 %`.
pub fn share(value: f64) -> String {
    let percent = value * 100.0;
    // What is not certain is not said to be.
    if (99.5..100.0).contains(&percent) {
        return ">\u{a0}99 %".to_owned();
    }
    let digits = if percent == 0.0 || percent >= 9.95 {
        0
    } else if percent >= 0.95 {
        1
    } else {
        2
    };
    let text = fixed(percent, digits);
    // `2.0 %` says no more than `2 %`.
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

/// The ends of an interval: `8–31 %`.
pub fn interval(rate: &Rate) -> String {
    let low = share(rate.low);
    format!("{}–{}", low.trim_end_matches(" %"), share(rate.high))
}

/// Number, start and commit of a run, on one line.
pub fn run_line(run: &HistoryRun) -> String {
    let mut parts = vec![format!("run {}", run.number)];
    parts.extend(run.started_at.as_deref().map(format::started));
    parts.extend(run.commit.as_deref().map(short));
    parts.extend(run.branch.clone());
    parts.join(" · ")
}

/// `1 test is`, `3 tests are`.
fn are(n: u32) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

/// A text in which no figure is parted from its unit.
pub fn whole(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let unit = rest.peek().is_some_and(|next| matches!(next, '%' | 's' | 'm' | 'h' | 'µ'));
        out.push(if c == ' ' && before.is_ascii_digit() && unit { '\u{a0}' } else { c });
        before = c;
    }
    out
}

/// The verdict in one sentence; a part that is to stand out is `true`.
pub fn verdict(overview: &FlakyOverview, broken: &[FlakyTest]) -> Vec<(bool, String)> {
    let [flaky, red, fixed, _, too_few] = overview.classes;
    let all: u32 = overview.classes.iter().sum();
    let mut out = Vec::new();
    let mut say = |strong: bool, text: String| out.push((strong, text));
    let of = format::plural(all.into(), "test", "tests");
    if flaky == 0 {
        say(false, format!("None of {of} is known to be flaky"));
    } else {
        say(true, format::count(flaky.into()));
        say(false, format!(" of {of} {} flaky", are(flaky)));
    }
    if red > 0 {
        say(false, ", ".to_owned());
        say(true, format::count(red.into()));
        say(false, format!(" {} broken", are(red)));
        // Of a test that was never seen to pass, nobody knows what broke it.
        let known = |test: &&FlakyTest| test.last_good_commit.is_some() || test.first_bad_commit.is_none();
        let latest = broken.iter().filter(known).max_by_key(|test| test.broken_from);
        let latest = latest.and_then(|test| Some((test.broken_from?, test)));
        if let Some((from, test)) = latest.filter(|(from, _)| *from > 1) {
            let range = range(test.last_good_commit.as_deref(), test.first_bad_commit.as_deref());
            let which = if red == 1 { "" } else { ", the latest" };
            let range = range.map(|range| format!(" ({range})")).unwrap_or_default();
            say(false, format!("{which} since run {from}{range}"));
        }
    }
    if flaky > 0 {
        let cost = &overview.cost;
        let [chance, ..] = cost.red_chance;
        say(false, "; a clean commit goes red in ".to_owned());
        say(true, share(chance));
        say(false, " of runs".to_owned());
        let halve = cost.halve.len() as u64;
        if halve > 0 {
            say(false, "; repairing ".to_owned());
            say(true, format::plural(halve, "test", "tests"));
            let to = if cost.halved_to <= chance / 2.0 + 1e-9 { "halves that" } else { "lowers that" };
            say(false, format!(" {to}"));
        }
    } else if red == 0 && fixed > 0 {
        say(
            false,
            format!("; {} broken and {} fixed", format::count(fixed.into()), if fixed == 1 { "is" } else { "are" }),
        );
    } else if red == 0 && too_few > 0 && too_few * 2 > all {
        say(false, format!("; {} ran too seldom to tell", format::count(too_few.into())));
    }
    say(false, ".".to_owned());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanescope_protocol::FlakyCost;

    fn said(overview: &FlakyOverview, broken: &[FlakyTest]) -> String {
        verdict(overview, broken).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn names_are_told_from_paths() {
        assert_eq!(split("tests/a.py::TestX::test_y[a::b]"), ("tests/a.py::TestX", "test_y[a::b]"));
        assert_eq!(split("chromium › a.spec.ts › login › works"), ("chromium › a.spec.ts › login", "works"));
        assert_eq!(split("plain"), ("", "plain"));
        assert_eq!(split("[x]::y"), ("", "[x]::y"));
    }

    #[test]
    fn shares_have_sensible_digits() {
        let cases = [
            (0.0, "0 %"),
            (0.17, "17 %"),
            (0.0153, "1.5 %"),
            (0.02, "2 %"),
            (0.000_8, "0.08 %"),
            (0.999_9, ">\u{a0}99 %"),
            (1.0, "100 %"),
        ];
        for (value, text) in cases {
            assert_eq!(share(value), text);
        }
        assert_eq!(interval(&Rate { value: 0.17, low: 0.08, high: 0.31 }), "8–31 %");
    }

    #[test]
    fn figures_keep_their_units() {
        assert_eq!(whole("4.81 s, 38 % of 7 tests"), "4.81\u{a0}s, 38\u{a0}% of 7 tests");
    }

    #[test]
    fn the_verdict_is_one_sentence() {
        let mut overview = FlakyOverview {
            classes: [7, 1, 0, 404, 0],
            cost: FlakyCost {
                red_chance: [0.38, 0.1, 0.0],
                halve: vec!["a".into(), "b".into(), "c".into()],
                halved_to: 0.19,
                ..FlakyCost::default()
            },
            ..FlakyOverview::default()
        };
        let broken = FlakyTest {
            broken_from: Some(31),
            last_good_commit: Some("abc12345ffff".into()),
            first_bad_commit: Some("def45678ffff".into()),
            ..FlakyTest::default()
        };
        assert_eq!(
            said(&overview, &[broken]),
            "7 of 412 tests are flaky, 1 is broken since run 31 (abc12345..def45678); \
             a clean commit goes red in 38 % of runs; repairing 3 tests halves that."
        );
        overview.classes = [0, 0, 0, 12, 0];
        assert_eq!(said(&overview, &[]), "None of 12 tests is known to be flaky.");
        // Tests that were red from the first run on have no commit that broke them.
        overview.classes = [0, 2, 0, 12, 0];
        let always = FlakyTest { broken_from: Some(1), ..FlakyTest::default() };
        assert_eq!(said(&overview, &[always]), "None of 14 tests is known to be flaky, 2 are broken.");
    }

    #[test]
    fn a_run_is_told_on_one_line() {
        let run = HistoryRun {
            number: 3,
            started_at: Some("2026-03-02T08:12:41Z".into()),
            commit: Some("0123456789abcdef".into()),
            ..HistoryRun::default()
        };
        assert_eq!(run_line(&run), "run 3 · 2 Mar 2026, 08:12:41 UTC · 01234567");
    }
}

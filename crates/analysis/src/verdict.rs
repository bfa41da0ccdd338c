//! The verdict in words: what ran, how parallel, against what, what holds it up, what is possible, what failed.

use lanescope_model::{Outcome, Run, TestId};

use crate::{Comparison, Figures, Layout, Placement, duration, factor, thousands};

/// How a piece of the verdict is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Plain words.
    Plain,
    /// A figure.
    Number,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// The name of a test.
    Test(TestId),
}

/// A piece of the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words, with the spaces around them.
    pub text: String,
    /// How they are set.
    pub style: Style,
}

/// What a verdict is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its figures.
    pub figures: &'a Figures,
    /// Its lanes.
    pub layout: &'a Layout,
    /// The run beside its sequential run, and that run's figures.
    pub baseline: Option<(&'a Comparison, &'a Figures)>,
}

/// The verdict on a run; joined, the pieces are sentences.
#[must_use]
pub fn verdict(subject: &Subject<'_>) -> Vec<Piece> {
    let mut words = Words::default();
    if subject.figures.tests == 0 {
        words.plain("No test is recorded here.");
        return words.pieces;
    }
    what_ran(subject, &mut words);
    held_up(subject, &mut words);
    what_failed(subject, &mut words);
    if subject.run.meta.interrupted {
        words.bad(" The record ends before the session did.");
    }
    words.pieces
}

#[derive(Default)]
struct Words {
    pieces: Vec<Piece>,
}

impl Words {
    fn push(&mut self, text: impl Into<String>, style: Style) {
        let text = text.into();
        match self.pieces.last_mut() {
            Some(last) if last.style == style => last.text.push_str(&text),
            _ => self.pieces.push(Piece { text, style }),
        }
    }

    fn plain(&mut self, text: &str) {
        self.push(text, Style::Plain);
    }

    fn number(&mut self, text: impl Into<String>) {
        self.push(text, Style::Number);
    }

    fn bad(&mut self, text: impl Into<String>) {
        self.push(text, Style::Bad);
    }

    fn time(&mut self, us: i64) {
        self.number(duration(lanescope_model::us_to_s(us)));
    }
}

fn tests(n: u32) -> String {
    count(n, "test", "tests")
}

fn count(n: u32, one: &str, many: &str) -> String {
    format!("{} {}", thousands(u64::from(n)), if n == 1 { one } else { many })
}

fn what_ran(s: &Subject<'_>, words: &mut Words) {
    let f = s.figures;
    words.number(tests(f.tests));
    match f.workers.value {
        Some(1) => words.plain(" one after another"),
        Some(n) => {
            words.plain(" on ");
            words.number(count(n, "worker", "workers"));
        }
        None => {}
    }
    match (f.window_us, f.wall_us.value) {
        (Some(_), Some(wall)) => {
            words.plain(" in ");
            words.time(wall);
            parallel(s, words);
        }
        (None, session) => durations_only(s, session, words),
        (Some(_), None) => words.plain("."),
    }
}

/// "…, on average 7.9 at a time; 5.6× faster than the sequential run."
fn parallel(s: &Subject<'_>, words: &mut Words) {
    let f = s.figures;
    let sequential = f.workers.value == Some(1);
    if let Some(p) = f.parallelism.value.filter(|_| !sequential) {
        words.plain(", on average ");
        words.number(factor(p));
        words.plain(" at a time");
    }
    match s.baseline {
        Some((c, base)) => against(f, c, base, words),
        None if sequential => {
            words.plain(".");
            if let Some((session, wall)) = f.session_us.value.zip(f.wall_us.value).filter(|(s, w)| worth(s - w, *w)) {
                words.plain(" The whole session took ");
                words.time(session);
                words.plain(": ");
                words.time(session - wall);
                words.plain(" were spent around the tests.");
            }
        }
        None => {
            words.plain(".");
            if let Some(p) = f.parallelism.value {
                words.plain(" There is no sequential run to compare with: ");
                words.number(factor(p));
                words.plain(" is not a speedup.");
            }
        }
    }
}

fn against(f: &Figures, c: &Comparison, base: &Figures, words: &mut Words) {
    let times = |x: f64| format!("{}×", factor(x));
    let Some(speedup) = c.speedup else {
        words.plain(".");
        if let Some(session) = c.session_speedup {
            words.plain(" The session ended ");
            faster_or_slower(session, words);
            words.plain(" the sequential one.");
        }
        return;
    };
    // Everything up to here is about the tests; a session is more than its tests, and may tell another story.
    match c.session_speedup {
        Some(session) if session < 0.995 && speedup > 1.0 => {
            words.plain("; the tests ended ");
            words.number(times(speedup));
            words.plain(" sooner than in the sequential run, but the whole session was ");
            words.bad(format!("{} slower", times(1.0 / session)));
            if let Some((this, that)) = f.session_us.value.zip(base.session_us.value) {
                words.plain(" (");
                words.time(this);
                words.plain(" against ");
                words.time(that);
                words.plain(")");
            }
            words.plain(".");
        }
        session => {
            words.plain("; ");
            faster_or_slower(speedup, words);
            words.plain(" the sequential run");
            match session.filter(|session| (session / speedup - 1.0).abs() > 0.1) {
                Some(session) => {
                    words.plain(" (the whole session ");
                    words.number(times(session));
                    words.plain(").");
                }
                None => words.plain("."),
            }
        }
    }
    if let Some(contention) = c.contention.filter(|&x| x >= 1.2) {
        words.plain(" Side by side, the same tests took ");
        words.number(times(contention));
        words.plain(" as long as alone.");
    }
}

fn faster_or_slower(ratio: f64, words: &mut Words) {
    if ratio >= 1.0 {
        words.push(format!("{}× faster", factor(ratio)), Style::Good);
    } else {
        words.bad(format!("{}× slower", factor(1.0 / ratio)));
    }
    words.plain(" than");
}

/// No starts are recorded: say what is known, and that the lanes are not.
fn durations_only(s: &Subject<'_>, session: Option<i64>, words: &mut Words) {
    let f = s.figures;
    match (f.busy_us.value, session) {
        (Some(busy), Some(session)) => {
            words.plain(" took ");
            words.time(busy);
            words.plain(" in sum, in a session of ");
            words.time(session);
            words.plain(".");
        }
        (Some(busy), None) => {
            words.plain(" took ");
            words.time(busy);
            words.plain(" in sum.");
        }
        (None, Some(session)) => {
            words.plain(" in a session of ");
            words.time(session);
            words.plain(".");
        }
        (None, None) => words.plain("."),
    }
    let workers_known = s.run.attempts.ids().any(|a| s.run.attempts.worker(a).is_some());
    words.plain(match (f.busy_us.value, workers_known || s.run.meta.sequential) {
        (Some(_), true) => " When each started is not recorded.",
        (Some(_), false) => " When each started, and on which worker, is not recorded.",
        (None, true) => " How long each took, and when it started, is not recorded.",
        (None, false) => " How long each took, when it started, and on which worker, is not recorded.",
    });
    if let Some((c, _)) = s.baseline
        && let Some(session) = c.session_speedup
    {
        words.plain(" The session was ");
        faster_or_slower(session, words);
        words.plain(" the sequential one.");
    }
}

/// Whether an amount of time is worth a word beside another.
fn worth(us: i64, of: i64) -> bool {
    us >= 50_000 && us >= of / 20
}

/// The end: how long the last test ran on while another worker had nothing more to do, and what would be
/// possible without that.
fn held_up(s: &Subject<'_>, words: &mut Words) {
    let f = s.figures;
    let (Placement::Recorded | Placement::Packed, Some(wall)) = (s.layout.placement, f.wall_us.value) else { return };
    if s.layout.lanes.len() < 2 || f.workers.value == Some(1) {
        return;
    }
    let Some(idle_from) = s.layout.lanes.iter().map(|l| l.last_us).min() else { return };
    let Some(last) = s.layout.lanes.iter().flat_map(|l| l.index.bars()).max_by_key(|b| b.to_us) else { return };
    let test = s.run.attempts.test(lanescope_model::AttemptId(last.attempt));
    let held = last.to_us - last.from_us.max(idle_from);
    if !worth(held, wall) {
        return;
    }
    words.plain(" ");
    words.push(s.run.test_name(test), Style::Test(test));
    words.plain(" holds the end up for ");
    words.time(held);
    // At best: a bound, since no schedule of these times on these workers is shorter.
    let workers = f.workers.value.map_or(s.layout.lanes.len() as i64, i64::from);
    let share = f.busy_us.value.unwrap_or(0) / workers.max(1);
    let length = last.to_us - last.from_us;
    let next_longest = s.run.attempts.ids().filter(|&a| s.run.attempts.test(a) != test);
    let next_longest = next_longest.filter_map(|a| crate::time_us(s.run, a)).max().unwrap_or(0);
    let (how, possible) = if length > share.max(next_longest) {
        ("with it split, ", share.max(next_longest))
    } else {
        ("started earlier, ", share.max(next_longest).max(length))
    };
    if worth(wall - possible, wall) {
        words.plain("; ");
        words.plain(how);
        words.time(possible);
        words.plain(" is possible at best");
    }
    words.plain(".");
}

fn what_failed(s: &Subject<'_>, words: &mut Words) {
    let counts = &s.figures.counts;
    let (failed, errors, flaky) = (counts.get(Outcome::Failed), counts.get(Outcome::Error), s.figures.flaky);
    let mut parts: Vec<(String, bool)> = Vec::new();
    if failed > 0 {
        parts.push((format!("{} failed", thousands(u64::from(failed))), true));
    }
    if errors > 0 {
        parts.push((count(errors, "error", "errors"), true));
    }
    if flaky > 0 {
        parts.push((format!("{} flaky", thousands(u64::from(flaky))), false));
    }
    words.plain(" ");
    if failed + errors == 0 {
        words.push("Nothing failed", Style::Good);
        words.plain(if flaky > 0 { "; " } else { "." });
    }
    let n = parts.len();
    for (i, (text, bad)) in parts.into_iter().enumerate() {
        words.push(text, if bad { Style::Bad } else { Style::Number });
        words.plain(if i + 1 < n { ", " } else { "." });
    }
    let unknown = counts.get(Outcome::Unknown);
    if unknown > 0 {
        words.plain(" ");
        words.number(tests(unknown));
        words.plain(" have no recorded outcome.");
    }
}

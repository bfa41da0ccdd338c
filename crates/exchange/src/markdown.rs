//! A run as Markdown, for the summary of a job or a comment.

use lanescope_analysis::{Figures, Known, Layout, duration, figures, fixed};
use lanescope_model::{AttemptId, Outcome, Provenance, Run, TestId, TextKind, us_to_s};

use crate::write::last;

/// Bytes that GitHub takes as the summary of a step.
pub const STEP_SUMMARY: usize = 1 << 20;

/// Bytes that GitHub takes as a comment: 65,535 characters, of which none is longer than it has bytes.
pub const COMMENT: usize = 65_535;

/// Slow tests that are named.
const SLOW: usize = 10;

/// A blank without width.
const APART: char = '\u{200b}';

/// Characters of a message that are shown.
const MESSAGE: usize = 300;

/// The run in at most so many bytes: figures, then what failed, then what was flaky, then the slowest tests. What does not
/// fit is cut, whole lines of it, and a last line says what.
#[must_use]
pub fn markdown(run: &Run, most: usize) -> String {
    let figures = figures(run, &Layout::of(run, None));
    let mut text = head(run, &figures);
    let bad: Vec<TestId> = run.tests.ids().filter(|&test| run.tests.outcome(test).is_bad()).collect();
    let flaky: Vec<TestId> = run.tests.ids().filter(|&test| run.tests.is_flaky(test)).collect();
    let mut slow: Vec<(i64, TestId)> = run
        .tests
        .ids()
        .filter_map(|test| Some((run.tests.attempts(test).filter_map(|a| run.attempts.total_us(a)).max()?, test)))
        .collect();
    lanescope_model::order::sort(&mut slow, &|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    slow.truncate(SLOW);
    let failed = |test: TestId| {
        let message = last(run, test).0.map_or("", |attempt| run.text(attempt, TextKind::Message));
        let what = if run.tests.outcome(test) == Outcome::Error { " (error)" } else { "" };
        format!(
            "- {}{what}{}\n",
            name(run, test),
            if message.is_empty() { String::new() } else { format!(": {}", plain(message)) }
        )
    };
    let slowest = if run.meta.simulated { "Slowest, simulated" } else { "Slowest" };
    let sections = [
        ("Failed", bad.iter().map(|&test| failed(test)).collect::<Vec<_>>()),
        ("Flaky", flaky.iter().map(|&test| format!("- {}\n", name(run, test))).collect()),
        (slowest, slow.iter().map(|&(us, test)| format!("- {} {}\n", time(us), name(run, test))).collect()),
    ];
    // Room for the line that says what was cut.
    let room = most.saturating_sub(160);
    let mut cut = Vec::new();
    for (title, lines) in sections.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        let heading = format!("\n### {title} ({})\n\n", lines.len());
        let mut shown = 0;
        if cut.is_empty() && text.len() + heading.len() + lines.first().map_or(0, String::len) <= room {
            text.push_str(&heading);
            for line in &lines {
                if text.len() + line.len() > room {
                    break;
                }
                text.push_str(line);
                shown += 1;
            }
        }
        if shown < lines.len() {
            cut.push(format!("{} of {} under “{title}”", lines.len() - shown, lines.len()));
        }
    }
    if !cut.is_empty() {
        text.push_str(&format!("\n_Cut to fit into {most} bytes: {}._\n", cut.join(", ")));
    }
    if text.len() > most {
        // Not even the figures fit.
        let mut end = most;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}

fn head(run: &Run, f: &Figures) -> String {
    let label = if run.meta.label.is_empty() { "Test run" } else { run.meta.label.as_str() };
    let mut text = format!("## {}\n\n", plain(label));
    let mut counts = Vec::new();
    for outcome in Outcome::ALL {
        let n = f.counts.get(outcome);
        if n > 0 {
            counts.push(format!("{n} {}", outcome.as_str()));
        }
    }
    if f.flaky > 0 {
        counts.push(format!("{} flaky", f.flaky));
    }
    text.push_str(&format!("**{} tests**: {}\n\n", f.tests, counts.join(", ")));
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut row = |name, value: Option<String>| rows.extend(value.map(|value| (name, value)));
    row("Wall time of the tests", known(f.wall_us, &time));
    row("Session", known(f.session_us, &time));
    row("Workers", known(f.workers, &|n| n.to_string()));
    row("Tests running at a time", known(f.parallelism, &|p| fixed(p, 2)));
    row("Workers’ time in tests", known(f.utilisation, &|u| format!("{} %", fixed(u * 100.0, 0))));
    row("No shorter with these workers than", known(f.lower_bound_us, &time));
    row("Longest test", known(f.longest, &|(a, us)| format!("{} {}", time(us), of_attempt(run, a))));
    row("Commit", run.meta.commit.as_deref().map(cell));
    row("Branch", run.meta.branch.as_deref().map(cell));
    if !rows.is_empty() {
        text.push_str("| | |\n| --- | --- |\n");
        for (name, value) in rows {
            text.push_str(&format!("| {name} | {value} |\n"));
        }
    }
    text
}

/// A figure with the word for how it is known, where it is not recorded.
fn known<T>(figure: Known<T>, show: &dyn Fn(T) -> String) -> Option<String> {
    let word = match figure.provenance {
        Provenance::Recorded | Provenance::Unknown => String::new(),
        other => format!(" ({})", other.as_str()),
    };
    figure.value.map(|value| format!("{}{word}", show(value)))
}

fn time(us: i64) -> String {
    duration(us_to_s(us)).replace('\u{a0}', " ")
}

fn of_attempt(run: &Run, attempt: AttemptId) -> String {
    named(run, run.attempts.test(attempt), cell)
}

fn name(run: &Run, test: TestId) -> String {
    named(run, test, code)
}

fn named(run: &Run, test: TestId, code: fn(&str) -> String) -> String {
    let id = code(run.test_id(test));
    match run.tests.group(test) {
        Some(group) => format!("{}: {id}", plain(run.group_name(group))),
        None => id,
    }
}

/// A text as code in a cell of a table, which it does not end. Elsewhere the backslash would be shown.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A text as code. Its fence is longer than any in it, and it stays on one line.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A text as a text: nothing in it is Markdown, HTML, a mention or a link.
fn plain(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let mut out = String::new();
    let mut chars = line.chars().take(MESSAGE).peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention would write to somebody, a number would mark an issue. Both are looked for in the text as it is
            // shown; what is not seen keeps the sign from what follows.
            '@' | '#' => {
                out.push(c);
                out.push(APART);
            }
            // The beginning of an address without a scheme.
            '.' if out.get(out.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www")) => {
                out.push(APART);
                out.push(c);
            }
            ':' if chars.peek() == Some(&'/') => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    if line.chars().nth(MESSAGE).is_some() {
        out.push('…');
    }
    out
}

//! Lists of tests outside of the ranking: clusters, steps in duration, and a link to a test's own page.

use lanescope_protocol::{Cluster, ClusterKind, DurationStep};
use web_sys::Event;

use lanescope_ui::state::number::fixed;
use lanescope_ui::ui::el::{El, button, div, el, span};
use lanescope_ui::ui::format;

use crate::pages::flaky::story::{Story, open_test};
use crate::pages::flaky::words;

/// Tests of a cluster that are shown at first.
const FIRST: usize = 6;

/// A test's name and path, which open its own page.
pub fn test_link(test: &str) -> El {
    let (path, name) = words::split(test);
    let (id, name) = (test.to_owned(), el("bdi", "clip-end").attr("dir", "ltr").with(words::clip(name)));
    let path = span("suite-path clip-start").with(el("bdi", "").attr("dir", "ltr").with(words::clip(path)));
    let press = button("test-link", move || open_test(&id)).attr("data-open-test", test);
    press.with((span("test-name").with(name), path))
}

/// A list that shows its first entries, and the rest when asked.
pub fn some(entries: Vec<El>, first: usize, class: &str) -> El {
    let list = el("ul", class);
    let count = entries.len();
    let mut rest = entries;
    let tail = rest.split_off(first.min(count));
    let list = list.with(rest.into_iter().map(|entry| el("li", "").with(entry)).collect::<Vec<_>>());
    if tail.is_empty() {
        return list;
    }
    let more = el("button", "link").attr("type", "button").with(format!("Show {} more", tail.len()));
    let (whole, item) = (list.clone(), el("li", "").with(&more));
    let last = item.clone();
    let tail = std::cell::RefCell::new(tail);
    let _ = more.on("click", move |_: Event| {
        last.node().remove();
        for entry in tail.take() {
            let _ = whole.node().append_child(el("li", "").with(entry).node());
        }
    });
    list.with(item)
}

/// Tests that fail together, and failures that say the same.
pub fn clusters(story: Story) -> El {
    let Some(overview) = story.runs() else { return div("") };
    if overview.clusters.is_empty() {
        return note(
            "No two tests fail together",
            "Tests stand here when they fail in the same runs more often than by chance, and failures when their messages are the same once numbers, ids, addresses and paths are masked.",
        );
    }
    let cards: Vec<El> = overview.clusters.iter().map(cluster).collect();
    div("clusters").with(cards)
}

fn cluster(of: &Cluster) -> El {
    let (kind, title) = match of.kind {
        ClusterKind::Together => ("together", el("h3", "").with(of.text.as_str())),
        ClusterKind::Message => {
            ("message", el("h3", "cluster-message").with(el("code", "").with(words::clip(&of.text))))
        }
    };
    let kind_words = if kind == "together" { "fail together" } else { "same message" };
    let facts = el("p", "quiet").with(format!(
        "{} in {}, {}",
        format::plural(of.attempts.into(), "failing attempt", "failing attempts"),
        runs(&of.runs),
        format::plural(of.tests.len() as u64, "test", "tests"),
    ));
    let tests = of.tests.iter().map(|test| test_link(test)).collect();
    let head = div("cluster-head").with((span("tag").with(kind_words), title));
    el("section", "cluster").attr("data-cluster", kind).with((head, facts, some(tests, FIRST, "test-links")))
}

/// Numbers of runs, with stretches of them; of many the first ones.
pub fn runs(numbers: &[u32]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = numbers;
    while let Some((&from, tail)) = rest.split_first() {
        let long = tail.iter().zip(from + 1..).take_while(|(a, b)| **a == *b).count();
        let (_, after) = tail.split_at(long);
        rest = after;
        match long {
            0 => parts.push(from.to_string()),
            1 => parts.extend([from.to_string(), (from + 1).to_string()]),
            _ => parts.push(format!("{from}–{}", from + long as u32)),
        }
    }
    let more = parts.len().saturating_sub(12);
    parts.truncate(12);
    let noun = if numbers.len() == 1 { "run" } else { "runs" };
    let more = if more > 0 { " …" } else { "" };
    format!("{noun} {}{more}", parts.join(", "))
}

/// Tests that became slower, and faster.
pub fn durations(story: Story) -> El {
    let Some(overview) = story.runs() else { return div("") };
    let list = |name: &str, title: &str, steps: &[DurationStep]| {
        let head = el("h3", "").with((title, span("count").with(steps.len().to_string())));
        let most = steps.iter().map(|s| s.before_s.max(s.after_s)).fold(0.0, f64::max);
        let rows: Vec<El> = steps.iter().map(|s| step(s, most)).collect();
        let body = if rows.is_empty() {
            el("p", "quiet").with(format!("No test became {}.", title.to_lowercase()))
        } else {
            some(rows, 50, "steps-list")
        };
        el("section", "steps-part").attr("data-steps", name).with((head, body))
    };
    div("durations").with((list("slower", "Slower", &overview.slower), list("faster", "Faster", &overview.faster)))
}

/// A change of a test's time in a line.
pub fn step(of: &DurationStep, most: f64) -> El {
    let mut when = format!("{} run {}", if of.gradual { "little by little until" } else { "from" }, of.from_run);
    let known = [of.from_started_at.as_deref().map(format::started), of.from_commit.as_deref().map(words::short)];
    for part in known.into_iter().flatten() {
        when = format!("{when} · {part}");
    }
    div("step-line").with((
        test_link(&of.test),
        times(of.before_s, of.after_s, most),
        span("step-when quiet").with(when),
    ))
}

/// Two times as bars, with their figures and the factor between them.
pub fn times(before_s: f64, after_s: f64, most: f64) -> El {
    let bar = |class: &str, seconds: f64| {
        let share = if most > 0.0 { seconds / most * 100.0 } else { 0.0 };
        span("pair-bar").with(span(class).style("width", fixed(share, 2) + "%"))
    };
    let bars = span("pair-bars").attr("aria-hidden", "true").with((bar("before", before_s), bar("after", after_s)));
    let (slower, factor) =
        if after_s >= before_s { (true, after_s / before_s.max(1e-9)) } else { (false, before_s / after_s.max(1e-9)) };
    let factor = format!("{} {}", format::times(factor), if slower { "slower" } else { "faster" });
    let text = span("pair-text").with((format::seconds(before_s), " → ", el("b", "").with(format::seconds(after_s))));
    span("pair").with((bars, text, span("pair-factor").with(factor)))
}

/// A heading and a sentence where there is nothing to show.
pub fn note(title: &str, text: &str) -> El {
    div("flaky-nothing").with((el("h2", "").with(title), el("p", "").with(text)))
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn runs_in_a_row_are_told_together() {
        assert_eq!(runs(&[3, 5, 6, 25, 26, 27]), "runs 3, 5, 6, 25–27");
        assert_eq!(runs(&[7]), "run 7");
    }
}

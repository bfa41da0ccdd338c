//! The verdict of the lab in words: what to do first, what it brings, and what comes next.

use lanescope_analysis::duration;
use lanescope_protocol::Bottleneck;

use super::measures::Measures;

/// What a bottleneck is called where it is named as the next one.
fn title(b: &Bottleneck) -> String {
    match b.kind.as_str() {
        "longest_test" => format!("the length of {}", b.subject),
        "longest_group" => format!("the length of {}, which stays on one worker", b.subject),
        "start_up" => "the start-up".to_owned(),
        "end" => "the uneven end".to_owned(),
        "gaps" => "the gaps between tests".to_owned(),
        "after" => "what follows the last test".to_owned(),
        "too_few_workers" => "the number of workers (too few)".to_owned(),
        "too_many_workers" => "the number of workers (too many)".to_owned(),
        "mode" => "the distribution mode".to_owned(),
        _ => "tests that slow each other down".to_owned(),
    }
}

/// "about 5.0 s, at most 8.0 s"
fn amount(b: &Bottleneck) -> String {
    let most = duration(b.saves_at_most_s);
    match b.saves_s.map(duration) {
        Some(saves) if saves == most => saves,
        Some(saves) => format!("about {saves}, at most {most}"),
        None => format!("at most {most}"),
    }
}

/// Says of each bottleneck what stands behind it.
pub(super) fn next(m: &Measures<'_>, found: &mut [Bottleneck]) {
    let behind: Vec<String> = found.iter().map(|b| format!("{} ({})", title(b), amount(b))).collect();
    for (at, bottleneck) in found.iter_mut().enumerate() {
        let text = match bottleneck.kind.as_str() {
            // A piece that is split makes room for the next longest, before anything else can count.
            "longest_test" => {
                m.tests.get(1).map(|next| format!("The next longest is {} ({})", next.name, duration(next.seconds)))
            }
            "longest_group" => {
                m.groups.get(1).map(|next| format!("The next longest is {} ({})", next.name, duration(next.seconds)))
            }
            _ => None,
        };
        bottleneck.next = match (text, behind.get(at + 1)) {
            (Some(text), Some(next)) => format!("{text}; then {next}."),
            (Some(text), None) => format!("{text}."),
            (None, Some(next)) => format!("Next: {next}."),
            (None, None) => "Nothing behind it is worth a word.".to_owned(),
        };
    }
}

/// The paragraph: what to do first.
pub(super) fn verdict(m: &Measures<'_>, found: &[Bottleneck]) -> String {
    let Some(first) = found.first() else {
        return match m.whole_s() {
            Some(whole) => {
                format!("Nothing stands out: no single change is known to save much of the {}.", duration(whole))
            }
            None => "What would make it faster cannot be said: when its tests ran is not recorded.".to_owned(),
        };
    };
    format!("{} {} {}", first.advice, once(first), first.next)
}

/// What the bottleneck is, behind its advice: what that has named already is "it" now.
fn once(b: &Bottleneck) -> String {
    if b.subject.is_empty() || !b.advice.contains(b.subject.as_str()) {
        return b.text.clone();
    }
    match b.text.strip_prefix(b.subject.as_str()) {
        Some(rest) => format!("It{rest}"),
        None => b.text.replacen(b.subject.as_str(), "it", 1),
    }
}

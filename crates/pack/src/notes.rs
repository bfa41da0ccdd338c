//! What was said of a run's files, short enough to go along.

use lanescope_model::{Issue, Severity};

/// Messages that a pack keeps of each run. Of more it keeps the gravest, and says how many there were.
pub const MOST_NOTES: usize = 20;

/// Characters that are kept of a message.
const MOST_CHARACTERS: usize = 400;

/// The messages that go along, in the order in which they came.
pub(crate) fn few(notes: &[Issue]) -> Vec<Issue> {
    // A pack that was opened and packed again counts what is not in it already.
    let (before, notes) = match notes.split_last() {
        Some((last, rest)) => match left_out(&last.text) {
            Some(count) => (count, rest),
            None => (0, notes),
        },
        None => return Vec::new(),
    };
    let graver = |than: Severity| notes.iter().filter(|note| note.severity > than).count();
    // How many of each severity there is still room for.
    let rooms = [Severity::Info, Severity::Warning, Severity::Error]
        .map(|severity| (severity, MOST_NOTES.saturating_sub(graver(severity))));
    let mut kept = Vec::new();
    let mut taken = [0; 3];
    for note in notes {
        let Some(at) = rooms.iter().position(|(severity, _)| *severity == note.severity) else { continue };
        let (Some((_, room)), Some(taken)) = (rooms.get(at), taken.get_mut(at)) else { continue };
        if *taken < *room {
            *taken += 1;
            kept.push(Issue { text: short(&note.text), ..note.clone() });
        }
    }
    let missing = before + (notes.len() - kept.len()) as u64;
    if missing > 0 {
        kept.push(Issue::new(Severity::Info, said(missing).as_str()));
    }
    kept
}

fn said(count: u64) -> String {
    format!("and {count} more {}", if count == 1 { "message" } else { "messages" })
}

/// The count in a text of [`said`].
fn left_out(text: &str) -> Option<u64> {
    let count = text.strip_prefix("and ")?.split(' ').next()?.parse().ok()?;
    (said(count) == text).then_some(count)
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(severities: &[(Severity, usize)]) -> Vec<Issue> {
        let of = |&(severity, count): &(Severity, usize)| {
            (0..count).map(move |n| Issue::new(severity, format!("{} {n}", severity.as_str()).as_str()))
        };
        severities.iter().flat_map(of).collect()
    }

    fn texts(notes: &[Issue]) -> Vec<&str> {
        notes.iter().map(|note| note.text.as_str()).collect()
    }

    #[test]
    fn few_are_kept_as_they_are() {
        let all = notes(&[(Severity::Info, 12), (Severity::Warning, 8)]);
        assert_eq!(few(&all), all);
        assert_eq!(few(&[]), []);
    }

    #[test]
    fn of_many_the_gravest_are_kept_in_their_order_and_the_rest_is_counted() {
        let kept = few(&notes(&[(Severity::Info, 30), (Severity::Warning, 15), (Severity::Error, 2)]));
        assert_eq!(kept.len(), MOST_NOTES + 1);
        assert_eq!(texts(&kept).first(), Some(&"info 0"));
        assert_eq!(kept.iter().filter(|note| note.severity == Severity::Info).count(), 4);
        assert_eq!(texts(&kept).last(), Some(&"and 27 more messages"));
        // Once more nothing is lost from the count.
        assert_eq!(few(&kept), kept);
        let more: Vec<Issue> = notes(&[(Severity::Error, 1)]).into_iter().chain(kept).collect();
        assert_eq!(texts(&few(&more)).last(), Some(&"and 28 more messages"));
        let errors = few(&notes(&[(Severity::Error, 21), (Severity::Info, 3)]));
        assert_eq!(errors.iter().filter(|note| note.severity == Severity::Error).count(), MOST_NOTES);
        assert_eq!(texts(&errors).last(), Some(&"and 4 more messages"));
    }

    #[test]
    fn a_message_is_short() {
        let kept = few(&[Issue::new(Severity::Info, "ä".repeat(1000).as_str())]);
        assert_eq!(kept.first().map(|note| note.text.chars().count()), Some(MOST_CHARACTERS + 1));
    }
}

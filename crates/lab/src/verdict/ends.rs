//! The end of a run: pieces that are longer than the workers' even share, and work that is spread unevenly.

use lanescope_analysis::{Placement, duration};
use lanescope_model::us_to_s;
use lanescope_protocol::Bottleneck;

use super::measures::{Measures, Piece};
use crate::speedup::known;

/// A test or a group that alone takes longer than the workers' even share: no order of the tests helps.
pub(super) fn pieces(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let Some(workers) = m.workers.filter(|&n| n > 1) else { return };
    let share = m.share(workers);
    let longest_group = m.groups.first().filter(|g| m.tests.first().is_none_or(|t| g.seconds > t.seconds));
    let (kind, piece, rest): (_, Option<&Piece>, f64) = match longest_group {
        Some(group) => {
            // Split into its tests, a group is as long as its longest one; of that only the run's is known.
            let test = m.tests.first().map_or(0.0, |t| t.seconds);
            ("longest_group", Some(group), m.groups.get(1).map_or(test, |g| g.seconds.max(test)))
        }
        None => ("longest_test", m.tests.first(), m.tests.get(1).map_or(0.0, |t| t.seconds)),
    };
    let Some(piece) = piece.filter(|p| p.seconds > share) else { return };
    let rest = rest.max(share);
    // What an even spread of the work behind the drain would reach with the piece in parts, as in the critical end.
    let even = m.end.as_ref().map(|end| {
        let at_work = end.lanes.len().max(1) as f64;
        let busy = end.lanes.iter().fold(0_i64, |sum, lane| sum.saturating_add(lane.busy_us));
        us_to_s(end.drain_us) + us_to_s(busy) / at_work
    });
    let saves = m.wall.zip(even).map(|(wall, even)| wall - even.max(rest));
    let most = m.wall.unwrap_or(piece.seconds) - rest;
    let length = duration(piece.seconds);
    let (text, advice) = if kind == "longest_group" {
        (
            format!(
                "{} {} on one worker and takes {length} there ({} tests), longer than the workers’ even share of {}.",
                piece.name,
                if m.files_whole { "stayed, as every file did," } else { "must stay" },
                piece.tests,
                duration(share)
            ),
            format!(
                "Split {}, or use a mode that may spread its tests; {} is possible at best then.",
                piece.name,
                duration(rest)
            ),
        )
    } else {
        (
            format!("{} alone takes {length}, longer than the workers’ even share of {}.", piece.name, duration(share)),
            format!(
                "Split {} or make it faster, and start it first until then; {} is possible at best with it split.",
                piece.name,
                duration(rest)
            ),
        )
    };
    found.push(Bottleneck {
        kind: kind.to_owned(),
        subject: piece.name.clone(),
        cost_s: piece.seconds - rest,
        saves_s: saves,
        saves_at_most_s: most,
        of_session: false,
        provenance: known(m.case.figures.busy_us.provenance.weaker(m.case.figures.workers.provenance)),
        text,
        advice,
        next: String::new(),
    });
}

/// Workers that had nothing more to do while others still ran.
pub(super) fn uneven(m: &Measures<'_>, found: &mut Vec<Bottleneck>) {
    let Some(end) = m.end.as_ref().filter(|end| end.lanes.len() > 1) else { return };
    let Some(wall) = m.wall.filter(|_| m.workers != Some(1)) else { return };
    let (bound, held) = (us_to_s(end.bound_us), us_to_s(end.end_us - end.drain_us));
    let (mut saves, mut most) = (us_to_s(end.saved_us), us_to_s(end.saved_bound_us));
    // Where files seem to stay whole, the longest one is as far as another order gets.
    let whole = m.groups.first().filter(|_| m.files_whole);
    let bound = whole.map_or(bound, |group| bound.max(group.seconds));
    if whole.is_some() {
        (saves, most) = (saves.min(wall - bound).max(0.0), most.min(wall - bound).max(0.0));
    }
    let run = m.case.run;
    let holder = end.holder.as_ref();
    let holds = holder.map(|h| (m.case.test_name(run.attempts.test(h.attempt)), us_to_s(h.tail_us)));
    // The first worker without work may have been through long before the others: the idle time says how much it was.
    let idle = us_to_s(end.idle_us);
    let mut text = format!(
        "For the last {} of the tests some workers had nothing to do: {} of worker time idle",
        duration(held),
        duration(idle)
    );
    let mut subject = String::new();
    let mut advice = String::new();
    let group = end.group.as_ref().filter(|g| g.attempts > 1);
    if let Some(group) = group {
        text.push_str(&format!(", while {} was still running ({}).", group.name, duration(us_to_s(group.us))));
        subject.clone_from(&group.name);
        advice.push_str(&format!("Start {} first, or split it", group.name));
    } else if let Some((name, tail)) = holds {
        text.push_str(&format!("; {name} ran on for {}.", duration(tail)));
        let of_file = whole.filter(|group| name.strip_prefix(&group.name).is_some_and(|rest| rest.starts_with("::")));
        advice.push_str(&match of_file {
            Some(group) => format!("Start {} first, or split it", group.name),
            None => format!("Start {name} first"),
        });
        if let Some(stuck) = end.unstealable.iter().find(|u| Some(u.piece.attempt) == holder.map(|h| h.attempt)) {
            text.push_str(&format!(
                " It waited {} behind {} in a queue whose last two tests work stealing never moves.",
                duration(us_to_s(stuck.waited_us)),
                m.case.test_name(stuck.behind)
            ));
        }
        subject = name;
    } else {
        text.push('.');
        advice.push_str("Start long tests first");
    }
    advice.push_str(&format!(
        ": about {} instead of {}, and never below {}.",
        duration(wall - saves),
        duration(wall),
        duration(bound)
    ));
    let rebuilt = m.case.layout.placement == Placement::Packed;
    if rebuilt {
        text.push_str(" The lanes are rebuilt, so the idle time is a guess.");
    }
    found.push(Bottleneck {
        kind: "end".to_owned(),
        subject,
        cost_s: held,
        saves_s: Some(saves),
        saves_at_most_s: most,
        of_session: false,
        provenance: known(m.provenance()),
        text,
        advice,
        next: String::new(),
    });
}

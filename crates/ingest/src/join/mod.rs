//! Makes runs of sources: the files of one session become one run.
//!
//! Two sources are of one session if they are of different formats, name the same tests, and nothing about
//! their times and workers speaks against it ([`evidence`]). Where a folder holds many runs of the same
//! tests, the best pairs are taken first; the files' names decide between equals.
//!
//! Where a tool writes a file for each attempt, those of a folder are put together before that ([`parts`]). Files that say that they are shards of one run are put together after that ([`shards`]), and lists of a CI service's
//! jobs are laid around the run that took place in them ([`jobs`]).

mod evidence;
mod facts;
mod jobs;
mod merge;
mod parts;
mod shards;

use std::sync::Arc;

use lanescope_model::order::sort;
use lanescope_model::{Issue, Run, Severity};

use self::facts::Facts;
use crate::{Joined, Source, label};

pub(crate) fn join(sources: &[Source]) -> Vec<Joined> {
    let Some(parts::Gathered { sources: whole, members }) = parts::gather(sources) else { return join_whole(sources) };
    let mut runs = join_whole(&whole);
    for run in &mut runs {
        let of = |i: &usize| members.get(*i).cloned().unwrap_or_default();
        run.sources = run.sources.iter().flat_map(of).collect();
    }
    runs
}

/// Joins sources of which each is of a whole session, or of a shard of one.
fn join_whole(sources: &[Source]) -> Vec<Joined> {
    let facts: Vec<Facts<'_>> = sources.iter().map(Facts::new).collect();
    let groups = shards::group(&facts, group(&facts));
    let mut runs: Vec<Joined> = groups.into_iter().map(|shards| all_shards(sources, shards)).collect();
    jobs::lay_around(sources, &mut runs);
    // A log without tests tells nothing by itself.
    let keep = |j: &Joined| {
        !(j.run.tests.is_empty()
            && j.sources.iter().all(|&i| sources.get(i).is_some_and(|s| s.format == crate::Format::XdistConsole)))
    };
    runs.retain(keep);
    distinct_ids(&mut runs);
    sort(&mut runs, &|a, b| {
        let key = |j: &Joined| start(&j.run).unwrap_or(i64::MAX);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.run.meta.label.cmp(&b.run.meta.label))
            .then_with(|| a.sources.cmp(&b.sources))
    });
    runs
}

fn start(run: &Run) -> Option<i64> {
    run.meta.session.start_us.or_else(|| run.window_us().map(|w| w.0))
}

/// Sets of sources that belong together, best source first.
fn group(facts: &[Facts<'_>]) -> Vec<Vec<usize>> {
    let mut pairs = Vec::new();
    for (i, a) in facts.iter().enumerate() {
        for (j, b) in facts.iter().enumerate().skip(i + 1) {
            if let Some(score) = evidence::score(a, b) {
                pairs.push((score, i, j));
            }
        }
    }
    // Best first; between equals the order in which the files were opened.
    sort(&mut pairs, &|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut groups: Vec<Vec<usize>> = (0..facts.len()).map(|i| vec![i]).collect();
    let mut member: Vec<usize> = (0..facts.len()).collect();
    for (_, i, j) in &pairs {
        let (Some(&a), Some(&b)) = (member.get(*i), member.get(*j)) else { continue };
        if a == b {
            continue;
        }
        let all_agree = {
            let (Some(left), Some(right)) = (groups.get(a), groups.get(b)) else { continue };
            left.iter().all(|&x| right.iter().all(|&y| pairs.iter().any(|p| (p.1, p.2) == (x.min(y), x.max(y)))))
        };
        if !all_agree {
            continue;
        }
        let moved = groups.get_mut(b).map(std::mem::take).unwrap_or_default();
        for &m in &moved {
            if let Some(slot) = member.get_mut(m) {
                *slot = a;
            }
        }
        if let Some(group) = groups.get_mut(a) {
            group.extend(moved);
        }
    }
    groups.retain(|g| !g.is_empty());
    for group in &mut groups {
        let key = |i: usize| (facts.get(i).map_or(u8::MAX, Facts::rank), i);
        sort(group, &|&a, &b| key(a).cmp(&key(b)));
    }
    groups
}

/// The run of one or more shards, each of one or more files.
fn all_shards(sources: &[Source], shards: Vec<Vec<usize>>) -> Joined {
    let mut parts: Vec<Joined> = shards.into_iter().map(|group| one(sources, group)).collect();
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let names: Vec<&str> =
        parts.iter().flat_map(|p| &p.sources).filter_map(|&i| sources.get(i)).map(|s| s.path.as_str()).collect();
    let label = label::shards_label(&names);
    let total =
        parts.first().and_then(|p| p.sources.first()).and_then(|&i| sources.get(i)?.shard).map_or(0, |s| s.total);
    let mut notes = Vec::new();
    let text = format!(
        "joined from {} of {total} shards: each file says which one it is, they have no test in common, and their times \
         and names are the closest",
        parts.len()
    );
    let missing = total > parts.len() as u32;
    notes.push(Issue::new(if missing { Severity::Warning } else { Severity::Info }, text));
    let mut run = merge::shards(&parts.iter().map(|p| p.run.as_ref()).collect::<Vec<_>>());
    run.meta.label = label;
    run.meta.id = label::id(&run, 0);
    let mut members = Vec::new();
    for part in parts {
        notes.extend(part.notes);
        members.extend(part.sources);
    }
    Joined { run: Arc::new(run), sources: members, notes }
}

fn one(sources: &[Source], group: Vec<usize>) -> Joined {
    let members: Vec<&Source> = group.iter().filter_map(|&i| sources.get(i)).collect();
    let [first, rest @ ..] = members.as_slice() else {
        return Joined { run: Arc::default(), sources: group, notes: Vec::new() };
    };
    if rest.is_empty() {
        return Joined { run: Arc::clone(&first.run), sources: group, notes: Vec::new() };
    }
    let mut notes = Vec::new();
    let names: Vec<&str> = members.iter().map(|s| s.path.as_str()).collect();
    let formats: Vec<&str> = members.iter().map(|s| s.format.as_str()).collect();
    notes.push(Issue::new(
        Severity::Info,
        format!(
            "joined from {} files of one session ({}): the same tests, and times that fit",
            names.len(),
            formats.join(", ")
        ),
    ));
    let mut run = merge::merge(&members, &mut notes);
    run.meta.label = label::common_label(&names);
    run.meta.id = label::id(&run, 0);
    Joined { run: Arc::new(run), sources: group, notes }
}

/// Two runs may be equal in all that an id is made of, as when a file is opened twice.
fn distinct_ids(runs: &mut [Joined]) {
    let mut seen: Vec<String> = Vec::new();
    for joined in runs {
        let mut salt = 1;
        while seen.contains(&joined.run.meta.id) {
            let id = label::id(&joined.run, 1000 + salt);
            Arc::make_mut(&mut joined.run).meta.id = id;
            salt += 1;
        }
        seen.push(joined.run.meta.id.clone());
    }
}
